"""Facts of the application aiponge that several tests expect, independent of its stack files."""

from __future__ import annotations

SERVICE_PORTS = {
    "system": 3001,
    "storage": 3002,
    "user": 3003,
    "ai-config": 3004,
    "ai-content": 3005,
    "ai-analytics": 3006,
    "music": 3007,
}
"""The internal services, by name, with their ports."""
