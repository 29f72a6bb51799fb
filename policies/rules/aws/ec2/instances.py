"""EC2: machines are private, their disks encrypted, their metadata answers only to those who ask properly."""

from __future__ import annotations

from collections.abc import Callable

from rules.lib.resource_types import EC2_INSTANCE, EC2_INSTANCE_SOURCES, LAUNCH_TEMPLATE
from rules.pack.properties import Props, is_set, number, on, part, parts, text, values
from rules.pack.rule import A, M, P, resource_rule

_MACHINES = (EC2_INSTANCE, LAUNCH_TEMPLATE)


def _metadata(machine: Props) -> Props:
    return part(machine, "metadataOptions")


def _private(machine: Props) -> bool:
    return not on(machine, "associatePublicIpAddress") and not any(
        on(one, "associatePublicIpAddress") for one in parts(machine, "networkInterfaces")
    )


def _disks(machine: Props) -> list[Props]:
    """The disks a machine starts with: an instance's lie flat, a template's one level down."""
    found = [*parts(machine, "rootBlockDevice"), *parts(machine, "ebsBlockDevices")]
    return found + [part(one, "ebs") for one in parts(machine, "blockDeviceMappings") if is_set(one, "ebs")]


def _encrypted(machine: Props) -> bool:
    disks = _disks(machine)
    return bool(disks) and all(on(disk, "encrypted") for disk in disks)


def _switch(key: str) -> Callable[[Props], bool]:
    return lambda machine: on(machine, key) or on(part(machine, key), "enabled")


RULES = [
    resource_rule(
        "ec2-imdsv2",
        M,
        EC2_INSTANCE_SOURCES,
        "Metadata answers only to a token.",
        'set metadata_options http_tokens="required" (B62)',
        holds=lambda machine: text(_metadata(machine), "httpTokens") == "required",
    ),
    resource_rule(
        "ec2-imds-hop",
        A,
        _MACHINES,
        "Metadata does not reach containers.",
        "metadata_options.http_put_response_hop_limit is not 1: containers would reach the role (T14)",
        holds=lambda machine: number(_metadata(machine), "httpPutResponseHopLimit", 1) == 1,
    ),
    resource_rule(
        "ec2-no-public-ip",
        M,
        EC2_INSTANCE_SOURCES,
        "A machine has no public address.",
        "remove associate_public_ip_address",
        holds=_private,
    ),
    resource_rule(
        "ec2-block-encrypted",
        M,
        EC2_INSTANCE_SOURCES,
        "A machine's disks are encrypted.",
        "set encrypted=True on the root device and every other",
        holds=_encrypted,
    ),
    resource_rule(
        "ec2-instance-profile",
        M,
        _MACHINES,
        "A machine has a role instead of keys.",
        "set iam_instance_profile (B10)",
        holds=lambda machine: is_set(machine, "iamInstanceProfile"),
    ),
    resource_rule(
        "ec2-detailed-monitoring",
        A,
        _MACHINES,
        "A machine reports every minute.",
        "set monitoring=True",
        holds=_switch("monitoring"),
    ),
    resource_rule(
        "ec2-ebs-optimized",
        A,
        _MACHINES,
        "A machine's disks have bandwidth of their own.",
        "set ebs_optimized=True",
        holds=_switch("ebsOptimized"),
    ),
    resource_rule(
        "ec2-termination-protection",
        P,
        EC2_INSTANCE,
        "A single machine is not ended by mistake.",
        "set disable_api_termination=True",
        holds=lambda machine: on(machine, "disableApiTermination"),
    ),
    resource_rule(
        "ec2-single-eni",
        A,
        _MACHINES,
        "A machine has one network interface.",
        "remove the others",
        holds=lambda machine: len(values(machine, "networkInterfaces")) < 2,
    ),
]
