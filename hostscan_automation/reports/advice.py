"""What a person does next, for each outcome that leaves something to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hostscan_automation.jobs.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SCHEDULE_NOTE = (
    "Cancelling a job leaves the platform's schedule alone: "
    "the same hosts are scanned again at its next time."
)

_ADVICE = {
    Outcome.UNCERTAIN: (
        "Look at each of them before anything else: `hostscan jobs show JOB_ID`. "
        "Then run the playbook again: it takes only what is still active."
    ),
    Outcome.FAILED: (
        "Mend the cause in the detail, then run the playbook again: "
        "it takes only what is still active."
    ),
    Outcome.REFUSED: (
        "Read the server's text in the detail, and look up the trace id in the server's log. "
        "The job is still active."
    ),
    Outcome.ACCEPTED: (
        "The server was asked and is slow to act. Look again later: `hostscan jobs show JOB_ID`. "
        "A longer `confirm` in the playbook waits longer."
    ),
    Outcome.DRIFTED: "They were left alone. Plan again to see them as they are now.",
}


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do about the jobs of one outcome.

    Attributes:
        outcome: None for the jobs that have none yet.
        count: How many jobs it is about.
        text: What to do, in whole sentences; what is typed stands in backticks.
    """

    outcome: Outcome | None
    count: int
    text: str


def next_steps(
    run_id: str, outcomes: Mapping[Outcome, int], open_jobs: int
) -> tuple[NextStep, ...]:
    """Return what a person does next, most pressing first; empty if nothing is left to do."""
    return tuple(_steps(run_id, outcomes, open_jobs))


def _steps(run_id: str, outcomes: Mapping[Outcome, int], open_jobs: int) -> Iterator[NextStep]:
    if open_jobs:
        yield NextStep(
            None, open_jobs, f"The run has not ended. If nothing works on it: {_resume(run_id)}."
        )
    for outcome, text in _ADVICE.items():
        if outcomes[outcome]:
            yield NextStep(outcome, outcomes[outcome], text)
    left = outcomes[Outcome.NOT_ATTEMPTED]
    if left:
        yield NextStep(Outcome.NOT_ATTEMPTED, left, f"Go on with the rest: {_resume(run_id)}.")


def _resume(run_id: str) -> str:
    return f"`hostscan resume {run_id}`"
