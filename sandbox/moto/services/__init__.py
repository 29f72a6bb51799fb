"""Corrects and completes moto: one module per AWS service, in folders as in ``provider.types``."""
