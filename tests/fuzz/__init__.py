"""Changes the shipped stack files at random, and tries them in the settings and in the sandbox."""
