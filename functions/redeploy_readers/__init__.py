"""The function that follows a rotation with fresh tasks."""
