"""Tests of the page as text: it loads nothing, its data cannot become markup, and it is light."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from report.render import document, page, picture
from report.schema import Report
from tests.program import STACKS
from tests.report.declared import HOSTILE, report

MOST_BYTES = 1_500_000
ADDRESS = re.compile(r"(?:https?:)?//[\w.-]+")


class Markup(HTMLParser):
    """Collects the elements with their attributes, and the text of each script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.ids: list[str] = []
        self.scripts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.found.append((tag, given))
        if tag == "script":
            self.scripts.append("")
        if name := given.get("id"):
            self.ids.append(name)

    def handle_data(self, data: str) -> None:
        if self.lasttag == "script":
            self.scripts[-1] += data


@pytest.fixture(params=STACKS)
def made(request: pytest.FixtureRequest) -> Report:
    return report(request.param)


def test_the_page_loads_nothing(made: Report) -> None:
    loading = {"src", "srcset", "data", "poster", "action", "background"}
    for tag, given in Markup(page(made)).found:
        assert tag not in ("link", "iframe", "img", "object", "embed", "base", "form")
        assert not loading & given.keys()
    assert "@import" not in page(made)
    assert "url(" not in page(made).replace("url(#tip", "")


def test_its_security_policy_allows_its_own_style_and_script_only(made: Report) -> None:
    (policy,) = (given["content"] for tag, given in Markup(page(made)).found if "http-equiv" in given)
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_its_data_is_the_document(made: Report) -> None:
    data, _ = Markup(page(made)).scripts
    assert json.loads(data) == json.loads(document(made))
    assert Report.model_validate_json(data) == made


def test_no_text_of_a_report_becomes_markup(made: Report) -> None:
    assert HOSTILE in document(made)
    assert len(Markup(page(made)).scripts) == 2
    assert HOSTILE not in page(made)


def test_every_link_leads_to_an_element_of_the_page(made: Report) -> None:
    markup = Markup(page(made))
    assert len(markup.ids) == len(set(markup.ids))
    links = [given["href"] or "" for tag, given in markup.found if tag == "a"]
    assert [link for link in links if link[0] == "#" and link[1:] not in markup.ids] == []
    assert {link for link in links if link[0] != "#"} == {made.url}


def test_the_page_is_light(made: Report) -> None:
    assert len(page(made).encode()) < MOST_BYTES


def test_a_stack_without_a_finding_says_so() -> None:
    assert "Nothing was found." in page(report("staging", planted=False))


def test_differences_are_shown_where_a_stack_was_compared() -> None:
    assert "Differences from prod" in page(report("staging", "prod"))
    assert 'id="differences"' not in page(report("staging"))


def test_the_picture_is_a_whole_svg_document(made: Report) -> None:
    root = ElementTree.fromstring(picture(made))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    boxes = root.findall(".//{*}rect[@class='box']")
    assert len(boxes) == len([part for part in made.architecture.parts if part.drawn])
    assert root.findall(".//{*}a") == []
