"""Tests of the documents of the roles that run Pulumi: what AWS asks of an update and of a preview."""

from __future__ import annotations

import json

import pytest

from iam_documents import Document, Request, allow, decide, document, may, may_use_key
from ops.bootstrap import documents
from settings import read_stack_file

SETTINGS = read_stack_file("cinematch-production")
NAMES = SETTINGS.names
ACCOUNT, REGION = NAMES.account_id, NAMES.region
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/of-the-state"
BOUNDARY = documents.boundary(NAMES, NAMES.state_bucket)
SSM = f"arn:aws:ssm:{REGION}:{ACCOUNT}"
SECRETS = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret"
IAM = f"arn:aws:iam::{ACCOUNT}"
MASTER_SECRET = f"{SECRETS}:rds!db-11111111-2222-3333-4444-555555555555-AbCdEf"
OTHERS_SECRET = f"{SECRETS}:other/token-AbCdEf"


def _may(role: str, rights: Document, action: str, resource: str, **context: str) -> bool:
    asked = {"aws:RequestedRegion": REGION, **context}
    return may(Request(action, resource, NAMES.role_arn(role), asked), [rights], boundary=BOUNDARY)


def update_may(action: str, resource: str, **context: str) -> bool:
    rights = documents.up_rights(NAMES, NAMES.state_bucket)
    return _may(NAMES.update_role, rights, action, resource, **context)


def plan_may(action: str, resource: str) -> bool:
    rights = documents.plan_rights(NAMES, NAMES.state_bucket, KEY)
    return _may(NAMES.plan_role, rights, action, resource)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("iam:UpdateAccountPasswordPolicy", "*"),
        ("iam:DeleteAccountPasswordPolicy", "*"),
        ("ssm:CreateMaintenanceWindow", "*"),
        ("ssm:CreatePatchBaseline", "*"),
        ("ssm:DeregisterTargetFromMaintenanceWindow", f"{SSM}:windowtarget/1"),
        ("ssm:DeregisterTaskFromMaintenanceWindow", f"{SSM}:windowtask/1"),
        ("ssm:CreateDocument", f"{SSM}:document/SSM-SessionManagerRunShell"),
        ("secretsmanager:CreateSecret", MASTER_SECRET),
        ("secretsmanager:TagResource", MASTER_SECRET),
        ("secretsmanager:BatchGetSecretValue", "*"),
        ("servicequotas:GetServiceQuota", "*"),
        ("kms:ReEncryptFrom", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/of-the-data"),
        ("kms:ReEncryptTo", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/of-the-data"),
    ],
)
def test_the_update_role_may_make_every_call_of_an_update(action: str, resource: str) -> None:
    assert update_may(action, resource)


@pytest.mark.parametrize(
    "service", ["malware-protection.guardduty", "agentless.inspector2", "ssm", "guardduty", "autoscaling"]
)
def test_the_update_role_may_create_the_service_linked_roles_of_its_services(service: str) -> None:
    name = f"{service}.amazonaws.com"
    role = f"{IAM}:role/aws-service-role/{name}/AWSServiceRoleForIt"
    assert update_may("iam:CreateServiceLinkedRole", role, **{"iam:AWSServiceName": name})


@pytest.mark.parametrize(
    "action",
    [
        *("ecs:ExecuteCommand", "ecs:RunTask", "logs:GetLogEvents", "logs:FilterLogEvents", "logs:Unmask"),
        *("rds:ModifyDBSnapshotAttribute", "rds:DownloadDBLogFilePortion", "rds:StartExportTask"),
        *("ec2:CreateVpcPeeringConnection", "ec2:GetPasswordData", "ec2:GetConsoleOutput"),
        *("ec2:ModifySnapshotAttribute", "ec2:ModifyImageAttribute", "ec2:ImportKeyPair"),
        *("ecr:BatchGetImage", "ecr:PutImage", "lambda:CreateFunctionUrlConfig", "cloudtrail:StartQuery"),
    ],
)
def test_the_update_role_may_not_make_calls_of_these_services_that_no_update_makes(action: str) -> None:
    assert not update_may(action, f"arn:aws:{action.split(':')[0]}:{REGION}:{ACCOUNT}:x")
    assert not update_may(action, "*")


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("secretsmanager:GetSecretValue", MASTER_SECRET),
        ("secretsmanager:CreateSecret", OTHERS_SECRET),
        ("iam:CreateServiceLinkedRole", f"{IAM}:role/aws-service-role/organizations.amazonaws.com/It"),
        ("ssm:CreateDocument", f"{SSM}:document/SSM-Another"),
        ("servicequotas:RequestServiceQuotaIncrease", "*"),
    ],
)
def test_the_update_role_may_not_make_the_same_calls_on_other_resources(action: str, resource: str) -> None:
    assert not update_may(action, resource, **{"iam:AWSServiceName": "organizations.amazonaws.com"})


FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function"
BUCKET = f"arn:aws:s3:::{NAMES.part('trail')}"


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("ec2:GetManagedPrefixListEntries", f"arn:aws:ec2:{REGION}:aws:prefix-list/pl-1"),
        (
            "ssm:GetParameter",
            f"arn:aws:ssm:{REGION}::parameter/aws/service/canonical/ubuntu/server/24.04/stable/ami-id",
        ),
        ("access-analyzer:GetAnalyzer", f"arn:aws:access-analyzer:{REGION}:{ACCOUNT}:analyzer/x"),
        ("cloudtrail:GetTrailStatus", NAMES.trail_arn),
        ("cloudtrail:GetEventSelectors", NAMES.trail_arn),
        ("cloudwatch:GetDashboard", f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/x"),
        ("guardduty:GetDetector", f"arn:aws:guardduty:{REGION}:{ACCOUNT}:detector/x"),
        ("inspector2:BatchGetAccountStatus", "*"),
        ("logs:GetDataProtectionPolicy", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/x"),
        ("ec2:GetEbsEncryptionByDefault", "*"),
        ("ec2:GetInstanceMetadataDefaults", "*"),
        ("lambda:GetFunction", f"{FUNCTION}:{NAMES.prefix}-rotate"),
        ("lambda:GetFunctionCodeSigningConfig", f"{FUNCTION}:{NAMES.prefix}-rotate"),
        ("lambda:GetPolicy", f"{FUNCTION}:{NAMES.prefix}-rotate"),
        ("servicediscovery:GetNamespace", f"arn:aws:servicediscovery:{REGION}:{ACCOUNT}:namespace/ns"),
        ("s3:ListBucket", BUCKET),
        ("s3:GetAccelerateConfiguration", BUCKET),
        ("s3:GetLifecycleConfiguration", BUCKET),
        ("s3:GetReplicationConfiguration", BUCKET),
        ("s3:ListTagsForResource", BUCKET),
        ("ssm:GetDocument", NAMES.document_arn(NAMES.deploy_document)),
        ("ssm:GetMaintenanceWindow", f"{SSM}:maintenancewindow/mw-1"),
        ("ssm:GetMaintenanceWindowTask", f"{SSM}:maintenancewindow/mw-1"),
        ("ssm:GetPatchBaseline", f"{SSM}:patchbaseline/pb-1"),
    ],
)
def test_the_plan_role_may_make_every_call_of_a_preview_and_of_a_refresh(action: str, resource: str) -> None:
    assert plan_may(action, resource)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("ssm:GetParameter", NAMES.parameter_arn(NAMES.parameter("db-host"))),
        ("lambda:GetFunction", f"{FUNCTION}:of-another-application"),
        ("s3:GetObject", f"{BUCKET}/AWSLogs/x"),
        ("s3:ListBucket", "arn:aws:s3:::of-another-application"),
        ("ec2:GetConsoleOutput", f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-1"),
        ("ec2:GetPasswordData", f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-1"),
        ("secretsmanager:BatchGetSecretValue", "*"),
    ],
)
def test_the_plan_role_reads_no_value_beside_descriptions(action: str, resource: str) -> None:
    assert not plan_may(action, resource)


@pytest.mark.parametrize(
    "rights",
    [
        documents.up_rights(NAMES, NAMES.state_bucket),
        documents.plan_rights(NAMES, NAMES.state_bucket, KEY),
    ],
)
def test_the_documents_fit_into_one_inline_policy(rights: Document) -> None:
    text = json.dumps(rights, separators=(",", ":"))
    assert len(text) < 10_240, "AWS counts the characters of all inline policies of a role, without spaces"


