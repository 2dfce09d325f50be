"""What a run works with: the server's two faces, the time, and who may stop it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hostscan_automation.clock import SystemClock
from hostscan_automation.runs.progress import SilentProgress
from hostscan_automation.runs.stop import Stop

if TYPE_CHECKING:
    from collections.abc import Callable

    from hostscan_automation.clock import Clock
    from hostscan_automation.runs.ports import Canceller, JobReader
    from hostscan_automation.runs.progress import Progress


@dataclass(frozen=True, slots=True)
class Means:
    """What a run works with.

    Attributes:
        chance: Gives a number from 0 to 1, for jitter.
    """

    reader: JobReader
    canceller: Canceller
    clock: Clock = field(default_factory=SystemClock)
    stop: Stop = field(default_factory=Stop)
    progress: Progress = field(default_factory=SilentProgress)
    chance: Callable[[], float] = random.random
