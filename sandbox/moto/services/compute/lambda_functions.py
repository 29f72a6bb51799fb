"""Lambda: a function's dead letters and key, which moto drops, and invocations, which run here."""

from __future__ import annotations

from typing import Any

from sandbox.moto import lambda_runtime
from sandbox.moto.hooks import Asked, Params, corrects
from sandbox.moto.memory import memory


@corrects("lambda", "CreateFunction", "UpdateFunctionConfiguration")
def remember_function(asked: Asked, answer: Params) -> Params:
    """Keeps what moto drops of a function."""
    kept = memory("function", asked, answer["FunctionName"])
    kept |= {key: asked.params[key] for key in ("DeadLetterConfig", "KMSKeyArn") if asked.params.get(key)}
    return {**answer, **kept}


@corrects("lambda", "GetFunctionConfiguration")
def recall_function(asked: Asked, answer: Params) -> Params:
    """Puts it back."""
    return {**answer, **memory("function", asked, answer["FunctionName"])}


def install() -> None:
    """moto's backend without Docker hands the event to us."""
    from moto.awslambda_simple.models import LambdaSimpleBackend

    def run(
        self: Any, function_name: str, qualifier: Any, body: Any, headers: Any, response_headers: Any
    ) -> bytes:
        text = body.decode() if isinstance(body, bytes) else body
        ran = lambda_runtime.invoke(self, function_name, text or "{}")
        if ran.error:
            response_headers["x-amz-function-error"] = "Unhandled"
        return ran.payload.encode()

    LambdaSimpleBackend.invoke = run  # type: ignore[method-assign]
