"""The reference page: stack outputs, commands and exit codes, each from the code that defines it."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from typer.main import get_command

from cli.main import app
from components.delivery.deploy_contract import (
    COMMON,
    CONTAINERS,
    CONTRACT_VERSION,
    HOST,
    OPTIONAL,
    SERVICES_IN_A_PARAMETER,
)
from exit_codes import Exit

OUTPUTS: Mapping[str, str] = {
    "contractVersion": "version of this contract",
    "environment": "name of the environment",
    "region": "AWS region",
    "accountId": "AWS account",
    "vpcId": "the VPC",
    "secretArns": "store name to ARN, for each secret",
    "logGroups": "service or tool to log group",
    "alarmTopicArn": "SNS topic of the critical alarms",
    "dashboardUrl": "URL of the CloudWatch dashboard",
    "databaseEndpoint": "host name of PostgreSQL",
    "deployRoleArn": "role that the application's GitHub workflow assumes",
    "redisEndpoint": "host name of the cache",
    "clusterName": "the ECS cluster",
    "services": (
        "service to service name, task family, base task definition, container, port, repository, log group"
    ),
    "oneOffTasks": "task to task definition, subnets, security group",
    "albDnsName": "DNS name of the load balancer",
    "apiUrl": "URL of the load balancer's domain",
    "instanceTag": "tag by which commands find the host",
    "deployDocument": "SSM document that deploys an image, with its version",
    "updateDocument": "SSM document that applies changed parameters, with its version",
    "parameterPath": "path of the application's parameters",
    "appDir": "folder of the application on the host",
    "repositoryUrl": "image repository",
    "siteUrl": "public URL",
    "sessionLogGroup": "log group of Session Manager sessions",
}
_CONDITIONS = {
    "deployRoleArn": "stacks with `strongroom:delivery`",
    "databaseEndpoint": "stacks with a database",
    "redisEndpoint": "stacks with a cache",
    "albDnsName": "containers with a load balancer",
    "apiUrl": "containers with a load balancer",
}
_JSON = {str: "string", int: "number", dict: "object"}
_HEAD = """# Reference

Generated from the code by `make docs`.
"""


def page() -> str:
    """The whole reference as Markdown."""
    return "\n".join([_HEAD, _outputs(), _commands(), _exit_codes()])


def _outputs() -> str:
    scopes: tuple[tuple[Mapping[str, type], str], ...] = (
        (COMMON, "every stack"),
        (OPTIONAL, ""),
        (CONTAINERS, "containers"),
        (HOST, "host"),
    )
    rows = [
        f"| `{name}` | {_JSON[kind]} | {_CONDITIONS.get(name, scope)} | {OUTPUTS[name]} |"
        for outputs, scope in scopes
        for name, kind in outputs.items()
    ]
    return f"""## Stack outputs

Contract version {CONTRACT_VERSION}. No output is secret. Each is also a String parameter of JSON,
`/<application>/<environment>/deploy/<output>`, so that application pipelines need no access to the state. A
change that a reader could notice raises `contractVersion`. A stack with more than {SERVICES_IN_A_PARAMETER}
services has a parameter `deploy/services/<service>` for each of them in place of `deploy/services`.

| output | type | in | value |
| --- | --- | --- | --- |
{_lines(rows)}"""


def _commands() -> str:
    rows = [f"| `{name}` | {text} | {needs} |" for name, text, needs in sorted(_each_command())]
    return f"""## Commands

`strongroom COMMAND` (in `.venv/bin` after `make setup`). All but `up` and `preview` are also
`python -m ops COMMAND`, these two `python -m sandbox COMMAND`. Every command takes `--stack` and `--help`.
Those that change something are dry runs without `--apply`; on a production stack they ask for the stack's
name, or take `--yes --reason TEXT`.

| command | what it does | arguments |
| --- | --- | --- |
{_lines(rows)}"""


def _each_command() -> Iterator[tuple[str, str, str]]:
    """(name, first sentence of the help, positional arguments)."""
    group: Any = get_command(app)
    for name, command in group.commands.items():
        if not command.hidden:
            arguments = [one.name.upper() for one in command.params if one.param_type_name == "argument"]
            yield name, str(command.help).partition("\n")[0], " ".join(arguments)


def _exit_codes() -> str:
    meanings = _attribute_docstrings(Exit)
    rows = [f"| {code.value} | {meanings[code.name]} |" for code in Exit]
    return f"""## Exit codes

Of every command of `strongroom`, `ops` and `sandbox`.

| code | meaning |
| --- | --- |
{_lines(rows)}"""


def _attribute_docstrings(cls: type) -> dict[str, str]:
    """The string under each assignment of a class."""
    body = ast.parse(inspect.getsource(cls)).body[0]
    assert isinstance(body, ast.ClassDef)
    return {
        ast.unparse(one.targets[0]): " ".join(str(two.value.value).split())
        for one, two in zip(body.body, body.body[1:], strict=False)
        if isinstance(one, ast.Assign) and isinstance(two, ast.Expr) and isinstance(two.value, ast.Constant)
    }


def _lines(rows: list[str]) -> str:
    return "\n".join(rows) + "\n"
