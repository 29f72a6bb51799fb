"""Plain configuration in Parameter Store under the environment's own path; never a secret."""

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
    """The declared parameters, and the values that the stack itself supplies."""

    names: Names
    parameters: Mapping[str, PlainParameterSettings]
    sources: Mapping[str, pulumi.Input[str] | None]
    """Values by the name that a parameter's ``source`` gives them."""


class Parameters(pulumi.ComponentResource):
    """The String parameters that a host reads besides its secrets."""

    ready: Sequence[pulumi.Resource]
    """The parameters: what a reader depends on."""

    def __init__(self, name: str, args: ParametersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("strongroom:index:Parameters", name, None, opts)
        parameters = [
            ssm.Parameter(
                f"{name}-{key}",
                name=args.names.parameter(key),
                description=parameter.description,
                type="String",
                # Not `value`: Pulumi treats that one as secret, and previews should show plain settings.
                insecure_value=args.sources[parameter.source] if parameter.source else parameter.value,
                opts=child_of(self),
            )
            for key, parameter in args.parameters.items()
        ]
        self.ready = parameters
        self.register_outputs({"names": [parameter.name for parameter in parameters]})
