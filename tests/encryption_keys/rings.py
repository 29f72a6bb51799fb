"""A keyring of three generations, its keys, and a check that no message contains one of them."""

from __future__ import annotations

import base64
import json
import traceback
from typing import Any

from encryption_keys import Cipher, Ring, Status, derive_key, kid, ring_document

SEED = "Seed" * 16
KEYS = {g: derive_key(SEED, secret="aiponge/entry-encryption-key", generation=g) for g in range(1, 5)}
KIDS = {g: kid(text) for g, text in KEYS.items()}
DEVELOPMENT_KEY = base64.b64encode(b"development-key-do-not-use-in-prod"[:32]).decode()

Document = dict[str, Any]


def document() -> Document:
    """Generation 2 is current, 1 decrypts old rows, 3 is the next one."""
    triples: list[tuple[int, str, Status]] = [
        (1, KEYS[1], "decrypt-only"),
        (2, KEYS[2], "current"),
        (3, KEYS[3], "next"),
    ]
    return json.loads(ring_document("aes-256-key", triples))


def alone(generation: int) -> Cipher:
    return Cipher(Ring.load(ring_document("aes-256-key", [(generation, KEYS[generation], "current")])))


def assert_shows_no_key(problem: BaseException) -> None:
    shown = "".join(traceback.format_exception(problem)) + repr(problem)
    link: BaseException | None = problem
    while link is not None:
        shown += repr(link) + repr(vars(link))
        link = link.__context__
    for text in (*KEYS.values(), DEVELOPMENT_KEY):
        assert text.rstrip("=") not in shown
        assert repr(base64.b64decode(text)) not in shown
