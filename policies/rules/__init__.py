"""Every rule of the pack, one module a concern; nothing here talks to the engine but ``pack``."""

from . import (
    framework,
    kms,
    own_tags,
    rds,
    rds_operation,
    rds_relations,
    secrets_manager,
    security_group_reach,
    security_groups,
    ssm,
)
from .rule import Rule

SECTIONS: dict[str, tuple[list, ...]] = {
    "RDS PostgreSQL": (rds.RULES, rds_operation.RULES, rds_relations.RULES),
    "Security groups": (security_groups.RULES, security_group_reach.RULES),
    "KMS": (kms.RULES,),
    "Secrets Manager, SSM": (secrets_manager.RULES, ssm.RULES),
    "Own": (own_tags.RULES, framework.RULES),
}
ALL: list[Rule] = [rule for lists in SECTIONS.values() for rules in lists for rule in rules]
