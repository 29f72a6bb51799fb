"""Checks of the audit: retention of locked objects, GuardDuty in production, one owner per account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network

from settings.checks.examples import ACCOUNT_ID
from settings.schema.stack import Settings


def audit_problems(settings: Settings, _others: Mapping[str, IPv4Network]) -> Iterator[str]:
    """Check the trail's lock and retention, and GuardDuty in production."""
    audit = settings.audit
    if audit is None:
        return
    if audit.lock_days > audit.keep_days:
        yield (
            f"audit.lockDays={audit.lock_days}: above keepDays={audit.keep_days}, so expired files could not "
            "be deleted; lower it, or raise keepDays"
        )
    if settings.environment.production and audit.account_wide and not audit.guard_duty:
        yield "audit.guardDuty: empty in production; remove it to enable every feature"


def owner_problems(settings: Settings, owners: Mapping[str, str]) -> Iterator[str]:
    """Check ``accountWide``; ``owners`` are the accounts of other stack files."""
    if not settings.owns_account or settings.account_id == ACCOUNT_ID:
        return
    for file, account in owners.items():
        if account == settings.account_id:
            yield (
                f"audit.accountWide=true: {file} has it for account {account} too, and an account has one "
                "detector, recorder and password policy; set it to false in one of the two"
            )
