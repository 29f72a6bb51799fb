"""Tests of GitHub's names, as they stand in the claims of its tokens."""

from __future__ import annotations

import pytest

from tests.settings.stack_files import problems

ARN = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("owner", value) for value in ("a", "Example-Org", "a" * 39)),
        *(("repository", value) for value in ("app", "My.App_2", ".github", "a" * 100)),
        *(("branch", value) for value in ("main", "release/2026-11", "feature/a.b")),
        ("workflow", "example-org/ci/.github/workflows/deploy.yml@refs/heads/main"),
        ("workflow", "example-org/ci/.github/workflows/deploy.yaml@refs/tags/v1"),
        ("workflow", f"example-org/ci/.github/workflows/deploy.yml@{'a' * 40}"),
        ("oidcProviderArn", ARN),
    ],
)
def test_a_name_of_github_is_accepted(field: str, value: str) -> None:
    assert problems((f"delivery.{field}", value)) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("owner", value) for value in ("org/repo", "-a", "a-", "a--b", "a b", "@org", "a" * 40, "")),
        *(
            ("repository", value)
            for value in ("org/repo", "a b", ".", "..", "https://github.com/a/b", "a" * 101)
        ),
        *(
            ("branch", value)
            for value in ("refs/heads/main", "/main", "a..b", "a b", "a~1", "main.lock", "main/", "*")
        ),
        *(
            ("workflow", value)
            for value in (
                ".github/workflows/x.yml",
                "example-org/ci/.github/workflows/x.yml",
                "example-org/ci/.github/workflows/x.yml@main",
                "example-org/ci/deploy.yml@refs/heads/main",
            )
        ),
        *(
            ("oidcProviderArn", value)
            for value in ("token.actions.githubusercontent.com", ARN.replace("com", "org"))
        ),
    ],
)
def test_another_text_is_refused_with_the_form(field: str, value: str) -> None:
    (said,) = problems((f"delivery.{field}", value))
    assert said.startswith(f"delivery.{field}")
    assert ": must be the " in said


@pytest.mark.parametrize("field", ["ownerId", "repositoryId"])
def test_a_number_of_github_is_positive(field: str) -> None:
    (said,) = problems((f"delivery.{field}", 0))
    assert said.startswith(f"delivery.{field}=0: ")


def test_an_oidc_provider_of_another_account_is_refused() -> None:
    other = ARN.replace("111122223333", "999988887777")
    assert problems(("delivery.oidcProviderArn", other)) == [
        f"delivery.oidcProviderArn={other}: is not in account 111122223333; choose one of that account"
    ]
