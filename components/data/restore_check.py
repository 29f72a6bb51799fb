"""The function in the VPC that counts rows of a restored database and decrypts a sample of its values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.functions import Function, FunctionArgs
from components.kms import Keys
from components.network import Placement
from components.options import child_of
from iam_documents import Statement, allow, read_secrets
from settings.names import RESTORE_READER, Names
from settings.schema.data import BackupSettings
from settings.schema.secrets import SecretSettings

TIMEOUT_S, CONCURRENCY = 600, 1
"""A statement may take 240 seconds: a restored volume is loaded while it is read."""


@dataclass(frozen=True, kw_only=True)
class RestoreCheckArgs:
    """What a restored database must contain, and the keyring of its encrypted columns."""

    names: Names
    settings: BackupSettings
    database_name: pulumi.Input[str]
    encrypting: SecretSettings | None
    """The secret whose keyring decrypts the encrypted columns; None where there are none."""
    secret_arns: Mapping[str, pulumi.Input[str]]
    """ARNs of the secrets by their names in the store."""
    placement: Placement
    security_group_id: pulumi.Input[str]
    keys: Keys
    log_days: int
    code: pulumi.Archive
    """The package of the function."""


class RestoreCheck(pulumi.ComponentResource):
    """The function, which has no permission on backups and none on RDS besides logging in as one role."""

    arn: pulumi.Output[str]
    name: pulumi.Output[str]

    def __init__(self, name: str, args: RestoreCheckArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:RestoreCheck", name, None, opts)
        settings, encrypting = args.settings, args.encrypting
        environment: dict[str, pulumi.Input[str]] = {
            "DATABASE_NAME": args.database_name,
            "DATABASE_USER": RESTORE_READER,
            "TABLES": pulumi.Output.json_dumps(settings.tables),
        }
        base = f"arn:aws:rds-db:{args.names.region}:{args.names.account_id}:dbuser"
        # The resource ID of a restored database is not known beforehand; its security group admits no other.
        statements: list[Statement] = [allow("rds-db:connect", f"{base}:*/{RESTORE_READER}")]
        if encrypting is not None and encrypting.keyring is not None:
            ring_arn = args.secret_arns[encrypting.keyring.name]
            statements += read_secrets([ring_arn], args.keys.arns["secrets"], args.names.region)
            environment |= {
                "RING_SECRET_ARN": ring_arn,
                "ENCRYPTED_COLUMNS": pulumi.Output.json_dumps(
                    [column.model_dump() for column in encrypting.encrypted_columns]
                ),
                "SAMPLE_ROWS": str(settings.sample_rows),
            }
        function = Function(
            name,
            FunctionArgs(
                names=args.names,
                what="check-restored-database",
                description="Counts rows of a restored database and decrypts a sample of its values",
                code=args.code,
                handler="check_restored_database.handler.handler",
                timeout_s=TIMEOUT_S,
                concurrency=CONCURRENCY,
                environment=environment,
                statements=statements,
                keys=args.keys,
                log_days=args.log_days,
                placement=args.placement,
                security_group_id=args.security_group_id,
            ),
            child_of(self),
        )
        self.arn, self.name = function.arn, function.name
        self.register_outputs({"arn": self.arn, "name": self.name})
