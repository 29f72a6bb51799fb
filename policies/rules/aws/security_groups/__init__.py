"""Rules for security groups: ingress, egress, descriptions and use."""

from rules.aws.security_groups import egress_and_usage, ingress

RULES = [*ingress.RULES, *egress_and_usage.RULES]
