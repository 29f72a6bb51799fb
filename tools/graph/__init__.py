"""Records what a stack declares and what its policies find, and compares two recordings (``make graph``)."""
