"""ECS, Lambda, ElastiCache."""

import json
from typing import Any

from rules.lib.resource_types import (
    CACHE_CLUSTER,
    ECS_CLUSTER,
    ECS_SERVICE,
    FUNCTION,
    FUNCTION_PERMISSION,
    FUNCTION_URL,
    REPLICATION_GROUP,
    TASK_DEFINITION,
)

from tests.policies.cases import fine, slip
from tests.policies.judge import UNKNOWN
from tests.policies.ours import ours

ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:aiponge/jwt-secret-AbCdEf"
RANDOM = "q7Zk2Xv9Lm4Tr8Wn3Bc6Yd1Hf5Jg0Ps"
CONTAINER = {
    "name": "user",
    "image": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/aiponge/user@sha256:" + "a1" * 32,
    "user": "10001",
    "readonlyRootFilesystem": True,
    "environment": [{"name": "NODE_ENV", "value": "production"}],
    "secrets": [{"name": "JWT_SECRET", "valueFrom": ARN}],
    "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/aiponge/prod/user"}},
}


def containers(**change: Any) -> str:
    """Container definitions with one container changed."""
    return json.dumps([{key: value for key, value in {**CONTAINER, **change}.items() if value is not None}])


def variable(name: str, value: str) -> str:
    """Container definitions with one plain variable."""
    return containers(environment=[{"name": name, "value": value}])


