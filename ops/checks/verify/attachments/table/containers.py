"""Attachments of ECR repositories, of the ECS cluster with its services, and of Lambda functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ops.checks.verify.attachments.outsiders import let_in_by_policy
from ops.checks.verify.attachments.resources import (
    clusters,
    namespaces,
    own_account,
    repositories,
    services,
)
from ops.checks.verify.attachments.row import (
    Checked,
    Nothing,
    Read,
    Resource,
    Row,
    Unread,
    always,
    asked,
    described,
    listed,
)
from ops.checks.verify.ecs.tasks import one_off
from ops.core.aws_state import AwsState, Item

_FARGATE = ("FARGATE", "FARGATE_SPOT")


def _replicated(aws: AwsState, one: Resource, rule: Item) -> str | None:
    prefixes = [each["filter"] for each in rule.get("repositoryFilters", [])]
    ours = f"{aws.names.prefix}/"
    if prefixes and not any(ours.startswith(each) or each.startswith(ours) for each in prefixes):
        return None
    where = [f"{each['registryId']} in {each['region']}" for each in rule.get("destinations", [])]
    return f"its images are replicated to {', '.join(where)}"


def _started(aws: AwsState, cluster: Resource) -> Iterator[Item]:
    """The tasks that run, and those that ended within the hour for which ECS lists them."""
    name = cluster.name
    for status in ("RUNNING", "STOPPED"):
        arns = aws.list("ecs", "list_tasks", "taskArns", cluster=name, desiredStatus=status)
        yield from aws.items("ecs", "describe_tasks", arns, may_be_absent=True, cluster=name)


def _stranger(aws: AwsState, cluster: Resource, task: Item) -> str | None:
    id_, group = str(task["taskArn"]).rpartition("/")[2][:8], str(task.get("group", ""))
    overrides = task.get("overrides") or {}
    roles = [overrides[member] for member in ("taskRoleArn", "executionRoleArn") if overrides.get(member)]
    if roles:
        return f"task {id_} runs with another role: {', '.join(roles)}"
    if group.startswith("service:"):
        return None  # containers-services reports undeclared services
    families = {family for family, _, _ in one_off(aws)}
    family = str(task["taskDefinitionArn"]).rpartition("/")[2].partition(":")[0]
    return None if family in families else f"task {id_} of the undeclared family {family} was started"


def _provider(aws: AwsState, cluster: Resource, name: str) -> str | None:
    return None if name in _FARGATE else f"has the undeclared capacity provider {name}"


def _balanced(aws: AwsState, service: Resource, item: Item) -> str | None:
    if service.item["serviceName"] in map(aws.names.part, aws.settings.targets):
        return None  # edge-target and the targets of the group are read
    return f"is behind the undeclared target group {item.get('targetGroupArn', item)}"


def _scaled(aws: AwsState, service: Resource, item: Item) -> str | None:
    return f"has the undeclared scheduled scaling {item['ScheduledActionName']}"


def _registered(aws: AwsState, namespace: Resource) -> Iterator[Item]:
    """The instances of the namespace's services that are not tasks of the cluster."""
    filters = [{"Name": "NAMESPACE_ID", "Values": [namespace.item["Id"]], "Condition": "EQ"}]
    for one in aws.list("servicediscovery", "list_services", "Services", Filters=filters):
        for instance in aws.list("servicediscovery", "list_instances", "Instances", ServiceId=one["Id"]):
            yield {"Service": one["Name"], **instance}


def _no_task(aws: AwsState, namespace: Resource, item: Item) -> str | None:
    arns = aws.list("ecs", "list_tasks", "taskArns", cluster=aws.names.cluster, desiredStatus="RUNNING")
    if item["Id"] in {arn.rpartition("/")[2] for arn in arns}:
        return None
    return f"{item['Service']} is also answered by {item['Id']}, which is no task of the cluster"


ROWS: Mapping[str, Sequence[Row]] = {
    "aws:ecr/repository:Repository": (
        Read(
            "repository policy",
            repositories,
            asked("ecr:GetRepositoryPolicy", "policyText", absent=("RepositoryPolicyNotFoundException",)),
            let_in_by_policy,
            "delete it with `aws ecr delete-repository-policy`, and find out who pulled or pushed images",
        ),
        Read(
            "registry policy",
            own_account,
            asked("ecr:GetRegistryPolicy", "policyText", absent=("RegistryPolicyNotFoundException",)),
            let_in_by_policy,
            "delete it with `aws ecr delete-registry-policy`",
        ),
        Read(
            "replication",
            repositories,
            lambda aws, one: (
                aws.ask("ecr", "describe_registry").get("replicationConfiguration", {}).get("rules", [])
            ),
            _replicated,
            "remove the rule with `aws ecr put-replication-configuration`, and the images at its destination",
        ),
        Checked("mutable tags, scan or key", "images"),
        Unread("pull-through cache", "it adds repositories of its own and does not write to existing ones"),
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": (Nothing("it is a part of the repository"),),
    "aws:ecs/cluster:Cluster": (
        Read(
            "task",
            clusters,
            _started,
            _stranger,
            "stop it with `aws ecs stop-task`, and find out in the trail who started it",
        ),
        Read(
            "container instance",
            clusters,
            lambda aws, one: aws.list(
                "ecs", "list_container_instances", "containerInstanceArns", cluster=one.name
            ),
            always("has the undeclared container instance {it}"),
            "deregister it with `aws ecs deregister-container-instance --force`",
        ),
        Read(
            "capacity provider",
            clusters,
            described("capacityProviders"),
            lambda aws, one, name: (
                None if name in _FARGATE else f"has the undeclared capacity provider {name}"
            ),
            "remove it with `aws ecs put-cluster-capacity-providers`",
        ),
        Checked("service", "containers-services"),
        Checked("ECS Exec", "containers-exec"),
    ),
    "aws:ecs/service:Service": (
        Read(
            "task set",
            services,
            described("taskSets"),
            always("has the undeclared task set {id}"),
            "delete it with `aws ecs delete-task-set --force`",
        ),
        Read(
            "load balancer",
            services,
            described("loadBalancers"),
            _balanced,
            "run `pulumi up --refresh`",
        ),
        Read(
            "scheduled scaling",
            services,
            listed(
                "application-autoscaling:DescribeScheduledActions",
                "ScheduledActions",
                ServiceNamespace="ecs",
            ),
            _scaled,
            "delete it with `aws application-autoscaling delete-scheduled-action`",
        ),
        Checked("security group, subnet or public address", "containers-network"),
        Checked("rollout", "containers-rollout"),
    ),
    "aws:appautoscaling/target:Target": (Nothing("its policies and schedules are read with the service"),),
    "aws:appautoscaling/policy:Policy": (Nothing("it is attached to the service"),),
    "aws:ecs/taskDefinition:TaskDefinition": (
        Checked("secret of another service", "containers-secrets"),
        Checked("role", "containers-roles"),
        Checked("privileges", "containers-hardening"),
    ),
    "aws:servicediscovery/httpNamespace:HttpNamespace": (
        Read(
            "instance",
            namespaces,
            _registered,
            _no_task,
            "deregister it with `aws servicediscovery deregister-instance`: it may have received requests",
        ),
    ),
}
