"""The AWS names and ARNs of a stack that code outside the program relies on."""

from settings.names.names import SESSION_DOCUMENT, Names

__all__ = ["SESSION_DOCUMENT", "Names"]
