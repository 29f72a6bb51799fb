"""Lists what exists in an emulated account, by AWS's own list calls."""

from __future__ import annotations

import re
from typing import Any

import jmespath

from sandbox import Sandbox

LISTS = """
acm list_certificates CertificateSummaryList[].CertificateArn
accessanalyzer list_analyzers analyzers[].arn
application-autoscaling describe_scalable_targets(ServiceNamespace=ecs) ScalableTargets[].ResourceId
autoscaling describe_auto_scaling_groups AutoScalingGroups[].AutoScalingGroupName
backup list_backup_vaults BackupVaultList[].BackupVaultName
backup list_backup_plans BackupPlansList[].BackupPlanId
backup list_restore_testing_plans RestoreTestingPlans[].RestoreTestingPlanName
budgets describe_budgets(AccountId={account}) Budgets[].BudgetName
cloudtrail describe_trails trailList[].Name
cloudwatch describe_alarms MetricAlarms[].AlarmName
cloudwatch describe_alarms(AlarmTypes=[CompositeAlarm]) CompositeAlarms[].AlarmName
cloudwatch list_dashboards DashboardEntries[].DashboardName
config describe_configuration_recorders ConfigurationRecorders[].name
config describe_delivery_channels DeliveryChannels[].name
config describe_config_rules ConfigRules[].ConfigRuleName
ec2 describe_addresses Addresses[].AllocationId
ec2 describe_flow_logs FlowLogs[].FlowLogId
ec2 describe_instances Reservations[].Instances[?State.Name!='terminated'].InstanceId[]
ec2 describe_internet_gateways InternetGateways[].InternetGatewayId
ec2 describe_launch_templates LaunchTemplates[].LaunchTemplateId
ec2 describe_nat_gateways NatGateways[?State!='deleted'].NatGatewayId
ec2 describe_network_acls NetworkAcls[].NetworkAclId
ec2 describe_network_interfaces NetworkInterfaces[].NetworkInterfaceId
ec2 describe_route_tables RouteTables[].RouteTableId
ec2 describe_security_groups SecurityGroups[].GroupId
ec2 describe_subnets Subnets[].SubnetId
ec2 describe_volumes Volumes[].VolumeId
ec2 describe_vpc_endpoints VpcEndpoints[?State!='deleted'].VpcEndpointId
ec2 describe_vpcs Vpcs[].VpcId
ecr describe_repositories repositories[].repositoryName
ecs list_clusters clusterArns[]
ecs list_task_definitions taskDefinitionArns[]
elasticache describe_replication_groups ReplicationGroups[].ReplicationGroupId
elasticache describe_users Users[].UserId
elasticache describe_user_groups UserGroups[].UserGroupId
elasticache describe_cache_subnet_groups CacheSubnetGroups[].CacheSubnetGroupName
elasticache describe_cache_parameter_groups CacheParameterGroups[].CacheParameterGroupName
elbv2 describe_load_balancers LoadBalancers[].LoadBalancerArn
elbv2 describe_target_groups TargetGroups[].TargetGroupArn
events list_rules Rules[].Name
guardduty list_detectors DetectorIds[]
iam list_roles Roles[].RoleName
iam list_policies(Scope=Local) Policies[].Arn
iam list_instance_profiles InstanceProfiles[].InstanceProfileName
iam list_open_id_connect_providers OpenIDConnectProviderList[].Arn
kms list_aliases Aliases[?!starts_with(AliasName,'alias/aws/')].AliasName
lambda list_functions Functions[].FunctionName
logs describe_log_groups logGroups[].logGroupName
logs describe_query_definitions queryDefinitions[].name
logs describe_resource_policies resourcePolicies[].policyName
rds describe_db_instances DBInstances[].DBInstanceIdentifier
rds describe_db_subnet_groups DBSubnetGroups[].DBSubnetGroupName
rds describe_db_parameter_groups DBParameterGroups[].DBParameterGroupName|[?!starts_with(@,'default.')]
rds describe_event_subscriptions EventSubscriptionsList[].CustSubscriptionId
route53 list_hosted_zones HostedZones[].Id
s3 list_buckets Buckets[].Name
secretsmanager list_secrets SecretList[].Name
servicediscovery list_namespaces Namespaces[].Name
sns list_topics Topics[].TopicArn
sqs list_queues QueueUrls[]
ssm describe_parameters Parameters[].Name
ssm list_documents DocumentIdentifiers[?Owner!='Amazon'].Name
ssm list_associations Associations[].AssociationId
ssm describe_maintenance_windows WindowIdentities[].WindowId
ssm describe_patch_baselines BaselineIdentities[?!DefaultBaseline].BaselineId
wafv2 list_web_acls(Scope=REGIONAL) WebACLs[].Name
"""


def existing(sandbox: Sandbox) -> set[str]:
    """ "service name" of everything in the account that is not in deletion."""
    found = set()
    for line in LISTS.strip().splitlines():
        service, call, path = line.split(" ", 2)
        match = re.fullmatch(r"(\w+)(?:\((\w+)=(.*)\))?", call)
        assert match, line
        operation, name, value = match.groups()
        found |= {
            f"{service} {one}"
            for one in _all(sandbox, service, operation, _given(sandbox, name, value), path)
        }
    return found


def _given(sandbox: Sandbox, name: str | None, value: str) -> dict[str, Any]:
    if not name:
        return {}
    value = value.replace("{account}", sandbox.account)
    return {name: [value[1:-1]] if value.startswith("[") else value}


def _all(sandbox: Sandbox, service: str, operation: str, given: dict[str, Any], path: str) -> list[str]:
    client = sandbox.client(service)
    if client.can_paginate(operation):
        pages = list(client.get_paginator(operation).paginate(**given))
    else:
        pages = [getattr(client, operation)(**given)]
    return [str(one) for page in pages for one in jmespath.search(path, page) or ()]
