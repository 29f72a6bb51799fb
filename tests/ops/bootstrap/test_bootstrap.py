"""Tests of ``ops bootstrap``: it creates what Pulumi needs, corrects changes, and can be run again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.operator_commands import app
from iam_documents import Request, decide, may, may_use_key
from iam_documents.github import ISSUER as GITHUB
from ops.bootstrap import Plan, cli, plan
from ops.bootstrap.steps import Repository
from ops.checks.verify import AwsState
from ops.core.exits import Exit, Stop
from sandbox import Sandbox
from settings.store_state import proofs_path
from tests.ops.conftest import sign_in
from tests.ops.live import declared

ACCOUNT = "444455556666"
SOURCE = Repository("acme", "infra", 11, 22)
BUCKET = f"aiponge-pulumi-{ACCOUNT}-eu-west-1"
UP, PLAN = (f"arn:aws:iam::{ACCOUNT}:role/aiponge-pulumi-{name}" for name in ("up", "plan"))


def _plan(sandbox: Sandbox, **changes: Any) -> Plan:
    settings = declared(account=sandbox.account).model_copy(update=changes)
    return plan(AwsState(settings, sandbox.session), SOURCE)


@pytest.fixture(scope="module")
def made() -> Iterator[Sandbox]:
    """An account after one bootstrap; a test that changes something restores it."""
    with Sandbox("staging", config={"strongroom:accountId": ACCOUNT}) as sandbox:
        _plan(sandbox).apply(lambda line: None)
        yield sandbox


def _document(sandbox: Sandbox, role: str) -> dict[str, Any]:
    return sandbox.client("iam").get_role_policy(RoleName=role, PolicyName="pulumi")["PolicyDocument"]


def _boundary(sandbox: Sandbox) -> dict[str, Any]:
    iam, arn = sandbox.client("iam"), f"arn:aws:iam::{ACCOUNT}:policy/aiponge-pulumi-boundary"
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]


def _key(sandbox: Sandbox) -> dict[str, Any]:
    return sandbox.client("kms").describe_key(KeyId="alias/aiponge-pulumi")["KeyMetadata"]


def test_says_what_it_would_make_and_changes_nothing(fresh: Sandbox) -> None:
    work = _plan(fresh)
    assert len(work.open) == 8
    assert [str(step).split(" ")[0] for step in work.steps] == ["would"] * 8
    assert fresh.client("s3").list_buckets()["Buckets"] == []
    assert fresh.client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"] == []


def test_a_second_run_finds_everything_right(made: Sandbox) -> None:
    assert _plan(made).open == []


def test_makes_a_bucket_that_is_versioned_private_and_encrypted_with_its_key(made: Sandbox) -> None:
    s3 = made.client("s3")
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    assert set(s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"].values()) == {True}
    rules = s3.get_bucket_ownership_controls(Bucket=BUCKET)["OwnershipControls"]["Rules"]
    assert rules == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    (rule,) = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    default = rule["ApplyServerSideEncryptionByDefault"]
    assert (default["SSEAlgorithm"], default["KMSMasterKeyID"]) == ("aws:kms", _key(made)["Arn"])


@pytest.mark.parametrize(
    ("principal", "secure", "decision"),
    [
        (UP, "true", "implicitDeny"),
        (PLAN, "true", "implicitDeny"),
        (UP, "false", "explicitDeny"),
        (UP + "s", "true", "explicitDeny"),
    ],
)
def test_the_bucket_speaks_tls_with_its_own_roles_only(
    made: Sandbox, principal: str, secure: str, decision: str
) -> None:
    policy = json.loads(made.client("s3").get_bucket_policy(Bucket=BUCKET)["Policy"])
    asked = Request("s3:GetObject", f"arn:aws:s3:::{BUCKET}/x", principal, {"aws:SecureTransport": secure})
    assert decide([policy], asked, names_principal=True) == decision


def test_makes_a_key_that_rotates_and_admits_its_own_roles_only(made: Sandbox) -> None:
    kms, key = made.client("kms"), _key(made)["Arn"]
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]
    policy = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    everything = [{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}]
    for principal, action, through in (
        (UP, "kms:Encrypt", True),
        (PLAN, "kms:Decrypt", True),
        (UP + "s", "kms:Decrypt", False),
        (PLAN, "kms:ScheduleKeyDeletion", False),
    ):
        assert may_use_key(Request(action, key, principal), everything, policy) is through, (
            principal,
            action,
        )


@pytest.mark.parametrize(
    ("action", "allowed"),
    [
        ("s3:PutObject", True),
        ("s3:GetObject", True),
        ("s3:DeleteObject", True),
        ("s3:DeleteObjectVersion", False),
        ("s3:PutBucketVersioning", False),
    ],
)
def test_the_up_role_writes_operation_records_and_ends_no_version_of_one(
    made: Sandbox, action: str, allowed: bool
) -> None:
    record = f"arn:aws:s3:::{BUCKET}/strongroom/operations/staging/open.json"
    asked = Request(action, record, UP, {"aws:RequestedRegion": "eu-west-1"})
    assert may(asked, [_document(made, "aiponge-pulumi-up")], boundary=_boundary(made)) is allowed
    reading = Request(action, record, PLAN, {"aws:RequestedRegion": "eu-west-1"})
    plan_may = may(reading, [_document(made, "aiponge-pulumi-plan")], boundary=_boundary(made))
    assert plan_may is (action == "s3:GetObject")


CLAIMS = {
    "aud": "sts.amazonaws.com",
    "sub": "repo:acme/infra:environment:staging",
    "repository_id": "22",
    "repository_owner_id": "11",
    "environment": "staging",
    "ref": "refs/heads/main",
    "job_workflow_ref": "acme/infra/.github/workflows/infra.yml@refs/heads/main",
}


def _may_take(sandbox: Sandbox, role: str, claims: dict[str, str]) -> bool:
    trust = sandbox.client("iam").get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    (statement,) = trust["Statement"]
    assert statement["Principal"] == {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"}
    context = {f"{GITHUB}:{name}": value for name, value in claims.items()}
    document = {"Statement": [{key: value for key, value in statement.items() if key != "Principal"}]}
    return decide([document], Request("sts:AssumeRoleWithWebIdentity", "", UP, context)) == "allowed"


def test_the_up_role_is_taken_by_the_one_reviewed_job(made: Sandbox) -> None:
    assert _may_take(made, "aiponge-pulumi-up", CLAIMS)
    immutable = {**CLAIMS, "sub": "repo:acme@11/infra@22:environment:staging"}
    assert _may_take(made, "aiponge-pulumi-up", immutable)


@pytest.mark.failure(22)
@pytest.mark.parametrize("claim", CLAIMS)
def test_no_claim_of_the_job_may_differ_or_be_missing(made: Sandbox, claim: str) -> None:
    assert not _may_take(made, "aiponge-pulumi-up", {**CLAIMS, claim: "other"})
    left = {key: value for key, value in CLAIMS.items() if key != claim}
    assert not _may_take(made, "aiponge-pulumi-up", left)


def test_the_plan_role_has_an_environment_of_its_own(made: Sandbox) -> None:
    assert not _may_take(made, "aiponge-pulumi-plan", CLAIMS)
    preview = {
        **CLAIMS,
        "environment": "staging-preview",
        "sub": "repo:acme/infra:environment:staging-preview",
    }
    assert _may_take(made, "aiponge-pulumi-plan", preview)


def _allowed(sandbox: Sandbox, role: str, action: str, resource: str, **context: Any) -> bool:
    arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
    context.setdefault("aws:RequestedRegion", "eu-west-1")
    return may(
        Request(action, resource, arn, context), [_document(sandbox, role)], boundary=_boundary(sandbox)
    )


OTHER = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
)
SECRET = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:aiponge/jwt-secret-AbCdEf"
PARAMETER = f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/aiponge/staging/x"
PROOFS = f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/aiponge/staging/strongroom/retired"
ANY_KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/some-other"


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("secretsmanager:GetSecretValue", SECRET),
        ("secretsmanager:BatchGetSecretValue", "*"),
        ("ssm:GetParameter", PARAMETER),
        ("ssm:GetParametersByPath", PARAMETER),
        ("ssm:GetParametersByPath", PARAMETER.removesuffix("/x")),
        ("ssm:GetParametersByPath", PROOFS.replace("staging", "prod")),
        ("ssm:PutParameter", f"{PROOFS}/jwt-secret"),
        ("kms:Decrypt", ANY_KEY),
        ("s3:GetObject", "arn:aws:s3:::aiponge-alb-logs/x"),
        ("logs:GetLogEvents", "*"),
        ("logs:FilterLogEvents", "*"),
        ("lambda:GetFunction", "*"),
        ("ecr:GetAuthorizationToken", "*"),
        ("ec2:CreateVpc", "*"),
        ("iam:PutRolePolicy", UP),
        ("s3:PutObject", f"arn:aws:s3:::{BUCKET}/x"),
    ],
)
def test_the_plan_role_reads_no_secret_and_changes_nothing(made: Sandbox, action: str, resource: str) -> None:
    assert not _allowed(made, "aiponge-pulumi-plan", action, resource)


def test_the_plan_role_reads_the_state_and_descriptions(made: Sandbox) -> None:
    assert _allowed(made, "aiponge-pulumi-plan", "s3:GetObject", f"arn:aws:s3:::{BUCKET}/x")
    assert _allowed(made, "aiponge-pulumi-plan", "kms:Decrypt", _key(made)["Arn"])
    assert _allowed(made, "aiponge-pulumi-plan", "ec2:DescribeVpcs", "*")


@pytest.mark.parametrize("role", ["aiponge-pulumi-plan", "aiponge-pulumi-up"])
def test_both_roles_read_the_tags_and_the_proofs_that_the_program_compares_its_file_with(
    made: Sandbox, role: str
) -> None:
    path = proofs_path(declared(account=ACCOUNT).names)
    assert PROOFS.endswith(f":parameter{path}")
    assert _allowed(made, role, "tag:GetResources", "*")
    assert _allowed(made, role, "ssm:GetParametersByPath", PROOFS)


OWN_ROLE = f"arn:aws:iam::{ACCOUNT}:role/aiponge-exec-user"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/aiponge-pulumi-boundary"
FOREIGN_ROLE = f"arn:aws:iam::{ACCOUNT}:role/somebody-else"
STATE_KEY = {"kms:ResourceAliases": ["alias/aiponge-pulumi"]}


@pytest.mark.parametrize(
    ("action", "resource", "context", "allowed"),
    [
        ("ec2:CreateVpc", "*", {}, True),
        ("ec2:CreateVpc", "*", {"aws:RequestedRegion": "us-east-1"}, False),
        ("iam:CreateRole", OWN_ROLE, {"aws:RequestedRegion": "us-east-1"}, True),
        ("iam:CreateRole", FOREIGN_ROLE, {}, False),
        ("iam:PassRole", OWN_ROLE, {}, True),
        ("iam:PutRolePolicy", UP, {}, False),
        ("iam:PassRole", UP, {}, False),
        ("iam:DeleteRolePermissionsBoundary", UP, {}, False),
        (
            "iam:CreatePolicyVersion",
            f"arn:aws:iam::{ACCOUNT}:policy/aiponge-pulumi-boundary",
            {},
            False,
        ),
        ("iam:CreateUser", f"arn:aws:iam::{ACCOUNT}:user/x", {}, False),
        ("iam:CreateAccessKey", f"arn:aws:iam::{ACCOUNT}:user/x", {}, False),
        ("sts:AssumeRole", OWN_ROLE, {}, False),
        ("secretsmanager:PutSecretValue", SECRET, {}, True),
        ("secretsmanager:PutSecretValue", SECRET.replace("aiponge/", "other/"), {}, False),
        ("s3:PutObject", f"arn:aws:s3:::{BUCKET}/x", {}, True),
        ("s3:DeleteBucket", f"arn:aws:s3:::{BUCKET}", {}, False),
        ("s3:DeleteObjectVersion", f"arn:aws:s3:::{BUCKET}/x", {}, False),
        ("s3:PutBucketVersioning", f"arn:aws:s3:::{BUCKET}", {}, False),
        ("s3:PutBucketPolicy", "arn:aws:s3:::aiponge-alb-logs-1", {}, True),
        ("kms:ScheduleKeyDeletion", ANY_KEY, {}, True),
        ("kms:RevokeGrant", ANY_KEY, {}, True),
        ("kms:ScheduleKeyDeletion", ANY_KEY, STATE_KEY, False),
        ("kms:PutKeyPolicy", ANY_KEY, STATE_KEY, False),
    ],
)
def test_the_up_role_builds_the_stack_and_leaves_its_own_chains_alone(
    made: Sandbox, action: str, resource: str, context: dict[str, Any], allowed: bool
) -> None:
    assert _allowed(made, "aiponge-pulumi-up", action, resource, **context) is allowed


EMERGENCY, AUDITOR = (f"arn:aws:iam::{ACCOUNT}:role/aiponge-{name}" for name in ("emergency", "auditor"))


@pytest.mark.accepts("B38")
@pytest.mark.parametrize("role", [EMERGENCY, AUDITOR])
@pytest.mark.parametrize("action", ["iam:UpdateAssumeRolePolicy", "iam:AttachRolePolicy", "iam:PassRole"])
def test_the_up_role_does_not_change_the_roles_of_people(made: Sandbox, role: str, action: str) -> None:
    assert not _allowed(made, "aiponge-pulumi-up", action, role)
    assert _allowed(made, "aiponge-pulumi-up", action, OWN_ROLE)


def test_every_document_fits_into_iam(made: Sandbox) -> None:
    def size(document: dict[str, Any]) -> int:
        return len(json.dumps(document, separators=(",", ":")))

    assert size(_boundary(made)) <= 6144
    for role in ("aiponge-pulumi-up", "aiponge-pulumi-plan"):
        assert size(_document(made, role)) <= 10240


def _mended(sandbox: Sandbox) -> list[str]:
    work = _plan(sandbox)
    wrong = [f"{step.what}: {', '.join(step.wrong or ['absent'])}" for step in work.open]
    work.apply(lambda line: None)
    assert _plan(sandbox).open == []
    return wrong


def test_mends_a_bucket_that_was_opened(made: Sandbox) -> None:
    s3 = made.client("s3")
    s3.delete_public_access_block(Bucket=BUCKET)
    s3.delete_bucket_policy(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    (wrong,) = _mended(made)
    assert (
        wrong
        == f"S3 bucket {BUCKET}: it is not versioned, public access is not blocked, its bucket policy differs"
    )


def test_mends_a_key_whose_policy_was_changed(made: Sandbox) -> None:
    kms, key = made.client("kms"), _key(made)["KeyId"]
    kms.disable_key_rotation(KeyId=key)
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=OTHER)
    assert _mended(made) == [
        "KMS key alias/aiponge-pulumi: automatic key rotation is off, its key policy differs"
    ]


def test_mends_a_role_that_was_widened(made: Sandbox) -> None:
    iam, role = made.client("iam"), "aiponge-pulumi-plan"
    iam.put_role_policy(RoleName=role, PolicyName="extra", PolicyDocument=OTHER)
    iam.delete_role_permissions_boundary(RoleName=role)
    iam.update_role(RoleName=role, MaxSessionDuration=43200)
    (wrong,) = _mended(made)
    assert wrong.endswith(
        "it lacks the permissions boundary, its maximum session duration is not 1 hour, it has other policies"
    )
    assert iam.list_role_policies(RoleName=role)["PolicyNames"] == ["pulumi"]


def test_mends_the_boundary_where_iam_keeps_no_more_versions(made: Sandbox) -> None:
    iam, arn = made.client("iam"), BOUNDARY
    while len(iam.list_policy_versions(PolicyArn=arn)["Versions"]) < 5:
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=OTHER, SetAsDefault=True)
    assert _mended(made) == ["permissions boundary aiponge-pulumi-boundary: its policy document differs"]
    assert len(iam.list_policy_versions(PolicyArn=arn)["Versions"]) == 5


@pytest.mark.parametrize("role", ["somebody-else", "[!x]*"])
def test_refuses_whoever_would_lock_themselves_out(fresh: Sandbox, role: str) -> None:
    others = (f"arn:aws:iam::{fresh.account}:role/{role}",)
    with pytest.raises(Stop, match="would lock itself out") as stop:
        _plan(fresh, administrators=others)
    assert stop.value.code == Exit.REFUSED


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch, fresh: Sandbox) -> Any:
    """Signed in to a new account; call it with whether the stack is a production one."""
    sign_in(monkeypatch, fresh)

    def is_production(production: bool) -> None:
        settings = declared(account=fresh.account)
        environment = settings.environment.model_copy(update={"production": production})
        settings = settings.model_copy(update={"environment": environment})
        monkeypatch.setattr(cli, "read_stack_file", lambda stack: settings)

    is_production(False)
    return is_production


def _run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["bootstrap", "--stack", "staging", *arguments])


@pytest.mark.usefixtures("stack")
def test_the_command_ends_with_what_comes_next(fresh: Sandbox) -> None:
    result = _run("--apply")
    assert result.exit_code == Exit.DONE
    assert f"pulumi login 's3://aiponge-pulumi-{fresh.account}-eu-west-1?region=eu-west-1'" in result.output
    init = "pulumi stack init staging --secrets-provider='awskms://alias/aiponge-pulumi?region=eu-west-1'"
    assert init in result.output
    assert f"oidcProviderArn: arn:aws:iam::{fresh.account}:oidc-provider/{GITHUB}" in result.output
    assert "unchanged" not in result.output
    assert "would" not in _run("--apply").output


def test_the_command_asks_twice_in_production(stack: Any, fresh: Sandbox) -> None:
    stack(True)
    assert _run("--apply").exit_code == Exit.REFUSED
    assert fresh.client("s3").list_buckets()["Buckets"] == []
    assert _run("--apply", "--yes", "--reason", "first set-up").exit_code == Exit.DONE


@pytest.mark.usefixtures("stack")
def test_a_repository_without_its_ids_is_bad_input() -> None:
    result = _run("--repository", "acme/infra")
    assert result.exit_code == Exit.BAD_INPUT
    assert "--owner-id together" in result.output
