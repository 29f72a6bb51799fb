"""Shared by all commands: options, consent, AWS session, stack context, console, exits, secret stores."""
