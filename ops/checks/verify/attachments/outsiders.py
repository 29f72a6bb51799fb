"""Finds who outside the account a resource policy or a grant lets in; AWS's own services are told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iam_documents import Condition, Document, ParsedStatement, statements
from ops.checks.verify.attachments.row import Resource
from ops.core.aws_state import AwsState, Item

_ACCOUNT = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")
_OF_ACCOUNT = ("aws:principalaccount", "aws:sourceaccount", "aws:sourceowner", "kms:calleraccount")
_OF_ARN = ("aws:principalarn", "aws:sourcearn")
_BINDING = ("stringequals", "arnequals", "arnlike", "stringlike")
_INFRASTRUCTURE = "assumed-role/aws:ec2-infrastructure/"
"""The sessions in which EC2 attaches encrypted volumes.

Source: https://docs.aws.amazon.com/kms/latest/developerguide/services-ebs.html
"""


def accounts_in(text: str) -> set[str]:
    """The account IDs in a text."""
    return set(_ACCOUNT.findall(text))


def outsiders(policy: str | Document, account: str) -> list[str]:
    """Who a resource policy lets in from outside the account, without duplicates."""
    return list(dict.fromkeys(who for one in statements(policy) for who in _let_in(one, account)))


def _let_in(statement: ParsedStatement, account: str) -> Iterator[str]:
    if statement.effect != "Allow":
        for condition in statement.conditions:
            if "not" in condition.operator.lower():
                yield from (value for value in condition.values if accounts_in(value) - {account})
        return
    bound = any(_binds(one, account) for one in statement.conditions)
    for kind, principals in statement.principals.by_type.items():
        for who in principals:
            if who == "*" or kind == "CanonicalUser":
                if not bound:
                    yield "everybody" if who == "*" else f"the canonical user {who}"
            elif kind in ("AWS", "*") and accounts_in(who) != {account} and not who.startswith("AROA"):
                yield who
    for condition in statement.conditions:
        if condition.key.lower() in (*_OF_ACCOUNT, *_OF_ARN) and "not" not in condition.operator.lower():
            yield from (value for value in condition.values if accounts_in(value) - {account})


def _binds(condition: Condition, account: str) -> bool:
    """Whether a condition requires principals or resources of the account."""
    if condition.operator.lower() not in _BINDING:
        return False
    key = condition.key.lower()
    if key in _OF_ACCOUNT:
        return condition.values == (account,)
    return key in _OF_ARN and all(accounts_in(value) == {account} for value in condition.values)


def unbound_services(policy: str | Document, account: str) -> list[str]:
    """The services of AWS that a resource policy lets in without a condition on the account."""
    return [
        service
        for one in statements(policy)
        if one.effect == "Allow" and not any(_binds(condition, account) for condition in one.conditions)
        for service in one.principals.of("Service")
    ]


def let_in(aws: AwsState, policy: str) -> str | None:
    """Who outside the account a resource policy lets in, as the end of a sentence."""
    who = outsiders(policy, aws.settings.account_id) if policy else []
    return f"lets {', '.join(who)} in" if who else None


def let_in_by_policy(aws: AwsState, one: Resource, text: str) -> str | None:
    """What is wrong with a policy that may name principals of the account, and services for it, only."""
    account = aws.settings.account_id
    who = [*outsiders(text, account), *unbound_services(text, account)]
    return f"its policy lets {', '.join(who)} in" if who else None


def grant_of_others(aws: AwsState, grant: Item) -> str | None:
    """What is wrong with a grant on a KMS key; None for those of AWS's services for this account's resources.

    A service is a service principal, or EC2's infrastructure, whose grant an encryption context or a source
    ARN restricts to one resource; or a service-linked role of this account, which only it can assume.
    """
    account = aws.settings.account_id
    service = grant.get("GranteeServicePrincipal")
    who = service or grant.get("GranteePrincipal", "")
    context = grant.get("Constraints") or {}
    restricted = any(context.get(kind) for kind in ("EncryptionContextSubset", "EncryptionContextEquals"))
    restricted = restricted or accounts_in(str(context.get("SourceArn", ""))) == {account}
    if who.startswith(f"arn:aws:iam::{account}:role/aws-service-role/"):
        return None
    if (
        service
        or who.endswith(".amazonaws.com")
        or who.startswith(f"arn:aws:sts::{account}:{_INFRASTRUCTURE}")
    ):
        return None if restricted else f"its grant {grant['GrantId']} to {who} is for any resource"
    operations = ", ".join(sorted(grant.get("Operations", [])))
    return f"has an undeclared grant {grant['GrantId']}: {who} may {operations}"
