"""Commands of the pages run as typed in a checkout, in the sandbox."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator

import pytest

from tests.engine.checkout import Checkout, check_out

START, ENGINE = "docs/getting-started.md", "docs/real-engine.md"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return check_out(tmp_path_factory.mktemp("checkout"))


@pytest.fixture(scope="module")
def kept(checkout: Checkout) -> Iterator[Checkout]:
    """Another shell, after the line that `make up ARGS=--keep` prints for it."""
    process = subprocess.Popen(
        checkout.command(START, "make up ARGS=--keep"),
        cwd=checkout.folder,
        env=checkout.environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    said = ""
    for line in process.stdout:
        said += line
        if line.startswith("export "):
            break
    exported = dict(pair.split("=", 1) for pair in re.findall(r"\w+=\S+", said.splitlines()[-1]))
    assert "AWS_ENDPOINT_URL" in exported, said[-3000:]
    yield Checkout(checkout.folder, {**checkout.environment, **exported})
    os.killpg(process.pid, signal.SIGINT)
    process.wait(60)


def test_make_lists_its_targets(checkout: Checkout) -> None:
    assert "up " in checkout.type("README.md", "make help")


def test_the_engine_is_found(checkout: Checkout) -> None:
    assert checkout.type(ENGINE, "make engine").strip().endswith("/pulumi")


def test_a_preview_of_production_changes_nothing(checkout: Checkout) -> None:
    assert "done: + " in checkout.type(START, "make preview STACK=prod")


def test_a_preview_runs_on_the_engine(checkout: Checkout) -> None:
    assert "done: + " in checkout.type(ENGINE, "make preview ENGINE=pulumi STACK=staging")


def test_an_update_runs_on_the_engine_and_is_verified(checkout: Checkout) -> None:
    said = checkout.type(ENGINE, "make up ENGINE=pulumi STACK=staging")
    assert "verified: " in said
    assert "done: + " in said
    assert "page: build/report/staging.html" in said


def test_the_pack_s_configuration_is_written_as_json(checkout: Checkout) -> None:
    checkout.type("docs/policies.md", "python -m settings.policy_config --stack prod > prod.json")
    assert json.loads((checkout.folder / "prod.json").read_text())


def test_a_kept_stack_is_verified_but_for_the_checks_that_the_page_names(kept: Checkout) -> None:
    said = kept.type(START, ".venv/bin/strongroom verify --stack staging")
    assert " checks, 0 findings" in said
    assert "not checkable in the emulated AWS: account-root" in said
    assert "not checkable in the emulated AWS: attached-s3" in said


def test_the_page_of_a_kept_stack_has_its_findings_and_the_differences_from_another(kept: Checkout) -> None:
    said = kept.type(START, ".venv/bin/strongroom report --stack staging --against prod")
    assert "build/report/staging.html" in said
    page = (kept.folder / "build" / "report" / "staging.html").read_text()
    assert "Differences from prod" in page
    assert "account-root" in page


def test_no_secret_of_a_kept_stack_is_due(kept: Checkout) -> None:
    kept.type(START, ".venv/bin/strongroom due --stack staging")


def test_a_dry_run_of_a_rotation_asks_for_the_outage_to_be_accepted(kept: Checkout) -> None:
    said = kept.type(START, ".venv/bin/strongroom rotate jwt-secret --stack staging", code=3)
    assert "--accept-outage" in said


def test_the_launch_checklist_has_one_open_item(kept: Checkout) -> None:
    said = kept.type(START, ".venv/bin/strongroom launch-checklist --stack staging", code=1)
    assert [line for line in said.splitlines() if line.startswith("[ ] ")] == ["[ ] Restore tested: never"]
