"""Reads the list of explained checks and compares it with what fails."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from tools.prowler.scanner import Failure

PATH = Path(__file__).with_name("explained.yaml")


class Explanation(BaseModel):
    """Why a check may fail on some resources."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    check: str
    """Prowler's name of the check; ``*`` matches any characters."""
    resources: tuple[str, ...] = ("*",)
    """Resources that may fail it; ``*`` matches any characters."""
    reason: str

    def covers(self, failure: Failure) -> bool:
        """Whether it explains this failure."""
        return fnmatchcase(failure.check, self.check) and any(
            fnmatchcase(failure.resource, pattern) for pattern in self.resources
        )


@dataclass(frozen=True)
class Comparison:
    """Failures that nothing explains, and explanations that nothing needs."""

    unexplained: list[Failure]
    unneeded: list[Explanation]


def explanations(path: Path = PATH) -> list[Explanation]:
    """The list of explained checks."""
    return [Explanation.model_validate(one) for one in yaml.safe_load(path.read_text())]


def compare(failures: Iterable[Failure], explained: Iterable[Explanation]) -> Comparison:
    """Find what fails without an explanation, and what is explained and does not fail."""
    found, known = list(failures), list(explained)
    return Comparison(
        [one for one in found if not any(each.covers(one) for each in known)],
        [each for each in known if not any(each.covers(one) for one in found)],
    )
