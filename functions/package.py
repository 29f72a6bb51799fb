"""A function's package is the same bytes on every machine: sorted, undated, uncompressed, pure Python."""

from __future__ import annotations

import argparse
import importlib.metadata
import io
import sys
import urllib.request
import zipfile
from pathlib import Path, PurePosixPath
from typing import Final

from cryptography import x509

ROOT: Final = Path(__file__).parent
VENDORED: Final = {
    "rotate_database": ("pg8000", "scramp", "asn1crypto", "python-dateutil", "six"),
    "redeploy_readers": (),
}
"""What each function needs beside the standard library and Lambda's own boto3."""
CA_BUNDLE: Final = ROOT / "rotate_database" / "rds-global-bundle.pem"
CA_BUNDLE_URL: Final = "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem"
_CA_OWNER: Final = "Amazon Web Services, Inc."
_UNDATED: Final = (1980, 1, 1, 0, 0, 0)


class PackageError(Exception):
    """A package that would not work; the message says what to do."""


def build(function: str, directory: Path, *, complete: bool = True) -> Path:
    """Write the function's zip into ``directory`` and say where.

    ``complete=False`` leaves out what cannot be had offline, for a sandbox that never runs the zip.
    """
    target = directory / f"{function}.zip"
    content = archive(function, complete=complete)
    directory.mkdir(parents=True, exist_ok=True)
    if not target.exists() or target.read_bytes() != content:
        target.write_bytes(content)
    return target


def archive(function: str, *, complete: bool = True) -> bytes:
    """The function's zip."""
    if complete and function == "rotate_database" and not CA_BUNDLE.exists():
        raise PackageError(f"{CA_BUNDLE.name} is missing: run `make ca-bundle`, once, while online")
    members = _own(function)
    for distribution in VENDORED[function]:
        members |= _vendored(distribution)
    buffer = io.BytesIO()
    # Stored, not deflated: two builds of zlib need not compress to the same bytes.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as package:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, _UNDATED)
            info.create_system = 3  # Unix, also where it is built on something else
            info.external_attr = 0o644 << 16
            package.writestr(info, members[name].read_bytes())
    return buffer.getvalue()


def _own(function: str) -> dict[str, Path]:
    return {
        f"{function}/{path.name}": path
        for path in (ROOT / function).iterdir()
        if path.suffix in (".py", ".pem")
    }


def _vendored(distribution: str) -> dict[str, Path]:
    """The modules, with METADATA (pg8000 asks for its own version) and the licence."""
    files = importlib.metadata.files(distribution)
    if not files:
        raise PackageError(f"{distribution} is not installed: run `make setup`")
    return {str(file): Path(str(file.locate())) for file in files if _wanted(file)}


def _wanted(file: PurePosixPath) -> bool:
    if file.parts[0].endswith(".dist-info"):
        return file.name == "METADATA" or "LICENSE" in file.name.upper()
    return file.suffix == ".py" and ".." not in file.parts


def fetch_ca_bundle(target: Path = CA_BUNDLE, url: str = CA_BUNDLE_URL) -> int:
    """Put Amazon's list of RDS authorities where the package takes it from; how many there are."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        content = answer.read()
    count = check_ca_bundle(content)
    target.write_bytes(content)
    return count


def check_ca_bundle(content: bytes) -> int:
    """Refuse anything but certificates of authorities that Amazon issued to itself."""
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
    """Build one package, or fetch the bundle of authorities."""
    parser = argparse.ArgumentParser(prog="python -m functions.package", description=main.__doc__)
    parser.add_argument("what", choices=[*VENDORED, "ca-bundle"])
    parser.add_argument("--into", type=Path, default=Path("build"), help="directory of the zip")
    options = parser.parse_args(arguments)
    try:
        if options.what == "ca-bundle":
            print(f"{fetch_ca_bundle()} authorities in {CA_BUNDLE.name}")
        else:
            print(build(options.what, options.into))
    except PackageError as problem:
        print(problem, file=sys.stderr)
        return 1
    except OSError as problem:
        print(f"{options.what}: {problem}", file=sys.stderr)
        return 5
    return 0


if __name__ == "__main__":
    sys.exit(main())
