"""Sets the account's password policy and the region's defaults for EC2 instances and EBS volumes."""

from __future__ import annotations

import pulumi
from pulumi_aws import ebs, ec2, iam

from components.options import child_of

PASSWORD_LENGTH, PASSWORD_DAYS, PASSWORDS_REMEMBERED = 14, 90, 24


def set_account_defaults(owner: pulumi.ComponentResource) -> None:
    """Give ``owner`` the password policy, the instance metadata defaults and EBS encryption by default."""
    name, part = owner.pulumi_resource_name, child_of(owner)
    iam.AccountPasswordPolicy(
        f"{name}-passwords",
        minimum_password_length=PASSWORD_LENGTH,
        require_lowercase_characters=True,
        require_uppercase_characters=True,
        require_numbers=True,
        require_symbols=True,
        max_password_age=PASSWORD_DAYS,
        password_reuse_prevention=PASSWORDS_REMEMBERED,
        allow_users_to_change_password=True,
        # An expired password is changed by its owner; hard expiry would need an administrator.
        hard_expiry=False,
        opts=part,
    )
    ec2.InstanceMetadataDefaults(
        f"{name}-metadata",
        http_endpoint="enabled",
        http_tokens="required",
        http_put_response_hop_limit=1,
        instance_metadata_tags="disabled",
        opts=part,
    )
    ebs.EncryptionByDefault(f"{name}-disks", enabled=True, opts=part)
