"""Clusters, tasks, services, their names and their scaling, and the repositories of their images."""

from __future__ import annotations

import json

from sandbox.provider.calls import Context
from sandbox.provider.rows import Call, Inputs, Row, row

SERVICE_RENAMES = (
    "name:service deploymentCircuitBreaker:deploymentConfiguration.deploymentCircuitBreaker "
    "deploymentMaximumPercent:deploymentConfiguration.maximumPercent "
    "deploymentMinimumHealthyPercent:deploymentConfiguration.minimumHealthyPercent "
    "capacityProviderStrategies:capacityProviderStrategy enableEcsManagedTags:enableECSManagedTags "
    "alarms:deploymentConfiguration.alarms"
)
SERVICE_ONLY_HERE = (
    "waitForSteadyState",
    "triggers",
    "forceDelete",
    "sigintRollback",
    "launchType",
    "schedulingStrategy",
    "iamRole",
    "tags",
    "tagsAll",
    "region",
    "availabilityZoneRebalancing",
)


def task_definition(context: Context, inputs: Inputs) -> Inputs:
    """Container definitions travel as text in Pulumi."""
    return {**inputs, "containerDefinitions": json.loads(inputs["containerDefinitions"])}


def ecs_service(context: Context, inputs: Inputs) -> Inputs:
    """The network configuration has one more level in the API."""
    body = dict(inputs)
    if network := body.pop("networkConfiguration", None):
        network = dict(network)
        public = "ENABLED" if network.pop("assignPublicIp", False) else "DISABLED"
        body["networkConfiguration"] = {"awsvpcConfiguration": {**network, "assignPublicIp": public}}
    return body


def service_change(context: Context, id_: str, old: Inputs, new: Inputs, have: Inputs) -> None:
    """UpdateService with everything it takes; a new task definition replaces the tasks."""
    body = {key: value for key, value in ecs_service(context, new).items() if key not in SERVICE_ONLY_HERE}
    context.call("ecs.update_service", body, SERVICE_RENAMES)


def dns_namespace(context: Context, row: Row, inputs: Inputs) -> tuple[str, Inputs]:
    """Answers an operation, which answers the namespace."""
    discovery = context.client("servicediscovery")
    note = {"Description": inputs["description"]} if "description" in inputs else {}
    made = discovery.create_private_dns_namespace(Name=inputs["name"], Vpc=inputs["vpc"], **note)
    return discovery.get_operation(OperationId=made["OperationId"])["Operation"]["Targets"]["NAMESPACE"], {}


def http_namespace(context: Context, row: Row, inputs: Inputs) -> tuple[str, Inputs]:
    """What Service Connect uses."""
    discovery = context.client("servicediscovery")
    note = {"Description": inputs["description"]} if "description" in inputs else {}
    made = discovery.create_http_namespace(Name=inputs["name"], **note)
    target = discovery.get_operation(OperationId=made["OperationId"])["Operation"]["Targets"]["NAMESPACE"]
    return target, {"httpName": inputs["name"]}


