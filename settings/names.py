"""The AWS names that outsiders rely on, each written down once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Names:
    """Names and ARNs of one stack, known before anything exists."""

    prefix: str
    environment: str
    account_id: str
    region: str

    def part(self, what: str) -> str:
        """A resource of the application: ``aiponge-rds``."""
        return f"{self.prefix}-{what}"

    def execution_role(self, service: str) -> str:
        """The role that pulls a service's image and injects its secrets."""
        return self.part(f"exec-{service}")

    def task_role(self, service: str) -> str:
        """The role a service's own process has."""
        return self.part(f"task-{service}")

    @property
    def rotation_role(self) -> str:
        """The role of the function that rotates the database URL."""
        return self.part("rotate")

    @property
    def host_role(self) -> str:
        """The role of the docker-compose host."""
        return self.part("ec2-role")

    @property
    def deploy_role(self) -> str:
        """The role an application pipeline takes."""
        return self.part("deploy")

    @property
    def update_role(self) -> str:
        """The role that runs ``pulumi up``."""
        return self.part("pulumi-up")

    def key_alias(self, purpose: str) -> str:
        """The alias of one KMS key: ``alias/aiponge-secrets``."""
        return f"alias/{self.part(purpose)}"

    def log_group(self, what: str) -> str:
        """A log group of this environment: ``/aiponge/prod/user``."""
        return f"/{self.prefix}/{self.environment}/{what}"

    def role_arn(self, role: str) -> str:
        """The ARN of a role of this account, by name."""
        return f"arn:aws:iam::{self.account_id}:role/{role}"

    @property
    def account_root(self) -> str:
        """The principal that stands for the whole account."""
        return f"arn:aws:iam::{self.account_id}:root"
