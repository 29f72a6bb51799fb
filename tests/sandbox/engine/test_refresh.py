"""A refresh takes into the state what happened in AWS without it."""

from __future__ import annotations

from pathlib import Path

from tests.sandbox.toy import ops, project, sandbox

PROGRAM = """
topic = aws.sns.Topic("topic", name="t")
queue = "arn:aws:sqs:eu-west-1:111122223333:q"
aws.sns.TopicSubscription("subscription", topic=topic.arn, protocol="sqs", endpoint=queue)
aws.ssm.Parameter("parameter", name="/p", type="String", value="one", tags={"a": "b"},
                  opts=pulumi.ResourceOptions(ignore_changes=["value"], depends_on=[topic]))
"""


def test_a_deleted_resource_leaves_the_state_and_the_dependencies_of_others(tmp_path: Path) -> None:
    with sandbox(project(tmp_path, PROGRAM)) as here:
        here.up()
        topic = next(one for one in here.state.resources.values() if one.name == "topic")
        here.client("sns").delete_topic(TopicArn=topic.id)
        result = here.refresh()
        assert ops(result)["topic"] == "delete"
        assert all(topic.urn not in one.needs() for one in here.state.resources.values())
        again = here.up()
        assert again.exit_code == 0, again.error
        assert ops(again)["topic"] == "create"
        assert here.client("sns").get_topic_attributes(TopicArn=topic.id)


def test_a_change_of_an_ignored_property_is_not_taken_over(tmp_path: Path) -> None:
    with sandbox(project(tmp_path, PROGRAM)) as here:
        here.up()
        here.client("ssm").put_parameter(Name="/p", Value="two", Type="String", Overwrite=True)
        assert ops(here.refresh())["parameter"] == "same"


def test_a_preview_shows_the_change_and_leaves_the_state(tmp_path: Path) -> None:
    with sandbox(project(tmp_path, PROGRAM)) as here:
        here.up()
        ssm = here.client("ssm")
        ssm.remove_tags_from_resource(ResourceType="Parameter", ResourceId="/p", TagKeys=["a"])
        assert ops(here.refresh(preview=True))["parameter"] == "update"
        assert ops(here.up())["parameter"] == "same"
        assert ops(here.refresh())["parameter"] == "update"
        assert ops(here.up())["parameter"] == "update"


def test_a_refresh_shows_no_secret(tmp_path: Path) -> None:
    program = """
    value = pulumi.Output.secret("canary-value")
    aws.ssm.Parameter("p", name="/p", type="SecureString", value=value)
    """
    with sandbox(project(tmp_path, program)) as here:
        here.up()
        here.client("ssm").put_parameter(Name="/p", Value="by-hand", Type="SecureString", Overwrite=True)
        assert ops(here.refresh())["p"] == "update"
        (parameter,) = [one for one in here.state.resources.values() if one.name == "p"]
        assert parameter.inputs["value"] == "by-hand"
        assert "value" in parameter.hidden
