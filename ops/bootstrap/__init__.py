"""Creates what must exist before Pulumi can run: state bucket, state key and roles; safe to run again."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ops.bootstrap.roles import Boundary, people_roles, provider, provider_arn, runner
from ops.bootstrap.state import StateBucket, StateKey, bucket_name
from ops.bootstrap.steps import Repository, Step
from ops.core.aws_state import AwsState
from ops.core.exits import Exit, Stop
from settings.administrators import is_administrator

__all__ = ["Plan", "plan"]


@dataclass(frozen=True)
class Plan:
    """The steps of a bootstrap in their order of dependency, and the commands that follow."""

    aws: AwsState
    steps: Sequence[Step]

    @property
    def open(self) -> list[Step]:
        """Steps that are not done."""
        return [step for step in self.steps if not step.done]

    def apply(self, tell: Callable[[str], None]) -> None:
        """Create what is missing and correct what differs."""
        for step in self.open:
            verb = "created" if step.wrong is None else "corrected"
            step.make()
            tell(f"{verb} {step.what}")

    def next(self, stack: str) -> list[str]:
        """The commands that the operator runs next."""
        settings = self.aws.settings
        names, region = settings.names, settings.region
        lines = [
            f"pulumi login 's3://{bucket_name(self.aws)}?region={region}'",
            f"pulumi stack init {stack} --secrets-provider='awskms://{names.key_alias('pulumi')}?region={region}'",
        ]
        if settings.delivery and settings.delivery.oidc_provider_arn != provider_arn(self.aws):
            arn = provider_arn(self.aws)
            lines.append(f"in Pulumi.{stack}.yaml, strongroom:delivery: oidcProviderArn: {arn}")
        emergency = names.role_arn(names.emergency_role)
        if not is_administrator(emergency, settings.administrators):
            lines.append(f"in Pulumi.{stack}.yaml, strongroom:administrators: add {emergency}")
        return lines


def plan(aws: AwsState, repository: Repository) -> Plan:
    """Read the account and list what is missing or differs; changes nothing."""
    _refuse_lockout(aws)
    names, settings = aws.names, aws.settings
    boundary = Boundary(aws)
    environment = settings.delivery.environment if settings.delivery else settings.environment.name
    steps = (
        StateKey(aws).step(),
        StateBucket(aws).step(),
        provider(aws),
        boundary.step(),
        runner(aws, names.plan_role, repository, f"{environment}-preview", boundary.arn),
        runner(aws, names.update_role, repository, environment, boundary.arn),
        *people_roles(aws),
    )
    return Plan(aws, steps)


def _refuse_lockout(aws: AwsState) -> None:
    """:class:`Stop` unless the caller is a declared administrator: the state key allows only those."""
    caller = aws.client("sts").get_caller_identity()["Arn"]
    if not is_administrator(caller, aws.settings.administrators):
        session = re.fullmatch(r"arn:[^:]+:sts::\d{12}:assumed-role/([^/]+)/.+", caller)
        name = session[1] if session else caller.rpartition("/")[2]
        raise Stop(
            Exit.REFUSED,
            f"{name} matches none of strongroom:administrators and would lock itself out: "
            "add its role there, or use one of them",
        )
