"""Tests of the `.env` parser: nothing is executed, and errors name lines without quoting them."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from ops.import_env.dotenv import parse
from ops.import_env.source import MAX_BYTES, Refused, read_file

MARKER = "canaryMarker"


def values(text: str) -> dict[str, str]:
    return {line.key: line.value for line in parse(text.encode())}


def refusal(data: bytes) -> str:
    with pytest.raises(Refused) as caught:
        parse(data)
    return str(caught.value)


@pytest.mark.attack(37)
@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=plain", "plain"),
        ("export A=plain", "plain"),
        ("  A = plain  ", "plain"),
        ("A='single $HOME # \\n'", "single $HOME # \\n"),
        ('A="double # quoted"', "double # quoted"),
        ('A="a\\"b\\\\c\\$d\\`e"', 'a"b\\c$d`e'),
        ("A=abc$def", "abc$def"),
        ("A=${HOME}", "${HOME}"),
        ("A=abc#def", "abc#def"),
        ("A='x' # comment", "x"),
        ("A=a=b==", "a=b=="),
        ("A=$(id)", "$(id)"),
        ("A=`id`", "`id`"),
        ("A='$(touch ran)'", "$(touch ran)"),
        ("A=", ""),
    ],
)
def test_a_value_is_taken_as_it_stands(line: str, value: str) -> None:
    assert values(f"# comment\n\n{line}\n") == {"A": value}


@pytest.mark.attack(37)
def test_nothing_in_a_file_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    values("A='$(touch ran)'\nB='`touch ran`'\nC=$(id)\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.attack(12, 37)
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (
            b"GOOD=x\nA=" + MARKER.encode() + b"\r\n",
            "line 2: contains a carriage return; save the file with Unix line endings",
        ),
        (b"GOOD=x\nA=" + MARKER.encode() + b"\0\n", "line 2: contains a NUL byte"),
        (
            b"\xef\xbb\xbfA=" + MARKER.encode() + b"\n",
            "line 1: starts with a byte order mark; save the file without one",
        ),
        (b"A=1\nB=2\nA=" + MARKER.encode() + b"\n", "line 3: repeats the key of line 1"),
        (b"A=" + MARKER.encode() + b" two\n", "line 1: a value with a space must be quoted"),
        (b"A=" + MARKER.encode() + b" # comment?\n", "line 1: a value with a space must be quoted"),
        (b"A='" + MARKER.encode() + b"\n", "line 1: a quote is not closed on its line"),
        (b'A="' + MARKER.encode() + b'\nmore"\n', "line 1: a quote is not closed on its line"),
        (b"A='" + MARKER.encode() + b"'more\n", "line 1: text after the closing quote"),
        (
            b"A=" + MARKER.encode() + b"'x\n",
            "line 1: a quote inside an unquoted value; quote the whole value",
        ),
        (
            b'A="' + MARKER.encode() + b'\\n"\n',
            "line 1: an escape that readers interpret differently; use single quotes",
        ),
        (MARKER.encode() + b"\n", "line 1: is not KEY=VALUE"),
        (b"9A=" + MARKER.encode() + b"\n", "line 1: is not KEY=VALUE"),
        (b"A=\xff\xfe" + MARKER.encode() + b"\n", "line 1: is not UTF-8"),
    ],
)
def test_a_bad_line_is_named_by_its_number_and_not_shown(data: bytes, reason: str) -> None:
    said = refusal(data)
    assert said.splitlines()[0] == reason
    assert MARKER not in said


def test_all_bad_lines_are_named_at_once() -> None:
    assert refusal(b"A=1\nB\nA=2\nC=x\r\n").splitlines() == [
        "line 2: is not KEY=VALUE",
        "line 3: repeats the key of line 1",
        "line 4: contains a carriage return; save the file with Unix line endings",
    ]


@pytest.mark.attack(12)
def test_a_line_does_not_show_its_value_when_printed() -> None:
    (line,) = parse(b"A=" + MARKER.encode())
    assert MARKER not in repr(line)


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    path = tmp_path / ".env"
    path.write_text("A=1\n")
    path.chmod(0o600)
    return path


def refused_file(path: Path) -> str:
    with pytest.raises(Refused) as caught:
        read_file(path)
    return str(caught.value)


@pytest.mark.attack(38)
@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_file_that_is_the_owners_alone_is_read(env_file: Path, mode: int) -> None:
    env_file.chmod(mode)
    assert read_file(env_file) == b"A=1\n"


@pytest.mark.attack(38)
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o660, 0o666, 0o700, 0o604, 0o620, 0o4600])
def test_a_file_that_others_may_open_is_refused(env_file: Path, mode: int) -> None:
    env_file.chmod(mode)
    assert "must be 600 or 400" in refused_file(env_file)


@pytest.mark.attack(38)
def test_a_link_is_refused_even_to_a_good_file(env_file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(env_file)
    assert "is a symbolic link" in refused_file(link)


@pytest.mark.attack(38)
def test_a_file_of_another_user_is_refused(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: env_file.stat().st_uid + 1)
    assert "belongs to another user" in refused_file(env_file)


@pytest.mark.attack(38)
def test_a_file_put_in_place_after_the_opening_vouches_for_nothing(
    env_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, real = tmp_path / "good", os.open
    good.write_text("A=2\n")
    good.chmod(0o600)
    env_file.chmod(0o644)

    def opened(path: Path, flags: int) -> int:
        handle = real(path, flags)
        good.rename(env_file)
        return handle

    monkeypatch.setattr(os, "open", opened)
    assert "must be 600 or 400" in refused_file(env_file)


def test_what_is_no_file_is_refused_without_waiting(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe, 0o600)
    assert "is not a regular file" in refused_file(pipe)
    assert "is not a regular file" in refused_file(tmp_path)
    door = socket.socket(socket.AF_UNIX)
    door.bind(str(tmp_path / "door"))
    assert refused_file(tmp_path / "door")
    door.close()


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "No such file" in refused_file(tmp_path / "none")


def test_a_file_over_64_kib_is_refused_and_one_of_64_kib_read(env_file: Path) -> None:
    env_file.write_bytes(b"#" * MAX_BYTES)
    assert len(read_file(env_file)) == MAX_BYTES
    env_file.write_bytes(b"#" * (MAX_BYTES + 1))
    assert "more than 64 KiB" in refused_file(env_file)
