"""Lambda: what moto does not store, the account's limits, and invocations in this process."""

from __future__ import annotations

from typing import Any

from sandbox.moto import lambda_runtime, routes
from sandbox.moto.hooks import Asked, Params, answers, corrects
from sandbox.moto.memory import memory

CONCURRENT_EXECUTIONS = 1000
"""The limit that AWS documents; a new account may begin with 10."""


@answers("lambda", "GetAccountSettings")
def account_settings(asked: Asked) -> Params:
    """Return the limit of concurrent executions, less what the account's functions reserve."""
    functions = _backend(asked).list_functions()
    reserved = sum(int(one.reserved_concurrency or 0) for one in functions)
    limits = {
        "ConcurrentExecutions": CONCURRENT_EXECUTIONS,
        "UnreservedConcurrentExecutions": CONCURRENT_EXECUTIONS - reserved,
    }
    return {"AccountLimit": limits, "AccountUsage": {"FunctionCount": len(functions)}}


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


@answers("lambda", "ListFunctionUrlConfigs")
def list_urls(asked: Asked) -> Params:
    """Return the URL of a function, where it has one."""
    url = _backend(asked).get_function(asked.params["FunctionName"]).url_config
    return {"FunctionUrlConfigs": [url.to_dict()] if url else []}


def _backend(asked: Asked) -> Any:
    """The backend without Docker, which has the functions."""
    from moto.awslambda.utils import get_backend

    return get_backend(asked.account, asked.region)


def install() -> None:
    """Route the account's settings; moto's backend without Docker, which passes the event to this process."""
    routes.add_path("awslambda", r"{0}/2016-08-19/account-settings/?$")
    routes.add_path("awslambda", r"{0}/2021-10-31/functions/(?P<function_name>[\w_:%-]+)/urls/?$")
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
