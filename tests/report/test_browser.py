"""Opens pages in a browser: they load nothing, everything is reached by mouse, keyboard and screen reader."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from report.schema import Report
from tests.program import STACKS
from tests.report.conftest import Open
from tests.report.declared import report

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DARK = {"color_scheme": "dark"}
STAGING = "staging"
# Everything that takes part in the order of tabs, and is not inside closed details.
FOCUSABLE = """() => [...document.querySelectorAll('a[href], summary, [tabindex="0"]')]
  .filter((one) => one.checkVisibility()).length"""
FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return "";
  one.dataset.reached ??= String(document.querySelectorAll('[data-reached]').length + 1);
  return one.dataset.reached;
}"""


@pytest.fixture(params=STACKS)
def made(request: pytest.FixtureRequest) -> Report:
    return report(request.param, "prod" if request.param == STAGING else "")


def opened_part(page: Page) -> list[str | None]:
    return [one.get_attribute("data-part") for one in page.query_selector_all("details.part[open]")]


def highlighted(page: Page) -> set[tuple[str | None, str | None]]:
    return {
        (one.get_attribute("data-source"), one.get_attribute("data-target"))
        for one in page.query_selector_all(".line.on")
    }


@pytest.mark.parametrize(
    ("stack", "look"),
    [*((stack, {}) for stack in STACKS), (STAGING, PHONE), (STAGING, DARK)],
    ids=[*STACKS, "on a phone", "in the dark"],
)
def test_axe_finds_no_serious_problem(open_page: Open, stack: str, look: dict[str, Any]) -> None:
    page = open_page(report(stack, "prod"), **look).page
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found = Axe().run(page).response["violations"]
    assert [
        (one["id"], one["help"], one["nodes"][0]["html"])
        for one in found
        if one["impact"] in ("serious", "critical")
    ] == []


def test_the_page_asks_for_nothing_and_reports_no_error(open_page: Open, made: Report) -> None:
    opened = open_page(made)
    assert len(opened.requests) == 1
    assert opened.errors == []


def test_a_phone_shows_the_page_without_scrolling_sideways(open_page: Open, made: Report) -> None:
    page = open_page(made, **PHONE).page
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["viewport"]["width"]


def test_the_keyboard_alone_reaches_everything(open_page: Open) -> None:
    page = open_page(report(STAGING, "prod")).page
    number = page.evaluate(FOCUSABLE)
    reached = set()
    for _ in range(number):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(FOCUSED))
    assert len(reached - {""}) == number


def test_a_click_on_a_part_shows_its_resources_alarms_and_findings(open_page: Open) -> None:
    page = open_page(report(STAGING)).page
    page.click("svg a[data-part=database]")
    assert opened_part(page) == ["database"]
    shown = page.inner_text("details.part[open]")
    assert "database-instance" in shown
    assert "Database CPU usage is high." in shown
    assert "RDS is Multi-AZ." in shown


def test_a_selected_part_has_its_own_connections_highlighted(open_page: Open) -> None:
    made = report(STAGING)
    page = open_page(made).page
    page.click("svg a[data-part=database]")
    page.mouse.move(0, 0)
    assert highlighted(page) == {
        (one.source, one.target)
        for one in made.architecture.connections
        if "database" in (one.source, one.target)
    }


def test_the_keyboard_selects_a_part_and_moves_into_its_details(open_page: Open) -> None:
    page = open_page(report(STAGING)).page
    page.focus("svg a[data-part=cache]")
    page.keyboard.press("Enter")
    assert opened_part(page) == ["cache"]
    assert page.evaluate("document.activeElement.parentElement.dataset.part") == "cache"


def test_another_part_closes_the_first(open_page: Open) -> None:
    page = open_page(report(STAGING)).page
    for part in ("cache", "user"):
        page.click(f"svg a[data-part={part}]")
    assert opened_part(page) == ["user"]


def test_the_address_of_a_part_opens_it(open_page: Open) -> None:
    page = open_page(report(STAGING), "#part-user").page
    assert opened_part(page) == ["user"]


def test_a_link_to_a_rule_opens_it(open_page: Open) -> None:
    page = open_page(report(STAGING)).page
    page.click("svg a[data-part=database]")
    page.click("details.part[open] a[href='#rule-rds-multi-az']")
    assert page.is_visible("#rule-rds-multi-az .remedy")


def test_a_box_says_what_it_is_to_a_screen_reader(open_page: Open) -> None:
    page = open_page(report(STAGING)).page
    (name,) = (
        one.get_attribute("aria-label") for one in page.query_selector_all("svg a[data-part=database]")
    )
    assert name is not None
    assert name.startswith("PostgreSQL: listens on 5432, 20 resources, ")


def test_a_cell_of_the_matrix_says_how_a_reader_gets_a_secret(open_page: Open) -> None:
    page = open_page(report(STAGING)).page
    row = page.get_by_role("row", name="aiponge/jwt-secret jwt-hs256-key")
    cells = row.get_by_role("cell").all_text_contents()
    assert any("injected when a task starts, as JWT_SECRET, by aiponge-exec-user" in one for one in cells)
    assert "no" in cells


def test_without_scripts_every_part_can_still_be_opened(open_page: Open) -> None:
    page = open_page(report(STAGING), java_script_enabled=False).page
    page.click("details.part[id=part-database] summary")
    assert page.is_visible("details.part[id=part-database] .resources")


def test_on_paper_the_rules_are_open_and_the_navigation_is_gone(open_page: Open) -> None:
    page = open_page(report(STAGING)).page
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.is_visible("#rule-rds-multi-az .remedy")
    assert not page.is_visible("nav")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not page.is_visible("#rule-rds-multi-az .remedy")