row(
    "ecs/cluster:Cluster",
    "ecs.create_cluster",
    id="cluster.clusterArn",
    read="describe_clusters(clusters=[{id}]).clusters[0]",
    out="arn:clusterArn",
    name="name",
    rename="name:clusterName",
    delete="delete_cluster(cluster={id})",
    replace="name",
    update=(Call("update_cluster", "cluster={id}", "settings configuration serviceConnectDefaults"),),
)
row(
    "ecs/clusterCapacityProviders:ClusterCapacityProviders",
    "ecs.put_cluster_capacity_providers",
    id="{clusterName}",
    read="describe_clusters(clusters=[{clusterName}]).clusters[0]",
    rename="clusterName:cluster defaultCapacityProviderStrategies:defaultCapacityProviderStrategy",
    const={"capacityProviders": [], "defaultCapacityProviderStrategy": []},
    put=True,
    replace="clusterName",
)
row(
    "ecs/taskDefinition:TaskDefinition",
    "ecs.register_task_definition",
    id="{family}",
    read="describe_task_definition(taskDefinition={family}).taskDefinition",
    out=(
        "arn:taskDefinitionArn revision:revision "
        "arnWithoutRevision=arn:{p}:ecs:{r}:{a}:task-definition/{family}"
    ),
    skip="skipDestroy trackLatest",
    pre=task_definition,
    delete="deregister_task_definition(taskDefinition={arn})",
    replace="*",
)
row(
    "ecs/service:Service",
    "ecs.create_service",
    id="service.serviceArn",
    read="describe_services(cluster={cluster},services=[{name}]).services[0]",
    out="arn:serviceArn",
    name="name",
    rename=(
        "name:serviceName networkConfiguration.assignPublicIp:- "
        "deploymentCircuitBreaker:deploymentConfiguration.deploymentCircuitBreaker "
        "deploymentMaximumPercent:deploymentConfiguration.maximumPercent "
        "deploymentMinimumHealthyPercent:deploymentConfiguration.minimumHealthyPercent "
        "capacityProviderStrategies:capacityProviderStrategy "
        "enableEcsManagedTags:enableECSManagedTags iamRole:role"
    ),
    skip="waitForSteadyState forceNewDeployment triggers forceDelete sigintRollback",
    pre=ecs_service,
    delete="delete_service(cluster={cluster},service={name},force=true)",
    replace="name cluster launchType schedulingStrategy deploymentController",
    change=service_change,
    changes="*",
    keeps="a service's deployment settings, and its running tasks",
)
row(
    "servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
    "servicediscovery.create_private_dns_namespace",
    read="get_namespace(Id={id}).Namespace",
    out="arn:Arn hostedZone:Properties.DnsProperties.HostedZoneId",
    make=dns_namespace,
    delete="delete_namespace(Id={id})",
    replace="*",
)
row(
    "servicediscovery/service:Service",
    "servicediscovery.create_service",
    id="Service.Id",
    read="get_service(Id={id}).Service",
    out="arn:Arn",
    name="name",
    skip="forceDestroy",
    delete="delete_service(Id={id})",
    replace="*",
)
row(
    "appautoscaling/target:Target",
    "application-autoscaling.register_scalable_target",
    id="{resourceId}",
    read="describe_scalable_targets(ServiceNamespace={serviceNamespace},ResourceIds=[{resourceId}]).ScalableTargets[0]",
    out="arn:ScalableTargetARN roleArn:RoleARN",
    rename="roleArn:RoleARN",
    put=True,
    delete="deregister_scalable_target(ServiceNamespace={serviceNamespace},ResourceId={resourceId},ScalableDimension={scalableDimension})",
    replace="resourceId scalableDimension serviceNamespace",
)
row(
    "appautoscaling/policy:Policy",
    "application-autoscaling.put_scaling_policy",
    id="{name}",
    read="describe_scaling_policies(ServiceNamespace={serviceNamespace},PolicyNames=[{name}]).ScalingPolicies[0]",
    out="arn:PolicyARN",
    name="name",
    rename="name:PolicyName",
    put=True,
    delete="delete_scaling_policy(PolicyName={name},ServiceNamespace={serviceNamespace},ResourceId={resourceId},ScalableDimension={scalableDimension})",
    replace="name resourceId scalableDimension serviceNamespace",
)
row(
    "ecr/repository:Repository",
    "ecr.create_repository",
    id="repository.repositoryName",
    read="describe_repositories(repositoryNames=[{id}]).repositories[0]",
    out="arn:repositoryArn repositoryUrl:repositoryUri registryId:registryId",
    name="name",
    rename="name:repositoryName encryptionConfigurations:encryptionConfiguration",
    skip="forceDelete",
    delete="delete_repository(repositoryName={id},force=true)",
    replace="name encryptionConfigurations",
    update=(
        Call("put_image_tag_mutability", "repositoryName={id}", "imageTagMutability"),
        Call("put_image_scanning_configuration", "repositoryName={id}", "imageScanningConfiguration"),
    ),
)
row(
    "ecr/lifecyclePolicy:LifecyclePolicy",
    "ecr.put_lifecycle_policy",
    id="{repository}",
    read="get_lifecycle_policy(repositoryName={id}).@",
    out="registryId:registryId",
    rename="repository:repositoryName policy:lifecyclePolicyText",
    put=True,
    delete="delete_lifecycle_policy(repositoryName={repository})",
    replace="repository",
)
row(
    "servicediscovery/httpNamespace:HttpNamespace",
    "servicediscovery.create_http_namespace",
    make=http_namespace,
    read="get_namespace(Id={id}).Namespace",
    out="arn:Arn",
    delete="delete_namespace(Id={id})",
    replace="*",
)
row(
    "ecr/repositoryPolicy:RepositoryPolicy",
    "ecr.set_repository_policy",
    id="{repository}",
    read="get_repository_policy(repositoryName={id}).@",
    out="registryId:registryId",
    rename="repository:repositoryName policy:policyText",
    put=True,
    replace="repository",
    delete="delete_repository_policy(repositoryName={repository})",
)
