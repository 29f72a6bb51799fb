"""Limits of AWS that the program or the sandbox reads, each with the page that states it."""

from __future__ import annotations

from dataclasses import dataclass

_DOCS = "https://docs.aws.amazon.com/"
_IAM = f"{_DOCS}IAM/latest/UserGuide/reference_iam-quotas.html"
_RDS = f"{_DOCS}AmazonRDS/latest/UserGuide/CHAP_Limits.html"
_LAMBDA = f"{_DOCS}lambda/latest/dg/gettingstarted-limits.html"
_ELASTICACHE = f"{_DOCS}AmazonElastiCache/latest/APIReference/"
_ELB = f"{_DOCS}elasticloadbalancing/latest/APIReference/"
_LOGS = f"{_DOCS}AmazonCloudWatch/latest/logs/"
_VPC = f"{_DOCS}vpc/latest/userguide/amazon-vpc-limits.html"


@dataclass(frozen=True)
class Limit:
    """The largest allowed number, what is counted, and AWS's page that says so."""

    value: int
    unit: str
    source: str


CHARACTERS, BYTES = "characters", "bytes"
WITHOUT_SPACE = "characters without white space"
"""How IAM counts policies."""

ROLE_NAME = Limit(64, CHARACTERS, _IAM)
ROLE_INLINE_POLICIES = Limit(10_240, WITHOUT_SPACE, _IAM)
MANAGED_POLICY = Limit(6_144, WITHOUT_SPACE, _IAM)
TRUST_POLICY = Limit(2_048, CHARACTERS, _IAM)
MANAGED_POLICIES_OF_ROLE = Limit(10, "managed policies", _IAM)
KEY_POLICY = Limit(32_768, BYTES, f"{_DOCS}kms/latest/developerguide/resource-limits.html")
SECRET_POLICY = Limit(20_480, CHARACTERS, f"{_DOCS}secretsmanager/latest/userguide/reference_limits.html")
SECRET_VALUE = Limit(65_536, BYTES, SECRET_POLICY.source)
BUCKET_POLICY = Limit(20_480, BYTES, f"{_DOCS}AmazonS3/latest/userguide/bucket-policies.html")
RESTORE_TESTING_NAME = Limit(
    50, CHARACTERS, f"{_DOCS}aws-backup/latest/devguide/API_RestoreTestingPlanForCreate.html"
)
BUCKET_NAME = Limit(63, CHARACTERS, f"{_DOCS}AmazonS3/latest/userguide/bucketnamingrules.html")
QUEUE_NAME = Limit(80, CHARACTERS, f"{_DOCS}AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html")
QUEUE_POLICY = Limit(
    8_192,
    BYTES,
    f"{_DOCS}AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html",
)
STANDARD_PARAMETER = Limit(
    4_096, BYTES, f"{_DOCS}systems-manager/latest/userguide/parameter-store-advanced-parameters.html"
)
ADVANCED_PARAMETER = Limit(8_192, BYTES, STANDARD_PARAMETER.source)
SSM_DOCUMENT = Limit(65_536, BYTES, f"{_DOCS}general/latest/gr/ssm.html")
USER_DATA = Limit(16_384, BYTES, f"{_DOCS}AWSEC2/latest/UserGuide/user-data.html")
TASK_DEFINITION = Limit(65_536, BYTES, f"{_DOCS}AmazonECS/latest/developerguide/service-quotas.html")
CONTAINERS_OF_TASK = Limit(10, "containers", TASK_DEFINITION.source)
LAMBDA_ENVIRONMENT = Limit(4_096, BYTES, _LAMBDA)
LAMBDA_NAME = Limit(64, CHARACTERS, f"{_DOCS}lambda/latest/api/API_CreateFunction.html")
EVENT_PATTERN = Limit(2_048, CHARACTERS, f"{_DOCS}eventbridge/latest/userguide/eb-quota.html")
EVENT_TARGETS = Limit(5, "targets", EVENT_PATTERN.source)
TOPIC_POLICY = Limit(30_720, BYTES, f"{_DOCS}sns/latest/api/API_SetTopicAttributes.html")
DASHBOARD_WIDGETS = Limit(500, "widgets", f"{_DOCS}AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html")
ALARM_NAME = Limit(255, CHARACTERS, f"{_DOCS}AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html")
ALARMS_OF_COMPOSITE = Limit(
    100, "alarms", f"{_DOCS}AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html"
)
DATA_PROTECTION_POLICY = Limit(
    30_720, CHARACTERS, f"{_DOCS}AmazonCloudWatchLogs/latest/APIReference/API_PutDataProtectionPolicy.html"
)
FILTER_PATTERN = Limit(1_024, CHARACTERS, f"{_LOGS}cloudwatch_limits_cwl.html")
METRIC_FILTERS = Limit(100, "metric filters", f"{_LOGS}cloudwatch_limits_cwl.html")
LOAD_BALANCER_NAME = Limit(32, CHARACTERS, f"{_ELB}API_CreateLoadBalancer.html")
TARGET_GROUP_NAME = Limit(32, CHARACTERS, f"{_ELB}API_CreateTargetGroup.html")
DATABASE_IDENTIFIER = Limit(63, CHARACTERS, _RDS)
DATABASE_GROUP_NAME = Limit(255, CHARACTERS, _RDS)
DATABASE_USER = Limit(63, CHARACTERS, f"{_DOCS}AmazonRDS/latest/APIReference/API_CreateDBInstance.html")
EVENT_SUBSCRIPTION_NAME = Limit(
    254, CHARACTERS, f"{_DOCS}AmazonRDS/latest/APIReference/API_CreateEventSubscription.html"
)
REPLICATION_GROUP_ID = Limit(40, CHARACTERS, f"{_ELASTICACHE}API_CreateReplicationGroup.html")
CACHE_GROUP_NAME = Limit(255, CHARACTERS, f"{_ELASTICACHE}API_CreateCacheSubnetGroup.html")
CACHE_USER_ID = Limit(40, CHARACTERS, f"{_ELASTICACHE}API_CreateUser.html")
CACHE_PASSWORD = Limit(128, CHARACTERS, f"{_DOCS}AmazonElastiCache/latest/dg/Clusters.RBAC.html")
WEB_ACL_CAPACITY = Limit(5_000, "capacity units", f"{_DOCS}waf/latest/developerguide/limits.html")
WEB_ACL_BASIC_CAPACITY = Limit(
    1_500, "capacity units", f"{_DOCS}waf/latest/developerguide/aws-waf-capacity-units.html"
)
RULES_OF_SECURITY_GROUP = Limit(60, "rules of one direction", _VPC)
RULES_OF_NETWORK_ACL = Limit(20, "rules of one direction", _VPC)
GROUPS_OF_INTERFACE = Limit(5, "security groups", _VPC)
ROUTES_OF_TABLE = Limit(50, "routes", _VPC)
ADDRESSES = Limit(5, "Elastic IP addresses", f"{_DOCS}AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html")
TAGS = Limit(50, "tags", f"{_DOCS}AWSEC2/latest/UserGuide/Using_Tags.html")
TAG_KEY = Limit(128, CHARACTERS, TAGS.source)
TAG_VALUE = Limit(256, CHARACTERS, TAGS.source)
