"""The network, edge, storage and host resources of a stack whose attachments are read."""

from __future__ import annotations

from collections.abc import Iterator

from ops.checks.verify.attachments.row import Resource
from ops.checks.verify.network import load_balancer
from ops.core.aws_state import AwsState
from ops.core.resources.host_group import host_group
from settings.connections import security_groups
from settings.names import SESSION_DOCUMENT


def vpcs(aws: AwsState) -> Iterator[Resource]:
    """The stack's VPC."""
    if aws.vpc is not None:
        yield Resource(aws.vpc["VpcId"], {}, aws.vpc)


def tables(aws: AwsState) -> Iterator[Resource]:
    """The route tables of the VPC."""
    for one in aws.in_vpc("describe_route_tables", "RouteTables"):
        yield Resource(one["RouteTableId"], {}, one)


def groups(aws: AwsState) -> Iterator[Resource]:
    """The declared security groups."""
    wanted = {aws.names.part(name) for name in security_groups(aws.settings)}
    for one in aws.in_vpc("describe_security_groups", "SecurityGroups"):
        if one["GroupName"] in wanted:
            yield Resource(f"sg {one['GroupName']}", {"GroupId": one["GroupId"]}, one)


def addresses(aws: AwsState) -> Iterator[Resource]:
    """The Elastic IP addresses of the NAT gateways."""
    ours = {
        address.get("AllocationId")
        for gateway in aws.in_vpc("describe_nat_gateways", "NatGateways")
        for address in gateway["NatGatewayAddresses"]
    }
    for one in aws.list("ec2", "describe_addresses", "Addresses"):
        if one.get("AllocationId") in ours:
            yield Resource(f"address {one['PublicIp']}", {}, one)


def balancers(aws: AwsState) -> Iterator[Resource]:
    """The load balancer."""
    for one, name in load_balancer.running(aws):
        yield Resource(name, {"LoadBalancerArn": one["LoadBalancerArn"]}, one)


def listeners(aws: AwsState) -> Iterator[Resource]:
    """The load balancer's listeners."""
    for balancer in balancers(aws):
        for one in aws.list("elbv2", "describe_listeners", "Listeners", **balancer.params):
            name = f"{balancer.name}: listener on port {one['Port']}"
            yield Resource(name, {"ListenerArn": one["ListenerArn"]}, one)


def target_groups(aws: AwsState) -> Iterator[Resource]:
    """The load balancer's target groups."""
    for balancer in balancers(aws):
        for one in aws.list("elbv2", "describe_target_groups", "TargetGroups", **balancer.params):
            name = f"target group {one['TargetGroupName']}"
            yield Resource(name, {"TargetGroupArn": one["TargetGroupArn"]}, one)


def certificates(aws: AwsState) -> Iterator[Resource]:
    """The certificates of the load balancer's listeners."""
    arns = {one["CertificateArn"] for each in listeners(aws) for one in each.item.get("Certificates", [])}
    for arn in sorted(arns):
        found = aws.ask("acm", "describe_certificate", CertificateArn=arn)["Certificate"]
        yield Resource(f"certificate {found['DomainName']}", {}, found)


def web_acls(aws: AwsState) -> Iterator[Resource]:
    """The web ACL of the load balancer."""
    for balancer in balancers(aws) if aws.settings.edge and aws.settings.edge.waf else ():
        arn = balancer.params["LoadBalancerArn"]
        found = aws.ask("wafv2", "get_web_acl_for_resource", ResourceArn=arn).get("WebACL")
        if found:
            yield Resource(f"web ACL {found['Name']}", {}, found)


def buckets(aws: AwsState) -> Iterator[Resource]:
    """The buckets of the application, the one with Pulumi's state among them."""
    for one in aws.list("s3", "list_buckets", "Buckets"):
        if one["Name"].startswith(aws.names.part("")):
            yield Resource(f"bucket {one['Name']}", {"Bucket": one["Name"]}, one)


def host_groups(aws: AwsState) -> Iterator[Resource]:
    """The Auto Scaling group of the host."""
    if aws.settings.host and (group := host_group(aws)) is not None:
        name = aws.names.host_name
        yield Resource(f"group {name}", {"AutoScalingGroupName": name}, group)


def hosts(aws: AwsState) -> Iterator[Resource]:
    """The account and region of a host stack, with its volumes and images."""
    if aws.settings.host:
        yield Resource(f"account {aws.settings.account_id} in {aws.settings.region}")


def managed(aws: AwsState) -> Iterator[Resource]:
    """Systems Manager in the account and region of a host stack."""
    if aws.settings.host:
        yield Resource(f"Systems Manager in {aws.settings.region}")


def documents(aws: AwsState) -> Iterator[Resource]:
    """The Systems Manager documents of a host stack."""
    if aws.settings.host:
        for name in (aws.names.deploy_document, aws.names.update_document, SESSION_DOCUMENT):
            yield Resource(f"document {name}", {"Name": name})


def windows(aws: AwsState) -> Iterator[Resource]:
    """The maintenance window of a host stack."""
    if aws.settings.host:
        for one in aws.list("ssm", "describe_maintenance_windows", "WindowIdentities"):
            if one["Name"].startswith(aws.names.part("")):
                yield Resource(f"maintenance window {one['Name']}", {"WindowId": one["WindowId"]}, one)


def advanced_parameters(aws: AwsState) -> Iterator[Resource]:
    """The parameters under the stack's path that AWS lets their owner share: those of the advanced tier."""
    filters = [{"Key": "Path", "Option": "Recursive", "Values": [aws.names.parameter_path]}]
    for one in aws.list("ssm", "describe_parameters", "Parameters", ParameterFilters=filters):
        if one.get("Tier") == "Advanced":
            arn = {"ResourceArn": aws.names.parameter_arn(one["Name"])}
            yield Resource(f"parameter {one['Name']}", arn, one)
