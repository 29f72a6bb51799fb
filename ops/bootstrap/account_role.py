"""Creates or corrects one IAM role: its trust, its boundary, its policies, and no other policy."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from ops.bootstrap.documents import Document
from ops.bootstrap.state import tag_list
from ops.bootstrap.steps import Step
from ops.core import answers
from ops.core.aws_state import AwsState
from ops.core.session import error_code

SESSION_S = 3600
POLICY_NAME = "pulumi"


@dataclass(frozen=True, kw_only=True)
class AccountRole:
    """A role with sessions of an hour."""

    aws: AwsState
    name: str
    whose: str
    """Who assumes it, for the description of the step."""
    trust: Document
    boundary_arn: str | None = None
    rights: Callable[[], Document] | None = None
    """Its inline policy, when it is needed; None for a role without one."""
    managed_arns: Sequence[str] = ()

    def step(self) -> Step:
        """The step that creates or corrects it."""
        return Step(f"role {self.name} ({self.whose})", self._look, self._make)

    @property
    def _iam(self) -> Any:
        return self.aws.client("iam")

    def _look(self) -> list[str] | None:
        try:
            role: dict[str, Any] = self._iam.get_role(RoleName=self.name)["Role"]
        except self._iam.exceptions.NoSuchEntityException:
            return None
        return list(self._differences(role))

    def _differences(self, role: dict[str, Any]) -> Iterator[str]:
        if role["AssumeRolePolicyDocument"] != self.trust:
            yield "its trust policy differs"
        boundary = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        if self.boundary_arn is not None and boundary != self.boundary_arn:
            yield "it lacks the permissions boundary"
        if role["MaxSessionDuration"] != SESSION_S:
            yield "its maximum session duration is not 1 hour"
        if self.rights is not None and self._inline() != self.rights():
            yield "its inline policy differs"
        attached = self._attached()
        for arn in self.managed_arns:
            if arn not in attached:
                yield f"it lacks {arn.rpartition('/')[2]}"
        if self._undeclared_policies():
            yield "it has other policies"

    def _make(self) -> None:
        trust, role = json.dumps(self.trust), {"RoleName": self.name}
        if self._look() is None:
            boundary = {"PermissionsBoundary": self.boundary_arn} if self.boundary_arn else {}
            pairs = [{"Key": key, "Value": value} for key, value in tag_list(self.aws).items()]
            self._iam.create_role(
                **role, **boundary, AssumeRolePolicyDocument=trust, MaxSessionDuration=SESSION_S, Tags=pairs
            )
        self._iam.update_assume_role_policy(**role, PolicyDocument=trust)
        if self.boundary_arn is not None:
            self._iam.put_role_permissions_boundary(**role, PermissionsBoundary=self.boundary_arn)
        self._iam.update_role(**role, MaxSessionDuration=SESSION_S)
        if self.rights is not None:
            rights = json.dumps(self.rights())
            self._iam.put_role_policy(**role, PolicyName=POLICY_NAME, PolicyDocument=rights)
        for arn in self.managed_arns:
            self._iam.attach_role_policy(**role, PolicyArn=arn)
        for kind, policy in self._undeclared_policies():
            if kind == "inline":
                self._iam.delete_role_policy(**role, PolicyName=policy)
            else:
                self._iam.detach_role_policy(**role, PolicyArn=policy)

    def _inline(self) -> Document | None:
        try:
            return self._iam.get_role_policy(RoleName=self.name, PolicyName=POLICY_NAME)["PolicyDocument"]
        except ClientError as error:
            if error_code(error) == "NoSuchEntity":
                return None
            raise

    def _attached(self) -> list[str]:
        found = answers.listed(
            self._iam, "list_attached_role_policies", "AttachedPolicies", RoleName=self.name
        )
        return [one["PolicyArn"] for one in found]

    def _undeclared_policies(self) -> list[tuple[str, str]]:
        inline = answers.listed(self._iam, "list_role_policies", "PolicyNames", RoleName=self.name)
        own = {POLICY_NAME} if self.rights is not None else set[str]()
        return [("inline", name) for name in inline if name not in own] + [
            ("attached", arn) for arn in self._attached() if arn not in self.managed_arns
        ]
