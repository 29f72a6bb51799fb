"""Workers that renew the ranges of a column: one in this process, or several in processes of their own."""
