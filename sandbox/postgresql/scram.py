"""Makes the stored form of a SCRAM-SHA-256 password with a single iteration, so that connecting is fast.

Iterations slow down attempts to guess a password; a random one of 128 bits needs none.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

ITERATIONS = 1


def verifier(password: str) -> str:
    """The verifier that PostgreSQL stores instead of a password, and accepts in CREATE ROLE."""
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    client_key, server_key = (hmac.digest(salted, name, "sha256") for name in (b"Client Key", b"Server Key"))
    stored_key = hashlib.sha256(client_key).digest()
    first, *rest = (base64.b64encode(part).decode() for part in (salt, stored_key, server_key))
    return f"SCRAM-SHA-256${ITERATIONS}:{first}${':'.join(rest)}"
