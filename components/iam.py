"""Builds trust and permission policies as the JSON text that resources take."""

from __future__ import annotations

import pulumi

from iam_documents import Statement, build


def document(*statements: Statement) -> pulumi.Output[str]:
    """The JSON text of a policy document; its statements may contain outputs."""
    return pulumi.Output.json_dumps(build.document(*statements))


def service_trust(service: str, account_id: str | None = None) -> pulumi.Output[str]:
    """A trust policy for one AWS service, limited to ``account_id`` where the service sends its account.

    EC2 and Lambda send no ``aws:SourceAccount`` when they assume a role: leave ``account_id`` out for them.
    """
    condition = None if account_id is None else {"StringEquals": {"aws:SourceAccount": account_id}}
    return document(build.service_trust(service, condition))
