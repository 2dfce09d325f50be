"""What can be seen of a job at one moment: the server's time, and whether the detail was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from hostscan_automation.jobs.verdict import ANYTHING, UNDECIDED

FURTHEST_AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Sight:
    """The conditions under which a job is looked at.

    Attributes:
        now: The server's time, aware.
        latest: A time after this one is not believed: some clock is wrong.
        unread: What a clause on a detail can be: anything while the detail can still be read,
            undecided where it cannot be had, None where it was read.
    """

    now: datetime
    latest: datetime
    unread: int | None = None

    def is_ahead(self, moment: datetime | None) -> bool:
        """Whether a time lies too far in the server's future to be believed."""
        return moment is not None and moment > self.latest


@dataclass(frozen=True, slots=True)
class Sights:
    """The three conditions of one moment."""

    read: Sight
    not_yet_read: Sight
    not_to_be_had: Sight

    @classmethod
    def at(cls, now: datetime) -> Sights:
        """Return them for a server whose clock shows that time."""
        latest = now + FURTHEST_AHEAD
        return cls(Sight(now, latest), Sight(now, latest, ANYTHING), Sight(now, latest, UNDECIDED))

    def of(self, has_detail: bool) -> Sight:  # noqa: FBT001 - the one thing it depends on
        """Return the conditions for a job whose detail was read or not."""
        return self.read if has_detail else self.not_yet_read
