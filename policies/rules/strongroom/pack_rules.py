"""Rules about every resource and about the pack itself: tags, unknown values, exemptions, secret marks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rules.lib.secret_marking import SECRETNESS, finds
from rules.pack.config import Configuration
from rules.pack.evaluator import AUDIT
from rules.pack.properties import Props, part, text
from rules.pack.rule import M, Resource, ResourceRule, resource_rule, stack_rule

ENVIRONMENT_TAG = "Env"


def _default_tags(provider: Props | None) -> Mapping[str, Any]:
    """The provider's default tags; the engine sends nested settings as JSON text."""
    given: Any = provider.get("defaultTags") if provider is not None else None
    if isinstance(given, str):
        given = json.loads(given or "{}")
    return part(given, "tags") if isinstance(given, Mapping) else {}


def _tagged(one: Resource, config: Configuration) -> list[str]:
    judged = one.provider is not None or "tags" in one.props or "tagsAll" in one.props
    if not one.type.startswith("aws:") or not judged:
        return []
    tags = {**_default_tags(one.provider), **part(one.props, "tags"), **part(one.props, "tagsAll")}
    found = [f"tag {name} is missing" for name in config.required_tags if not tags.get(name)]
    if config.environment and text(tags, ENVIRONMENT_TAG) not in ("", config.environment):
        found.append(f"tag {ENVIRONMENT_TAG} names another environment")
    return found


RULES = [
    resource_rule(
        "own-tags",
        M,
        (),
        "Every resource has the required tags, and the environment tag of its stack.",
        "set default_tags on the provider",
        finds=_tagged,
    ),
    stack_rule(
        "own-unknown-visible",
        M,
        (),
        "A rule that needs an unknown value is listed, and evaluated again before the resource is created.",
        "nothing to do in a preview; report it when it appears in an update",
        stack_holds=lambda _: True,  # reported by the evaluator after every other rule
    ),
    stack_rule(
        AUDIT,
        M,
        (),
        "Every exemption names a rule and a resource, has a reason, an owner and a date, and is in use.",
        "renew it with a reason, narrow it, or delete it from policies/exemptions.yaml",
        stack_holds=lambda _: True,  # reported by the evaluator after every other rule
    ),
    ResourceRule(
        name=SECRETNESS,
        level=M,
        types=frozenset(),
        sentence="A property that contains a secret value is a Pulumi secret.",
        fix="pass the Output on unchanged: no unsecret, no copy of its value",
        finds=finds,
    ),
]
