"""Rules for EC2 instances, Auto Scaling groups, instance metadata and EBS."""

from rules.aws.ec2 import ebs, instances_and_auto_scaling

RULES = [*instances_and_auto_scaling.RULES, *ebs.RULES]
