"""Creates the two roles that people of the account assume, both with MFA only."""

from __future__ import annotations

import json
from typing import Any

from ops.bootstrap import documents
from ops.bootstrap.state import tag_list
from ops.bootstrap.steps import Step
from ops.core import answers
from ops.core.aws_state import AwsState

SESSION_S = 3600
_OF_AWS = "arn:aws:iam::aws:policy"


def people_roles(aws: AwsState) -> tuple[Step, ...]:
    """The steps for the emergency role, which may do everything, and the auditor role, which reads."""
    return (
        PeopleRole(aws, aws.names.emergency_role, f"{_OF_AWS}/AdministratorAccess").step(),
        PeopleRole(aws, aws.names.auditor_role, f"{_OF_AWS}/SecurityAudit").step(),
    )


class PeopleRole:
    """One role with one managed policy of AWS and sessions of an hour."""

    def __init__(self, aws: AwsState, name: str, policy_arn: str) -> None:
        self._aws, self._iam, self.name, self._policy_arn = aws, aws.client("iam"), name, policy_arn
        self._trust = documents.people_trust(aws.names)

    def step(self) -> Step:
        """The step that creates or corrects it."""
        return Step(f"role {self.name} (people with MFA)", self._look, self._make)

    def _look(self) -> list[str] | None:
        try:
            role: dict[str, Any] = self._iam.get_role(RoleName=self.name)["Role"]
        except self._iam.exceptions.NoSuchEntityException:
            return None
        wrong: list[str] = []
        if role["AssumeRolePolicyDocument"] != self._trust:
            wrong.append("its trust policy differs")
        if role["MaxSessionDuration"] != SESSION_S:
            wrong.append("its maximum session duration is not 1 hour")
        attached = self._attached()
        if self._policy_arn not in attached:
            wrong.append(f"it lacks {self._policy_arn.rpartition('/')[2]}")
        if set(attached) - {self._policy_arn} or self._inline():
            wrong.append("it has other policies")
        return wrong

    def _make(self) -> None:
        trust, role = json.dumps(self._trust), {"RoleName": self.name}
        if self._look() is None:
            pairs = [{"Key": key, "Value": value} for key, value in tag_list(self._aws).items()]
            self._iam.create_role(
                **role, AssumeRolePolicyDocument=trust, MaxSessionDuration=SESSION_S, Tags=pairs
            )
        self._iam.update_assume_role_policy(**role, PolicyDocument=trust)
        self._iam.update_role(**role, MaxSessionDuration=SESSION_S)
        self._iam.attach_role_policy(**role, PolicyArn=self._policy_arn)
        for arn in set(self._attached()) - {self._policy_arn}:
            self._iam.detach_role_policy(**role, PolicyArn=arn)
        for name in self._inline():
            self._iam.delete_role_policy(**role, PolicyName=name)

    def _attached(self) -> list[str]:
        found = answers.listed(
            self._iam, "list_attached_role_policies", "AttachedPolicies", RoleName=self.name
        )
        return [one["PolicyArn"] for one in found]

    def _inline(self) -> list[str]:
        return answers.listed(self._iam, "list_role_policies", "PolicyNames", RoleName=self.name)
