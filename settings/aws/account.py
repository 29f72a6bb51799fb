"""The forms of a region, an account and a pattern of roles."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from settings.aws.rule import AWS_DOCS, Text

REGION = Text(
    r"[a-z]{2,4}(-[a-z]+)+-\d",
    "the code of a region, as eu-west-1",
    f"{AWS_DOCS}global-infrastructure/latest/regions/aws-regions.html",
)
ACCOUNT_ID = Text(
    r"\d{12}",
    'the 12 digits of an AWS account, in quotes, as "111122223333"',
    f"{AWS_DOCS}accounts/latest/reference/manage-acct-identifiers.html",
)
ROLE_PATTERN = Text(
    r"arn:aws:iam::\d{12}:role/.+",
    "the ARN of a role, in which * and ? match, as arn:aws:iam::111122223333:role/admin-*",
    f"{AWS_DOCS}IAM/latest/UserGuide/reference_identifiers.html",
)
Region = Annotated[str, AfterValidator(REGION)]
AccountId = Annotated[str, AfterValidator(ACCOUNT_ID)]
RolePattern = Annotated[str, AfterValidator(ROLE_PATTERN)]
