"""Serves one plugin over gRPC, as the engine expects it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent import futures
from typing import Any

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from sandbox.plugin.servicer import Plugin
from sandbox.provider import reading
from sandbox.provider.calls import SandboxError

MAX_MESSAGE = 400 * 1024 * 1024
LIMITS = (
    f"sandbox plugin: a refresh compares {reading.count(reading.INPUTS)} types with AWS, and asks of "
    f"{reading.count(reading.EXISTENCE)} others whether they exist"
)


class _Errors(grpc.ServerInterceptor):
    """Reports any exception to the engine as one sentence."""

    def intercept_service(self, continuation: Callable[[Any], Any], handler_call_details: Any) -> Any:
        handler = continuation(handler_call_details)
        if handler is None or not handler.unary_unary:
            return handler
        work = handler.unary_unary

        def guarded(request: Any, context: Any) -> Any:
            try:
                return work(request, context)
            except SandboxError as error:
                context.abort(grpc.StatusCode.UNKNOWN, str(error))
            except Exception as error:
                context.abort(
                    grpc.StatusCode.INTERNAL, f"{type(error).__name__} in the sandbox's plugin: {error}"
                )

        return grpc.unary_unary_rpc_method_handler(
            guarded, handler.request_deserializer, handler.response_serializer
        )


def serve(package: str) -> None:
    """Serve until the engine ends the process; the first line of output is the port."""
    options = [
        ("grpc.max_receive_message_length", MAX_MESSAGE),
        ("grpc.max_send_message_length", MAX_MESSAGE),
    ]
    server = grpc.server(futures.ThreadPoolExecutor(16), interceptors=[_Errors()], options=options)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Plugin(package), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    print(LIMITS, file=sys.stderr, flush=True)
    server.wait_for_termination()
