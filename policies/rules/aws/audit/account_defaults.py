"""The account: what is made in it by hand, past the program, is safe too; what is done in it is all seen."""

from __future__ import annotations

from rules.lib.resource_types import METADATA_DEFAULTS, TRAIL
from rules.pack.properties import Props, off, parts, text, values
from rules.pack.rule import M, resource_rule


def _all_calls(trail: Props) -> bool:
    selectors = parts(trail, "eventSelectors")
    whole = not selectors or any(
        not off(one, "includeManagementEvents") and text(one, "readWriteType") in ("", "All")
        for one in selectors
    )
    excluded = any(values(one, "excludeManagementEventSources") for one in selectors)
    narrowed = any(
        text(field, "field") in ("eventSource", "readOnly")
        for one in parts(trail, "advancedEventSelectors")
        for field in parts(one, "fieldSelectors")
    )
    return whole and not excluded and not narrowed


RULES = [
    resource_rule(
        "trail-all-calls",
        M,
        TRAIL,
        "The trail keeps every call, each use of a key among them.",
        "set read_write_type=All, include_management_events=True, no exclude_management_event_sources (B35)",
        holds=_all_calls,
    ),
    resource_rule(
        "trail-global-services",
        M,
        TRAIL,
        "The trail keeps calls of IAM and STS, which are of no region.",
        "remove include_global_service_events=False (B35)",
        holds=lambda trail: not off(trail, "includeGlobalServiceEvents"),
    ),
    resource_rule(
        "ec2-imds-defaults",
        M,
        METADATA_DEFAULTS,
        "A machine that says nothing of its metadata gives it to those only who ask properly.",
        'set http_tokens="required" (B62)',
        holds=lambda defaults: text(defaults, "httpTokens") == "required",
    ),
]
