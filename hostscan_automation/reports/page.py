"""The report as one HTML page: no script, nothing loaded, the same on a screen and on paper.

Every text goes through one door on its way into the page (`_harmless`, then the escaping of the
template engine), and the page's own security policy forbids whatever would get past it.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from hostscan_automation.jobs.plan import Disposition
from hostscan_automation.reports.advice import SCHEDULE_NOTE
from hostscan_automation.reports.chart import segments
from hostscan_automation.reports.data import REPORT_SCHEMA
from hostscan_automation.reports.plain import plain, shortened
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
    from collections.abc import Iterator, Sequence

    from jinja2 import Environment

    from hostscan_automation.reports.summary import Summary
    from hostscan_automation.runs.record import JobRecord, RunRecord

LONGEST_DETAIL = 600
FOLDED_ABOVE = 100


@dataclass(frozen=True, slots=True)
class JobGroup:
    """The jobs of one outcome, as one section of the page.

    Attributes:
        key: Name of the section and of its colour.
        is_folded: Whether the section starts closed: long, and nothing in it needs a look.
    """

    key: str
    title: str
    meaning: str
    jobs: tuple[JobRecord, ...]
    is_folded: bool


def report_html(record: RunRecord) -> str:
    """Return the report as one HTML file that opens offline and runs nothing."""
    summary = summarize(record)
    style = _resource("report.css")
    groups = job_groups(record.jobs)
    return (
        _environment()
        .from_string(_resource("report.html.jinja"))
        .render(
            summary=summary,
            mood=_mood(summary),
            groups=groups,
            bar=segments({group.key: len(group.jobs) for group in groups}),
            style=style,
            style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
            note=SCHEDULE_NOTE,
            schema=REPORT_SCHEMA,
        )
    )


def job_groups(jobs: Sequence[JobRecord]) -> tuple[JobGroup, ...]:
    """Return the jobs by outcome, most pressing first; outcomes that did not occur are left out."""
    by_outcome = {
        outcome: tuple(job for job in jobs if job.outcome is outcome) for outcome in PRESSING_FIRST
    }
    groups = [
        JobGroup(
            outcome.value,
            OUTCOME_WORDS[outcome],
            OUTCOME_MEANINGS[outcome],
            matching,
            is_folded=outcome.is_done and len(matching) > FOLDED_ABOVE,
        )
        for outcome, matching in by_outcome.items()
        if matching
    ]
    waiting = tuple(job for job in jobs if job.outcome is None)
    return (*_open_group(waiting), *groups, *_listed_group(waiting))


def _open_group(waiting: Sequence[JobRecord]) -> Iterator[JobGroup]:
    jobs = tuple(job for job in waiting if job.disposition is not Disposition.LIST)
    if jobs:
        yield JobGroup("open", "still open", "They have no outcome yet.", jobs, is_folded=False)


def _listed_group(waiting: Sequence[JobRecord]) -> Iterator[JobGroup]:
    jobs = tuple(job for job in waiting if job.disposition is Disposition.LIST)
    meaning = "Their step reports jobs and changes nothing."
    if jobs:
        is_folded = len(jobs) > FOLDED_ABOVE
        yield JobGroup("listed", "listed only", meaning, jobs, is_folded=is_folded)


def _mood(summary: Summary) -> tuple[str, str]:
    if summary.state is RunState.OPEN:
        return "open", "Not finished"
    if summary.state is RunState.INTERRUPTED:
        return "look", "Interrupted"
    return ("good", "Done") if summary.is_all_done else ("look", "Needs a look")


def _environment() -> Environment:
    import jinja2

    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_harmless,
    )
    environment.filters |= {
        "counted": counted,
        "duration": duration_text,
        "moment": moment_text,
        "rate": rate_text,
        "words": lambda outcome: OUTCOME_WORDS[outcome],
        "detail": lambda text: shortened(text, LONGEST_DETAIL),
    }
    return environment


def _harmless(value: object) -> object:
    return plain(value) if type(value) is str else value


def _resource(name: str) -> str:
    return files("hostscan_automation.reports").joinpath(name).read_text(encoding="utf-8")
