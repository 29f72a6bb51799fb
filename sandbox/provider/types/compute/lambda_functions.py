"""Lambda: functions, permissions to invoke them, and invocations."""

from __future__ import annotations

import json

from sandbox.provider import diff
from sandbox.provider.calls import Context, SandboxError
from sandbox.provider.rows import Call, Inputs, Row, Stays, row

CODE = ("code", "imageUri", "s3Bucket", "s3Key", "s3ObjectVersion", "sourceCodeHash")


def function_code(context: Context, inputs: Inputs) -> Inputs:
    """Convert an archive to the bytes of a zip."""
    body = {key: value for key, value in inputs.items() if key not in CODE}
    if inputs.get("imageUri"):
        return {**body, "code": {"ImageUri": inputs["imageUri"]}}
    if inputs.get("s3Bucket"):
        return {**body, "code": {"S3Bucket": inputs["s3Bucket"], "S3Key": inputs["s3Key"]}}
    return {**body, "code": {"ZipFile": diff.archive_bytes(inputs["code"])}}


def function_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """Update code and configuration, each with its own call."""
    changed = set(diff.changed(old, new))
    if changed & set(CODE):
        code = function_code(context, new)["code"]
        context.call("lambda.update_function_code", {"FunctionName": id_, **code})
    apart = {
        *CODE,
        "tags",
        "tagsAll",
        "region",
        "name",
        "publish",
        "architectures",
        "reservedConcurrentExecutions",
    }
    rest = {key: new[key] for key in new.keys() - apart if key not in ("skipDestroy", "packageType")}
    if changed - apart:
        context.call(
            "lambda.update_function_configuration", rest, "kmsKeyArn:KMSKeyArn", {"FunctionName": id_}
        )


def invocation(context: Context, row: Row, inputs: Inputs) -> tuple[str, Inputs]:
    """Invoke the function; an error that it returns fails the resource."""
    answer = context.send(
        row.op, {"FunctionName": inputs["functionName"], "Payload": inputs["input"].encode()}
    )
    payload = answer["Payload"].read().decode()
    if answer.get("FunctionError"):
        kind = json.loads(payload or "{}").get("errorType", "an error")
        raise SandboxError(f"function {inputs['functionName']} returned {kind}")
    return f"{inputs['functionName']}_{inputs.get('qualifier', '$LATEST')}", {"result": payload}


def invocation_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> Inputs:
    """A new input is a new invocation."""
    return invocation(context, Row("", "lambda.invoke"), new)[1]


row(
    "lambda/function:Function",
    "lambda.create_function",
    id="{name}",
    read="get_function(FunctionName={id}).Configuration",
    out=(
        "arn:FunctionArn version:Version lastModified:LastModified "
        "invokeArn=arn:{p}:apigateway:{r}:lambda:path/2015-03-31/functions/arn:{p}:lambda:{r}:{a}:function:{name}/invocations"
    ),
    name="name",
    rename="name:FunctionName kmsKeyArn:KMSKeyArn",
    skip="sourceCodeHash reservedConcurrentExecutions skipDestroy",
    pre=function_code,
    after=(Call("put_function_concurrency", "FunctionName={id}", "reservedConcurrentExecutions"),),
    delete="delete_function(FunctionName={id})",
    replace="name packageType",
    change=function_change,
    changes="*",
    volatile="lastModified",
    keeps="the dead-letter queue, key and handler of a function",
)
row(
    "lambda/permission:Permission",
    "lambda.add_permission",
    id="{statementId}",
    read="get_policy(FunctionName={function}).@",
    name="statementId",
    rename="function:FunctionName",
    delete="remove_permission(FunctionName={function},StatementId={id})",
    replace="*",
)
row(
    "lambda/invocation:Invocation",
    "lambda.invoke",
    make=invocation,
    delete=Stays("an invocation cannot be taken back"),
    change=invocation_change,
    changes="input triggers",
    skip="lifecycleScope terraformKey tenantId",
    replace="functionName qualifier",
    tags="none",
)
