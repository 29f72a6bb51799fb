"""Rules for VPCs: subnets, routes, network ACLs, endpoints and public addresses."""

from rules.aws.network import network_acls, routes, vpc, vpc_endpoints

RULES = [*vpc.RULES, *routes.RULES, *network_acls.RULES, *vpc_endpoints.RULES]
