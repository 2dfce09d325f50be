"""Refuse the requests that act on everything at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hostscan_automation.errors import PlanRefusedError
from hostscan_automation.porting.addresses import names_one_thing
from hostscan_automation.porting.diagnostics import Diagnostic, Repair

if TYPE_CHECKING:
    from hostscan_automation.porting.example import Step
    from hostscan_automation.porting.places import Place


def is_destructive(step: Step) -> bool:
    """Say whether a request deletes without naming what: a DELETE without an id in its path."""
    return step.method == "DELETE" and not names_one_thing(step.path)


def refuse_destructive(steps: tuple[Step, ...], *, file_name: str) -> None:
    """Refuse an example with a request that deletes without an id.

    Raises:
        PlanRefusedError: There is one; the reasons name each with its place.
    """
    reasons = tuple(
        refusal(file_name, step.place, f"{step} deletes without an id")
        for step in steps
        if is_destructive(step)
    )
    if reasons:
        raise PlanRefusedError(
            "\n".join(reasons),
            reasons=reasons,
            hint="If that is what you want, allow it with --allow-destructive.",
        )


def refusal(file_name: str, place: Place, message: str) -> str:
    """Return `file:line:column: P017: message`, as repairs are told."""
    return Diagnostic(place.line, place.column, Repair.P017.name, message).text(file_name)
