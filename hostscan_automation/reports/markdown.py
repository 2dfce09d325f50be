"""The report as Markdown, for tickets and wikis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hostscan_automation.reports.advice import SCHEDULE_NOTE
from hostscan_automation.reports.plain import plain, shortened
from hostscan_automation.reports.summary import summarize
from hostscan_automation.reports.wording import (
    OUTCOME_MEANINGS,
    OUTCOME_WORDS,
    duration_text,
    moment_text,
    rate_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from hostscan_automation.reports.summary import Summary
    from hostscan_automation.runs.record import JobRecord, RunRecord

LONGEST_DETAIL = 400


def report_markdown(record: RunRecord) -> str:
    """Return the report as Markdown; every text of the server stands in a code span."""
    summary = summarize(record)
    sections = (
        _heading(summary),
        _outcomes(summary),
        _what_next(summary),
        _jobs(record.jobs),
        _undecided(summary),
        _tally("Earlier status", summary.statuses),
        _tally("Failure reason", summary.failure_reasons),
        _slowest(summary),
        _collateral(summary),
    )
    lines = [line for section in sections for line in section]
    return "\n".join([*lines, f"_{SCHEDULE_NOTE}_", ""])


def code(text: str | None) -> str:
    """Return a text as a code span that it cannot break out of, nor out of a table's cell."""
    if not text:
        return ""
    harmless = plain(text).replace("`", r"\x60").replace("|", r"\x7c")
    return f"`{harmless}`"


def _heading(summary: Summary) -> Iterator[str]:
    yield f"# Run {code(summary.run_id)}"
    yield ""
    yield f"**{summary.headline}**"
    yield ""
    yield from _table(("", ""), _facts(summary))


def _facts(summary: Summary) -> Iterator[tuple[str, str]]:
    yield "Playbook", code(summary.playbook)
    yield "Digest", code(summary.playbook_digest)
    yield "Server", code(summary.server)
    yield "Account", code(summary.account)
    if summary.reason:
        yield "Reason", code(summary.reason)
    yield "Started", moment_text(summary.started_at)
    yield "Finished", moment_text(summary.finished_at)
    if summary.duration_s is not None:
        yield "Took", f"{duration_text(summary.duration_s)}, {rate_text(summary.rate)}"
    if summary.ended_by:
        yield "Ended by", code(summary.ended_by)
    counts = summary.counts
    yield "Jobs listed", f"{counts.listed:,}"
    yield "Matched", f"{counts.matched:,}"
    yield "Undecided", f"{counts.undecided:,}"
    yield "Protected", f"{counts.protected:,}"
    yield "To cancel", f"{counts.planned:,} on {summary.host_count:,} hosts"
    limits = summary.limits
    yield "Limits", f"max_jobs {limits.max_jobs}, max_percent {limits.max_percent:g}"
    for name, version in summary.versions.items():
        yield f"Version of {code(name)}", code(version)


def _outcomes(summary: Summary) -> Iterator[str]:
    yield from _section(
        "Outcomes",
        ("Outcome", "Jobs", "Meaning"),
        (
            (OUTCOME_WORDS[outcome], f"{count:,}", OUTCOME_MEANINGS[outcome])
            for outcome, count in summary.outcomes.items()
        ),
    )


def _what_next(summary: Summary) -> Iterator[str]:
    if not summary.next_steps:
        return
    yield "## What to do next"
    yield ""
    for step in summary.next_steps:
        what = OUTCOME_WORDS[step.outcome] if step.outcome else "still open"
        yield f"- **{step.count:,} {what}:** {step.text}"
    yield ""


def _jobs(jobs: Sequence[JobRecord]) -> Iterator[str]:
    heading = ("Job", "Step", "Before", "After", "Outcome", "Hosts", "Detail", "Trace id")
    yield from _section("Jobs", heading, map(_job, jobs))


def _job(job: JobRecord) -> tuple[str, ...]:
    return (
        code(str(job.job_id)),
        code(job.step),
        code(job.status_before),
        code(job.status_after),
        OUTCOME_WORDS[job.outcome] if job.outcome else "",
        " ".join(map(code, job.hosts)),
        code(shortened(job.detail or "", LONGEST_DETAIL)),
        code(job.trace_id),
    )


def _undecided(summary: Summary) -> Iterator[str]:
    rows = [
        (code(str(job.job_id)), code(job.step), code(job.clause), code(job.field))
        for job in summary.undecided
    ]
    yield from _section("Undecided jobs", ("Job", "Step", "Clause", "Missing"), rows)


def _tally(what: str, counts: Mapping[str, int]) -> Iterator[str]:
    rows = [(code(word), f"{count:,}") for word, count in counts.items()]
    yield from _section(f"Jobs by {what.lower()}", (what, "Jobs"), rows)


def _slowest(summary: Summary) -> Iterator[str]:
    rows = [
        (code(str(job.job_id)), " ".join(map(code, job.hosts)), duration_text(job.took_s or 0.0))
        for job in summary.slowest
    ]
    yield from _section("Slowest cancels", ("Job", "Hosts", "Took"), rows)


def _collateral(summary: Summary) -> Iterator[str]:
    rows = [(code(host),) for host in summary.collateral_hosts]
    yield from _section("Hosts that no clause named", ("Host",), rows)


def _section(title: str, heading: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    lines = list(_table(heading, rows))
    if len(lines) > 3:  # noqa: PLR2004 - heading, rule and blank line: no row
        yield from (f"## {title}", "", *lines)


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heading)} |"
    yield f"|{'---|' * len(heading)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""
