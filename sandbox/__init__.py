"""Runs the unmodified Pulumi program on an emulated AWS: a whole stack, without an AWS account.

In a test (or a script)::

    from sandbox import Sandbox

    with Sandbox("staging") as sandbox:
        first = sandbox.up()  # Result: exit_code, error, counts, steps, resources, outputs, findings
        assert first.exit_code == 0, first.error
        sandbox.client("ec2").describe_vpcs()  # or sandbox.session, a boto3.Session with the stack's role
        again = sandbox.up()  # an update that changes nothing
        assert again.counts == {"same": first.counts["create"]}
        second = sandbox.up({"strongroom:database": {"storageGib": 80}})  # merged into the stack file

``Sandbox(stack, root=..., config=..., pack=...)``: ``root`` is the directory with Pulumi.yaml,
``config`` is merged into the stack's configuration for every run, ``pack`` is the policy pack (or None).
``Sandbox.up(overrides)`` and ``Sandbox.preview(overrides)`` merge ``overrides`` for that one run; both take
``policies=False`` (skip the pack) and ``stand_ins=False``; ``up(verify=verify)`` ends with the given live
checks, such as ``ops.checks.verify.verify``.
Several sandboxes may be open at once where their accounts differ. Only the first one of a process is slow to
open: use a session fixture.
"""

from __future__ import annotations

from sandbox.engine.model import Result, Step
from sandbox.sandbox import Sandbox

__all__ = ["Result", "Sandbox", "Step"]
