"""Tests of the building and pushing of an image, with a stub of Docker."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from deploy import image
from deploy.errors import DeployError
from tests.deploy.scripted import THROTTLED, Refused, Scripted

OLD, NEW = f"sha256:{'a' * 64}", f"sha256:{'b' * 64}"
URL = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/aiponge/user"
DOCKER = """#!/bin/bash
printf '%s\\n' "$*" >>"{here}/calls"
case "$1" in
login)
    cat >"{here}/password"
    [[ -e {here}/wrong ]] && {{ echo "bad: $(cat {here}/password)" >&2; exit 1; }} ;;
buildx)
    [[ -e {here}/broken ]] && exit 17
    while (($# > 1)); do
        [[ $1 == --metadata-file ]] && echo '{{"containerimage.digest": "{digest}"}}' >"$2"
        shift
    done ;;
esac
exit 0
"""


class Docker:
    """Docker's command, and what it was called with."""

    def __init__(self, folder: Path, digest: str = NEW) -> None:
        self.folder = folder
        tool = folder / "docker"
        tool.write_text(DOCKER.format(here=folder, digest=digest))
        tool.chmod(0o755)

    def calls(self) -> list[str]:
        file = self.folder / "calls"
        return file.read_text().splitlines() if file.exists() else []


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Docker:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return Docker(tmp_path)


def ecr(pushed: Any) -> Scripted:
    token = base64.b64encode(b"AWS:hunter2").decode()
    return Scripted(
        "ecr",
        describe_images=pushed,
        get_authorization_token={"authorizationData": [{"authorizationToken": token}]},
    )


def digest(registry: Scripted) -> str:
    return image.in_ecr(registry.client, URL, "c0ffee", ".")


def test_an_image_is_pushed_under_its_commit_and_named_by_its_digest(docker: Docker) -> None:
    assert digest(ecr(Refused("ImageNotFoundException"))) == NEW
    login, build = docker.calls()
    assert login == "login --username AWS --password-stdin 111122223333.dkr.ecr.eu-west-1.amazonaws.com"
    assert f"--push --provenance=false --tag {URL}:c0ffee --metadata-file" in build
    assert (docker.folder / "password").read_text() == "hunter2"


def test_another_run_for_the_same_commit_deploys_the_pushed_image(docker: Docker) -> None:
    """The repository's tags are immutable: a second push would be refused."""
    registry = ecr({"imageDetails": [{"imageDigest": OLD}]})
    assert digest(registry) == OLD
    (asked,) = registry.params("describe_images")
    assert asked == {"repositoryName": "aiponge/user", "imageIds": [{"imageTag": "c0ffee"}]}
    assert docker.calls() == []


@pytest.mark.parametrize("answer", [THROTTLED, Refused("RepositoryNotFoundException")])
def test_a_repository_that_does_not_answer_is_not_taken_for_one_without_the_image(
    docker: Docker, answer: Refused
) -> None:
    with pytest.raises(ClientError):
        digest(ecr(answer))
    assert docker.calls() == []


def test_an_answer_that_is_no_digest_is_not_deployed(docker: Docker) -> None:
    Docker(docker.folder, digest="null")
    with pytest.raises(DeployError, match="'null' is no image digest: nothing was deployed"):
        digest(ecr(Refused("ImageNotFoundException")))


def test_a_build_that_fails_is_a_failure(docker: Docker) -> None:
    (docker.folder / "broken").touch()
    with pytest.raises(DeployError, match=f"docker buildx build of {URL}:c0ffee ended with 17"):
        digest(ecr(Refused("ImageNotFoundException")))


def test_a_refused_login_never_shows_the_password(docker: Docker) -> None:
    (docker.folder / "wrong").touch()
    with pytest.raises(DeployError, match=r"docker login to Docker Hub failed: bad: \*\*\*"):
        image.login(None, "somebody", "hunter2")


@pytest.mark.parametrize(("user", "token"), [("", "hunter2"), ("somebody", "")])
def test_an_empty_user_or_token_is_told_before_docker_asks_for_it(
    docker: Docker, user: str, token: str
) -> None:
    with pytest.raises(DeployError, match="set DOCKERHUB_USERNAME and DOCKERHUB_TOKEN"):
        image.login(None, user, token)
    assert docker.calls() == []


@pytest.mark.parametrize("answer", [{}, {"imageDetails": []}, {"imageDetails": [{}]}])
def test_an_image_that_the_repository_does_not_describe_is_not_deployed(
    docker: Docker, answer: dict[str, Any]
) -> None:
    with pytest.raises(DeployError, match="is no image digest: nothing was deployed"):
        digest(ecr(answer))
