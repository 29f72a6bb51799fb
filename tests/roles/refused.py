"""Lists calls that AWS must refuse whatever the caller's own policies allow, each with what refuses it."""

from __future__ import annotations

from collections.abc import Iterator

from settings.grants import entries, entry_roles
from settings.names import Names
from settings.parts import bucket_access
from tests.roles.account import Account, Call
from tests.roles.documents import state_key_arn
from tests.roles.stack_account import account_of, secret_arn, settings_for

STRANGER = "somebody-else"
"""A role of the account that no document names."""
_ACCOUNTS = (
    *("iam:CreateUser", "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile"),
    *("iam:CreateGroup", "iam:AddUserToGroup", "iam:CreateSAMLProvider", "iam:UpdateSAMLProvider"),
    *("iam:PutUserPolicy", "iam:AttachUserPolicy", "organizations:LeaveOrganization"),
    *("account:DeleteAlternateContact", "sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"),
    "sts:GetFederationToken",
)
_OF_STATE = (
    *("s3:DeleteBucketPolicy", "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration"),
    *("s3:PutLifecycleConfiguration", "s3:DeleteObjectVersion"),
)
_ANYWHERE = (
    "iam:GetRole",
    "route53:GetHostedZone",
    "sts:GetCallerIdentity",
    "s3:ListAllMyBuckets",
    "tag:GetTagKeys",
)
"""Calls of services that have one region for the whole world, or that name every region."""


def refused(stack: str) -> Iterator[Call]:
    """Every call that is refused, and the ones that a denial leaves out."""
    account = account_of(stack)
    for role in (account.names.update_role, account.names.plan_role):
        yield from _by_boundary(account.names, role)
        yield from _where_copies_are(stack, role)
    yield from _by_policies(account)
    yield from _by_secrets(stack)
    yield from _of_interfaces(account)
    yield from _of_shared(stack)


def _by_boundary(names: Names, role: str) -> Iterator[Call]:
    """What the boundary denies to a role with AdministratorAccess."""

    def call(action: str, resource: str, why: str, **context: str) -> Call:
        sent = tuple((key.replace("_", ":"), value) for key, value in context.items())
        return Call(role, action, resource, why, sent, refused=True, any_identity=True)

    def allowed(action: str, resource: str, why: str, *context: tuple[str, str]) -> Call:
        return Call(role, action, resource, why, context, any_identity=True)

    own = names.role_arn(role)
    for action in _ACCOUNTS:
        yield call(action, "*", "no users, and no other role")
    for action in ("iam:PutRolePolicy", "iam:DeleteRolePermissionsBoundary"):
        yield call(action, own, "its own role")
    for action in ("iam:GetRole", "iam:ListRolePolicies"):
        yield allowed(action, own, "its own role may be read")
    for action in _OF_STATE:
        bucket = f"arn:aws:s3:::{names.state_bucket}"
        yield call(action, f"{bucket}/x" if action.endswith("Version") else bucket, "settings of the state")
    for action in ("kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"):
        alias = {"kms_ResourceAliases": names.key_alias("pulumi")}
        yield call(action, "arn:aws:kms:x:x:key/of-the-alias", "the state's key", **alias)
    for action in ("kms:DeleteAlias", "kms:UpdateAlias"):
        alias = f"arn:aws:kms:{names.region}:{names.account_id}:{names.key_alias('pulumi')}"
        yield call(action, alias, "the alias of the state's key")
    yield call("ec2:RunInstances", "*", "another region", aws_RequestedRegion="ap-south-1")
    for action in _ANYWHERE:
        yield allowed(action, "*", "no region of its own", ("aws:RequestedRegion", "us-east-1"))


def _where_copies_are(stack: str, role: str) -> Iterator[Call]:
    """What the boundary denies and leaves in the region of the copies of backups."""
    region = settings_for(stack).copy_region
    if region is None:
        return
    sent, why = (("aws:RequestedRegion", region),), "the region of copies"
    for action in ("ec2:RunInstances", "rds:CreateDBInstance", "secretsmanager:CreateSecret"):
        yield Call(role, action, "*", why, sent, refused=True, any_identity=True)
    for action in (*_ANYWHERE, "backup:CreateBackupVault", "backup-storage:MountCapsule", "kms:CreateKey"):
        yield Call(role, action, "*", why, sent, any_identity=True)


