"""Tests of the pattern evaluator against the examples in AWS's documentation."""

from __future__ import annotations

import json

import pytest

from tests.components.monitoring.filter_patterns import PatternError, matches

ERRORS = {
    400: "[ERROR 400] BAD REQUEST",
    401: "[ERROR 401] UNAUTHORIZED REQUEST",
    419: "[ERROR 419] MISSING ARGUMENTS",
    420: "[ERROR 420] INVALID ARGUMENTS",
    500: "[ERROR 500] INTERNAL SERVER ERROR",
}
TRAIL = json.dumps(
    {
        "eventType": "UpdateTrail",
        "sourceIPAddress": "111.111.111.111",
        "arrayKey": ["value", "another value"],
        "objectList": [{"name": "a", "id": 1}, {"name": "b", "id": 2}],
        "SomeObject": None,
        "ThisFlag": True,
    }
)
PEOPLE = json.dumps(
    {
        "user": {"id": 1, "email": "John.Stiles@example.com"},
        "users": [
            {"id": 2, "email": "John.Doe@example.com"},
            {"id": 3, "email": "Jane.Doe@example.com"},
        ],
        "actions": ["GET", "PUT", "DELETE"],
        "coordinates": [[0, 1, 2], [4, 5, 6], [7, 8, 9]],
    }
)


@pytest.mark.parametrize(
    ("pattern", "codes"),
    [
        ("ERROR", {400, 401, 419, 420, 500}),
        ("ERROR ARGUMENTS", {419, 420}),
        ("?ERROR ?ARGUMENTS", {400, 401, 419, 420, 500}),
        ("?BAD ?MISSING", {400, 419}),
        ('"INTERNAL SERVER ERROR"', {500}),
        ("ERROR -ARGUMENTS", {400, 401, 500}),
        ('ERROR -"INTERNAL SERVER"', {400, 401, 419, 420}),
        ('" "', {400, 401, 419, 420, 500}),
        ("", {400, 401, 419, 420, 500}),
        ("error", set()),
        ("?ERROR ?ARGUMENTS REQUEST", {400, 401}),
    ],
)
def test_plain_terms_match_as_documented(pattern: str, codes: set[int]) -> None:
    assert {code for code, line in ERRORS.items() if matches(pattern, line)} == codes


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        ("ERROR", "Exiting with ERRORCODE: -1"),
        ("ERROR Exception", "[ERROR] Caught IllegalArgumentException"),
        ('"Failed to process the request"', "[WARN] Failed to process the request"),
        ("?ERROR ?WARN", "WARN message"),
        ("ERROR WARN", "ERROR WARN message"),
        ("?ERROR ?ARGUMENTS REQUEST", "[INFO] REQUEST FAILED"),
    ],
)
def test_terms_match_inside_words_and_in_any_order(pattern: str, line: str) -> None:
    assert matches(pattern, line)


def test_an_excluded_term_rules_a_line_out() -> None:
    assert not matches('"ERROR" - "Exiting"', "Exiting with ERRORCODE: -1")
    assert not matches("ERROR -WARN", "ERROR WARN message")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ('{ $.eventType = "UpdateTrail" }', True),
        ("{ $.eventType = UpdateTrail }", True),
        ('{ $.eventType != "UpdateTrail" }', False),
        ("{ $.sourceIPAddress != 123.123.* }", True),
        ("{ $.sourceIPAddress != 111.111.* }", False),
        ('{ $.arrayKey[0] = "value" }', True),
        ('{ $.arrayKey[1] = "value" }', False),
        ("{ $.objectList[1].id = 2 }", True),
        ("{ $.objectList[1].id = 1 }", False),
        ("{ $.SomeObject IS NULL }", True),
        ("{ $.eventType IS NULL }", False),
        ("{ $.SomeOtherObject NOT EXISTS }", True),
        ("{ $.SomeObject NOT EXISTS }", False),
        ("{ $.ThisFlag IS TRUE }", True),
        ("{ $.ThisFlag IS FALSE }", False),
        ("{ $.eventType = * }", True),
    ],
)
def test_selectors_match_as_documented(pattern: str, expected: bool) -> None:
    assert matches(pattern, TRAIL) is expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ('{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }', True),
        ('{ ($.user.id = 2 && $.users[0].email = "nonmatch") || $.actions[2] = "GET" }', False),
        (
            '{ $.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch '
            "&& $.actions[2] = nomatch }",
            True,
        ),
        (
            '{ ($.user.email = "John.Stiles@example.com" || $.coordinates[0][1] = nonmatch) '
            "&& $.actions[2] = nomatch }",
            False,
        ),
    ],
)
def test_and_binds_before_or(pattern: str, expected: bool) -> None:
    assert matches(pattern, PEOPLE) is expected


