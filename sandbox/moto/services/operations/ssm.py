"""Systems Manager: associations, which moto does not implement, and baselines that leave a patch group."""

from __future__ import annotations

from sandbox.moto.hooks import Asked, Params, corrects
from sandbox.moto.missing_operations import Kind, answer_from_memory

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
