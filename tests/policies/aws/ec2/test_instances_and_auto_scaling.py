"""Tests of the message about instance metadata that containers can reach."""

from __future__ import annotations

import pytest

from tests.policies.messages import said

TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"


@pytest.mark.failure(23)
def test_a_hop_limit_over_one_is_told_who_would_reach_the_role() -> None:
    options = {"httpTokens": "required", "httpPutResponseHopLimit": 2}
    message = said("ec2-imds-hop", TEMPLATE, metadataOptions=options)
    assert message.endswith("hop_limit is not 1: containers would reach the role; set it to 1")
