"""Which service trusts each IAM role of a stack, and which policies the role has, by patterns of names.

It repeats what the program declares instead of importing it, so that a change there is found here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from settings.names import Names

GITHUB = "GitHub"
"""The trust of the deploy role: GitHub's identity provider instead of a service."""


@dataclass(frozen=True)
class DeclaredRole:
    """One role, or the roles whose names match a pattern."""

    name: str
    trusts: str
    inline: Sequence[str] = ()
    """Patterns of the names of its own policies; Pulumi adds a suffix where the program gives no name."""
    attached: Sequence[str] = ()
    """Patterns of the ARNs of its managed policies."""
    boundary: str | None = None
    """The name of its permissions boundary."""


def declared_roles(names: Names) -> tuple[DeclaredRole, ...]:
    """The roles that a stack may have, the narrower patterns first."""
    policies = f"arn:aws:iam::{names.account_id}:policy/{names.part('deploy-')}*"
    of_config = "arn:aws:iam::aws:policy/service-role/AWS_ConfigRole"
    refresh = names.part("parameter-changed")
    functions = (
        names.rotation_role,
        names.restore_check_role,
        *(names.part(one) for one in ("redeploy-readers", "validate-restore", "publish-ages")),
    )
    return (
        DeclaredRole(
            names.deploy_role, GITHUB, (names.deploy_role,), (policies,), names.part("deploy-boundary")
        ),
        DeclaredRole(names.trail, "cloudtrail.amazonaws.com", ("write",)),
        DeclaredRole(names.config_role, "config.amazonaws.com", ("deliver",), (of_config,)),
        DeclaredRole(names.part("flow-logs"), "vpc-flow-logs.amazonaws.com", ("network-flow-*",)),
        DeclaredRole(
            names.part("rds-monitoring"), "monitoring.rds.amazonaws.com", ("database-monitoring-*",)
        ),
        *(DeclaredRole(one, "lambda.amazonaws.com", (one,)) for one in functions),
        *(
            DeclaredRole(one, "backup.amazonaws.com", (one,))
            for one in (names.backup_role, names.restore_role)
        ),
        DeclaredRole(names.schedule_role("*"), "scheduler.amazonaws.com", ("run",)),
        DeclaredRole(refresh, "events.amazonaws.com", (refresh,)),
        DeclaredRole(names.host_role, "ec2.amazonaws.com", (names.part("ec2-*"),)),
        DeclaredRole(names.execution_role("*"), "ecs-tasks.amazonaws.com", ("start",)),
        DeclaredRole(names.task_role("*"), "ecs-tasks.amazonaws.com", ("run",)),
    )


def declared_role(names: Names, role: str) -> DeclaredRole | None:
    """What a role must be like; None for a role that is not the stack's."""
    return next((one for one in declared_roles(names) if fnmatchcase(role, one.name)), None)


def matches(name: str, patterns: Sequence[str]) -> bool:
    """Whether a name matches one of the patterns."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)
