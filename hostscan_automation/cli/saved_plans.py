"""Plans as files: written by `plan --save`, read by `apply`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hostscan_automation.errors import PlanRefusedError, ReportError
from hostscan_automation.jobs.plan import PLAN_SCHEMA, CancelPlan
from hostscan_automation.reports.data import plan_text
from hostscan_automation.runs.privacy import write_private_file

if TYPE_CHECKING:
    from pathlib import Path

_LARGEST_PLAN = 256 * 1024 * 1024


def save_plan(plan: CancelPlan, path: Path) -> bool:
    """Write a plan to a file; only an older plan is replaced.

    Returns:
        Whether one was.

    Raises:
        ReportError: It cannot be written, or something else is there.
    """
    is_there = path.exists()
    if is_there and not _is_plan(path):
        raise ReportError(
            f"file {str(path)!r} is there and is no plan", hint="Give --save another name."
        )
    try:
        write_private_file(path, f"{plan_text(plan)}\n")
    except OSError as error:
        raise ReportError(
            f"plan {str(path)!r} cannot be written: {error.strerror or error}"
        ) from None
    return is_there


def read_plan(path: Path) -> CancelPlan:
    """Read a plan back.

    Raises:
        ReportError: There is no such file.
        PlanRefusedError: It is no plan, or it was changed.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_PLAN)
    except OSError as error:
        raise ReportError(
            f"plan {str(path)!r} cannot be read: {error.strerror or error}",
            hint="Make one with: hostscan plan PLAYBOOK --save FILE",
        ) from None
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        raise PlanRefusedError(
            f"file {str(path)!r} is no plan",
            hint="Make one with: hostscan plan PLAYBOOK --save FILE",
        ) from None
    return CancelPlan.from_json(data)


def _is_plan(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return PLAN_SCHEMA.encode() in file.read(4096)
    except OSError:
        return False
