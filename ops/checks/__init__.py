"""Read-only checks of a running stack or its account: ``verify``, ``preflight``, ``launch-checklist``."""
