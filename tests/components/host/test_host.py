"""Host: private, encrypted, without keys to it, replaced when it changes, reader of its own parameters."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from components.host.user_data import SCRIPT
from encryption_keys import fingerprint
from tests.components.alone import with_secret
from tests.components.host.host_stack import PRODUCTION, STAGING, stack
from tests.components.host.hosted import GROUP, PRIVATE, hosted, hosted_of
from tests.harness import ACCOUNT, Deployment

REGION = "eu-west-2"
SECRETS = ("django-secret-key", "db-password", "tmdb-token", "llm-api-key")
READ = ("django-secret-key", "django-secret-key-previous", *SECRETS[1:])
"""With what the host finds after a rotation: docs/decisions/009."""
PLAIN = ("db-host", "db-name", "db-username", "dockerhub-image", "domain-name")
STACKS = pytest.mark.parametrize("name", [PRODUCTION, STAGING])


@pytest.fixture(scope="module")
def production() -> Deployment:
    return hosted()


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
    assert (volume["ebs"]["volumeType"], volume["ebs"]["deleteOnTermination"]) == ("gp3", "true")


@pytest.mark.accepts("B62")
def test_it_has_no_public_address_and_one_group(template: Any) -> None:
    (interface,) = template["networkInterfaces"]
    assert interface["associatePublicIpAddress"] == "false"
    assert interface["securityGroups"] == [GROUP]
    assert interface["deleteOnTermination"] == "true"


@pytest.mark.accepts("B62")
def test_it_is_watched_closely_and_not_stopped_by_hand(template: Any) -> None:
    assert template["monitoring"] == {"enabled": True}
    assert template["disableApiTermination"] is True
    assert template["ebsOptimized"] == "true"
    assert template["instanceInitiatedShutdownBehavior"] == "terminate"
    assert template["updateDefaultVersion"] is True


@pytest.mark.accepts("B4", "B62")
def test_it_starts_from_the_looked_up_image_with_the_profile_of_its_role(
    template: Any, production: Deployment
) -> None:
    assert template["imageId"] == "ami-0123456789abcdef0"
    assert template["iamInstanceProfile"] == {"arn": production.named("host-profile", "InstanceProfile").arn}


def test_everything_it_starts_with_carries_its_tags(template: Any) -> None:
    tagged = {one["resourceType"]: one["tags"] for one in template["tagSpecifications"]}
    assert tagged.keys() == {"instance", "volume", "network-interface"}
    assert all(tags["Env"] == "production" and tags["App"] == "cinematch" for tags in tagged.values())


@pytest.mark.accepts("B62")
def test_it_is_a_group_of_one_behind_the_load_balancer(group: Any) -> None:
    assert (group["minSize"], group["desiredCapacity"], group["maxSize"]) == (1, 1, 1)
    assert (group["healthCheckType"], group["healthCheckGracePeriod"]) == ("ELB", 900)
    assert [arn.rsplit(":", 1)[1] for arn in group["targetGroupArns"]] == ["edge-targets"]
    assert group["vpcZoneIdentifiers"] == PRIVATE.subnet_ids


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
    assert preferences["skipMatching"] is True
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
    assert "listener" in waits


@pytest.mark.accepts("B30")
@pytest.mark.attack(13)
@STACKS
def test_the_role_reads_exactly_its_declared_parameters(name: str) -> None:
    environment = name.removeprefix("cinematch-")
    policy = hosted(name).named("host-ssm-parameters", "RolePolicy")
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
    assert role["maxSessionDuration"] == 3600
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


@pytest.mark.accepts("B15", "B30")
@pytest.mark.attack(13)
def test_the_agents_have_these_rights_and_no_other(production: Deployment) -> None:
    statements = production.named("host-agents", "RolePolicy").document("policy")["Statement"]
    logs = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/cinematch/production"
    groups = ("app", "host/auth", "host/syslog", "ssm-sessions", "ssm-commands")
    channels = [
        f"ssmmessages:{verb}{what}Channel" for verb in ("Create", "Open") for what in ("Control", "Data")
    ]
    here = [f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/*"]
    session_key = production.named("keys-sessions", "Key").arn
    assert {
        (action, resource)
        for one in statements
        for action in _listed(one["Action"])
        for resource in _listed(one["Resource"])
    } == {
        *((action, "*") for action in channels),
        *((f"ssm:{one}", here[0]) for one in ("UpdateInstanceInformation", "PutComplianceItems")),
        *((f"ssm:{one}", "*") for one in ("GetDeployablePatchSnapshotForInstance", "PutInventory")),
        ("kms:Decrypt", session_key),
        *(("logs:DescribeLogStreams", f"{logs}/{group}:*") for group in groups),
        *(
            (f"logs:{action}", f"{logs}/{group}:log-stream:*")
            for action in ("CreateLogStream", "PutLogEvents")
            for group in groups
        ),
        ("logs:DescribeLogGroups", "*"),
        ("cloudwatch:PutMetricData", "*"),
    }


def _listed(given: Any) -> list[str]:
    return [given] if isinstance(given, str) else given


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


@pytest.mark.accepts("B2", "B11", "B9", "B34", "B49", "B50", "B51", "B52")
@pytest.mark.attack(8, 39)
@STACKS
def test_every_secret_is_a_secure_string_under_our_key_at_its_exact_name(name: str) -> None:
    environment = name.removeprefix("cinematch-")
    found = {one["name"]: one for one in hosted(name).all("aws:ssm/parameter:Parameter")}
    for secret in SECRETS:
        parameter = found[f"/cinematch/{environment}/{secret}"]
        assert parameter["type"] == "SecureString"
        assert parameter["keyId"].endswith("keys-secrets")
        assert "value" in parameter.secrets


@STACKS
def test_plain_parameters_are_strings_at_their_exact_names(name: str) -> None:
    environment = name.removeprefix("cinematch-")
    found = {one["name"]: one for one in hosted(name).all("aws:ssm/parameter:Parameter")}
    for plain in PLAIN:
        parameter = found[f"/cinematch/{environment}/{plain}"]
        assert parameter["type"] == "String"
        assert not parameter.secrets
    assert found[f"/cinematch/{environment}/db-host"]["insecureValue"] == "db.internal"
    assert found[f"/cinematch/{environment}/db-username"]["insecureValue"] == "cinematch_admin"


PRIVATE_KEY = {
    "name": "/cinematch/production/ec2-ssh-key",
    "kind": "ssh-private-key",
    "store": "parameter-store",
    "description": "Private key of the pipeline",
    "readers": ["deploy"],
}


@pytest.fixture(scope="module")
def entered_by_ssh() -> Deployment:
    ssh = {"enabled": True, "allowedCidrs": ["203.0.113.0/24"]}
    return hosted_of(stack(PRODUCTION, platform={"ssh": ssh}, secrets={"ec2-ssh-key": PRIVATE_KEY}))


@pytest.mark.accepts("B18", "B27")
def test_with_ssh_the_private_key_is_a_secure_string_under_our_key(entered_by_ssh: Deployment) -> None:
    key = entered_by_ssh.named("secrets-ec2-ssh-key", "Parameter")
    assert key["name"] == "/cinematch/production/ec2-ssh-key"
    assert key["type"] == "SecureString"
    assert key["keyId"].endswith("keys-secrets")
    assert "value" in key.secrets


@pytest.mark.accepts("B53")
@pytest.mark.attack(15)
def test_the_private_key_is_read_by_the_pipeline_alone(entered_by_ssh: Deployment) -> None:
    holding = {
        one.name
        for one in entered_by_ssh.resources
        if "policy" in one.inputs and "ec2-ssh-key" in str(one["policy"])
    }
    assert holding == {"delivery-policy", "delivery-boundary"}
    statements = entered_by_ssh.named("delivery-policy", "RolePolicy").document("policy")["Statement"]
    actions = [one["Action"] for one in statements if "ec2-ssh-key" in str(one["Resource"])]
    assert actions == ["ssm:GetParameter"]


def test_the_private_key_is_in_no_file_of_the_host(entered_by_ssh: Deployment) -> None:
    written = base64.b64decode(entered_by_ssh.only("LaunchTemplate")["userData"]).decode()
    assert "ec2-ssh-key" not in written
    assert "keyName" not in entered_by_ssh.only("LaunchTemplate").inputs


@pytest.mark.accepts("B46")
@STACKS
def test_there_is_no_value_before_the_first(name: str) -> None:
    names = [one["name"] for one in hosted(name).all("aws:ssm/parameter:Parameter")]
    assert not [one for one in names if one.endswith("-previous")]


@pytest.fixture(scope="module")
def rotated() -> Deployment:
    return hosted_of(with_secret(stack(PRODUCTION), "django-secret-key", generation=2))


@pytest.mark.accepts("B46")
def test_after_a_rotation_the_value_before_is_kept_as_well_as_the_new_one(
    production: Deployment, rotated: Deployment
) -> None:
    before = rotated.named("secrets-django-secret-key-previous", "Parameter")
    assert before["name"] == "/cinematch/production/django-secret-key-previous"
    assert before["value"] == production.named("secrets-django-secret-key", "Parameter")["value"]
    assert before["type"] == "SecureString"
    assert before["keyId"].endswith("keys-secrets")
    assert "value" in before.secrets
    assert before.protect is False
    current = rotated.named("secrets-django-secret-key", "Parameter")
    assert before["value"] != current["value"]
    assert before.urn in current.depends_on


@pytest.mark.accepts("B46")
def test_a_rotation_changes_neither_the_machine_nor_its_rights(
    production: Deployment, rotated: Deployment
) -> None:
    for name, kind in (("host-template", "LaunchTemplate"), ("host-ssm-parameters", "RolePolicy")):
        assert rotated.named(name, kind).inputs == production.named(name, kind).inputs


@pytest.mark.accepts("B46", "B49")
@pytest.mark.attack(15)
def test_the_pipeline_does_not_read_the_value_before(rotated: Deployment) -> None:
    assert "-previous" not in rotated.named("delivery-policy", "RolePolicy")["policy"]


@pytest.mark.accepts("B46")
def test_what_was_put_is_marked_by_fingerprint_and_by_nothing_else(production: Deployment) -> None:
    marks = production.named("secrets-fingerprints", "Parameter")
    put = {
        one["name"]: one["value"]
        for one in production.all("aws:ssm/parameter:Parameter")
        if one["type"] == "SecureString"
    }
    assert marks["name"] == "/cinematch/production/fingerprints"
    assert json.loads(marks["insecureValue"]) == {name: fingerprint(value) for name, value in put.items()}
    assert not marks.secrets


@pytest.mark.accepts("B44")
def test_keys_of_people_are_written_only_while_ssh_is_enabled() -> None:
    ssh = {"authorizedKeys": ["ssh-ed25519 AAAA someone"]}
    template = hosted_of(stack(STAGING, platform={"ssh": ssh})).only("LaunchTemplate")
    written = base64.b64decode(template["userData"]).decode()
    assert "ssh-ed25519" not in written


def test_the_script_of_the_runbook_is_the_one_that_is_installed() -> None:
    assert SCRIPT == "/root/update-app.sh"
