"""The program on a machine whose clock is off by `CAMPAIGN_CLOCK_S` seconds."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta

from hostscan_automation import clock
from hostscan_automation.cli.main import main

_OFFSET = timedelta(seconds=float(os.environ.get("CAMPAIGN_CLOCK_S", "0")))


def _shifted(_: clock.SystemClock) -> datetime:
    return datetime.now(UTC) + _OFFSET


if __name__ == "__main__":
    clock.SystemClock.now = _shifted  # type: ignore[method-assign,assignment]
    sys.exit(main())
