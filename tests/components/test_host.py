"""Host: private, encrypted, without keys to it, replaced when it changes, reader of its own parameters."""

from __future__ import annotations

from typing import Any

import pytest

from components.user_data import SCRIPT
from tests.components.host_stack import PRODUCTION, STAGING
from tests.harness import ACCOUNT, Deployment
from tests.program import shipped

REGION = "eu-west-2"
SECRETS = ("django-secret-key", "db-password", "tmdb-token", "llm-api-key")
READ = ("django-secret-key", "django-secret-key-previous", *SECRETS[1:])
"""With what the host finds after a rotation: docs/decisions/009."""
PLAIN = ("db-host", "db-name", "db-username", "dockerhub-image", "domain-name")
STACKS = pytest.mark.parametrize("name", [PRODUCTION, STAGING])


@pytest.fixture(scope="module")
def production() -> Deployment:
    return shipped(PRODUCTION)


@pytest.fixture(scope="module")
def template(production: Deployment) -> Any:
    return production.only("LaunchTemplate")


@pytest.fixture(scope="module")
def group(production: Deployment) -> Any:
    return production.only("aws:autoscaling/group:Group")


def parameter_arns(environment: str, names: tuple[str, ...]) -> list[str]:
    base = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/cinematch/{environment}"
    return [f"{base}/{name}" for name in names]


@pytest.mark.accepts("B62")
def test_only_the_host_itself_reaches_its_metadata(template: Any) -> None:
    assert template["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 1,
        "httpProtocolIpv6": "disabled",
        "instanceMetadataTags": "disabled",
    }


@pytest.mark.accepts("B15")
def test_there_is_no_key_pair(template: Any) -> None:
    assert "keyName" not in template.inputs


@pytest.mark.accepts("B62")
def test_the_volume_is_encrypted_with_our_key(template: Any) -> None:
    (volume,) = template["blockDeviceMappings"]
    assert volume["ebs"]["encrypted"] == "true"
    assert volume["ebs"]["kmsKeyId"].endswith("keys-data")


@pytest.mark.accepts("B62")
def test_it_has_no_public_address_and_one_group(template: Any) -> None:
    (interface,) = template["networkInterfaces"]
    assert interface["associatePublicIpAddress"] == "false"
    assert len(interface["securityGroups"]) == 1


@pytest.mark.accepts("B62")
def test_it_is_watched_closely_and_not_stopped_by_hand(template: Any) -> None:
    assert template["monitoring"] == {"enabled": True}
    assert template["disableApiTermination"] is True
    assert template["ebsOptimized"] == "true"


@pytest.mark.accepts("B62")
def test_it_is_a_group_of_one_behind_the_load_balancer(group: Any, production: Deployment) -> None:
    assert (group["minSize"], group["desiredCapacity"], group["maxSize"]) == (1, 1, 1)
    assert group["healthCheckType"] == "ELB"
    assert [arn.rsplit(":", 1)[1] for arn in group["targetGroupArns"]] == ["edge-targets"]
    assert set(group["vpcZoneIdentifiers"]) == {
        f"{one.name}-id" for one in production.all("Subnet") if "private" in one.name
    }


@pytest.mark.accepts("B14")
def test_a_change_of_what_it_is_told_replaces_it(group: Any) -> None:
    assert "launchTemplate" in group.property_dependencies
    assert group["launchTemplate"]["id"] == "host-template-id"
    assert group["launchTemplate"]["version"] not in ("$Latest", "$Default")
    assert group["instanceRefresh"]["strategy"] == "Rolling"


def test_the_new_host_is_healthy_before_the_old_one_goes(group: Any) -> None:
    preferences = group["instanceRefresh"]["preferences"]
    assert (preferences["minHealthyPercentage"], preferences["maxHealthyPercentage"]) == (100, 200)
    assert preferences["autoRollback"] is True
    assert group["instanceMaintenancePolicy"] == {"minHealthyPercentage": 100, "maxHealthyPercentage": 200}


@pytest.mark.accepts("B5")
def test_deployments_and_patching_find_it_by_its_tags(group: Any) -> None:
    tags = {tag["key"]: tag["value"] for tag in group["tags"] if tag["propagateAtLaunch"]}
    assert tags == {
        "App": "cinematch",
        "Env": "production",
        "ManagedBy": "pulumi",
        "Name": "cinematch-server",
        "PatchGroup": "cinematch-production",
    }


def test_it_boots_after_its_parameters_its_rights_and_its_log_groups(
    group: Any, production: Deployment
) -> None:
    waits = {urn.rsplit("::", 1)[1] for urn in group.depends_on}
    assert {f"secrets-{name}" for name in SECRETS} <= waits
    assert {f"parameters-{name}" for name in PLAIN} <= waits
    assert {"host-ssm-parameters", "host-agents", "host-app", "host-host-auth", "host-host-syslog"} <= waits


