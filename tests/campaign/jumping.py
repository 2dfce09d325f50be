"""The program on a machine whose clock jumps: `python -m tests.campaign.jumping ARGUMENTS`."""

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime, timedelta

from hostscan_automation import clock
from hostscan_automation.cli.main import main

_CHANCE = random.Random(7)


def _jumping(_: clock.SystemClock) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=_CHANCE.uniform(-7200, 7200))


if __name__ == "__main__":
    clock.SystemClock.now = _jumping  # type: ignore[method-assign,assignment]
    sys.exit(main())
