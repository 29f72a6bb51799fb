"""Tests of the texts for users: the snapshot is up to date and has no requirement codes."""

from __future__ import annotations

import ast
import re

from tests.messages import SNAPSHOT, _texts, messages, page

CODE = re.compile(r"\((?:A|AL|B|BL|C|S|T)\d{1,2}(?:[,)]|$)|\b(?:AL|BL)\d{1,2}\b: ")


def test_the_page_of_all_messages_is_up_to_date() -> None:
    assert page() == SNAPSHOT.read_text(), "run `make docs` and review the difference"


def test_no_message_names_a_requirement_code() -> None:
    assert not [(path, text) for path, found in messages() for text in found if CODE.search(text)]


def test_an_f_string_is_one_text_and_a_docstring_is_none() -> None:
    source = (
        'def f(x):\n    """Does a thing well."""\n    raise ValueError(f"{x.y}: is not a number " "at all")\n'
    )
    assert list(_texts(ast.parse(source))) == ["{x.y}: is not a number at all"]
