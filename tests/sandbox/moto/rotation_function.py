"""A rotation function for tests, which fails at a given step."""

from __future__ import annotations

import io
import zipfile

import boto3

ROTATES = """
import boto3, os

def handler(event, context):
    store = boto3.client("secretsmanager")
    arn, token, step = event["SecretId"], event["ClientRequestToken"], event["Step"]
    if step == os.environ.get("FAIL_AT"):
        raise RuntimeError("as asked")
    if step == "createSecret":
        store.put_secret_value(
            SecretId=arn, ClientRequestToken=token, SecretString="rotated", VersionStages=["AWSPENDING"]
        )
    if step == "finishSecret":
        stages = store.describe_secret(SecretId=arn)["VersionIdsToStages"]
        now = next(version for version, held in stages.items() if "AWSCURRENT" in held)
        store.update_secret_version_stage(
            SecretId=arn, VersionStage="AWSCURRENT", MoveToVersionId=token, RemoveFromVersionId=now
        )
        store.update_secret_version_stage(SecretId=arn, VersionStage="AWSPENDING", RemoveFromVersionId=token)
"""


def function(session: boto3.Session, **environment: str) -> str:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("rotate_for_test.py", ROTATES)
    role = session.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    made = session.client("lambda").create_function(
        FunctionName="rotate",
        Role=role,
        Runtime="python3.12",
        Handler="rotate_for_test.handler",
        Code={"ZipFile": buffer.getvalue()},
        Environment={"Variables": environment},
    )
    return made["FunctionArn"]
