"""Strongroom's rules about secret values, names and readers."""

import json

from rules.lib.resource_types import (
    AWS_PROVIDER,
    CACHE_USER,
    FUNCTION,
    FUNCTION_PERMISSION,
    KMS_ALIAS,
    KMS_KEY,
    METRIC_ALARM,
    OIDC_PROVIDER,
    RANDOM_BYTES,
    RANDOM_ID,
    RANDOM_PASSWORD,
    RANDOM_STRING,
    RDS_INSTANCE,
    ROLE,
    ROLE_POLICY,
    SECRET,
    SECRET_ROTATION,
    SECRET_VERSION,
    SSM_PARAMETER,
    TASK_DEFINITION,
)
from rules.pack.config import Configuration

from tests.policies.cases import fine, slip, stack_slip
from tests.policies.cases.ecs_lambda_elasticache import ARN, RANDOM, variable
from tests.policies.cases.iam import GITHUB, OURS, SERVICE_TRUST, allow, document, trust
from tests.policies.judge import PROVIDER as PINNED
from tests.policies.judge import UNKNOWN, Entry

STAGING = Configuration(production=False)
PROD = Configuration(environment="prod", account_id="111122223333")
DECLARED = Configuration(secrets=("aiponge/jwt-secret", "aiponge/entry-encryption-key"))
RING = json.dumps({"schema": 1, "keys": [{"kid": "a", "key": RANDOM * 2, "generation": 1}]})
_PROVIDER = {
    "region": "eu-west-1",
    "allowedAccountIds": ["111122223333"],
    "defaultTags": {"tags": {"App": "a"}},
}
_LOOSE = {**PINNED, "allowedAccountIds": []}
COMPLIANT = {}
SLIPS = [
    slip("own-secret-weak", SECRET_VERSION, secretString=RANDOM[:19]),
    fine(SECRET_VERSION, secretString=RANDOM[:20]),
    slip("own-secret-weak", SECRET_VERSION, secretString="abcabcabcabcabcabcabcabc"),
    slip("own-secret-weak", SECRET_VERSION, secretString=f"changeme{RANDOM}"),
    slip("own-secret-weak", SECRET_VERSION, secretString='{"username": "u", "token": ""}'),
    fine(SECRET_VERSION, secretString=RING),
    slip("own-secret-weak", SECRET_VERSION, secretString="rediss://user:short@cache:6379"),
    fine(SECRET_VERSION, secretString=f"rediss://user:{RANDOM}@cache:6379"),
    slip("own-secret-weak", SSM_PARAMETER, value="short"),
    slip("own-secret-weak", RDS_INSTANCE, password="short"),
    slip("own-secret-weak", CACHE_USER, passwords=["short"]),
    slip("own-secret-weak", CACHE_USER, authenticationMode={"type": "password", "passwords": ["short"]}),
    fine(CACHE_USER, authenticationMode={"type": "password", "passwords": [RANDOM]}),
    fine(SSM_PARAMETER, value=UNKNOWN),
    slip("own-secret-env-name", SECRET, PROD, {"provider": _LOOSE}),
    fine(SECRET, PROD, {"provider": PINNED}),
    fine(SECRET, PROD, {"provider": _LOOSE}, name="prod/aiponge/jwt-secret"),
    slip("own-secret-env-name", KMS_ALIAS, PROD, {"provider": _LOOSE}),
    slip("own-secret-env-name", ROLE_POLICY, PROD, policy=OURS.replace("111122223333", "999988887777")),
    slip("own-secret-env-name", SSM_PARAMETER, PROD, name="/cinematch/staging/db-password"),
    fine(SSM_PARAMETER, PROD, name="/cinematch/production/db-password"),
    slip("own-secret-declared", SECRET, DECLARED, name="aiponge/entry_key"),
    fine(SECRET, DECLARED),
    slip("own-secret-declared", SSM_PARAMETER, DECLARED),
    slip("own-secret-recovery", SECRET, recoveryWindowInDays=29),
    slip("own-secret-recovery", SECRET, STAGING, recoveryWindowInDays=6),
    fine(SECRET, STAGING, recoveryWindowInDays=7),
    slip("own-secret-recovery", SECRET, recoveryWindowInDays=0),
    slip("own-stateful-protect", SECRET, Configuration(), {"protect": False}),
    slip("own-stateful-protect", KMS_KEY, Configuration(), {"protect": False}),
    slip("own-stateful-protect", RDS_INSTANCE, Configuration(), {"protect": False}),
    slip("own-stateful-protect", RDS_INSTANCE, skipFinalSnapshot=True),
    slip("own-ignore-changes", RDS_INSTANCE, Configuration(), {"ignore_changes": ("publiclyAccessible",)}),
    slip("own-ignore-changes", RDS_INSTANCE, Configuration(), {"ignore_changes": ("ingress[0].cidrBlocks",)}),
    fine(RDS_INSTANCE, Configuration(), {"ignore_changes": ("tags",)}),
    slip("own-provider-guard", AWS_PROVIDER, allowedAccountIds=None),
    slip("own-provider-guard", AWS_PROVIDER, allowedAccountIds=["1", "2"]),
    fine(AWS_PROVIDER, allowedAccountIds='["111122223333"]'),
    slip("own-provider-guard", AWS_PROVIDER, region=None),
    slip("own-provider-guard", AWS_PROVIDER, accessKey="k"),
    slip("own-provider-guard", AWS_PROVIDER, defaultTags=None),
    slip(
        "own-env-secret-value",
        TASK_DEFINITION,
        containerDefinitions=variable("A", "b").replace(ARN, "jwt-secret"),
    ),
    slip(
        "own-env-secret-value own-secret-env-name",
        TASK_DEFINITION,
        PROD,
        containerDefinitions=variable("A", "b").replace("111122223333:secret", "999988887777:secret"),
    ),
]

