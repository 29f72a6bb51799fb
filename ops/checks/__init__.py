"""Questions to a running stack or its account: ``verify``, ``preflight`` and the pre-launch checklist."""
