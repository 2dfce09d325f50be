"""Say numbers, times and outcomes as a person would, in every rendering alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hostscan_automation.jobs.outcome import Outcome

if TYPE_CHECKING:
    from datetime import datetime

OUTCOME_WORDS = {outcome: outcome.value.replace("_", " ") for outcome in Outcome}

OUTCOME_MEANINGS = {
    Outcome.CANCELLED: "The server showed the job as Cancelled afterwards.",
    Outcome.ACCEPTED: "The server took the cancel (202), and had not carried it out in time.",
    Outcome.ALREADY_FINISHED: "The job had ended by itself.",
    Outcome.GONE: "The server does not know the job any more.",
    Outcome.REFUSED: "The server refused to cancel the job, and it is still active.",
    Outcome.FAILED: "The cancel did not happen; the detail says why.",
    Outcome.UNCERTAIN: "The reply was lost and the state could not be read: nobody can tell.",
    Outcome.PROTECTED: "A protect clause holds the job. Nothing was sent.",
    Outcome.DRIFTED: "The job or its hosts changed after the plan was made. Nothing was sent.",
    Outcome.NOT_ATTEMPTED: "The run ended before the job's turn. Nothing was sent.",
}

# What somebody must look at comes first, then what was left alone, then what is done.
PRESSING_FIRST = (
    Outcome.UNCERTAIN,
    Outcome.FAILED,
    Outcome.REFUSED,
    Outcome.ACCEPTED,
    Outcome.NOT_ATTEMPTED,
    Outcome.DRIFTED,
    Outcome.CANCELLED,
    Outcome.ALREADY_FINISHED,
    Outcome.GONE,
    Outcome.PROTECTED,
)


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """Return `1 job`, `2 jobs`, `2,134 jobs`."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"


def duration_text(seconds: float) -> str:
    """Return a duration as a person says it: `0.4 s`, `12 s`, `3 min 20 s`, `2 h`."""
    if seconds < 9.95:  # noqa: PLR2004 - beyond, a decimal tells nothing
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    if minutes:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{rest} s"


def moment_text(moment: datetime | None) -> str:
    """Return a time for people, `2026-03-01 22:15:04 UTC`, or `-` where there is none."""
    return "-" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def rate_text(rate: float | None) -> str:
    """Return `12.3 cancels a second`, or `-` where nothing was sent."""
    return "-" if rate is None else f"{rate:.1f} cancels a second"
