"""Runs a stack's program on the Pulumi engine (the CLI) through the Automation API, against an emulated AWS.

The program, the policy pack, the verification and the report are those of the in-process engine
(``sandbox.engine``); the provider table is served by ``sandbox.plugin``.
"""

from sandbox.automation.sandbox import PulumiSandbox

__all__ = ["PulumiSandbox"]
