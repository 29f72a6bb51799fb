"""Makes the tags in AWS equal to the resource's, whatever the service calls its tagging operations."""

from __future__ import annotations

import re
from typing import Any

from sandbox.provider import shapes
from sandbox.provider.calls import Context
from sandbox.provider.rows import Inputs, Row

MEMBERS = ("Tags", "tags", "BackupVaultTags", "BackupPlanTags", "TagsList", "TagSpecifications")
EC2_ID = re.compile(r"[a-z]+-[0-9a-f]+$")
UNTAGGED_EC2 = ("rtbassoc-", "aclassoc-", "r-rtb", "vpcec-")
TARGETS = ("ResourceArn", "resourceArn", "ResourceARN", "resourceARN", "Resource", "SecretId", "KeyId")
# Services whose call is not TagResource: (tag call, untag call, identifying parameter, its value).
SPECIAL: dict[str, tuple[str, str, str, str]] = {
    "rds": ("add_tags_to_resource", "remove_tags_from_resource", "ResourceName", "arn"),
    "elasticache": ("add_tags_to_resource", "remove_tags_from_resource", "ResourceName", "arn"),
    "ssm": ("add_tags_to_resource", "remove_tags_from_resource", "ResourceId", "id"),
    "elbv2": ("add_tags", "remove_tags", "ResourceArns", "id"),
    "cloudtrail": ("add_tags", "remove_tags", "ResourceId", "id"),
    "sqs": ("tag_queue", "untag_queue", "QueueUrl", "id"),
    "iam/role": ("tag_role", "untag_role", "RoleName", "id"),
    "iam/policy": ("tag_policy", "untag_policy", "PolicyArn", "id"),
    "iam/instanceProfile": ("tag_instance_profile", "untag_instance_profile", "InstanceProfileName", "id"),
    "iam/openIdConnectProvider": (
        "tag_open_id_connect_provider",
        "untag_open_id_connect_provider",
        "OpenIDConnectProviderArn",
        "id",
    ),
    "acm": ("add_tags_to_certificate", "remove_tags_from_certificate", "CertificateArn", "id"),
}
BY_ID = {"kms", "secretsmanager", "sns"}
UNTAGGED = ("ec2/route:", "ec2/routeTableAssociation:", "ec2/networkAclAssociation:", "vpc/ruleSet:")


def as_map(pairs: list[Inputs] | None) -> dict[str, str]:
    """AWS's list of tags as a map, without the tags that AWS sets itself."""
    found = {
        (one.get("Key") or one.get("key")): one.get("Value", one.get("value", "")) for one in pairs or ()
    }
    return {key: value for key, value in found.items() if key and not key.startswith("aws:")}


def member(shape: Any) -> str | None:
    """The parameter of a create call that takes tags."""
    found = next((name for name in MEMBERS if name in shape.members), None)
    return None if found == "TagSpecifications" else found


def carries(context: Context, row: Row) -> bool:
    """Whether resources of this type have tags."""
    if row.tags != "auto":
        return row.tags == "yes"
    if row.service == "ec2":
        return not any(part in row.token for part in UNTAGGED)
    if row.make is not None and row.service != "route53":
        return False
    return (
        any(name in context.shape(row.op).members for name in MEMBERS) or row.token == "aws:s3/bucket:Bucket"
    )


def separately(context: Context, row: Row, id_: str) -> bool:
    """Whether tags need a call after the create call."""
    if row.service == "ec2":
        return bool(EC2_ID.match(id_)) and not id_.startswith(UNTAGGED_EC2)
    return row.token == "aws:s3/bucket:Bucket"


def apply(
    context: Context, row: Row, id_: str, have: Inputs, old: dict[str, str], new: dict[str, str]
) -> None:
    """Remove the keys that are gone and write the rest."""
    gone = sorted(old.keys() - new.keys())
    if row.service == "ec2":
        _ec2(context, id_, gone, new)
    elif row.token == "aws:s3/bucket:Bucket":
        pairs = [{"Key": key, "Value": value} for key, value in new.items()]
        context.client("s3").put_bucket_tagging(Bucket=id_, Tagging={"TagSet": pairs})
    else:
        _by_model(context, row, id_, have, gone, new)


def _ec2(context: Context, id_: str, gone: list[str], new: dict[str, str]) -> None:
    ec2 = context.client("ec2")
    if gone:
        ec2.delete_tags(Resources=[id_], Tags=[{"Key": key} for key in gone])
    if new:
        ec2.create_tags(
            Resources=[id_], Tags=[{"Key": key, "Value": str(value)} for key, value in new.items()]
        )


def _by_model(
    context: Context, row: Row, id_: str, have: Inputs, gone: list[str], new: dict[str, str]
) -> None:
    kind = row.token.removeprefix("aws:").partition(":")[0]
    special = SPECIAL.get(kind) or SPECIAL.get(row.service)
    tag, untag, target, by = special or ("tag_resource", "untag_resource", "", "")
    shape = context.shape(f"{row.service}.{tag}")
    target = target or next(name for name in (*TARGETS, *shape.members) if name in shape.members)
    subject = id_ if by == "id" or row.service in BY_ID else have.get("arn") or id_
    fixed: Inputs = {target: shapes.convert(shape.members[target], subject)}
    if row.service == "ssm":
        fixed["ResourceType"] = "Document" if row.token == "aws:ssm/document:Document" else "Parameter"
    if gone:
        keys = context.shape(f"{row.service}.{untag}").members
        name = next(
            n for n in keys if n != target and n.lower() in ("tagkeys", "tags", "tagslist", "tagkeylist")
        )
        plain = name.lower() in ("tagkeys", "tagkeylist")
        params = shapes.convert(keys[name], gone if plain else dict.fromkeys(gone, ""))
        context.send(f"{row.service}.{untag}", {**fixed, name: params})
    if new:
        name = next(n for n in shape.members if n != target and n.lower().startswith("tag"))
        context.send(f"{row.service}.{tag}", {**fixed, name: shapes.convert(shape.members[name], new)})
