"""For every type whose inputs a refresh reads: a change that somebody makes in AWS by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.engine.model import Resource

Client = Callable[[str], Any]
OPEN = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "*", "Principal": {"AWS": "*"}, "Resource": "*"}],
    }
)
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}],
    }
)
RULES = {
    "Rules": [{"ID": "expire", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}]
}
PLAIN = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
ANYBODY = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]


@dataclass(frozen=True)
class HandChange:
    """A call to AWS, and the inputs that a refresh must then show as changed."""

    type: str
    name: str
    inputs: tuple[str, ...]
    make: Callable[[Client, Resource], Any]

    def __str__(self) -> str:
        return f"{self.name}-{self.inputs[0]}"


def _open_rule(aws: Client, rule: Resource) -> None:
    opened = {
        "IpProtocol": "tcp",
        "FromPort": 1,
        "ToPort": 65535,
        "CidrIpv4": "0.0.0.0/0",
        "Description": "web",
    }
    change = [{"SecurityGroupRuleId": rule.id, "SecurityGroupRule": opened}]
    aws("ec2").modify_security_group_rules(GroupId=rule.inputs["securityGroupId"], SecurityGroupRules=change)


def _describe_rule(aws: Client, rule: Resource) -> None:
    to = {"ReferencedGroupId": rule.inputs["referencedSecurityGroupId"], "Description": "by hand"}
    described = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, **to}
    change = [{"SecurityGroupRuleId": rule.id, "SecurityGroupRule": described}]
    aws("ec2").modify_security_group_rules(GroupId=rule.inputs["securityGroupId"], SecurityGroupRules=change)


def _redirect_alias(aws: Client, alias: Resource) -> None:
    keys = [key["KeyId"] for key in aws("kms").list_keys()["Keys"]]
    other = next(key for key in keys if key != alias.inputs["targetKeyId"])
    aws("kms").update_alias(AliasName=alias.id, TargetKeyId=other)


def _rotate_sooner(aws: Client, rotation: Resource) -> None:
    rules = {"AutomaticallyAfterDays": 1}
    aws("secretsmanager").rotate_secret(
        SecretId=rotation.inputs["secretId"], RotationRules=rules, RotateImmediately=False
    )


def _log_elsewhere(aws: Client, logging: Resource) -> None:
    there = {"TargetBucket": logging.inputs["targetBucket"], "TargetPrefix": "elsewhere/"}
    aws("s3").put_bucket_logging(Bucket=logging.id, BucketLoggingStatus={"LoggingEnabled": there})


def _scale(aws: Client, service: Resource) -> None:
    aws("ecs").update_service(
        cluster=service.inputs["cluster"], service=service.inputs["name"], desiredCount=3
    )


def _call(service: str, operation: str, by_id: str = "", **params: Any) -> Callable[[Client, Resource], Any]:
    """One call; the parameter ``by_id`` gets the resource's id."""

    def make(aws: Client, one: Resource) -> Any:
        return getattr(aws(service), operation)(**({by_id: one.id} if by_id else {}), **params)

    return make


ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
BY_HAND = [{"Key": "By", "Value": "hand"}]
NO_INSIGHTS = [{"name": "containerInsights", "value": "disabled"}]
NOT_LOGGED = [{"ParameterName": "log_connections", "ParameterValue": "0", "ApplyMethod": "immediate"}]
WRITER = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
CHANGES = (
    HandChange(
        "iam/role:Role",
        "role",
        ("assumeRolePolicy",),
        _call("iam", "update_assume_role_policy", "RoleName", PolicyDocument=TRUST),
    ),
    HandChange(
        "iam/role:Role", "role", ("tags", "tagsAll"), _call("iam", "tag_role", "RoleName", Tags=BY_HAND)
    ),
    HandChange(
        "iam/rolePolicy:RolePolicy",
        "inline",
        ("policy",),
        _call("iam", "put_role_policy", RoleName="role", PolicyName="inline", PolicyDocument=OPEN),
    ),
    HandChange(
        "iam/policy:Policy",
        "policy",
        ("policy",),
        _call("iam", "create_policy_version", "PolicyArn", PolicyDocument=OPEN, SetAsDefault=True),
    ),
    HandChange(
        "iam/rolePoliciesExclusive:RolePoliciesExclusive",
        "inline-only",
        ("policyNames",),
        _call("iam", "put_role_policy", RoleName="role", PolicyName="by-hand", PolicyDocument=OPEN),
    ),
    HandChange(
        "iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
        "attached-only",
        ("policyArns",),
        _call("iam", "attach_role_policy", RoleName="role", PolicyArn=ADMIN),
    ),
    HandChange(
        "iam/instanceProfile:InstanceProfile",
        "profile",
        ("tags", "tagsAll"),
        _call("iam", "untag_instance_profile", "InstanceProfileName", TagKeys=["Own"]),
    ),
    HandChange(
        "iam/openIdConnectProvider:OpenIdConnectProvider",
        "oidc",
        ("thumbprintLists",),
        _call(
            "iam",
            "update_open_id_connect_provider_thumbprint",
            "OpenIDConnectProviderArn",
            ThumbprintList=["b" * 40],
        ),
    ),
    HandChange(
        "iam/accountPasswordPolicy:AccountPasswordPolicy",
        "passwords",
        ("minimumPasswordLength",),
        _call(
            "iam", "update_account_password_policy", MinimumPasswordLength=8, AllowUsersToChangePassword=True
        ),
    ),
    HandChange(
        "ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "default",
        ("ingress",),
        _call("ec2", "authorize_security_group_ingress", "GroupId", IpPermissions=ANYBODY),
    ),
    HandChange(
        "ec2/securityGroup:SecurityGroup",
        "group",
        ("tags", "tagsAll"),
        lambda aws, one: aws("ec2").delete_tags(Resources=[one.id], Tags=[{"Key": "Own"}]),
    ),
    HandChange(
        "vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "in",
        ("cidrIpv4", "fromPort", "toPort"),
        _open_rule,
    ),
    HandChange(
        "vpc/securityGroupEgressRule:SecurityGroupEgressRule", "out", ("description",), _describe_rule
    ),
    HandChange(
        "kms/key:Key",
        "key",
        ("enableKeyRotation", "rotationPeriodInDays"),
        _call("kms", "disable_key_rotation", "KeyId"),
    ),
    HandChange(
        "kms/key:Key",
        "key",
        ("policy",),
        _call("kms", "put_key_policy", "KeyId", PolicyName="default", Policy=OPEN),
    ),
    HandChange("kms/alias:Alias", "alias", ("targetKeyId",), _redirect_alias),
    HandChange(
        "secretsmanager/secret:Secret",
        "secret",
        ("description",),
        _call("secretsmanager", "update_secret", "SecretId", Description="by hand"),
    ),
    HandChange(
        "secretsmanager/secretPolicy:SecretPolicy",
        "secret-policy",
        ("policy",),
        _call("secretsmanager", "put_resource_policy", "SecretId", ResourcePolicy=OPEN),
    ),
    HandChange(
        "secretsmanager/secretRotation:SecretRotation", "rotation", ("rotationRules",), _rotate_sooner
    ),
    HandChange(
        "ssm/parameter:Parameter",
        "parameter",
        ("value",),
        lambda aws, one: aws("ssm").put_parameter(
            Name=one.id, Value="by-hand", Type="SecureString", KeyId=one.inputs["keyId"], Overwrite=True
        ),
    ),
    HandChange(
        "rds/instance:Instance",
        "database",
        ("backupRetentionPeriod", "publiclyAccessible"),
        _call(
            "rds",
            "modify_db_instance",
            DBInstanceIdentifier="one",
            BackupRetentionPeriod=1,
            PubliclyAccessible=True,
            ApplyImmediately=True,
        ),
    ),
    HandChange(
        "rds/parameterGroup:ParameterGroup",
        "parameters",
        ("parameters",),
        _call("rds", "modify_db_parameter_group", "DBParameterGroupName", Parameters=NOT_LOGGED),
    ),
    HandChange(
        "rds/eventSubscription:EventSubscription",
        "subscription",
        ("enabled",),
        _call("rds", "modify_event_subscription", "SubscriptionName", Enabled=False),
    ),
    HandChange(
        "elasticache/parameterGroup:ParameterGroup",
        "cache-parameters",
        ("parameters",),
        _call(
            "elasticache",
            "modify_cache_parameter_group",
            "CacheParameterGroupName",
            ParameterNameValues=[{"ParameterName": "timeout", "ParameterValue": "0"}],
        ),
    ),
    HandChange(
        "guardduty/detectorFeature:DetectorFeature",
        "feature",
        ("status",),
        lambda aws, one: aws("guardduty").update_detector(
            DetectorId=one.inputs["detectorId"], Features=[{"Name": one.inputs["name"], "Status": "DISABLED"}]
        ),
    ),
    HandChange(
        "s3/bucket:Bucket", "bucket", ("tags", "tagsAll"), _call("s3", "delete_bucket_tagging", "Bucket")
    ),
    HandChange(
        "s3/bucketVersioning:BucketVersioning",
        "versioning",
        ("versioningConfiguration",),
        _call("s3", "put_bucket_versioning", "Bucket", VersioningConfiguration={"Status": "Suspended"}),
    ),
    HandChange(
        "s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "public",
        ("blockPublicAcls",),
        _call(
            "s3",
            "put_public_access_block",
            "Bucket",
            PublicAccessBlockConfiguration={"BlockPublicAcls": False},
        ),
    ),
    HandChange(
        "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "encryption",
        ("rules",),
        _call("s3", "put_bucket_encryption", "Bucket", ServerSideEncryptionConfiguration=PLAIN),
    ),
    HandChange("s3/bucketLogging:BucketLogging", "logging", ("targetPrefix",), _log_elsewhere),
    HandChange(
        "s3/bucketPolicy:BucketPolicy",
        "bucket-policy",
        ("policy",),
        _call("s3", "put_bucket_policy", "Bucket", Policy=OPEN),
    ),
    HandChange(
        "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "lifecycle",
        ("rules",),
        _call("s3", "put_bucket_lifecycle_configuration", "Bucket", LifecycleConfiguration=RULES),
    ),
    HandChange(
        "s3/bucketOwnershipControls:BucketOwnershipControls",
        "ownership",
        ("rule",),
        _call("s3", "put_bucket_ownership_controls", "Bucket", OwnershipControls=WRITER),
    ),
    HandChange(
        "s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        "lock",
        ("rule",),
        _call(
            "s3",
            "put_object_lock_configuration",
            "Bucket",
            ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"},
        ),
    ),
    HandChange(
        "ecs/cluster:Cluster",
        "cluster",
        ("settings",),
        _call("ecs", "update_cluster", "cluster", settings=NO_INSIGHTS),
    ),
    HandChange(
        "ecs/taskDefinition:TaskDefinition",
        "task",
        ("tags", "tagsAll"),
        lambda aws, one: aws("ecs").untag_resource(resourceArn=one.outputs["arn"], tagKeys=["Own"]),
    ),
    HandChange("ecs/service:Service", "service", ("desiredCount",), _scale),
)
UNCHANGEABLE = frozenset(
    {"iam/rolePolicyAttachment:RolePolicyAttachment", "secretsmanager/secretVersion:SecretVersion"}
)
"""They have nothing that could be changed: they can only be deleted, or take another id."""
