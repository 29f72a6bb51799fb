"""Checks across the sections of a stack file; each yields one line for each error."""

from __future__ import annotations

from settings.checks.audit import audit_problems, owner_problems
from settings.checks.check import Check
from settings.checks.data import backup_problems, data_problems, role_problems, store_use_problems
from settings.checks.edge import edge_problems, target_problems
from settings.checks.encrypted_columns import encrypted_column_problems
from settings.checks.host import host_problems
from settings.checks.limits import name_problems, rule_problems, stored_name_problems
from settings.checks.network import network_problems
from settings.checks.parts import (
    part_name_problems,
    reach_problems,
    schedule_problems,
    tag_problems,
    user_problems,
    variable_problems,
)
from settings.checks.plain_secrets import plain_secret_problems
from settings.checks.secrets import secret_problems, store_problems
from settings.checks.services import service_problems
from settings.checks.ssh import private_key_problems, ssh_problems
from settings.checks.stack import (
    administrator_problems,
    delivery_problems,
    region_problems,
    sign_off_problems,
)
from settings.checks.variables import source_problems

__all__ = ["CHECKS", "owner_problems"]

CHECKS: tuple[tuple[Check, tuple[str, ...]], ...] = (
    (region_problems, ("region", "backup")),
    (network_problems, ("network", "platform")),
    (service_problems, ("platform", "network", "environment", "account_id")),
    (plain_secret_problems, ("platform", "schedules", "secrets", "application", "environment")),
    (store_problems, ("secrets", "platform")),
    (secret_problems, ("secrets", "platform", "environment")),
    (source_problems, ("secrets", "platform")),
    (encrypted_column_problems, ("secrets",)),
    (data_problems, ("database", "cache", "secrets")),
    (store_use_problems, ("database", "cache", "secrets", "platform")),
    (role_problems, ("application", "environment", "region", "account_id", "database", "secrets")),
    (backup_problems, ("backup", "database", "environment", "region", "secrets", "network", "platform")),
    (user_problems, ("buckets", "queues", "platform")),
    (variable_problems, ("buckets", "queues", "platform", "secrets")),
    (
        part_name_problems,
        ("buckets", "queues", "schedules", "application", "environment", "region", "account_id"),
    ),
    (reach_problems, ("queues", "platform", "network")),
    (schedule_problems, ("schedules", "platform", "application", "environment", "region", "account_id")),
    (tag_problems, ("extra_tags",)),
    (edge_problems, ("edge", "region", "account_id")),
    (target_problems, ("edge", "platform")),
    (name_problems, ("application", "environment", "region", "account_id", "platform", "cache", "backup")),
    (stored_name_problems, ("application", "environment", "region", "account_id", "secrets", "backup")),
    (rule_problems, ("platform", "network", "secrets", "cache", "database", "edge", "backup")),
    (
        administrator_problems,
        ("administrators", "account_id", "region", "application", "environment", "platform"),
    ),
    (delivery_problems, ("delivery", "account_id")),
    (sign_off_problems, ("environment", "monitoring", "edge", "delivery")),
    (ssh_problems, ("platform", "environment")),
    (audit_problems, ("audit", "environment")),
    (private_key_problems, ("secrets", "platform")),
    (
        host_problems,
        ("platform", "secrets", "application", "environment", "database", "edge", "region", "account_id"),
    ),
)
"""Each check with the sections that it reads: it runs when those are valid, so all errors show at once."""
