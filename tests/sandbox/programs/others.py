"""One resource of every type that neither a shipped stack nor ``readable.py`` has."""

import json
from typing import Any

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
ACCOUNT = config.require("accountId")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/toy-pulumi-up"


def document(action: str, service: str, resource: str = "*") -> str:
    """A policy with one statement."""
    statement = {"Effect": "Allow", "Action": action, "Principal": {"Service": service}, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16", enable_dns_hostnames=True)
subnets = [
    aws.ec2.Subnet(
        f"subnet-{n}", vpc_id=vpc.id, cidr_block=f"10.0.{n}.0/24", availability_zone=f"eu-west-1{zone}"
    )
    for n, zone in enumerate("ab")
]
acl = aws.ec2.NetworkAcl("acl", vpc_id=vpc.id)
aws.ec2.NetworkAclAssociation("acl-association", network_acl_id=acl.id, subnet_id=subnets[0].id)
aws.ec2.DefaultNetworkAcl("default-acl", default_network_acl_id=vpc.default_network_acl_id)
image = aws.ec2.get_ami(owners=["amazon"], most_recent=True).id
machine = aws.ec2.Instance("machine", ami=image, instance_type="t3.micro", subnet_id=subnets[0].id)
zone = aws.route53.Zone("zone", name="toy.example.com")

balancer = aws.lb.LoadBalancer("balancer", name="toy", internal=True, subnets=[one.id for one in subnets])
targets = aws.lb.TargetGroup("targets", name="toy", port=80, protocol="HTTP", vpc_id=vpc.id)
aws.lb.TargetGroupAttachment("attachment", target_group_arn=targets.arn, target_id=machine.id)
forward: Any = {"type": "forward", "target_group_arn": targets.arn}
listener = aws.lb.Listener(
    "listener", load_balancer_arn=balancer.arn, port=80, protocol="HTTP", default_actions=[forward]
)
aws.lb.ListenerRule(
    "rule",
    listener_arn=listener.arn,
    priority=1,
    actions=[forward],
    conditions=[{"path_pattern": {"values": ["/a"]}}],
)

cluster = aws.ecs.Cluster("cluster", name="toy")
aws.ecs.ClusterCapacityProviders("providers", cluster_name=cluster.name, capacity_providers=["FARGATE"])
task = aws.ecs.TaskDefinition(
    "task", family="toy", container_definitions=json.dumps([{"name": "a", "image": "a", "memory": 64}])
)
service = aws.ecs.Service(
    "service", name="toy", cluster=cluster.arn, task_definition=task.arn, desired_count=1
)
scaled = pulumi.Output.format("service/{0}/{1}", cluster.name, service.name)
target = aws.appautoscaling.Target(
    "target",
    resource_id=scaled,
    scalable_dimension="ecs:service:DesiredCount",
    service_namespace="ecs",
    min_capacity=1,
    max_capacity=2,
)
aws.appautoscaling.Policy(
    "scaling",
    name="toy",
    policy_type="TargetTrackingScaling",
    resource_id=target.resource_id,
    scalable_dimension=target.scalable_dimension,
    service_namespace=target.service_namespace,
    target_tracking_scaling_policy_configuration={
        "target_value": 50,
        "predefined_metric_specification": {"predefined_metric_type": "ECSServiceAverageCPUUtilization"},
    },
)
names = aws.servicediscovery.PrivateDnsNamespace("names", name="toy.local", vpc=vpc.id)
aws.servicediscovery.Service(
    "discovery",
    name="toy",
    dns_config={"namespace_id": names.id, "dns_records": [{"type": "A", "ttl": 10}]},
)
images = aws.ecr.Repository("images", name="toy")
aws.ecr.RepositoryPolicy(
    "images-policy", repository=images.name, policy=document("ecr:BatchGetImage", "lambda.amazonaws.com")
)

vault = aws.backup.Vault("vault", name="toy")
aws.backup.VaultLockConfiguration("vault-lock", backup_vault_name=vault.name, min_retention_days=1)
aws.backup.VaultPolicy(
    "vault-policy",
    backup_vault_name=vault.name,
    policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Deny", "Principal": "*", "Action": "backup:DeleteRecoveryPoint", "Resource": "*"}
            ],
        }
    ),
)
plan = aws.backup.Plan(
    "plan",
    name="toy",
    rules=[{"rule_name": "daily", "target_vault_name": vault.name, "schedule": "cron(0 5 * * ? *)"}],
)
aws.backup.Selection("selection", name="toy", plan_id=plan.id, iam_role_arn=ROLE, resources=["*"])
trial = aws.backup.RestoreTestingPlan(
    "trial",
    name="toy",
    schedule_expression="cron(0 7 * * ? *)",
    recovery_point_selection={
        "algorithm": "LATEST_WITHIN_WINDOW",
        "include_vaults": ["*"],
        "recovery_point_types": ["SNAPSHOT"],
    },
)
aws.backup.RestoreTestingSelection(
    "trial-selection",
    name="toy",
    restore_testing_plan_name=trial.name,
    protected_resource_type="RDS",
    iam_role_arn=ROLE,
    protected_resource_arns=["*"],
)

