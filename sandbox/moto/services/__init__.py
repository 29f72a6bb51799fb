"""Corrects and completes moto: a module for each AWS service, in folders as ``provider.types`` has them."""
