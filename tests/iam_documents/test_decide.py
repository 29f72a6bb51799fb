"""Tests of policy evaluation by AWS's documented logic; unsupported elements raise an error."""

from __future__ import annotations

from typing import Any

import pytest

from iam_documents import NotEvaluated, Request, decide, may, may_use_key

ROLE = "arn:aws:iam::111122223333:role/aiponge-exec-user"
SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:aiponge/jwt-secret-AbCdEf"
READ = "secretsmanager:GetSecretValue"


def _document(effect: str = "Allow", **parts: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": effect, "Action": READ, "Resource": SECRET, **parts}]}


def _request(action: str = READ, resource: str = SECRET, **context: Any) -> Request:
    return Request(action, resource, ROLE, context)


@pytest.mark.parametrize(
    ("action", "decision"),
    [
        (READ, "allowed"),
        ("secretsmanager:getsecretvalue", "allowed"),
        ("secretsmanager:Get*", "allowed"),
        ("secretsmanager:*", "allowed"),
        ("*", "allowed"),
        ("secretsmanager:GetSecretValu?", "allowed"),
        ("secretsmanager:Put*", "implicitDeny"),
        (["ssm:*", READ], "allowed"),
    ],
)
def test_actions_match_by_wildcard_and_without_case(action: Any, decision: str) -> None:
    assert decide([_document(Action=action)], _request()) == decision


@pytest.mark.parametrize(
    ("resource", "decision"),
    [
        (SECRET, "allowed"),
        (SECRET.replace("AbCdEf", "??????"), "allowed"),
        (SECRET.replace("AbCdEf", "*"), "allowed"),
        (SECRET.replace("eu-west-1", "*"), "allowed"),
        (SECRET.lower(), "implicitDeny"),
        (SECRET + "X", "implicitDeny"),
        (SECRET.replace("/", "."), "implicitDeny"),
    ],
)
def test_resources_match_by_wildcard_and_with_case(resource: str, decision: str) -> None:
    assert decide([_document(Resource=resource)], _request()) == decision


def test_an_explicit_deny_wins_wherever_it_stands() -> None:
    allow, deny = _document(), _document("Deny")
    assert decide([allow, deny], _request()) == decide([deny, allow], _request()) == "explicitDeny"
    assert not may(_request(), [allow], resource=_document("Deny", Principal="*"))
    assert not may(_request(), [allow], boundary=deny)


def test_not_action_and_not_resource_name_the_exceptions() -> None:
    others = {"Effect": "Deny", "NotAction": [READ], "Resource": "*"}
    assert decide([{"Statement": others}], _request()) == "implicitDeny"
    assert decide([{"Statement": others}], _request("secretsmanager:PutSecretValue")) == "explicitDeny"
    elsewhere = {"Effect": "Deny", "Action": "*", "NotResource": [SECRET]}
    assert decide([{"Statement": elsewhere}], _request()) == "implicitDeny"
    assert decide([{"Statement": elsewhere}], _request(resource="another")) == "explicitDeny"


HOLDS: list[tuple[str, dict[str, Any], dict[str, Any], bool]] = [
    ("StringEquals", {"k": "a"}, {"k": "a"}, True),
    ("StringEquals", {"k": ["b", "a"]}, {"k": "a"}, True),
    ("StringEquals", {"k": "a"}, {"k": "A"}, False),
    ("StringEquals", {"K": "a"}, {"k": "a"}, True),
    ("StringEquals", {"k": "a"}, {}, False),
    ("StringEquals", {"k": "a*"}, {"k": "ab"}, False),
    ("StringEqualsIfExists", {"k": "a"}, {}, True),
    ("StringEqualsIfExists", {"k": "a"}, {"k": "b"}, False),
    ("StringNotEquals", {"k": "a"}, {}, True),
    ("StringNotEquals", {"k": ["a", "b"]}, {"k": "b"}, False),
    ("StringNotEquals", {"k": ["a", "b"]}, {"k": "c"}, True),
    ("StringLike", {"k": "a*"}, {"k": "ab"}, True),
    ("StringNotLike", {"k": "a*"}, {"k": "ab"}, False),
    ("StringEqualsIgnoreCase", {"k": "a"}, {"k": "A"}, True),
    ("ArnLike", {"k": "arn:aws:iam::*:role/x-*"}, {"k": "arn:aws:iam::1:role/x-y"}, True),
    ("ArnLike", {"k": "arn:aws:iam::*"}, {"k": "arn:aws:iam::1:role/x"}, False),
    ("ArnEquals", {"k": "arn:aws:iam::1:role/x"}, {"k": "arn:aws:iam::1:role/xy"}, False),
    ("ArnNotLike", {"k": "arn:aws:iam::1:role/x"}, {"k": "arn:aws:iam::1:role/y"}, True),
    ("Bool", {"k": "false"}, {"k": "false"}, True),
    ("Bool", {"k": True}, {"k": "true"}, True),
    ("Null", {"k": "true"}, {}, True),
    ("Null", {"k": "false"}, {}, False),
    ("Null", {"k": "false"}, {"k": "a"}, True),
    ("IpAddress", {"k": "10.0.0.0/8"}, {"k": "10.1.2.3"}, True),
    ("NotIpAddress", {"k": "10.0.0.0/8"}, {"k": "10.1.2.3"}, False),
    ("NumericLessThan", {"k": "10"}, {"k": "9"}, True),
    ("ForAllValues:StringEquals", {"k": ["a", "b"]}, {"k": ["a", "b"]}, True),
    ("ForAllValues:StringEquals", {"k": ["a"]}, {"k": ["a", "c"]}, False),
    ("ForAllValues:StringEquals", {"k": ["a"]}, {}, True),
    ("ForAnyValue:StringEquals", {"k": ["a"]}, {"k": ["c", "a"]}, True),
    ("ForAnyValue:StringEquals", {"k": ["a"]}, {}, False),
    ("ForAnyValue:StringNotEquals", {"k": ["a"]}, {}, False),
]


@pytest.mark.parametrize(("operator", "wanted", "given", "holds"), HOLDS)
def test_a_condition_holds_as_documented(
    operator: str, wanted: dict[str, Any], given: dict[str, Any], holds: bool
) -> None:
    document = _document(Condition={operator: wanted})
    assert (decide([document], _request(**given)) == "allowed") is holds


def test_all_conditions_of_a_statement_must_hold() -> None:
    document = _document(Condition={"StringEquals": {"a": "1", "b": "2"}, "Bool": {"c": "true"}})
    assert decide([document], _request(a="1", b="2", c="true")) == "allowed"
    assert decide([document], _request(a="1", b="2", c="false")) == "implicitDeny"
    assert decide([document], _request(a="1", c="true")) == "implicitDeny"


def test_an_unknown_operator_is_said_and_not_guessed() -> None:
    with pytest.raises(NotEvaluated):
        decide([_document(Condition={"DateSomehow": {"k": "x"}})], _request(k="x"))
    with pytest.raises(NotEvaluated):
        decide([_document(Condition={"ForSomeValues:StringEquals": {"k": "x"}})], _request(k="x"))


def test_a_policy_variable_stands_for_the_callers_own_value() -> None:
    document = _document(Resource="arn:aws:x:::${aws:PrincipalAccount}/*")
    assert decide([document], _request(resource="arn:aws:x:::111122223333/y")) == "allowed"
    missing = _document(Resource="arn:aws:x:::${aws:PrincipalTag/team}/*")
    assert decide([missing], _request(resource="arn:aws:x:::/y")) == "implicitDeny"


@pytest.mark.parametrize(
    ("principal", "through"),
    [
        ("*", True),
        ({"AWS": "*"}, True),
        ({"AWS": ROLE}, True),
        ({"AWS": [ROLE, "arn:aws:iam::9:role/x"]}, True),
        ({"AWS": ROLE + "x"}, False),
        ({"Service": "ecs.amazonaws.com"}, False),
        # The account as principal only delegates to identity-based policies, which allow nothing here.
        ({"AWS": "arn:aws:iam::111122223333:root"}, False),
        ({"AWS": "111122223333"}, False),
    ],
)
def test_a_resource_policy_lets_in_whom_it_names(principal: Any, through: bool) -> None:
    assert may(_request(), [], resource=_document(Principal=principal)) is through


def test_the_account_in_a_key_policy_needs_the_roles_own_policy_as_well() -> None:
    request = _request("kms:Decrypt", "key")
    account = {"AWS": "arn:aws:iam::111122223333:root"}
    key_policy = _document(Action="kms:*", Resource="*", Principal=account)
    own = _document(Action="kms:Decrypt", Resource="key")
    assert may_use_key(request, [own], key_policy)
    assert not may_use_key(request, [], key_policy)
    assert may_use_key(request, [], _document(Action="kms:*", Resource="*", Principal={"AWS": ROLE}))
    assert not may_use_key(request, [own], _document(Principal={"AWS": ROLE}))


def test_a_boundary_must_allow_too() -> None:
    assert may(_request(), [_document()], boundary=_document(Action="*", Resource="*"))
    assert not may(_request(), [_document()], boundary=_document(Action="ec2:*", Resource="*"))


def test_a_boundary_limits_the_use_of_a_key() -> None:
    request = _request("kms:Decrypt", "key")
    own = _document(Action="kms:Decrypt", Resource="key")
    key_policy = _document(Action="kms:*", Resource="*", Principal={"AWS": ROLE})
    assert may_use_key(request, [own], key_policy, boundary=_document(Action="kms:*", Resource="*"))
    assert not may_use_key(request, [own], key_policy, boundary=_document(Action="ec2:*", Resource="*"))


def test_an_explicit_deny_in_the_roles_own_policy_keeps_a_key_closed() -> None:
    request = _request("kms:Decrypt", "key")
    denied = _document("Deny", Action="kms:Decrypt", Resource="key")
    key_policy = _document(Action="kms:*", Resource="*", Principal={"AWS": ROLE})
    assert may_use_key(request, [], key_policy)
    assert not may_use_key(request, [denied], key_policy)


def test_a_denial_of_another_principal_does_not_concern_the_caller() -> None:
    others = _document("Deny", Principal={"AWS": ROLE + "x"})
    assert may(_request(), [_document()], resource=others)
    key_policy = {
        "Statement": [
            *_document(Action="kms:*", Resource="*", Principal={"AWS": ROLE})["Statement"],
            *_document("Deny", Action="kms:*", Resource="*", Principal={"AWS": ROLE + "x"})["Statement"],
        ]
    }
    assert may_use_key(_request("kms:Decrypt", "key"), [], key_policy)


def test_a_statement_that_does_not_apply_leaves_the_ones_after_it() -> None:
    assert decide([_document(Action="ec2:*"), _document()], _request()) == "allowed"


def test_a_statement_with_no_action_acts_on_nothing() -> None:
    without = {"Statement": [{"Effect": "Allow", "NotResource": "x"}]}
    assert decide([without], _request()) == "implicitDeny"


def test_an_unknown_operator_is_named() -> None:
    with pytest.raises(NotEvaluated, match="DateSomehow"):
        decide([_document(Condition={"DateSomehow": {"k": "x"}})], _request(k="x"))


@pytest.mark.parametrize("variable", ["*", "?", "$"])
def test_an_escaped_wildcard_is_not_evaluated(variable: str) -> None:
    with pytest.raises(NotEvaluated, match="escaped wildcard in arn"):
        decide([_document(Resource="arn:${" + variable + "}")], _request())


@pytest.mark.parametrize(
    "name", ["aws:PrincipalServiceName", "aws:principalservicename", "AWS:PRINCIPALSERVICENAME"]
)
def test_a_service_is_known_by_its_condition_keys_whatever_their_case(name: str) -> None:
    request = Request("sns:Publish", "topic", "cloudwatch.amazonaws.com")
    condition = {
        "StringEquals": {name: "cloudwatch.amazonaws.com"},
        "Bool": {"aws:PrincipalIsAWSService": "true"},
    }
    policy = _document(Action="sns:Publish", Resource="topic", Principal="*", Condition=condition)
    assert decide([policy], request, names_principal=True) == "allowed"


def test_a_service_is_no_role_of_any_account() -> None:
    request = Request("sns:Publish", "topic", "cloudwatch.amazonaws.com", {"aws:SourceAccount": "1"})
    allowed = _document(Action="sns:Publish", Resource="topic", Principal={"Service": [request.principal]})
    assert decide([allowed], request, names_principal=True) == "allowed"
    roles_only = _document(Action="sns:Publish", Resource="topic", Principal={"AWS": "*"})
    assert decide([roles_only], request, names_principal=True) == "implicitDeny"
