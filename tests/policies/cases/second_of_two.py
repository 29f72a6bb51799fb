"""Cases with a list of two, of which only the second (or first) item is wrong."""

import json
from collections.abc import Mapping

from rules.lib.resource_types import (
    BUCKET_ENCRYPTION,
    BUCKET_LIFECYCLE,
    BUCKET_POLICY,
    EBS_VOLUME,
    FUNCTION,
    INGRESS_RULE,
    KMS_KEY,
    LISTENER,
    LOAD_BALANCER,
    PREFIX_LIST,
    QUEUE_POLICY,
    RDS_INSTANCE,
    ROLE,
    SECRET_ROTATION,
    SECRET_VERSION,
    SECURITY_GROUP,
    TASK_DEFINITION,
    TOPIC_POLICY,
    VPC_ENDPOINT,
    WEB_ACL,
)
from rules.pack.config import Configuration

from tests.policies.cases import fine, slip, stack_slip
from tests.policies.cases.ecs_lambda_elasticache import CONTAINER
from tests.policies.cases.iam import document
from tests.policies.cases.load_balancing import BAD, COMMON, RATE, REDIRECT, VISIBLE
from tests.policies.cases.network import ACCOUNT_ONLY
from tests.policies.cases.rds import STACKS as DATABASES
from tests.policies.cases.security_groups import STACKS as FRONTS
from tests.policies.cases.storage_and_audit import OURS, PLAIN_HTTP, WRITER
from tests.policies.judge import Entry

ROOT = {"Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}
ANYBODY = {"Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}
SERVICE = {"Principal": {"Service": "events.amazonaws.com"}, "Action": "sns:Publish", "Resource": "*"}
ABROAD = {"Principal": {"AWS": "arn:aws:iam::999999999999:root"}, "Action": "sns:Publish", "Resource": "*"}
TRUSTED = {
    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
    "Action": "sts:AssumeRole",
    "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
}
FORWARD = {"type": "forward", "targetGroupArn": "arn:tg"}
KMS_DEFAULT = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "arn:key"}}
AWS_DEFAULT = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}


def two(**second: object) -> str:
    """The program's container and a changed copy."""
    other = {
        key: value for key, value in {**CONTAINER, "name": "other", **second}.items() if value is not None
    }
    return json.dumps([CONTAINER, other])


def guarded(*statements: Mapping[str, object]) -> str:
    """A policy that denies plain HTTP, with one more statement."""
    allowed = [{"Effect": "Allow", **one} for one in statements]
    return json.dumps({"Statement": [{**PLAIN_HTTP, "Action": "*"}, *allowed]})


