"""A server that refuses above a rate, and workers that respect a throttle: event by event."""

from __future__ import annotations

import heapq
import random
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from hostscan_automation.runs.pacing import Throttle

if TYPE_CHECKING:
    from collections.abc import Callable


class Limiter(Protocol):
    def takes(self, now: float) -> bool: ...


@dataclass
class FixedWindow:
    """So many requests in each whole second."""

    limit: Callable[[float], float]
    second: int = -1
    count: int = 0

    def takes(self, now: float) -> bool:
        if int(now) != self.second:
            self.second, self.count = int(now), 0
        self.count += 1
        return self.count <= self.limit(now)


@dataclass
class SlidingWindow:
    """So many requests taken in any one second."""

    limit: Callable[[float], float]
    taken: deque[float] = field(default_factory=deque)

    def takes(self, now: float) -> bool:
        while self.taken and self.taken[0] <= now - 1:
            self.taken.popleft()
        if len(self.taken) >= self.limit(now):
            return False
        self.taken.append(now)
        return True


@dataclass
class TokenBucket:
    """A bucket that is refilled steadily and holds a second's worth at the most."""

    limit: Callable[[float], float]
    tokens: float = 5.0
    last: float = 0.0

    def takes(self, now: float) -> bool:
        rate = self.limit(now)
        self.tokens = min(rate, self.tokens + rate * (now - self.last))
        self.last = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@dataclass
class Moody:
    """Refuses a share of the requests whatever their rate is, and lets the rest through."""

    share: float
    chance: random.Random = field(default_factory=lambda: random.Random(1))

    def takes(self, now: float) -> bool:
        return self.chance.random() >= self.share


@dataclass
class Traffic:
    """What one run looked like from the server.

    Attributes:
        taken: When each request that was taken came.
        refused: When each refused one came.
    """

    taken: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)

    def goodput(self, begin: float, end: float) -> float:
        return sum(begin <= moment < end for moment in self.taken) / (end - begin)

    def refused_share(self, begin: float, end: float) -> float:
        refused = sum(begin <= moment < end for moment in self.refused)
        return refused / max(1, refused + sum(begin <= moment < end for moment in self.taken))


@dataclass(frozen=True)
class Load:
    """How the requests are made."""

    workers: int = 64
    rate: float | None = None
    latency_s: float = 0.02
    retry_after_s: float | None = None


def drive(limiter: Limiter, load: Load, seconds: float) -> Traffic:
    """Let workers send as fast as the throttle lets them, and return what the server saw."""
    throttle = Throttle(load.rate, lambda: 0.5)
    traffic = Traffic()
    # (time, order, what): a worker that wants to send, or a reply that reaches its worker
    events: list[tuple[float, int, str]] = [(0.0, n, "want") for n in range(load.workers)]
    order = load.workers
    while events and events[0][0] < seconds:
        now, _, what = heapq.heappop(events)
        order += 1
        if what == "want":
            wait_s = throttle.take(now)
            if wait_s > 0:
                heapq.heappush(events, (now + wait_s, order, "want"))
                continue
            is_taken = limiter.takes(now + load.latency_s / 2)
            (traffic.taken if is_taken else traffic.refused).append(now)
            reply = "good" if is_taken else "busy"
            heapq.heappush(events, (now + load.latency_s, order, reply))
        else:
            if what == "good":
                throttle.good(now)
            else:
                throttle.busy(now, load.retry_after_s)
            heapq.heappush(events, (now, order, "want"))
    return traffic
