"""One fault among sound parts is a fault: lists of two, of which the second (or first) is wrong."""

import json

from rules.aws.ec2.ebs import VOLUME
from rules.aws.ecs.task_definitions import TASK
from rules.aws.iam.permissions import ROLE
from rules.aws.lambda_functions.operation import FUNCTION
from rules.aws.load_balancing.load_balancers import BALANCER, LISTENER
from rules.aws.load_balancing.waf import ACL
from rules.aws.messaging.sns import QUEUE_POLICY, TOPIC_POLICY
from rules.aws.network.boundaries import ENDPOINT
from rules.aws.rds.instances import INSTANCE
from rules.aws.s3.encryption import ENCRYPTION
from rules.aws.s3.lifecycle import LIFECYCLE
from rules.aws.s3.public_access import BUCKET_POLICY
from rules.aws.secrets.kms import KEY
from rules.aws.secrets.secrets_manager import ROTATION, VERSION
from rules.lib.ingress_rules import GROUP, INGRESS_RULE, PREFIX_LIST
from rules.pack.config import Configuration

from tests.policies.cases import fine, slip, stack_slip
from tests.policies.cases.compute import CONTAINER
from tests.policies.cases.edge import BAD, COMMON, RATE, REDIRECT, VISIBLE
from tests.policies.cases.iam import document
from tests.policies.cases.network import ACCOUNT_ONLY
from tests.policies.cases.rds import STACKS as DATABASES
from tests.policies.cases.security_groups import STACKS as FRONTS
from tests.policies.cases.storage import OURS, PLAIN_HTTP, WRITER
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
    """Our container and a second one with a change."""
    other = {
        key: value for key, value in {**CONTAINER, "name": "other", **second}.items() if value is not None
    }
    return json.dumps([CONTAINER, other])


def guarded(*statements: object) -> str:
    """A policy that turns plain HTTP away, and what it allows."""
    return json.dumps({"Statement": [PLAIN_HTTP, *({"Effect": "Allow", **one} for one in statements)]})  # type: ignore[dict-item]


SLIPS = [
    slip("kms-policy-no-wildcard", KEY, policy=document(ROOT, ANYBODY)),
    slip("iam-trust-no-wildcard", ROLE, assumeRolePolicy=document(TRUSTED, {**TRUSTED, "Principal": "*"})),
    slip("sns-policy-not-public", TOPIC_POLICY, policy=guarded(SERVICE, {**SERVICE, "Principal": "*"})),
    slip("sns-no-cross-account own-secret-env-name", TOPIC_POLICY, OURS, policy=guarded(SERVICE, ABROAD)),
    slip(
        "sqs-policy-no-wildcard",
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
        ENDPOINT,
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
    slip("ecs-non-privileged", TASK, containerDefinitions=two(privileged=True)),
    slip("ecs-readonly-root", TASK, containerDefinitions=two(readonlyRootFilesystem=False)),
    slip("ecs-logging", TASK, containerDefinitions=two(logConfiguration=None)),
    slip("ecs-no-root-host-network", TASK, networkMode="host", containerDefinitions=two(user="root")),
    slip("own-image-pinned", TASK, containerDefinitions=two(image="nginx")),
    fine(TASK, containerDefinitions=two()),
    slip(
        "waf-rule-actions",
        ACL,
        rules=[COMMON, BAD, RATE, {"name": "idle", "action": {}, "visibilityConfig": VISIBLE}],
    ),
    slip("own-waf-blocks waf-log4j", ACL, rules=[RATE, {**COMMON, "overrideAction": {"count": {}}}]),
    slip("s3-cmk", ENCRYPTION, rules=[KMS_DEFAULT, AWS_DEFAULT]),
    fine(
        LIFECYCLE,
        rules=[{"status": "Enabled"}, {"abortIncompleteMultipartUpload": {"daysAfterInitiation": 7}}],
    ),
    slip("own-secret-weak", VERSION, secretString="abcdefg" * 4),
    fine(VERSION, secretString="abcdefgh" * 4),
    slip("rds-log-exports", INSTANCE, enabledCloudwatchLogsExports=["upgrade"]),
    fine(INSTANCE, enabledCloudwatchLogsExports=["postgresql", "upgrade"]),
    *(
        slip("rds-engine-vulnerable rds-engine-supported", INSTANCE, engineVersion=version)
        for version in ("12.6", "11.11", "10.16", "9.5")
    ),
    *(
        slip("rds-engine-supported", INSTANCE, engineVersion=version)
        for version in ("12.7", "11.12", "10.17", "9.6")
    ),
    fine(FUNCTION, reservedConcurrentExecutions=0),
    fine(ROTATION, rotationRules={"scheduleExpression": "rate(24 hours)"}),
    slip("secret-rotation-90d", ROTATION, rotationRules={"automaticallyAfterDays": 0}),
    fine(INGRESS_RULE, cidrIpv4="10.0.0.0/8", ipProtocol="-1", fromPort=None, toPort=None),
    fine(VOLUME, Configuration(storage_gib=1)),
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
            "other": Entry(GROUP, {"name": "aiponge-rds"}),
            "user": Entry(BALANCER, {"internal": True}, {"securityGroups": ("other",)}),
        },
    ),
    stack_slip(
        "rds-query-logging",
        "database",
        {"parameters": _DB["parameters"].but(parameters=[_PARAMETERS[0], _PARAMETERS[2]])},
    ),
]
