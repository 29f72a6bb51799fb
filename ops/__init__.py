"""The operator's commands. Each prints what it will do before it does it; none prints a secret value."""
