"""Permissions of the role that updates: the program's resources, under the application's names."""

from __future__ import annotations

from iam_documents import Document, allow, document, github
from ops.bootstrap.documents.managed_calls import managed_calls
from settings.names import SESSION_DOCUMENT, Names

# Of these services the calls are named, and IAM, KMS, S3, Secrets Manager and SSM are restricted to the
# application's resources below.
_TAGGED = (
    *("access-analyzer", "backup", "cloudwatch", "events", "guardduty", "scheduler", "servicediscovery"),
    *("sns", "wafv2"),
)
_NAMED = (
    *(f"{service}:{verb}Resource" for service in _TAGGED for verb in ("Tag", "Untag")),
    *("access-analyzer:CreateAnalyzer", "access-analyzer:DeleteAnalyzer", "access-analyzer:Get*"),
    *("access-analyzer:List*", "access-analyzer:UpdateAnalyzer"),
    *("acm:AddTagsToCertificate", "acm:DeleteCertificate", "acm:Describe*", "acm:List*"),
    *("acm:RemoveTagsFromCertificate", "acm:RequestCertificate", "acm:UpdateCertificateOptions"),
    *("backup:CreateBackup*", "backup:CreateRestoreTesting*", "backup:DeleteBackup*"),
    *("backup:DeleteRestoreTesting*", "backup:DescribeBackupVault", "backup:Get*"),
    *("backup:PutBackupVault*", "backup:UpdateBackupPlan", "backup:UpdateRestoreTesting*"),
    "backup-storage:MountCapsule",
    *("cloudwatch:DeleteAlarms", "cloudwatch:DeleteDashboards", "cloudwatch:Describe*", "cloudwatch:Get*"),
    *("cloudwatch:List*", "cloudwatch:PutCompositeAlarm", "cloudwatch:PutDashboard"),
    "cloudwatch:PutMetricAlarm",
    *("config:DeleteConfigurationRecorder", "config:DeleteDeliveryChannel", "config:Describe*"),
    *("config:List*", "config:PutConfigurationRecorder", "config:PutDeliveryChannel"),
    *("config:StartConfigurationRecorder", "config:StopConfigurationRecorder"),
    *("events:DeleteRule", "events:Describe*", "events:List*", "events:PutRule", "events:PutTargets"),
    "events:RemoveTargets",
    *("guardduty:CreateDetector", "guardduty:DeleteDetector", "guardduty:Get*", "guardduty:List*"),
    "guardduty:UpdateDetector",
    *("inspector2:BatchGetAccountStatus", "inspector2:Disable", "inspector2:Enable"),
    # What `ops verify` reads besides: what is attached to resources or shared from them.
    *("cloudtrail:ListEventDataStores", "ecr:DescribeRegistry", "ecr:GetRegistryPolicy"),
    *("inspector2:ListFilters", "oam:ListLinks", "ram:ListResources", "s3:ListAccessPoints"),
    *("route53resolver:List*", "vpc-lattice:ListServiceNetworkVpcAssociations"),
    *("route53:AssociateVPCWithHostedZone", "route53:ChangeResourceRecordSets", "route53:Get*"),
    "route53:List*",
    *("scheduler:CreateSchedule", "scheduler:CreateScheduleGroup", "scheduler:DeleteSchedule"),
    *("scheduler:DeleteScheduleGroup", "scheduler:Get*", "scheduler:List*", "scheduler:UpdateSchedule"),
    *("servicediscovery:CreateHttpNamespace", "servicediscovery:DeleteNamespace"),
    *("servicediscovery:DeleteService", "servicediscovery:Get*", "servicediscovery:List*"),
    "servicediscovery:UpdateHttpNamespace",
    *("sns:CreateTopic", "sns:DeleteTopic", "sns:Get*", "sns:List*", "sns:SetSubscriptionAttributes"),
    *("sns:SetTopicAttributes", "sns:Subscribe", "sns:Unsubscribe"),
    *("sqs:CreateQueue", "sqs:DeleteQueue", "sqs:Get*", "sqs:List*", "sqs:SetQueueAttributes"),
    *("sqs:TagQueue", "sqs:UntagQueue"),
    *("wafv2:AssociateWebACL", "wafv2:CreateWebACL", "wafv2:DeleteLoggingConfiguration"),
    *("wafv2:DeleteWebACL", "wafv2:DisassociateWebACL", "wafv2:Get*", "wafv2:List*"),
    *("wafv2:PutLoggingConfiguration", "wafv2:PutPermissionPolicy", "wafv2:UpdateWebACL"),
)
_LINKED = (
    *("access-analyzer", "agentless.inspector2", "autoscaling", "backup", "config", "ecs"),
    *("ecs.application-autoscaling", "elasticache", "elasticloadbalancing", "guardduty", "inspector2"),
    *("malware-protection.guardduty", "rds", "restore-testing.backup", "ssm", "wafv2"),
)
_KEYS = (
    *("kms:CreateAlias", "kms:CreateGrant", "kms:Decrypt", "kms:DeleteAlias", "kms:Disable*"),
    *("kms:Enable*", "kms:Encrypt", "kms:GenerateDataKey*", "kms:PutKeyPolicy", "kms:ReEncrypt*"),
    *("kms:RetireGrant", "kms:Revoke*", "kms:ScheduleKeyDeletion", "kms:TagResource"),
    *("kms:UntagResource", "kms:Update*"),
)
"""Uses of the application's keys and of the state's key."""
_UNRESTRICTED = (
    *("backup:List*", "iam:Get*", "iam:List*", "iam:UpdateAccountPasswordPolicy"),
    *("iam:DeleteAccountPasswordPolicy", "kms:CreateKey", "kms:Describe*", "kms:Get*", "kms:List*"),
    *("s3:ListAllMyBuckets", "secretsmanager:BatchGetSecretValue", "secretsmanager:GetRandomPassword"),
    *("secretsmanager:ListSecrets", "servicequotas:GetServiceQuota", "ssm:CreateMaintenanceWindow"),
    *("ssm:CreatePatchBaseline", "ssm:Describe*", "ssm:GetCommandInvocation", "ssm:List*"),
    "tag:GetResources",
)
_RESTORES = ("backup:DescribeRestoreJob", "backup:StartRestoreJob")
"""Calls of ``ops restore-drill`` besides those on RDS and those that describe backups."""


