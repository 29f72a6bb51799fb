"""Systems Manager: associations, which moto does not implement."""

from __future__ import annotations

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
