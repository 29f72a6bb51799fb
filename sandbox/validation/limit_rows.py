"""Limits on the parameters of single calls, and the forms of names, that no model states."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.validation.measures import (
    Measure,
    alarm_states,
    as_json,
    capacity,
    characters,
    decoded,
    entries,
    text_bytes,
    widgets,
    without_space,
)
from settings.schema import aws_limits as limits
from settings.schema.aws_limits import Limit


@dataclass(frozen=True)
class Row:
    """A limit on a part of the parameters of some operations, and the form of a name."""

    calls: str
    path: str
    limit: Limit
    measure: Measure = characters
    pattern: str = ""
    at_least: int = 0
    when: str = ""
    """JMESPath over the parameters: where it is false, the row does not apply."""


ROWS = (
    Row("iam.CreateRole", "AssumeRolePolicyDocument", limits.TRUST_POLICY, without_space),
    Row("iam.UpdateAssumeRolePolicy", "PolicyDocument", limits.TRUST_POLICY, without_space),
    Row("iam.CreatePolicy iam.CreatePolicyVersion", "PolicyDocument", limits.MANAGED_POLICY, without_space),
    Row("kms.CreateKey kms.PutKeyPolicy", "Policy", limits.KEY_POLICY, text_bytes),
    Row("secretsmanager.PutResourcePolicy", "ResourcePolicy", limits.SECRET_POLICY),
    Row(
        "secretsmanager.CreateSecret secretsmanager.PutSecretValue",
        "SecretString",
        limits.SECRET_VALUE,
        text_bytes,
    ),
    Row("s3.PutBucketPolicy", "Policy", limits.BUCKET_POLICY, text_bytes),
    Row(
        "s3.CreateBucket",
        "Bucket",
        limits.BUCKET_NAME,
        pattern=r"^(?!xn--|sthree-)[a-z0-9](?!.*\.\.)[a-z0-9.-]*[a-z0-9]$",
        at_least=3,
    ),
    Row(
        "ssm.PutParameter", "Value", limits.STANDARD_PARAMETER, text_bytes, when="!Tier || Tier == 'Standard'"
    ),
    Row("ssm.PutParameter", "Value", limits.ADVANCED_PARAMETER, text_bytes),
    Row("ssm.CreateDocument ssm.UpdateDocument", "Content", limits.SSM_DOCUMENT, text_bytes),
    Row("ec2.RunInstances", "UserData", limits.USER_DATA, decoded),
    Row(
        "ec2.CreateLaunchTemplate ec2.CreateLaunchTemplateVersion",
        "LaunchTemplateData.UserData",
        limits.USER_DATA,
        decoded,
    ),
    Row("ecs.RegisterTaskDefinition", "@", limits.TASK_DEFINITION, as_json),
    Row("ecs.RegisterTaskDefinition", "containerDefinitions", limits.CONTAINERS_OF_TASK, len),
    Row(
        "lambda.CreateFunction lambda.UpdateFunctionConfiguration",
        "Environment.Variables",
        limits.LAMBDA_ENVIRONMENT,
        entries,
    ),
    Row("lambda.CreateFunction", "FunctionName", limits.LAMBDA_NAME),
    Row("events.PutRule", "EventPattern", limits.EVENT_PATTERN),
    Row("sns.CreateTopic", "Attributes.Policy", limits.TOPIC_POLICY, text_bytes),
    Row(
        "sns.SetTopicAttributes",
        "AttributeValue",
        limits.TOPIC_POLICY,
        text_bytes,
        when="AttributeName == 'Policy'",
    ),
    Row("cloudwatch.PutCompositeAlarm", "AlarmRule", limits.ALARMS_OF_COMPOSITE, alarm_states),
    Row("cloudwatch.PutDashboard", "DashboardBody", limits.DASHBOARD_WIDGETS, widgets),
    Row("logs.PutDataProtectionPolicy", "policyDocument", limits.DATA_PROTECTION_POLICY),
    Row(
        "elbv2.CreateLoadBalancer",
        "Name",
        limits.LOAD_BALANCER_NAME,
        pattern=r"^(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$",
    ),
    Row(
        "elbv2.CreateTargetGroup",
        "Name",
        limits.TARGET_GROUP_NAME,
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$",
    ),
    Row("rds.CreateDBInstance rds.ModifyDBInstance", "DBInstanceIdentifier", limits.DATABASE_IDENTIFIER),
    Row(
        "rds.CreateDBInstance",
        "MasterUsername",
        limits.DATABASE_USER,
        pattern="^[A-Za-z][A-Za-z0-9_]*$",
        when="Engine == 'postgres'",
    ),
    Row(
        "rds.CreateDBInstance",
        "DBName",
        limits.DATABASE_USER,
        pattern="^[A-Za-z_][A-Za-z0-9_]*$",
        when="Engine == 'postgres'",
    ),
    Row(
        "rds.CreateDBSubnetGroup",
        "DBSubnetGroupName",
        limits.DATABASE_GROUP_NAME,
        pattern=r"^(?!default$)[A-Za-z0-9 ._-]+$",
    ),
    Row(
        "rds.CreateDBParameterGroup",
        "DBParameterGroupName",
        limits.DATABASE_GROUP_NAME,
        pattern="^[A-Za-z](-?[A-Za-z0-9])*$",
    ),
    Row("rds.CreateEventSubscription", "SubscriptionName", limits.EVENT_SUBSCRIPTION_NAME),
    Row(
        "elasticache.CreateReplicationGroup",
        "ReplicationGroupId",
        limits.REPLICATION_GROUP_ID,
        pattern="^[A-Za-z](-?[A-Za-z0-9])*$",
    ),
    Row("elasticache.CreateReplicationGroup", "AuthToken", limits.CACHE_PASSWORD, at_least=16),
    Row(
        "elasticache.CreateCacheSubnetGroup",
        "CacheSubnetGroupName",
        limits.CACHE_GROUP_NAME,
        pattern="^[A-Za-z0-9-]+$",
    ),
    Row(
        "elasticache.CreateCacheParameterGroup",
        "CacheParameterGroupName",
        limits.CACHE_GROUP_NAME,
        pattern="^[A-Za-z](-?[A-Za-z0-9])*$",
    ),
    Row("elasticache.CreateUser", "UserId", limits.CACHE_USER_ID, pattern="^[A-Za-z](-?[A-Za-z0-9])*$"),
    Row(
        "elasticache.CreateUserGroup",
        "UserGroupId",
        limits.CACHE_USER_ID,
        pattern="^[A-Za-z](-?[A-Za-z0-9])*$",
    ),
    Row("elasticache.CreateUser elasticache.ModifyUser", "Passwords[]", limits.CACHE_PASSWORD, at_least=16),
    Row("wafv2.CreateWebACL wafv2.UpdateWebACL", "Rules", limits.WEB_ACL_CAPACITY, capacity),
    Row("events.PutTargets", "Targets", limits.EVENT_TARGETS, len),
    Row(
        "ecs.CreateService ecs.UpdateService",
        "networkConfiguration.awsvpcConfiguration.securityGroups",
        limits.GROUPS_OF_INTERFACE,
        len,
    ),
    Row(
        "elbv2.CreateLoadBalancer elbv2.SetSecurityGroups", "SecurityGroups", limits.GROUPS_OF_INTERFACE, len
    ),
    Row("rds.CreateDBInstance rds.ModifyDBInstance", "VpcSecurityGroupIds", limits.GROUPS_OF_INTERFACE, len),
    Row("elasticache.CreateReplicationGroup", "SecurityGroupIds", limits.GROUPS_OF_INTERFACE, len),
    Row("ec2.CreateVpcEndpoint", "SecurityGroupIds", limits.GROUPS_OF_INTERFACE, len),
    Row("ec2.CreateTags", "Tags", limits.TAGS, len),
    Row("ec2.CreateTags", "Tags[].Key", limits.TAG_KEY),
    Row("ec2.CreateTags", "Tags[].Value", limits.TAG_VALUE),
)
