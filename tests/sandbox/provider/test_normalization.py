"""What AWS stores otherwise than it was given is a difference in a refresh and in the next update."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox.toy import ops, project, sandbox

SUBSCRIPTION = """
topic = aws.sns.Topic("topic", name="t")
aws.rds.EventSubscription("one", name="{name}", sns_topic=topic.arn, source_type="db-instance")
"""
DATABASE = """
aws.rds.Instance(
    "one", identifier="{identifier}", engine="postgres", engine_version="16.3", instance_class="db.t4g.micro",
    allocated_storage=20, username="admin_user", manage_master_user_password=True, skip_final_snapshot=True,
)
"""
FORCED = """
aws.rds.ParameterGroup("one", name="one", family="postgres16",
    parameters=[{{"name": "rds.force_ssl", "value": "1", "apply_method": "{method}"}}])
"""
CACHE = """
aws.elasticache.ParameterGroup("one", name="one", family="valkey8",
    parameters=[{{"name": "maxmemory-policy", "value": "{policy}"}}])
"""
RUNTIME = """
detector = aws.guardduty.Detector("detector", enable=True)
aws.guardduty.DetectorFeature("one", detector_id=detector.id, name="RUNTIME_MONITORING", status="ENABLED",
    additional_configurations=[{{"name": name, "status": "ENABLED"}} for name in {agents}])
"""
AGENTS = ["EC2_AGENT_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT"]
CASES = [
    pytest.param(SUBSCRIPTION, {"name": "AL16"}, {"name": "al16"}, "name", id="subscription"),
    pytest.param(DATABASE, {"identifier": "Main"}, {"identifier": "main"}, "identifier", id="database"),
    pytest.param(FORCED, {"method": "immediate"}, {"method": "pending-reboot"}, "parameters", id="force_ssl"),
    pytest.param(CACHE, {"policy": "volatile-lru"}, {"policy": "allkeys-lru"}, "parameters", id="cache"),
    pytest.param(
        RUNTIME,
        {"agents": AGENTS},
        {"agents": [*AGENTS, "EKS_ADDON_MANAGEMENT"]},
        "additionalConfigurations",
        id="guardduty",
    ),
]


@pytest.mark.parametrize(("program", "wrong", "right", "property_"), CASES)
def test_an_input_that_aws_stores_otherwise_is_a_difference_after_every_update(
    tmp_path: Path, program: str, wrong: dict[str, object], right: dict[str, object], property_: str
) -> None:
    with sandbox(project(tmp_path, program.format_map(wrong))) as here:
        assert here.up().error == ""
        refreshed = here.refresh()
        (step,) = [one for one in refreshed.steps if one.op == "update"]
        assert (step.name, step.changed) == ("one", (property_,))
        assert ops(here.preview())["one"] in ("update", "replace")


@pytest.mark.parametrize(("program", "wrong", "right", "property_"), CASES)
def test_an_input_as_aws_stores_it_is_none(
    tmp_path: Path, program: str, wrong: dict[str, object], right: dict[str, object], property_: str
) -> None:
    with sandbox(project(tmp_path, program.format_map(right))) as here:
        assert here.up().error == ""
        assert here.refresh().counts.keys() == {"same"}
        assert here.up().counts.keys() == {"same"}


def test_a_name_that_rds_stores_otherwise_makes_the_second_update_fail(tmp_path: Path) -> None:
    """The replacement cannot be created while what it replaces has its name."""
    with sandbox(project(tmp_path, SUBSCRIPTION.format(name="AL16"))) as here:
        here.up()
        here.refresh()
        assert "already exist" in here.up().error


def test_a_static_parameter_is_not_applied_immediately(tmp_path: Path) -> None:
    parameter = '{"name": "shared_preload_libraries", "value": "pgaudit", "apply_method": "immediate"}'
    program = f'aws.rds.ParameterGroup("one", name="one", family="postgres16", parameters=[{parameter}])'
    with sandbox(project(tmp_path, program)) as here:
        result = here.up()
    assert "cannot use immediate apply method for static parameter shared_preload_libraries" in result.error
