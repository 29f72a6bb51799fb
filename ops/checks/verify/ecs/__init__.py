"""The running services are the declared ones: private, unprivileged, rolled out, with their own secrets."""

from __future__ import annotations

from ops.checks.verify.ecs import cluster, definitions, deployments, images
from ops.checks.verify.secrets import secrets  # noqa: F401  (reported before the tasks that lack them)

__all__ = ["cluster", "definitions", "deployments", "images"]
