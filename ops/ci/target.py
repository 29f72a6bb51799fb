"""Prints account, region, role and state URL of a stack from its file, for workflows."""

from __future__ import annotations

import argparse
import sys
from typing import Literal

from exit_codes import Exit
from settings import Settings, SettingsError, read_stack_file

Role = Literal["plan", "up"]


def where(settings: Settings, role: Role) -> dict[str, str]:
    """Account, region, ARN of the role to assume, and URL of the state."""
    names = settings.names
    name = names.update_role if role == "up" else names.plan_role
    return {
        "account": names.account_id,
        "region": names.region,
        "role": names.role_arn(name),
        "state": f"s3://{names.state_bucket}?region={names.region}",
    }


def main() -> int:
    """Print ``name=value`` lines in the format of GITHUB_OUTPUT."""
    parser = argparse.ArgumentParser(prog="python -m ops.ci.target", description=__doc__)
    parser.add_argument("--stack", required=True)
    parser.add_argument("--role", required=True, choices=["plan", "up"])
    given = parser.parse_args()
    try:
        found = where(read_stack_file(given.stack), given.role)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return Exit.BAD_INPUT
    for name, value in found.items():
        print(f"{name}={value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
