"""Builds the CloudWatch Logs filter patterns for CloudTrail events that the CIS AWS benchmark lists."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi

_ISSUER = "$.userIdentity.sessionContext.sessionIssuer.userName"
_ROLE = "$.userIdentity.sessionContext.sessionIssuer.arn"
_LINKED = "*:role/aws-service-role/*"
"""Roles that only a service of AWS can assume, such as Access Analyzer, which asks for every resource."""
_NO_SESSION = '($.userIdentity.type="IAMUser")||($.userIdentity.type="Root")'
"""Principals without a session: ``!=`` does not match a missing field, so they are named."""

_REFUSED = '(($.errorCode="*UnauthorizedOperation")||($.errorCode="AccessDenied*"))'
SIGNED_IN_WITHOUT_MFA = (
    '{($.eventName="ConsoleLogin")&&($.additionalEventData.MFAUsed!="Yes")'
    '&&($.userIdentity.type="IAMUser")&&($.responseElements.ConsoleLogin="Success")}'
)
ROOT_ACTED = (
    '{$.userIdentity.type="Root"&&$.userIdentity.invokedBy NOT EXISTS&&$.eventType!="AwsServiceEvent"}'
)
SIGN_IN_FAILED = '{($.eventName=ConsoleLogin)&&($.errorMessage="Failed authentication")}'

_POLICY_CALLS = (
    *("DeleteGroupPolicy", "DeleteRolePolicy", "DeleteUserPolicy", "PutGroupPolicy", "PutRolePolicy"),
    *("PutUserPolicy", "CreatePolicy", "DeletePolicy", "CreatePolicyVersion", "DeletePolicyVersion"),
    *("AttachRolePolicy", "DetachRolePolicy", "AttachUserPolicy", "DetachUserPolicy"),
    *("AttachGroupPolicy", "DetachGroupPolicy"),
)
_TRAIL_CALLS = ("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging")
_BUCKET_CALLS = (
    *("PutBucketAcl", "PutBucketPolicy", "PutBucketCors", "PutBucketLifecycle", "PutBucketReplication"),
    *("DeleteBucketPolicy", "DeleteBucketCors", "DeleteBucketLifecycle", "DeleteBucketReplication"),
)
_RECORDER_CALLS = (
    *("StopConfigurationRecorder", "DeleteDeliveryChannel", "PutDeliveryChannel"),
    *("PutConfigurationRecorder",),
)
_GROUP_CALLS = (
    *("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress", "RevokeSecurityGroupIngress"),
    *("RevokeSecurityGroupEgress", "CreateSecurityGroup", "DeleteSecurityGroup"),
)
_ACL_CALLS = (
    *("CreateNetworkAcl", "CreateNetworkAclEntry", "DeleteNetworkAcl", "DeleteNetworkAclEntry"),
    *("ReplaceNetworkAclEntry", "ReplaceNetworkAclAssociation"),
)
_GATEWAY_CALLS = (
    *("CreateCustomerGateway", "DeleteCustomerGateway", "AttachInternetGateway", "CreateInternetGateway"),
    *("DeleteInternetGateway", "DetachInternetGateway"),
)
_ROUTE_CALLS = (
    *("CreateRoute", "CreateRouteTable", "ReplaceRoute", "ReplaceRouteTableAssociation", "DeleteRouteTable"),
    *("DeleteRoute", "DisassociateRouteTable"),
)
_VPC_CALLS = (
    *("CreateVpc", "DeleteVpc", "ModifyVpcAttribute", "AcceptVpcPeeringConnection"),
    *("CreateVpcPeeringConnection", "DeleteVpcPeeringConnection", "RejectVpcPeeringConnection"),
    *("AttachClassicLinkVpc", "DetachClassicLinkVpc", "DisableVpcClassicLink", "EnableVpcClassicLink"),
)
_ORGANIZATION_CALLS = (
    *("AcceptHandshake", "AttachPolicy", "CancelHandshake", "CreateAccount", "CreateOrganization"),
    *("CreateOrganizationalUnit", "CreatePolicy", "DeclineHandshake", "DeleteOrganization"),
    *("DeleteOrganizationalUnit", "DeletePolicy", "EnableAllFeatures", "EnablePolicyType"),
    *("InviteAccountToOrganization", "LeaveOrganization", "DetachPolicy", "DisablePolicyType"),
    *("MoveAccount", "RemoveAccountFromOrganization", "UpdateOrganizationalUnit", "UpdatePolicy"),
)
CHANGES: dict[str, tuple[tuple[str, ...], str | None]] = {
    "iam-policy": (_POLICY_CALLS, None),
    "trail": (_TRAIL_CALLS, None),
    "bucket-policy": (_BUCKET_CALLS, "s3"),
    "recorder": (_RECORDER_CALLS, "config"),
    "security-group": (_GROUP_CALLS, None),
    "network-acl": (_ACL_CALLS, None),
    "gateway": (_GATEWAY_CALLS, None),
    "route": (_ROUTE_CALLS, "ec2"),
    "vpc": (_VPC_CALLS, None),
}
"""Calls by change and the service they belong to; an update of this stack makes them too."""
KEY_TAKEN_AWAY = (("DisableKey", "ScheduleKeyDeletion"), "kms")
ORGANIZATION_CHANGED = (_ORGANIZATION_CALLS, "organizations")
TAMPERED = (
    *("DeleteSecret", "PutResourcePolicy", "DeleteResourcePolicy", "CancelRotateSecret"),
    *("DeleteParameter", "DeleteParameters", "ScheduleKeyDeletion"),
)
SIGN_IN_REFUSED = (
    '{($.eventName="AssumeRoleWithWebIdentity")&&(($.errorCode="AccessDenied*")'
    '||($.errorCode="InvalidIdentityToken*")||($.errorCode="IDPRejectedClaim*"))}'
)
SESSION_STARTED = (
    '{(($.eventSource="ssm.amazonaws.com")&&(($.eventName="StartSession")||($.eventName="ResumeSession")))'
    '||(($.eventSource="ecs.amazonaws.com")&&($.eventName="ExecuteCommand"))}'
)
"""A session on a host, or in a task."""
NEW_CREDENTIALS = ("CreateUser", "CreateAccessKey", "CreateLoginProfile")

_SECRET_SERVICES = ("secretsmanager", "ssm", "kms")
_SECRET_READS = {
    "secretsmanager": '(($.eventName="GetSecretValue")||($.eventName="BatchGetSecretValue"))',
    "ssm": '($.eventName="GetParameter*")&&($.requestParameters.withDecryption IS TRUE)',
}


def called(calls: Sequence[str], service: str | None = None, *, but_by: str | None = None) -> str:
    """The pattern of any of ``calls``, except in sessions of the role ``but_by``."""
    made = _calls(calls, service)
    if but_by is None:
        return f"{{{made}}}"
    return f'{{({made})&&(({_ISSUER} NOT EXISTS)||({_ISSUER}!="{but_by}"))}}'


def read(service: str) -> str:
    """The pattern of every read of a secret in ``service``: ``secretsmanager`` or ``ssm``."""
    return f"{{{_read(service)}}}"


def read_unexpectedly(service: str, readers: Sequence[str]) -> str:
    """The pattern of a secret read outside sessions of the roles ``readers``; each name may end in ``*``."""
    return f"{{{_read(service)}&&{_outside(readers)}}}"


def decrypted_unexpectedly(key_arn: pulumi.Input[str], readers: Sequence[str]) -> pulumi.Output[str]:
    """The pattern of a Decrypt with the key ``key_arn`` outside sessions of the roles ``readers``.

    KMS records the caller of Secrets Manager or Parameter Store as the caller.
    """
    call = '($.eventSource="kms.amazonaws.com")&&($.eventName="Decrypt")'
    return pulumi.Output.concat("{", call, '&&($.resources[0].ARN="', key_arn, '")&&', _outside(readers), "}")


def assumed(role_arn: str, role: str) -> str:
    """The pattern of a request to assume a role, and of every call in a session of it."""
    return (
        f'{{(($.eventName="AssumeRole")&&($.requestParameters.roleArn="{role_arn}"))||({_ISSUER}="{role}")}}'
    )


def command_sent(documents: Sequence[str]) -> str:
    """The pattern of a SendCommand with another document than ``documents``, except by AWS's own services.

    Each name may end in ``*``. A maintenance window sends its commands with a service-linked role.
    """
    call = '($.eventSource="ssm.amazonaws.com")&&($.eventName="SendCommand")'
    others = "&&".join(f'($.requestParameters.documentName!="{one}")' for one in documents)
    return f'{{{call}&&{others}&&(({_ROLE} NOT EXISTS)||({_ROLE}!="{_LINKED}"))}}'


def refused(recorder: str) -> str:
    """The pattern of a denied request, except of AWS's own services and AWS Config's role ``recorder``."""
    return f"{{{_REFUSED}&&{_not_of_aws(recorder)}}}"


def refused_secret(recorder: str) -> str:
    """The pattern of a denied request for a secret, with the exceptions of ``refused``."""
    sources = "||".join(f'($.eventSource="{service}.amazonaws.com")' for service in _SECRET_SERVICES)
    return f'{{($.errorCode="AccessDenied*")&&({sources})&&{_not_of_aws(recorder)}}}'


def _not_of_aws(recorder: str) -> str:
    return f'(({_ROLE} NOT EXISTS)||(({_ROLE}!="{_LINKED}")&&({_ISSUER}!="{recorder}")))'


def _read(service: str) -> str:
    return f'($.eventSource="{service}.amazonaws.com")&&{_SECRET_READS[service]}'


def _outside(readers: Sequence[str]) -> str:
    others = "&&".join(f'({_ISSUER}!="{reader}")' for reader in readers)
    return f"({_NO_SESSION}||({others}))"


def _calls(calls: Sequence[str], service: str | None) -> str:
    made = "||".join(f"($.eventName={call})" for call in calls)
    return f"($.eventSource={service}.amazonaws.com)&&({made})" if service else made
