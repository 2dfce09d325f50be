"""Show what the doctor found: one line for each check, and its remedy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from hostscan_automation.cli.render import Cell, Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hostscan_automation.cli.render import Screen, Style

DOCTOR_SCHEMA = "hostscan/doctor/1"


class CheckState(StrEnum):
    """How a check ended.

    Attributes:
        SKIPPED: It could not be made, because one before it failed.
    """

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing the doctor looked at.

    Attributes:
        label: What was looked at: "server", "TLS", "clock".
        value: What was found; never a secret.
        remedy: What to do about it, or None.
    """

    label: str
    state: CheckState
    value: str
    remedy: str | None = None


_STYLES: dict[CheckState, Style] = {
    CheckState.OK: "good",
    CheckState.WARNING: "warn",
    CheckState.FAILED: "bad",
    CheckState.SKIPPED: "soft",
}


def show_checks(screen: Screen, checks: Sequence[Check]) -> None:
    """Write the checks for a person, then what to do about those that are not in order."""
    columns = (Column("", 8), Column("Check", 18), Column("Found"))
    screen.table(
        columns,
        (
            (Cell(check.state.value, _STYLES[check.state]), check.label, check.value)
            for check in checks
        ),
    )
    for check in checks:
        if check.remedy:
            screen.line()
            screen.line(f"{check.label}: {check.remedy}", _STYLES[check.state])


def doctor_data(checks: Sequence[Check]) -> dict[str, Any]:
    """Return the checks as `hostscan/doctor/1`."""
    return {
        "schema": DOCTOR_SCHEMA,
        "is_healthy": all(check.state is not CheckState.FAILED for check in checks),
        "checks": [
            {
                "label": check.label,
                "state": check.state.value,
                "value": check.value,
                "remedy": check.remedy,
            }
            for check in checks
        ],
    }
