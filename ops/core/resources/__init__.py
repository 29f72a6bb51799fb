"""Finds resources of a running stack that several commands and checks read."""
