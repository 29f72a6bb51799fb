"""One resource of every type whose inputs a refresh reads from AWS."""

import json

import pulumi
import pulumi_aws as aws

config = pulumi.Config()


def document(action: str, principal: dict[str, str] | None = None, resource: str = "*") -> str:
    who = {"Principal": principal} if principal else {}
    what = {"Resource": resource} if resource else {}
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, **who, **what}]}
    )


tags = {"Own": "yes"}
trust = document("sts:AssumeRole", {"Service": "ec2.amazonaws.com"}, "")
role = aws.iam.Role("role", name="role", assume_role_policy=trust, description="one", tags=tags)
inline = aws.iam.RolePolicy("inline", name="inline", role=role.name, policy=document("s3:GetObject"))
policy = aws.iam.Policy("policy", name="policy", policy=document("s3:PutObject"), tags=tags)
attached = aws.iam.RolePolicyAttachment("attachment", role=role.name, policy_arn=policy.arn)
aws.iam.RolePoliciesExclusive("inline-only", role_name=role.name, policy_names=[inline.name])
aws.iam.RolePolicyAttachmentsExclusive(
    "attached-only", role_name=role.name, policy_arns=[attached.policy_arn]
)
aws.iam.InstanceProfile("profile", name="profile", role=role.name, tags=tags)
aws.iam.OpenIdConnectProvider(
    "oidc", url="https://token.example.com", client_id_lists=["one"], thumbprint_lists=["a" * 40]
)
aws.iam.AccountPasswordPolicy("passwords", minimum_password_length=14)

vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
aws.ec2.DefaultSecurityGroup("default", vpc_id=vpc.id, ingress=[], egress=[])
group = aws.ec2.SecurityGroup("group", name="group", vpc_id=vpc.id, tags=tags)
aws.vpc.SecurityGroupIngressRule(
    "in",
    security_group_id=group.id,
    ip_protocol="tcp",
    from_port=443,
    to_port=443,
    cidr_ipv4="10.0.0.0/8",
    description="web",
    tags=tags,
)
aws.vpc.SecurityGroupEgressRule(
    "out",
    security_group_id=group.id,
    ip_protocol="tcp",
    from_port=5432,
    to_port=5432,
    referenced_security_group_id=group.id,
    description="database",
)

key = aws.kms.Key(
    "key",
    description="one",
    enable_key_rotation=True,
    rotation_period_in_days=180,
    policy=document("kms:*", {"AWS": "*"}),
    tags=tags,
)
aws.kms.Alias("alias", name="alias/one", target_key_id=key.id)
aws.kms.Key("other-key", description="two")

secret = aws.secretsmanager.Secret("secret", name="one", kms_key_id=key.arn, description="one", tags=tags)
version = aws.secretsmanager.SecretVersion(
    "version", secret_id=secret.id, secret_string=pulumi.Output.secret("canary-value")
)
aws.secretsmanager.SecretPolicy(
    "secret-policy", secret_arn=secret.arn, policy=document("secretsmanager:GetSecretValue", {"AWS": "*"})
)
aws.secretsmanager.SecretRotation(
    "rotation",
    secret_id=secret.id,
    rotate_immediately=False,
    rotation_lambda_arn="arn:aws:lambda:eu-west-1:111122223333:function:rotate",
    rotation_rules={"automatically_after_days": 30},
    opts=pulumi.ResourceOptions(depends_on=[version]),
)
aws.ssm.Parameter(
    "parameter",
    name="/one",
    type="SecureString",
    value=pulumi.Output.secret("canary-value"),
    key_id=key.id,
    description="one",
    tags=tags,
)

aws.rds.Instance(
    "database",
    identifier="one",
    engine="postgres",
    engine_version="16.3",
    instance_class="db.t3.micro",
    allocated_storage=20,
    username="admin_user",
    password=pulumi.Output.secret("canary-value"),
    backup_retention_period=7,
    skip_final_snapshot=True,
    tags=tags,
)

aws.rds.ParameterGroup(
    "parameters",
    name="one",
    family="postgres16",
    parameters=[{"name": "log_connections", "value": "1"}],
)
topic = aws.sns.Topic("topic", name="one")
aws.rds.EventSubscription(
    "subscription", name="one", sns_topic=topic.arn, source_type="db-instance", event_categories=["failover"]
)
aws.elasticache.ParameterGroup(
    "cache-parameters", name="one", family="valkey8", parameters=[{"name": "timeout", "value": "60"}]
)
detector = aws.guardduty.Detector("detector", enable=True)
aws.guardduty.DetectorFeature("feature", detector_id=detector.id, name="RDS_LOGIN_EVENTS", status="ENABLED")

bucket = aws.s3.Bucket(
    "bucket", bucket="toy-one-" + config.require("accountId"), force_destroy=True, tags=tags
)
aws.s3.BucketVersioning("versioning", bucket=bucket.bucket, versioning_configuration={"status": "Enabled"})
locked = aws.s3.Bucket("locked", bucket="toy-two-" + config.require("accountId"), object_lock_enabled=True)
aws.s3.BucketPublicAccessBlock("public", bucket=bucket.bucket, block_public_acls=True)
aws.s3.BucketServerSideEncryptionConfiguration(
    "encryption",
    bucket=bucket.bucket,
    rules=[
        {
            "apply_server_side_encryption_by_default": {
                "sse_algorithm": "aws:kms",
                "kms_master_key_id": key.arn,
            },
            "bucket_key_enabled": True,
        }
    ],
)
logs = pulumi.Output.format("{0}/*", bucket.arn).apply(
    lambda objects: document("s3:PutObject", {"Service": "logging.s3.amazonaws.com"}, objects)
)
writers = aws.s3.BucketPolicy("bucket-policy", bucket=bucket.bucket, policy=logs)
aws.s3.BucketLifecycleConfiguration(
    "lifecycle",
    bucket=bucket.bucket,
    rules=[
        {
            "id": "expire",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "expiration": {"days": 90},
            "noncurrent_version_expiration": {"noncurrent_days": 30},
        }
    ],
)
aws.s3.BucketOwnershipControls(
    "ownership", bucket=bucket.bucket, rule={"object_ownership": "BucketOwnerEnforced"}
)
aws.s3.BucketLogging(
    "logging",
    bucket=bucket.bucket,
    target_bucket=bucket.bucket,
    target_prefix="logs/",
    opts=pulumi.ResourceOptions(depends_on=[writers]),
)
aws.s3.BucketObjectLockConfiguration(
    "lock", bucket=locked.bucket, rule={"default_retention": {"mode": "GOVERNANCE", "days": 1}}
)

cluster = aws.ecs.Cluster("cluster", name="one", settings=[{"name": "containerInsights", "value": "enabled"}])
task = aws.ecs.TaskDefinition(
    "task",
    family="one",
    cpu="256",
    memory="512",
    network_mode="awsvpc",
    requires_compatibilities=["FARGATE"],
    tags=tags,
    container_definitions=json.dumps(
        [
            {
                "name": "app",
                "image": "one:1",
                "essential": True,
                "portMappings": [{"containerPort": 80, "hostPort": 80, "protocol": "tcp"}],
            }
        ]
    ),
)
subnet = aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.0.1.0/24")
aws.ecs.Service(
    "service",
    name="one",
    cluster=cluster.arn,
    task_definition=task.arn,
    desired_count=1,
    launch_type="FARGATE",
    deployment_circuit_breaker={"enable": True, "rollback": True},
    network_configuration={"subnets": [subnet.id], "security_groups": [group.id]},
)
