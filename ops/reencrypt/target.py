"""The encrypted columns that a stack file declares, and their descriptions from the system catalog."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from psycopg import sql

from encryption_keys import Cell
from ops.core.exits import Exit, Stop
from settings import Settings
from settings.schema.secrets import EncryptedColumn, SecretSettings

Envelope = Literal["legacy", "enc2", "enc2-only"]


@dataclass(frozen=True)
class Target:
    """One declared column of encrypted values, with the columns for the row's key and its owner."""

    table: str
    primary_key: str
    column: str
    owner: str
    logical: tuple[str, str] | None = None
    """Table and column in the associated data; the declared ones by default."""
    may_be_empty: bool = False
    envelope: Envelope = "legacy"

    @classmethod
    def of(cls, declared: EncryptedColumn, secret: SecretSettings) -> Target:
        """Take the column from its secret's declaration."""
        name = declared.logical_name
        return cls(
            table=declared.table,
            primary_key=declared.key,
            column=declared.column,
            owner=declared.owner,
            logical=(name.table, name.column) if name else None,
            may_be_empty=declared.may_be_empty,
            envelope=declared.envelope or secret.envelope,
        )

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"

    def cell(self, owner: str) -> Cell:
        """The table, column and owner in the associated data of a value of this column."""
        return Cell(*(self.logical or (self.table, self.column)), owner)


@dataclass(frozen=True)
class Identity:
    """The stack that a database belongs to, as its marker row names it."""

    application: str
    stack: str
    environment: str
    account: str

    def __str__(self) -> str:
        return (
            f"{self.application}, stack {self.stack}, environment {self.environment}, account {self.account}"
        )


@dataclass(frozen=True)
class Inventory:
    """The encrypted columns of one secret, and the stack that declares them."""

    identity: Identity
    secret: str
    targets: tuple[Target, ...]
    """The columns to re-encrypt or verify."""
    declared: tuple[Target, ...] = ()
    """Every declared column of the stack, those of other secrets included."""

    @classmethod
    def of(cls, stack: str, settings: Settings, key: str) -> Inventory:
        """The columns that the stack file declares under the secret with this short name."""
        columns = {
            name: tuple(Target.of(one, secret) for one in secret.encrypted_columns)
            for name, secret in settings.secrets.items()
        }
        identity = Identity(settings.application.name, stack, settings.environment.name, settings.account_id)
        return cls(identity, key, columns[key], tuple(one for some in columns.values() for one in some))

    def only(self, names: Sequence[str]) -> Inventory:
        """The inventory limited to the columns of these names; unchanged where no name is given."""
        known = {str(target): target for target in self.targets}
        for name in names:
            if name not in known:
                raise Stop(
                    Exit.BAD_INPUT,
                    f"--column {name}: secrets.{self.secret}.encryptedColumns lacks this column; declared "
                    f"are: {', '.join(known) or 'none'}",
                )
        chosen = tuple(target for name, target in known.items() if name in names)
        return replace(self, targets=chosen) if names else self


@dataclass(frozen=True)
class Column:
    """A declared column as the system catalog describes it; statements are built from it."""

    target: Target
    name: str
    """The target's name, followed by the table's name where the table inherits from the declared one."""
    table: sql.Composable
    key: sql.Identifier
    key_type: sql.SQL
    value: sql.Identifier
    owner: sql.Identifier
    relations: tuple[int, ...] = ()
    """The tables with its rows: the partitions of a partitioned table."""
    estimate: int = 0
    """The approximate number of rows; 0 where the server has no statistics."""

    def __str__(self) -> str:
        return self.name

    @property
    def names(self) -> dict[str, sql.Composable]:
        """The parts by name, for :meth:`psycopg.sql.SQL.format`."""
        return {
            "table": self.table,
            "key": self.key,
            "key_type": self.key_type,
            "value": self.value,
            "owner": self.owner,
        }
