"""Trust in the server's certificate: verified by default, pinned on request, never silently off."""

from __future__ import annotations

import hmac
import logging
import os
import socket
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

import certifi

from hostscan_automation.api.fingerprints import fingerprint_of
from hostscan_automation.errors import CertificateError, SettingsError

if TYPE_CHECKING:
    from hostscan_automation.api.address import ServerAddress
    from hostscan_automation.api.options import ConnectionOptions

_log = logging.getLogger("hostscan.api")

_BUNDLE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def build_context(options: ConnectionOptions) -> ssl.SSLContext:
    """Return the one TLS context that all connections of a client share.

    Building it reads the bundle, which takes tens of milliseconds; that is why there is one.

    Raises:
        SettingsError: The bundle cannot be read.
    """
    if options.insecure or options.fingerprint is not None:
        return _unverified_context()
    context = _context()
    # A bundle may hold the server's own certificate instead of its authority's.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    _load_authorities(context, options.ca_bundle)
    return context


def proxy_context() -> ssl.SSLContext:
    """Return the context for TLS to a proxy itself: always verified, by the system's authorities.

    What was said of the server's certificate says nothing of the proxy's.
    """
    context = _context()
    _load_authorities(context, None)
    return context


def check_pin(connection: ssl.SSLSocket, pin: str | None, url: str) -> None:
    """Compare the certificate of a connection with the pin, before anything is sent on it.

    Raises:
        CertificateError: It is another certificate.
    """
    if pin is None:
        return
    shown = fingerprint_of(connection.getpeercert(binary_form=True) or b"")
    if not hmac.compare_digest(shown, pin):
        raise CertificateError(
            f"server {url!r} shows the certificate {shown}, and {pin} is pinned",
            hint=(
                "Was the server's certificate renewed? Compare the fingerprint on the server, then"
                " pin the new one with --fingerprint or in the profile. If nobody renewed it, do"
                " not sign in: somebody may be in between."
            ),
            fingerprint=shown,
        )


def unverified(url: str, reason: str, shown: str | None) -> CertificateError:
    """Return the error for a certificate that could not be verified, with the three ways out."""
    pin = f"--fingerprint {shown}" if shown else "--fingerprint SHA256"
    return CertificateError(
        f"certificate of {url!r} is not trusted: {reason}",
        hint=(
            "Three ways out: give the certificate of its authority with --ca-bundle FILE; or,"
            f" once you have compared it on the server, pin this certificate with {pin}; or, in a"
            " laboratory only, switch verification off with --insecure."
        ),
        fingerprint=shown,
    )


def shown_fingerprint(address: ServerAddress, timeout_s: float) -> str | None:
    """Return the fingerprint a server shows; None if it shows none. Nothing is sent to it."""
    try:
        with (
            socket.create_connection((address.host, address.port), timeout=timeout_s) as plain,
            _unverified_context().wrap_socket(plain, server_hostname=address.host) as secured,
        ):
            certificate = secured.getpeercert(binary_form=True)
    except (OSError, ValueError):
        return None
    return fingerprint_of(certificate) if certificate else None


def warn_if_insecure(options: ConnectionOptions, url: str) -> None:
    """Say loudly that nobody knows which server this is."""
    if options.insecure and options.fingerprint is None and url.startswith("https:"):
        _log.warning(
            "the certificate of %s is not verified (--insecure): whoever is in between can read"
            " the password",
            url,
        )


def _context() -> ssl.SSLContext:
    # Not create_default_context: that trusts the system's authorities beside a given bundle, and
    # from Python 3.13 on refuses self-signed certificates for extensions they lack.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _unverified_context() -> ssl.SSLContext:
    context = _context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _load_authorities(context: ssl.SSLContext, ca_bundle: Path | None) -> None:
    """Trust the given bundle only, else the environment's, else the system's authorities."""
    origin, bundle = ("ca_bundle", ca_bundle) if ca_bundle else _bundle_of_environment()
    if bundle is None:
        context.load_default_certs()
        if not _has_authorities(context):
            context.load_verify_locations(cafile=certifi.where())
        return
    try:
        if bundle.is_dir():
            context.load_verify_locations(capath=str(bundle))
        else:
            context.load_verify_locations(cafile=str(bundle))
    except OSError as error:
        raise SettingsError(
            f"{origin} {str(bundle)!r} cannot be read: {error.strerror or 'no PEM certificates'}",
            hint="Give a text file that holds -----BEGIN CERTIFICATE----- blocks.",
        ) from None


def _bundle_of_environment() -> tuple[str, Path | None]:
    for name in _BUNDLE_VARIABLES:
        if value := os.environ.get(name):
            _log.info("trusting the authorities of %s: %s", name, value)
            return name, Path(value)
    return "", None


def _has_authorities(context: ssl.SSLContext) -> bool:
    # A folder of hashed certificates is read when needed and so never counted by the context.
    folder = ssl.get_default_verify_paths().capath
    return bool(context.cert_store_stats()["x509_ca"] or (folder and any(Path(folder).iterdir())))
