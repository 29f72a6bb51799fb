"""VPC: route tables, routes, and the subnets that use them."""

from __future__ import annotations

from sandbox.provider.calls import Context
from sandbox.provider.rows import Call, Inputs, row


def inline_routes(context: Context, id_: str, inputs: Inputs, answer: Inputs) -> Inputs:
    """Create the table's inline ``routes``."""
    for route in inputs.get("routes", []):
        named = {
            ("destinationCidrBlock" if key == "cidrBlock" else key): value for key, value in route.items()
        }
        context.call("ec2.create_route", {**named, "routeTableId": id_})
    return {}


row(
    "ec2/routeTable:RouteTable",
    "ec2.create_route_table",
    id="RouteTable.RouteTableId",
    read="describe_route_tables(RouteTableIds=[{id}]).RouteTables[0]",
    out="arn=arn:{p}:{s}:{r}:{a}:route-table/{id} ownerId:OwnerId",
    more=inline_routes,
    delete="delete_route_table(RouteTableId={id})",
    replace="vpcId",
    parts="routes",
)
row(
    "ec2/route:Route",
    "ec2.create_route",
    id="r-{routeTableId}-{destinationCidrBlock}",
    read="describe_route_tables(RouteTableIds=[{routeTableId}]).RouteTables[0].Routes[?DestinationCidrBlock=='{destinationCidrBlock}']|[0]",
    out="state:State origin:Origin",
    delete="delete_route(RouteTableId={routeTableId},DestinationCidrBlock={destinationCidrBlock})",
    replace="routeTableId destinationCidrBlock",
    update=(
        Call(
            "replace_route",
            "RouteTableId={routeTableId},DestinationCidrBlock={destinationCidrBlock}",
            "gatewayId natGatewayId vpcEndpointId",
        ),
    ),
)
row(
    "ec2/routeTableAssociation:RouteTableAssociation",
    "ec2.associate_route_table",
    id="AssociationId",
    read="describe_route_tables(RouteTableIds=[{routeTableId}]).RouteTables[0].Associations[?RouteTableAssociationId=='{id}']|[0]",
    delete="disassociate_route_table(AssociationId={id})",
    replace="*",
)
