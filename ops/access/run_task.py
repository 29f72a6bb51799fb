"""Runs a one-off task or tool once, and prints its log and exit code."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from ops.access.logs import events, line
from ops.access.targets import LogSource, log_source, network_of, runnable
from ops.core.answers import items
from ops.core.context import StackContext
from ops.core.exits import Exit, Stop

STARTED_BY = "ops-run"


def command(context: StackContext, name: str, arguments: Sequence[str], write: bool) -> Exit:
    """Run the latest revision of the task, with ``arguments`` in place of its command where given.

    Exit code 1 where the task does not end with 0.
    """
    task = runnable(context, name)
    shown = shlex.join(arguments) if arguments else "its own command"
    if not write:
        context.say(f"would run {task.family} (latest revision) as {task.runs_as}, with {shown}")
        context.say("add --apply to run it")
        context.screen.document({"family": task.family, "runsAs": task.runs_as, "started": False})
        return Exit.DONE
    started = datetime.now(UTC)
    arn = _start(context, name, arguments)
    context.say(f"{name}: started {arn.rpartition('/')[2]}")
    ended = _wait(context, name, arn)
    source = log_source(context, name)
    lines = _log(context, LogSource(source.group, source.streams or f"{name}/"), arn, started)
    for one in lines:
        context.say(one)
    code = next((one.get("exitCode") for one in ended["containers"] if one["name"] == task.container), None)
    reason = ended.get("stoppedReason", "")
    context.screen.document({"task": arn, "exitCode": code, "reason": reason, "log": lines})
    if code == 0:
        context.say(f"{name}: ended with 0", "green")
        return Exit.DONE
    ended_as = "did not run" if code is None else f"ended with {code}"
    context.say(f"{name}: {ended_as}{f': {reason}' if reason else ''}", "red")
    return Exit.FINDING


def _start(context: StackContext, name: str, arguments: Sequence[str]) -> str:
    task, names = runnable(context, name), context.settings.names
    asked: dict[str, Any] = {
        "cluster": names.cluster,
        "taskDefinition": task.family,
        "launchType": "FARGATE",
        "startedBy": STARTED_BY,
        "networkConfiguration": network_of(context, task.runs_as),
    }
    if arguments:
        override = {"name": task.container, "command": list(arguments)}
        asked["overrides"] = {"containerOverrides": [override]}
    answer = context.aws.client("ecs").run_task(**asked)
    if not answer.get("tasks"):
        reasons = "; ".join(one.get("reason", "") for one in answer.get("failures", []))
        raise Stop(Exit.FINDING, f"{name}: ECS started no task: {reasons or 'no reason given'}")
    return answer["tasks"][0]["taskArn"]


def _wait(context: StackContext, name: str, arn: str) -> dict[str, Any]:
    cluster, client = context.settings.names.cluster, context.aws.client("ecs")
    ended: list[dict[str, Any]] = []

    def stopped() -> bool:
        # A task that was just started is not visible everywhere at once.
        found = items(client, "describe_tasks", [arn], may_be_absent=True, cluster=cluster)
        ended[:] = [one for one in found if one["lastStatus"] == "STOPPED"]
        return bool(ended)

    if not context.clock.until(context.clock.rollout_s, stopped):
        ident = arn.rpartition("/")[2]
        raise Stop(
            Exit.PARTLY,
            f"{name}: {ident} still runs after {context.clock.rollout_s:.0f} s; read `ops logs {name} "
            f"--follow`, or stop it with `aws ecs stop-task --cluster {cluster} --task {ident}`",
        )
    return ended[0]


def _log(context: StackContext, source: LogSource, arn: str, since: datetime) -> list[str]:
    """The lines of the task, whose stream ends in its ID."""
    ident = arn.rpartition("/")[2]
    mine = [one for one in events(context, source, since) if one["logStreamName"].endswith(f"/{ident}")]
    return [line(one) for one in mine]
