"""GitHub's names of owners, repositories, branches and workflows, as in the claims of its OIDC tokens."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from iam_documents.github import ISSUER
from settings.aws.regions import PARTITION
from settings.aws.rule import AWS_DOCS, Text

_DOCS = "https://docs.github.com/en/"
_OWNER = "[A-Za-z0-9](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){0,38}"
_REPOSITORY = r"(?!\.{1,2}(?:/|$))[A-Za-z0-9._-]{1,100}"
_BRANCH = r"(?!refs/|/|-|.*(?://|\.\.|@\{|/\.|\.lock(?:/|$)))[^\x00-\x20\x7f~^:?*\[\\]{1,244}(?<![/.])"

OWNER = Text(
    _OWNER,
    "the name of a GitHub user or organisation alone, without a slash, as example-org",
    f"{_DOCS}enterprise-cloud@latest/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication",
)
REPOSITORY = Text(
    _REPOSITORY,
    "the name of the repository alone: its owner stands under owner",
    f"{_DOCS}repositories/creating-and-managing-repositories/creating-a-new-repository",
)
BRANCH = Text(
    _BRANCH,
    "the name of a branch without refs/heads/, as main",
    "https://git-scm.com/docs/git-check-ref-format",
)
WORKFLOW = Text(
    rf"{_OWNER}/{_REPOSITORY}/\.github/workflows/[A-Za-z0-9._-]+\.ya?ml@(?:refs/(?:heads|tags)/\S+|[0-9a-f]{{40}})",
    "the reusable workflow as GitHub names it in job_workflow_ref, as "
    "OWNER/REPOSITORY/.github/workflows/deploy.yml@refs/heads/main",
    f"{_DOCS}actions/reference/security/oidc",
)
OIDC_PROVIDER_ARN = Text(
    rf"arn:{PARTITION}:iam::\d{{12}}:oidc-provider/{re.escape(ISSUER)}",
    "the ARN of GitHub's OIDC provider in the stack's account, as "
    f"arn:{PARTITION}:iam::ACCOUNT:oidc-provider/{ISSUER}",
    f"{AWS_DOCS}IAM/latest/UserGuide/id_roles_providers_create_oidc.html",
)

Owner = Annotated[str, AfterValidator(OWNER)]
Repository = Annotated[str, AfterValidator(REPOSITORY)]
Branch = Annotated[str, AfterValidator(BRANCH)]
Workflow = Annotated[str, AfterValidator(WORKFLOW)]
OidcProviderArn = Annotated[str, AfterValidator(OIDC_PROVIDER_ARN)]