@pytest.mark.parametrize(
    ("pattern", "line", "expected"),
    [
        ("{ $.bandwidth > 75 }", '{"bandwidth": 76}', True),
        ("{ $.bandwidth > 75 }", '{"bandwidth": 75}', False),
        ("{ $.latency < 50 }", '{"latency": 49.9}', True),
        ("{ $.refreshRate >= 60 }", '{"refreshRate": 60}', True),
        ("{ $.responseTime <= 5 }", '{"responseTime": 5.5}', False),
        ("{ $.errorCode = 400}", '{"errorCode": 400}', True),
        ("{ $.errorCode != 500 }", '{"errorCode": 400}', True),
        ("{ $.errorCode != 500 }", '{"errorCode": 500}', False),
        ("{ $.number[0] = 1e-3 }", '{"number": [0.001]}', True),
        ("{ $.number[0] != 1e+3 }", '{"number": [1000]}', False),
        ("{ $.numbers[0] < 10e3 }", '{"numbers": [9999]}', True),
        ("{ $.numbers[0] < 10e-3 }", '{"numbers": [1]}', False),
        ("{ $.processes[4].averageRuntime <= 55.5 }", '{"processes": [1]}', False),
        ("{ $.latency > +1000 }", '{"latency": 1001}', True),
        ("{ $.latency > 100 }", '{"latency": "101"}', False),
        ("{ $.errorCode = 4* }", '{"errorCode": 404}', True),
    ],
)
def test_numbers_compare_as_documented(pattern: str, line: str, expected: bool) -> None:
    assert matches(pattern, line) is expected


@pytest.mark.parametrize("operator", ["=", "!="])
@pytest.mark.parametrize("line", ['{"users": [1, 2, 3]}', '{"users": {"a": 1}}', "{}", '{"users": null}'])
def test_a_list_an_object_or_nothing_fails_every_comparison(operator: str, line: str) -> None:
    assert not matches(f"{{ $.users {operator} 1 }}", line)


@pytest.mark.parametrize(
    ("value", "matching", "other"),
    [
        ("*Event", "PutEvent", "PutEvents"),
        ("Event*", "EventName", "MyEvent"),
        ("Ev*ent", "Ev*ent", "Evxent"),
        ("*vent*", "PutEvents", "Put"),
    ],
)
def test_a_star_is_a_wildcard_at_the_ends_only(value: str, matching: str, other: str) -> None:
    pattern = f'{{ $.name = "{value}" }}'
    assert matches(pattern, json.dumps({"name": matching}))
    assert not matches(pattern, json.dumps({"name": other}))


@pytest.mark.parametrize("line", ["not json", "", "[1, 2]", 'INFO {"a": 1}', '"a"'])
def test_only_a_json_object_matches_a_selector(line: str) -> None:
    assert not matches("{ $.a NOT EXISTS }", line)


@pytest.mark.parametrize(
    "pattern",
    [
        "{ $.a EXISTS }",
        "{ $.a IS NOT NULL }",
        '{ $.a = "b" ',
        '{ ($.a = "b" }',
        '{ $.a = "b" || }',
        '{ a = "b" }',
        '{ $.a > "b" }',
        "{ $.a = two words }",
        "[ip, user]",
        "%regex%",
        "pg_hba.conf",
        '{ $.a = "' + "b" * 1024 + '" }',
    ],
)
def test_what_cloudwatch_refuses_or_nobody_checked_is_an_error(pattern: str) -> None:
    with pytest.raises(PatternError):
        matches(pattern, "{}")
