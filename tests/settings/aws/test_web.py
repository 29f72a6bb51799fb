"""Tests of domains, hosted zones, certificates, addresses and paths."""

from __future__ import annotations

import pytest

from settings.aws.rule import Text
from settings.aws.web import CERTIFICATE_ARN, DOMAIN, EMAIL, HEALTH_PATH, MOUNT_PATH, ZONE_ID
from tests.settings.stack_files import problems

ARN = "arn:aws:acm:eu-west-1:111122223333:certificate/8e2a1c0d-0000-4000-8000-000000000000"
LONGEST = f"{'a' * 52}.example.org"


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        *(
            (DOMAIN, value)
            for value in ("example.org", "api.my-app.example.co", "xn--bcher-kva.example", LONGEST)
        ),
        (ZONE_ID, "Z0123456789ABCDEFGHIJ"),
        (CERTIFICATE_ARN, ARN),
        *((EMAIL, value) for value in ("oncall@example.com", "a.b+c@mail.example.co.uk")),
        *((HEALTH_PATH, value) for value in ("/", "/health", "/health/?full=1")),
        *((MOUNT_PATH, value) for value in ("/tmp", "/var/cache/app", "/home/node/.npm")),
    ],
)
def test_a_valid_value_is_accepted(rule: Text, value: str) -> None:
    assert rule(value) == value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        *(
            ("edge.domain", value)
            for value in (
                *(
                    "https://example.org",
                    "API.example.org",
                    "example.org.",
                    "example.org/path",
                    "example.org:443",
                ),
                *(
                    "example",
                    "*.example.org",
                    "-a.example.org",
                    "a..example.org",
                    f"a{LONGEST}",
                    "exa mple.org",
                    "",
                ),
            )
        ),
        *(("edge.zoneId", value) for value in ("/hostedzone/Z0123", "z0123", "example.org", "Z" + "A" * 32)),
        *(("edge.certificateArn", value) for value in ("certificate", ARN.replace("acm", "iam"), f"{ARN} ")),
        *(
            ("monitoring.email", value)
            for value in ("nobody", "a@b", "a b@example.com", "@example.com", "a@@b.org")
        ),
        *(
            ("platform.services.user.livePath", value)
            for value in ("health", "", "/he alth", "http://x/health")
        ),
        *(("platform.services.user.readyPath", value) for value in ("health", "/" + "a" * 1024)),
    ],
)
def test_another_value_is_refused_with_the_form(path: str, value: str) -> None:
    (said,) = problems((path, value))
    assert said.startswith(path)
    assert ": must be " in said


@pytest.mark.parametrize("value", ["tmp", "/", "/tmp/", "/tmp/../etc", "/a b", "/tmp/."])
def test_a_path_that_is_not_absolute_is_refused(value: str) -> None:
    (said,) = problems(("platform.services.user.writablePaths", [value]))
    assert (
        said == f"platform.services.user.writablePaths[0]={value}: must be an absolute path below /, as /tmp"
    )


def test_the_health_path_of_a_host_is_checked_too() -> None:
    (said,) = problems(("platform.healthPath", "health"), stack="cinematch-production")
    assert said.startswith("platform.healthPath=health: must be a path")
