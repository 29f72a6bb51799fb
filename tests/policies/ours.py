"""Compliant inputs as the program's own components register them, changed only where exemptions apply."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from tests.program import shipped

_TASKS = "aws:ecs/taskDefinition:TaskDefinition"
# By type: the resource, and the property that an exemption covers there, so that rules are tested both ways.
_RECORDED: dict[str, tuple[str, str, Mapping[str, Any]]] = {
    "aws:rds/instance:Instance": ("prod", "database-instance", {"port": 5433}),
    "aws:ec2/securityGroup:SecurityGroup": ("prod", "connections-user", {}),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (
        "prod",
        "connections-rds-5432-from-user",
        {},
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ("prod", "connections-user-to-rds-5432", {}),
    "aws:kms/key:Key": ("prod", "keys-secrets", {}),
    "aws:kms/alias:Alias": ("prod", "keys-secrets", {}),
    "aws:secretsmanager/secret:Secret": ("prod", "secrets-jwt-secret", {}),
    "aws:secretsmanager/secretVersion:SecretVersion": ("prod", "secrets-jwt-secret", {}),
    "aws:secretsmanager/secretPolicy:SecretPolicy": ("prod", "secrets-jwt-secret", {}),
    "aws:secretsmanager/secretRotation:SecretRotation": ("prod", "rotation-schedule", {}),
    "aws:ssm/parameter:Parameter": ("cinematch-production", "secrets-db-password", {}),
    "aws:ssm/document:Document": ("cinematch-production", "sessions-preferences", {}),
    "aws:ec2/subnet:Subnet": ("prod", "network-isolated-a", {}),
    "aws:ec2/networkAcl:NetworkAcl": ("prod", "network-isolated", {}),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("prod", "endpoints-secretsmanager", {}),
    _TASKS: ("prod", "containers-user-task", {}),
    "aws:ecs/service:Service": ("prod", "containers-user-service", {}),
    "aws:ecs/cluster:Cluster": ("prod", "containers-cluster", {}),
    "aws:elasticache/replicationGroup:ReplicationGroup": ("prod", "cache-group", {"port": 6380}),
    "aws:elasticache/user:User": ("prod", "cache-app", {}),
    "aws:lambda/function:Function": (
        "prod",
        "rotation-rotate-function",
        {
            "deadLetterConfig": {"targetArn": "arn:queue"},
            "tracingConfig": {"mode": "Active"},
            "codeSigningConfigArn": "arn:signing",
        },
    ),
    "aws:lambda/permission:Permission": ("prod", "rotation-rotate", {}),
    "aws:lb/loadBalancer:LoadBalancer": ("prod", "edge-alb", {}),
    "aws:lb/listener:Listener": ("prod", "edge-https", {}),
    "aws:lb/targetGroup:TargetGroup": ("prod", "edge-targets", {"protocol": "HTTPS"}),
    "aws:wafv2/webAcl:WebAcl": ("prod", "edge-firewall-acl", {}),
    "aws:acm/certificate:Certificate": ("prod", "edge-certificate", {}),
    "aws:iam/role:Role": ("prod", "containers-user-exec", {}),
    "aws:iam/rolePolicy:RolePolicy": ("prod", "containers-user-start", {}),
    "aws:iam/policy:Policy": ("prod", "delivery-boundary", {}),
    "aws:cloudwatch/logGroup:LogGroup": ("prod", "containers-user-log", {}),
    "aws:cloudwatch/metricAlarm:MetricAlarm": ("prod", "monitoring-AL2-internal-auth-failure", {}),
    "aws:cloudwatch/eventTarget:EventTarget": (
        "prod",
        "rotation-rotated",
        {"deadLetterConfig": {"arn": "arn:queue"}},
    ),
    "aws:sns/topic:Topic": ("prod", "topics-critical", {}),
    "aws:sns/topicPolicy:TopicPolicy": ("prod", "topics-critical", {}),
    "aws:s3/bucket:Bucket": ("prod", "edge-logs-bucket", {}),
    "aws:s3/bucketPolicy:BucketPolicy": ("prod", "edge-logs-policy", {}),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ("prod", "edge-logs-private", {}),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ("prod", "edge-logs-ownership", {}),
    "aws:s3/bucketVersioning:BucketVersioning": (
        "prod",
        "edge-logs-versioning",
        {"versioningConfiguration": {"status": "Enabled", "mfaDelete": "Enabled"}},
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ("prod", "edge-logs-lifecycle", {}),
    "aws:ec2/launchTemplate:LaunchTemplate": ("cinematch-production", "host-template", {}),
    "aws:autoscaling/group:Group": ("cinematch-production", "host-group", {}),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        "prod",
        "audit-trail-encryption",
        {},
    ),
    "aws:cloudtrail/trail:Trail": ("prod", "audit-trail", {"snsTopicName": "topic"}),
    "aws:guardduty/detector:Detector": ("prod", "audit-detector", {}),
    "aws:cfg/recorder:Recorder": ("prod", "audit-recorder", {}),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ("prod", "audit-config", {}),
    "aws:iam/accountPasswordPolicy:AccountPasswordPolicy": ("prod", "audit-passwords", {}),
    "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults": ("prod", "audit-metadata", {}),
    "aws:ebs/encryptionByDefault:EncryptionByDefault": ("prod", "audit-disks", {}),
    "pulumi:providers:aws": ("prod", "aws", {}),
}
TYPES = frozenset(_RECORDED)


@cache
def ours(type_: str) -> Mapping[str, Any]:
    """The inputs of the program's own resource of this type."""
    stack, name, excused = _RECORDED[type_]
    return {**shipped(stack).named(name, type_).inputs, **excused}
