"""The commands of the deploy workflows: ``python -m deploy image|migrate|service|host``.

Settings come from the environment, as GitHub passes them; ``.github/actions/deploy`` lists them.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from deploy import image, one_off_task
from deploy.aws import client
from deploy.contract import Contract
from deploy.errors import DeployError, words
from deploy.host import Hosts
from deploy.service import Service
from deploy.waiting import Wait, complain, say

Environment = Mapping[str, str]
MAX_MINUTES = 55
"""A session lasts one hour."""
MAX_TASKS = 5000
"""What ECS takes as the desired count of a service."""


def _contract(env: Environment) -> Contract:
    return Contract(client("ssm"), env["CONTRACT"])


def _number(env: Environment, name: str, most: int) -> int:
    """The whole number of a variable, from 1 to ``most``."""
    value = env[name]
    if not re.fullmatch(r"[0-9]{1,6}", value) or not 1 <= int(value) <= most:
        raise DeployError(f"{name}={value!r}: give a whole number from 1 to {most}: nothing was deployed")
    return int(value)


def _wait(env: Environment, most: int = MAX_MINUTES // 2) -> Wait:
    """With time to roll back within the session, unless ``most`` says otherwise."""
    return Wait(timeout_s=60 * _number(env, "TIMEOUT_MINUTES", most))


def _image(env: Environment) -> str:
    """The image, which is named by its digest: a tag may name another one later."""
    image.checked(env["IMAGE"].rpartition("@")[2], env["IMAGE"])
    return env["IMAGE"]


def _build(env: Environment) -> None:
    """Build and push the image, and write ``image=`` to GitHub's output file."""
    contract = _contract(env)
    if env.get("SERVICE"):
        url = str(contract.service(env["SERVICE"])["repositoryUrl"])
        digest = image.in_ecr(client("ecr"), url, env["GITHUB_SHA"], env["CONTEXT"])
    else:
        url = str(contract.fact("repositoryUrl"))
        image.login(None, env.get("DOCKERHUB_USERNAME", ""), env.get("DOCKERHUB_TOKEN", ""))
        digest = image.build_and_push(f"{url}:{env['GITHUB_SHA']}", env["CONTEXT"])
    with open(env["GITHUB_OUTPUT"], "a", encoding="utf-8") as output:
        output.write(f"image={url}@{digest}\n")


def _service(env: Environment, contract: Contract) -> Service:
    return Service(
        client("ecs"),
        str(contract.fact("clusterName")),
        contract.service(env["SERVICE"]),
        _number(env, "FIRST_TASKS", MAX_TASKS),
    )


def _migrate(env: Environment) -> None:
    """Run the one-off task, unless an interrupted job has already deployed the image that follows it."""
    wait, new = _wait(env, MAX_MINUTES), _image(env)
    contract = _contract(env)
    service = _service(env, contract)
    if service.deployed(new):
        say(f"{service.name} is deployed with this image already: {env['MIGRATE']} is not run again")
        return
    facts = contract.one_off_task(env["MIGRATE"], env["SERVICE"])
    one_off_task.run(service.ecs, service.cluster, env["MIGRATE"], facts, new, wait)


def _update(env: Environment) -> None:
    """Deploy the image to the service."""
    wait, new = _wait(env), _image(env)
    service = _service(env, _contract(env))
    definition = service.deployed(new)
    if definition:
        service.watch(definition, wait)
    else:
        service.deploy(new, wait)


def _host(env: Environment) -> None:
    """Deploy the image to the Docker hosts."""
    digest = _image(env).rpartition("@")[2]
    Hosts(client("ssm"), _contract(env)).deploy(digest, env["HEALTH"], _wait(env))


@dataclass(frozen=True)
class _Command:
    run: Callable[[Environment], None]
    needs: tuple[str, ...]
    """The variables that must be set."""


COMMANDS: Mapping[str, _Command] = {
    "image": _Command(_build, ("CONTRACT", "CONTEXT", "GITHUB_SHA", "GITHUB_OUTPUT")),
    "migrate": _Command(
        _migrate, ("CONTRACT", "SERVICE", "IMAGE", "MIGRATE", "FIRST_TASKS", "TIMEOUT_MINUTES")
    ),
    "service": _Command(_update, ("CONTRACT", "SERVICE", "IMAGE", "FIRST_TASKS", "TIMEOUT_MINUTES")),
    "host": _Command(_host, ("CONTRACT", "IMAGE", "HEALTH", "TIMEOUT_MINUTES")),
}


def main(arguments: list[str], env: Environment) -> int:
    """Run one command; 0 if the application runs the image, 1 if not, 2 for a wrong call."""
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        complain(f"usage: python -m deploy {'|'.join(COMMANDS)}")
        return 2
    command = COMMANDS[arguments[0]]
    if missing := [name for name in command.needs if not env.get(name)]:
        complain(f"{', '.join(missing)} not set: see the inputs in .github/actions/deploy/action.yml")
        return 2
    try:
        command.run(env)
    except DeployError as error:
        complain(str(error))
        return 1
    except (ClientError, BotoCoreError) as error:
        complain(f"AWS: {words(error)}")
        return 1
    except KeyboardInterrupt:
        complain("interrupted: what was begun goes on in AWS. Run this job again to watch it")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
