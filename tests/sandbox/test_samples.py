"""Tests of the samples of operator-supplied values."""

from __future__ import annotations

import base64

from sandbox import samples


def test_samples_have_the_shape_of_their_kind_and_repeat() -> None:
    assert len(base64.b64decode(samples.sample("a", "aes-256-key"))) == 32
    assert samples.sample("a", "aes-256-key") == samples.sample("a", "aes-256-key")
    assert samples.sample("a", "aes-256-key") != samples.sample("b", "aes-256-key")
    assert "sample" in samples.sample("a", "external")
