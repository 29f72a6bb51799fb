"""The policies of the keys of the application's buckets and queues."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from iam_documents import Statement, allow_account
from settings.names import Names
from settings.parts import Access

_WRITE = ("kms:Decrypt", "kms:GenerateDataKey")


def shared_use(
    names: Names, service: str, access: Iterable[Access], administrators: Sequence[str]
) -> list[Statement]:
    """Allow the roles that use buckets, or queues, to use the key through S3, or SQS, only.

    Administrators may too: they empty dead-letter queues and restore objects. Which bucket or queue a role
    uses the key for is in the role's own policy.
    """
    access = tuple(access)
    via = {"kms:ViaService": [f"{service}.{names.region}.amazonaws.com"]}
    writers = [*administrators, *_arns(names, [role for one in access for role in one.writers])]
    readers = _arns(names, [role for one in access for role in one.readers])
    root = names.account_root
    statements = [
        allow_account(root, "Write", _WRITE, {"ArnLike": {"aws:PrincipalArn": writers}, "StringEquals": via})
    ]
    if readers:
        condition = {"ArnEquals": {"aws:PrincipalArn": readers}, "StringEquals": via}
        statements.append(allow_account(root, "Read", ("kms:Decrypt",), condition))
    return statements


def _arns(names: Names, roles: Sequence[str]) -> list[str]:
    return [names.role_arn(role) for role in dict.fromkeys(roles)]
