"""Tests of the log groups' checks: existence, retention, encryption, masking and metric filters."""

from __future__ import annotations

import pytest

from tests.ops.live import Live, Make, Undo

GROUP = "/aiponge/staging/user"


def kept_for_ever(live: Live) -> Undo:
    logs = live.client("logs")
    before = logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"][0]["retentionInDays"]
    logs.delete_retention_policy(logGroupName=GROUP)
    return lambda: logs.put_retention_policy(logGroupName=GROUP, retentionInDays=before)


def kept_a_day(live: Live) -> Undo:
    logs = live.client("logs")
    before = logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"][0]["retentionInDays"]
    logs.put_retention_policy(logGroupName=GROUP, retentionInDays=1)
    return lambda: logs.put_retention_policy(logGroupName=GROUP, retentionInDays=before)


def _made_by_hand(name: str) -> Make:
    def make(live: Live) -> Undo:
        logs = live.client("logs")
        logs.create_log_group(logGroupName=name)
        logs.put_retention_policy(logGroupName=name, retentionInDays=365)
        return lambda: logs.delete_log_group(logGroupName=name)

    return make


def _filter_deleted(group: str, metric: str) -> Make:
    def make(live: Live) -> Undo:
        logs = live.client("logs")
        listed = logs.describe_metric_filters(logGroupName=group)["metricFilters"]
        one = next(each for each in listed if each["metricTransformations"][0]["metricName"] == metric)
        logs.delete_metric_filter(logGroupName=group, filterName=one["filterName"])
        return lambda: logs.put_metric_filter(
            logGroupName=group,
            filterName=one["filterName"],
            filterPattern=one["filterPattern"],
            metricTransformations=one["metricTransformations"],
        )

    return make


filter_deleted = _filter_deleted(GROUP, "AuthFailure")


A40 = pytest.mark.accepts("A40")
SLIPS = [
    pytest.param(kept_for_ever, "logs-kept", marks=A40),
    pytest.param(kept_a_day, "logs-kept", marks=A40),
    pytest.param(_made_by_hand("/aiponge/staging/by-hand"), "logs-encrypted", marks=A40, id="own_path"),
    pytest.param(_made_by_hand("/aws/lambda/aiponge-by-hand"), "logs-encrypted", marks=A40, id="lambda"),
    pytest.param(filter_deleted, "logs-counted", marks=pytest.mark.accepts("A44", "A48")),
    pytest.param(
        _filter_deleted("/aiponge/staging/trail", "NewCredentials"), "alarms-fed", marks=A40, id="trail"
    ),
]


@pytest.mark.parametrize(("slip", "slug"), SLIPS)
def test_each_slip_of_a_log_is_found_by_its_check(live: Live, slip: Make, slug: str) -> None:
    assert {one.check for one in live.findings_of(slip)} == {slug}


@pytest.mark.accepts("A40")
def test_a_log_of_somebody_else_is_none_of_ours(live: Live) -> None:
    assert live.findings_of(_made_by_hand("/another/application")) == []


@pytest.mark.accepts("A44", "A45", "A48", "A49", "A50")
def test_a_missing_count_names_the_rows_it_answers_for(live: Live) -> None:
    (finding,) = live.findings_of(filter_deleted)
    assert (finding.subject, finding.problem) == (GROUP, "has no metric filter for AuthFailure")
    assert finding.requirements == ("A44", "A48")
