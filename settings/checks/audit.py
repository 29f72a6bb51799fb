"""What must hold of an audit: its locks end, and what an account has once is made by one stack only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network

from settings.checks.examples import ACCOUNT_ID
from settings.schema.stack import Settings


def audit_problems(settings: Settings, _others: Mapping[str, IPv4Network]) -> Iterator[str]:
    """How long the trail is locked and kept, and that production is watched."""
    audit = settings.audit
    if audit is None:
        return
    if audit.lock_days > audit.keep_days:
        yield (
            f"audit.lockDays={audit.lock_days}: beyond keepDays={audit.keep_days}, so what should go could "
            "not; lower it, or raise keepDays"
        )
    if settings.environment.production and audit.account_wide and not audit.guard_duty:
        yield "audit.guardDuty: empty in production (B59); leave it out to have every feature"


def owner_problems(settings: Settings, owners: Mapping[str, str]) -> Iterator[str]:
    """``owners``: the accounts that other stack files own, by file; the example account is everybody's."""
    if not settings.owns_account or settings.account_id == ACCOUNT_ID:
        return
    for file, account in owners.items():
        if account == settings.account_id:
            yield (
                f"audit.accountWide=true: {file} has it for account {account} too, which has one detector, "
                "one recorder, one password policy; set it to false in one of the two"
            )
