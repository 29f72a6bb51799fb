"""Reads all pages of list operations, and raises an error where a batch call fails in part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError, PaginationError

Answer = dict[str, Any]
TOKENS = ("NextToken", "nextToken")
"""The tokens of operations without a botocore paginator; request and response use the same name."""
SHOWN = 5
"""How many failed items an error names."""


@dataclass(frozen=True)
class Batch:
    """A batch operation, whose call can succeed while single items fail."""

    api: str
    asks: str
    """The parameter that takes the items."""
    size: int
    """How many items one call accepts."""
    answers: str
    """The member of the response with the items found."""
    errors: str
    """The member with the failed items: names, or ``name`` and ``code`` of each."""
    name: str = ""
    code: str = ""
    absent: str = ""
    """The code of an item that does not exist; of a list of names it is the only one."""


BATCHES: Mapping[str, Batch] = {
    "batch_get_secret_value": Batch(
        api="BatchGetSecretValue",
        asks="SecretIdList",
        size=20,
        answers="SecretValues",
        errors="Errors",
        name="SecretId",
        code="ErrorCode",
        absent="ResourceNotFoundException",
    ),
    "get_parameters": Batch(
        api="GetParameters",
        asks="Names",
        size=10,
        answers="Parameters",
        errors="InvalidParameters",
        absent="InvalidParameters",
    ),
    "describe_clusters": Batch(
        api="DescribeClusters",
        asks="clusters",
        size=100,
        answers="clusters",
        errors="failures",
        name="arn",
        code="reason",
        absent="MISSING",
    ),
    "describe_services": Batch(
        api="DescribeServices",
        asks="services",
        size=10,
        answers="services",
        errors="failures",
        name="arn",
        code="reason",
        absent="MISSING",
    ),
    "describe_tasks": Batch(
        api="DescribeTasks",
        asks="tasks",
        size=100,
        answers="tasks",
        errors="failures",
        name="arn",
        code="reason",
        absent="MISSING",
    ),
    "batch_get_account_status": Batch(
        api="BatchGetAccountStatus",
        asks="accountIds",
        size=100,
        answers="accounts",
        errors="failedAccounts",
        name="accountId",
        code="errorCode",
    ),
}
"""Batch operations by client method. A test fails on calls of others whose items can fail."""


def pages(client: Any, operation: str, **params: Any) -> list[Answer]:
    """All pages of a list operation."""
    return list(each_page(client, operation, **params))


def each_page(client: Any, operation: str, **params: Any) -> Iterator[Answer]:
    """The pages of a list operation, each asked for when it is needed: for lists of any length."""
    if client.can_paginate(operation):
        yield from client.get_paginator(operation).paginate(**params)
    else:
        yield from _following(client, operation, params)


def listed(client: Any, operation: str, member: str, **params: Any) -> list[Any]:
    """One list member of a response, over all its pages."""
    return [one for page in pages(client, operation, **params) for one in page.get(member, [])]


def items(
    client: Any, operation: str, asked: Sequence[str], *, may_be_absent: bool = False, **params: Any
) -> list[Answer]:
    """The items of a batch operation; :class:`ClientError` where AWS left one out or an item failed.

    With ``may_be_absent`` an item that does not exist is left out.
    """
    batch, found = BATCHES[operation], list[Answer]()
    for start in range(0, len(asked), batch.size):
        some = list(asked[start : start + batch.size])
        parts = list(_following(client, operation, {batch.asks: some, **params}))
        here = [one for part in parts for one in part.get(batch.answers, [])]
        failed = [_failure(batch, one) for part in parts for one in part.get(batch.errors, [])]
        refused = {name: code for name, code in failed if not (may_be_absent and code == batch.absent)}
        if refused:
            raise _error(batch.api, list(refused), sorted({*refused.values()}))
        if len(here) + len(failed) < len(some):
            raise _error(batch.api, some, ["an item is missing in the answer"])
        found += here
    return found


def delete_versions(client: Any, bucket: str, objects: Sequence[Answer], **params: Any) -> None:
    """Delete up to 1,000 object versions; :class:`ClientError` where S3 did not delete one."""
    answer = client.delete_objects(Bucket=bucket, Delete={"Objects": [*objects], "Quiet": True}, **params)
    _refuse_failed("DeleteObjects", {one["Key"]: one["Code"] for one in answer.get("Errors", ())})


def delete_images(client: Any, repository: str, images: Sequence[Answer]) -> None:
    """Delete up to 100 images; :class:`ClientError` where ECR did not delete one that exists."""
    answer = client.batch_delete_image(repositoryName=repository, imageIds=[*images])
    failed = {
        one.get("imageId", {}).get("imageDigest", "an image"): one["failureCode"]
        for one in answer.get("failures", ())
        if one["failureCode"] != "ImageNotFound"
    }
    _refuse_failed("BatchDeleteImage", failed)


def delete_endpoint(client: Any, endpoint: str) -> None:
    """Delete a VPC endpoint; :class:`ClientError` where EC2 did not delete it."""
    answer = client.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    failed = {one["ResourceId"]: one["Error"]["Code"] for one in answer.get("Unsuccessful", ())}
    _refuse_failed("DeleteVpcEndpoints", failed)


def _refuse_failed(api: str, failed: Mapping[str, str]) -> None:
    if failed:
        names, codes = [*failed], sorted({*failed.values()})
        raise _error(api, names, codes)


def _failure(batch: Batch, one: Any) -> tuple[str, str]:
    if isinstance(one, str):
        return one, batch.absent
    return str(one.get(batch.name, "")), str(one.get(batch.code) or "unknown error")


def _error(api: str, names: Sequence[str], codes: Sequence[str]) -> ClientError:
    """An error that names the items, without AWS's own message, which may quote values."""
    shown = ", ".join(map(_short, names[:SHOWN]))
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ClientError({"Error": {"Code": ", ".join(codes)}}, f"{api} of {shown}{more}")


def _short(name: str) -> str:
    """The name in an ARN, without the six characters that Secrets Manager adds."""
    if ":secret:" in name:
        return name.partition(":secret:")[2][: -len("-AbCdEf")]
    return name.rpartition("/")[2] if ":ecs:" in name else name


def _following(client: Any, operation: str, params: Mapping[str, Any]) -> Iterator[Answer]:
    """The response of a call, and the following pages by its token."""
    given: Answer = {}
    while True:
        answer = getattr(client, operation)(**params, **given)
        yield answer
        following = {name: answer[name] for name in TOKENS if answer.get(name)}
        if not following:
            return
        if following == given:
            raise PaginationError(message=f"{operation} answers with the same token twice")
        given = following
