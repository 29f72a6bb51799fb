"""Tests of the deployment to Docker hosts."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from botocore.exceptions import ClientError

from deploy.contract import Contract
from deploy.errors import DeployError
from deploy.host import SITE_TRIES, Hosts, site
from tests.deploy.scripted import THROTTLED, Clock, Refused, Scripted

OLD, NEW = f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"
PATH = "/cinematch/production"
FACTS: dict[str, Any] = {
    "deployDocument": {"name": "cinematch-deploy", "version": "7"},
    "instanceTag": {"key": "Name", "value": "cinematch-server"},
    "siteUrl": "https://api.example.com",
}
ENDED = {"CommandId": "11111111-1111-1111-1111-111111111111", "Status": "Success", "TargetCount": 1}


def invocations(*statuses: str) -> dict[str, Any]:
    return {
        "CommandInvocations": [
            {"InstanceId": f"i-{number}", "Status": status, "StatusDetails": status}
            for number, status in enumerate(statuses, 1)
        ]
    }


class Stack:
    """The hosts of a stack whose answers are given."""

    def __init__(self) -> None:
        self.ssm = Scripted(
            "ssm",
            list_commands=self._commands,
            send_command={"Command": {"CommandId": "11111111-1111-1111-1111-111111111111"}},
            list_command_invocations=invocations("Success"),
            put_parameter={"Version": 2},
        )
        self.recorded: Any = OLD
        self.earlier: dict[str, list[dict[str, Any]]] = {}
        """The commands of before, by their status."""
        self.command: list[Any] = [ENDED]
        """What SSM says of the command as a whole, in order, of which the last stays."""
        self.problems = [""]
        self.asked: list[str] = []

    def deploy(self, timeout_s: float = 120) -> None:
        parameters = [json.dumps(FACTS["siteUrl"]), self.recorded]
        parameters += [json.dumps(FACTS["deployDocument"]), json.dumps(FACTS["instanceTag"])]
        parameters += [Refused("ExpiredTokenException", "expired")]
        self.ssm.say(
            "get_parameter",
            *[one if isinstance(one, Refused) else {"Parameter": {"Value": one}} for one in parameters],
        )
        Hosts(self.ssm.client, Contract(self.ssm.client, PATH), self._site).deploy(
            NEW, "/health/", Clock().wait(timeout_s)
        )

    def failure(self, timeout_s: float = 120) -> str:
        with pytest.raises(DeployError) as raised:
            self.deploy(timeout_s)
        return str(raised.value)

    def digests(self) -> list[str]:
        return [one["Parameters"]["ImageDigest"][0] for one in self.ssm.params("send_command")]

    def _commands(self, params: dict[str, Any]) -> Any:
        if "CommandId" not in params:
            (status,) = (one["value"] for one in params["Filters"] if one["key"] == "Status")
            return {"Commands": self.earlier.get(status, [])}
        said = self.command.pop(0) if len(self.command) > 1 else self.command[0]
        return {"Commands": [said] if said else []}

    def _site(self, url: str) -> str:
        self.asked.append(url)
        return self.problems.pop(0) if len(self.problems) > 1 else self.problems[0]


@pytest.fixture
def stack() -> Stack:
    return Stack()


@pytest.mark.accepts("B5")
def test_a_digest_is_run_by_our_document_at_its_version(stack: Stack) -> None:
    stack.deploy()
    (sent,) = stack.ssm.params("send_command")
    assert sent == {
        "DocumentName": "cinematch-deploy",
        "DocumentVersion": "7",
        "Targets": [{"Key": "tag:Name", "Values": ["cinematch-server"]}],
        "Parameters": {"ImageDigest": [NEW]},
        "CloudWatchOutputConfig": {
            "CloudWatchOutputEnabled": True,
            "CloudWatchLogGroupName": f"{PATH}/ssm-commands",
        },
    }


def test_a_deployed_digest_is_recorded_for_hosts_that_start_later(stack: Stack) -> None:
    stack.deploy()
    (put,) = stack.ssm.params("put_parameter")
    assert put == {"Name": f"{PATH}/image-digest", "Type": "String", "Value": NEW, "Overwrite": True}


def test_the_site_is_asked_at_its_health_path(stack: Stack) -> None:
    stack.deploy()
    assert stack.asked == ["https://api.example.com/health/"]


def test_it_waits_until_the_command_has_ended_on_every_host(stack: Stack) -> None:
    stack.ssm.say(
        "list_command_invocations",
        {"CommandInvocations": []},
        invocations("Pending", "Success"),
        invocations("InProgress", "Success"),
        invocations("Success", "Success"),
    )
    stack.deploy()
    assert len(stack.ssm.params("list_command_invocations")) == 4


def test_a_failed_command_is_rolled_back(stack: Stack) -> None:
    stack.ssm.say("list_command_invocations", invocations("Failed"), invocations("Success"))
    assert stack.failure() == (
        "cinematch-deploy on Name=cinematch-server: i-1 Failed: "
        f"see the log group {PATH}/ssm-commands; rolled back to {OLD}"
    )
    assert stack.digests() == [NEW, OLD]
    assert stack.ssm.params("put_parameter") == []


def test_success_on_one_of_two_hosts_is_a_failure(stack: Stack) -> None:
    stack.ssm.say("list_command_invocations", invocations("Success", "TimedOut"), invocations("Success"))
    assert "i-2 TimedOut" in stack.failure()
    assert stack.digests() == [NEW, OLD]


def test_a_site_that_does_not_answer_is_rolled_back(stack: Stack) -> None:
    stack.problems = ["https://api.example.com/health/: status 502", ""]
    assert stack.failure().endswith(f"status 502; rolled back to {OLD}")
    assert stack.digests() == [NEW, OLD]


def test_a_rollback_is_judged_by_the_site_too(stack: Stack) -> None:
    stack.problems = ["status 502"]
    assert f"the rollback to {OLD} failed too: status 502" in stack.failure()


def test_a_rollback_that_cannot_be_sent_is_told(stack: Stack) -> None:
    stack.ssm.say("list_command_invocations", invocations("Failed"))
    stack.ssm.say(
        "send_command",
        {"Command": {"CommandId": "11111111-1111-1111-1111-111111111111"}},
        Refused("InvalidDocument", "gone"),
    )
    assert "failed too: cinematch-deploy on Name=cinematch-server was not sent" in stack.failure()


def test_a_first_deployment_that_fails_has_nothing_to_go_back_to(stack: Stack) -> None:
    stack.recorded = Refused("ParameterNotFound")
    stack.ssm.say("list_command_invocations", invocations("Failed"))
    assert stack.failure().endswith("no image was deployed before, so nothing was rolled back")
    assert stack.digests() == [NEW]


@pytest.mark.parametrize("answer", [THROTTLED, Refused("AccessDeniedException")])
def test_a_previous_image_that_cannot_be_read_is_not_taken_for_none(stack: Stack, answer: Refused) -> None:
    stack.recorded = answer
    with pytest.raises(ClientError):
        stack.deploy()
    assert stack.digests() == []


def test_an_image_is_not_rolled_back_to_itself(stack: Stack) -> None:
    stack.recorded = NEW
    stack.ssm.say("list_command_invocations", invocations("Failed"))
    assert stack.failure().endswith("this image is also the one to go back to: deploy another")
    assert stack.digests() == [NEW]


@pytest.mark.failure(37)
def test_no_host_at_all_is_said(stack: Stack) -> None:
    stack.ssm.say("list_command_invocations", {"CommandInvocations": []})
    assert stack.failure().startswith(
        "cinematch-deploy on Name=cinematch-server: no instance matches, or its agent is offline"
    )


def test_a_command_without_end_is_a_failure(stack: Stack) -> None:
    stack.ssm.say("list_command_invocations", invocations("InProgress"))
    assert "not finished after 60 s" in stack.failure(timeout_s=60)


def test_a_throttled_call_does_not_end_the_watch(stack: Stack) -> None:
    stack.ssm.say("list_command_invocations", invocations("InProgress"), THROTTLED, invocations("Success"))
    stack.deploy()
    assert stack.digests() == [NEW]


def test_a_command_that_cannot_be_watched_is_rolled_back(stack: Stack) -> None:
    stack.ssm.say("list_command_invocations", Refused("AccessDeniedException", "no"), invocations("Success"))
    assert (
        "cannot be watched: ListCommandInvocations: AccessDeniedException: no; rolled back" in stack.failure()
    )


def command(document: str, digest: str) -> dict[str, Any]:
    return {
        "CommandId": "22222222-2222-2222-2222-222222222222",
        "DocumentName": document,
        "Parameters": {"ImageDigest": [digest]},
    }


@pytest.mark.parametrize("status", ["Pending", "InProgress"])
def test_a_command_of_an_interrupted_job_is_watched_not_sent_again(stack: Stack, status: str) -> None:
    stack.earlier = {status: [command("cinematch-deploy", NEW)]}
    stack.deploy()
    assert stack.digests() == []
    (watched,) = stack.ssm.params("list_command_invocations")
    assert watched["CommandId"] == "22222222-2222-2222-2222-222222222222"


def test_the_command_that_is_watched_is_printed_and_whether_an_earlier_run_sent_it(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.earlier = {"InProgress": [command("cinematch-deploy", NEW)]}
    stack.deploy()
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert (
        first
        == f"cinematch-deploy: command {command('', '')['CommandId']} of an earlier run is still running"
    )
    assert second == f"cinematch-deploy on Name=cinematch-server: command {command('', '')['CommandId']}"


def test_a_rollback_is_announced_before_it_is_made(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    stack.ssm.say("list_command_invocations", invocations("Failed"), invocations("Success"))
    stack.failure()
    assert f"rolling back to {OLD}" in capsys.readouterr().err


def test_a_running_command_with_another_image_is_not_taken_for_this_one(stack: Stack) -> None:
    stack.earlier = {"InProgress": [command("cinematch-deploy", OLD)]}
    stack.deploy()
    assert stack.digests() == [NEW]


def test_a_command_without_parameters_is_not_taken_for_this_one(stack: Stack) -> None:
    """AWS omits what is empty."""
    other = {key: value for key, value in command("cinematch-deploy", NEW).items() if key != "Parameters"}
    stack.earlier = {"InProgress": [other]}
    stack.deploy()
    assert stack.digests() == [NEW]


@pytest.mark.parametrize("first", [{**ENDED, "TargetCount": 2}, {**ENDED, "Status": "InProgress"}, None])
def test_a_host_whose_invocation_is_not_visible_yet_is_waited_for(stack: Stack, first: Any) -> None:
    stack.command = [first, ENDED]
    stack.ssm.say("list_command_invocations", invocations("Success"), invocations("Success", "Failed"))
    assert "i-2 Failed" in stack.failure()


def test_a_command_that_reached_some_hosts_only_is_a_failure(stack: Stack) -> None:
    stack.command = [{**ENDED, "Status": "Cancelled", "TargetCount": 2}, ENDED]
    assert "the command is Cancelled, and not every host was reached" in stack.failure()
    assert stack.digests() == [NEW, OLD]


def test_a_failure_is_not_waited_for_on_hosts_that_the_command_never_reached(stack: Stack) -> None:
    stack.command = [{**ENDED, "Status": "Failed", "TargetCount": 2}, ENDED]
    stack.ssm.say("list_command_invocations", invocations("Failed"), invocations("Success"))
    assert "i-1 Failed" in stack.failure()


@pytest.mark.parametrize("path", ["@example.org/", ".example.org/", "health", "", "/a b", "/a\nb"])
def test_a_health_path_that_is_no_path_is_refused_before_anything_runs(stack: Stack, path: str) -> None:
    with pytest.raises(DeployError, match="it is no path: give one that begins with /"):
        Hosts(stack.ssm.client, Contract(stack.ssm.client, PATH), stack._site).deploy(
            NEW, path, Clock().wait()
        )
    assert stack.ssm.operations() == []


def test_an_image_that_runs_and_is_not_recorded_is_a_failure_that_says_so(stack: Stack) -> None:
    stack.ssm.say("put_parameter", Refused("AccessDeniedException", "no"))
    assert stack.failure() == (
        f"every host runs {NEW}, and {PATH}/image-digest does not say so: "
        "a later host runs the image of before. PutParameter: AccessDeniedException: no. Run this job again"
    )


# --- the site


class _Site(BaseHTTPRequestHandler):
    """Answers with one status after another; the last stays."""

    statuses: list[int]
    asked = 0

    def do_GET(self) -> None:
        cls = type(self)
        cls.asked += 1
        status = cls.statuses.pop(0) if len(cls.statuses) > 1 else cls.statuses[0]
        if status == 0:
            self.wfile.write(b"this is not HTTP\r\n")
            return
        self.send_response(status)
        if status in (301, 302, 307, 308):
            self.send_header("Location", "/elsewhere")
            cls.statuses.append(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _Site.asked = 0
    yield f"http://127.0.0.1:{server.server_port}/health/"
    server.shutdown()
    server.server_close()


def test_a_site_that_answers_later_is_healthy(url: str) -> None:
    _Site.statuses = [502, 503, 200]
    assert site(url, pause_s=0) == ""


def test_a_site_is_asked_at_once_and_again_after_a_pause(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _Site.statuses = [502, 503, 200]
    paused: list[tuple[float, int]] = []
    monkeypatch.setattr("deploy.host.time.sleep", lambda pause_s: paused.append((pause_s, _Site.asked)))
    assert site(url, pause_s=5) == ""
    assert paused == [(5, 1), (5, 2)]


@pytest.mark.parametrize("status", [204, 404, 502])
def test_a_site_that_answers_something_else_is_not(url: str, status: int) -> None:
    _Site.statuses = [status]
    assert site(url, pause_s=0) == f"{url}: status {status}"
    assert _Site.asked == SITE_TRIES


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed_to_a_page_that_answers(url: str, status: int) -> None:
    _Site.statuses = [status] * 2 * SITE_TRIES
    assert site(url, pause_s=0) == f"{url}: status {status}"
    assert _Site.asked == SITE_TRIES


def test_an_answer_that_is_not_http_is_a_problem_not_an_error_of_the_program(url: str) -> None:
    _Site.statuses = [0]
    assert "this is not HTTP" in site(url, pause_s=0)


def test_a_site_that_nobody_serves_is_not_healthy() -> None:
    assert "Connection refused" in site("http://127.0.0.1:9/", pause_s=0)
