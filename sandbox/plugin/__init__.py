"""Serves the provider table over Pulumi's provider protocol, so that the real CLI needs no AWS account.

``python -m sandbox.plugin install DIR`` writes ``pulumi-resource-aws`` and ``pulumi-resource-random`` into a
directory to put on PATH; they talk to the emulated AWS that ``AWS_ENDPOINT_URL`` names. They have no defaults
of the real provider and only the table's own rules for what replaces; each says so on start.
"""

from sandbox.plugin.scripts import install

__all__ = ["install"]