placement = aws.rds.SubnetGroup("placement", name="toy", subnet_ids=[one.id for one in subnets])
database = aws.rds.Instance(
    "database",
    identifier="toy",
    engine="postgres",
    instance_class="db.t3.micro",
    allocated_storage=20,
    username="admin_user",
    manage_master_user_password=True,
    db_subnet_group_name=placement.name,
    skip_final_snapshot=True,
)
proxy = aws.rds.Proxy(
    "proxy",
    name="toy",
    engine_family="POSTGRESQL",
    role_arn=ROLE,
    vpc_subnet_ids=[one.id for one in subnets],
    auths=[{"auth_scheme": "SECRETS", "iam_auth": "REQUIRED"}],
)
pool = aws.rds.ProxyDefaultTargetGroup("pool", db_proxy_name=proxy.name)
aws.rds.ProxyTarget(
    "proxy-target",
    db_proxy_name=proxy.name,
    target_group_name=pool.name,
    db_instance_identifier=database.identifier,
)

queue = aws.sqs.Queue("queue", name="toy")
aws.sqs.QueuePolicy(
    "queue-policy", queue_url=queue.url, policy=document("sqs:SendMessage", "sns.amazonaws.com")
)
logs = aws.cloudwatch.LogGroup("logs", name="/toy")
aws.cloudwatch.LogResourcePolicy(
    "logs-policy", policy_name="toy", policy_document=document("logs:PutLogEvents", "route53.amazonaws.com")
)
function = aws.lambda_.Function(
    "function",
    name="toy",
    role=ROLE,
    runtime="python3.13",
    handler="index.handler",
    code=pulumi.AssetArchive({"index.py": pulumi.StringAsset("def handler(event, context): ...")}),
)
aws.cloudwatch.LogSubscriptionFilter(
    "subscription", name="toy", log_group=logs.name, destination_arn=function.arn, filter_pattern=""
)
alarm = aws.cloudwatch.MetricAlarm(
    "alarm",
    name="toy",
    comparison_operator="GreaterThanThreshold",
    evaluation_periods=1,
    metric_name="CPUUtilization",
    namespace="AWS/ECS",
    period=60,
    statistic="Average",
    threshold=80,
)
aws.cloudwatch.CompositeAlarm(
    "composite", alarm_name="toy-all", alarm_rule=pulumi.Output.format("ALARM({0})", alarm.name)
)
aws.budgets.Budget(
    "budget", name="toy", budget_type="COST", time_unit="MONTHLY", limit_amount="10", limit_unit="USD"
)
recorder = aws.cfg.Recorder("recorder", name="toy", role_arn=ROLE)
aws.cfg.Rule(
    "config-rule",
    name="toy",
    source={"owner": "AWS", "source_identifier": "IAM_PASSWORD_POLICY"},
    opts=pulumi.ResourceOptions(depends_on=[recorder]),
)
aws.securityhub.Account("hub")
aws.ssm.Association("association", name="AWS-RunPatchBaseline", targets=[{"key": "tag:A", "values": ["b"]}])
group = aws.scheduler.ScheduleGroup("schedule-group", name="toy")
aws.scheduler.Schedule(
    "schedule",
    name="toy",
    group_name=group.name,
    schedule_expression="rate(1 day)",
    flexible_time_window={"mode": "OFF"},
    target={"arn": "arn:aws:ecs:eu-west-1:111122223333:cluster/toy", "role_arn": ROLE},
)
