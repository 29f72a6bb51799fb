"""Corrects and completes moto: one module for each AWS service, in the folders of ``provider.types``."""
