"""Serves the provider table over Pulumi's provider protocol, so that the real CLI needs no AWS account.

``python -m sandbox.plugin install DIR`` writes ``pulumi-resource-aws`` and ``pulumi-resource-random`` into a
directory to put on PATH; they talk to the emulated AWS that ``AWS_ENDPOINT_URL`` names. Defaults, rules for
what replaces, and what a refresh reads are the table's; each says on start how much a refresh reads.
"""

from sandbox.plugin.scripts import install

__all__ = ["install"]
