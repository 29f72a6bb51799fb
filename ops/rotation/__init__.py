"""The commands ``due``, ``rotate``, ``repoint`` and ``retire``, with checks before and after a change."""
