"""CloudTrail records with every field that AWS writes, as its user guide shows them for these calls."""

from __future__ import annotations

from typing import Any

from tests.harness import ACCOUNT, REGION

SECRETS_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OTHER_KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0987dcba-09fe-87dc-65ba-ab0987654321"
EMERGENCY = f"arn:aws:iam::{ACCOUNT}:role/aiponge-emergency"


def session(role: str, *, path: str = "", invoked_by: str | None = None) -> dict[str, Any]:
    """The identity of a session of ``role``; ``invoked_by`` is the service that called for it."""
    identity = {
        "type": "AssumedRole",
        "principalId": "AROAEXAMPLE0EXAMPLE00:session",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/session",
        "accountId": ACCOUNT,
        "accessKeyId": "ASIAEXAMPLE0EXAMPLE0",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": "AROAEXAMPLE0EXAMPLE00",
                "arn": f"arn:aws:iam::{ACCOUNT}:role/{path}{role}",
                "accountId": ACCOUNT,
                "userName": role,
            },
            "attributes": {"creationDate": "2026-11-29T09:00:00Z", "mfaAuthenticated": "false"},
        },
    }
    return identity | ({"invokedBy": invoked_by} if invoked_by else {})


USER = {
    "type": "IAMUser",
    "principalId": "AIDAEXAMPLE0EXAMPLE00",
    "arn": f"arn:aws:iam::{ACCOUNT}:user/somebody",
    "accountId": ACCOUNT,
    "accessKeyId": "AKIAEXAMPLE0EXAMPLE0",
    "userName": "somebody",
}
ROOT = {
    "type": "Root",
    "principalId": ACCOUNT,
    "arn": f"arn:aws:iam::{ACCOUNT}:root",
    "accountId": ACCOUNT,
    "accessKeyId": "",
}
AWS_SERVICE = {"type": "AWSService", "invokedBy": "rds.amazonaws.com"}
SUBJECT = "repo:somebody@77/fork@88:environment:prod"
GITHUB_JOB = {
    "type": "WebIdentityUser",
    "principalId": (
        f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com:"
        f"sts.amazonaws.com:{SUBJECT}"
    ),
    "userName": SUBJECT,
    "identityProvider": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com",
}


def record(service: str, call: str, who: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """One record; ``fields`` replace or add top-level fields."""
    return {
        "eventVersion": "1.11",
        "userIdentity": who,
        "eventTime": "2026-11-29T09:30:00Z",
        "eventSource": f"{service}.amazonaws.com",
        "eventName": call,
        "awsRegion": REGION,
        "sourceIPAddress": "192.0.2.10",
        "userAgent": "aws-cli/2.31.0",
        "requestParameters": None,
        "responseElements": None,
        "requestID": "3c6a1a0e-0000-4000-8000-000000000001",
        "eventID": "3c6a1a0e-0000-4000-8000-000000000002",
        "readOnly": True,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
        "tlsDetails": {"tlsVersion": "TLSv1.3", "clientProvidedHostHeader": f"{service}.{REGION}.aws"},
        **fields,
    }


def decryption(who: dict[str, Any], key: str = SECRETS_KEY, call: str = "Decrypt") -> dict[str, Any]:
    """A use of a KMS key, which Secrets Manager makes in the name of the caller."""
    secret = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:aiponge/jwt-secret-AbCdEf"
    return record(
        "kms",
        call,
        who,
        sourceIPAddress="secretsmanager.amazonaws.com",
        userAgent="secretsmanager.amazonaws.com",
        requestParameters={
            "encryptionContext": {"SecretARN": secret, "SecretVersionId": "11111111-2222"},
            "encryptionAlgorithm": "SYMMETRIC_DEFAULT",
        },
        resources=[{"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": key}],
    )


def secret_read(who: dict[str, Any], call: str = "GetSecretValue") -> dict[str, Any]:
    """A read of a secret in Secrets Manager."""
    return record("secretsmanager", call, who, requestParameters={"secretId": "aiponge/jwt-secret"})


def parameter_read(who: dict[str, Any], *, decrypted: bool) -> dict[str, Any]:
    """A read of a parameter, with or without decryption."""
    asked = {"names": ["/cinematch/production/db-password"], "withDecryption": decrypted}
    return record("ssm", "GetParameters", who, requestParameters=asked)


def oidc_sign_in(error: str | None) -> dict[str, Any]:
    """A request of a job of GitHub Actions for a role."""
    asked = {
        "roleArn": f"arn:aws:iam::{ACCOUNT}:role/aiponge-deploy",
        "roleSessionName": "GitHubActions",
        "durationSeconds": 3600,
    }
    denied = {"errorCode": error, "errorMessage": "Not authorized to perform this call"} if error else {}
    return record("sts", "AssumeRoleWithWebIdentity", GITHUB_JOB, requestParameters=asked, **denied)


def assumption(role_arn: str, who: dict[str, Any] = USER, **fields: Any) -> dict[str, Any]:
    """A request for a role."""
    asked = {"roleArn": role_arn, "roleSessionName": "somebody", "durationSeconds": 3600}
    return record("sts", "AssumeRole", who, requestParameters=asked, **fields)


def shell(service: str, call: str) -> dict[str, Any]:
    """A session on a host (``ssm``) or in a task (``ecs``)."""
    asked = {"target": "i-0123456789abcdef0"} if service == "ssm" else {"cluster": "aiponge-prod"}
    return record(service, call, session("somebody"), readOnly=False, requestParameters=asked)


def command(document: str, who: dict[str, Any]) -> dict[str, Any]:
    """A command that Systems Manager runs on instances."""
    asked = {
        "documentName": document,
        "targets": [{"key": "tag:Name", "values": ["cinematch-server"]}],
        "parameters": "HIDDEN_DUE_TO_SECURITY_REASONS",
        "interactive": False,
    }
    return record("ssm", "SendCommand", who, readOnly=False, requestParameters=asked)
