"""Refusals that come whatever the rate is: told from those of a server that wants fewer requests.

A limit is met, sooner or later, by slowing down. What is refused all the same, again and again
while the rate comes down, is not about the rate.
"""

from __future__ import annotations

import math

_REFUSALS_IN_A_ROW = 3
_SLOWED_TO = 0.7
_SLOWED_BY = 3.0
_SMALLEST_SHARE = 0.01
_LARGEST_SHARE = 0.6
_DEVIATIONS = 3.0
_ALWAYS_PUT_UP_WITH = 2
_ENOUGH = 20
_COUNTED_AT_MOST = 200


class Strays:
    """The refusals that come whatever the rate is.

    Attributes:
        share: What share of the requests they are, as far as that was learned; 0 until then.
    """

    def __init__(self) -> None:
        self.share = 0.0
        self._refused = 0.0
        self._all = 0.0

    @property
    def are_too_many(self) -> bool:
        """Whether more was refused of late than chance explains at the share that is known."""
        if not self.share:
            return self._refused > 0
        expected = self.share * self._all
        return self._refused > _ALWAYS_PUT_UP_WITH + expected + _DEVIATIONS * math.sqrt(expected)

    def count(self, *, is_refused: bool) -> None:
        """Count one reply; what is long ago counts less and less."""
        self._refused += is_refused
        self._all += 1
        if self._all >= _COUNTED_AT_MOST:
            self.learn()
            self._refused /= 2
            self._all /= 2

    def learn(self) -> None:
        """Take what was counted for the share, where it is known and enough was counted."""
        if self.share and self._all >= _ENOUGH:
            share = self._refused / self._all
            self.share = max(_SMALLEST_SHARE, min(_LARGEST_SHARE, share))

    def forget_counts(self) -> tuple[float, float]:
        """Begin to count anew; return how many were refused, and how many there were."""
        counts = self._refused, self._all
        self._refused = self._all = 0.0
        return counts


class Streak:
    """Refusals on the way, one after the other, that slowing down did not end.

    Args:
        ceiling: What it was when they began.
    """

    def __init__(self, ceiling: float) -> None:
        self._ceiling = ceiling
        self._length = 0
        self._refused = 0.0
        self._all = 0.0

    def add(self, refused: float, of: float) -> None:
        """Add what was counted between two of them."""
        self._length += 1
        self._refused += refused
        self._all += of

    def stray_share(self, ceiling: float) -> float:
        """Return what share is refused whatever the rate is; 0 where that is not what it says.

        Args:
            ceiling: What it is now. A limit would have been met before the rate came down so far.
        """
        has_slowed = ceiling <= min(_SLOWED_TO * self._ceiling, self._ceiling - _SLOWED_BY)
        if not has_slowed or self._length < _REFUSALS_IN_A_ROW or self._all < _ENOUGH:
            return 0.0
        share = self._refused / self._all
        return share if share <= _LARGEST_SHARE else 0.0
