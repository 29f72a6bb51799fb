"""Creates the S3 bucket of the Pulumi state, versioned, and the KMS key that encrypts it."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from ops.bootstrap import documents
from ops.bootstrap.steps import Step
from ops.core.aws_state import AwsState
from ops.core.session import error_code

MAKER = "ops-bootstrap"
_PRIVATE = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


def tag_list(aws: AwsState) -> dict[str, str]:
    """The stack's tags, with ``ops-bootstrap`` as ManagedBy."""
    return {**aws.settings.tags, "ManagedBy": MAKER}


def bucket_name(aws: AwsState) -> str:
    """The name of the state bucket."""
    return aws.names.state_bucket


def users(aws: AwsState) -> list[str]:
    """The ARNs of the roles that run Pulumi."""
    names = aws.names
    return [names.role_arn(names.plan_role), names.role_arn(names.update_role)]


def key_arn(aws: AwsState) -> str | None:
    """The state key's ARN; None while the key does not exist."""
    try:
        found = aws.client("kms").describe_key(KeyId=aws.names.key_alias("pulumi"))
    except ClientError as error:
        if error_code(error) == "NotFoundException":
            return None
        raise
    return found["KeyMetadata"]["Arn"]


class StateKey:
    """The KMS key that encrypts the state and every secret in it."""

    def __init__(self, aws: AwsState) -> None:
        self._aws, self._kms = aws, aws.client("kms")
        self._alias = aws.names.key_alias("pulumi")
        self._policy = documents.state_key(aws.names, aws.settings.administrators, users(aws))

    def step(self) -> Step:
        """The step that creates or corrects it."""
        return Step(f"KMS key {self._alias}", self._look, self._make)

    def _look(self) -> list[str] | None:
        arn = key_arn(self._aws)
        if arn is None:
            return None
        wrong: list[str] = []
        if not self._kms.get_key_rotation_status(KeyId=arn)["KeyRotationEnabled"]:
            wrong.append("automatic key rotation is off")
        policy = json.loads(self._kms.get_key_policy(KeyId=arn, PolicyName="default")["Policy"])
        return wrong if policy == self._policy else [*wrong, "its key policy differs"]

    def _make(self) -> None:
        arn = key_arn(self._aws)
        text = json.dumps(self._policy)
        if arn is None:
            tags = [{"TagKey": key, "TagValue": value} for key, value in tag_list(self._aws).items()]
            described = f"{self._aws.names.prefix}: Pulumi state"
            made = self._kms.create_key(Description=described, Policy=text, Tags=tags)
            arn = made["KeyMetadata"]["Arn"]
            self._kms.create_alias(AliasName=self._alias, TargetKeyId=arn)
        else:
            self._kms.put_key_policy(KeyId=arn, PolicyName="default", Policy=text)
        self._kms.enable_key_rotation(KeyId=arn)


class StateBucket:
    """The bucket of the state: versioned, encrypted with the state key, TLS only, never public."""

    def __init__(self, aws: AwsState) -> None:
        self._aws, self._s3, self.name = aws, aws.client("s3"), bucket_name(aws)
        administrators = aws.settings.administrators
        self._policy = documents.state_bucket(aws.names, administrators, users(aws))

    def step(self) -> Step:
        """The step that creates or corrects it."""
        return Step(f"S3 bucket {self.name}", self._look, self._make)

    def _look(self) -> list[str] | None:
        if not self._exists():
            return None
        s3, name = self._s3, self.name
        wrong: list[str] = []
        if s3.get_bucket_versioning(Bucket=name).get("Status") != "Enabled":
            wrong.append("it is not versioned")
        blocked = self._ask("get_public_access_block").get("PublicAccessBlockConfiguration")
        if blocked != _PRIVATE:
            wrong.append("public access is not blocked")
        owned = self._ask("get_bucket_ownership_controls").get("OwnershipControls", {}).get("Rules", [])
        if [rule["ObjectOwnership"] for rule in owned] != ["BucketOwnerEnforced"]:
            wrong.append("object ownership is not BucketOwnerEnforced")
        if not self._encrypted():
            wrong.append("it is not encrypted with the state key")
        policy = self._ask("get_bucket_policy").get("Policy")
        if policy is None or json.loads(policy) != self._policy:
            wrong.append("its bucket policy differs")
        return wrong

    def _make(self) -> None:
        s3, name, region = self._s3, self.name, self._aws.settings.region
        if not self._exists():
            # S3 rejects us-east-1 as a LocationConstraint.
            place = (
                {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
            )
            s3.create_bucket(Bucket=name, **place)
        pairs = [{"Key": key, "Value": value} for key, value in tag_list(self._aws).items()]
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=_PRIVATE)
        rules = [{"ObjectOwnership": "BucketOwnerEnforced"}]
        s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls={"Rules": rules})
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_arn(self._aws)}
        rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": pairs})
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps(self._policy))

    def _encrypted(self) -> bool:
        found = self._ask("get_bucket_encryption").get("ServerSideEncryptionConfiguration", {})
        for rule in found.get("Rules", []):
            default = rule.get("ApplyServerSideEncryptionByDefault", {})
            if default.get("SSEAlgorithm") == "aws:kms":
                return default.get("KMSMasterKeyID") == key_arn(self._aws)
        return False

    def _exists(self) -> bool:
        try:
            self._s3.head_bucket(Bucket=self.name)
        except ClientError as error:
            if error_code(error) in ("404", "NoSuchBucket"):
                return False
            raise
        return True

    def _ask(self, operation: str) -> dict[str, Any]:
        """A response, empty where the bucket has no such configuration."""
        try:
            return getattr(self._s3, operation)(Bucket=self.name)
        except ClientError as error:
            code = error_code(error)
            if code.startswith("NoSuch") or code.endswith("NotFoundError"):
                return {}
            raise
