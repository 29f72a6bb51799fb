"""Classifies IAM actions: those that return credentials or data, manage permissions, or name no resource."""

from __future__ import annotations

from rules.lib.iam.patterns import PROBE

GIVE_CREDENTIALS = (
    "sts:AssumeRole",
    "sts:GetFederationToken",
    "sts:GetSessionToken",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:UpdateLoginProfile",
    "iam:CreateServiceSpecificCredential",
    "iam:ResetServiceSpecificCredential",
    "rds-db:connect",
    "ec2:GetPasswordData",
    "ec2-instance-connect:SendSSHPublicKey",
    "cognito-identity:GetCredentialsForIdentity",
    "redshift:GetClusterCredentials",
    "lightsail:GetInstanceAccessDetails",
)
READ_SECRETS = (
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
)
READ_DATA = (*READ_SECRETS, "s3:GetObject", "dynamodb:GetItem", "dynamodb:Scan", "sqs:ReceiveMessage")
OPEN_WITH_KEYS = ("kms:Decrypt", "kms:ReEncryptFrom")
MANAGE_PERMISSIONS = (
    *(
        f"iam:{verb}{whose}Policy"
        for verb in ("Attach", "Detach", "Put", "Delete")
        for whose in ("Role", "User", "Group")
    ),
    *("iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:SetDefaultPolicyVersion"),
    *(
        "iam:UpdateAssumeRolePolicy",
        "iam:CreateRole",
        "iam:AddUserToGroup",
        "iam:DeleteRolePermissionsBoundary",
    ),
    *("kms:CreateGrant", "kms:PutKeyPolicy", "secretsmanager:PutResourcePolicy", "ecr:SetRepositoryPolicy"),
    *("s3:PutBucketPolicy", "s3:PutBucketAcl", "s3:PutObjectAcl", "s3:PutBucketPublicAccessBlock"),
    *("lambda:AddPermission", "sns:AddPermission", "sqs:AddPermission", "events:PutPermission"),
)
ESCALATE_ALONE = (
    *("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:CreateAccessKey"),
    *("iam:CreateLoginProfile", "iam:UpdateLoginProfile", "iam:UpdateAssumeRolePolicy", "iam:AddUserToGroup"),
    *(f"iam:{verb}{whose}Policy" for verb in ("Attach", "Put") for whose in ("Role", "User", "Group")),
)
ESCALATE_WITH_PASSED_ROLE = (
    *("ec2:RunInstances", "lambda:CreateFunction", "lambda:UpdateFunctionConfiguration", "ecs:RunTask"),
    *(
        "ecs:RegisterTaskDefinition",
        "cloudformation:CreateStack",
        "codebuild:CreateProject",
        "glue:CreateJob",
    ),
    *("ssm:StartAutomationExecution", "states:CreateStateMachine", "sagemaker:CreateNotebookInstance"),
    *("autoscaling:CreateLaunchConfiguration", "datapipeline:CreatePipeline", "scheduler:CreateSchedule"),
)
WRITE_VERBS = (
    *(
        "Accept",
        "Add",
        "Associate",
        "Attach",
        "Authorize",
        "Cancel",
        "Copy",
        "Create",
        "Delete",
        "Deregister",
    ),
    *(
        "Detach",
        "Disable",
        "Disassociate",
        "Enable",
        "Execute",
        "Import",
        "Invoke",
        "Modify",
        "Publish",
        "Put",
    ),
    *("Reboot", "Register", "Remove", "Replace", "Reset", "Restore", "Revoke", "Run", "Send", "Set", "Start"),
    *("Stop", "Terminate", "Update", "Upload", "Write"),
)
# AWS defines no resource type for these, so they can only be allowed on "*" (a test compares AWS's list).
KNOW_NO_RESOURCE = (
    *(
        "ecr:GetAuthorizationToken",
        "xray:PutTraceSegments",
        "xray:PutTelemetryRecords",
        "sts:GetCallerIdentity",
    ),
    *("ssmmessages:CreateControlChannel", "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel"),
    *("ssmmessages:OpenDataChannel", "ec2messages:AcknowledgeMessage", "ec2messages:DeleteMessage"),
    *(
        "ec2messages:FailMessage",
        "ec2messages:GetEndpoint",
        "ec2messages:GetMessages",
        "ec2messages:SendReply",
    ),
    *("ssm:GetCommandInvocation", "ssm:ListCommands", "ssm:ListCommandInvocations", "ssm:DescribeParameters"),
    *("ssm:DescribeInstanceInformation", "ssm:GetManifest", "ssm:PutInventory"),
    *("ssm:GetDeployablePatchSnapshotForInstance", "ssm:ListAssociations", "ssm:PutConfigurePackageResult"),
    *("ecs:DescribeTaskDefinition", "ecs:DeregisterTaskDefinition", "ecs:ListTaskDefinitions"),
    *("secretsmanager:GetRandomPassword", "secretsmanager:ListSecrets", "secretsmanager:BatchGetSecretValue"),
    *("kms:ListAliases", "kms:ListKeys", "s3:ListAllMyBuckets", "tag:GetResources", "logs:DescribeLogGroups"),
    *("ec2:DescribeNetworkInterfaces", "ec2:DescribeTags", "ec2:DescribeVolumes", "ec2:DescribeInstances"),
    *("ec2:DescribeSubnets", "ec2:DescribeSecurityGroups", "ec2:DescribeVpcs"),
    *("elasticloadbalancing:DescribeTargetHealth", "logs:CreateLogDelivery", "config:PutEvaluations"),
    *("backup:DescribeRestoreJob", "backup:PutRestoreValidationResult", "iam:ListRoles"),
    *("cloudwatch:GetMetricStatistics", "rds:DescribeCertificates"),
)
# AWS defines a resource type for these, but the resource is not known when the policy is written.
NEED_EVERY_RESOURCE = (
    *("ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses"),
    *("ec2:UnassignPrivateIpAddresses", "cloudwatch:PutMetricData", "ssm:UpdateInstanceInformation"),
)
_UNRESTRICTABLE = frozenset(action.lower() for action in (*KNOW_NO_RESOURCE, *NEED_EVERY_RESOURCE))


