"""The base class of the settings models: frozen, camelCase in YAML, unknown keys rejected."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic.alias_generators import to_camel

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,40}$")]
"""A lower-case name that is valid in every kind of AWS resource name."""

EnvName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]*$")]
"""The name of an environment variable."""


class Model(BaseModel):
    """One object of a stack file."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=False,
    )
