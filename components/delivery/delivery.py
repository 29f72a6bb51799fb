"""A pipeline deploys with a role of its own, for an hour, and can reach nothing but what it deploys to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import iam, ssm

from components.delivery.deploy_contract import OPTIONAL, shape
from components.delivery.github_oidc import AUDIENCE, ISSUER, SESSION_S, trust
from components.delivery.permissions import container_rights, contract_rights, host_rights
from components.host.ssm_documents import deploy_document, update_document
from components.iam import document
from components.options import child_of, revocable
from settings.grants import DEPLOY_READER, entries_read_by
from settings.schema.delivery import DeliverySettings
from settings.schema.services import HostSettings
from settings.schema.stack import Settings


@dataclass(frozen=True, kw_only=True)
class DeliveryArgs:
    """Whose pipeline deploys, and to what."""

    settings: Settings
    delivery: DeliverySettings
    secret_arns: Mapping[str, pulumi.Input[str]]
    """Exact ARNs by store name."""
    secrets_key_arn: pulumi.Input[str]


class Delivery(pulumi.ComponentResource):
    """The deploy role, GitHub's identity provider, and on a host the two documents the role may run."""

    role_arn: pulumi.Output[str]
    documents: dict[str, ssm.Document]
    """The command documents of a host by purpose (``deploy``, ``update``); empty for containers."""

    def __init__(self, name: str, args: DeliveryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Delivery", name, None, opts)
        settings, delivery = args.settings, args.delivery
        self.documents = self._documents(name, settings)
        on_host = isinstance(settings.platform, HostSettings)
        rights = document(
            *(host_rights(settings) if on_host else container_rights(settings)),
            *contract_rights(
                settings.names,
                (*shape(settings), *OPTIONAL),
                entries_read_by(settings, DEPLOY_READER),
                args.secret_arns,
                args.secrets_key_arn,
            ),
        )
        # The role's own rights are also their bound: whatever is attached to it one day gives it nothing.
        boundary = iam.Policy(
            f"{name}-boundary",
            name=settings.names.part("deploy-boundary"),
            policy=rights,
            opts=child_of(self),
        )
        role = iam.Role(
            f"{name}-role",
            name=settings.names.deploy_role,
            description=f"Deploys {settings.application.name} from GitHub",
            assume_role_policy=document(
                trust(
                    delivery.oidc_provider_arn or self._github(name),
                    owner=delivery.owner,
                    owner_id=delivery.owner_id,
                    repository=delivery.repository,
                    repository_id=delivery.repository_id,
                    environment=delivery.environment,
                    branch=delivery.branch,
                    workflow=delivery.workflow,
                )
            ),
            max_session_duration=SESSION_S,
            permissions_boundary=boundary.arn,
            opts=child_of(self),
        )
        policy = iam.RolePolicy(
            f"{name}-policy",
            name=settings.names.deploy_role,
            role=role.name,
            policy=rights,
            opts=revocable(self),
        )
        iam.RolePoliciesExclusive(
            f"{name}-policies", role_name=role.name, policy_names=[policy.name], opts=revocable(self)
        )
        iam.RolePolicyAttachmentsExclusive(
            f"{name}-attachments", role_name=role.name, policy_arns=[], opts=revocable(self)
        )
        self.role_arn = role.arn
        self.register_outputs({"roleArn": self.role_arn})

    def _github(self, name: str) -> pulumi.Output[str]:
        provider = iam.OpenIdConnectProvider(
            f"{name}-github", url=f"https://{ISSUER}", client_id_lists=[AUDIENCE], opts=child_of(self)
        )
        return provider.arn

    def _documents(self, name: str, settings: Settings) -> dict[str, ssm.Document]:
        if not isinstance(settings.platform, HostSettings):
            return {}
        names = settings.names
        contents: Sequence[tuple[str, str, str]] = (
            ("deploy", names.deploy_document, deploy_document()),
            ("update", names.update_document, update_document()),
        )
        return {
            purpose: ssm.Document(
                f"{name}-{purpose}",
                name=document_name,
                document_type="Command",
                document_format="JSON",
                target_type="/AWS::EC2::Instance",
                content=content,
                opts=child_of(self),
            )
            for purpose, document_name, content in contents
        }
