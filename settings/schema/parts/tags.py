"""Keys and values of the tags that a stack file adds to every resource."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from settings.schema import aws_limits

TagKey = Annotated[
    str,
    StringConstraints(
        pattern=r"^[A-Za-z0-9_.:/=+@-][A-Za-z0-9 _.:/=+@-]*$", max_length=aws_limits.TAG_KEY.value
    ),
]
TagValue = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9 _.:/=+@-]*$", max_length=aws_limits.TAG_VALUE.value),
]
