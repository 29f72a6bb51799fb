"""Rules for IAM: permission and trust documents, roles, users and the password policy."""

from rules.aws.iam import permissions, roles, trust, users

RULES = [*permissions.RULES, *roles.RULES, *trust.RULES, *users.RULES]
