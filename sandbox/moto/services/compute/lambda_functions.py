"""Lambda: dead-letter queue and key, which moto does not store, and invocations in this process."""

from __future__ import annotations

from typing import Any

from sandbox.moto import lambda_runtime
from sandbox.moto.hooks import Asked, Params, corrects
from sandbox.moto.memory import memory


@corrects("lambda", "CreateFunction", "UpdateFunctionConfiguration")
def remember_function(asked: Asked, answer: Params) -> Params:
    """Store what moto does not."""
    kept = memory("function", asked, answer["FunctionName"])
    kept |= {key: asked.params[key] for key in ("DeadLetterConfig", "KMSKeyArn") if asked.params.get(key)}
    return {**answer, **kept}


@corrects("lambda", "GetFunctionConfiguration")
def recall_function(asked: Asked, answer: Params) -> Params:
    """Add what was stored."""
    return {**answer, **memory("function", asked, answer["FunctionName"])}


def install() -> None:
    """moto's backend without Docker, which passes the event to this process."""
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