SLIPS = [
    slip("kms-policy-no-wildcard", KMS_KEY, policy=document(ROOT, ANYBODY)),
    slip(
        "iam-trust-no-wildcard iam-trust-no-account-root",
        ROLE,
        assumeRolePolicy=document(TRUSTED, {**TRUSTED, "Principal": "*", "Condition": {}}),
    ),
    slip("iam-trust-no-wildcard", ROLE, assumeRolePolicy=document(TRUSTED, {**TRUSTED, "Principal": "*"})),
    slip(
        "sns-policy-not-public sns-no-cross-account",
        TOPIC_POLICY,
        policy=guarded(SERVICE, {**SERVICE, "Principal": "*"}),
    ),
    slip("sns-no-cross-account own-secret-env-name", TOPIC_POLICY, OURS, policy=guarded(SERVICE, ABROAD)),
    slip(
        "sqs-policy-no-wildcard sqs-policy-not-public",
        QUEUE_POLICY,
        policy=guarded(SERVICE, {**SERVICE, "Principal": {"AWS": "arn:aws:iam::*:root"}}),
    ),
    slip(
        "s3-policy-no-star-principal",
        BUCKET_POLICY,
        policy=guarded(WRITER, {**ANYBODY, "Action": "s3:GetObject"}),
    ),
    slip(
        "s3-policy-cross-account own-secret-env-name",
        BUCKET_POLICY,
        OURS,
        policy=guarded(WRITER, {**ABROAD, "Action": "s3:PutBucketPolicy"}),
    ),
    slip(
        "own-secret-env-name",
        BUCKET_POLICY,
        OURS,
        policy=guarded(WRITER, {**ABROAD, "Action": "s3:GetObject"}),
    ),
    slip(
        "s3-policy-no-lockout",
        BUCKET_POLICY,
        policy=json.dumps(
            {"Statement": [PLAIN_HTTP, {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}
        ),
    ),
    slip(
        "vpce-policy-scoped",
        VPC_ENDPOINT,
        policy=json.dumps(
            {"Statement": [*json.loads(ACCOUNT_ONLY)["Statement"], {"Effect": "Allow", **ANYBODY}]}
        ),
    ),
    slip(
        "alb-https-only alb-target-https",
        LISTENER,
        port=80,
        protocol="HTTP",
        defaultActions=[REDIRECT, FORWARD],
    ),
    slip(
        "alb-https-only alb-target-https",
        LISTENER,
        port=80,
        protocol="HTTP",
        defaultActions=[{**REDIRECT, "type": "forward"}],
    ),
    slip("ecs-non-privileged", TASK_DEFINITION, containerDefinitions=two(privileged=True)),
    slip("ecs-readonly-root", TASK_DEFINITION, containerDefinitions=two(readonlyRootFilesystem=False)),
    slip("ecs-logging", TASK_DEFINITION, containerDefinitions=two(logConfiguration=None)),
    slip(
        "ecs-no-root-host-network", TASK_DEFINITION, networkMode="host", containerDefinitions=two(user="root")
    ),
    slip("own-image-pinned", TASK_DEFINITION, containerDefinitions=two(image="nginx")),
    fine(TASK_DEFINITION, containerDefinitions=two()),
    slip(
        "waf-rule-actions",
        WEB_ACL,
        rules=[COMMON, BAD, RATE, {"name": "idle", "action": {}, "visibilityConfig": VISIBLE}],
    ),
    slip("own-waf-blocks waf-log4j", WEB_ACL, rules=[RATE, {**COMMON, "overrideAction": {"count": {}}}]),
    slip("s3-cmk", BUCKET_ENCRYPTION, rules=[KMS_DEFAULT, AWS_DEFAULT]),
    fine(
        BUCKET_LIFECYCLE,
        rules=[
            {"status": "Enabled"},
            {"status": "Enabled", "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7}},
        ],
    ),
    slip("own-secret-weak", SECRET_VERSION, secretString="acegikm" * 4),
    fine(SECRET_VERSION, secretString="acegikmo" * 4),
    slip("rds-log-exports", RDS_INSTANCE, enabledCloudwatchLogsExports=["upgrade"]),
    fine(RDS_INSTANCE, enabledCloudwatchLogsExports=["postgresql", "upgrade"]),
    *(
        slip("rds-engine-vulnerable rds-engine-supported", RDS_INSTANCE, engineVersion=version)
        for version in ("12.6", "11.11", "10.16", "9.5")
    ),
    *(
        slip("rds-engine-supported", RDS_INSTANCE, engineVersion=version)
        for version in ("12.7", "11.12", "10.17", "9.6")
    ),
    fine(FUNCTION, reservedConcurrentExecutions=0),
    fine(SECRET_ROTATION, rotationRules={"scheduleExpression": "rate(24 hours)"}),
    slip("secret-rotation-90d", SECRET_ROTATION, rotationRules={"automaticallyAfterDays": 0}),
    fine(INGRESS_RULE, cidrIpv4="10.0.0.0/8", ipProtocol="-1", fromPort=None, toPort=None),
    fine(EBS_VOLUME, Configuration(storage_gib=1)),
]

_FRONT, _DB = FRONTS["front"], DATABASES["database"]
_PARAMETERS = _DB["parameters"].props["parameters"]
STACK_SLIPS = [
    stack_slip(
        "sg-only-authorized-public",
        "front",
        {"list": Entry(PREFIX_LIST, {"entries": [{"cidr": "203.0.113.0/24"}, {"cidr": "0.0.0.0/0"}]})},
    ),
    stack_slip(
        "sg-no-public-http",
        "front",
        {"listener": _FRONT["listener"].but(defaultActions=[{"type": "redirect"}, FORWARD])},
    ),
    stack_slip(
        "sg-only-authorized-public",
        "front",
        {
            "https": _FRONT["https"].but(needs={"securityGroupId": ("front-alb", "other")}),
            "other": Entry(SECURITY_GROUP, {"name": "aiponge-rds"}),
            "user": Entry(LOAD_BALANCER, {"internal": True}, {"securityGroups": ("other",)}),
        },
    ),
    stack_slip(
        "rds-query-logging",
        "database",
        {"parameters": _DB["parameters"].but(parameters=[_PARAMETERS[0], _PARAMETERS[2]])},
    ),
]
