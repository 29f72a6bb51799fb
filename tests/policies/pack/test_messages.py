"""What a refused preview says: each row of the failure list, and each attack that a policy answers."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from rules.pack.config import Configuration

from tests.policies.cases import secrets as secret_cases
from tests.policies.cases.compute import RANDOM, containers, variable
from tests.policies.cases.iam import document, github
from tests.policies.cases.machines import LEAKY, packed, squeezed
from tests.policies.judge import STRICT, Entry, judge, judge_stack
from tests.policies.ours import ours

INSTANCE = "aws:rds/instance:Instance"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
PARAMETER = "aws:ssm/parameter:Parameter"
SECRET = "aws:secretsmanager/secret:Secret"
KEY = "aws:kms/key:Key"
SECRET_POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
FUNCTION = "aws:lambda/function:Function"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
PROD = Configuration(environment="prod", account_id="111122223333")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def said(rule: str, type_: str, config: Configuration = STRICT, **change: Any) -> str:
    """The one message of ``rule`` on our own resource with a change."""
    (finding,) = judge(type_, {**ours(type_), **change}, config=config, name="it").findings[rule]
    return finding.message


def stack_said(rule: str, **change: Entry | None) -> list[str]:
    """The messages of a stack rule on the compliant stack of readers with a change."""
    entries = {
        **secret_cases.STACKS["readers"],
        **{key.replace("_", "-"): one for key, one in change.items()},
    }
    kept = {name: entry for name, entry in entries.items() if entry is not None}
    return [finding.message for finding in judge_stack(kept).findings.get(rule, [])]


@pytest.mark.failure(9)
def test_too_few_days_of_backups_are_told_the_minimum() -> None:
    assert (
        said("rds-backup-7d", INSTANCE, backupRetentionPeriod=3)
        == "it: backup_retention_period: minimum 7 (A42)"
    )


@pytest.mark.failure(11)
def test_switching_encryption_is_told_the_way_through_a_snapshot() -> None:
    assert "restore an encrypted snapshot copy" in said(
        "rds-storage-encrypted", INSTANCE, storageEncrypted=False
    )


@pytest.mark.failure(15)
def test_a_path_of_another_environment_is_told_not_to_mix() -> None:
    message = said("own-secret-env-name", PARAMETER, PROD, name="/cinematch/staging/db-password")
    assert (
        message == "it: name names another environment (B43); environments must not mix: use this stack's own"
    )


@pytest.mark.failure(18)
def test_a_misspelt_secret_is_offered_the_declared_name() -> None:
    declared = Configuration(secrets=("aiponge/entry-encryption-key", "aiponge/jwt-secret"))
    message = said("own-secret-declared", SECRET, declared, name="aiponge/entry_encryption_key")
    assert "not in the catalogue, did you mean aiponge/entry-encryption-key?" in message


@pytest.mark.failure(19)
@pytest.mark.attack(6)
def test_a_url_with_a_password_in_the_environment_is_named_by_container_and_variable() -> None:
    url = variable("DATABASE_URL", "postgres://user:word@db/app")
    assert said("ecs-no-plain-secrets", TASK, containerDefinitions=url) == (
        "it: user.environment.DATABASE_URL looks like a credential (URL with a password); use secrets"
    )


@pytest.mark.attack(7)
def test_a_secret_looking_name_in_the_environment_is_refused_whatever_its_value() -> None:
    message = said("ecs-no-plain-secrets", TASK, containerDefinitions=variable("JWT_SECRET", "x"))
    assert "user.environment.JWT_SECRET is named like a credential" in message


@pytest.mark.attack(7)
def test_a_secret_looking_name_in_a_functions_environment_is_refused_whatever_its_value() -> None:
    message = said("lambda-no-plain-secrets", FUNCTION, environment={"variables": {"jwtSecret": "x"}})
    assert "environment.jwtSecret is named like a credential" in message


@pytest.mark.attack(6)
def test_a_secret_in_a_functions_environment_is_refused() -> None:
    message = said("lambda-no-plain-secrets", FUNCTION, environment={"variables": {"MOTTO": RANDOM}})
    assert "environment.MOTTO looks like a credential (random text)" in message


@pytest.mark.failure(20)
@pytest.mark.parametrize("cidr", ["::/0", "2000::/3"])
def test_ssh_from_the_world_is_named_by_port(cidr: str) -> None:
    message = said("sg-no-public-ssh", INGRESS, cidrIpv6=cidr, fromPort=22, toPort=22)
    assert message.startswith("it: port 22 is open to the world")
    assert "(B44)" in message


@pytest.mark.failure(20)
@pytest.mark.parametrize("half", ["0.0.0.0/1", "128.0.0.0/1"])
def test_half_the_world_is_the_world(half: str) -> None:
    assert "port 22" in said("sg-no-public-ssh", INGRESS, cidrIpv4=half, fromPort=22, toPort=22)


@pytest.mark.failure(21)
def test_a_wildcard_is_told_to_be_a_name() -> None:
    policy = document({"Action": "secretsmanager:GetSecretValue", "Resource": "*"})
    assert "name the ARN in full" in said("iam-no-data-exfiltration", ROLE_POLICY, policy=policy)


@pytest.mark.failure(22)
def test_a_wide_trust_is_told_what_it_lacks() -> None:
    message = said("own-oidc-pinned", ROLE, assumeRolePolicy=github("repo:owner/app:*"))
    assert "its sub has a wildcard" in message
    assert "lacks repository, environment or ref" in message


@pytest.mark.failure(23)
def test_a_hop_limit_over_one_is_told_who_would_reach_the_role() -> None:
    options = {"httpTokens": "required", "httpPutResponseHopLimit": 2}
    message = said("ec2-imds-hop", TEMPLATE, metadataOptions=options)
    assert message.endswith("hop_limit is not 1: containers would reach the role (T14)")


@pytest.mark.failure(24)
def test_an_alarm_is_followed_to_the_key_that_does_not_let_it_publish() -> None:
    topic = Entry("aws:sns/topic:Topic", {}, {"kmsMasterKeyId": ("data-key",)})
    assert (
        "alarm: topic topic -> key data-key does not grant cloudwatch.amazonaws.com"
        in stack_said("own-alarm-wired", topic=topic)[0]
    )


@pytest.mark.attack(1)
@pytest.mark.parametrize("noun", ["Bytes", "Id", "String"])
def test_a_random_resource_whose_id_is_its_value_makes_no_secret(noun: str) -> None:
    type_ = f"random:index/random{noun}:Random{noun}"
    version = secret_cases.STACKS["readers"]["jwt-version"].but(needs={"secretString": ("leaking",)})
    assert stack_said("own-secret-leaking-random", leaking=Entry(type_, {}), jwt_version=version)


@pytest.mark.attack(5)
@pytest.mark.parametrize("pack", [packed, squeezed])
def test_a_secret_in_user_data_is_found_under_its_packing(pack: Any) -> None:
    # By its kind: packed text that nobody opened would be refused too, as random.
    message = said("own-user-data-secret", TEMPLATE, userData=pack(LEAKY))
    assert "user data holds a credential (assignment to a secret name)" in message


@pytest.mark.attack(8)
@pytest.mark.parametrize(
    ("change", "rule"),
    [({"type": "String"}, "ssm-param-secure"), ({"keyId": "alias/aws/ssm"}, "ssm-param-cmk")],
)
def test_a_parameter_of_the_inventory_is_secure_and_under_our_key(change: dict[str, str], rule: str) -> None:
    declared = Configuration(secrets=(ours(PARAMETER)["name"],))
    assert said(rule, PARAMETER, declared, **change)


@pytest.mark.attack(8)
def test_a_declared_secret_in_clear_is_refused_whatever_its_name_and_value() -> None:
    name = "/cinematch/production/tmdb"
    plain = {"type": "String", "name": name, "value": "words"}
    message = said("ssm-param-secure", PARAMETER, Configuration(secrets=(name,)), **plain)
    assert "a declared secret is stored as plain text" in message


@pytest.mark.attack(9)
def test_a_version_on_a_rotated_secret_is_refused() -> None:
    version = secret_cases.STACKS["readers"]["jwt-version"].but(needs={"secretId": ("url",)})
    assert stack_said("own-secret-one-owner", jwt_version=version)


@pytest.mark.attack(9)
def test_a_version_on_a_secret_that_is_declared_as_rotated_is_refused() -> None:
    declared = Configuration(rotated_secrets=("aiponge/jwt-secret",))
    evaluation = judge_stack(secret_cases.STACKS["readers"], declared)
    (finding,) = evaluation.findings["own-secret-one-owner"]
    assert finding.urn.endswith("::jwt-version")


@pytest.mark.attack(14)
@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}])
def test_a_secret_policy_for_everybody_is_refused(principal: Any) -> None:
    opened = document({"Principal": principal, "Action": "secretsmanager:GetSecretValue", "Resource": "*"})
    assert said("secret-policy-not-public", SECRET_POLICY, policy=opened)


@pytest.mark.attack(14)
@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}])
def test_a_key_policy_for_everybody_is_refused(principal: Any) -> None:
    opened = document({"Principal": principal, "Action": "kms:Decrypt", "Resource": "*"})
    assert said("kms-policy-no-wildcard", KEY, policy=opened)


@pytest.mark.attack(14)
@pytest.mark.parametrize("type_", [SECRET_POLICY, KEY, ROLE_POLICY])
@pytest.mark.parametrize("principal", ["arn:aws:iam::999988887777:root", "999988887777"])
def test_a_policy_for_another_account_is_refused(type_: str, principal: str) -> None:
    lent = document({"Principal": {"AWS": [principal]}, "Action": "kms:Decrypt", "Resource": "*"})
    assert said("own-secret-env-name", type_, PROD, policy=lent).startswith(
        "it: policy names another account"
    )


@pytest.mark.attack(14)
def test_a_policy_for_our_own_account_by_its_number_is_let_through() -> None:
    own = document({"Principal": {"AWS": PROD.account_id}, "Action": "kms:Decrypt", "Resource": "*"})
    evaluation = judge(KEY, {**ours(KEY), "policy": own}, config=PROD)
    assert "own-secret-env-name" not in evaluation.findings


@pytest.mark.attack(15)
def test_a_role_that_may_read_what_its_task_does_not_name_is_refused() -> None:
    policy = secret_cases.STACKS["readers"]["exec-policy"].but(needs={"policy": ("jwt", "url")})
    (message,) = stack_said("own-secret-readers", exec_policy=policy)
    assert "may read url without naming it" in message
    assert "has url too" in stack_said("own-exec-role-scope", exec_policy=policy)[0]


@pytest.mark.attack(15)
def test_a_pipeline_that_may_read_a_secret_is_refused() -> None:
    policy = secret_cases.STACKS["readers"]["deploy-policy"].but(needs={"policy": ("jwt",)})
    assert "a pipeline may read jwt" in stack_said("own-ci-no-secret-read", deploy_policy=policy)[0]


@pytest.mark.attack(6)
@pytest.mark.parametrize(
    ("type_", "key"),
    [
        (TASK, "containerDefinitions"),
        (FUNCTION, "environment"),
        (SECRET, "tags"),
        (SECRET, "description"),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", "alarmDescription"),
    ],
)
@pytest.mark.parametrize(
    "spell",
    [str, lambda text: text.encode().hex(), _base64, lambda text: _base64(f"see {text}")],
    ids=["plain", "hex", "base64", "packed"],
)
def test_a_value_of_the_stack_in_any_text_is_refused(type_: str, key: str, spell: Any) -> None:
    value = secret_cases.STACKS["readers"]["jwt-version"].props["secretString"]
    leak = Entry(type_, {key: {"note": f"see {spell(value)}"}})
    (message,) = stack_said("own-secret-leak", leak=leak)
    assert message.startswith(f"leak: {key} holds the value of a secret")


@pytest.mark.accepts("A8")
def test_a_secret_is_injected_by_its_full_arn() -> None:
    short = json.loads(containers())[0]
    short["secrets"] = [{"name": "JWT_SECRET", "valueFrom": "aiponge/jwt-secret"}]
    message = said("own-env-secret-value", TASK, containerDefinitions=json.dumps([short]))
    assert "user.secrets.JWT_SECRET is not taken from a full ARN" in message
