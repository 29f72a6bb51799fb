"""Checks that no tracked file contains a secret, and that no value of a running stack leaves its store."""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from secret_detection import credential, layers, scan

from cli.report_page import source_of
from ops.checks.verify import verify
from ops.checks.verify.secrets.leaks import spellings
from ops.core.aws_state import AwsState
from report.collect import collect
from report.render import page
from sandbox import Result, Sandbox, report, samples
from sandbox.formats import json_document
from sandbox.redaction import MASK
from settings.stack_file import ROOT
from tests.accounts import own_account
from tests.components.host.host_stack import PRODUCTION, STAGING
from tests.program import STACKS
from tests.source_files import source_files

OF_APPLICATIONS = re.compile(r"aiponge|cinematch|NODE_ENV|node\W{1,6}-e\b", re.IGNORECASE)
"""The shipped applications, and the runtime of one of them."""
ASSIGNED = "assignment to a secret name"
LOOKALIKES = {
    "components/data/cache.py": {"URL with a password"},  # the shape of a URL, in words
    "sandbox/provider/types/data/s3.py": {"random text"},  # a hosted zone of AWS's own
    "tools/go/actionlint/go.sum": {"random text"},  # hashes of modules
    "tools/go/pulumi/go.sum": {"random text"},
}
CONFIGURED = [
    *(f"Pulumi.{stack}.yaml" for stack in STACKS),
    "Pulumi.yaml",
    *(str(path.relative_to(ROOT)) for path in sorted((ROOT / ".github").rglob("*.y*ml"))),
]
PLANTED = {
    "random text": "v7Qm2Xr9LkT4bZs8Wc1Yp6Hd3Nf5Gj0Ae",
    "AWS access key": "AKIA" + "J3QZ7L2MNP5RSTUV",
    "packed": base64.b64encode(gzip.compress(("AKIA" + "J3QZ7L2MNP5RSTUV").encode())).decode(),
}


