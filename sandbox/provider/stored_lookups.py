"""Answers the data source functions that list existing resources: parameters and tagged resources."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.rows import Inputs


def ssm_parameters(context: Context, given: Inputs) -> Inputs:
    """``aws.ssm.get_parameters_by_path``."""
    asked = {
        "Path": given["path"],
        "Recursive": bool(given.get("recursive")),
        "WithDecryption": given.get("withDecryption", True),
    }
    pages = context.client("ssm").get_paginator("get_parameters_by_path").paginate(**asked)
    found = [one for page in pages for one in page["Parameters"]]
    parts = {"names": "Name", "arns": "ARN", "types": "Type", "values": "Value"}
    columns = {key: [one[part] for one in found] for key, part in parts.items()}
    return {**given, "id": given["path"], **columns}


def tagged(context: Context, given: Inputs) -> Inputs:
    """``aws.resourcegroupstaggingapi.get_resources``."""
    asked = {
        "ResourceTypeFilters": given.get("resourceTypeFilters") or [],
        "TagFilters": [
            {"Key": one["key"], "Values": one.get("values") or []} for one in given.get("tagFilters") or []
        ],
        "ResourceARNList": given.get("resourceArnLists") or [],
    }
    client = context.client("resourcegroupstaggingapi")
    pages = client.get_paginator("get_resources").paginate(**{key: one for key, one in asked.items() if one})
    found = [
        {
            "resourceArn": one["ResourceARN"],
            "tags": {tag["Key"]: tag["Value"] for tag in one["Tags"]},
            "complianceDetails": [],
        }
        for page in pages
        for one in page["ResourceTagMappingList"]
    ]
    return {**given, "id": context.region, "resourceTagMappingLists": found}
