"""Every rule of the pack, one module a concern; nothing here talks to the engine but ``pack``."""

from rules.aws.audit import account_defaults as account
from rules.aws.audit import backup, detection
from rules.aws.audit import cloudtrail as audit
from rules.aws.audit import trail_buckets as audit_buckets
from rules.aws.ec2 import autoscaling, ebs
from rules.aws.ec2 import instances as ec2
from rules.aws.ecs import services as ecs
from rules.aws.ecs import task_definitions as ecs_tasks
from rules.aws.elasticache import replication_groups as elasticache
from rules.aws.iam import permissions as iam
from rules.aws.iam import roles as iam_roles
from rules.aws.iam import trust as iam_trust
from rules.aws.iam import users as iam_users
from rules.aws.lambda_functions import functions as lambdas
from rules.aws.lambda_functions import invocation as lambda_calls
from rules.aws.lambda_functions import operation as lambda_operation
from rules.aws.load_balancing import certificates, listeners, waf
from rules.aws.load_balancing import load_balancers as alb
from rules.aws.load_balancing import public_load_balancers as alb_doors
from rules.aws.messaging import eventbridge as events
from rules.aws.messaging import sns as messaging
from rules.aws.messaging import sqs
from rules.aws.network import boundaries as network_edges
from rules.aws.network import routes, security_group_rules
from rules.aws.network import security_group_egress as security_group_reach
from rules.aws.network import security_group_ingress as security_groups
from rules.aws.network import vpc as network
from rules.aws.observability import cloudwatch as logs
from rules.aws.rds import instances as rds
from rules.aws.rds import operation as rds_operation
from rules.aws.rds import parameters as rds_settings
from rules.aws.rds import relations as rds_relations
from rules.aws.s3 import bucket_policies as s3_policies
from rules.aws.s3 import encryption as s3_keeping
from rules.aws.s3 import lifecycle as s3_lifecycle
from rules.aws.s3 import public_access as s3
from rules.aws.secrets import kms, secrets_manager, ssm
from rules.pack import pack_rules as framework
from rules.pack.rule import Rule
from rules.strongroom import own_alarms as own_watch
from rules.strongroom import (
    own_keys,
    own_logs,
    own_names,
    own_reach,
    own_readers,
    own_running,
    own_services,
    own_sources,
    own_state,
    own_tags,
    own_text,
    own_values,
)

SECTIONS: dict[str, tuple[list, ...]] = {
    "Network": (network.RULES, routes.RULES, network_edges.RULES),
    "Security groups": (security_groups.RULES, security_group_rules.RULES, security_group_reach.RULES),
    "RDS PostgreSQL": (rds.RULES, rds_operation.RULES, rds_settings.RULES, rds_relations.RULES),
    "ElastiCache Redis": (elasticache.RULES,),
    "KMS": (kms.RULES,),
    "Secrets Manager, SSM": (secrets_manager.RULES, ssm.RULES),
    "ECS": (
        ecs.RULES,
        ecs_tasks.RULES,
    ),
    "ALB, WAF, ACM": (alb.RULES, alb_doors.RULES, listeners.RULES, waf.RULES, certificates.RULES),
    "IAM": (iam.RULES, iam_roles.RULES, iam_trust.RULES, iam_users.RULES),
    "EC2, EBS, Auto Scaling": (ec2.RULES, autoscaling.RULES, ebs.RULES),
    "Lambda": (
        lambdas.RULES,
        lambda_operation.RULES,
        lambda_calls.RULES,
    ),
    "Logs, alarms, messaging": (logs.RULES, messaging.RULES, sqs.RULES, events.RULES),
    "S3": (s3.RULES, s3_policies.RULES, s3_keeping.RULES, s3_lifecycle.RULES),
    "CloudTrail, account": (audit.RULES, audit_buckets.RULES, account.RULES),
    "GuardDuty, Config, Backup": (detection.RULES, backup.RULES),
    "Own: secrets": (
        own_text.RULES,
        own_values.RULES,
        own_sources.RULES,
        own_names.RULES,
        own_state.RULES,
        own_readers.RULES,
        own_keys.RULES,
    ),
    "Own: reach, watching, running": (
        own_reach.RULES,
        own_services.RULES,
        own_watch.RULES,
        own_logs.RULES,
        own_running.RULES,
    ),
    "Own: the pack itself": (own_tags.RULES, framework.RULES),
}
ALL: list[Rule] = [rule for lists in SECTIONS.values() for rules in lists for rule in rules]
