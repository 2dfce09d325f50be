"""How to talk to the server: trust and patience, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hostscan_automation.api.fingerprints import read_fingerprint
from hostscan_automation.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

_DURATIONS = (
    "connect_timeout_s",
    "read_timeout_s",
    "reply_deadline_s",
    "list_deadline_s",
    "retry_for_s",
)


@dataclass(frozen=True, slots=True)
class ConnectionOptions:
    """Whom to trust and how long to wait.

    Attributes:
        ca_bundle: PEM file (or folder of hashed certificates) to trust instead of the system's
            authorities; it may hold the server's own certificate.
        fingerprint: SHA-256 of the one certificate to trust. It alone decides then: name,
            authority and date are not looked at.
        insecure: Trust any certificate. Said as a warning each time a client is built.
        connect_timeout_s: To reach the server, the TLS handshake included.
        read_timeout_s: Longest silence of the server in the midst of a call. In as much time 32 KiB
            have to come of a reply that has begun: one that only drips is given up.
        reply_deadline_s: Longest time a whole reply may take that is not a list.
        list_deadline_s: Longest time a whole list may take, however steadily it comes.
        retry_for_s: Total time a reading call may take with all its repetitions.
    """

    ca_bundle: Path | None = None
    fingerprint: str | None = None
    insecure: bool = False
    connect_timeout_s: float = 10.0
    read_timeout_s: float = 60.0
    reply_deadline_s: float = 60.0
    list_deadline_s: float = 3600.0
    retry_for_s: float = 120.0

    def __post_init__(self) -> None:
        if self.fingerprint is not None:
            object.__setattr__(self, "fingerprint", read_fingerprint(self.fingerprint))
        for name in _DURATIONS:
            if not getattr(self, name) > 0:
                raise SettingsError(f"{name} is not more than zero: {getattr(self, name)!r}")
