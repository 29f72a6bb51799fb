"""A temporary PostgreSQL server with TLS on loopback, for the sandbox and for tests."""

from sandbox.postgresql.installations import INSTALL, Installation, find, installed
from sandbox.postgresql.server import Server, run

__all__ = ["INSTALL", "Installation", "Server", "find", "installed", "run"]
