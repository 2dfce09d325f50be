"""Keep all workers together within what the server takes: the rate, its limits, its pauses.

`Throttle` is the arithmetic, without a clock of its own; `Pacer` shares it among workers.

How the rate moves. Nothing is slowed down until the server refuses (429 or 503). What got through
in the best second since the last refusal then counts as what the server can take, and becomes the
*ceiling*. From there the rate takes one course, measured in seconds of good replies:

    0      half of the ceiling: the halving
    0.25   93 % of it
    9      all of it, reached slowly: nearly all the time is spent here, just below the limit
    10     the full rate again, reached faster and faster: the server may have recovered

A limit that nobody announced is so found once, kept to within a tenth, and tried again about every
nine seconds.

A refusal on the way says that the limit has come down: the course begins anew with a new ceiling,
at most once a second, because those that were already on their way say nothing new. Three such in a
row that go on while the rate has come down by a third say something else: slowing down does not
help, so the refusals are not about the rate. What share of the requests they are is known then
(`strays.py`), and until the full rate is refused only more than that share counts. Else every stray
refusal would take its part of the rate, until next to nothing is left.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import TYPE_CHECKING

from hostscan_automation.runs.strays import Strays, Streak

if TYPE_CHECKING:
    from collections.abc import Callable

    from hostscan_automation.clock import Clock

_LOG = logging.getLogger("hostscan.runs")

LONGEST_RETRY_AFTER_S = 300.0
RECOVERED_AFTER_S = 10.0
_CLIMBED_AFTER_S = 0.25
_REACHED_AFTER_S = 9.0
_CLIMBED_TO = 0.93
_HALVINGS_APART_S = 1.0
_SLOWEST = 1.0
_FIRST_GUESS = 10.0
_LAST_TRY_OF_UNLIMITED = 32.0
_FIRST_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 30.0
_CREDIT_S = 0.05
_JITTER = 0.1


class Goodput:
    """How many good replies the best second had."""

    def __init__(self) -> None:
        self._last_second: deque[float] = deque()
        self._best = 0

    def add(self, now: float) -> None:
        """Count a good reply."""
        while self._last_second and self._last_second[0] <= now - 1:
            self._last_second.popleft()
        self._last_second.append(now)
        self._best = max(self._best, len(self._last_second))

    def take(self) -> int:
        """Return the best second's count, and forget all seconds but the last."""
        best, self._best = self._best, 0
        return best


