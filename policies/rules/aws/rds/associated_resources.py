"""Resources around an RDS instance: parameter group, event subscription, backup plan."""

from __future__ import annotations

from rules.aws.backup import in_backup_plan
from rules.lib.rds_engines import POSTGRES, TLS_PARAMETERS, engine
from rules.lib.resource_types import (
    RDS_EVENT_SUBSCRIPTION,
    RDS_INSTANCE,
    RDS_PARAMETER_GROUP,
)
from rules.pack.graph import Stack
from rules.pack.properties import Props, parts, text, values
from rules.pack.rule import A, M, P, Resource, stack_rule

_ON = frozenset({"1", "1.0", "on", "true"})
_QUERY_LOGS = frozenset({"log_statement", "log_min_duration_statement"})
_SERIOUS = frozenset({"failure", "maintenance"})


def parameters(db: Resource, stack: Stack) -> dict[str, str]:
    """The parameters that the parameter groups of a database set, by name."""
    return {
        text(one, "name"): str(one.get("value"))
        for group in stack.refers(db, "parameterGroupName", RDS_PARAMETER_GROUP)
        for one in parts(group.props, "parameters")
    }


def _refuses_plain_text(db: Resource, stack: Stack) -> bool:
    parameter = TLS_PARAMETERS.get(engine(db.props))
    return parameter is None or parameters(db, stack).get(parameter, "").lower() in _ON


def _logs_queries(db: Resource, stack: Stack) -> bool:
    return engine(db.props) != POSTGRES or set(parameters(db, stack)) >= _QUERY_LOGS


def _subscribed(stack: Stack) -> bool:
    return any(_reports(one.props) for one in stack.all(RDS_EVENT_SUBSCRIPTION))


def _reports(subscription: Props) -> bool:
    categories = set(values(subscription, "eventCategories"))
    about_databases = text(subscription, "sourceType") in ("", "db-instance")
    return about_databases and (not categories or categories >= _SERIOUS)


RULES = [
    stack_rule(
        "rds-force-ssl",
        M,
        RDS_INSTANCE,
        "RDS refuses connections without TLS.",
        "use a parameter group with rds.force_ssl = 1 (MySQL, MariaDB: require_secure_transport = 1)",
        holds=_refuses_plain_text,
        requirements=("A18",),
    ),
    stack_rule(
        "rds-query-logging",
        A,
        RDS_INSTANCE,
        "RDS logs schema changes and slow queries.",
        "set log_statement and log_min_duration_statement in the parameter group",
        holds=_logs_queries,
    ),
    stack_rule(
        "rds-events",
        P,
        RDS_INSTANCE,
        "Failure and maintenance events of a database have a subscription.",
        "add an EventSubscription for failure and maintenance events",
        holds=lambda _, stack: stack.once("events", _subscribed),
    ),
    stack_rule(
        "rds-in-backup-plan",
        P,
        RDS_INSTANCE,
        "A database is in a backup plan, in addition to its automated backups.",
        "add its ARN to a backup selection",
        holds=in_backup_plan,
    ),
]
