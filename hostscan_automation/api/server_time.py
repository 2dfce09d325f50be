"""The server's clock, read from the `Date` of its replies."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hostscan_automation.clock import Clock

_log = logging.getLogger("hostscan.api")

_TOLERATED_S = 3.0
_LOOK_AGAIN_AFTER_S = 10.0
_BELIEVED_YEARS = range(2000, 2200)
"""A clock that shows another year is no clock: ages and codes cannot be reckoned by it."""


class ServerTime:
    """What time it is on the server.

    As long as the two clocks agree within a few seconds, this machine's clock is taken: a `Date`
    has whole seconds only. From then on time goes by the monotonic clock, so that a clock which
    is set in mid-run moves nothing.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._base: tuple[datetime, float] | None = None
        self._look_again_at = float("-inf")
        self.offset_s = 0.0

    def now(self) -> datetime:
        """Return the server's time, aware, UTC; this machine's until the server was heard."""
        if self._base is None:
            return self._clock.now()
        moment, at = self._base
        return moment + timedelta(seconds=self._clock.monotonic() - at)

    def note(self, date: str | None) -> None:
        """Take over a `Date` header, at most every few seconds."""
        if date is None or self._clock.monotonic() < self._look_again_at:
            return
        told = parse_http_date(date)
        if told is not None:
            with self._lock:
                self._adopt(told + timedelta(seconds=0.5))

    def _adopt(self, told: datetime) -> None:
        at = self._clock.monotonic()
        self._look_again_at = at + _LOOK_AGAIN_AFTER_S
        if self._base is not None and abs((told - self.now()).total_seconds()) <= _TOLERATED_S:
            return
        local = self._clock.now()
        difference_s = (told - local).total_seconds()
        is_off = abs(difference_s) > _TOLERATED_S
        self._base = (told if is_off else local, at)
        self.offset_s = round(difference_s, 1) if is_off else 0.0
        if is_off:
            _log.warning(
                "the server's clock and this machine's differ by %.0f s (the server's is %s); codes"
                " and ages go by the server's",
                abs(difference_s),
                "ahead" if difference_s > 0 else "behind",
            )


def parse_http_date(text: str) -> datetime | None:
    """Return an HTTP date, aware, UTC; None where the text is none, or one of no believed year."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.year not in _BELIEVED_YEARS:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
