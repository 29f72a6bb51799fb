"""Domain names, hosted zones, certificates, e-mail addresses and health check paths."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from settings.aws.regions import PARTITION
from settings.aws.rule import AWS_DOCS, Text

_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
LONGEST_COMMON_NAME = 64
"""Of the first name of a certificate."""
DOMAIN = Text(
    rf"(?=.{{1,{LONGEST_COMMON_NAME}}}$)(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])",
    f"a domain name of at most {LONGEST_COMMON_NAME} characters in lower case, without https://, port, path "
    "or a dot at its end, as api.example.com",
    f"{AWS_DOCS}acm/latest/APIReference/API_RequestCertificate.html",
)
ZONE_ID = Text(
    "Z[A-Z0-9]{1,31}",
    "the id of a public hosted zone, as Z0123456789ABCDEFGHIJ",
    f"{AWS_DOCS}Route53/latest/APIReference/API_GetHostedZone.html",
)
CERTIFICATE_ARN = Text(
    rf"arn:{PARTITION}:acm:[a-z0-9-]+:\d{{12}}:certificate/[A-Za-z0-9-]+",
    f"the ARN of an ACM certificate, as arn:{PARTITION}:acm:REGION:ACCOUNT:certificate/ID",
    f"{AWS_DOCS}acm/latest/APIReference/API_CertificateDetail.html",
)
EMAIL = Text(
    r"(?=.{3,254}$)[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+"
    "[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]",
    "an e-mail address, as oncall@example.com",
    f"{AWS_DOCS}sns/latest/dg/sns-email-notifications.html",
)
HEALTH_PATH = Text(
    r"/[A-Za-z0-9_.~!$&'()*+,;=:@%/?-]{0,1023}",
    "a path that begins with a slash and has no blank, as /health",
    f"{AWS_DOCS}elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html",
)
MOUNT_PATH = Text(
    r"(?!.*/\.{1,2}(?:/|$))(?:/[A-Za-z0-9_.-]+)+",
    "an absolute path below /, as /tmp",
    f"{AWS_DOCS}AmazonECS/latest/APIReference/API_MountPoint.html",
)

Domain = Annotated[str, AfterValidator(DOMAIN)]
ZoneId = Annotated[str, AfterValidator(ZONE_ID)]
CertificateArn = Annotated[str, AfterValidator(CERTIFICATE_ARN)]
Email = Annotated[str, AfterValidator(EMAIL)]
HealthPath = Annotated[str, AfterValidator(HEALTH_PATH)]
MountPath = Annotated[str, AfterValidator(MOUNT_PATH)]
