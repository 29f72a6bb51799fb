"""KMS, Secrets Manager, SSM, tags."""

import json
from typing import Any

from rules.lib.resource_types import (
    KMS_KEY,
    KMS_KEY_POLICY,
    SECRET,
    SECRET_POLICY,
    SECRET_ROTATION,
    SSM_DOCUMENT,
    SSM_PARAMETER,
)
from rules.pack.config import Configuration

from tests.policies.cases import fine, slip, stack_slip
from tests.policies.judge import PROVIDER, TAGS, UNKNOWN, Entry
from tests.policies.ours import ours

STAGING = Configuration(production=False)


def statement(**given: Any) -> str:
    """A document with one statement."""
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **given}]})


ROOT = statement(Principal={"AWS": "arn:aws:iam::111122223333:root"}, Action="kms:*", Resource="*")
ANYBODY = statement(Principal="*", Action="kms:Decrypt", Resource="*")
ANY_AWS = statement(Principal={"AWS": ["*"]}, Action="kms:Decrypt", Resource="*")
BOUND = statement(
    Principal={"AWS": "*"},
    Action="kms:Decrypt",
    Resource="*",
    Condition={"StringEquals": {"kms:CallerAccount": "111122223333"}},
)
DENY_ALL = json.dumps(
    {
        "Statement": [
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "secretsmanager:*",
                "Resource": "*",
                "Condition": {
                    "ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::111122223333:role/aiponge-exec-user"]}
                },
            }
        ]
    }
)
SESSION = json.dumps(
    {
        "schemaVersion": "1.0",
        "inputs": {
            "kmsKeyId": "alias/x",
            "cloudWatchLogGroupName": "/s",
            "cloudWatchEncryptionEnabled": True,
        },
    }
)
_KEY, _SECRET = ours(KMS_KEY), {key: value for key, value in ours(SECRET).items() if key != "tags"}
COMPLIANT = {KMS_KEY_POLICY: {"keyId": "1", "policy": ROOT}}
TOKEN = "ghp_" + "a1B2" * 9
SLIPS = [
    slip("kms-rotation", KMS_KEY, enableKeyRotation=False),
    slip("kms-rotation", KMS_KEY, enableKeyRotation=None),
    fine(KMS_KEY, enableKeyRotation=None, customerMasterKeySpec="RSA_2048"),
    fine(KMS_KEY, enableKeyRotation=None, keyUsage="GENERATE_VERIFY_MAC", customerMasterKeySpec="HMAC_256"),
    slip("kms-policy-no-wildcard", KMS_KEY, policy=ANYBODY),
    slip("kms-policy-no-wildcard", KMS_KEY, policy=ANY_AWS),
    slip("kms-policy-no-wildcard", KMS_KEY_POLICY, policy=ANYBODY),
    slip(
        "kms-policy-no-wildcard",
        KMS_KEY,
        policy=statement(NotPrincipal={"AWS": "arn:x"}, Action="*", Resource="*"),
    ),
    fine(KMS_KEY, policy=BOUND),
    slip("kms-enabled", KMS_KEY, isEnabled=False),
    fine(KMS_KEY, isEnabled=True),
    slip("kms-deletion-window", KMS_KEY, deletionWindowInDays=29),
    slip("kms-deletion-window", KMS_KEY, STAGING, deletionWindowInDays=13),
    fine(KMS_KEY, STAGING, deletionWindowInDays=14),
    fine(KMS_KEY, deletionWindowInDays=None),
    slip("kms-no-lockout-bypass", KMS_KEY, bypassPolicyLockoutSafetyCheck=True),
    slip("kms-no-lockout-bypass", KMS_KEY_POLICY, bypassPolicyLockoutSafetyCheck="true"),
    slip("kms-description", KMS_KEY, description="Managed by Pulumi"),
    slip("secret-cmk", SECRET, kmsKeyId=None),
    slip("secret-cmk", SECRET, kmsKeyId="alias/aws/secretsmanager"),
    fine(SECRET, kmsKeyId=UNKNOWN),
    slip("secret-rotation-90d", SECRET_ROTATION, rotationRules={"automaticallyAfterDays": 91}),
    fine(SECRET_ROTATION, rotationRules={"automaticallyAfterDays": 90}),
    slip("secret-rotation-90d", SECRET_ROTATION, rotationRules=None),
    slip("secret-rotation-90d", SECRET_ROTATION, rotationRules={"scheduleExpression": "rate(91 days)"}),
    fine(SECRET_ROTATION, rotationRules={"scheduleExpression": "rate(90 days)"}),
    fine(SECRET_ROTATION, rotationRules={"scheduleExpression": "cron(0 16 1,15 * ? *)"}),
    slip("secret-rotation-90d", SECRET_ROTATION, rotationRules={"scheduleExpression": "cron(0 16 1 1 ? *)"}),
    slip("secret-policy-not-public", SECRET, policy=ANYBODY),
    slip("secret-policy-not-public", SECRET_POLICY, policy=BOUND),
    fine(SECRET, policy=DENY_ALL),
    slip("secret-description", SECRET, description=None),
    slip("ssm-param-secure", SSM_PARAMETER, type="String"),
    slip("ssm-param-secure", SSM_PARAMETER, type="String", name="/app/motto", value=TOKEN),
    slip(
        "ssm-param-secure",
        SSM_PARAMETER,
        type="String",
        name="/app/url",
        insecureValue="postgres://u:word@host/db",
    ),
    slip(
        "ssm-param-secure",
        SSM_PARAMETER,
        Configuration(secrets=("/app/motto",)),
        type="String",
        name="/app/motto",
    ),
    fine(SSM_PARAMETER, type="String", name="/app/db-host", value="db.internal"),
    slip("ssm-param-cmk", SSM_PARAMETER, keyId=None),
    slip("ssm-param-cmk", SSM_PARAMETER, keyId="alias/aws/ssm"),
    slip("ssm-doc-private", SSM_DOCUMENT, permissions={"type": "Share", "accountIds": "All"}),
    fine(SSM_DOCUMENT, permissions={"type": "Share", "accountIds": "111122223333"}),
    slip("ssm-doc-no-secrets", SSM_DOCUMENT, documentType="Command", content=f"export TOKEN={TOKEN}"),
    fine(SSM_DOCUMENT, documentType="Command", content='{"runCommand": ["/root/update-app.sh"]}'),
    slip("ssm-session-encrypted", SSM_DOCUMENT, content=SESSION.replace("alias/x", "")),
    slip("ssm-session-logged", SSM_DOCUMENT, content=SESSION.replace('"/s"', '""')),
    slip("ssm-session-logged", SSM_DOCUMENT, content=SESSION.replace("true", "false")),
    slip("own-tags", SECRET, Configuration(), {"provider": None}, tags={"App": "aiponge", "Env": "prod"}),
    slip("own-tags", SECRET, Configuration(environment="staging"), tags=TAGS),
    slip("own-tags", SECRET, Configuration(), {"provider": {}}),
    fine(SECRET, Configuration(environment="prod"), {"provider": PROVIDER}),
    fine(SECRET, Configuration(), {"provider": {"defaultTags": json.dumps({"tags": TAGS})}}),
    fine("random:index/randomPassword:RandomPassword", Configuration(), {"provider": {}}),
]

