"""The fixture of a browser that opens pages of reports."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from report.render import page as rendered
from report.schema import Report
from tests.tools import CHROMIUM


@dataclass
class Opened:
    """A page in the browser, with everything that it asked for and complained about."""

    page: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


Open = Callable[..., Opened]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for one module: while Playwright runs, no sandbox of this process can run a program."""
    if not CHROMIUM:
        if os.environ.get("CI"):
            pytest.fail("no Chromium: .ci/run installs it")
        pytest.skip("no Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        # As root, Chromium starts without its sandbox only; the page is our own.
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Open the page of a report, or a file, with the given options of the browser."""
    contexts = []

    def opened(shown: Report | Path, fragment: str = "", **options: Any) -> Opened:
        file = shown if isinstance(shown, Path) else tmp_path / f"{shown.stack}.html"
        if isinstance(shown, Report):
            file.write_text(rendered(shown))
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        one = Opened(context.new_page())
        one.page.on("request", lambda request: one.requests.append(request.url))
        one.page.on("console", lambda message: one.errors.append(message.text))
        one.page.on("pageerror", lambda error: one.errors.append(str(error)))
        one.page.goto(f"{file.as_uri()}{fragment}")
        return one

    yield opened
    for context in contexts:
        context.close()
