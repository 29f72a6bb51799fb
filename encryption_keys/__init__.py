"""Derives key material, builds keyrings, and encrypts and decrypts values with them; no Pulumi, no AWS.

``material`` derives and fingerprints keys, ``ring`` builds and parses keyrings, the documents with the active
keys of a secret, ``cipher`` decrypts and encrypts stored values with a keyring, in the two formats of
``envelope``.
"""

from encryption_keys.cipher import BUDGET, BUDGET_WARNING, Cipher, NotReadBack, Opened
from encryption_keys.envelope import ENVELOPE, LEGACY, Cell, Format, Unreadable, nonces
from encryption_keys.material import RING_KINDS, SEED_CHARS, derive, derive_key, fingerprint, key_bytes, kid
from encryption_keys.ring import Key, Ring, RingError, Status, ring_document, status_of

__all__ = [
    "BUDGET",
    "BUDGET_WARNING",
    "ENVELOPE",
    "LEGACY",
    "RING_KINDS",
    "SEED_CHARS",
    "Cell",
    "Cipher",
    "Format",
    "Key",
    "NotReadBack",
    "Opened",
    "Ring",
    "RingError",
    "Status",
    "Unreadable",
    "derive",
    "derive_key",
    "fingerprint",
    "key_bytes",
    "kid",
    "nonces",
    "ring_document",
    "status_of",
]
