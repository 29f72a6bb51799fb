"""The base class of the settings models: frozen, camelCase in YAML, unknown keys rejected."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationInfo, field_validator
from pydantic.alias_generators import to_camel

from settings.aws.rule import Text

Slug = Annotated[
    str,
    AfterValidator(
        Text(
            r"[a-z][a-z0-9-]{0,40}",
            "lower-case letters, digits and hyphens, at most 41, beginning with a letter, as my-service",
            "the names that every kind of AWS resource takes",
        )
    ),
]
"""A lower-case name that is valid in every kind of AWS resource name."""

EnvName = Annotated[
    str,
    AfterValidator(
        Text(
            r"[A-Z][A-Z0-9_]*",
            "upper-case letters, digits and underscores, beginning with a letter, as LOG_LEVEL",
            "POSIX.1-2017, 8.1, without lower case",
        )
    ),
]
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

    @field_validator("*")
    @classmethod
    def _lists_nothing_twice(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse a list that names something twice; the words of a command may repeat."""
        if isinstance(value, tuple) and info.field_name != "command":
            for number, one in enumerate(value):
                if isinstance(one, str) and one in value[:number]:
                    raise ValueError(f"lists {one} twice; remove one")
        return value
