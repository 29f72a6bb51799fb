"""EC2, Route 53 Resolver and RAM: what lends network resources to others, which moto does not implement."""

from __future__ import annotations

from sandbox.moto import routes
from sandbox.moto.hooks import Asked, Params, answers
from sandbox.moto.missing_operations import Kind, answer_from_memory

answer_from_memory(
    Kind(
        "ec2",
        ("GroupId", "VpcId"),
        create="AssociateSecurityGroupVpc",
        reads="DescribeSecurityGroupVpcAssociations",
        delete="DisassociateSecurityGroupVpc",
        fixed=(("State", "associated"),),
    ),
    Kind(
        "ec2",
        ("AllocationId",),
        create="EnableAddressTransfer",
        reads="DescribeAddressTransfers",
        delete="DisableAddressTransfer",
        fixed=(("AddressTransferStatus", "pending"),),
    ),
    Kind(
        "ec2",
        ("NetworkInterfacePermissionId",),
        create="CreateNetworkInterfacePermission",
        reads="DescribeNetworkInterfacePermissions",
        delete="DeleteNetworkInterfacePermission",
        prefix="eni-perm-",
    ),
    Kind(
        "route53resolver",
        ("VpcId", "Id"),
        create="AssociateFirewallRuleGroup",
        reads="ListFirewallRuleGroupAssociations",
        delete="DisassociateFirewallRuleGroup",
        also=(("Id", "FirewallRuleGroupAssociationId"),),
        prefix="rslvr-frgassoc-",
        fixed=(("Status", "COMPLETE"),),
    ),
)


@answers("ram", "ListResources")
def shared(asked: Asked) -> Params:
    """Return the resources of the account's active shares."""
    if asked.params["resourceOwner"] != "SELF":
        return {"resources": []}
    return {
        "resources": [
            {"arn": arn, "resourceShareArn": share.arn, "status": "AVAILABLE"}
            for share in asked.backend.resource_shares
            if share.status == "ACTIVE"
            for arn in share.resource_arns
        ]
    }


def install() -> None:
    """Route the paths that moto does not have."""
    routes.add_path("ram", "{0}/listresources$")
