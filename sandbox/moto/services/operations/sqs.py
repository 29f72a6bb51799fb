"""SQS: keeps the policy of a queue when a request changes other attributes."""

from __future__ import annotations

from typing import Any


def install() -> None:
    """Leave the policy out of what moto sets where the request does not name it: moto would remove it."""
    from moto.sqs.models import Queue

    set_all = Queue._set_attributes

    def set_given(queue: Any, attributes: dict[str, Any], now: float | None = None) -> None:
        # A new queue has no policy yet, and sets all of its attributes.
        kept = getattr(queue, "_policy_json", None)
        set_all(queue, attributes, now)
        if kept is not None and "Policy" not in attributes:
            queue._policy_json = kept

    Queue._set_attributes = set_given  # type: ignore[method-assign]