def _by_policies(account: Account) -> Iterator[Call]:
    """What bucket and topic policies deny."""
    names = account.names
    plain = (("aws:SecureTransport", "false"),)
    for kind, arn in account.documents:
        if kind == "policy" and ":s3:" in arn:
            yield Call(names.update_role, "s3:GetObject", f"{arn}/x", "no TLS", plain, "", True, True)
        if kind == "policy" and ":sns:" in arn:
            yield Call("events.amazonaws.com", "sns:Publish", arn, "no TLS", plain, refused=True)
    state = f"arn:aws:s3:::{names.state_bucket}"
    yield Call(
        STRANGER, "s3:GetBucketPolicy", state, "not a principal of the state", refused=True, any_identity=True
    )
    config, object_ = names.config_role, f"{state}/x"
    yield Call(config, "s3:GetObject", object_, "contents of the state", refused=True, any_identity=True)
    yield Call(
        STRANGER, "kms:Decrypt", state_key_arn(names), "the state's key", refused=True, any_identity=True
    )


def _by_secrets(stack: str) -> Iterator[Call]:
    """What the policy of each secret denies: reading to strangers, writing to readers."""
    settings = settings_for(stack)
    for entry in entries(settings):
        arn = secret_arn(settings.names, entry.store_name)
        if ("policy", arn) not in account_of(stack).documents:
            continue
        get, put = "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"
        yield Call(STRANGER, get, arn, "not a reader", refused=True, any_identity=True)
        for role in set(entry_roles(settings, entry)) - {settings.names.rotation_role}:
            yield Call(role, put, arn, "a reader", refused=True, any_identity=True)


def _of_shared(stack: str) -> Iterator[Call]:
    """What the policies of buckets and queues deny to roles that the stack file does not name there."""
    settings = settings_for(stack)
    names = settings.names

    def call(who: str, action: str, resource: str, why: str, *sent: tuple[str, str]) -> Call:
        return Call(who, action, resource, why, sent, refused=True, any_identity=True)

    for key, access in bucket_access(settings).items():
        objects = f"arn:aws:s3:::{names.bucket(key)}/x"
        for action in ("s3:GetObject", "s3:GetObjectVersion"):
            yield call(STRANGER, action, objects, "not a reader")
        for action in ("AbortMultipartUpload", "DeleteObject", "PutObject", "RestoreObject"):
            yield call(STRANGER, f"s3:{action}", objects, "not a writer")
        for writer in access.writers[:1]:
            for header, value in (("", "AES256"), ("-aws-kms-key-id", "another")):
                sent = (f"s3:x-amz-server-side-encryption{header}", value)
                yield call(writer, "s3:PutObject", objects, "another encryption", sent)
    for key in settings.queues:
        for queue in (names.queue(key), names.dead_letter_queue(key)):
            arn = names.queue_arn(queue)
            for action in ("ChangeMessageVisibility", "DeleteMessage", "ReceiveMessage", "SendMessage"):
                yield call(STRANGER, f"sqs:{action}", arn, "not a user of the queue")
            plain = ("aws:SecureTransport", "false")
            yield call(names.update_role, "sqs:SendMessage", arn, "no TLS", plain)


def _of_interfaces(account: Account) -> Iterator[Call]:
    """What the code of a function in the VPC may not do, although Lambda may with its role.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
    """
    names = account.names
    base = f"arn:aws:lambda:{names.region}:{names.account_id}:function"
    for role in (names.rotation_role, names.restore_check_role):
        if not any(kind == "role" and name.startswith(f"{role} ") for kind, name in account.documents):
            continue
        for action in (
            *("CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface"),
            *("DescribeSubnets", "AssignPrivateIpAddresses", "UnassignPrivateIpAddresses"),
        ):
            own = (("lambda:SourceFunctionArn", f"{base}:{role}"),)
            yield Call(role, f"ec2:{action}", "*", "called by its own code", own, refused=True)
