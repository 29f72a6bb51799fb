"""Looks up the caller, availability zones, prefix lists, the AMI and stored generations in AWS."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pulumi_aws import ec2

from settings.administrators import is_administrator
from settings.aws.instance_types import architecture
from settings.grants import entries
from settings.load import ConfigurationError
from settings.schema.stack import Settings
from settings.store_state import (
    STORED_TYPES,
    Retirement,
    StoredState,
    proofs_path,
    regressions,
    retirements,
    stored_states,
)
from settings.zones import chosen_zones


@dataclass(frozen=True, kw_only=True)
class AwsFacts:
    """Facts of the account and region that are not in a stack file."""

    zones: tuple[str, ...]
    """The availability zones to use, by name."""
    prefix_list_ids: dict[str, str]
    """AWS-managed prefix lists, by the name that connections use."""
    machine_image: str | None
    """The current AMI of the host's Ubuntu release; None for a stack of containers."""
    kids: Mapping[str, Mapping[int, str]]
    """Fingerprints of the stored keys, by the secret's short name and generation."""


def look_up(settings: Settings, provider: pulumi.ProviderResource) -> AwsFacts:
    """Look up every fact once; raises ConfigurationError for a wrong account, caller or older file."""
    opts = pulumi.InvokeOptions(provider=provider)
    _check_caller(settings, opts)
    stored = _stored(settings, opts)
    if refused := list(regressions(settings, stored, _retired(settings, opts))):
        raise ConfigurationError("\n".join(refused))
    offered = aws.get_availability_zones(
        state="available",
        filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}],
        opts=opts,
    )
    zones = chosen_zones(settings.network, dict(zip(offered.names, offered.zone_ids, strict=True)))
    wanted = settings.network.azs
    if len(zones) < wanted:
        raise ConfigurationError(
            f"network.azs={wanted}: region {settings.region} offers {', '.join(zones) or 'none'}; "
            "lower azs or shorten azExclude"
        )
    s3 = ec2.get_managed_prefix_list(name=f"com.amazonaws.{settings.region}.s3", opts=opts)
    return AwsFacts(
        zones=tuple(zones),
        prefix_list_ids={"s3": s3.id},
        machine_image=_machine_image(settings, opts),
        kids=_kids(settings, stored),
    )


def _stored(settings: Settings, opts: pulumi.InvokeOptions) -> dict[str, StoredState]:
    """The generations in the tags of this stack's secrets and parameters, by name in the store."""
    found = aws.resourcegroupstaggingapi.get_resources(
        tag_filters=[{"key": key, "values": [value]} for key, value in settings.tags.items()],
        resource_type_filters=list(STORED_TYPES),
        opts=opts,
    )
    return stored_states((one.resource_arn, one.tags) for one in found.resource_tag_mapping_lists)


def _retired(settings: Settings, opts: pulumi.InvokeOptions) -> dict[str, Retirement]:
    """The proofs that ``ops retire`` left, by the secret's short name."""
    found = aws.ssm.get_parameters_by_path(
        path=proofs_path(settings.names), recursive=True, with_decryption=False, opts=opts
    )
    return retirements(settings, dict(zip(found.names, found.values, strict=True)))


def _kids(settings: Settings, stored: Mapping[str, StoredState]) -> dict[str, dict[int, str]]:
    kids: dict[str, dict[int, str]] = {}
    for entry in entries(settings):
        if entry.store_name in stored:
            kids.setdefault(entry.key, {}).update(stored[entry.store_name].kids)
    return kids


def _machine_image(settings: Settings, opts: pulumi.InvokeOptions) -> str | None:
    host = settings.host
    if host is None:
        return None
    cpu = architecture(host.instance_type)
    disk = "ebs-gp3" if host.ubuntu == "24.04" else "ebs-gp2"
    path = f"/aws/service/canonical/ubuntu/server/{host.ubuntu}/stable/current/{cpu}/hvm/{disk}/ami-id"
    return aws.ssm.get_parameter(name=path, opts=opts).value


def _check_caller(settings: Settings, opts: pulumi.InvokeOptions) -> None:
    stack, bound = pulumi.get_stack(), settings.account_id
    wrong = f"stack {stack} is bound to account {bound}, credentials are"
    try:
        caller = aws.get_caller_identity(opts=opts)
    except Exception as error:
        # The provider's own error for a wrong account does not name the stack.
        if "not allowed" not in str(error):
            raise
        found = [number for number in re.findall(r"\b\d{12}\b", str(error)) if number != bound]
        given = found[0] if found else "another's"
        raise ConfigurationError(f"{wrong} {given}: log in to {bound} or select another stack") from None
    if caller.account_id != bound:
        raise ConfigurationError(f"{wrong} {caller.account_id}: log in to {bound} or select another stack")
    if not pulumi.runtime.is_dry_run() and not is_administrator(caller.arn, settings.administrators):
        raise ConfigurationError(
            f"administrators: the caller {caller.arn} matches none of them; "
            "after this update it would be locked out of key and secret policies: "
            "add its role, or use another"
        )
