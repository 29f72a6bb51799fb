"""The operator's commands: each says what it will do before it does it, and none prints a value."""