def up_rights(names: Names, bucket: str, copy_region: str | None = None) -> Document:
    """Allow management of the program's resources in this account, under the application's names."""
    account, prefix, region = names.account_id, names.prefix, names.region
    regions = [region] if copy_region is None else [region, copy_region]
    iam, ssm = f"arn:aws:iam::{account}", f"arn:aws:ssm:{region}:{account}"
    return document(
        # The boundary restricts it to the region; resource IDs are not known beforehand.
        allow((*managed_calls(), *_NAMED), "*", sid="ManageResources"),
        allow(
            "iam:*",
            [
                f"{iam}:role/{prefix}-*",
                f"{iam}:policy/{prefix}-*",
                f"{iam}:instance-profile/{prefix}-*",
                github.provider_arn(account),
            ],
            sid="ManageRoles",
        ),
        allow(
            "iam:CreateServiceLinkedRole",
            f"{iam}:role/aws-service-role/*",
            {"StringEquals": {"iam:AWSServiceName": [f"{service}.amazonaws.com" for service in _LINKED]}},
            sid="CreateServiceLinkedRoles",
        ),
        allow(_UNRESTRICTED, "*", sid="DescribeAndCreateKeys"),  # these actions take no resource
        # AWS names recovery points and jobs; the role that restores them can create restored copies only.
        allow(_RESTORES, "*", sid="RestoreBackups"),
        # The key policy restricts this further: it names the administrators, and this role has to be one.
        allow(_KEYS, [f"arn:aws:kms:{one}:{account}:key/*" for one in regions], sid="ManageKeys"),
        allow(
            ("kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"),
            [f"arn:aws:kms:{one}:{account}:alias/{prefix}-*" for one in regions],
            sid="ManageAliases",
        ),
        allow(
            "secretsmanager:*",
            f"arn:aws:secretsmanager:{region}:{account}:secret:{prefix}/*",
            sid="ManageSecrets",
        ),
        allow(
            "ssm:*",
            [
                f"{ssm}:parameter/{prefix}/*",
                f"{ssm}:document/{prefix}-*",
                f"{ssm}:document/{SESSION_DOCUMENT}",
                f"{ssm}:maintenancewindow/*",
                f"{ssm}:windowtarget/*",
                f"{ssm}:windowtask/*",
                f"{ssm}:patchbaseline/*",
            ],
            sid="ManageParametersAndDocuments",
        ),
        # RDS creates the secret of a database's master user with the permissions of its caller.
        allow(
            (
                "secretsmanager:CreateSecret",
                "secretsmanager:DescribeSecret",
                "secretsmanager:GetResourcePolicy",
                "secretsmanager:TagResource",
            ),
            f"arn:aws:secretsmanager:{region}:{account}:secret:rds!db-*",
            sid="CreateMasterSecret",
        ),
        # With a document of the application only: AWS asks for the document and for each instance.
        allow("ssm:SendCommand", f"arn:aws:ec2:{region}:{account}:instance/*", sid="RunDocuments"),
        # Canonical publishes its machine images in parameters that belong to no account.
        allow(
            "ssm:GetParameter", f"arn:aws:ssm:{region}::parameter/aws/service/canonical/*", sid="FindImages"
        ),
        allow(
            "s3:*",
            [f"arn:aws:s3:::{prefix}-*", f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
            sid="ManageBuckets",
        ),
    )
