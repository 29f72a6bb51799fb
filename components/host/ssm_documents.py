"""The two SSM documents that a pipeline may run on a host: a fixed script, with or without a digest."""

from __future__ import annotations

import json

from components.host.scripts import SCRIPT

DIGEST_PATTERN = "^sha256:[0-9a-f]{64}$"
TIMEOUT_S = 1800
"""Seconds; longer than the script waits for another run, an image pull, health checks and a rollback."""


def deploy_document() -> str:
    """Run one image by digest, which reaches the shell as an environment variable, never as script text."""
    parameter = {
        "type": "String",
        "description": "The image to run, by digest",
        "allowedPattern": DIGEST_PATTERN,
        "interpolationType": "ENV_VAR",
    }
    # An older agent leaves the variable empty, and the script rejects an empty digest.
    return _document("Runs an image by digest", f'{SCRIPT} "$SSM_ImageDigest"', {"ImageDigest": parameter})


def update_document() -> str:
    """Read the parameters again and recreate the containers with them."""
    return _document("Fetches the parameters again and recreates the containers", SCRIPT, {})


def _document(description: str, command: str, parameters: dict[str, dict[str, str]]) -> str:
    return json.dumps(
        {
            "schemaVersion": "2.2",
            "description": description,
            "parameters": parameters,
            "mainSteps": [
                {
                    "action": "aws:runShellScript",
                    "name": "update",
                    "precondition": {"StringEquals": ["platformType", "Linux"]},
                    "inputs": {"timeoutSeconds": str(TIMEOUT_S), "runCommand": [command]},
                }
            ],
        }
    )
