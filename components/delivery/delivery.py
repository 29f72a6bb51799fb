"""Creates the deploy role of the application's pipeline: sessions of one hour, limited to what it deploys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_aws import iam, ssm

from components.delivery.deploy_contract import OPTIONAL, SERVICES, SERVICES_IN_A_PARAMETER, shape
from components.delivery.github_oidc import SESSION_S, identity_provider, trust
from components.delivery.permissions import contract_rights
from components.delivery.policy_sizes import fit_boundary, fit_inline, in_managed_policies
from components.iam import document
from components.options import child_of, unprotected_child
from iam_documents import Statement
from settings.grants import StoreEntry
from settings.names import Names
from settings.schema.delivery import DeliverySettings


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """What the pipeline of one platform may do and reads."""

    statements: Sequence[Statement]
    """Permissions to deploy."""
    services: Sequence[str] = ()
    """Names of the services that it deploys."""
    limits: Sequence[Statement] = ()
    """What the boundary allows where it cannot contain ``statements``."""
    facts: Mapping[str, type]
    """Names and types of the platform's facts in the deploy contract."""
    documents: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Name and content of the SSM command documents that the pipeline may run, by purpose."""


@dataclass(frozen=True, kw_only=True)
class CommandDocument:
    """An SSM command document that has been created."""

    name: pulumi.Output[str]
    version: pulumi.Output[str]
    arn: pulumi.Output[str]


@dataclass(frozen=True, kw_only=True)
class DeliveryArgs:
    """Which repository deploys, and what it may deploy and read."""

    names: Names
    application: str
    """The application's name."""
    settings: DeliverySettings
    pipeline: Pipeline
    entries: Sequence[StoreEntry]
    """The secrets that the pipeline reads."""
    secret_arns: Mapping[str, pulumi.Input[str]]
    """Exact ARNs by store name."""
    secrets_key_arn: pulumi.Input[str]


class Delivery(pulumi.ComponentResource):
    """The deploy role, GitHub's identity provider, and on a host the two SSM documents it may run."""

    role_arn: pulumi.Output[str]
    documents: Mapping[str, CommandDocument]
    """The SSM documents of a host by purpose (``deploy``, ``update``); empty for containers."""

    def __init__(self, name: str, args: DeliveryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Delivery", name, None, opts)
        names, delivery, pipeline = args.names, args.settings, args.pipeline
        self.documents = self._documents(pipeline)
        reads = contract_rights(
            names, self._told(pipeline), args.entries, args.secret_arns, args.secrets_key_arn
        )
        inline = fit_inline(pipeline.statements)
        # The permissions are also the boundary: a policy that is attached later grants nothing more.
        limits = pipeline.statements if fit_boundary(pipeline.statements) else pipeline.limits
        boundary = iam.Policy(
            f"{name}-boundary",
            name=names.part("deploy-boundary"),
            policy=document(*limits, *reads),
            opts=child_of(self),
        )
        role = iam.Role(
            f"{name}-role",
            name=names.deploy_role,
            description=f"Deploys {args.application} from GitHub",
            assume_role_policy=document(
                trust(delivery, delivery.oidc_provider_arn or identity_provider(self).arn)
            ),
            max_session_duration=SESSION_S,
            permissions_boundary=boundary.arn,
            opts=child_of(self),
        )
        policy = iam.RolePolicy(
            f"{name}-policy",
            name=names.deploy_role,
            role=role.name,
            policy=document(*(pipeline.statements if inline else ()), *reads),
            opts=unprotected_child(self),
        )
        iam.RolePoliciesExclusive(
            f"{name}-policies", role_name=role.name, policy_names=[policy.name], opts=unprotected_child(self)
        )
        iam.RolePolicyAttachmentsExclusive(
            f"{name}-attachments",
            role_name=role.name,
            policy_arns=[] if inline else self._attached(names, role, pipeline.statements),
            opts=unprotected_child(self),
        )
        self.role_arn = role.arn
        self.register_outputs({"roleArn": self.role_arn})

    def _told(self, pipeline: Pipeline) -> tuple[str, ...]:
        """The names of the parameters of the deploy contract."""
        facts = {*shape(pipeline.facts), *OPTIONAL}
        # `services` even where it does not exist: pipelines ask for it first, and a denial triggers alarms.
        # The names of a large stack would leave a policy no room.
        large = {f"{SERVICES}/*"} if len(pipeline.services) > SERVICES_IN_A_PARAMETER else set()
        return tuple(sorted(facts | large))

    def _attached(
        self, names: Names, role: iam.Role, statements: Sequence[Statement]
    ) -> list[pulumi.Output[str]]:
        """Attach managed policies with the statements, which the role's own policy has no room for."""
        attached = []
        for number, group in enumerate(in_managed_policies(statements), 1):
            name = f"{self.pulumi_resource_name}-policy-{number}"
            policy = iam.Policy(
                name,
                name=names.part(f"deploy-{number}"),
                policy=document(*group),
                opts=unprotected_child(self),
            )
            made = iam.RolePolicyAttachment(
                name, role=role.name, policy_arn=policy.arn, opts=unprotected_child(self)
            )
            attached.append(made.policy_arn)
        return attached

    def _documents(self, pipeline: Pipeline) -> dict[str, CommandDocument]:
        documents = {
            purpose: ssm.Document(
                f"{self.pulumi_resource_name}-{purpose}",
                name=document_name,
                document_type="Command",
                document_format="JSON",
                target_type="/AWS::EC2::Instance",
                content=content,
                opts=child_of(self),
            )
            for purpose, (document_name, content) in pipeline.documents.items()
        }
        return {
            purpose: CommandDocument(name=one.name, version=one.latest_version, arn=one.arn)
            for purpose, one in documents.items()
        }
