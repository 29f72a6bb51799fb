"""Tests of URNs, compared with those of the engine."""

from __future__ import annotations

from sandbox.engine import urns


def test_urns_are_the_engines() -> None:
    outer = urns.make("s", "p", "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s", "x:y:Z", "n")
    assert outer == "urn:pulumi:s::p::x:y:Z::n"
    inner = urns.make("s", "p", outer, "aws:sns/topic:Topic", "t")
    assert inner == "urn:pulumi:s::p::x:y:Z$aws:sns/topic:Topic::t"
    assert (urns.type_of(inner), urns.name_of(inner)) == ("aws:sns/topic:Topic", "t")