_KEY_POLICY = document(
    {
        "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        "Action": "kms:Decrypt",
        "Resource": "*",
        "Condition": {
            "ArnEquals": {"aws:PrincipalArn": ["arn:aws:iam::111122223333:role/aiponge-exec-user"]},
            "StringEquals": {"kms:ViaService": ["secretsmanager.eu-west-1.amazonaws.com"]},
        },
    }
)
_TASK = Entry(
    TASK_DEFINITION,
    {"containerDefinitions": UNKNOWN},
    {"executionRoleArn": ("exec",), "containerDefinitions": ("jwt", "log-group")},
)
_POLICY = Entry(ROLE_POLICY, {"policy": OURS}, {"role": ("exec",), "policy": ("jwt", "secrets-key")})
_JWT = Entry(
    SECRET_VERSION, {"secretString": RANDOM}, {"secretId": ("jwt",), "secretString": ("jwt-password",)}
)
_ROTATOR = Entry(
    FUNCTION,
    {"name": "rotate", "vpcConfig": {"subnetIds": ["a"]}},
    {"role": ("rotator",), "loggingConfig": ("log-group",)},
)
_ALARM = Entry(METRIC_ALARM, {}, {"dimensions": ("function",), "alarmActions": ("topic",)})
_DEPLOY_POLICY = Entry(ROLE_POLICY, {"policy": allow("ecs:UpdateService", "arn:s")}, {"role": ("deploy",)})
_DB = Entry(RDS_INSTANCE, {"manageMasterUserPassword": True}, {"kmsKeyId": ("data-key",)})
STACKS = {
    "readers": {
        "secrets-key": Entry(KMS_KEY, {"policy": _KEY_POLICY}),
        "data-key": Entry(KMS_KEY, {"policy": _KEY_POLICY}),
        "jwt-password": Entry(RANDOM_PASSWORD, {"length": 64, "result": RANDOM[::-1]}),
        "jwt": Entry(SECRET, {"name": "aiponge/jwt-secret"}, {"kmsKeyId": ("secrets-key",)}),
        "jwt-version": _JWT,
        "url": Entry(SECRET, {"name": "aiponge/database-url"}, {"kmsKeyId": ("secrets-key",)}),
        "rotation": Entry(SECRET_ROTATION, {}, {"secretId": ("url",), "rotationLambdaArn": ("function",)}),
        "rotator": Entry(ROLE, {"assumeRolePolicy": SERVICE_TRUST}),
        "rotator-policy": Entry(ROLE_POLICY, {"policy": OURS}, {"role": ("rotator",), "policy": ("url",)}),
        "function": _ROTATOR,
        "permission": Entry(
            FUNCTION_PERMISSION, {"principal": "secretsmanager.amazonaws.com"}, {"function": ("function",)}
        ),
        "alarm": _ALARM,
        "log-group": Entry("aws:cloudwatch/logGroup:LogGroup", {"name": "/aiponge/prod/user"}),
        "exec": Entry(ROLE, {"assumeRolePolicy": SERVICE_TRUST}),
        "exec-policy": _POLICY,
        "task": _TASK,
        "github": Entry(OIDC_PROVIDER, {"url": "https://token.actions.githubusercontent.com"}),
        "deploy": Entry(ROLE, {"assumeRolePolicy": UNKNOWN}, {"assumeRolePolicy": ("github",)}),
        "deploy-policy": _DEPLOY_POLICY,
        "db": _DB,
        "db-alarm": Entry(METRIC_ALARM, {}, {"dimensions": ("db",), "alarmActions": ("topic",)}),
        "topic": Entry("aws:sns/topic:Topic", {}, {}),
        "subscription": Entry("aws:sns/topicSubscription:TopicSubscription", {}, {"topic": ("topic",)}),
        "suffix": Entry(RANDOM_ID, {"byteLength": 4}),
        "bucket": Entry("aws:s3/bucket:Bucket", {}, {"bucket": ("suffix",)}),
    }
}
_TEXT = "aws:cloudwatch/dashboard:Dashboard"


