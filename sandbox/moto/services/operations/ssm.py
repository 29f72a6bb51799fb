"""Systems Manager: associations, baselines that leave a patch group, and the default key of SecureStrings."""

from __future__ import annotations

from sandbox.moto.hooks import Asked, Params, corrects
from sandbox.moto.missing_operations import Kind, answer_from_memory

DEFAULT_KEY = "alias/aws/ssm"

answer_from_memory(
    Kind(
        "ssm",
        ("AssociationId",),
        create="CreateAssociation",
        modify="UpdateAssociation",
        reads="DescribeAssociation ListAssociations",
        delete="DeleteAssociation",
        missing="AssociationDoesNotExist",
    ),
    Kind(
        "ssm",
        ("ResourceArn", "PolicyId"),
        create="PutResourcePolicy",
        reads="GetResourcePolicies",
        delete="DeleteResourcePolicy",
    ),
)


@corrects("ssm", "DeregisterPatchBaselineForPatchGroup")
def leave_patch_group(asked: Asked, answer: Params) -> Params:
    """Take the baseline from its group, where moto puts it in again."""
    groups = asked.backend.patch_groups
    group = groups[asked.params["PatchGroup"]]
    left = {k: v for k, v in group.associations.items() if v != asked.params["BaselineId"]}
    group.associations = left
    if not left:
        del groups[asked.params["PatchGroup"]]
    return answer


@corrects("ssm", "PutParameter")
def encrypt_with_the_default_key(asked: Asked, answer: Params) -> Params:
    """Encrypt a SecureString that comes without a KeyId with the account's default key, also on overwrite."""
    new = asked.backend._parameters[asked.params["Name"]][-1]
    if new.parameter_type == "SecureString" and not asked.params.get("KeyId"):
        new.keyid = DEFAULT_KEY
    return answer
