"""For each attachment that is read, the calls that make it in a running stack, and what is found."""
