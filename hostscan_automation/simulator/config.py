"""What a simulated server is like."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from hostscan_automation.errors import SettingsError
from hostscan_automation.simulator.accounts import LOCKED_AFTER
from hostscan_automation.simulator.faults import Faults

if TYPE_CHECKING:
    from pathlib import Path

_LAST_PORT = 65535
_MOST_JOBS = 2**32


@dataclass(frozen=True, slots=True)
class SimulatorConfig:
    """One simulated server.

    Attributes:
        port: TCP port on 127.0.0.1; 0 takes any free one.
        jobs: How many jobs the seeded data holds.
        seed: The same seed gives the same jobs, accounts and faults.
        lenient_cookie: Whether the second sign-in step works without the first one's cookie.
        sign_in_2fa_paths: Spellings of the second step that exist; others answer 404.
        strict_content_type: Whether sign-in calls without a JSON content type answer 415.
        token_as_text: Whether tokens come as text/plain instead of a JSON string.
        token_ttl_s: Lifetime of an access token.
        lock_after: After how many refused passwords and codes in a row an account is locked.
        status_as_name: Whether statuses and failure reasons come as names instead of numbers.
        date_zone: Whether dates end in Z; without it they are UTC all the same.
        cancel_delay_s: Seconds from the 202 to Cancelled, at least and at most.
        scan_s: Seconds a scan asked for through the API waits; it then runs ten times as long.
        known_hosts_only: Whether scheduling an unknown host answers 400 instead of making it up.
        other_endpoints: Whether paths under /api/v1 that are not simulated answer 200 or 202.
        log: File that gets one JSON line for each request, or None.
    """

    port: int = 0
    tls: bool = False
    jobs: int = 2134
    seed: int = 1
    faults: Faults = field(default_factory=Faults)
    lenient_cookie: bool = False
    sign_in_2fa_paths: tuple[str, ...] = ("/signin2fa", "/sigin2fa")
    strict_content_type: bool = False
    token_as_text: bool = False
    token_ttl_s: float = 900.0
    lock_after: int = LOCKED_AFTER
    status_as_name: bool = False
    date_zone: Literal["mixed", "always", "never"] = "mixed"
    cancel_delay_s: tuple[float, float] = (0.3, 1.5)
    scan_s: float = 3.0
    known_hosts_only: bool = False
    other_endpoints: bool = True
    log: Path | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.port <= _LAST_PORT:
            raise SettingsError(f"port {self.port} is not between 0 and {_LAST_PORT}")
        if not 0 <= self.jobs < _MOST_JOBS:
            raise SettingsError(f"number of jobs {self.jobs} is not between 0 and {_MOST_JOBS - 1}")
