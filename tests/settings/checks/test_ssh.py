"""Tests of SSH's checks: allowed addresses in production, and private keys for the pipeline only."""

from __future__ import annotations

from typing import Any

import pytest

from tests.components.host.host_stack import PRODUCTION
from tests.settings.stack_files import problems


@pytest.mark.accepts("B44")
@pytest.mark.failure(20)
@pytest.mark.parametrize("block", ["0.0.0.0/0", "0.0.0.0/1", "203.0.0.0/16", "203.0.113.0/23"])
def test_production_refuses_wide_ssh(block: str) -> None:
    ssh = {"enabled": True, "allowedCidrs": [block]}
    assert any("port 22" in one or "IPv4" in one for one in problems(("platform.ssh", ssh), stack=PRODUCTION))


@pytest.mark.failure(20)
@pytest.mark.parametrize("block", ["::/0", "2001:db8::/32"])
def test_ssh_has_no_ipv6(block: str) -> None:
    assert problems(("platform.ssh", {"enabled": True, "allowedCidrs": [block]}), stack=PRODUCTION) == [
        f"platform.ssh.allowedCidrs: {block} is not an IPv4 block; write it as 203.0.113.0/24"
    ]


KEY = {
    "name": "/cinematch/production/ec2-ssh-key",
    "kind": "ssh-private-key",
    "store": "parameter-store",
    "description": "Private key of the pipeline",
    "readers": ["deploy"],
}
OPEN = {"enabled": True, "allowedCidrs": ["203.0.113.0/24"]}


def key_problems(ssh: dict[str, Any], **changed: Any) -> list[str]:
    opened = [("platform.ssh", ssh)] if ssh else []
    return problems(*opened, ("secrets.ec2-ssh-key", {**KEY, **changed}), stack=PRODUCTION)


@pytest.mark.accepts("B18", "B27")
def test_a_private_key_is_accepted_where_ssh_is_open() -> None:
    assert key_problems(OPEN) == []


@pytest.mark.accepts("B18", "B27")
@pytest.mark.parametrize("ssh", [{}, {"enabled": False}])
def test_a_private_key_without_ssh_is_refused(ssh: dict[str, Any]) -> None:
    assert key_problems(ssh) == [
        "secrets.ec2-ssh-key: has no effect while platform.ssh.enabled is false; remove it, or enable SSH"
    ]


@pytest.mark.accepts("B53")
@pytest.mark.parametrize(
    ("readers", "shown"), [(["host"], "host"), (["host", "deploy"], "host, deploy"), ([], "nobody")]
)
def test_a_private_key_is_for_the_pipeline_alone(readers: list[str], shown: str) -> None:
    assert any(
        one.startswith(f"secrets.ec2-ssh-key.readers={shown}: only the pipeline may read a private key")
        for one in key_problems(OPEN, readers=readers)
    )


@pytest.mark.accepts("B18")
def test_a_private_key_is_a_parameter_and_no_variable() -> None:
    found = key_problems(OPEN, store="secrets-manager", env="SSH_KEY")
    assert "secrets.ec2-ssh-key.store=secrets-manager: a private key must be in parameter-store" in found
    assert any(one.startswith("secrets.ec2-ssh-key.env=SSH_KEY: a key of several lines") for one in found)


def test_ssh_addresses_without_ssh_have_no_effect_and_are_refused() -> None:
    assert problems(("platform.ssh", {"allowedCidrs": ["203.0.113.0/24"]}), stack=PRODUCTION) == [
        "platform.ssh.allowedCidrs has no effect without enabled: true; remove it, or enable SSH"
    ]
