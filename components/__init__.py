"""The component resources of a stack; only the program wires them together."""
