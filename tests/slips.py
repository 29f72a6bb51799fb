"""Ten slips of a component author, each made in a copy of the tree and put before preview and tests.

``python -m tests.slips`` prints who caught which.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from sandbox import World
from tests.program import ROOT
from tests.worlds import own_account

COPIED = (
    "components",
    "settings",
    "policies",
    "functions",
    "lookups.py",
    "blueprint.py",
    "workload.py",
    "__main__.py",
    "pyproject.toml",
    "tests",
)
RELOADED = ("components", "settings", "lookups", "blueprint", "workload", "functions")


@dataclass(frozen=True)
class Slip:
    """One edit, and who must catch it."""

    name: str
    file: str
    right: str
    wrong: str
    policies: frozenset[str]
    """Mandatory policies that refuse it at preview; empty where a test is the guard."""
    test: str
    """The test that fails on it, by path."""


def _slip(name: str, file: str, right: str, wrong: str, policies: str, test: str) -> Slip:
    return Slip(name, file, right, wrong, frozenset(policies.split()), f"tests/components/{test}")


_DB = "components/database.py"
SLIPS = (
    _slip(
        "public database",
        _DB,
        "publicly_accessible=False",
        "publicly_accessible=True",
        "rds-not-public",
        "test_database.py::test_it_has_no_public_address",
    ),
    _slip(
        "no encryption",
        _DB,
        "storage_encrypted=True",
        "storage_encrypted=False",
        "rds-storage-encrypted",
        "test_database.py::test_storage_is_encrypted_with_our_data_key",
    ),
    _slip(
        "6 days of backups",
        _DB,
        "backup_retention_period=settings.backup_retention_days",
        "backup_retention_period=6",
        "rds-backup-7d",
        "test_database.py::test_backups_are_kept_at_least_a_week",
    ),
    _slip(
        "a rule from 0.0.0.0/0 to 5432",
        "settings/edges.py",
        "yield Edge(INTERNET, ALB, HTTP)\n",
        "yield Edge(INTERNET, ALB, HTTP)\n    yield Edge(INTERNET, RDS, POSTGRES)\n",
        "sg-no-public-high-risk",
        "test_connections.py::test_the_database_admits_its_services_and_the_rotation_only",
    ),
    _slip(
        "egress on the database group",
        "settings/edges.py",
        "yield Edge(INTERNET, ALB, HTTP)\n",
        "yield Edge(INTERNET, ALB, HTTP)\n    yield Edge(RDS, ENDPOINTS, HTTPS)\n",
        "",
        "test_connections.py::test_a_store_reaches_nothing",
    ),
    _slip(
        "a default route in the isolated tier",
        "components/network.py",
        'self._table("isolated", list(subnets["isolated"].items()))\n',
        'table = self._table("isolated", list(subnets["isolated"].items()))\n'
        '        ec2.Route(f"{name}-isolated", route_table_id=table.id, destination_cidr_block=ANYWHERE, '
        "gateway_id=gateway.id, opts=self._part)\n",
        "own-route-closed",
        "test_network.py::test_the_isolated_tier_has_no_route_at_all",
    ),
    _slip(
        "a secret without our key",
        "components/secrets.py",
        "            kms_key_id=self._args.key_arn,\n",
        "",
        "secret-cmk",
        "test_secrets.py::test_every_secret_is_encrypted_with_our_secrets_key",
    ),
    _slip(
        "a reader too many",
        "settings/grants.py",
        'if secret.kind == "postgres-url":\n        roles.append(names.rotation_role)',
        "if True:\n        roles.append(names.rotation_role)",
        "",
        "test_secrets.py::test_everybody_but_readers_and_administrators_is_denied",
    ),
    _slip(
        "no force_ssl",
        _DB,
        '    "rds.force_ssl": "1",\n',
        "",
        "rds-force-ssl",
        "test_database.py::test_the_server_refuses_connections_without_tls",
    ),
    _slip(
        "flow logs off",
        "components/flow_log.py",
        "    ec2.FlowLog(",
        "    (lambda *args, **kwargs: None)(",
        "vpc-flow-logs",
        "test_network.py::test_every_flow_is_logged_each_minute",
    ),
)


@dataclass(frozen=True)
class Caught:
    """What became of one slip."""

    exit_code: int
    policies: frozenset[str]
    test_failed: bool


@contextlib.contextmanager
def slipped(slip: Slip) -> Iterator[Path]:
    """A copy of the tree with the slip in it."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in COPIED:
            source = ROOT / name
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, root / name, ignore=ignore) if source.is_dir() else shutil.copy(
                source, root
            )
        for path in ROOT.glob("Pulumi*.yaml"):
            shutil.copy(path, root)
        edited = root / slip.file
        text = edited.read_text()
        assert text.count(slip.right) == 1, (
            f"{slip.name}: {slip.file} holds its right form {text.count(slip.right)}x"
        )
        edited.write_text(text.replace(slip.right, slip.wrong))
        yield root


def preview(root: Path) -> tuple[int, frozenset[str]]:
    """Exit code and mandatory findings of a preview of production from ``root``."""
    # The program of another tree: what this process has imported of ours must not answer for it.
    mine = {name: module for name, module in sys.modules.items() if name.split(".")[0] in RELOADED}
    for name in mine:
        del sys.modules[name]
    try:
        with World("prod", root=root, config=own_account("prod")) as world:
            result = world.preview()
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] in RELOADED]:
            del sys.modules[name]
        sys.modules.update(mine)
    return result.exit_code, frozenset(f.policy for f in result.findings if f.level == "mandatory")


def fails(root: Path, test: str) -> bool:
    """Whether the named test fails in ``root``."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", test]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    return done.returncode == 1 and "FAILED tests" in done.stdout


def catch(slip: Slip) -> Caught:
    """Make the slip and see who notices."""
    with slipped(slip) as root:
        exit_code, policies = preview(root)
        return Caught(exit_code, policies, fails(root, slip.test))


def main() -> int:
    """Print the table; exit 1 when a slip got through."""
    table = Table("slip", "preview", "policies that refused it", "test that failed")
    through = 0
    for slip in SLIPS:
        caught = catch(slip)
        through += not (caught.test_failed or caught.exit_code)
        table.add_row(
            slip.name,
            f"exit {caught.exit_code}",
            ", ".join(sorted(caught.policies)) or "-",
            slip.test.split("::")[1] if caught.test_failed else "-",
        )
    Console(width=160).print(table)
    return 1 if through else 0


if __name__ == "__main__":
    raise SystemExit(main())
