"""The running services are the declared ones: private, unprivileged, rolled out, with their own secrets."""

from __future__ import annotations

from ops.verify import secrets  # noqa: F401  (reported before the tasks that lack them)
from ops.verify.containers import cluster, definitions, deployments, images

__all__ = ["cluster", "definitions", "deployments", "images"]
