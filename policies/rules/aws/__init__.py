"""Rules for AWS, a module or package for each service; ``SECTIONS`` orders them for docs/policies.md."""

from collections.abc import Sequence

from rules.aws import (
    backup,
    cloudtrail,
    cloudtrail_buckets,
    cloudwatch_and_eventbridge,
    ec2,
    ecs,
    elasticache,
    guardduty_and_config,
    iam,
    kms,
    lambda_functions,
    load_balancing,
    network,
    rds,
    s3,
    secrets_manager,
    security_groups,
    sns,
    sqs,
    ssm,
)
from rules.pack.rule import Rule

SECTIONS: dict[str, Sequence[Rule]] = {
    "Network": network.RULES,
    "Security groups": security_groups.RULES,
    "RDS PostgreSQL": rds.RULES,
    "ElastiCache Redis": elasticache.RULES,
    "KMS": kms.RULES,
    "Secrets Manager, SSM": [*secrets_manager.RULES, *ssm.RULES],
    "ECS": ecs.RULES,
    "ALB, WAF, ACM": load_balancing.RULES,
    "IAM": iam.RULES,
    "EC2, EBS, Auto Scaling": ec2.RULES,
    "Lambda": lambda_functions.RULES,
    "Logs, alarms, messaging": [*cloudwatch_and_eventbridge.RULES, *sns.RULES, *sqs.RULES],
    "S3": s3.RULES,
    "CloudTrail": [*cloudtrail.RULES, *cloudtrail_buckets.RULES],
    "GuardDuty, Config, Backup": [*guardduty_and_config.RULES, *backup.RULES],
}
RULES = [rule for section in SECTIONS.values() for rule in section]
