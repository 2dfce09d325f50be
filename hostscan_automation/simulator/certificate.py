"""A self-signed certificate made on the spot for 127.0.0.1 and localhost."""

from __future__ import annotations

import datetime
import ipaddress
import os
import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Far apart, so that a test with a clock of its own can stand anywhere between.
_FROM = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
_UNTIL = datetime.datetime(2049, 12, 31, tzinfo=datetime.UTC)


def make_certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Make a certificate; return its PEM file, to trust, and a server context that shows it.

    The private key lies beside it, readable by its owner only.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    return show_certificate(context, folder, "simulator"), context


def show_certificate(context: ssl.SSLContext, folder: Path, name: str) -> Path:
    """Make a certificate and show it to connections from now on; return its PEM file."""
    certificate, key = _make()
    pem, private = folder / f"{name}.pem", folder / f"{name}.key"
    pem.write_bytes(certificate)
    descriptor = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(key)
    context.load_cert_chain(pem, private)
    return pem


def _make() -> tuple[bytes, bytes]:
    """Return a certificate that signs itself, and its key, as PEM."""
    from cryptography import x509  # noqa: PLC0415 - heavy, and needed with TLS only
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, "localhost")])
    names = [
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
        x509.IPAddress(ipaddress.ip_address("::1")),
    ]
    server = x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH])
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(**_USAGE), critical=True)
        .add_extension(server, critical=False)
        .add_extension(identifier, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return certificate.public_bytes(pem), key.private_bytes(pem, form, plain)


# It signs itself, and strict clients want that to be said.
_USAGE = {
    "digital_signature": True,
    "content_commitment": False,
    "key_encipherment": False,
    "data_encipherment": False,
    "key_agreement": False,
    "key_cert_sign": True,
    "crl_sign": False,
    "encipher_only": False,
    "decipher_only": False,
}
