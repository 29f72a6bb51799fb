"""Names of zones, endpoint services, cache users, containers' users and image repositories."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from settings.aws.rule import AWS_DOCS, Text, Words

ZONE = Text(
    r"[a-z]{2,5}\d(?:-[a-z]{3}\d)?-az\d{1,2}",
    "the id of an availability zone, as use1-az3 (names such as us-east-1a differ between accounts)",
    f"{AWS_DOCS}ram/latest/userguide/working-with-az-ids.html",
)
ENDPOINT_SERVICE = Text(
    r"(?!com\.amazonaws)[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*",
    "the name of a service without com.amazonaws.REGION., as ecr.api",
    f"{AWS_DOCS}vpc/latest/privatelink/aws-services-privatelink-support.html",
)
CACHE_USER = Text(
    "[a-z](?:[a-z0-9]|-(?=[a-z0-9])){0,30}",
    "1 to 31 lower-case letters, digits and single hyphens that begin with a letter",
    f"{AWS_DOCS}AmazonElastiCache/latest/APIReference/API_CreateUser.html",
)
CACHE_DEFAULT = Words(
    frozenset({"default"}),
    "the user that every Valkey server has, which the stack disables",
    f"{AWS_DOCS}AmazonElastiCache/latest/dg/Clusters.RBAC.html",
)
IMAGE_REPOSITORY = Text(
    r"(?:[a-z0-9][a-z0-9.-]*(?::\d{1,5})?/)?[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
    r"(?:/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*",
    "an image repository without https://, tag and digest, as example-org/app or registry.example.com/app",
    "https://github.com/distribution/reference/blob/main/reference.go",
)
RESERVED_PREFIXES = (
    (r"internal(-|$)", "a load balancer's name must not begin with internal-"),
    (r"sg(-|$)", "a security group's name must not begin with sg-"),
    (r"(sthree|amzn-s3-demo)(-|$)|xn--", "S3 reserves the names of buckets that begin with it"),
    (r"aws|ssm", "Parameter Store reserves names that begin with aws or ssm"),
)
"""Beginnings of an application's prefix that AWS reserves in one of its names, each with what reserves it.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html,
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html,
https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html and
https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html.
"""

ZoneId = Annotated[str, AfterValidator(ZONE)]
EndpointService = Annotated[str, AfterValidator(ENDPOINT_SERVICE)]
CacheUsername = Annotated[str, AfterValidator(CACHE_USER), AfterValidator(CACHE_DEFAULT)]
ImageRepository = Annotated[str, AfterValidator(IMAGE_REPOSITORY)]
