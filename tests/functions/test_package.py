"""Tests of the Lambda packages: byte-identical, complete, and without other files."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from functions import package
from sandbox.postgresql.certificates import authority

ROOT = Path(package.__file__).parents[1]
MODULES = {"python-dateutil": "dateutil"}
"""The import names of distributions that have another."""


@pytest.mark.attack(46)
@pytest.mark.parametrize("function", package.VENDORED)
def test_builds_the_same_bytes_whenever_and_wherever(function: str, tmp_path: Path) -> None:
    here = hashlib.sha256(package.archive(function, complete=False)).hexdigest()
    code = (
        "import hashlib, os; os.umask(0o077); from functions import package; "
        f"print(hashlib.sha256(package.archive({function!r}, complete=False)).hexdigest())"
    )
    elsewhere = {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7", "LC_ALL": "C", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=os.environ | elsewhere, capture_output=True, text=True
    )
    assert done.stdout.strip() == here


@pytest.mark.attack(46)
def test_does_not_depend_on_when_a_file_was_touched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    source = tmp_path / "redeploy_readers"
    source.mkdir()
    (source / "handler.py").write_text("x = 1\n")
    monkeypatch.setattr(package, "ROOT", tmp_path)
    first = package.archive("redeploy_readers")
    os.utime(source / "handler.py", (1_000_000_000, 1_000_000_000))
    (source / "handler.py").chmod(0o600)
    assert package.archive("redeploy_readers") == first


@pytest.mark.attack(46)
def test_does_not_depend_on_the_order_in_which_a_folder_lists_its_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, listed = package.archive("rotate_database", complete=False), Path.iterdir
    monkeypatch.setattr(Path, "iterdir", lambda folder: reversed(list(listed(folder))))
    assert package.archive("rotate_database", complete=False) == first


@pytest.mark.attack(46)
def test_does_not_depend_on_the_machine_that_builds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    first = package.archive("redeploy_readers")
    monkeypatch.setattr(sys, "platform", "win32")
    assert package.archive("redeploy_readers") == first


@pytest.mark.attack(46)
@pytest.mark.parametrize("function", package.VENDORED)
def test_compresses_nothing_because_no_two_zlibs_need_agree(function: str) -> None:
    with zipfile.ZipFile(io.BytesIO(package.archive(function, complete=False))) as zipped:
        assert {one.compress_type for one in zipped.infolist()} == {zipfile.ZIP_STORED}


@pytest.mark.attack(46)
def test_takes_nothing_that_an_interpreter_left_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source = tmp_path / "redeploy_readers"
    source.mkdir()
    (source / "handler.py").write_text("x = 1\n")
    monkeypatch.setattr(package, "ROOT", tmp_path)
    first = package.archive("redeploy_readers")
    (source / "handler.cpython-311.pyc").write_bytes(b"compiled")
    assert package.archive("redeploy_readers") == first


@pytest.mark.attack(46)
def test_takes_nothing_that_an_installer_wrote() -> None:
    with zipfile.ZipFile(io.BytesIO(package.archive("rotate_database", complete=False))) as zipped:
        installed = [Path(name) for name in zipped.namelist() if ".dist-info/" in name]
    assert {path.name for path in installed if "LICENSE" not in path.name.upper()} == {"METADATA"}


@pytest.mark.parametrize("function", package.VENDORED)
def test_runs_from_its_zip_alone(function: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(package.build(function, tmp_path, complete=False)) as zipped:
        zipped.extractall(tmp_path / "task")
    # Lambda provides boto3, on a path after the package's own folder, as here; compiled distributions, which
    # are packed from wheels for another platform, come from here too.
    code = (
        "import importlib, sys; here, function, *vendored = sys.argv[1:]; sys.path.insert(0, here)\n"
        "importlib.import_module(f'{function}.handler')\n"
        "own = {name: module for name, module in sys.modules.items() if name.partition('.')[0] in vendored}\n"
        "assert {name for name in own if '.' not in name} == set(vendored), own\n"
        "files = [module.__file__ for module in own.values() if getattr(module, '__file__', None)]\n"
        "assert all(file.startswith(here) for file in files), files"
    )
    packages = [MODULES.get(name, name) for name in package.VENDORED[function]]
    packages += [name.partition("/")[0] for name in package.SHARED.get(function, ())]
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(tmp_path / "task"), function, *packages],
        cwd=tmp_path,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize("function", package.VENDORED)
def test_holds_pure_python_and_no_cache(function: str, tmp_path: Path) -> None:
    names = zipfile.ZipFile(package.build(function, tmp_path, complete=False)).namelist()
    assert {Path(name).suffix for name in names if ".dist-info/" not in name} <= {".py", ".pem"}
    assert f"{function}/handler.py" in names


def test_is_small_enough_to_upload_at_once() -> None:
    assert len(package.archive("rotate_database", complete=False)) < 5_000_000


CONNECTING = ("rotate_database", "check_restored_database")
"""The functions that connect to a database."""


@pytest.mark.attack(34)
@pytest.mark.parametrize("function", CONNECTING)
def test_refuses_to_build_without_the_authorities(
    function: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(package, "CA_BUNDLE", tmp_path / "rds-global-bundle.pem")
    with pytest.raises(package.PackageError, match="run `make ca-bundle`"):
        package.archive(function)


@pytest.mark.attack(34)
@pytest.mark.parametrize("function", CONNECTING)
def test_packs_the_authorities_beside_the_handler(
    function: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle = tmp_path / "rds-global-bundle.pem"
    bundle.write_text("authorities")
    monkeypatch.setattr(package, "CA_BUNDLE", bundle)
    with zipfile.ZipFile(io.BytesIO(package.archive(function, complete=False))) as zipped:
        assert zipped.read(f"{function}/rds-global-bundle.pem") == b"authorities"


def test_refuses_to_build_without_the_compiled_distributions(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bundle = tmp_path / "rds-global-bundle.pem"
    bundle.write_text("authorities")
    monkeypatch.setattr(package, "CA_BUNDLE", bundle)
    monkeypatch.setattr(package.wheels, "WHEELS", tmp_path)
    with pytest.raises(package.wheels.WheelError, match="run `make lambda-wheels`"):
        package.archive("check_restored_database")


@pytest.mark.attack(34)
@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", authority("Somebody")[1].public_bytes(Encoding.PEM)],
    ids=["none", "html", "other"],
)
def test_takes_no_authorities_but_amazons(content: bytes) -> None:
    with pytest.raises(package.PackageError):
        package.check_ca_bundle(content)


def test_counts_the_authorities_of_amazon() -> None:
    pem = authority("Amazon Web Services, Inc.")[1].public_bytes(Encoding.PEM)
    assert package.check_ca_bundle(pem + pem) == 2


def test_leaves_the_old_bundle_where_a_new_one_is_refused(tmp_path: Path) -> None:
    bundle, fetched = tmp_path / "bundle.pem", tmp_path / "fetched.pem"
    bundle.write_text("the old one")
    fetched.write_text("<html>")
    with pytest.raises(package.PackageError):
        package.fetch_ca_bundle(bundle, fetched.as_uri())
    assert bundle.read_text() == "the old one"
