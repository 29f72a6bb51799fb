"""Derives the AWS names and ARNs that code outside the program relies on."""

from __future__ import annotations

from dataclasses import dataclass

from settings.names.parts import PartNames

SESSION_DOCUMENT = "SSM-SessionManagerRunShell"
"""The Systems Manager document with the preferences of Session Manager, which a region has once."""
RESTORE_READER = "restore_reader"
"""The PostgreSQL role, in every database, that restored copies are checked with."""


@dataclass(frozen=True, kw_only=True)
class Names(PartNames):
    """Names and ARNs of one stack, known before its resources exist."""

    @property
    def database_role_prefix(self) -> str:
        """Prefix of the application's PostgreSQL roles, whose names cannot contain a hyphen."""
        return self.prefix.replace("-", "_")

    @property
    def database_roles(self) -> tuple[str, str, str]:
        """The owner role of the application's tables, and the two login roles that rotation alternates."""
        prefix = self.database_role_prefix
        return f"{prefix}_owner", f"{prefix}_a", f"{prefix}_b"

    @property
    def cluster(self) -> str:
        """The ECS cluster and its Cloud Map namespace."""
        return self.part(self.environment)

    def execution_role(self, service: str) -> str:
        """The task execution role of a service, which pulls its image and injects its secrets."""
        return self.part(f"exec-{service}")

    def task_role(self, service: str) -> str:
        """The task role of a service."""
        return self.part(f"task-{service}")

    @property
    def rotation_role(self) -> str:
        """The role of the function that rotates the database URL."""
        return self.part("rotate")

    def cache_user(self, username: str) -> str:
        """The id of a user of the cache, which AWS requires to differ from those of all other users."""
        return self.part(f"redis-{username}")

    @property
    def host_role(self) -> str:
        """The instance role of the docker-compose host."""
        return self.part("ec2-role")

    @property
    def deploy_role(self) -> str:
        """The role that the application's pipeline assumes."""
        return self.part("deploy")

    @property
    def update_role(self) -> str:
        """The role that runs ``pulumi up``."""
        return self.part("pulumi-up")

    @property
    def plan_role(self) -> str:
        """The role that runs ``pulumi preview``."""
        return self.part("pulumi-plan")

    @property
    def emergency_role(self) -> str:
        """The role of administrators for emergencies, which ``ops bootstrap`` creates."""
        return self.part("emergency")

    @property
    def auditor_role(self) -> str:
        """The role of people who read settings, which ``ops bootstrap`` creates."""
        return self.part("auditor")

    @property
    def people_roles(self) -> tuple[str, str]:
        """The roles that users of the account assume, with MFA."""
        return self.emergency_role, self.auditor_role

    @property
    def state_bucket(self) -> str:
        """The bucket of Pulumi's state; bucket names are global, so it contains account and region."""
        return self.part(f"pulumi-{self.account_id}-{self.region}")

    @property
    def trail(self) -> str:
        """The CloudTrail trail; also the name of its role and its log group."""
        return self.part("trail")

    @property
    def trail_arn(self) -> str:
        """The ARN of the trail, for policies that are created before it."""
        return f"arn:aws:cloudtrail:{self.region}:{self.account_id}:trail/{self.trail}"

    @property
    def config_role(self) -> str:
        """The role of the AWS Config recorder."""
        return self.part("config")

    def audit_bucket(self, what: str) -> str:
        """A bucket of the audit; bucket names are global, so it contains account and region."""
        return self.part(f"{what}-{self.account_id}-{self.region}")

    def key_alias(self, purpose: str) -> str:
        """The alias of one KMS key: ``alias/shop-secrets``."""
        return f"alias/{self.part(purpose)}"

    def log_group(self, what: str) -> str:
        """A log group of this environment: ``/shop/prod/user``."""
        return f"/{self.prefix}/{self.environment}/{what}"

    def log_group_arn(self, what: str) -> str:
        """The ARN of a log group of this environment, by its last name."""
        return f"arn:aws:logs:{self.region}:{self.account_id}:log-group:{self.log_group(what)}"

    @property
    def parameter_path(self) -> str:
        """The path of the parameters of this environment: ``/shop/production``."""
        return f"/{self.prefix}/{self.environment}"

    def parameter(self, what: str) -> str:
        """The name of one parameter: ``/shop/production/db-host``."""
        return f"{self.parameter_path}/{what}"

    @property
    def image_digest_parameter(self) -> str:
        """The parameter with the image digest that a pipeline deployed, for hosts that start later."""
        return self.parameter("image-digest")

    @property
    def fingerprints_parameter(self) -> str:
        """The parameter with the fingerprints of the values that the program last wrote."""
        return self.parameter("fingerprints")

    def parameter_arn(self, name: str) -> str:
        """The ARN of a parameter of this account, by its exact name."""
        return f"arn:aws:ssm:{self.region}:{self.account_id}:parameter{name}"

    @property
    def host_name(self) -> str:
        """The Auto Scaling group of the host, and the Name tag of its instance."""
        return self.part("server")

    @property
    def deploy_document(self) -> str:
        """The SSM command document that deploys an image by digest."""
        return self.part("deploy")

    @property
    def update_document(self) -> str:
        """The SSM command document that fetches the parameters again."""
        return self.part("update")

    def document_arn(self, document: str) -> str:
        """The ARN of a Systems Manager document of this account, by name."""
        return f"arn:aws:ssm:{self.region}:{self.account_id}:document/{document}"

    def role_arn(self, role: str) -> str:
        """The ARN of a role of this account, by name."""
        return f"arn:aws:iam::{self.account_id}:role/{role}"

    @property
    def function_arns(self) -> str:
        """The pattern of the ARNs of the application's Lambda functions."""
        return f"arn:aws:lambda:{self.region}:{self.account_id}:function:{self.part('*')}"

    @property
    def patch_modules_arn(self) -> str:
        """The objects with the modules of AWS-RunPatchBaseline, in a bucket of AWS with an unknown suffix.

        Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-technical-details.html
        """
        return f"arn:aws:s3:::aws-patch-manager-{self.region}-*/*"

    @property
    def describing_roles(self) -> tuple[str, ...]:
        """ARN patterns of the roles that describe every resource: previews, AWS Config, and AWS's services.

        Only a service of AWS can assume a role under ``aws-service-role/``, such as Access Analyzer's.
        """
        roles = (self.plan_role, self.config_role, "aws-service-role/*")
        return tuple(map(self.role_arn, roles))

    @property
    def account_root(self) -> str:
        """The principal of the whole account."""
        return f"arn:aws:iam::{self.account_id}:root"
