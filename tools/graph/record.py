"""Prints the resources of one stack of a checkout, and its policy violations, as JSON.

``python tools/graph/record.py --stack prod [--checkout PATH] [--preview]``. The recorder imports nothing of
its own tree: it runs the ``__main__.py`` and the policy pack of the checkout it is given.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

HERE = Path(__file__).resolve().parent
# Run as a script, this folder comes first on the path; only the checkout's modules may be found by name.
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]
sys.path.insert(0, str(HERE.parent))

import pulumi  # noqa: E402
import yaml  # noqa: E402
from pulumi.runtime.settings import get_root_resource, reset_options  # noqa: E402

from graph import engine, policy_findings  # noqa: E402

VALUES = "strongroom:values"
MISSING = re.compile(r"(?m)\bvalues\.([\w-]+): missing")


def record(checkout: Path, stack: str, *, preview: bool) -> dict[str, Any]:
    """The resources of a run by URN, and their policy violations."""
    config = config_of(checkout, stack)
    seen = run(checkout, stack, config, preview=preview)
    found = policy_findings.findings(
        checkout, stack, preview=preview, declared=seen.declared, judged=seen.judged, config=config
    )
    return {
        "stack": stack,
        "preview": preview,
        "resources": dict(sorted(seen.declared.items())),
        "findings": found,
    }


def config_of(checkout: Path, stack: str) -> dict[str, str]:
    """A stack file's configuration as the engine passes it, with samples for operator-supplied values."""
    config = yaml.safe_load((checkout / f"Pulumi.{stack}.yaml").read_text())["config"]
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    wanted = wanted_values(checkout, stack, texts)
    texts[VALUES] = json.dumps({name: f"sample-of-{name}-for-tests-only" for name in wanted})
    return texts


def wanted_values(checkout: Path, stack: str, texts: dict[str, str]) -> list[str]:
    """The names of missing operator values, which the program itself reports."""
    probe = subprocess.run(
        [sys.executable, __file__, "--checkout", str(checkout), "--stack", stack, "--probe"],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=False,
    )
    return sorted(set(MISSING.findall(probe.stdout + probe.stderr)))


def run(checkout: Path, stack: str, config: dict[str, str], *, preview: bool) -> engine.Engine:
    """Run the checkout's program with the recording engine."""
    os.chdir(checkout)
    sys.path.insert(0, str(checkout))
    application = json.loads(config["strongroom:application"])["name"]
    seen = engine.Engine(stack, engine.lookups(config["strongroom:region"], application))
    reset_options()
    pulumi.runtime.set_mocks(seen.mocks, "strongroom", stack, preview, monitor=seen)

    @pulumi.runtime.test
    def program() -> Any:
        pulumi.runtime.set_all_config(config, [VALUES] if VALUES in config else [])
        with mock.patch.dict("os.environ", STRONGROOM_SANDBOX="1"):
            runpy.run_path(str(checkout / "__main__.py"), run_name="__main__")
        outputs: dict[str, Any] = dict(getattr(get_root_resource(), "outputs", {}))
        secret = {key: pulumi.Output.from_input(value).is_secret() for key, value in outputs.items()}
        return pulumi.Output.unsecret(pulumi.Output.all(outputs=outputs, secret=secret)).apply(
            lambda found: seen.declared.update(
                outputs={
                    "secrets": sorted(key for key, is_secret in found["secret"].items() if is_secret),
                    "inputs": {
                        key: engine.SECRET if found["secret"][key] else engine.plain(value)
                        for key, value in found["outputs"].items()
                    },
                }
            )
        )

    program()
    return seen


def main() -> int:
    """Print one recording."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--checkout", type=Path, default=HERE.parents[1], help="the tree to run (default: this one)"
    )
    parser.add_argument("--stack", required=True)
    parser.add_argument(
        "--preview", action="store_true", help="as a first preview sees it: outputs are unknown"
    )
    parser.add_argument("--probe", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    checkout = options.checkout.resolve()
    if options.probe:
        run(checkout, options.stack, json.loads(sys.stdin.read()), preview=False)
        return 0
    json.dump(record(checkout, options.stack, preview=options.preview), sys.stdout, indent=1, sort_keys=True)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
