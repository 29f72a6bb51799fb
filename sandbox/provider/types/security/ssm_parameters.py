"""Systems Manager: parameters."""

from __future__ import annotations

from sandbox.provider import tagging
from sandbox.provider.calls import Context
from sandbox.provider.rows import Inputs, row


def parameter(context: Context, inputs: Inputs) -> Inputs:
    """Put tags separately: AWS refuses them together with overwrite."""
    return {key: value for key, value in inputs.items() if key != "overwrite"}


def read_parameter(context: Context, id_: str, have: Inputs) -> Inputs | None:
    """Read the value under the property that the program gave it by, the description and the tags."""
    found = context.send("ssm.get_parameter", {"Name": id_, "WithDecryption": True})["Parameter"]
    filters = [{"Key": "Name", "Option": "Equals", "Values": [id_]}]
    described = context.send("ssm.describe_parameters", {"ParameterFilters": filters})["Parameters"][0]
    asked = {"ResourceType": "Parameter", "ResourceId": id_}
    value = next((key for key in ("insecureValue", "valueWo") if key in have), "value")
    return {
        "name": id_,
        "type": found["Type"],
        value: found["Value"],
        "keyId": described.get("KeyId"),
        "description": described.get("Description"),
        "tier": described.get("Tier"),
        "allowedPattern": described.get("AllowedPattern"),
        "dataType": described.get("DataType"),
        "tagsAll": tagging.as_map(context.send("ssm.list_tags_for_resource", asked)["TagList"]),
    }


def overwrite_parameter(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Pass the key only when it changed, as the real provider does."""
    kept = (
        "name",
        "type",
        "value",
        "insecureValue",
        "valueWo",
        "keyId",
        "description",
        "tier",
        "allowedPattern",
        "dataType",
    )
    body = {key: new[key] for key in kept if key in new}
    if body.get("keyId") == old.get("keyId"):
        body.pop("keyId", None)
    context.call("ssm.put_parameter", body, "insecureValue:Value valueWo:Value", {"Overwrite": True})


row(
    "ssm/parameter:Parameter",
    "ssm.put_parameter",
    id="{name}",
    read="get_parameter(Name={id}).Parameter",
    out="arn:ARN version:Version dataType:DataType",
    name="name",
    rename="insecureValue:Value valueWo:Value",
    skip="valueWoVersion arn",
    pre=parameter,
    delete="delete_parameter(Name={id})",
    reader=read_parameter,
    computed="keyId tier dataType",
    secret="value valueWo",
    replace="name type",
    change=overwrite_parameter,
    changes="*",
    volatile="version",
)
