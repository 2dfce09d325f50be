"""Refuse the requests that act on everything at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hostscan_automation.errors import PlanRefusedError
from hostscan_automation.porting.addresses import names_one_thing

if TYPE_CHECKING:
    from hostscan_automation.porting.example import Step


def is_destructive(step: Step) -> bool:
    """Say whether a request deletes without naming what: a DELETE without an id in its path."""
    return step.method == "DELETE" and not names_one_thing(step.path)


def refuse_destructive(steps: tuple[Step, ...]) -> None:
    """Refuse an example with a request that deletes without an id.

    Raises:
        PlanRefusedError: There is one; the reasons name each.
    """
    reasons = tuple(f"{step} deletes without an id" for step in steps if is_destructive(step))
    if reasons:
        raise PlanRefusedError(
            f"example is refused: {'; '.join(reasons)}",
            reasons=reasons,
            hint="If that is what you want, allow it with --allow-destructive.",
        )
