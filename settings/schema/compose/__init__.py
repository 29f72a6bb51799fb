"""The model of a docker-compose document, with the keys and values that a host of a stack may have."""

from settings.schema.compose.document import ComposeDocument
from settings.schema.compose.service import ComposeService

__all__ = ["ComposeDocument", "ComposeService"]
