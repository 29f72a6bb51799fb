"""Runs an image on every Docker host through Systems Manager, and rolls back if that fails."""

from __future__ import annotations

import http.client
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from deploy.contract import Contract
from deploy.errors import DeployError, code, words
from deploy.image import DIGEST
from deploy.waiting import Wait, complain, say

RUNNING = ("Pending", "InProgress", "Delayed", "Cancelling")
AGENT_S = 60
"""Seconds after which a command that no agent has taken matched no instance."""
SITE_TRIES = 6
PATH = re.compile(r"/[!-~]*")
"""The path of a URL. One that begins otherwise would change the host's name."""


@dataclass(frozen=True)
class Hosts:
    """The instances of a stack, and how they are deployed to."""

    ssm: Any = field(repr=False)
    contract: Contract
    site_answers: Callable[[str], str] = field(default=lambda url: site(url), repr=False)
    """What is wrong with the answer of a URL, empty if it is 200."""

    def deploy(self, digest: str, health_path: str, wait: Wait) -> None:
        """Run the image, or raise DeployError, with the image of before running again where there was one."""
        if not PATH.fullmatch(health_path):
            raise DeployError(f"health={health_path!r}: it is no path: give one that begins with /")
        url = str(self.contract.fact("siteUrl")) + health_path
        previous = self.recorded()
        # Read once: a roll back must not depend on further answers.
        document, tag = self.contract.fact("deployDocument"), self.contract.fact("instanceTag")
        run = partial(self._run, document, tag, wait)
        problem = run(digest) or self.site_answers(url)
        if not problem:
            self._record(digest)
            return
        if previous is None:
            raise DeployError(f"{problem}; no image was deployed before, so nothing was rolled back")
        if previous == digest:
            raise DeployError(f"{problem}; this image is also the one to go back to: deploy another")
        complain(f"{problem}; rolling back to {previous}")
        failed = run(previous) or self.site_answers(url)
        if failed:
            raise DeployError(
                f"{problem}; the rollback to {previous} failed too: {failed}: "
                f"see the log group {self._log_group}"
            )
        raise DeployError(f"{problem}; rolled back to {previous}")

    def recorded(self) -> str | None:
        """The digest that was deployed last; None before the first deployment.

        Only the answer that there is no parameter means that: a refused or throttled call is a failure.
        """
        try:
            answer = self.ssm.get_parameter(Name=self._record_name)
        except ClientError as error:
            if code(error) == "ParameterNotFound":
                return None
            raise
        value = str(answer["Parameter"]["Value"])
        return value if DIGEST.fullmatch(value) else None

    @property
    def _record_name(self) -> str:
        return f"{self.contract.path}/image-digest"

    @property
    def _log_group(self) -> str:
        return f"{self.contract.path}/ssm-commands"

    def _record(self, digest: str) -> None:
        """A host that starts later runs this image."""
        try:
            self.ssm.put_parameter(Name=self._record_name, Type="String", Value=digest, Overwrite=True)
        except (ClientError, BotoCoreError) as error:
            raise DeployError(
                f"every host runs {digest}, and {self._record_name} does not say so: a later host runs the "
                f"image of before. {words(error)}. Run this job again"
            ) from error

    def _run(self, document: Mapping[str, Any], tag: Mapping[str, Any], wait: Wait, digest: str) -> str:
        """Run the image on every host; what went wrong, empty if nothing."""
        where = f"{document['name']} on {tag['key']}={tag['value']}"
        try:
            command = self._in_progress(document["name"], digest) or self._send(document, tag, digest)
        except (ClientError, BotoCoreError) as error:
            return f"{where} was not sent: {words(error)}"
        say(f"{where}: command {command}")
        begun = wait.now()
        try:
            ended = wait.until(lambda: self._ended(where, command, wait.now() - begun))
        except (ClientError, BotoCoreError) as error:
            return f"{where}: command {command} cannot be watched: {words(error)}"
        return f"{where}: not finished after {wait.timeout_s:.0f} s" if ended is None else ended

    def _in_progress(self, document: str, digest: str) -> str | None:
        """The command that an interrupted job has sent with this digest: it is watched, not sent again."""
        for status in ("Pending", "InProgress"):
            pages = self.ssm.get_paginator("list_commands").paginate(
                Filters=[{"key": "DocumentName", "value": document}, {"key": "Status", "value": status}]
            )
            for one in (one for page in pages for one in page.get("Commands", [])):
                same = one.get("Parameters", {}).get("ImageDigest") == [digest]
                if same and one["DocumentName"] == document:
                    say(f"{document}: command {one['CommandId']} of an earlier run is still running")
                    return str(one["CommandId"])
        return None

    def _send(self, document: Mapping[str, Any], tag: Mapping[str, Any], digest: str) -> str:
        answer = self.ssm.send_command(
            DocumentName=document["name"],
            DocumentVersion=str(document["version"]),
            Targets=[{"Key": f"tag:{tag['key']}", "Values": [tag["value"]]}],
            Parameters={"ImageDigest": [digest]},
            CloudWatchOutputConfig={
                "CloudWatchOutputEnabled": True,
                "CloudWatchLogGroupName": self._log_group,
            },
        )
        return str(answer["Command"]["CommandId"])

    def _ended(self, where: str, command: str, passed_s: float) -> tuple[str | None, str]:
        """The problem of a command that has ended on every host, empty if it has none; None while it runs."""
        pages = self.ssm.get_paginator("list_command_invocations").paginate(CommandId=command)
        found = [one for page in pages for one in page.get("CommandInvocations", [])]
        if not found:
            problem = f"{where}: no instance matches, or its agent is offline"
            return (problem if passed_s >= AGENT_S else None), f"{where}: no instance has taken it yet"
        shown = ", ".join(f"{one['InstanceId']} {one['Status']}" for one in found)
        if any(one["Status"] in RUNNING for one in found):
            return None, shown
        # The invocations of further hosts may become visible later than the first.
        listed = self.ssm.list_commands(CommandId=command).get("Commands", [])
        status = str(listed[0]["Status"]) if listed else "Pending"
        unseen = status == "Success" and len(found) < listed[0].get("TargetCount", 0)
        if status in RUNNING or unseen:
            return None, f"{shown}: the command has not ended"
        failed = [one for one in found if one["Status"] != "Success"]
        reasons = ", ".join(
            f"{one['InstanceId']} {one.get('StatusDetails') or one['Status']}" for one in failed
        )
        if status != "Success" and not failed:
            reasons = f"the command is {status}, and not every host was reached"
        return (f"{where}: {reasons}: see the log group {self._log_group}" if reasons else ""), shown


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Leaves a redirect as the answer: another host or plain HTTP says nothing about this image."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect)


def site(url: str, pause_s: float = 5) -> str:
    """What is wrong with the answer of ``url``, empty if it is 200; tried several times."""
    problem = ""
    for tried in range(SITE_TRIES):
        if tried:
            time.sleep(pause_s)
        try:
            with _OPENER.open(url, timeout=10) as answer:
                if answer.status == 200:
                    return ""
                problem = f"{url}: status {answer.status}"
        except urllib.error.HTTPError as error:
            problem = f"{url}: status {error.code}"
        except (http.client.HTTPException, OSError) as error:
            problem = f"{url}: {getattr(error, 'reason', '') or error or type(error).__name__}"
    return problem
