"""Checks the ECS cluster: its services, task definitions, deployments and image repositories."""

from __future__ import annotations

from ops.checks.verify.ecs import cluster, definitions, deployments, images
from ops.checks.verify.secrets import secrets  # noqa: F401  (registered first: missing secrets are reported before the tasks that read them)

__all__ = ["cluster", "definitions", "deployments", "images"]
