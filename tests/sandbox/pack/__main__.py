"""One policy of each kind; what they receive is written to the file named in the configuration."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pulumi
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    PolicyPack,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

Report = Callable[..., None]
TOPIC = "aws:sns/topic:Topic"


def no_open_topics(args: ResourceValidationArgs, report: Report) -> None:
    if args.resource_type == TOPIC and args.props.get("displayName") == "open":
        report("a topic must not be called open")


def encrypt(args: ResourceValidationArgs) -> dict[str, Any] | None:
    if args.resource_type == TOPIC and not args.props.get("kmsMasterKeyId"):
        return {**args.props, "kmsMasterKeyId": "alias/aws/sns"}
    return None


def write_down(args: ResourceValidationArgs, report: Report) -> None:
    path = pulumi.Config("toy").get("seen")
    if path:
        provider = {"name": args.provider.name, "props": dict(args.provider.props)} if args.provider else None
        line = {
            "urn": args.urn,
            "props": {key: args.props[key] for key in ("value", "displayName", "name") if key in args.props},
            "provider": provider,
            "protect": args.opts.protect,
            "aliases": list(args.opts.aliases or []),
        }
        with Path(path).open("a") as file:
            file.write(json.dumps(line, default=str) + "\n")


def few_topics(args: StackValidationArgs, report: Report) -> None:
    stack = [r for r in args.resources if r.resource_type == "pulumi:pulumi:Stack"]
    if any(r.props.get("forbidden") for r in stack):
        report("the stack must not export forbidden")
    most = args.get_config().get("most", 3)
    if len([r for r in args.resources if r.resource_type == TOPIC]) > most:
        report(f"at most {most:g} topics")


MANDATORY = EnforcementLevel.MANDATORY
POLICIES: list[Policy] = [
    ResourceValidationPolicy("no-open-topics", "No topic is open.", no_open_topics, tags=["A1", "B2"]),
    ResourceValidationPolicy(
        "encrypt-topics",
        "Topics are encrypted.",
        remediate=cast(Any, encrypt),  # the SDK's type alias allows None only
        enforcement_level=EnforcementLevel.REMEDIATE,
    ),
    ResourceValidationPolicy("write-down", "Sees what it is sent.", write_down),
    StackValidationPolicy(
        "few-topics",
        "Few topics.",
        few_topics,
        config_schema=PolicyConfigSchema({"most": {"type": "number"}}),
    ),
]
PolicyPack("toy", enforcement_level=MANDATORY, policies=POLICIES)
