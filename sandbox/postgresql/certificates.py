"""Creates a certificate authority and a server certificate for ``localhost``, valid for two days."""

from __future__ import annotations

import datetime as dt
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

AUTHORITY, CERTIFICATE, KEY = "ca.pem", "server.pem", "server.key"
"""The files that :func:`write` creates."""


def authority(owner: str = "Test authority") -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """Create a certificate authority: its private key and its certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, owner)])
    builder = _builder(subject, subject, key).add_extension(x509.BasicConstraints(True, 0), critical=True)
    return key, builder.sign(key, hashes.SHA256())


def write(folder: Path) -> None:
    """Write an authority's certificate, and a certificate for ``localhost`` and 127.0.0.1 with its key."""
    ca_key, ca = authority()
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = _builder(subject, ca.subject, key).add_extension(names, critical=False)
    pem = serialization.Encoding.PEM
    (folder / AUTHORITY).write_bytes(ca.public_bytes(pem))
    (folder / CERTIFICATE).write_bytes(certificate.sign(ca_key, hashes.SHA256()).public_bytes(pem))
    (folder / KEY).touch(mode=0o600)
    (folder / KEY).write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=2))
    )
