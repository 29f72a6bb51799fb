"""Rules for RDS PostgreSQL instances, their snapshots and what is associated with them."""

from rules.aws.rds import associated_resources, configuration, instances

RULES = [*instances.RULES, *configuration.RULES, *associated_resources.RULES]