class Throttle:
    """When the next request may go. All times are seconds of one monotonic clock.

    Args:
        full: The most requests a second, or None.
        jitter: Gives a number from 0 to 1; spreads the ends of pauses, so that two machines do not
            come back at the same moment.

    Attributes:
        refused: How many requests the server turned away.
    """

    def __init__(self, full: float | None, jitter: Callable[[], float]) -> None:
        self._full = full
        self._jitter = jitter
        self._slowest = _SLOWEST if full is None else min(_SLOWEST, full)
        self._ceiling: float | None = None
        self._good_since: float | None = None
        self._halved_at = float("-inf")
        self._paused_until = float("-inf")
        self._pauses = 0
        self._next = float("-inf")
        self._goodput = Goodput()
        self._strays = Strays()
        self._streak = Streak(0.0)
        self._is_trying = False
        self.refused = 0

    @property
    def is_free(self) -> bool:
        """Whether requests may go as they come: no rate, no pause, no limit known."""
        return self._full is None and self._ceiling is None

    def rate(self, now: float) -> float | None:
        """Return how many requests a second are allowed now; None is as many as come."""
        if self._ceiling is None:
            return self._full
        good_s = 0.0 if self._good_since is None else now - self._good_since
        if good_s >= _REACHED_AFTER_S and not self._is_trying:
            self._is_trying = True
            self._strays.learn()
            self._strays.forget_counts()
        if good_s >= RECOVERED_AFTER_S:
            self._ceiling = None
            return self._full
        rate = max(self._slowest, self._ceiling * self._course(self._ceiling, good_s))
        return rate if self._full is None else min(self._full, rate)

    def take(self, now: float) -> float:
        """Take a place for one request, and return 0; or the seconds until there may be one."""
        wait_s = max(self._next, self._paused_until) - now
        if wait_s > 0:
            return wait_s
        rate = self.rate(now)
        if rate is not None:
            # a worker that woke a little late must not slow all of them down: hence the credit
            self._next = max(self._next, now - _CREDIT_S) + 1 / rate
        return 0.0

    def good(self, now: float) -> None:
        """Learn that the server took a request."""
        self._goodput.add(now)
        self._pauses = 0
        if now - self._halved_at >= _HALVINGS_APART_S:
            self._strays.count(is_refused=False)
        if self._good_since is None and now >= self._paused_until:
            self._good_since = now

    def busy(self, now: float, retry_after_s: float | None) -> None:
        """Learn that the server turned a request away (429 or 503).

        Args:
            now: When its reply came.
            retry_after_s: What the server asked for, already bounded.
        """
        self.refused += 1
        is_stray = False
        if now - self._halved_at >= _HALVINGS_APART_S:
            self._strays.count(is_refused=True)
            is_stray = not self._strays.are_too_many
            if not is_stray:
                self._halve(now)
        if retry_after_s is None:
            if is_stray or now < self._paused_until:
                return
            retry_after_s = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2**self._pauses)
            self._pauses += 1
        pause_s = retry_after_s * (1 + _JITTER * self._jitter())
        self._paused_until = max(self._paused_until, now + pause_s)
        self._next = max(self._next, self._paused_until)

    def _halve(self, now: float) -> None:
        rate = self.rate(now)
        through = self._goodput.take()
        if rate is None:
            rate = through or _FIRST_GUESS
        ceiling = max(self._slowest, min(rate, through or rate))
        self._learn_of_strays(ceiling)
        self._ceiling = ceiling
        self._good_since = None
        self._is_trying = False
        self._halved_at = now

    def _learn_of_strays(self, ceiling: float) -> None:
        """Take in a refusal that counts, on the way or of the full rate, and the new ceiling."""
        counts = self._strays.forget_counts()
        if self._ceiling is None or self._is_trying:
            self._streak, self._strays.share = Streak(ceiling), 0.0
            return
        self._streak.add(*counts)
        self._strays.share = self._streak.stray_share(ceiling)

    def _course(self, ceiling: float, good_s: float) -> float:
        """Return the share of the ceiling that is allowed after so many seconds of good replies."""
        if good_s < _CLIMBED_AFTER_S:
            return 0.5 + (_CLIMBED_TO - 0.5) * good_s / _CLIMBED_AFTER_S
        if good_s < _REACHED_AFTER_S:
            way = (good_s - _CLIMBED_AFTER_S) / (_REACHED_AFTER_S - _CLIMBED_AFTER_S)
            return _CLIMBED_TO + (1 - _CLIMBED_TO) * way
        last = _LAST_TRY_OF_UNLIMITED if self._full is None else max(1.0, self._full / ceiling)
        way = (good_s - _REACHED_AFTER_S) / (RECOVERED_AFTER_S - _REACHED_AFTER_S)
        return float(last ** (way * way))


class Pacer:
    """One throttle shared by all workers of a run.

    Args:
        rate: Requests that change something, a second; None is unlimited.
        jitter: Gives a number from 0 to 1.
    """

    def __init__(self, rate: float | None, *, clock: Clock, jitter: Callable[[], float]) -> None:
        self._throttle = Throttle(rate, jitter)
        self._clock = clock
        self._gate = threading.Lock()
        self._lock = threading.Lock()
        self._has_told = False

    @property
    def refused(self) -> int:
        """How many requests the server turned away with 429 or 503."""
        return self._throttle.refused

    def wait_for_turn(self, until: float, over: threading.Event) -> bool:
        """Wait until one request may go.

        Args:
            until: The end of the run, by the monotonic clock.
            over: Ends the wait at once.

        Returns:
            False when the turn does not come before the end, or everything is over.
        """
        if self._throttle.is_free:  # a look without the lock: a refusal may come any time anyway
            return True
        with self._gate:  # one waits for time, the others for that one: every turn is decided late
            while (wait_s := self._take()) > 0:
                if self._clock.monotonic() + wait_s > until:
                    return False
                if self._clock.wait(over, wait_s):
                    return False
            return True

    def good(self) -> None:
        """Learn that the server took a request."""
        with self._lock:
            self._throttle.good(self._clock.monotonic())

    def busy(self, retry_after_s: float | None) -> None:
        """Learn that the server turned a request away, and how long it asked to wait."""
        if retry_after_s is not None and retry_after_s > LONGEST_RETRY_AFTER_S:
            self._tell_of_the_cap(retry_after_s)
            retry_after_s = LONGEST_RETRY_AFTER_S
        with self._lock:
            self._throttle.busy(self._clock.monotonic(), retry_after_s)

    def _take(self) -> float:
        with self._lock:
            return self._throttle.take(self._clock.monotonic())

    def _tell_of_the_cap(self, asked_s: float) -> None:
        if not self._has_told:
            self._has_told = True
            _LOG.warning(
                "server asked to wait %.0f s before the next request; waiting %.0f s at a time",
                asked_s,
                LONGEST_RETRY_AFTER_S,
            )