def _leak(text: str) -> dict[str, Entry]:
    return {"leak": Entry(_TEXT, {"dashboardBody": text})}


_SUPPLIED = Configuration(supplied_secrets=("/supplied",))


def _own_password(value: str) -> Entry:
    return _DB.but(manageMasterUserPassword=None, password=value)


def _stored_in_parameter(value: str) -> dict[str, Entry]:
    parameter = {"type": "SecureString", "name": "/supplied", "value": value, "keyId": "k"}
    return {"db": _own_password(RANDOM), "supplied": Entry(SSM_PARAMETER, parameter)}


STACK_SLIPS = [
    stack_slip("own-secret-leak", "readers", _leak(f"token {RANDOM}")),
    stack_slip("own-secret-leak", "readers", _leak(RANDOM.encode().hex())),
    stack_slip("own-secret-leak", "readers", {"task": _TASK.but(tags={"Key": RANDOM})}),
    stack_slip(
        "own-secret-leak",
        "readers",
        {"plain": Entry(SSM_PARAMETER, {"type": "String", "name": "/a", "value": RANDOM})},
    ),
    stack_slip(
        "",
        "readers",
        {
            "url-version": Entry(
                SECRET_VERSION,
                {"secretString": f"rediss://u:{RANDOM}@h"},
                {"secretString": ("jwt-password",)},
            )
        },
    ),
    stack_slip("", "readers", _leak("nothing of the kind, however long the text may be")),
    stack_slip("own-secret-no-literal", "readers", {"jwt-version": _JWT.but(needs={"secretString": ()})}),
    stack_slip(
        "",
        "readers",
        {"jwt-version": _JWT.but(needs={"secretString": ()})},
        Configuration(supplied_secrets=("aiponge/jwt-secret",)),
    ),
    stack_slip(
        "own-secret-no-literal", "readers", {"db": _DB.but(manageMasterUserPassword=None, password=RANDOM)}
    ),
    stack_slip(
        "",
        "readers",
        {
            "db": _DB.but(
                manageMasterUserPassword=None, password=UNKNOWN, needs={"password": ("jwt-password",)}
            )
        },
    ),
    # A supplied password is the value of the parameter, or of the secret, that an operator supplies.
    stack_slip("", "readers", _stored_in_parameter(RANDOM), _SUPPLIED),
    stack_slip("own-secret-no-literal", "readers", _stored_in_parameter(RANDOM[::-1]), _SUPPLIED),
    stack_slip(
        "", "readers", {"db": _own_password(RANDOM)}, Configuration(supplied_secrets=("aiponge/jwt-secret",))
    ),
    stack_slip(
        "own-secret-no-literal",
        "readers",
        {"parameter": Entry(SSM_PARAMETER, {"type": "SecureString", "name": "/x", "value": RANDOM})},
    ),
    stack_slip("own-secret-leaking-random", "readers", {"bytes": Entry(RANDOM_BYTES, {"length": 32})}),
    stack_slip(
        "own-secret-leaking-random own-secret-no-literal",
        "readers",
        {
            "text": Entry(RANDOM_STRING, {"length": 32}),
            "jwt-version": _JWT.but(needs={"secretString": ("text",)}),
        },
    ),
    stack_slip("own-secret-one-owner", "readers", {"jwt-version": _JWT.but(needs={"secretId": ("url",)})}),
    stack_slip("own-secret-one-owner", "readers", {}, Configuration(rotated_secrets=("aiponge/jwt-secret",))),
    stack_slip(
        "own-secret-readers own-exec-role-scope",
        "readers",
        {"exec-policy": _POLICY.but(needs={"policy": ("jwt", "url")})},
    ),
    stack_slip("own-exec-role-scope", "readers", {"exec-policy": _POLICY.but(needs={"policy": ()})}),
    stack_slip(
        "own-secret-readers",
        "readers",
        {
            "rotator-policy": Entry(
                ROLE_POLICY, {"policy": OURS}, {"role": ("rotator",), "policy": ("url", "jwt")}
            )
        },
    ),
    stack_slip(
        "own-ci-no-secret-read", "readers", {"deploy-policy": _DEPLOY_POLICY.but(needs={"policy": ("jwt",)})}
    ),
    stack_slip(
        "",
        "readers",
        {"deploy-policy": _DEPLOY_POLICY.but(needs={"policy": ("jwt",)})},
        Configuration(deploy_secrets=("aiponge/jwt-secret",)),
    ),
    stack_slip(
        "own-ci-no-secret-read",
        "readers",
        {"deploy-policy": _DEPLOY_POLICY.but(needs={"policy": ("secrets-key",)})},
    ),
    stack_slip(
        "own-ci-no-secret-read",
        "readers",
        {
            "github": None,
            "deploy": Entry(ROLE, {"assumeRolePolicy": trust(GITHUB)}),
            "deploy-policy": _DEPLOY_POLICY.but(needs={"policy": ("url",)}),
        },
    ),
    stack_slip(
        "own-secret-key-scope",
        "readers",
        {
            "secrets-key": Entry(
                KMS_KEY, {"policy": _KEY_POLICY.replace("kms:ViaService", "kms:CallerAccount")}
            )
        },
    ),
    stack_slip(
        "own-secret-key-scope",
        "readers",
        {
            "secrets-key": Entry(
                KMS_KEY, {"policy": _KEY_POLICY.replace("aws:PrincipalArn", "aws:PrincipalTag/x")}
            )
        },
    ),
    stack_slip(
        "entry-key-separation",
        "readers",
        {"db": _DB.but(needs={"kmsKeyId": ("secrets-key",)})},
    ),
    stack_slip(
        "entry-key-separation",
        "readers",
        {
            "exec-policy": _POLICY.but(
                policy=allow(["secretsmanager:GetSecretValue", "rds:CreateDBSnapshot"], "arn:x")
            )
        },
    ),
    stack_slip("own-secret-rotation-works", "readers", {"permission": None}),
    stack_slip("own-secret-rotation-works", "readers", {"function": _ROTATOR.but(vpcConfig=None)}),
    stack_slip("own-secret-rotation-works own-alarms-service", "readers", {"alarm": None}),
    stack_slip("own-log-declared", "readers", {"function": _ROTATOR.but(needs={"loggingConfig": ()})}),
    stack_slip(
        "own-log-declared",
        "readers",
        {
            "task": _TASK.but(
                containerDefinitions=variable("A", "b").replace("/aiponge/prod/user", "/else"),
                needs={"containerDefinitions": ("jwt",)},
            )
        },
    ),
    stack_slip(
        "",
        "readers",
        {
            "task": _TASK.but(
                containerDefinitions=variable("A", "b"), needs={"containerDefinitions": ("jwt",)}
            )
        },
    ),
    stack_slip("own-alarm-wired", "readers", {"subscription": None}),
    stack_slip(
        "own-alarm-wired",
        "readers",
        {"alarm": _ALARM.but(alarmActions=["arn:other"], needs={"alarmActions": ()})},
    ),
    stack_slip(
        "own-alarm-wired",
        "readers",
        {"topic": Entry("aws:sns/topic:Topic", {}, {"kmsMasterKeyId": ("data-key",)})},
    ),
    stack_slip(
        "",
        "readers",
        {
            "alerts": Entry(
                KMS_KEY,
                {
                    "policy": document(
                        {
                            "Principal": {"Service": "cloudwatch.amazonaws.com"},
                            "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
                            "Resource": "*",
                        }
                    )
                },
            ),
            "topic": Entry("aws:sns/topic:Topic", {}, {"kmsMasterKeyId": ("alerts",)}),
        },
    ),
]
