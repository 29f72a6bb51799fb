"""The base class of the compose models, and the types of values that compose takes in several forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

_REFUSED, _HARMLESS = "refused", "harmless"


def _scalar(value: Any) -> Any:
    if not isinstance(value, str | int | float):
        raise ValueError("is not a text, a number or true or false; write one of them")
    return value


def _size(value: Any) -> Any:
    if not re.fullmatch(r"\d+(\.\d+)?([bkmg]b?)?", str(value), re.IGNORECASE):
        raise ValueError("is not an amount of memory; write it like 256m or 1gb")
    return value


def _duration(value: str) -> str:
    if not re.fullmatch(r"(\d+(\.\d+)?(us|ms|s|m|h))+", value):
        raise ValueError("is not a time that compose reads; write it like 30s or 1m30s")
    return value


def entries(value: Any) -> Any:
    """A list of ``KEY=VALUE`` as the mapping that compose also takes; anything else as it is."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        return value
    return {key: text if equals else None for key, equals, text in (one.partition("=") for one in value)}


def _listed(value: Any) -> Any:
    """A single text as a list of one; anything else as it is."""
    return [value] if isinstance(value, str) else value


Scalar = Annotated[Any, AfterValidator(_scalar)]
Size = Annotated[Any, AfterValidator(_size)]
"""An amount of memory: ``256m``, ``1gb`` or bytes."""
Duration = Annotated[str, AfterValidator(_duration)]
"""A time as compose reads it: ``30s`` or ``1m30s``."""
Entries = Annotated[dict[str, Scalar | None], BeforeValidator(entries)]
"""A mapping, or a list of ``KEY=VALUE``."""
Texts = Annotated[list[str], BeforeValidator(_listed)]
"""A list of texts, or one text."""


class ComposeModel(BaseModel):
    """One object of a compose document; keys that begin with ``x-`` are compose's extensions, and ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _without_extensions(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        return {key: value for key, value in given.items() if not str(key).startswith("x-")}

    @field_validator("*", mode="before")
    @classmethod
    def _not_refused(cls, value: Any, info: ValidationInfo) -> Any:
        extra = cls.model_fields[info.field_name or ""].json_schema_extra
        if isinstance(extra, dict) and _REFUSED in extra and value not in cast(list[Any], extra[_HARMLESS]):
            raise ValueError(extra[_REFUSED])
        return value


def refused(reason: str, *harmless: Any) -> Any:
    """A key that may only have a harmless value; the reason says what another one does, and what to do."""
    return Field(default=None, json_schema_extra={_REFUSED: reason, _HARMLESS: [*harmless]})