@pytest.mark.accepts("B30")
@pytest.mark.attack(13)
@STACKS
def test_the_role_reads_exactly_its_declared_parameters(name: str) -> None:
    environment = name.removeprefix("cinematch-")
    policy = shipped(name).named("host-ssm-parameters", "RolePolicy")
    assert (policy["name"], policy["role"]) == ("cinematch-ec2-ssm-parameters", "cinematch-ec2-role")
    reads, decrypts = policy.document("policy")["Statement"]
    assert reads["Action"] == "ssm:GetParameters"
    assert reads["Resource"] == parameter_arns(environment, (*READ, *PLAIN, "image-digest"))
    assert decrypts["Action"] == "kms:Decrypt"
    assert decrypts["Resource"].endswith("keys-secrets")
    assert decrypts["Condition"] == {
        "StringEquals": {
            "kms:ViaService": f"ssm.{REGION}.amazonaws.com",
            "kms:EncryptionContext:PARAMETER_ARN": parameter_arns(environment, READ),
        }
    }


@pytest.mark.accepts("B30", "B10")
def test_the_role_has_those_two_policies_and_nothing_attached(production: Deployment) -> None:
    exact = production.named("host-policies", "RolePoliciesExclusive")
    assert exact["roleName"] == "cinematch-ec2-role"
    assert sorted(exact["policyNames"]) == ["cinematch-ec2-agents", "cinematch-ec2-ssm-parameters"]
    attached = production.named("host-attachments", "RolePolicyAttachmentsExclusive")
    assert (attached["roleName"], attached["policyArns"]) == ("cinematch-ec2-role", [])


@pytest.mark.accepts("B4", "B10")
def test_only_machines_take_the_role(production: Deployment) -> None:
    role = production.named("host-role", "Role")
    assert role["name"] == "cinematch-ec2-role"
    (statement,) = role.document("assumeRolePolicy")["Statement"]
    assert statement["Principal"] == {"Service": "ec2.amazonaws.com"}
    profile = production.only("InstanceProfile")
    assert profile["role"] == "cinematch-ec2-role"


@pytest.mark.accepts("B15")
def test_the_agents_read_no_parameter_and_no_document(production: Deployment) -> None:
    statements = production.named("host-agents", "RolePolicy").document("policy")["Statement"]
    actions = {
        action
        for one in statements
        for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
    }
    assert not [action for action in actions if "Parameter" in action or "*" in action]
    assert {action.split(":")[0] for action in actions} == {"ssmmessages", "ssm", "kms", "logs", "cloudwatch"}


@pytest.mark.accepts("B62")
def test_the_host_writes_to_its_own_log_groups_only(production: Deployment) -> None:
    statements = production.named("host-agents", "RolePolicy").document("policy")["Statement"]
    (writes,) = (one for one in statements if "logs:PutLogEvents" in one["Action"])
    groups = ("app", "host/auth", "host/syslog", "ssm-sessions", "ssm-commands")
    assert writes["Resource"] == [
        f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/cinematch/production/{group}:log-stream:*"
        for group in groups
    ]
    (metrics,) = (one for one in statements if one["Action"] == "cloudwatch:PutMetricData")
    assert metrics["Condition"] == {"StringEquals": {"cloudwatch:namespace": ["CWAgent"]}}


@pytest.mark.accepts("B62")
@pytest.mark.parametrize("what", ["app", "host/auth", "host/syslog"])
def test_logs_are_encrypted_and_kept_for_a_year(production: Deployment, what: str) -> None:
    group = production.named(f"host-{what.replace('/', '-')}", "LogGroup")
    assert group["name"] == f"/cinematch/production/{what}"
    assert group["retentionInDays"] == 365
    assert group["kmsKeyId"].endswith("keys-logs")


@pytest.mark.accepts("B10")
@pytest.mark.attack(13)
@STACKS
def test_nobody_gets_a_user_or_an_access_key(name: str) -> None:
    kinds = {one.type for one in shipped(name).resources}
    assert not {kind for kind in kinds if kind.startswith(("aws:iam/user", "aws:iam/accessKey"))}


@pytest.mark.accepts("B2", "B11", "B9", "B34", "B49", "B50", "B51", "B52")
@STACKS
def test_every_secret_is_a_secure_string_under_our_key_at_its_exact_name(name: str) -> None:
    environment = name.removeprefix("cinematch-")
    found = {one["name"]: one for one in shipped(name).all("aws:ssm/parameter:Parameter")}
    for secret in SECRETS:
        parameter = found[f"/cinematch/{environment}/{secret}"]
        assert parameter["type"] == "SecureString"
        assert parameter["keyId"].endswith("keys-secrets")
        assert "value" in parameter.secrets


@STACKS
def test_plain_parameters_are_strings_at_their_exact_names(name: str) -> None:
    environment = name.removeprefix("cinematch-")
    found = {one["name"]: one for one in shipped(name).all("aws:ssm/parameter:Parameter")}
    for plain in PLAIN:
        parameter = found[f"/cinematch/{environment}/{plain}"]
        assert parameter["type"] == "String"
        assert not parameter.secrets
    assert found[f"/cinematch/{environment}/db-host"]["insecureValue"] == "db.internal"
    assert found[f"/cinematch/{environment}/db-username"]["insecureValue"] == "cinematch_admin"


@pytest.mark.accepts("B54")
@STACKS
def test_the_docker_hub_token_is_nowhere_in_aws(name: str) -> None:
    names = [one["name"] for one in shipped(name).all("aws:ssm/parameter:Parameter")]
    assert not [one for one in names if "token" in one and "tmdb" not in one]


def test_the_script_of_the_runbook_is_the_one_that_is_installed() -> None:
    assert SCRIPT == "/root/update-app.sh"
