"""Corrects and completes moto: one module for each AWS service, in folders as ``sandbox.provider.types`` has."""
