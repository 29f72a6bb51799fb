"""Masks credentials in every log group with CloudWatch Logs data protection, and counts them."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
from pulumi_aws import cloudwatch

from components.options import child_of

_MANAGED = (
    "AwsSecretKey",
    "OpenSshPrivateKey",
    "PgpPrivateKey",
    "PkcsPrivateKey",
    "PuttyPrivateKey",
)

# CloudWatch accepts no colon, parenthesis or lookaround in these, hence the dots.
OWN = {
    "KeyOf32Bytes": "[A-Za-z0-9+/]{43}=",
    "UrlWithPassword": "[a-z]{2,20}.//[a-zA-Z0-9_-]+.[^@/ ]{8,128}@",
}
"""Patterns of this stack's own secrets: a base64 key, and a connection string with user and password."""


def policy_document(name: str) -> dict[str, object]:
    """The data protection policy; CloudWatch requires the same identifiers for audit and masking."""
    managed = [f"arn:aws:dataprotection::aws:data-identifier/{one}" for one in _MANAGED]
    identifiers = [*OWN, *managed]
    return {
        "Name": name,
        "Description": "Masks credentials",
        "Version": "2021-06-01",
        "Configuration": {
            "CustomDataIdentifier": [{"Name": one, "Regex": regex} for one, regex in OWN.items()]
        },
        "Statement": [
            {
                "Sid": "Count",
                "DataIdentifier": identifiers,
                "Operation": {"Audit": {"FindingsDestination": {}}},
            },
            {
                "Sid": "Mask",
                "DataIdentifier": identifiers,
                "Operation": {"Deidentify": {"MaskConfig": {}}},
            },
        ],
    }


def mask(owner: pulumi.ComponentResource, groups: Mapping[str, pulumi.Input[str]]) -> None:
    """Mask credentials in every log group of ``groups``."""
    for group, log_group_name in groups.items():
        label = group.replace("/", "-")
        cloudwatch.LogDataProtectionPolicy(
            f"{owner.pulumi_resource_name}-{label}-masking",
            log_group_name=log_group_name,
            policy_document=pulumi.Output.json_dumps(policy_document(f"{label}-masking")),
            opts=child_of(owner),
        )
