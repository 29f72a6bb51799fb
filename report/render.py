"""Renders a report as one HTML page that loads nothing, and its architecture as an SVG picture."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from report.drawing import place
from report.schema import Report
from report.timeline import Timeline
from report.view import View

HERE = Path(__file__).resolve().parent
_SHORT = 20


def page(report: Report) -> str:
    """The whole page: a report's JSON document, and the same drawn for people."""
    view, template = View(report), _templates().get_template("page.html.j2")
    css, script = _asset("page.css") + _asset("diagram.css"), _asset("page.js")
    return template.render(
        view=view,
        timeline=Timeline(view.stored, report.created.date()),
        report=report,
        layout=place(report.architecture),
        css=Markup(css),
        script=Markup(script),
        policy=f"default-src 'none'; style-src {_hash(css)}; script-src {_hash(script)}",
        data=Markup(_embedded(report)),
    )


def picture(report: Report) -> str:
    """The architecture alone, as an SVG file that follows the reader's light or dark theme."""
    css, template = Markup(_asset("diagram.css")), _templates().get_template("picture.svg.j2")
    return template.render(view=View(report), layout=place(report.architecture), css=css)


def document(report: Report) -> str:
    """The JSON document."""
    return report.model_dump_json()


def _embedded(report: Report) -> str:
    """The JSON document inside a script element, which no text in it can end."""
    return document(report).replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _hash(text: str) -> str:
    """The hash by which a page's security policy allows an inline style or script, and no other."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _asset(name: str) -> str:
    return (HERE / "assets" / name).read_text("utf-8")


@cache
def _templates() -> Environment:
    found = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(("html.j2", "svg.j2")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["sentence"] = _sentence
    found.filters["short"] = _short
    found.filters["anchor"] = _anchor
    return found


def _short(text: str, most: int = _SHORT) -> str:
    """A text cut to what fits into a box."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _sentence(text: str) -> str:
    """A text with its first letter in upper case, and a full stop."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _anchor(part: str) -> str:
    """The fragment of a part's details."""
    return f"part-{part.replace('/', '-').replace('.', '-')}"