def restrictable(pattern: str) -> bool:
    """Whether an action (or a pattern of actions) supports resource-level permissions."""
    return pattern.lower() not in _UNRESTRICTABLE


# The kind of IAM resource that an action is about, by a word in its name.
_IAM_KINDS = {
    "role": ("role",),
    "user": ("user", "accesskey", "loginprofile", "servicespecificcredential"),
    "group": ("group",),
    "policy": ("policy",),
}
# How the names of resources begin, where a name alone is not the last segment of an ARN.
_NAMES = {
    "dynamodb": (f"table/{PROBE}",),
    "kms": (f"key/{PROBE}",),
    "lambda": (f"function:{PROBE}",),
    "rds-db": (f"dbuser:{PROBE}/{PROBE}",),
    "s3": (PROBE, f"{PROBE}/{PROBE}"),
    "secretsmanager": (f"secret:{PROBE}",),
    "ssm": (f"parameter/{PROBE}", f"document/{PROBE}"),
}


def unlikely_names(action: str) -> tuple[str, tuple[str, ...]]:
    """The service of the resources that an action is about, and the ends of ARNs that nobody would choose."""
    service, _, verb = action.lower().partition(":")
    if service == "sts":
        service = "iam"
    if service != "iam":
        return service, _NAMES.get(service, (PROBE, f"{PROBE}/{PROBE}", f"{PROBE}:{PROBE}"))
    kinds = [kind for kind, words in _IAM_KINDS.items() if any(word in verb for word in words)]
    return service, tuple(f"{kind}/{PROBE}" for kind in kinds or _IAM_KINDS)


def writes(pattern: str) -> bool:
    """Whether an action, or an action that a pattern matches, is a write action."""
    verb = pattern.partition(":")[2].lower() or "*"
    if not restrictable(pattern):
        return False
    return any(verb.startswith(known.lower()) or _may_begin(verb, known.lower()) for known in WRITE_VERBS)


def _may_begin(pattern: str, verb: str) -> bool:
    head = pattern.split("*")[0].split("?")[0]
    return head != pattern and verb.startswith(head)
