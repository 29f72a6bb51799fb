"""Rules for security groups: who may enter, what may leave, how groups are described and used."""

from rules.aws.security_groups import egress_and_usage, ingress

RULES = [*ingress.RULES, *egress_and_usage.RULES]
