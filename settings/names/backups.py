"""Derives the names of backups, their roles and restored databases."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class BackupNames:
    """The names of one stack's backups; :class:`settings.names.Names` has all names of the stack."""

    prefix: str
    environment: str
    account_id: str
    region: str

    def part(self, what: str) -> str:
        """A resource of the application: ``shop-rds``."""
        return f"{self.prefix}-{what}"

    @property
    def backup_vault(self) -> str:
        """The vault of the recovery points, in the stack's region and in the region of the copies."""
        return self.part("backup")

    @property
    def backup_tag(self) -> tuple[str, str]:
        """Key and value of the tag by which the backup plan selects resources."""
        return "BackupPlan", f"{self.prefix}-{self.environment}"

    @property
    def backup_role(self) -> str:
        """The role with which AWS Backup creates and copies recovery points."""
        return self.part("backup")

    @property
    def restore_role(self) -> str:
        """The role with which AWS Backup restores a recovery point."""
        return self.part("restore")

    @property
    def restore_testing_plan(self) -> str:
        """The restore testing plan, whose name cannot contain a hyphen."""
        return f"{self.prefix}_{self.environment}".replace("-", "_")

    @property
    def restore_check_role(self) -> str:
        """The role of the function that checks a restored database; the function has the same name."""
        return self.part("check-restored-database")

    @property
    def restored_databases(self) -> tuple[str, str]:
        """ARN patterns of restored databases: those of restore tests, and those of `ops restore-drill`."""
        base = f"arn:aws:rds:{self.region}:{self.account_id}:db"
        return f"{base}:awsbackup-restore-test-*", f"{base}:{self.part('restored-*')}"
