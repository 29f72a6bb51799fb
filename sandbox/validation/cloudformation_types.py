"""Finds the CloudFormation type that an operation creates or changes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

NAMESPACES = {
    "accessanalyzer": "AccessAnalyzer",
    "acm": "CertificateManager",
    "application-autoscaling": "ApplicationAutoScaling",
    "autoscaling": "AutoScaling",
    "backup": "Backup",
    "budgets": "Budgets",
    "cloudtrail": "CloudTrail",
    "cloudwatch": "CloudWatch",
    "config": "Config",
    "ec2": "EC2",
    "ecr": "ECR",
    "ecs": "ECS",
    "elasticache": "ElastiCache",
    "elbv2": "ElasticLoadBalancingV2",
    "events": "Events",
    "guardduty": "GuardDuty",
    "iam": "IAM",
    "kms": "KMS",
    "lambda": "Lambda",
    "logs": "Logs",
    "rds": "RDS",
    "route53": "Route53",
    "s3": "S3",
    "scheduler": "Scheduler",
    "secretsmanager": "SecretsManager",
    "servicediscovery": "ServiceDiscovery",
    "sns": "SNS",
    "sqs": "SQS",
    "ssm": "SSM",
    "wafv2": "WAFv2",
}
VERB = re.compile(r"(?:Create|Put|Modify|Update|Register|Run|Request)(\w+)")
PARTIAL = ("Modify", "Update", "Add", "Put", "Rotate")
"""Operations whose parameters may be a part of a resource's properties: no rule between properties counts."""


@dataclass(frozen=True)
class Target:
    """The type, where in the parameters its properties are, and the definition if they are a part of it."""

    type: str
    inside: str = ""
    definition: str = ""


def _type(service: str, noun: str) -> str:
    return f"AWS::{NAMESPACES[service]}::{noun}"


OTHERS = {
    "application-autoscaling.RegisterScalableTarget": Target("AWS::ApplicationAutoScaling::ScalableTarget"),
    "backup.CreateBackupPlan": Target("AWS::Backup::BackupPlan"),
    "backup.CreateRestoreTestingPlan": Target("AWS::Backup::RestoreTestingPlan", "RestoreTestingPlan"),
    "backup.CreateRestoreTestingSelection": Target(
        "AWS::Backup::RestoreTestingSelection", "RestoreTestingSelection"
    ),
    "cloudwatch.PutMetricAlarm": Target("AWS::CloudWatch::Alarm"),
    "config.PutConfigurationRecorder": Target("AWS::Config::ConfigurationRecorder", "ConfigurationRecorder"),
    "config.PutConfigRule": Target("AWS::Config::ConfigRule", "ConfigRule"),
    "config.PutDeliveryChannel": Target("AWS::Config::DeliveryChannel", "DeliveryChannel"),
    "ec2.AllocateAddress": Target("AWS::EC2::EIP"),
    "ec2.AuthorizeSecurityGroupEgress": Target("AWS::EC2::SecurityGroupEgress", "IpPermissions[]"),
    "ec2.AuthorizeSecurityGroupIngress": Target("AWS::EC2::SecurityGroupIngress", "IpPermissions[]"),
    "ec2.RunInstances": Target("AWS::EC2::Instance"),
    "ec2.CreateFlowLogs": Target("AWS::EC2::FlowLog"),
    "elasticache.CreateCacheParameterGroup": Target("AWS::ElastiCache::ParameterGroup"),
    "elasticache.CreateCacheSubnetGroup": Target("AWS::ElastiCache::SubnetGroup"),
    "elbv2.CreateRule": Target("AWS::ElasticLoadBalancingV2::ListenerRule"),
    "events.PutTargets": Target("AWS::Events::Rule"),
    "iam.CreateOpenIDConnectProvider": Target("AWS::IAM::OIDCProvider"),
    "iam.CreatePolicy": Target("AWS::IAM::ManagedPolicy"),
    "lambda.AddPermission": Target("AWS::Lambda::Permission"),
    "lambda.UpdateFunctionConfiguration": Target("AWS::Lambda::Function"),
    "logs.PutRetentionPolicy": Target("AWS::Logs::LogGroup"),
    "route53.ChangeResourceRecordSets": Target(
        "AWS::Route53::RecordSet", "ChangeBatch.Changes[].ResourceRecordSet"
    ),
    "s3.PutBucketEncryption": Target(
        "AWS::S3::Bucket", "ServerSideEncryptionConfiguration.Rules[]", "ServerSideEncryptionRule"
    ),
    "s3.PutBucketLifecycleConfiguration": Target("AWS::S3::Bucket", "LifecycleConfiguration.Rules[]", "Rule"),
    "s3.PutBucketOwnershipControls": Target("AWS::S3::Bucket"),
    "s3.PutBucketVersioning": Target("AWS::S3::Bucket"),
    "s3.PutObjectLockConfiguration": Target("AWS::S3::Bucket"),
    "s3.PutPublicAccessBlock": Target("AWS::S3::Bucket"),
    "secretsmanager.RotateSecret": Target("AWS::SecretsManager::RotationSchedule"),
    "sns.Subscribe": Target("AWS::SNS::Subscription"),
    "ssm.RegisterTargetWithMaintenanceWindow": Target("AWS::SSM::MaintenanceWindowTarget"),
    "ssm.RegisterTaskWithMaintenanceWindow": Target("AWS::SSM::MaintenanceWindowTask"),
}
"""Operations that are not named after the type, and those whose properties are deeper in the parameters."""

DIFFERENT: dict[tuple[str, str], str] = {
    ("AWS::SSM::Parameter", "Type"): "CloudFormation cannot create a SecureString; the service can",
}
"""(type, property) whose rule is not that of the service's call, with the reason."""


@cache
def target_of(service: str, operation: str) -> Target | None:
    """The type of the operation, by its name or by the table; None for reads, deletions and the rest."""
    if found := OTHERS.get(f"{service}.{operation}"):
        return found
    match = VERB.fullmatch(operation)
    if match is None or service not in NAMESPACES:
        return None
    return Target(_type(service, match[1]))
