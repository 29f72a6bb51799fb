"""Checks of the docker-compose host."""
