"""Generated references, written from the code they describe."""
