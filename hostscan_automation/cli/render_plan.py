"""Show a plan to a person before anything is done: first a sentence, then the jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hostscan_automation.cli.render import Cell, Column
from hostscan_automation.jobs.plan import Disposition
from hostscan_automation.reports.plan_words import (
    clause_lines,
    limits_text,
    pace_text,
    plan_notes,
    plan_sentence,
)
from hostscan_automation.reports.wording import counted, moment_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hostscan_automation.cli.render import Screen
    from hostscan_automation.jobs.plan import CancelPlan, PlannedJob, UndecidedJob

MOST_ROWS = 50
_ID_WIDTH = 36
_SHOW_ALL = "use --output json or --save for all"
_ORDER = {Disposition.CANCEL: 0, Disposition.PROTECTED: 1, Disposition.LIST: 2}


def show_plan(screen: Screen, plan: CancelPlan) -> None:
    """Write a plan for a person: what would be done, to which jobs, and what was left alone."""
    screen.line(plan_sentence(plan), "strong")
    screen.line()
    if plan.jobs:
        _show_jobs(screen, plan)
    else:
        _show_why_nothing_matched(screen, plan)
    _show_undecided(screen, plan.undecided)
    _show_collateral(screen, plan)
    _show_steps(screen, plan)
    _show_terms(screen, plan)
    for refusal in plan.refusals:
        screen.line(f"refused: {refusal}", "bad")


def names_text(names: Sequence[str], most: int = 4) -> str:
    """Return names in a row, and how many more there are."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def show_rest(screen: Screen, total: int, how: str = _SHOW_ALL) -> None:
    """Say how many rows a bounded table left out."""
    if total > MOST_ROWS:
        screen.line(f"... and {total - MOST_ROWS:,} more ({how})", "soft")


def _show_jobs(screen: Screen, plan: CancelPlan) -> None:
    jobs = sorted(plan.jobs, key=lambda job: _ORDER[job.disposition])
    columns = _columns(plan)
    screen.table(
        [column for column, _ in columns],
        ([cell(job) for _, cell in columns] for job in jobs[:MOST_ROWS]),
    )
    show_rest(screen, len(jobs))
    screen.line()


def _columns(plan: CancelPlan) -> list[tuple[Column, Callable[[PlannedJob], str | Cell]]]:
    """Return the columns that tell something of this plan, each with how to fill it."""
    columns: list[tuple[Column, Callable[[PlannedJob], str | Cell]]] = [
        (Column("Job", _ID_WIDTH), lambda job: str(job.job_id)),
        (Column("Status", 9), lambda job: job.status),
        (Column("Plan", 9), _plan_cell),
        (Column("Hosts"), lambda job: names_text(job.hosts)),
    ]
    if any(job.created for job in plan.jobs):
        columns.insert(2, (Column("Created", 23), lambda job: moment_text(job.created)))
    if len(plan.steps) > 1:
        columns.append((Column("Step"), lambda job: job.step))
    return columns


def _plan_cell(job: PlannedJob) -> Cell:
    return {
        Disposition.CANCEL: Cell("cancel", "warn"),
        Disposition.PROTECTED: Cell("protected", "good"),
        Disposition.LIST: Cell("list only", "soft"),
    }[job.disposition]


def _show_why_nothing_matched(screen: Screen, plan: CancelPlan) -> None:
    screen.line(
        f"Nothing matched. {counted(plan.counts.listed, 'job')} on the server;"
        " so many were left by each clause, from the top down:"
    )
    for step in plan.steps:
        screen.line(f"  {step.name}")
        for line in clause_lines(step):
            screen.line(f"    {line}")
    screen.line()


def _show_undecided(screen: Screen, undecided: Sequence[UndecidedJob]) -> None:
    if not undecided:
        return
    screen.line("Undecided, so left alone", "strong")
    columns = (Column("Job", _ID_WIDTH), Column("Missing", 16), Column("Clause"))
    rows = ((str(job.job_id), job.field, job.clause) for job in undecided[:MOST_ROWS])
    screen.table(columns, rows)
    show_rest(screen, len(undecided))
    screen.line()


def _show_collateral(screen: Screen, plan: CancelPlan) -> None:
    hosts = sorted({host for job in plan.to_cancel for host in job.collateral_hosts})
    if hosts:
        screen.line(
            f"{counted(len(hosts), 'host')} in these jobs that no clause named would lose"
            f" a scan too: {names_text(hosts, MOST_ROWS)}",
            "warn",
        )


def _show_steps(screen: Screen, plan: CancelPlan) -> None:
    if len(plan.steps) < 2:  # noqa: PLR2004 - one step says nothing that the sentence does not
        return
    columns = (
        Column("Step"),
        Column("Action", 8),
        Column("Matched", 9, is_number=True),
        Column("To cancel", 9, is_number=True),
    )
    screen.table(
        columns,
        ((step.name, step.action, f"{step.matched:,}", f"{step.planned:,}") for step in plan.steps),
    )
    screen.line()


def _show_terms(screen: Screen, plan: CancelPlan) -> None:
    for note in plan_notes(plan):
        screen.line(note)
    screen.line(f"Server:   {plan.server} as {plan.account}")
    screen.line(f"Playbook: {plan.playbook.name} ({plan.playbook.digest[:19]})")
    counts = plan.counts
    screen.line(f"Found:    {counts.matched:,} matched of {counts.listed:,} listed")
    screen.line(f"Limits:   {limits_text(plan)}")
    if plan.to_cancel:
        screen.line(f"Pace:     {pace_text(plan)}")
    screen.line(
        f"Made:     {moment_text(plan.made_at)}, holds until {moment_text(plan.valid_until)}"
    )
