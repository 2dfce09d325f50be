"""Show what a run did: totals, the jobs that need a look, and what to do about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hostscan_automation.cli.render import Cell, Column
from hostscan_automation.cli.render_plan import MOST_ROWS, names_text, show_rest
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.jobs.plan import Disposition
from hostscan_automation.reports.advice import SCHEDULE_NOTE
from hostscan_automation.reports.summary import summarize
from hostscan_automation.reports.wording import (
    OUTCOME_MEANINGS,
    OUTCOME_WORDS,
    PRESSING_FIRST,
    counted,
    duration_text,
    moment_text,
    rate_text,
)
from hostscan_automation.runs.record import RunState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hostscan_automation.cli.render import Screen, Style
    from hostscan_automation.reports.summary import Summary
    from hostscan_automation.reports.writing import ReportWritten
    from hostscan_automation.runs.record import JobRecord, RunRecord

_LONGEST_DETAIL = 300
_URGENCY = {outcome: place for place, outcome in enumerate(PRESSING_FIRST)}
_STYLES: dict[Outcome, Style] = {
    Outcome.CANCELLED: "good",
    Outcome.ACCEPTED: "warn",
    Outcome.REFUSED: "bad",
    Outcome.FAILED: "bad",
    Outcome.UNCERTAIN: "bad",
    Outcome.NOT_ATTEMPTED: "warn",
}


def show_run(screen: Screen, record: RunRecord, written: Sequence[ReportWritten] = ()) -> None:
    """Write the report on a run for a person, and where its files are."""
    summary = summarize(record)
    screen.line(summary.headline, "good" if summary.is_all_done else "warn")
    if summary.ended_by:
        screen.line(f"Ended early: {summary.ended_by}", "warn")
    screen.line()
    _show_totals(screen, summary)
    _show_jobs_left(screen, record)
    _show_collateral(screen, summary)
    _show_next_steps(screen, summary)
    _show_facts(screen, summary)
    show_written(screen, written)
    if summary.outcomes[Outcome.CANCELLED] or summary.outcomes[Outcome.ACCEPTED]:
        screen.line(f"Note:     {SCHEDULE_NOTE}", "soft")


def show_written(screen: Screen, written: Iterable[ReportWritten]) -> None:
    """Say where each report is, or why it is not there."""
    for report in written:
        if report.error is None:
            screen.line(f"Report:   {report.path}")
        else:
            screen.warning(f"report {str(report.path)!r} was not written: {report.error}")


def show_runs(screen: Screen, records: Iterable[RunRecord]) -> None:
    """Write one line for each run."""
    columns = (
        Column("Run", 22),
        Column("State", 11),
        Column("Started (UTC)", 19),
        Column("Done", 10, is_number=True),
        Column("Playbook"),
        Column("Server", from_width=110),
    )
    screen.table(columns, map(_run_row, records))


def _run_row(record: RunRecord) -> tuple[str | Cell, ...]:
    states: dict[RunState, Style] = {RunState.OPEN: "warn", RunState.INTERRUPTED: "warn"}
    outcomes = record.outcomes
    done = sum(
        count
        for outcome, count in outcomes.items()
        if outcome.is_done and outcome is not Outcome.PROTECTED
    )
    return (
        Cell(record.run_id, "strong"),
        Cell(record.state.value, states.get(record.state, "good")),
        moment_text(record.started_at).removesuffix(" UTC"),
        f"{done:,} of {record.plan.counts.planned:,}",
        record.plan.playbook.name,
        record.plan.server,
    )


def _show_totals(screen: Screen, summary: Summary) -> None:
    rows = [
        (f"{count:,}", Cell(OUTCOME_WORDS[outcome], _STYLES.get(outcome, "")), meaning)
        for outcome, meaning in OUTCOME_MEANINGS.items()
        if (count := summary.outcomes[outcome])
    ]
    if summary.open_jobs:
        rows.append((f"{summary.open_jobs:,}", Cell("still open", "warn"), "No outcome yet."))
    if summary.listed_only:
        rows.append(
            (f"{summary.listed_only:,}", Cell("only listed"), "Their step changes nothing.")
        )
    if rows:
        screen.table((Column("Jobs", 7, is_number=True), Column("Outcome", 16), Column("")), rows)
        screen.line()


def _show_jobs_left(screen: Screen, record: RunRecord) -> None:
    jobs = [job for job in record.jobs if _needs_a_look(job)]
    if not jobs:
        return
    jobs.sort(key=lambda job: -1 if job.outcome is None else _URGENCY[job.outcome])
    for job in jobs[:MOST_ROWS]:
        words = OUTCOME_WORDS[job.outcome] if job.outcome else "still open"
        style = _STYLES.get(job.outcome, "") if job.outcome else "warn"
        screen.line(f"{words:<14} {job.job_id}  {names_text(job.hosts)}", style)
        detail = _detail(job)
        if detail:
            screen.line(f"{'':<14} {detail}")
    show_rest(screen, len(jobs), f"hostscan runs show {record.run_id} --output json")
    screen.line()


def _needs_a_look(job: JobRecord) -> bool:
    if job.outcome is None:
        return job.disposition is Disposition.CANCEL
    return not job.outcome.is_done or job.outcome is Outcome.DRIFTED


def _detail(job: JobRecord) -> str:
    call = [f"HTTP {job.http_status}"] if job.http_status else []
    if job.trace_id:
        call.append(f"trace id {job.trace_id}")
    why = (job.detail or job.status_after or "")[:_LONGEST_DETAIL]
    return f"{why} ({', '.join(call)})".lstrip() if call else why


def _show_collateral(screen: Screen, summary: Summary) -> None:
    hosts = summary.collateral_hosts
    if hosts:
        screen.line(
            f"{counted(len(hosts), 'host')} lost a scan though no clause named"
            f" {'it' if len(hosts) == 1 else 'them'}: {names_text(hosts, MOST_ROWS)}",
            "warn",
        )
        screen.line()


def _show_next_steps(screen: Screen, summary: Summary) -> None:
    for step in summary.next_steps:
        what = OUTCOME_WORDS[step.outcome] if step.outcome else "still open"
        screen.line(f"{step.count:,} {what}: {step.text.replace('`', '')}")
    if summary.next_steps:
        screen.line()


def _show_facts(screen: Screen, summary: Summary) -> None:
    screen.line(f"Run:      {summary.run_id}, playbook {summary.playbook}")
    screen.line(f"Server:   {summary.server} as {summary.account}")
    if summary.duration_s is not None:
        rate = "" if summary.rate is None else f", {rate_text(summary.rate)}"
        screen.line(f"Took:     {duration_text(summary.duration_s)}{rate}")
