"""Look at a server without signing in: does it answer, and is its certificate trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hostscan_automation.api.address import ServerAddress
from hostscan_automation.api.inspection import reach
from hostscan_automation.api.options import ConnectionOptions
from hostscan_automation.api.tls import shown_fingerprint
from hostscan_automation.errors import CertificateError, HostscanError

if TYPE_CHECKING:
    from hostscan_automation.powershell import objects


def look_at(uri: str) -> objects.ConnectionTest:
    """Return what can be seen of a server; that it is not there is a finding, not an error.

    Raises:
        SettingsError: The address is none.
    """
    address, options = ServerAddress.parse(uri), ConnectionOptions()
    found: objects.ConnectionTest = {
        "Server": address.url,
        "IsReachable": False,
        "IsHealthy": None,
        "IsSignedIn": False,
        "Certificate": "none (http)" if address.scheme == "http" else "trusted",
        "Fingerprint": None,
        "Version": None,
        "Health": None,
        "ClockOffsetSec": None,
        "Message": None,
    }
    try:
        reach(address, options)
    except CertificateError as error:
        found |= {"Certificate": "not trusted", "Message": error.message}
    except HostscanError as error:
        return {**found, "Certificate": "unknown", "Message": error.message}
    if address.scheme == "https":
        found["Fingerprint"] = shown_fingerprint(address, options.connect_timeout_s)
    return {**found, "IsReachable": True}
