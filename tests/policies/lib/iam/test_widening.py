"""Tests that widening a document removes no finding, and that narrowing one adds none."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from rules.lib.iam import access, documents, permissions, trust
from rules.lib.iam.documents import Statement

OURS, THEIRS, ORG = "111122223333", "444455556666", "o-a1b2c3d4e5"
QUESTIONS: dict[str, Callable[[Statement], bool]] = {
    "public": access.is_public,
    "foreign": lambda one: access.is_foreign(one, {OURS}),
    "whole account": access.is_whole_account,
    "any account": access.is_for_any_account,
    "wildcard": trust.CHECKS["iam-trust-no-wildcard"],
    "repository": trust.CHECKS["iam-oidc-github"],
}
ACTIONS = (
    *(
        "s3:GetObject",
        "s3:PutBucketPolicy",
        "kms:Decrypt",
        "iam:PassRole",
        "iam:CreateAccessKey",
        "ec2:RunInstances",
    ),
    *(
        "secretsmanager:GetSecretValue",
        "ssm:GetParameters",
        "sts:AssumeRole",
        "ecr:GetAuthorizationToken",
        "a:B",
    ),
)
RESOURCES = (
    *(
        "arn:aws:s3:::inbox/*",
        "arn:aws:kms:eu-west-1:111122223333:key/1",
        "arn:aws:iam::111122223333:role/app",
    ),
    *("arn:aws:ssm:eu-west-1:1:parameter/app/prod/deploy/*", "arn:aws:iam::*:role/app", "*"),
    "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app/key-??????",
)
PRINCIPALS = (
    OURS,
    f"arn:aws:iam::{OURS}:root",
    f"arn:aws:iam::{THEIRS}:role/app",
    f"arn:aws:iam::{THEIRS}:*",
    "*",
)
SERVICES = ("events.amazonaws.com", "s3.amazonaws.com")
GITHUB = f"arn:aws:iam::{OURS}:oidc-provider/token.actions.githubusercontent.com"
SUBJECT = "token.actions.githubusercontent.com:sub"
CONDITIONS: tuple[tuple[str, str, str], ...] = (
    ("StringEquals", "aws:PrincipalOrgID", ORG),
    ("StringEquals", "aws:PrincipalAccount", OURS),
    ("StringEquals", "aws:PrincipalAccount", THEIRS),
    ("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{THEIRS}:role/app"),
    ("ArnLike", "aws:SourceArn", f"arn:aws:sns:eu-west-1:{OURS}:alarms"),
    ("StringEquals", "aws:SourceAccount", OURS),
    ("IpAddress", "aws:SourceIp", "203.0.113.0/24"),
    ("IpAddress", "aws:SourceIp", "0.0.0.0/1"),
    ("Bool", "aws:SecureTransport", "true"),
    ("Bool", "aws:MultiFactorAuthPresent", "true"),
    ("StringEquals", "aws:ResourceTag/App", "shop"),
    ("StringEquals", "iam:PassedToService", "ecs-tasks.amazonaws.com"),
    ("StringEquals", "kms:ResourceAliases", "alias/app"),
    ("StringEquals", "sns:Endpoint", "ops@example.com"),
    ("StringEquals", SUBJECT, "repo:owner/app:environment:prod"),
)


@st.composite
def one_statement(draw: st.DrawFn) -> dict[str, Any]:
    """An Allow with a few actions, resources, principals and conditions."""
    condition: dict[str, dict[str, list[str]]] = {}
    for operator, key, value in draw(st.lists(st.sampled_from(CONDITIONS), max_size=3)):
        condition.setdefault(operator + draw(st.sampled_from(["", "", "IfExists"])), {}).setdefault(
            key, []
        ).append(value)
    return {
        "Effect": "Allow",
        "Action": draw(st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=3)),
        "Resource": draw(st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2)),
        "Principal": {
            "AWS": draw(st.lists(st.sampled_from(PRINCIPALS), max_size=2)),
            "Service": draw(st.lists(st.sampled_from(SERVICES), max_size=1)),
            "Federated": draw(st.lists(st.just(GITHUB), max_size=1)),
        },
        "Condition": condition,
    }


def shortened(draw: st.DrawFn, text: str) -> str:
    """A pattern that matches whatever ``text`` matches."""
    return text[: draw(st.integers(0, len(text)))] + "*"


def widen_list(draw: st.DrawFn, values: list[str], others: tuple[str, ...]) -> None:
    """Add a value, or make one a wider pattern."""
    if values and draw(st.booleans()):
        place = draw(st.integers(0, len(values) - 1))
        values[place] = shortened(draw, values[place])
    else:
        values.append(draw(st.sampled_from(others)))


def widen_condition(draw: st.DrawFn, condition: dict[str, dict[str, list[str]]]) -> None:
    """Remove a condition, let its key be absent, or let it have more values."""
    operator = draw(st.sampled_from(sorted(condition)))
    key = draw(st.sampled_from(sorted(condition[operator])))
    values = condition[operator].pop(key)
    how = draw(st.sampled_from(["remove", "absent", "value", "wildcard"]))
    if how == "absent":
        operator = operator.removesuffix("IfExists") + "IfExists"
    elif how == "value":
        values = [*values, "128.0.0.0/1" if operator.startswith("IpAddress") else THEIRS]
    elif how == "wildcard":
        values = ["0.0.0.0/0" if operator.startswith("IpAddress") else "*"]
    if how != "remove":
        condition.setdefault(operator, {}).setdefault(key, []).extend(values)
    condition.update({name: keys for name, keys in condition.items() if keys})


@st.composite
def pair(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A document, and the same wider."""
    narrow = draw(st.lists(one_statement(), min_size=1, max_size=2))
    wide = copy.deepcopy(narrow)
    for _ in range(draw(st.integers(1, 3))):
        one = draw(st.sampled_from(wide))
        what = draw(st.sampled_from(["Action", "Resource", "AWS", "Service", "Condition", "another"]))
        if what == "another":
            wide.append(draw(one_statement()))
        elif what == "Condition":
            if any(one["Condition"].values()):
                one["Condition"] = {name: keys for name, keys in one["Condition"].items() if keys}
                widen_condition(draw, one["Condition"])
        elif what in ("AWS", "Service"):
            one["Principal"][what].append(draw(st.sampled_from(PRINCIPALS if what == "AWS" else SERVICES)))
        else:
            widen_list(draw, one[what], ACTIONS if what == "Action" else RESOURCES)
    return narrow, wide


def asked(document: list[dict[str, Any]]) -> set[str]:
    """The questions that a document answers with yes, of resource policies and of permissions."""
    granted = documents.allows({"Statement": document})
    found = {name for name, question in QUESTIONS.items() if any(map(question, granted))}
    return found | {name for name, check in permissions.CHECKS.items() if check(granted)}


@settings(max_examples=60, deadline=None)
@given(pair())
def test_a_wider_document_has_every_finding_of_the_narrower_one(
    documents_: tuple[list[dict[str, Any]], list[dict[str, Any]]],
) -> None:
    narrow, wide = documents_
    assert asked(narrow) - asked(wide) == set()
