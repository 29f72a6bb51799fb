"""Builds and pushes an image under its commit, and names it by digest."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from deploy.errors import DeployError, code
from deploy.waiting import say

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def in_ecr(ecr: Any, repository_url: str, tag: str, context: str) -> str:
    """The digest of the image of ``tag``, which is built and pushed unless the repository has it.

    Tags of the repositories are immutable: another run for the same commit deploys what an earlier pushed.
    """
    registry, _, repository = repository_url.partition("/")
    pushed = _pushed(ecr, repository, tag)
    if pushed is not None:
        say(f"{repository}:{tag} is pushed already: {pushed}")
        return pushed
    token = ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    user, _, password = base64.b64decode(token).decode().partition(":")
    login(registry, user, password)
    return build_and_push(f"{repository_url}:{tag}", context)


def login(registry: str | None, user: str, password: str) -> None:
    """Log Docker in to a registry, Docker Hub if None; the password reaches it through standard input."""
    if not user or not password:
        raise DeployError(
            f"docker login {registry or 'to Docker Hub'}: the user or the token is empty: set "
            "DOCKERHUB_USERNAME and DOCKERHUB_TOKEN in the environment's secrets"
        )
    to = [registry] if registry else []
    done = subprocess.run(
        ["docker", "login", "--username", user, "--password-stdin", *to],
        input=password,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = done.stderr.replace(password, "***").strip()
        raise DeployError(f"docker login {registry or 'to Docker Hub'} failed: {reason}")


def build_and_push(name: str, context: str) -> str:
    """Build and push with Docker's BuildKit, whose output stays on the terminal; the digest."""
    with tempfile.TemporaryDirectory() as folder:
        metadata = Path(folder) / "built.json"
        done = subprocess.run(
            [
                *("docker", "buildx", "build", "--push", "--provenance=false", "--tag", name),
                *("--metadata-file", str(metadata), context),
            ],
            check=False,
        )
        if done.returncode:
            raise DeployError(
                f"docker buildx build of {name} ended with {done.returncode}: nothing was deployed"
            )
        digest = str(json.loads(metadata.read_text()).get("containerimage.digest"))
    return checked(digest, name)


def checked(digest: str, name: str) -> str:
    """The digest, if it is one."""
    if not DIGEST.fullmatch(digest):
        raise DeployError(f"{name}: {digest!r} is no image digest: nothing was deployed")
    return digest


def _pushed(ecr: Any, repository: str, tag: str) -> str | None:
    try:
        answer = ecr.describe_images(repositoryName=repository, imageIds=[{"imageTag": tag}])
    except ClientError as error:
        if code(error) == "ImageNotFoundException":
            return None
        raise
    found = answer.get("imageDetails") or [{}]
    return checked(str(found[0].get("imageDigest")), f"{repository}:{tag}")