ADMINISTRATORS = (NAMES.role_arn("administrator"),)
USERS = (NAMES.role_arn(NAMES.update_role), NAMES.role_arn(NAMES.plan_role))
ANALYZER = NAMES.role_arn("aws-service-role/access-analyzer.amazonaws.com/AWSServiceRoleForAccessAnalyzer")
AUDITORS = (ANALYZER, NAMES.role_arn(NAMES.config_role))


@pytest.mark.parametrize("principal", AUDITORS)
@pytest.mark.parametrize(
    ("action", "decision"),
    [
        ("s3:GetBucketPolicy", "implicitDeny"),
        ("s3:GetEncryptionConfiguration", "implicitDeny"),
        ("s3:GetObject", "explicitDeny"),
        ("s3:ListBucket", "explicitDeny"),
        ("s3:PutBucketPolicy", "explicitDeny"),
    ],
)
def test_the_auditors_of_aws_read_the_settings_of_the_state_bucket_and_no_state(
    principal: str, action: str, decision: str
) -> None:
    policy = documents.state_bucket(NAMES, ADMINISTRATORS, USERS)
    request = Request(action, f"arn:aws:s3:::{NAMES.state_bucket}", principal)
    assert decide([policy], request, names_principal=True) == decision


def test_no_other_principal_reads_the_settings_of_the_state_bucket() -> None:
    policy = documents.state_bucket(NAMES, ADMINISTRATORS, USERS)
    request = Request("s3:GetBucketPolicy", f"arn:aws:s3:::{NAMES.state_bucket}", NAMES.role_arn("other"))
    assert decide([policy], request, names_principal=True) == "explicitDeny"


@pytest.mark.parametrize("principal", AUDITORS)
def test_the_auditors_of_aws_describe_the_state_key_and_decrypt_nothing(principal: str) -> None:
    policy, everything = documents.state_key(NAMES, ADMINISTRATORS, USERS), [document(allow("*", "*"))]
    assert may_use_key(Request("kms:GetKeyPolicy", KEY, principal), everything, policy)
    assert not may_use_key(Request("kms:Decrypt", KEY, principal), everything, policy)


@pytest.mark.parametrize(
    ("region", "action", "resource", "allowed"),
    [
        ("eu-west-1", "backup:CreateBackupVault", "arn:aws:backup:eu-west-1:{}:backup-vault:x", True),
        ("eu-west-1", "kms:CreateKey", "*", True),
        ("eu-west-1", "kms:ScheduleKeyDeletion", "arn:aws:kms:eu-west-1:{}:key/x", True),
        ("eu-west-1", "ec2:RunInstances", "arn:aws:ec2:eu-west-1:{}:instance/*", False),
        ("eu-west-1", "rds:CreateDBInstance", "arn:aws:rds:eu-west-1:{}:db:x", False),
        ("us-east-1", "backup:CreateBackupVault", "arn:aws:backup:us-east-1:{}:backup-vault:x", False),
        ("us-east-1", "kms:CreateKey", "*", False),
    ],
)
def test_the_update_role_manages_vaults_and_keys_only_in_the_region_of_copies(
    region: str, action: str, resource: str, allowed: bool
) -> None:
    assert SETTINGS.copy_region == "eu-west-1"
    arn, asked = resource.format(ACCOUNT), {"aws:RequestedRegion": region}
    rights = documents.up_rights(NAMES, NAMES.state_bucket, SETTINGS.copy_region)
    boundary = documents.boundary(NAMES, NAMES.state_bucket, SETTINGS.copy_region)
    request = Request(action, arn, NAMES.role_arn(NAMES.update_role), asked)
    assert may(request, [rights], boundary=boundary) is allowed


def test_without_copies_no_other_region_is_allowed() -> None:
    asked = {"aws:RequestedRegion": "eu-west-1"}
    arn = f"arn:aws:backup:eu-west-1:{ACCOUNT}:backup-vault:x"
    request = Request("backup:CreateBackupVault", arn, NAMES.role_arn(NAMES.update_role), asked)
    rights = documents.up_rights(NAMES, NAMES.state_bucket)
    assert not may(request, [rights], boundary=BOUNDARY)


def test_the_update_role_deletes_no_recovery_point() -> None:
    arn = f"arn:aws:backup:{REGION}:{ACCOUNT}:recovery-point:x"
    assert not update_may("backup:DeleteRecoveryPoint", arn)
    assert not update_may("backup:UpdateRecoveryPointLifecycle", arn)
