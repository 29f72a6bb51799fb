"""Reads the rows of the table: a finding for each undeclared attachment, and for each call that failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from botocore.exceptions import BotoCoreError, ClientError

from ops.checks.verify.attachments.row import Read, Row
from ops.checks.verify.registry import Problem
from ops.checks.verify.unanswered import why
from ops.core.aws_state import AwsState
from ops.core.findings import LookedAt


def look(aws: AwsState, rows: Mapping[str, Sequence[Row]]) -> Iterator[Problem]:
    """Read every attachment of the given types; a call that fails ends only its own row."""
    for type_, row in ((type_, row) for type_, all_ in rows.items() for row in all_):
        if isinstance(row, Read):
            yield from _read(aws, type_, row)


def _read(aws: AwsState, type_: str, row: Read) -> Iterator[Problem]:
    resources = 0
    try:
        for resource in row.resources(aws):
            resources += 1
            for item in row.call(aws, resource):
                problem = row.undeclared(aws, resource, item)
                if problem:
                    yield Problem(resource.name, problem, row.remedy)
    except (ClientError, BotoCoreError, NotImplementedError, LookupError) as error:
        problem, remedy = why(error)
        subject = f"{row.attachment} of {type_}"
        yield Problem(subject, f"cannot be checked: {problem}", remedy, unanswered=True)
        aws.looked_at(LookedAt(type_, row.attachment, resources, answered=False))
    else:
        aws.looked_at(LookedAt(type_, row.attachment, resources))
