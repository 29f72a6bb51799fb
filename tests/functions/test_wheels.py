"""Tests of the wheels of compiled distributions: only the locked ones are downloaded and packed."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from pathlib import Path

import pytest

from components.functions.lambda_function import RUNTIME
from functions import package, wheels

TAGS = "cp313-cp313-manylinux_2_34_x86_64"
FILES = {
    "sealed/__init__.py": b"",
    "sealed/_sealed.abi3.so": b"compiled",
    "sealed/py.typed": b"",
    "sealed-1.2.dist-info/METADATA": b"Metadata-Version: 2.1\nName: sealed\nVersion: 1.2\n",
    "sealed-1.2.dist-info/licenses/LICENSE": b"free",
    "sealed-1.2.dist-info/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {TAGS}\n".encode(),
}


def wheel(folder: Path, tags: str = TAGS) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"sealed-1.2-{tags}.whl"
    lines = [
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip('=')},"
        for name, content in FILES.items()
    ]
    record = "sealed-1.2.dist-info/RECORD"
    with zipfile.ZipFile(path, "w") as zipped:
        for name, content in {**FILES, record: "\n".join([*lines, f"{record},,"]).encode()}.items():
            zipped.writestr(name, content)
    return path


def lock(tmp_path: Path, *wheels: Path) -> Path:
    """A lock file with these wheels between other distributions."""
    hashes = [f"    --hash=sha256:{hashlib.sha256(one.read_bytes()).hexdigest()}" for one in wheels]
    path = tmp_path / "requirements.lock"
    other = "--hash=sha256:" + "0" * 64
    entries = ["sea==9 \\", f"    {other}", "sealed==1.2 \\", " \\\n".join(hashes), "    # via it"]
    path.write_text("\n".join([*entries, "sealed-too==3 \\", f"    {other}", ""]))
    return path


def test_takes_what_runs_with_its_metadata_and_licence(tmp_path: Path) -> None:
    path = wheel(tmp_path / "wheels")
    assert wheels.members("sealed", path.parent, lock(tmp_path, path)) == {
        name: content for name, content in FILES.items() if not name.endswith(("py.typed", "WHEEL"))
    }


def test_takes_a_wheel_by_any_of_its_hashes(tmp_path: Path) -> None:
    path, other = wheel(tmp_path / "wheels"), tmp_path / "other"
    other.write_bytes(b"another file of the release")
    assert wheels.members("sealed", path.parent, lock(tmp_path, other, path))


@pytest.mark.attack(46)
def test_refuses_a_wheel_that_is_not_the_locked_one(tmp_path: Path) -> None:
    path = wheel(tmp_path / "wheels")
    known = lock(tmp_path, path)
    path.write_bytes(path.read_bytes() + b"more")
    with pytest.raises(wheels.WheelError, match=rf"{path.name} has none of the hashes in requirements\.lock"):
        wheels.members("sealed", path.parent, known)


def test_refuses_a_choice_of_wheels(tmp_path: Path) -> None:
    path = wheel(tmp_path / "wheels")
    wheel(tmp_path / "wheels", "cp313-cp313-manylinux_2_28_x86_64")
    with pytest.raises(wheels.WheelError, match=r"2 wheels of sealed 1\.2 are in wheels/"):
        wheels.members("sealed", path.parent, lock(tmp_path, path))


def test_says_that_a_distribution_is_not_locked(tmp_path: Path) -> None:
    with pytest.raises(wheels.WheelError, match=r"opened is not in requirements\.lock"):
        wheels.members("opened", tmp_path, lock(tmp_path, wheel(tmp_path / "wheels")))


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes distributions from, instead of a registry."""
    folder = tmp_path / "index"
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def test_downloads_the_wheel_for_lambda_in_place_of_an_older_one(index: Path, tmp_path: Path) -> None:
    path = wheel(index)
    wheel(index, "cp311-cp311-macosx_11_0_arm64")
    folder = tmp_path / "wheels"
    folder.mkdir()
    (folder / "sealed-1.1-old.whl").write_bytes(b"")
    assert wheels.fetch(["sealed"], folder, lock(tmp_path, path)) == [path.name]
    assert [one.name for one in folder.iterdir()] == [path.name]


@pytest.mark.attack(46)
def test_keeps_the_older_wheels_where_the_download_is_not_the_locked_one(index: Path, tmp_path: Path) -> None:
    path = wheel(index)
    known = lock(tmp_path, path)
    with zipfile.ZipFile(path, "a") as zipped:
        zipped.writestr("sealed/more.py", b"")
    folder = tmp_path / "wheels"
    folder.mkdir()
    (folder / "sealed-1.1-old.whl").write_bytes(b"")
    with pytest.raises(wheels.WheelError, match="pip did not download the wheels"):
        wheels.fetch(["sealed"], folder, known)
    assert [one.name for one in folder.iterdir()] == ["sealed-1.1-old.whl"]


def test_has_every_compiled_distribution_in_the_lock_file() -> None:
    for distributions in package.NATIVE.values():
        for distribution in distributions:
            with pytest.raises(wheels.WheelError, match=f"0 wheels of {distribution} "):
                wheels.members(distribution, Path(__file__).parent)


def test_downloads_for_the_runtime_of_the_functions() -> None:
    assert f"python{wheels.PYTHON}" == RUNTIME
