"""The reusable parts of a stack; only the program wires them together."""
