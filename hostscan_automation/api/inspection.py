"""Look at a server from outside, before anybody signs in: does it answer, and who is it."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from hostscan_automation.api.connections import Line
from hostscan_automation.api.fingerprints import fingerprint_of
from hostscan_automation.api.tls import build_context

if TYPE_CHECKING:
    from hostscan_automation.api.address import ServerAddress
    from hostscan_automation.api.options import ConnectionOptions


def reach(address: ServerAddress, options: ConnectionOptions) -> str | None:
    """Connect as every call does, trust included, and send nothing.

    A proxy of the environment is not asked: this looks at the server itself.

    Returns:
        The SHA-256 fingerprint of the certificate it shows, to pin; None over plain http.

    Raises:
        CertificateError: It answers, and its certificate is not the one to trust.
        NotReachedError: Its name is not known, nobody listens there, or no TLS is spoken.
        SettingsError: The bundle to trust cannot be read.
    """
    context = build_context(options) if address.scheme == "https" else None
    connection = Line(address, options, context).connection()
    connection.connect()
    try:
        if not isinstance(connection.sock, ssl.SSLSocket):
            return None
        return fingerprint_of(connection.sock.getpeercert(binary_form=True) or b"")
    finally:
        connection.close()
