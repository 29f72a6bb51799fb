"""Checks of buckets, queues, schedules and own tags."""

from settings.checks.parts.schedules import schedule_problems
from settings.checks.parts.shared import part_name_problems, reach_problems, user_problems, variable_problems
from settings.checks.parts.tags import tag_problems

__all__ = [
    "part_name_problems",
    "reach_problems",
    "schedule_problems",
    "tag_problems",
    "user_problems",
    "variable_problems",
]
