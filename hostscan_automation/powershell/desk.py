"""What one bridge has at hand: its session, the plans it showed, the time, the environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hostscan_automation.powershell.faults import NOT_CONNECTED, Fault
from hostscan_automation.powershell.objects import time_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from hostscan_automation.api.client import HostScanClient
    from hostscan_automation.clock import Clock
    from hostscan_automation.powershell import objects
    from hostscan_automation.reports.redaction import Redaction
    from hostscan_automation.settings import Settings


@dataclass(frozen=True, slots=True)
class Session:
    """One signed-in session.

    Attributes:
        sign_in: Which way of signing in it was, as Connect names it.
        server_version: None where the server does not tell it.
    """

    client: HostScanClient
    settings: Settings
    sign_in: str
    connected_at: datetime
    server_version: str | None

    def to_object(self, name: str) -> objects.Session:
        """Return the session as PowerShell gets it."""
        client = self.client
        return {
            "Name": name,
            "Server": client.server,
            "Account": client.account,
            "Roles": list(client.roles or ()),
            "SignIn": self.sign_in,
            "Certificate": certificate_text(self.settings),
            "ServerVersion": self.server_version,
            "ConnectedAt": time_text(self.connected_at) or "",
            "ExpiresAt": time_text(client.token_expires_at),
        }


@dataclass(slots=True)
class Desk:
    """Everything that outlives one call.

    Attributes:
        environ: The environment this process was started with.
        redaction: Learns every secret that comes here.
        name: What the client calls its session.
    """

    environ: Mapping[str, str]
    clock: Clock
    redaction: Redaction
    name: str = "Default"
    current: Session | None = None
    plans: dict[str, object] = field(default_factory=dict)

    @property
    def session(self) -> Session:
        """The session.

        Raises:
            Fault: `NotConnected`.
        """
        if self.current is None:
            raise Fault(NOT_CONNECTED, f"session {self.name} is not connected")
        return self.current

    def leave(self) -> None:
        """Forget the session and everything that belongs to it."""
        self.plans.clear()
        if self.current is not None:
            self.current.client.close()
            self.current = None


def certificate_text(settings: Settings) -> str:
    """Return in a word or two how the server's certificate is looked at."""
    if settings.server.startswith("http:"):
        return "none (http)"
    if settings.insecure:
        return "not checked"
    return "pinned" if settings.fingerprint else "verified"
