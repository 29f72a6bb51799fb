"""Measures a preview of a stack by the Pulumi CLI, with the policy pack, beside the least that the CLI needs.

The least is a preview of as many resources with one property each, by the same plugins, without a pack. All
are first previews, in turn, each with Python processes of its own; this process serves the emulated AWS. The
detail also has the preview with PULUMI_SKIP_CHECKPOINTS, which docs/operations/deploy.md advises.

What the stack needs beyond the least is, by size: the engine's work on larger properties and dependencies,
the import of pulumi_aws (wafv2, ec2 and s3 take two thirds of it), the pack, and the checks of the plugins.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.figure import Figure
from sandbox import Sandbox, session
from sandbox.automation import binary
from sandbox.config import BadInput
from sandbox.engine.state import state_key
from tests.engine.checkout import Checkout, check_out_with_plugins
from tests.program import shipped

STACK = "prod"
RATIO_LIMIT = 1.9
QUIET: dict[str, Any] = {"capture_output": True, "text": True}
PACK = "--policy-pack policies --policy-pack-config policy-config.json"
TRIVIAL = """
import pulumi
from pulumi_aws import Provider, sns

provider = Provider("aws", region="{region}")
for number in range({count}):
    sns.Topic(f"topic-{{number}}", name=f"topic-{{number}}", opts=pulumi.ResourceOptions(provider=provider))
"""


@dataclass
class Preview:
    """A project folder, and the seconds of its previews."""

    folder: Path
    environment: dict[str, str] = field(repr=False)
    options: str = ""
    seconds: list[float] = field(default_factory=list)

    def run(self) -> None:
        """Preview once."""
        command = f"pulumi preview -s {STACK} --non-interactive {self.options}"
        began = time.monotonic()
        done = subprocess.run(command.split(), cwd=self.folder, env=self.environment, check=False, **QUIET)
        self.seconds.append(time.monotonic() - began)
        if done.returncode:
            raise SystemExit(f"{command} failed:\n{(done.stdout + done.stderr)[-3000:]}")


@contextmanager
def projects() -> Iterator[tuple[Preview, Preview, Preview]]:
    """As many trivial resources, the stack, and the stack without checkpoints; before their first update."""
    count = len([one for one in shipped(STACK).resources if not one.type.startswith("strongroom:")])
    with ExitStack() as exits:
        folder = Path(exits.enter_context(tempfile.TemporaryDirectory()))
        sandbox = Sandbox(STACK, pack=None)
        exits.enter_context(sandbox)
        endpoint = exits.enter_context(session.server(sandbox.account, sandbox.role))
        checkout = _checkout(folder, session.environment(endpoint, sandbox.region))
        trivial = folder / "trivial"
        trivial.mkdir()
        (trivial / "Pulumi.yaml").write_text("name: trivial\nruntime: python\n")
        (trivial / "__main__.py").write_text(TRIVIAL.format(region=sandbox.region, count=count))
        key = f"awskms:///{state_key(sandbox.aws)}?region={sandbox.region}"
        for place in (checkout.folder, trivial):
            command = ["pulumi", "stack", "init", STACK, f"--secrets-provider={key}"]
            subprocess.run(command, cwd=place, env=checkout.environment, check=True, capture_output=True)
        with (checkout.folder / "policy-config.json").open("w") as file:
            command = ["python", "-m", "settings.policy_config", "--stack", STACK]
            subprocess.run(command, cwd=checkout.folder, env=checkout.environment, stdout=file, check=True)
        environment, quicker = checkout.environment, {"PULUMI_SKIP_CHECKPOINTS": "true"}
        yield (
            Preview(trivial, environment),
            Preview(checkout.folder, environment, PACK),
            Preview(checkout.folder, {**environment, **quicker}, PACK),
        )


def _checkout(folder: Path, account: dict[str, str]) -> Checkout:
    state = folder / "state"
    state.mkdir()
    return check_out_with_plugins(folder, None, **account, PULUMI_BACKEND_URL=state.as_uri())


def figures(runs: int) -> Iterator[Figure]:
    """Measure them in turn; nothing where there is no Pulumi CLI."""
    try:
        binary.find()
    except BadInput as error:
        print(f"previews by the Pulumi CLI are not measured: {error}", file=sys.stderr)
        return
    with projects() as previews:
        for _ in range(runs + 1):
            for one in previews:
                one.run()
    # The first of each compiles the copied modules.
    least, whole, quicker = (one.seconds[1:] for one in previews)
    ratio = statistics.median(whole) / statistics.median(least)
    yield Figure(
        what=f"preview of {STACK} by the Pulumi CLI over as many trivial resources (medians of {runs})",
        measured=round(ratio, 2),
        limit=RATIO_LIMIT,
        detail=f"policies on {_shown(whole)}, without checkpoints {_shown(quicker)}; trivial {_shown(least)}",
        met=ratio <= RATIO_LIMIT,
    )


def _shown(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.1f} s (least {min(seconds):.1f} s)"
