"""Workers that re-encrypt the ranges of a column: one in this process, or several processes."""
