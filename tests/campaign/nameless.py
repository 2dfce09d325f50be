"""The program on a machine whose name server goes away: `python -m tests.campaign.nameless ...`.

After `CAMPAIGN_NAMES` names were resolved, none is for `CAMPAIGN_NAMELESS_S` seconds.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from typing import Any

from hostscan_automation.cli.main import main

_RESOLVE = socket.getaddrinfo


class _NameServer:
    def __init__(self, names: int, away_s: float) -> None:
        self._left = names
        self._away_s = away_s
        self._back_at: float | None = None
        self._lock = threading.Lock()

    def resolve(self, *arguments: Any, **options: Any) -> Any:
        if self._is_away():
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return _RESOLVE(*arguments, **options)

    def _is_away(self) -> bool:
        with self._lock:
            self._left -= 1
            if self._left >= 0:
                return False
            self._back_at = self._back_at or time.monotonic() + self._away_s
            return time.monotonic() < self._back_at


if __name__ == "__main__":
    names, away_s = os.environ["CAMPAIGN_NAMES"], os.environ["CAMPAIGN_NAMELESS_S"]
    socket.getaddrinfo = _NameServer(int(names), float(away_s)).resolve
    sys.exit(main())
