"""Runs a Pulumi program unmodified in the SDK's own runtime, with the sandbox's monitor as the engine's."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import runpy
import sys
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi
from google.protobuf import empty_pb2
from pulumi.runtime import resource, settings
from pulumi.runtime.mocks import MockEngine
from pulumi.runtime.proto import source_pb2
from typing_extensions import override

from sandbox.engine.monitor import Monitor

ORGANIZATION = "organization"
MARK = "STRONGROOM_SANDBOX"
WARNING = 2
_NOWHERE = source_pb2.StackTrace()


class Engine(MockEngine):
    """Collects the warnings and errors that the program logs."""

    def __init__(self) -> None:
        super().__init__(logging.getLogger("sandbox.engine"))
        self.messages: list[str] = []

    @override
    def Log(self, request: Any) -> Any:
        if request.severity >= WARNING:
            self.messages.append(request.message)
        return empty_pb2.Empty()

    def RequirePulumiVersion(self, request: Any) -> Any:
        """Any version is accepted: there is no CLI."""
        return empty_pb2.Empty()


def omit_source_positions() -> None:
    """Let the SDK send no stack trace with a resource: nothing reads it, and it takes a tenth of a run."""
    resource._get_stack_trace = lambda: _NOWHERE


@dataclass
class Ran:
    """How the program ended."""

    ok: bool
    error: str = ""
    messages: list[str] = field(default_factory=list)


def run(
    program: Path,
    monitor: Monitor,
    *,
    config: dict[str, str],
    secret_keys: list[str],
    preview: bool,
) -> Ran:
    """Run the program (a directory or a file); an exception becomes ``Ran.error``."""
    omit_source_positions()
    engine = Engine()
    loop = asyncio.new_event_loop()
    pool = ThreadPoolExecutor(max_workers=1)  # one at a time: the emulation holds the GIL anyway
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    with _borrowed_loop(loop, pool), surroundings(program):
        settings.reset_options()
        pulumi.runtime.set_all_config(config, secret_keys)
        pulumi.runtime.configure(
            pulumi.runtime.Settings(
                project=monitor.project,
                stack=monitor.stack,
                monitor=monitor,
                engine=engine,
                parallel=1,
                dry_run=preview,
                organization=ORGANIZATION,
                root_directory=str(program),
            )
        )
        try:
            loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: execute(program)))
        except pulumi.RunError as error:
            return Ran(False, _first(monitor, str(error)), engine.messages)
        except SystemExit as error:
            ok = error.code in (0, None)
            return Ran(ok, "" if ok else f"the program called sys.exit({error.code})", engine.messages)
        except Exception as error:
            return Ran(False, _explain(monitor, error), engine.messages)
        if monitor.failures:
            return Ran(False, _first(monitor, ""), engine.messages)
        return Ran(True, "", engine.messages)


def execute(program: Path) -> None:
    """Run the program (a directory or a file) as ``python`` would."""
    runpy.run_path(str(program), run_name="__main__")


def _first(monitor: Monitor, text: str) -> str:
    """Every failure once, causes before their consequences."""
    known = [*monitor.failures, *([text] if text else [])]
    return "\n".join(dict.fromkeys(known))


def _explain(monitor: Monitor, error: Exception) -> str:
    if monitor.failures:
        return _first(monitor, "")
    frames = traceback.extract_tb(error.__traceback__)
    here = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames[-6:]]
    return "\n".join([f"the program raised {type(error).__name__}: {error}", *here])


@contextlib.contextmanager
def _borrowed_loop(loop: asyncio.AbstractEventLoop, pool: ThreadPoolExecutor) -> Iterator[None]:
    asyncio.set_event_loop(loop)
    loop.set_default_executor(pool)
    try:
        yield
    finally:
        pool.shutdown(wait=True)
        loop.close()
        asyncio.set_event_loop(asyncio.new_event_loop())  # later tests with mocks ask for the current loop


@contextlib.contextmanager
def surroundings(program: Path) -> Iterator[None]:
    """Run in the program's directory with ``STRONGROOM_SANDBOX`` set, and restore everything afterwards."""
    path, before = list(sys.path), os.environ.get(MARK)
    os.environ[MARK] = "1"
    try:
        with contextlib.chdir(program if program.is_dir() else program.parent):
            yield
    finally:
        sys.path[:] = path
        if before is None:
            os.environ.pop(MARK, None)
        else:
            os.environ[MARK] = before
