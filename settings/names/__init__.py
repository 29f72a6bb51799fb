"""The AWS names and ARNs of a stack that code outside the program relies on."""

from settings.names.names import RESTORE_READER, SESSION_DOCUMENT, Names

__all__ = ["RESTORE_READER", "SESSION_DOCUMENT", "Names"]