SERVICE_INPUTS, CACHE_INPUTS = ours(ECS_SERVICE), ours(REPLICATION_GROUP)
ROLE = "arn:aws:iam::111122223333:role/aiponge-exec-user"
COMPLIANT = {FUNCTION_URL: {"authorizationType": "AWS_IAM"}}
_NETWORK = SERVICE_INPUTS["networkConfiguration"]
_EXEC = {
    "logging": "OVERRIDE",
    "kmsKeyId": "arn:key",
    "logConfiguration": {"cloudWatchEncryptionEnabled": True, "cloudWatchLogGroupName": "/exec"},
}
SLIPS = [
    slip("ecs-container-insights", ECS_CLUSTER, settings=None),
    slip(
        "ecs-container-insights", ECS_CLUSTER, settings=[{"name": "containerInsights", "value": "disabled"}]
    ),
    slip(
        "ecs-exec-logging",
        ECS_CLUSTER,
        configuration={"executeCommandConfiguration": {**_EXEC, "logging": "NONE"}},
    ),
    slip(
        "ecs-exec-logging-cmk",
        ECS_CLUSTER,
        configuration={"executeCommandConfiguration": {"logging": "OVERRIDE", "kmsKeyId": "k"}},
    ),
    slip(
        "ecs-exec-logging-cmk",
        ECS_CLUSTER,
        configuration={"executeCommandConfiguration": {**_EXEC, "kmsKeyId": ""}},
    ),
    fine(ECS_CLUSTER, configuration={"executeCommandConfiguration": _EXEC}),
    slip("ecs-no-public-ip", ECS_SERVICE, networkConfiguration={**_NETWORK, "assignPublicIp": True}),
    fine(ECS_SERVICE, networkConfiguration={"subnets": UNKNOWN, "assignPublicIp": False}),
    slip("ecs-fargate-latest", ECS_SERVICE, platformVersion="1.4.0"),
    fine(ECS_SERVICE, platformVersion="LATEST"),
    slip("ecs-no-plain-secrets", TASK_DEFINITION, containerDefinitions=variable("JWT_SECRET", "x")),
    slip(
        "ecs-no-plain-secrets own-env-secret-value",
        TASK_DEFINITION,
        containerDefinitions=variable("MOTTO", RANDOM),
    ),
    slip(
        "ecs-no-plain-secrets own-env-secret-value",
        TASK_DEFINITION,
        containerDefinitions=variable("DATABASE_URL", "postgres://u:p@db/x"),
    ),
    fine(TASK_DEFINITION, containerDefinitions=variable("JWT_SECRET_ARN", ARN)),
    fine(TASK_DEFINITION, containerDefinitions=variable("USER_SERVICE_URL", "http://user:3003")),
    slip("ecs-non-privileged", TASK_DEFINITION, containerDefinitions=containers(privileged=True)),
    slip("ecs-readonly-root", TASK_DEFINITION, containerDefinitions=containers(readonlyRootFilesystem=None)),
    slip("ecs-no-host-pid", TASK_DEFINITION, pidMode="host"),
    slip(
        "ecs-no-root-host-network",
        TASK_DEFINITION,
        networkMode="host",
        containerDefinitions=containers(user=None),
    ),
    slip(
        "ecs-no-root-host-network",
        TASK_DEFINITION,
        networkMode="host",
        containerDefinitions=containers(user="root"),
    ),
    fine(TASK_DEFINITION, networkMode="host"),
    slip("ecs-logging", TASK_DEFINITION, containerDefinitions=containers(logConfiguration=None)),
    slip(
        "ecs-efs-tls",
        TASK_DEFINITION,
        volumes=[{"name": "v", "efsVolumeConfiguration": {"fileSystemId": "fs"}}],
    ),
    fine(
        TASK_DEFINITION,
        volumes=[{"name": "v", "efsVolumeConfiguration": {"transitEncryption": "ENABLED"}}, {"name": "tmp"}],
    ),
    slip("ecs-distinct-roles", TASK_DEFINITION, taskRoleArn=ROLE, executionRoleArn=ROLE),
    fine(TASK_DEFINITION, taskRoleArn=None),
    slip("redis-at-rest", REPLICATION_GROUP, atRestEncryptionEnabled=None),
    slip("redis-at-rest-cmk", REPLICATION_GROUP, kmsKeyId=None),
    slip("redis-in-transit", REPLICATION_GROUP, transitEncryptionEnabled=False),
    slip("redis-in-transit", REPLICATION_GROUP, transitEncryptionMode="preferred"),
    slip("redis-auth", REPLICATION_GROUP, userGroupIds=None),
    slip("redis-auth", REPLICATION_GROUP, userGroupIds=[]),
    fine(REPLICATION_GROUP, userGroupIds=None, authToken=UNKNOWN),
    slip("redis-multi-az", REPLICATION_GROUP, multiAzEnabled=False),
    slip("redis-multi-az", REPLICATION_GROUP, automaticFailoverEnabled=None),
    slip("redis-backup", REPLICATION_GROUP, snapshotRetentionLimit=0),
    fine(REPLICATION_GROUP, snapshotRetentionLimit=1),
    slip("redis-minor-upgrade", REPLICATION_GROUP, autoMinorVersionUpgrade="false"),
    slip("redis-subnet-group", REPLICATION_GROUP, subnetGroupName=None),
    slip("redis-subnet-group", REPLICATION_GROUP, subnetGroupName="default"),
    slip("redis-subnet-group redis-backup", CACHE_CLUSTER, engine="redis"),
    slip("redis-backup", CACHE_CLUSTER, replicationGroupId="cache"),
    slip("redis-non-default-port", REPLICATION_GROUP, port=6379),
    slip("lambda-no-plain-secrets", FUNCTION, environment={"variables": {"DB_PASSWORD": "word"}}),
    slip(
        "lambda-no-plain-secrets own-env-secret-value",
        FUNCTION,
        environment={"variables": {"URL": "redis://:p@h:6379"}},
    ),
    slip("lambda-env-cmk", FUNCTION, kmsKeyArn=None),
    fine(FUNCTION, environment=None, kmsKeyArn=None),
    slip("lambda-in-vpc", FUNCTION, vpcConfig=None),
    slip("lambda-multi-az", FUNCTION, vpcConfig={"subnetIds": ["a"]}),
    slip("lambda-dlq", FUNCTION, deadLetterConfig=None),
    slip("lambda-concurrency", FUNCTION, reservedConcurrentExecutions=None),
    slip("lambda-concurrency", FUNCTION, reservedConcurrentExecutions=-1),
    slip("lambda-tracing", FUNCTION, tracingConfig={"mode": "PassThrough"}),
    slip("lambda-code-signing", FUNCTION, codeSigningConfigArn=None),
    slip("lambda-runtime-supported", FUNCTION, runtime="python3.9"),
    slip("lambda-permission-not-public", FUNCTION_PERMISSION, principal="*"),
    slip("lambda-permission-source", FUNCTION_PERMISSION, sourceAccount=None, sourceArn=None),
    fine(FUNCTION_PERMISSION, sourceAccount=None, sourceArn=UNKNOWN),
    slip("lambda-url-auth", FUNCTION_URL, authorizationType="NONE"),
]
