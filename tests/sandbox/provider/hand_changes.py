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
    change = [{"SecurityGroupRuleId": rule.id, "SecurityGroupRule": {"IpProtocol": "tcp", "FromPort": 5432,
                                                                     "ToPort": 5432, **to}}]  # fmt: skip
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


def _scale(aws: Client, service: Resource) -> None:
    aws("ecs").update_service(
        cluster=service.inputs["cluster"], service=service.inputs["name"], desiredCount=3
    )


def _s3(operation: str, **params: Any) -> Callable[[Client, Resource], Any]:
    return lambda aws, part: getattr(aws("s3"), operation)(Bucket=part.inputs["bucket"], **params)


CHANGES = (
    HandChange("iam/role:Role", "role", ("assumeRolePolicy",),
               lambda aws, _: aws("iam").update_assume_role_policy(RoleName="role", PolicyDocument=TRUST)),
    HandChange("iam/role:Role", "role", ("tags", "tagsAll"),
               lambda aws, role: aws("iam").tag_role(RoleName=role.id, Tags=[{"Key": "By", "Value": "hand"}])),
    HandChange("iam/rolePolicy:RolePolicy", "inline", ("policy",),
               lambda aws, one: aws("iam").put_role_policy(RoleName="role", PolicyName="inline",
                                                           PolicyDocument=OPEN)),
    HandChange("iam/policy:Policy", "policy", ("policy",),
               lambda aws, one: aws("iam").create_policy_version(PolicyArn=one.id, PolicyDocument=OPEN,
                                                                 SetAsDefault=True)),
    HandChange("iam/rolePoliciesExclusive:RolePoliciesExclusive", "inline-only", ("policyNames",),
               lambda aws, one: aws("iam").put_role_policy(RoleName="role", PolicyName="by-hand",
                                                           PolicyDocument=OPEN)),
    X
    HandChange("iam/instanceProfile:InstanceProfile", "profile", ("tags", "tagsAll"),
               lambda aws, one: aws("iam").untag_instance_profile(InstanceProfileName=one.id, TagKeys=["Own"])),
    HandChange("iam/openIdConnectProvider:OpenIdConnectProvider", "oidc", ("thumbprintLists",),
               lambda aws, one: aws("iam").update_open_id_connect_provider_thumbprint(
                   OpenIDConnectProviderArn=one.id, ThumbprintList=["b" * 40])),
    HandChange("iam/accountPasswordPolicy:AccountPasswordPolicy", "passwords", ("minimumPasswordLength",),
               lambda aws, one: aws("iam").update_account_password_policy(
                   MinimumPasswordLength=8, AllowUsersToChangePassword=True)),
    HandChange("ec2/defaultSecurityGroup:DefaultSecurityGroup", "default", ("ingress",),
               lambda aws, one: aws("ec2").authorize_security_group_ingress(GroupId=one.id,
                                                                            IpPermissions=ANYBODY)),
    HandChange("ec2/securityGroup:SecurityGroup", "group", ("tags", "tagsAll"),
               lambda aws, one: aws("ec2").delete_tags(Resources=[one.id], Tags=[{"Key": "Own"}])),
    HandChange("vpc/securityGroupIngressRule:SecurityGroupIngressRule", "in",
               ("cidrIpv4", "fromPort", "toPort"), _open_rule),
    HandChange("vpc/securityGroupEgressRule:SecurityGroupEgressRule", "out", ("description",), _describe_rule),
    HandChange("kms/key:Key", "key", ("enableKeyRotation", "rotationPeriodInDays"),
               lambda aws, key: aws("kms").disable_key_rotation(KeyId=key.id)),
    HandChange("kms/key:Key", "key", ("policy",),
               lambda aws, key: aws("kms").put_key_policy(KeyId=key.id, PolicyName="default", Policy=OPEN)),
    HandChange("kms/alias:Alias", "alias", ("targetKeyId",), _redirect_alias),
    HandChange("secretsmanager/secret:Secret", "secret", ("description",),
               lambda aws, one: aws("secretsmanager").update_secret(SecretId=one.id, Description="by hand")),
    HandChange("secretsmanager/secretPolicy:SecretPolicy", "secret-policy", ("policy",),
               lambda aws, one: aws("secretsmanager").put_resource_policy(SecretId=one.id,
                                                                          ResourcePolicy=OPEN)),
    HandChange("secretsmanager/secretRotation:SecretRotation", "rotation", ("rotationRules",), _rotate_sooner),
    HandChange("ssm/parameter:Parameter", "parameter", ("value",),
               lambda aws, one: aws("ssm").put_parameter(Name=one.id, Value="by-hand", Type="SecureString",
                                                         KeyId=one.inputs["keyId"], Overwrite=True)),
    HandChange("rds/instance:Instance", "database", ("backupRetentionPeriod", "publiclyAccessible"),
               lambda aws, one: aws("rds").modify_db_instance(
                   DBInstanceIdentifier="one", BackupRetentionPeriod=1, PubliclyAccessible=True,
                   ApplyImmediately=True)),
    HandChange("s3/bucket:Bucket", "bucket", ("tags", "tagsAll"), _s3("delete_bucket_tagging")),
    HandChange("s3/bucketVersioning:BucketVersioning", "versioning", ("versioningConfiguration",),
               _s3("put_bucket_versioning", VersioningConfiguration={"Status": "Suspended"})),
    HandChange("s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "public", ("blockPublicAcls",),
               _s3("put_public_access_block", PublicAccessBlockConfiguration={"BlockPublicAcls": False})),
    HandChange("s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
               "encryption", ("rules",),
               _s3("put_bucket_encryption", ServerSideEncryptionConfiguration=PLAIN)),
    HandChange("s3/bucketLogging:BucketLogging", "logging", ("targetPrefix",),
               lambda aws, one: aws("s3").put_bucket_logging(
                   Bucket=one.inputs["bucket"], BucketLoggingStatus={"LoggingEnabled": {
                       "TargetBucket": one.inputs["targetBucket"], "TargetPrefix": "elsewhere/"}})),
    HandChange("s3/bucketPolicy:BucketPolicy", "bucket-policy", ("policy",),
               _s3("put_bucket_policy", Policy=OPEN)),
    HandChange("s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "lifecycle", ("rules",),
               _s3("put_bucket_lifecycle_configuration", LifecycleConfiguration=RULES)),
    HandChange("s3/bucketOwnershipControls:BucketOwnershipControls", "ownership", ("rule",),
               _s3("put_bucket_ownership_controls",
                   OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})),
    HandChange("s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", "lock", ("rule",),
               _s3("put_object_lock_configuration",
                   ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"})),
    HandChange("ecs/cluster:Cluster", "cluster", ("settings",),
               lambda aws, one: aws("ecs").update_cluster(
                   cluster=one.id, settings=[{"name": "containerInsights", "value": "disabled"}])),
    HandChange("ecs/taskDefinition:TaskDefinition", "task", ("tags", "tagsAll"),
               lambda aws, one: aws("ecs").untag_resource(resourceArn=one.outputs["arn"], tagKeys=["Own"])),
    HandChange("ecs/service:Service", "service", ("desiredCount",), _scale),
)  # fmt: skip
UNCHANGEABLE = frozenset(
    {
        "iam/rolePolicyAttachment:RolePolicyAttachment",
        "secretsmanager/secretVersion:SecretVersion",
    }
)
"""They have nothing that could be changed: they can only be deleted, or take another id."""
