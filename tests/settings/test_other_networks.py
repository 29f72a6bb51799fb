"""Tests of the address spaces that other stack files forbid."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path

import pytest

from settings.checks.examples import ACCOUNT_ID
from settings.stack_file import other_networks

OWN, OTHER = "999988887777", "444455556666"


def written(folder: Path, stack: str, account: str, cidr: str) -> None:
    (folder / f"Pulumi.{stack}.yaml").write_text(
        f'config:\n  strongroom:accountId: "{account}"\n  strongroom:network: {{cidr: {cidr}}}\n'
    )


@pytest.mark.parametrize(
    ("account", "other", "forbidden"),
    [
        (OWN, OTHER, True),
        (OWN, ACCOUNT_ID, False),
        (ACCOUNT_ID, ACCOUNT_ID, True),
        (ACCOUNT_ID, OTHER, True),
    ],
)
def test_a_sample_forbids_its_address_space_to_samples_only(
    tmp_path: Path, account: str, other: str, forbidden: bool
) -> None:
    written(tmp_path, "qa", account, "10.99.0.0/16")
    written(tmp_path, "shop", other, "10.20.0.0/16")
    found = {"Pulumi.shop.yaml": IPv4Network("10.20.0.0/16")} if forbidden else {}
    assert other_networks("qa", tmp_path) == found