_MINE = Entry(SECRET, _SECRET)
_POLICY = Entry(SECRET_POLICY, {"policy": DENY_ALL}, {"secretArn": ("secret",)})
_ROTATION = Entry(
    SECRET_ROTATION, {"rotationRules": {"automaticallyAfterDays": 30}}, {"secretId": ("secret",)}
)
STACKS = {
    "secrets": {
        "key": Entry(KMS_KEY, _KEY),
        "bare-key": Entry(KMS_KEY, {}),
        "key-policy": Entry(KMS_KEY_POLICY, {"policy": ROOT}, {"keyId": ("bare-key",)}),
        "secret": _MINE,
        "policy": _POLICY,
        "rotation": _ROTATION,
    }
}
STACK_SLIPS = [
    stack_slip("kms-policy-defined", "secrets", {"key-policy": None}),
    stack_slip("secret-rotation", "secrets", {"rotation": None}),
    stack_slip(
        "",
        "secrets",
        {
            "rotation": None,
            "secret": _MINE.but(tags={"strongroom:owner": "pulumi", "strongroom:rotate-every-days": "90"}),
        },
    ),
    stack_slip(
        "secret-rotation",
        "secrets",
        {"rotation": None, "secret": _MINE.but(tags={"strongroom:owner": "pulumi"})},
    ),
    stack_slip("secret-policy-restrictive", "secrets", {"policy": None}),
    stack_slip("secret-policy-restrictive", "secrets", {"policy": _POLICY.but(policy=ROOT)}),
    stack_slip("", "secrets", {"policy": None, "secret": _MINE.but(policy=DENY_ALL)}),
]
