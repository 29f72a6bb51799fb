"""Tests of the path from an alarm through its topic to the key."""

from __future__ import annotations

import pytest

from tests.policies.judge import Entry
from tests.policies.messages import stack_said


@pytest.mark.failure(24)
def test_an_alarm_is_followed_to_the_key_that_does_not_let_it_publish() -> None:
    topic = Entry("aws:sns/topic:Topic", {}, {"kmsMasterKeyId": ("data-key",)})
    assert (
        "alarm: topic topic -> key data-key does not grant cloudwatch.amazonaws.com"
        in stack_said("own-alarm-wired", topic=topic)[0]
    )
