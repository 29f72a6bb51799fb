"""Plain configuration in Parameter Store: under the environment's own path, and never a secret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ssm

from components.options import child_of
from settings.names import Names
from settings.schema.services import PlainParameterSettings


@dataclass(frozen=True, kw_only=True)
class ParametersArgs:
    """What is written down, and where values come from that the stack itself knows."""

    names: Names
    parameters: Mapping[str, PlainParameterSettings]
    sources: Mapping[str, pulumi.Input[str] | None]
    """Values by the name that ``source`` gives them."""


class Parameters(pulumi.ComponentResource):
    """The String parameters that a host reads beside its secrets."""

    ready: Sequence[pulumi.Resource]
    """The parameters: what a reader waits for."""

    def __init__(self, name: str, args: ParametersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Parameters", name, None, opts)
        parameters = [
            ssm.Parameter(
                f"{name}-{key}",
                name=args.names.parameter(key),
                description=parameter.description,
                type="String",
                # Not `value`: that one is always a secret, and a preview of plain settings is worth reading.
                insecure_value=args.sources[parameter.source] if parameter.source else parameter.value,
                opts=child_of(self),
            )
            for key, parameter in args.parameters.items()
        ]
        self.ready = parameters
        self.register_outputs({"names": [parameter.name for parameter in parameters]})
