"""Patterns of the calls that attach something to a stack's resources, or share from them.

One pattern may have 1,024 characters, so that there are several for one metric.
"""

from __future__ import annotations

from collections.abc import Iterator

from components.monitoring.alarms.trail import patterns
from settings.names import Names

# AWS's services create grants in the name of a caller, for the resources that they encrypt.
_OF_KEYS = (
    '{(($.eventName=CreateGrant)&&($.userIdentity.invokedBy NOT EXISTS)&&($.userIdentity.type!="AWSService"))'
    "||($.eventName=ReplicateKey)||($.eventName=ReplicateSecretToRegions)}"
)
_OF_DATA = (
    *("ModifyDBSnapshotAttribute", "CreateDBInstanceReadReplica", "AddRoleToDBInstance", "CreateDBProxy"),
    *("StartDBInstanceAutomatedBackupsReplication", "CreateBlueGreenDeployment", "CreateIntegration"),
    *("StartExportTask", "CreateGlobalReplicationGroup", "ModifySnapshotAttribute", "ModifyImageAttribute"),
    *("PutBucketNotification", "PutBucketInventoryConfiguration", "PutBucketWebsite", "CreateAccessPoint"),
)
_OF_CODE_AND_LOGS = (
    *("SetRepositoryPolicy", "PutRegistryPolicy", "PutReplicationConfiguration", "AddPermission*"),
    *("CreateFunctionUrlConfig*", "CreateEventSourceMapping*", "PutFunctionEventInvokeConfig*"),
    *("PutPermission", "PutSubscriptionFilter", "PutAccountPolicy", "CreateExportTask", "CreateLink"),
    *("PutMetricStream", "PutAlarmMuteRule", "CreateArchive", "CreateScheduledQuery"),
    "ModifyDocumentPermission",
)
_OF_NETWORK = (
    *("CreateTrafficMirrorSession", "CreateNetworkInterfacePermission", "CreateInstanceConnectEndpoint"),
    *("AssociateVPCWithHostedZone", "AssociateResolverRule", "AssociateFirewallRuleGroup"),
    *("AssociateResolverQueryLogConfig", "CreateServiceNetworkVpcAssociation", "AttachVpnGateway"),
    *("CreateTransitGatewayVpcAttachment", "CreateResourceShare", "AssociateResourceShare"),
    *("AssociateSecurityGroupVpc", "EnableAddressTransfer", "AssociateDhcpOptions"),
)
_OF_DETECTION = (
    *("CreateFilter", "CreateIPSet", "CreatePublishingDestination", "CreateArchiveRule"),
    *("AcceptAdministratorInvitation", "PutAggregationAuthorization", "CreateEventDataStore"),
    *("UpdateAssumeRolePolicy", "DeleteRolePermissionsBoundary", "AddRoleToInstanceProfile"),
    *("AddClientIDToOpenIDConnectProvider", "CreateOpenIDConnectProvider", "CreateSAMLProvider"),
)


_OF_QUEUES = ("SetQueueAttributes", "DeleteQueue", "PurgeQueue", "StartMessageMoveTask", "CreatePipe")
_OF_SCHEDULES = ("CreateSchedule", "UpdateSchedule", "DeleteSchedule", "DeleteScheduleGroup")


def attachment_patterns(names: Names, *, queues: bool = False, schedules: bool = False) -> Iterator[str]:
    """Yield the patterns; all but that of keys leave out sessions of the update role, which declares some.

    Calls on ``queues`` and ``schedules`` have patterns where the stack has such resources.
    """
    yield _OF_KEYS
    for calls in (_OF_DATA, _OF_CODE_AND_LOGS, _OF_NETWORK, _OF_DETECTION):
        yield patterns.called(calls, but_by=names.update_role)
    if queues:
        yield patterns.called(_OF_QUEUES, but_by=names.update_role)
    if schedules:
        yield patterns.called(_OF_SCHEDULES, but_by=names.update_role)
