"""RDS: tags, port and names as we want them."""

from __future__ import annotations

from rules.lib.resource_types import RDS_INSTANCE
from rules.pack.properties import number, on, text
from rules.pack.rule import A, resource_rule

POSTGRES_PORT = 5432
_KNOWN_ADMINS = frozenset({"postgres", "admin", "root"})


RULES = [
    resource_rule(
        "rds-copy-tags",
        A,
        RDS_INSTANCE,
        "Snapshots carry the tags of their database.",
        "set copy_tags_to_snapshot=True",
        holds=lambda db: on(db, "copyTagsToSnapshot"),
    ),
    resource_rule(
        "rds-non-default-port",
        A,
        RDS_INSTANCE,
        "RDS listens on a port of its own.",
        "set port to something other than 5432",
        holds=lambda db: number(db, "port", POSTGRES_PORT) != POSTGRES_PORT,
    ),
    resource_rule(
        "rds-custom-admin",
        A,
        RDS_INSTANCE,
        "The master user has a name that is not guessed first.",
        "set username to a name of your own",
        holds=lambda db: text(db, "username").lower() not in _KNOWN_ADMINS,
    ),
]
