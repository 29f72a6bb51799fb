"""Answers the data source functions that a program calls, from the emulated AWS where it can."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from iam_documents import VERSION
from sandbox.provider.calls import Context, SandboxError
from sandbox.provider.rows import Inputs
from sandbox.provider.stored_lookups import ssm_parameters, tagged

ELB_ACCOUNT = "156460612806"
CANONICAL, CANONICAL_OWNER = "/aws/service/canonical/ubuntu/", "099720109477"


def answer(context: Context, token: str, given: Inputs) -> Inputs:
    """The function's result, or an error that names the function."""
    if token not in FUNCTIONS:
        raise SandboxError(
            f"{token}: the sandbox does not implement this function; add it to sandbox/provider/lookups.py"
        )
    return FUNCTIONS[token](context, given)


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _one(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else sorted(values, reverse=True)  # as Terraform prints it


def _identities(blocks: list[Inputs]) -> Any:
    if any(block["type"] == "*" for block in blocks):
        return "*"
    return {block["type"]: _one(_many(block["identifiers"])) for block in blocks}


def _statement(given: Inputs) -> Inputs:
    out: Inputs = {"Sid": given["sid"]} if given.get("sid") else {}
    out["Effect"] = given.get("effect", "Allow")
    for key in ("actions", "notActions", "resources", "notResources"):
        if given.get(key):
            out[key[0].upper() + key[1:-1]] = _one(_many(given[key]))
    for key in ("principals", "notPrincipals"):
        if given.get(key):
            out[key[0].upper() + key[1:-1]] = _identities(given[key])
    conditions: Inputs = {}
    for condition in given.get("conditions") or []:
        values = list(condition["values"])
        test = conditions.setdefault(condition["test"], {})
        test[condition["variable"]] = values[0] if len(values) == 1 else values
    return {**out, **({"Condition": conditions} if conditions else {})}


def policy_document(context: Context, given: Inputs) -> Inputs:
    """``aws.iam.get_policy_document``."""
    statements = [_statement(item) for item in given.get("statements") or []]
    for source in given.get("sourcePolicyDocuments") or []:
        statements = json.loads(source)["Statement"] + statements
    document = {"Version": given.get("version", VERSION), "Statement": statements}
    if given.get("policyId"):
        document["Id"] = given["policyId"]
    minified = json.dumps(document, separators=(",", ":"))
    return {**given, "json": json.dumps(document, indent=2), "minifiedJson": minified, "id": "0"}


def ami(context: Context, given: Inputs) -> Inputs:
    """``aws.ec2.get_ami``: the newest image that matches."""
    owners = [owner for owner in given.get("owners") or [] if owner not in ("amazon", "self")] or ["amazon"]
    filters = [{"Name": item["name"], "Values": item["values"]} for item in given.get("filters") or []]
    images = context.client("ec2").describe_images(Owners=owners, Filters=filters)["Images"]
    images = [image for image in images if re.search(given.get("nameRegex") or "", image.get("Name", ""))]
    if not images:
        raise SandboxError(
            "Your query returned no results. Please change your search criteria and try again."
        )
    newest = max(images, key=lambda image: image.get("CreationDate", ""))
    names = ("Name", "Architecture", "OwnerId", "RootDeviceName", "CreationDate")
    picked = {name[0].lower() + name[1:]: newest.get(name) for name in names}
    arn = f"arn:aws:ec2:{context.region}::image/{newest['ImageId']}"
    return {**given, **picked, "id": newest["ImageId"], "imageId": newest["ImageId"], "arn": arn}


def zones(context: Context, given: Inputs) -> Inputs:
    """``aws.get_availability_zones``."""
    found = context.client("ec2").describe_availability_zones()["AvailabilityZones"]
    found = [zone for zone in found if given.get("state") in (None, zone["State"])]
    names, ids = [zone["ZoneName"] for zone in found], [zone["ZoneId"] for zone in found]
    return {**given, "id": context.region, "names": names, "zoneIds": ids, "groupNames": [context.region]}


def ssm_parameter(context: Context, given: Inputs) -> Inputs:
    """``aws.ssm.get_parameter``."""
    decrypt = given.get("withDecryption", True)
    if given["name"].startswith(CANONICAL):
        # moto has old Ubuntu images, but not Canonical's parameters that name the current one.
        picked = ami(context, {"owners": [CANONICAL_OWNER]})["id"]
        return {**given, "type": "String", "value": picked, "insecureValue": picked, "id": given["name"]}
    found = context.client("ssm").get_parameter(Name=given["name"], WithDecryption=decrypt)["Parameter"]
    plain = found["Value"] if found["Type"] != "SecureString" else None
    parts = {"arn": found["ARN"], "type": found["Type"], "value": found["Value"], "version": found["Version"]}
    return {**given, **parts, "id": given["name"], "insecureValue": plain}


def prefix_list(context: Context, given: Inputs) -> Inputs:
    """``aws.ec2.get_managed_prefix_list`` and ``get_prefix_list``."""
    filters = [{"Name": "prefix-list-name", "Values": [given["name"]]}]
    found = context.client("ec2").describe_managed_prefix_lists(Filters=filters)["PrefixLists"]
    found = [item for item in found if item["PrefixListName"] == given["name"]]
    if not found:
        raise SandboxError(f"no prefix list is named {given['name']}")
    return {**given, "id": found[0]["PrefixListId"], "arn": found[0]["PrefixListArn"]}


def key_alias(context: Context, given: Inputs) -> Inputs:
    """``aws.kms.get_alias``."""
    for alias in context.client("kms").list_aliases()["Aliases"]:
        if alias["AliasName"] == given["name"]:
            target = alias.get("TargetKeyId")
            arn = f"arn:aws:kms:{context.region}:{context.account}:key/{target}"
            found = {"id": alias["AliasArn"], "arn": alias["AliasArn"], "targetKeyId": target}
            return {**given, **found, "targetKeyArn": arn}
    raise SandboxError(f"no key alias is named {given['name']}")


def caller(context: Context, given: Inputs) -> Inputs:
    """``aws.get_caller_identity``."""
    arn = context.client("sts").get_caller_identity()["Arn"]
    return {"accountId": context.account, "id": context.account, "arn": arn, "userId": "sandbox"}


def region(context: Context, given: Inputs) -> Inputs:
    """``aws.get_region``."""
    name = context.region
    return {
        "region": name,
        "name": name,
        "id": name,
        "description": name,
        "endpoint": f"ec2.{name}.amazonaws.com",
    }


def partition(context: Context, given: Inputs) -> Inputs:
    """``aws.get_partition``."""
    return {
        "partition": "aws",
        "id": "aws",
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
    }


FUNCTIONS: dict[str, Callable[[Context, Inputs], Inputs]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": caller,
    "aws:index/getRegion:getRegion": region,
    "aws:index/getPartition:getPartition": partition,
    "aws:index/getAvailabilityZones:getAvailabilityZones": zones,
    "aws:index/getDefaultTags:getDefaultTags": lambda context, given: {
        "id": "aws",
        "tags": context.default_tags,
    },
    "aws:iam/getPolicyDocument:getPolicyDocument": policy_document,
    "aws:ec2/getAmi:getAmi": ami,
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": prefix_list,
    "aws:ec2/getPrefixList:getPrefixList": prefix_list,
    "aws:ssm/getParameter:getParameter": ssm_parameter,
    "aws:ssm/getParametersByPath:getParametersByPath": ssm_parameters,
    "aws:resourcegroupstaggingapi/getResources:getResources": tagged,
    "aws:kms/getAlias:getAlias": key_alias,
    "aws:elb/getServiceAccount:getServiceAccount": lambda context, given: {
        "id": ELB_ACCOUNT,
        "arn": f"arn:aws:iam::{ELB_ACCOUNT}:root",
    },
}
