"""Systems Manager: parameters."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.rows import Inputs, row


def parameter(context: Context, inputs: Inputs) -> Inputs:
    """Put tags separately: AWS refuses them together with overwrite."""
    return {key: value for key, value in inputs.items() if key != "overwrite"}


def overwrite_parameter(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Always pass the key: without it the value moves to the account's default key."""
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
    replace="name type",
    change=overwrite_parameter,
    changes="*",
    volatile="version",
)
