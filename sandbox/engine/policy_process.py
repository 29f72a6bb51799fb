"""Starts a policy pack in a process of its own and connects to it."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from functools import cached_property
from pathlib import Path
from typing import Any

import grpc
from pulumi.runtime.proto import analyzer_pb2_grpc

from sandbox.config import StackConfig
from sandbox.engine.runner import ORGANIZATION

START_SECONDS = 60
MAX_MESSAGE = 400 * 1024 * 1024


class PackBroken(Exception):
    """The pack did not start, or does not respond."""


class PolicyProcess:
    """One running pack, which starts while the caller does other work."""

    def __init__(self, pack: Path, config: StackConfig, *, preview: bool, root: Path) -> None:
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("AWS_")},
            "PULUMI_ORGANIZATION": ORGANIZATION,
            "PULUMI_PROJECT": config.project,
            "PULUMI_STACK": config.stack,
            "PULUMI_DRY_RUN": str(preview).lower(),
            "PULUMI_CONFIG": json.dumps(config.texts()),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:0", str(pack.resolve())],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            env=environment,
            cwd=root,
            text=True,
        )

    @cached_property
    def stub(self) -> Any:
        """The connection; its first use waits until the pack has started."""
        options = [
            ("grpc.max_receive_message_length", MAX_MESSAGE),
            ("grpc.max_send_message_length", MAX_MESSAGE),
        ]
        channel = grpc.insecure_channel(f"127.0.0.1:{self._port()}", options=options)
        return analyzer_pb2_grpc.AnalyzerStub(channel)

    def _port(self) -> str:
        out = self._process.stdout
        assert out is not None
        ready, _, _ = select.select([out], [], [], START_SECONDS)
        line = out.readline().strip() if ready else ""
        if not line.isdigit():
            self._process.terminate()
            said = self._process.stderr.read().strip().splitlines() if self._process.stderr else []
            raise PackBroken(
                "the policy pack did not start: " + "\n".join(said[-15:] or [line or "no answer"])
            )
        return line

    def ask(self, method: str, request: Any) -> Any:
        """The pack's response to one request."""
        try:
            return getattr(self.stub, method)(request)
        except grpc.RpcError as error:
            details = error.details() if isinstance(error, grpc.Call) else str(error)
            raise PackBroken(f"the policy pack failed in {method}: {details}") from None

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
        for stream in (self._process.stdout, self._process.stderr):
            if stream:
                stream.close()
