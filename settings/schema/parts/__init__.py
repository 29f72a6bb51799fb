"""The models of buckets, queues, schedules and own tags, which a stack file declares where it needs them."""

from settings.schema.parts.buckets import BucketSettings
from settings.schema.parts.policies import PolicySettings
from settings.schema.parts.queues import QueueSettings
from settings.schema.parts.schedules import ScheduleSettings
from settings.schema.parts.tags import TagKey, TagValue

__all__ = ["BucketSettings", "PolicySettings", "QueueSettings", "ScheduleSettings", "TagKey", "TagValue"]
