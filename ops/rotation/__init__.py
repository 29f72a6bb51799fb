"""A secret is replaced by one command that first looks whether it may, and proves afterwards that it did."""
