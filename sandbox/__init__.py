"""Runs the unmodified Pulumi program on an emulated AWS: a whole stack, without an AWS account.

In a test (or a script)::

    from sandbox import World

    with World("staging") as world:
        first = world.up()  # Result: exit_code, error, counts, steps, resources, outputs, findings
        assert first.exit_code == 0, first.error
        world.client("ec2").describe_vpcs()  # or world.session, an ordinary boto3.Session of the stack's role
        again = world.up()  # an update: nothing changed
        assert again.counts == {"same": first.counts["create"]}
        second = world.up({"strongroom:database": {"storageGib": 80}})  # merged into the stack file

``World(stack, root=..., config=..., pack=...)``: ``root`` is the directory with Pulumi.yaml,
``config`` is merged into the stack's configuration for every run, ``pack`` is the policy pack (or None).
``World.up(overrides)`` and ``World.preview(overrides)`` merge ``overrides`` for that one run; both take
``policies=False`` (skip the pack) and ``stand_ins=False``; ``up(verify=verify)`` ends with the live checks
that are handed in, as ``ops.checks.verify.verify``.
Several worlds may be open at once where their accounts differ. A world is slow to open only the first time
in a process: give it a session fixture.
"""

from __future__ import annotations

from sandbox.engine.model import Result, Step
from sandbox.sandbox import Sandbox

__all__ = ["Result", "Step", "Sandbox"]
