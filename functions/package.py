"""Builds Lambda packages that are byte-identical on every machine: sorted, undated, not compressed."""

from __future__ import annotations

import argparse
import importlib.metadata
import io
import sys
import urllib.request
import zipfile
from pathlib import Path
from typing import Final

from cryptography import x509

from functions import wheels

ROOT: Final = Path(__file__).parent
_PG8000: Final = ("pg8000", "scramp", "asn1crypto", "python-dateutil", "six")
VENDORED: Final[dict[str, tuple[str, ...]]] = {
    "check_restored_database": (*_PG8000, "pybase64"),
    "publish_ages": (),
    "redeploy_readers": (),
    "rotate_database": _PG8000,
    "validate_restore": (),
}
"""The distributions that each function needs besides the standard library and Lambda's boto3.

Only their Python modules are packed: pybase64 then runs without its extension module.
"""
_POSTGRESQL: Final = "functions/postgresql"
SHARED: Final[dict[str, tuple[str, ...]]] = {
    "check_restored_database": ("encryption_keys", _POSTGRESQL),
    "rotate_database": (_POSTGRESQL,),
}
"""The program's own packages that a function imports, under the names that they have in the program."""
NATIVE: Final[dict[str, tuple[str, ...]]] = {"check_restored_database": ("cryptography", "cffi")}
"""Compiled distributions, which are packed from wheels for Lambda's platform."""
CA_BUNDLE: Final = ROOT / "rotate_database" / "rds-global-bundle.pem"
CA_BUNDLE_URL: Final = "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem"
_CA_OWNER: Final = "Amazon Web Services, Inc."
_UNDATED: Final = (1980, 1, 1, 0, 0, 0)


class PackageError(Exception):
    """A package cannot be built; the message contains the remedy."""


def build(function: str, directory: Path, *, complete: bool = True) -> Path:
    """Write the function's zip into ``directory``, and return its path.

    ``complete=False`` omits files that need a download, for the sandbox, which never runs the zip.
    """
    target = directory / f"{function}.zip"
    content = archive(function, complete=complete)
    directory.mkdir(parents=True, exist_ok=True)
    if not target.exists() or target.read_bytes() != content:
        target.write_bytes(content)
    return target


def archive(function: str, *, complete: bool = True) -> bytes:
    """The function's zip."""
    members = {name: path.read_bytes() for name, path in _modules(function).items()}
    if _POSTGRESQL in SHARED.get(function, ()):
        members |= _ca_bundle(function, complete=complete)
    if complete:
        for distribution in NATIVE.get(function, ()):
            members |= wheels.members(distribution)
    buffer = io.BytesIO()
    # Stored, not deflated, because zlib versions compress to different bytes.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as package:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, _UNDATED)
            info.create_system = 3  # Unix, whatever system builds the package
            info.external_attr = 0o644 << 16
            package.writestr(info, members[name])
    return buffer.getvalue()


def _modules(function: str) -> dict[str, Path]:
    """The Python modules of a function, of the packages that it shares, and of its distributions."""
    found = {f"{function}/{path.name}": path for path in (ROOT / function).iterdir() if path.suffix == ".py"}
    for package in SHARED.get(function, ()):
        parent, folder = Path(package).parent, ROOT.parent / package
        found |= {f"{package}/{path.name}": path for path in folder.iterdir() if path.suffix == ".py"}
        if parent.name:
            found[f"{parent}/__init__.py"] = ROOT.parent / parent / "__init__.py"
    for distribution in VENDORED[function]:
        found |= _vendored(distribution)
    return found


def _ca_bundle(function: str, *, complete: bool) -> dict[str, bytes]:
    if CA_BUNDLE.exists():
        return {f"{function}/{CA_BUNDLE.name}": CA_BUNDLE.read_bytes()}
    if complete:
        raise PackageError(f"{CA_BUNDLE.name} is missing: run `make ca-bundle`, once, while online")
    return {}


def _vendored(distribution: str) -> dict[str, Path]:
    """The modules, METADATA (pg8000 reads its own version) and the licence."""
    files = importlib.metadata.files(distribution)
    if not files:
        raise PackageError(f"{distribution} is not installed: run `make setup`")
    wanted = [file for file in files if file.suffix != ".so" and wheels.wanted(file)]
    return {str(file): Path(str(file.locate())) for file in wanted}


def fetch_ca_bundle(target: Path = CA_BUNDLE, url: str = CA_BUNDLE_URL) -> int:
    """Download Amazon's RDS certificate bundle, check it, and return its number of certificates."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        content = answer.read()
    count = check_ca_bundle(content)
    target.write_bytes(content)
    return count


def check_ca_bundle(content: bytes) -> int:
    """Check that a bundle contains only CA certificates of Amazon; return their number."""
    try:
        certificates = x509.load_pem_x509_certificates(content)
    except ValueError as problem:
        raise PackageError(f"what was fetched is not a list of certificates: {problem}") from None
    for certificate in certificates:
        owners = certificate.subject.get_attributes_for_oid(x509.NameOID.ORGANIZATION_NAME)
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
        if not constraints.value.ca or [owner.value for owner in owners] != [_CA_OWNER]:
            raise PackageError(f"not an authority of {_CA_OWNER}: {certificate.subject.rfc4514_string()}")
    return len(certificates)


def main(arguments: list[str] | None = None) -> int:
    """Build the package of one function, or download the RDS certificate bundle or Lambda's wheels."""
    parser = argparse.ArgumentParser(prog="python -m functions.package", description=main.__doc__)
    parser.add_argument("what", choices=[*VENDORED, "ca-bundle", "wheels"])
    parser.add_argument("--into", type=Path, default=Path("build"), help="directory of the zip")
    options = parser.parse_args(arguments)
    try:
        if options.what == "ca-bundle":
            print(f"{fetch_ca_bundle()} authorities in {CA_BUNDLE.name}")
        elif options.what == "wheels":
            print("\n".join(wheels.fetch([one for some in NATIVE.values() for one in some])))
        else:
            print(build(options.what, options.into))
    except (PackageError, wheels.WheelError) as problem:
        print(problem, file=sys.stderr)
        return 1
    except OSError as problem:
        print(f"{options.what}: {problem}", file=sys.stderr)
        return 5
    return 0


if __name__ == "__main__":
    sys.exit(main())
