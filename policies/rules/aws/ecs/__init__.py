"""Rules for ECS clusters, services and task definitions."""

from rules.aws.ecs import clusters_and_services, task_definitions

RULES = [*clusters_and_services.RULES, *task_definitions.RULES]
