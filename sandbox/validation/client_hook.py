"""Checks the parameters of every call of a botocore session before botocore builds the request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import botocore.session
from botocore.exceptions import ParamValidationError

from sandbox.validation import cloudformation, limits, service_models
from sandbox.validation.problem import Problem


class InvalidParameters(ParamValidationError):
    """A call that AWS would refuse: the call, each parameter and the rule that it breaks."""

    fmt = "{report}"


def install(core: botocore.session.Session) -> None:
    """Check the calls of every client that the session makes, after botocore has filled in what it does."""
    core.get_component("event_emitter").register_last("before-parameter-build", _check)


def _check(params: dict[str, Any], model: Any, **_: Any) -> None:
    found = [str(one) for one in problems(model, params)]
    if found:
        raise InvalidParameters(report=f"{model.service_model.service_name}.{model.name}: {'; '.join(found)}")


def problems(model: Any, params: dict[str, Any]) -> Iterator[Problem]:
    """Everything in the parameters of one operation that AWS would refuse."""
    if model.input_shape is not None:
        yield from service_models.problems(model.input_shape, params)
    yield from cloudformation.problems(model, params)
    yield from limits.problems(model, params)
