"""A stand-in for ``pulumi-language-python``, the language host of an official installation.

It is no part of the Go module that ``make engine`` builds, and in no package registry. Run starts
the program; RunPlugin starts a policy pack that is a folder, with the stack and its configuration
in the environment. The option ``virtualenv`` is ignored: both run in the environment of the tests.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import analyzer_pb2, language_pb2, language_pb2_grpc, plugin_pb2

from sandbox.engine.runner import execute

ROOT = Path(__file__).resolve().parents[2]
MAX_MESSAGE = 400 * 1024 * 1024
OPTIONS = [("grpc.max_receive_message_length", MAX_MESSAGE), ("grpc.max_send_message_length", MAX_MESSAGE)]


class Host(LanguageServer):
    """Runs the program with the SDK's own server of inline programs."""

    def __init__(self, engine: str) -> None:
        super().__init__(lambda: None)
        self._engine = engine

    def Handshake(self, request: Any, context: Any) -> Any:
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version="0.0.0")

    def Run(self, request: Any, context: Any) -> Any:
        request.args[:] = [self._engine]
        os.chdir(request.info.program_directory)
        self.program = lambda: execute(Path(request.info.program_directory))
        return super().Run(request, context)

    def RunPlugin(self, request: Any, context: Any) -> Iterator[Any]:
        pack = Pack(
            [sys.executable, "-u", "-m", "pulumi.policy", *request.args, request.info.program_directory]
        )
        server, port = serve(lambda server: server.add_generic_rpc_handlers([pack]))
        yield language_pb2.RunPluginResponse(stdout=f"{port}\n".encode())
        context.add_callback(pack.stop)
        server.wait_for_termination()


class Pack(grpc.GenericRpcHandler):
    """Starts the pack when the engine has said which stack it is for, and passes every other call on."""

    def __init__(self, command: list[str]) -> None:
        self._command, self._process = command, None

    def service(self, handler_call_details: Any) -> grpc.RpcMethodHandler:
        method = handler_call_details.method

        def answer(request: bytes, context: grpc.ServicerContext) -> bytes:
            if method.endswith("/Handshake"):
                context.abort(grpc.StatusCode.UNIMPLEMENTED, method)
            if method.endswith("/ConfigureStack"):
                self._start(analyzer_pb2.AnalyzerStackConfigureRequest.FromString(request))
            return self._channel.unary_unary(method)(request)

        return grpc.unary_unary_rpc_method_handler(answer)

    def _start(self, stack: Any) -> None:
        environment = {
            "PULUMI_ORGANIZATION": stack.organization,
            "PULUMI_PROJECT": stack.project,
            "PULUMI_STACK": stack.stack,
            "PULUMI_DRY_RUN": str(stack.dry_run).lower(),
            "PULUMI_CONFIG": json.dumps(dict(stack.config)),
        }
        self._process = subprocess.Popen(
            self._command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout
        port = self._process.stdout.readline().strip()
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=OPTIONS)

    def stop(self) -> None:
        if self._process:
            self._process.terminate()


def serve(register: Callable[[grpc.Server], None]) -> tuple[grpc.Server, int]:
    server = grpc.server(futures.ThreadPoolExecutor(8), options=OPTIONS)
    register(server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port


def install(folder: Path) -> Path:
    """Write the stand-in as an executable into ``folder``, to put on PATH."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "pulumi-language-python"
    words = shlex.join([sys.executable, "-u", "-m", __name__])
    path.write_text(f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {words} "$@"\n')
    path.chmod(0o755)
    return folder


def main() -> None:
    engine = next((word for word in reversed(sys.argv[1:]) if not word.startswith("-")), "")
    server, port = serve(
        lambda server: language_pb2_grpc.add_LanguageRuntimeServicer_to_server(Host(engine), server)
    )
    print(port, flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
