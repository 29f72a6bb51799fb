"""Renders the policy pack configuration of a stack: the names that it declares, no secret value.

``python -m settings.policy_config --stack prod > prod.json`` makes the file for ``--policy-pack-config``.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from exit_codes import Exit
from settings.connections import ALB, calls
from settings.errors import SettingsError
from settings.grants import DEPLOY_READER, entries
from settings.schema.stack import Settings
from settings.stack_file import read_stack_file

GATES = ("own-tags", "own-unknown-visible")
"""The two policies that evaluate all others and take the configuration, for resources and for stacks."""


def pack_config(settings: Settings) -> dict[str, Any]:
    """The configuration of the pack, in the form of a ``--policy-pack-config`` file."""
    return {gate: _properties(settings) for gate in GATES}


def _properties(settings: Settings) -> dict[str, Any]:
    declared = entries(settings)
    host, gateway = settings.host, settings.containers and settings.containers.gateway
    return {
        "production": settings.environment.production,
        "audit": settings.owns_account,
        "environment": settings.environment.name,
        "accountId": settings.account_id,
        "secrets": [one.store_name for one in declared],
        "suppliedSecrets": [one.store_name for one in declared if one.secret.supplied],
        "rotatedSecrets": [one.store_name for one in declared if one.secret.rotated_by_function],
        "deploySecrets": [one.store_name for one in declared if DEPLOY_READER in one.readers],
        "sshCidrs": list(host.ssh.allowed_cidrs) if host and host.ssh.enabled else [],
        "publicGroups": [ALB.name] if settings.edge and not settings.edge.internal else [],
        "requiredTags": list(settings.default_tags),
        "calls": [f"{caller}>{callee}" for caller, callee in _declared_calls(settings)],
        "gateways": [gateway] if gateway is not None else [],
        **settings.policies.model_dump(by_alias=True, exclude_unset=True, mode="json"),
    }


def _declared_calls(settings: Settings) -> list[tuple[str, str]]:
    """The calls of services other than the gateway, which may call every service."""
    platform = settings.containers
    return [call for call in calls(platform) if call[0] != platform.gateway] if platform else []


def main() -> int:
    """Print the policy pack configuration of one stack."""
    parser = argparse.ArgumentParser(prog="python -m settings.policy_config", description=__doc__)
    parser.add_argument("--stack", required=True)
    try:
        settings = read_stack_file(parser.parse_args().stack)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return Exit.BAD_INPUT
    print(json.dumps(pack_config(settings), indent=2))
    return Exit.DONE


if __name__ == "__main__":
    sys.exit(main())
