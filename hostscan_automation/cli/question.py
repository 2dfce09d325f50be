"""Ask before acting: a number for many jobs, a yes for a few, and no answer means no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hostscan_automation.errors import PlanRefusedError
from hostscan_automation.jobs.limits import TYPE_THE_NUMBER_ABOVE

if TYPE_CHECKING:
    from hostscan_automation.cli.invocation import Invocation

_YES = frozenset({"y", "yes"})


def ask_to_cancel(invocation: Invocation, count: int) -> None:
    """Ask whether so many jobs are to be cancelled.

    Raises:
        PlanRefusedError: The answer is not the one that was asked for, or nobody is there.
    """
    jobs = "1 job" if count == 1 else f"{count} jobs"
    if count > TYPE_THE_NUMBER_ABOVE:
        answer = _answer(invocation, f"Cancel {jobs}? Type the number of jobs to go on: ")
        is_yes = answer.replace(",", "") == str(count)
    else:
        is_yes = _answer(invocation, f"Cancel {jobs}? [y/N] ").casefold() in _YES
    if not is_yes:
        raise PlanRefusedError("declined: nothing was sent")


def ask_to_change(invocation: Invocation, question: str) -> None:
    """Ask whether something else is to be changed.

    Raises:
        PlanRefusedError: The answer is not yes, or nobody is there.
    """
    if _answer(invocation, f"{question} [y/N] ").casefold() not in _YES:
        raise PlanRefusedError("declined: nothing was sent")


def _answer(invocation: Invocation, question: str) -> str:
    environment = invocation.environment
    if not environment.has_person:
        raise PlanRefusedError(
            "nobody is there to answer: no terminal, and no --yes; nothing was sent",
            hint="An unattended run says --yes; limits and protect clauses hold all the same.",
        )
    people = invocation.out.people
    people.write(question)
    people.flush()
    line = environment.stdin.readline()
    if not line.endswith("\n"):
        people.line()  # the end of input left the cursor behind the question
    return line.strip()