def tracked() -> list[str]:
    # Tests contain values on purpose.
    return [path for path in source_files(ROOT) if not path.startswith("tests/")]


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a YAML document, with its path."""
    if isinstance(node, dict):
        for key, inner in node.items():
            yield from leaves(inner, f"{path}.{key}")
    elif isinstance(node, list):
        for number, inner in enumerate(node):
            yield from leaves(inner, f"{path}[{number}]")
    elif isinstance(node, str):
        yield path, node


def looks_secret(text: str) -> list[str]:
    """The paths in a YAML document with values that look like a credential."""
    return [path for path, leaf in leaves(yaml.safe_load(text)) if credential(leaf)]


@pytest.mark.accepts("B1", "B2", "B45")
def test_no_tracked_file_holds_a_credential() -> None:
    found = {}
    for path in tracked():
        # Code assigns to names of secrets; the assigned values are checked by format and entropy.
        if kinds := set(scan((ROOT / path).read_text(errors="replace"))) - {ASSIGNED}:
            found[path] = kinds
    assert found == LOOKALIKES


@pytest.mark.accepts("B1", "B2")
@pytest.mark.parametrize("path", CONFIGURED)
def test_no_stack_file_and_no_workflow_holds_a_credential(path: str) -> None:
    assert looks_secret((ROOT / path).read_text()) == []


@pytest.mark.parametrize("value", PLANTED.values(), ids=PLANTED)
@pytest.mark.parametrize("path", [f"Pulumi.{PRODUCTION}.yaml", ".github/workflows/deploy-host.yml"])
def test_a_credential_that_somebody_adds_is_seen(path: str, value: str) -> None:
    document = yaml.safe_load((ROOT / path).read_text())
    document["planted"] = {"here": [value]}
    assert looks_secret(yaml.safe_dump(document)) == [".planted.here[0]"]


@pytest.mark.parametrize("package", ["components", "ops", "policies", "settings"])
def test_the_program_knows_no_application(package: str) -> None:
    found = {
        path: words
        for path in tracked()
        if path.startswith(f"{package}/")
        and (words := set(OF_APPLICATIONS.findall((ROOT / path).read_text())))
    }
    assert found == {}


# --- a canary in every place that an operator fills

# Characters that URL, JSON and base64 encode differently.
CANARIES = {
    "tmdb-token": "canary.Tm7db.9fK2mQx7LtVb3Zr8",
    "llm-api-key": 'canary~Llm0/Nw5Yh1+PdQ6sJ4cG2?"\\=%ä',
}
RENEWED = {"tmdb-token": "canary.Tm8db.Jk4WnTz1RcHd7Xq5"}


@dataclass(frozen=True)
class Seen:
    """Everything that is shown or logged by a preview and an update."""

    sandbox: Sandbox
    up: Result
    texts: dict[str, str]


@pytest.fixture(scope="module", params=[PRODUCTION, STAGING])
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    folder: Path = tmp_path_factory.mktemp("canary")
    config = {**own_account(request.param), "strongroom:values": CANARIES}
    with Sandbox(request.param, config=config, state_file=folder / "state.json") as sandbox:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            results = {"preview": sandbox.preview(), "up": sandbox.up(verify=verify)}
            results["diff"] = sandbox.preview({"strongroom:values": RENEWED}, policies=False)
            for name, result in results.items():
                report.plan(result)
                report.outcome(result)
                json_document.write(result, folder / f"{name}.json")
        assert {name: result.error for name, result in results.items()} == dict.fromkeys(results, "")
        assert "Secrets secrets" in out.getvalue()
        assert "update aws:ssm/parameter:Parameter secrets-tmdb-token (value" in out.getvalue()
        up = results["up"]
        texts = {path.name: path.read_text() for path in folder.iterdir()}
        texts |= {"stdout": out.getvalue(), "stderr": err.getvalue()}
        texts |= {"outputs": json.dumps(up.outputs), "repr": repr(results)}
        # Without the mask that `make up` adds: nothing that a report is collected from may hold a value.
        settings = samples.settings_of(sandbox.config(), ROOT)
        assert settings is not None
        aws = AwsState(settings, sandbox.session)
        texts["page"] = page(collect(source_of(sandbox, up, up.verification, aws)))
        yield Seen(sandbox, up, texts)


def values(seen: Seen) -> dict[str, str]:
    """The values in the store: the planted ones, and the generated ones."""
    names = [one.inputs["name"] for one in parameters(seen) if one.inputs["type"] == "SecureString"]
    found = seen.sandbox.client("ssm").get_parameters(Names=names, WithDecryption=True)["Parameters"]
    return {one["Name"].rpartition("/")[2]: one["Value"] for one in found}


def parameters(seen: Seen) -> list[Any]:
    return [one for one in seen.up.resources if one.type == "aws:ssm/parameter:Parameter"]


def held_in(text: str, values: dict[str, str]) -> list[str]:
    """The names of the values that a text contains in any encoding."""
    unpacked = list(layers(text))
    forms = {key: spellings(one) | spellings(json.dumps(one)[1:-1]) for key, one in values.items()}
    return [key for key, some in forms.items() if any(form in it for form in some for it in unpacked)]


@pytest.mark.parametrize(
    "spell",
    [
        str,
        json.dumps,
        lambda text: json.dumps({"inner": json.dumps(text)}),
        lambda text: text.encode().hex(),
        lambda text: quote(text, safe=""),
        lambda text: base64.b64encode(text.encode()).decode(),
        lambda text: base64.b64encode(gzip.compress(text.encode())).decode(),
    ],
    ids=["plain", "json", "json_in_json", "hex", "url", "base64", "packed"],
)
@pytest.mark.parametrize("around", ["{}", "a longer text with {} inside"])
def test_a_value_is_found_in_every_spelling(spell: Callable[[str], str], around: str) -> None:
    for key, value in CANARIES.items():
        assert held_in(spell(around.format(value)), CANARIES) == [key]


@pytest.mark.accepts("B1", "B2", "B22", "B42")
@pytest.mark.attack(2, 3, 4)
def test_no_value_is_in_any_text_of_a_run(seen: Seen) -> None:
    held = values(seen)
    assert {key: held[key] for key in CANARIES} == CANARIES
    assert held.keys() >= {"django-secret-key", "db-password"}
    files = {"state.json", "preview.json", "up.json", "diff.json"}
    assert seen.texts.keys() >= {"stdout", "stderr", "outputs", *files}
    held |= {f"renewed {key}": value for key, value in RENEWED.items()}
    leaks = [(name, key) for name, text in seen.texts.items() for key in held_in(text, held)]
    assert leaks == []
    # Texts that the sandbox masked would have been shown by the real engine.
    assert [name for name, text in seen.texts.items() if MASK in text] == []


@pytest.mark.accepts("B1", "B2")
@pytest.mark.attack(5, 6)
def test_no_value_is_in_any_property_that_was_not_made_for_it(seen: Seen) -> None:
    held = values(seen)
    leaks = [
        (one.name, field, key)
        for one in seen.up.resources
        for props in (one.inputs, one.outputs)
        for field, value in props.items()
        if field not in one.hidden
        for key in held_in(json.dumps(value, default=str), held)
    ]
    assert leaks == []


@pytest.mark.accepts("B29")
def test_no_value_is_in_a_plain_parameter_of_the_running_stack(seen: Seen) -> None:
    client, held = seen.sandbox.client("ssm"), values(seen)
    pages = client.get_paginator("get_parameters_by_path").paginate(Path="/cinematch", Recursive=True)
    plain = [one for page in pages for one in page["Parameters"] if one["Type"] == "String"]
    assert len(plain) > 20
    assert [one["Name"] for one in plain if held_in(one["Value"], held)] == []
