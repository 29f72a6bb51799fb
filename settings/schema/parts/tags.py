"""Keys and values of the tags that a stack file adds to every resource."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from settings.aws.rule import AWS_DOCS, Text
from settings.schema import aws_limits

_DOCS = f"{AWS_DOCS}tag-editor/latest/userguide/tagging.html"
_CHARACTERS = "letters, digits, blanks and _.:/=+@-"
KEY = Text(r"[A-Za-z0-9_.:/=+@-][A-Za-z0-9 _.:/=+@-]*", f"{_CHARACTERS}, not beginning with a blank", _DOCS)
VALUE = Text(r"[A-Za-z0-9 _.:/=+@-]*", _CHARACTERS, _DOCS)

TagKey = Annotated[str, StringConstraints(max_length=aws_limits.TAG_KEY.value), AfterValidator(KEY)]
TagValue = Annotated[str, StringConstraints(max_length=aws_limits.TAG_VALUE.value), AfterValidator(VALUE)]
