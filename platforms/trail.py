"""Says what is monitored in CloudTrail's log group: for which roles, stores and parts of the stack."""

from __future__ import annotations

from components.audit import Audit
from components.kms import Keys
from components.monitoring import TrailLog
from platforms.platform import Traits
from settings.grants import session_readers
from settings.schema.stack import Settings


def trail_log(settings: Settings, traits: Traits, *, keys: Keys, audit: Audit | None) -> TrailLog | None:
    """The trail's log group and the roles that read secrets; None for a stack without an audit."""
    if audit is None:
        return None
    return TrailLog(
        log_group_name=audit.log_group_name,
        readers=session_readers(settings),
        store=traits.secret_service,
        secrets_key_arn=keys.arns["secrets"],
        detector=settings.owns_account,
        queues=bool(settings.queues),
        schedules=bool(settings.schedules),
    )
