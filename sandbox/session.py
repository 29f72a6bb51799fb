"""Serves an emulated AWS over loopback after its ``up``, so that the stack's next run finds it."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sandbox.config import BadInput

LOOPBACK = "127.0.0.1"
ALIVE_SECONDS = 3
IN_PROCESS, PULUMI = "in-process", "pulumi"


@dataclass(frozen=True)
class Session:
    """The folder ``.sandbox/<stack>/``, readable by its owner only; useless once the process has ended."""

    folder: Path

    @classmethod
    def of(cls, root: Path, stack: str) -> Session:
        """The file with the address of the stack's kept sandbox."""
        return cls(root / ".sandbox" / stack)

    @property
    def state(self) -> Path:
        """The file of the encrypted state."""
        return self.folder / "state.json"

    @property
    def control(self) -> Path:
        """The address that is written in the file."""
        return self.folder / "world.json"

    def endpoint(self) -> str | None:
        """The address of the running sandbox; None when there is none."""
        return self._alive().get("endpoint")

    def engine(self) -> str | None:
        """The engine that the running sandbox was created with; None when there is none."""
        return self._alive().get("engine")

    def _alive(self) -> dict[str, str]:
        """What the file says; empty when the process that wrote it serves nothing any more."""
        try:
            noted = json.loads(self.control.read_text())
            os.kill(int(noted["pid"]), 0)
            address = urlsplit(noted["endpoint"])
            with socket.create_connection((address.hostname, address.port), timeout=ALIVE_SECONDS):
                return noted
        except (OSError, ValueError, KeyError):
            return {}

    def note(self, endpoint: str, engine: str = IN_PROCESS) -> None:
        """Write the address and the engine for later runs."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.folder.chmod(0o700)
            descriptor = os.open(self.control, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError as error:
            where = self.folder.parent
            raise BadInput(
                f"--keep writes the sandbox's address below {where}, which cannot be written "
                f"({error.strerror}): use a checkout that you can write to"
            ) from None
        with os.fdopen(descriptor, "w") as file:
            json.dump({"endpoint": endpoint, "engine": engine, "pid": os.getpid()}, file)

    def forget(self) -> None:
        """Remove the files; the key of the state is gone with the sandbox."""
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def serving(home: Session, account: str, role: str, port: int, engine: str = IN_PROCESS) -> Iterator[str]:
    """Serve this process's emulated AWS, with its address in ``home`` meanwhile."""
    with server(account, role, port) as endpoint:
        home.note(endpoint, engine)
        try:
            yield endpoint
        finally:
            home.forget()


@contextmanager
def server(account: str, role: str, port: int = 0) -> Iterator[str]:
    """Serve this process's emulated AWS with moto's server, and yield its address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    from moto.moto_server import werkzeug_app
    from moto.moto_server.threaded_moto_server import ThreadedMotoServer

    from sandbox.moto import accounts

    setattr(werkzeug_app, "DISABLE_GLOBAL_CORS", True)  # noqa: B010  (no CORS: web pages must not reach it)
    running = ThreadedMotoServer(ip_address=LOOPBACK, port=port, verbose=False)
    try:
        running.start()
    except OSError as error:
        raise BadInput(f"port {port}: {error.strerror}; choose another with --port") from None
    listening: Any = running._server
    listening.app = in_turn(listening.app)
    accounts.fallback.append((account, role))
    _, chosen = running.get_host_and_port()
    try:
        yield f"http://{LOOPBACK}:{chosen}"
    finally:
        accounts.fallback.remove((account, role))
        running.stop()


def in_turn(app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The WSGI application, serving one request at a time.

    moto's S3, and what the sandbox adds to moto, keep the present request in objects that threads share; the
    interpreter's lock allows no more anyway.
    """
    turn = threading.RLock()

    def answer(environ: Any, start_response: Any) -> Iterable[bytes]:
        with turn:
            return list(app(environ, start_response))

    return answer


def environment(endpoint: str, region: str) -> dict[str, str]:
    """Environment variables for ops, boto3 and the AWS CLI; the credentials are arbitrary and not secret."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_DEFAULT_REGION": region,
    }


def wait() -> None:
    """Wait until Ctrl-C or SIGTERM."""

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        signal.pause()
    except KeyboardInterrupt:
        return
