"""Evaluates what the roles of a recorded run may do by their own policies."""

from __future__ import annotations

from typing import Any

from iam_documents import Request, may
from tests.harness import ACCOUNT, Deployment

ROLES = f"arn:aws:iam::{ACCOUNT}:role"


def roles(deployment: Deployment) -> dict[str, list[dict[str, Any]]]:
    """Every role by name, with the documents of its policies."""
    found: dict[str, list[dict[str, Any]]] = {
        role["name"]: [] for role in deployment.all("aws:iam/role:Role")
    }
    for policy in deployment.all("aws:iam/rolePolicy:RolePolicy"):
        found[policy["role"]].append(policy.document("policy"))
    return found


def who_may(deployment: Deployment, action: str, resource: str) -> set[str]:
    """The roles whose own policies allow the call."""
    return {
        role
        for role, identity in roles(deployment).items()
        if may(Request(action, resource, f"{ROLES}/{role}"), identity)
    }
