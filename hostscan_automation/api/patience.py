"""When a call is sent again, and how long it waits before."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from hostscan_automation.errors import (
    CertificateError,
    NotReachedError,
    RateLimitedError,
    ReplyLostError,
    ServerError,
    UnreadableReplyError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from hostscan_automation.clock import Clock
    from hostscan_automation.errors import HostscanError

_FIRST_WAIT_S = 0.25
_LONGEST_WAIT_S = 8.0
_SENT_AT_MOST = 12
_SENT_TO_STRANGERS = 3
_UNREADABLE_AT_MOST = 3
_PASSING_STATUSES = frozenset({502, 504})


class Patience:
    """What one call may still wait for.

    Args:
        clock: Waits, and measures the total deadline.
        total_s: After so many seconds nothing is sent again.
        only_unsent: For a CHANGE: it is sent again only when it surely never left.
        was_heard: Whether this server answered before. A wrong address is said soon, and a server
            that was there a moment ago is waited for.
        jitter: Gives a number from 0 to 1.
    """

    def __init__(
        self,
        clock: Clock,
        total_s: float,
        *,
        only_unsent: bool,
        was_heard: bool,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._clock = clock
        self._until = clock.monotonic() + total_s
        self._only_unsent = only_unsent
        self._was_heard = was_heard
        self._jitter = jitter
        self._sent = 0
        self._unreadable = 0

    def waits_after(self, error: HostscanError) -> bool:
        """Wait before the call is sent again; False where it must not be, or not any more."""
        self._sent += 1
        if not self._is_passing(error) or self._sent >= _SENT_AT_MOST:
            return False
        wait_s = self._wait_s(error)
        if self._clock.monotonic() + wait_s > self._until:
            return False
        self._clock.sleep(wait_s)
        return True

    def _is_passing(self, error: HostscanError) -> bool:
        match error:
            case CertificateError():
                return False
            case NotReachedError():
                return self._was_heard or self._sent < _SENT_TO_STRANGERS
            case _ if self._only_unsent:
                return False
            case ReplyLostError() | RateLimitedError():
                return True
            case UnreadableReplyError():
                self._unreadable += 1
                return self._unreadable < _UNREADABLE_AT_MOST and error.status == 200  # noqa: PLR2004
            case _:
                return isinstance(error, ServerError) and error.status in _PASSING_STATUSES

    def _wait_s(self, error: HostscanError) -> float:
        doubled = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2.0 ** (self._sent - 1))
        wait_s = doubled * (0.5 + self._jitter() / 2)
        if isinstance(error, RateLimitedError) and error.retry_after_s is not None:
            # never earlier than asked for, and not all callers at the same moment
            return error.retry_after_s + wait_s / 4
        return wait_s
