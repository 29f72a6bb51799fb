"""Names the calls for objects that an update creates and replaces, where no name restricts the service."""

from __future__ import annotations

from collections.abc import Iterator

# By object, so that another call that a later version of the provider makes for it is allowed too. The other
# objects of a service are left out, and what runs commands, reads logs or shares snapshots (decision 023).
_BY_OBJECT = {
    "application-autoscaling": ("*",),
    "autoscaling": (
        *(
            "*AutoScalingGroup*",
            "*InstanceRefresh*",
            "*LifecycleHook*",
            "*LoadBalancer*",
            "*MetricsCollection",
        ),
        *("*NotificationConfiguration", "*Processes", "*Tags", "*TrafficSources", "Describe*"),
        "SetInstanceProtection",
    ),
    "cloudtrail": (
        *("*EventConfiguration", "*EventSelectors", "*InsightSelectors", "*Logging", "*Tags", "*Trail"),
        *("*TrailStatus", "*Trails", "LookupEvents"),
    ),
    "ec2": (
        *(
            "*Address",
            "*EbsEncryptionByDefault",
            "*FlowLogs",
            "*InstanceMetadataDefaults",
            "*InternetGateway",
        ),
        *("*LaunchTemplate*", "*NatGateway*", "*NetworkAcl*", "*NetworkInterface", "*Route", "*RouteTable"),
        *("*RouteTableAssociation", "*SecurityGroup*", "*Subnet", "*SubnetAttribute", "*SubnetCidrBlock"),
        *("*Tags", "*Vpc", "*VpcAttribute", "*VpcEncryptionControl", "*VpcEndpoint", "*VpcEndpoints"),
        *("*VpcTenancy", "AcceptAddressTransfer", "Describe*", "GetManagedPrefixListEntries", "RunInstances"),
    ),
    "ecr": (
        *("*LifecyclePolicy", "*Repository", "*RepositoryPolicy", "*TagResource", "BatchDeleteImage"),
        *("DescribeRepositories", "List*", "PutImageScanningConfiguration", "PutImageTagMutability"),
    ),
    "ecs": (
        *("*Cluster", "*ClusterCapacityProviders", "*ClusterSettings", "*Service", "*ServiceDeployment"),
        *("*TagResource", "*TaskDefinition", "Describe*", "List*", "PutAccountSetting*"),
    ),
    "elasticache": (
        *("*CacheCluster", "*CacheParameterGroup", "*CacheSubnetGroup", "*ReplicaCount", "*ReplicationGroup"),
        *("*ReplicationGroupShardConfiguration", "*Tags*", "*User", "*UserGroup", "CreateSnapshot"),
        "Describe*",
    ),
    "elasticloadbalancing": (
        *("*Listener", "*LoadBalancer", "*Rule", "*TargetGroup", "*Tags", "*Targets", "*WebACL", "Describe*"),
        *("Modify*", "Set*"),
    ),
    "lambda": (
        *("*Function", "*FunctionCodeSigningConfig", "*FunctionConcurrency", "*Permission", "*TagResource"),
        *("Get*", "List*", "PassCapacityProvider", "PublishVersion", "Put*Config", "UpdateFunction*"),
    ),
    "logs": (
        *("*BearerTokenAuthentication", "*DataProtectionPolicy", "*IndexPolicy", "*KmsKey", "*LogDelivery"),
        *("*LogGroup*", "*MetricFilter", "*QueryDefinition", "*ResourcePolicy", "*RetentionPolicy"),
        *("*TagResource", "CreateLogStream", "Describe*", "List*", "PutLogEvents"),
    ),
    "rds": (
        *("*DBInstance", "*DBInstanceAutomatedBackupsReplication", "*DBParameterGroup", "*DBSubnetGroup"),
        *("*ReadReplica", "*Subscription", "*TagsFromResource", "*TagsToResource"),
        *("*TenantDatabase", "CreateDBSnapshot", "Describe*", "List*", "RestoreDBInstance*"),
    ),
}


def managed_calls() -> Iterator[str]:
    """Action patterns."""
    return (f"{service}:{call}" for service, calls in _BY_OBJECT.items() for call in calls)
