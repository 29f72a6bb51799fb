"""Checks what a stack file can make too long or too many for AWS; says how much is allowed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from settings.aws.names import RESERVED_PREFIXES
from settings.checks.check import Others
from settings.connections import SecurityGroup, declared_connections
from settings.grants import entries
from settings.schema import aws_limits as limits
from settings.schema.aws_limits import Limit
from settings.schema.stack import Settings


def name_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check that the names made of the application's prefix, and of services and tools, are not too long."""
    names, application = settings.names, settings.application
    where = "application.namePrefix" if application.name_prefix else "application.name"
    made: list[tuple[str, str, Limit]] = [
        ("load balancer", names.part("alb"), limits.LOAD_BALANCER_NAME),
        ("database", names.part("rds"), limits.DATABASE_IDENTIFIER),
        ("bucket of the state", names.state_bucket, limits.BUCKET_NAME),
    ]
    if settings.cache:  # its group has a shorter name
        made.append(("default user of the cache", names.cache_user("default"), limits.CACHE_USER_ID))
    if settings.backup:
        selection = f"{names.restore_testing_plan}_database"
        made.append(("restore testing selection", selection, limits.RESTORE_TESTING_NAME))
    longest = max(made, key=lambda one: len(one[1]) - one[2].value)
    if over := _too_long(*longest):
        yield f"{where}={names.prefix}: {over}"
    if names.prefix.endswith("-") or "--" in names.prefix:
        yield f"{where}={names.prefix}: RDS takes single hyphens between letters and digits; choose another"
    for reserved, why in RESERVED_PREFIXES:
        if re.match(reserved, names.prefix):
            yield f"{where}={names.prefix}: {why}; choose another"
    if settings.cache and not over:
        username = settings.cache.username
        if more := _too_long("user of the cache", names.cache_user(username), limits.CACHE_USER_ID):
            yield f"cache.username={username}: {more}"
    platform = settings.containers
    for kind, declared in (("services", platform.services), ("tools", platform.tools)) if platform else ():
        for one in declared:
            if over := _too_long("role", names.execution_role(one), limits.ROLE_NAME):
                yield f"platform.{kind}.{one}: {over}"


def stored_name_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check that the alarm on the age of each stored secret has a name of its own, and not too long a one."""
    named: dict[str, str] = {}
    for entry in entries(settings):
        where = f"secrets.{entry.key}.{'keyring.name' if entry.ring else 'name'}={entry.store_name}"
        label = entry.store_name.strip("/").replace("/", "-")
        length, most = len(settings.names.part(f"S7-secret-overdue-{label}")), limits.ALARM_NAME.value
        if length > most:
            more = f"{length} characters, AWS allows {most}; use {length - most} less"
            yield f"{where}: the alarm on its age would have a name of {more}"
        if named.get(label, entry.store_name) != entry.store_name:
            yield f"{where}: differs from {named[label]} only in its slashes; choose another"
        named[label] = entry.store_name


def _too_long(what: str, name: str, limit: Limit) -> str:
    more = len(name) - limit.value
    if more <= 0:
        return ""
    return f"the {what} {name} would have {len(name)} characters, AWS allows {limit.value}; use {more} less"


def rule_problems(settings: Settings, _others: Others) -> Iterator[str]:
    """Check that no security group needs more rules than AWS allows."""
    if not _declared(settings):
        return
    most = limits.RULES_OF_SECURITY_GROUP.value
    needed = Counter[tuple[str, str]]()
    for connection in declared_connections(settings):
        if isinstance(connection.source, SecurityGroup):
            needed[connection.source.name, "outbound"] += 1
        if isinstance(connection.target, SecurityGroup):
            needed[connection.target.name, "inbound"] += 1
    for (group, direction), number in needed.items():
        if number > most:
            yield (
                f"platform.services: the security group {group} would have {number} {direction} rules, AWS "
                f"allows {most}; declare fewer services, calls or stores, or divide them into two stacks"
            )


def _declared(settings: Settings) -> bool:
    """Whether every service that is called is declared; another check names those that are not."""
    platform = settings.containers
    if platform is None:
        return True
    called = {one for service in platform.services.values() for one in service.calls}
    if platform.gateway is not None:
        called.add(platform.gateway)
    return called <= platform.services.keys()
