"""Everything this program shows of a value: for terminals, pipes, files and programs."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from typing_extensions import override

from hostscan_automation.cli.render import Screen
from hostscan_automation.cli.render_data import OutputFormat, write_jobs, write_plan, write_report
from hostscan_automation.cli.render_jobs import show_job, show_jobs
from hostscan_automation.cli.render_plan import show_plan
from hostscan_automation.cli.render_run import show_run, show_runs
from hostscan_automation.playbook.model import ReportFormat
from hostscan_automation.reports.formats import encoded, render

if TYPE_CHECKING:
    from collections.abc import Callable

    from hostscan_automation.jobs.job import ScanJob
    from hostscan_automation.jobs.plan import CancelPlan
    from hostscan_automation.runs.record import RunRecord


class _Paper(io.StringIO):
    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self.is_terminal = is_terminal

    @override
    def isatty(self) -> bool:
        return self.is_terminal


def printed(
    show: Callable[[Screen], object], *, is_terminal: bool = False, width: int | None = None
) -> str:
    """Return what is written where a pipe is, or to a terminal."""
    paper = _Paper(is_terminal=is_terminal)
    show(Screen(paper, environ={"TERM": "xterm"}, width=width or 120))
    return paper.getvalue()


def everything_of_plan(plan: CancelPlan) -> dict[str, str]:
    """Return a plan in every form that is not drawn by rich, which is slow and reads no more."""
    pages = {"table": printed(lambda screen: show_plan(screen, plan))}
    for form in (OutputFormat.JSON, OutputFormat.CSV):
        pages[form] = printed(lambda screen, form=form: write_plan(screen, plan, form))  # type: ignore[misc]
    return pages


def everything_of_run(record: RunRecord, *, with_page: bool = True) -> dict[str, str]:
    """Return a run in every form, as `runs show` writes it and as report files have it.

    Args:
        with_page: The page of HTML too, which takes longer than all the others.
    """
    pages = {
        "table": printed(lambda screen: show_run(screen, record)),
        "list": printed(lambda screen: show_runs(screen, [record])),
    }
    for form in (OutputFormat.JSON, OutputFormat.CSV):
        pages[form] = printed(lambda screen, form=form: write_report(screen, record, form))  # type: ignore[misc]
    for report in (ReportFormat.MARKDOWN, *([ReportFormat.HTML] if with_page else [])):
        pages[report] = encoded(render(record, report), report).decode()
    return pages


def everything_of_job(job: ScanJob) -> dict[str, str]:
    """Return one job in every form."""
    pages = {
        "job": printed(lambda screen: show_job(screen, job)),
        "table": printed(lambda screen: show_jobs(screen, [job])),
    }
    for form in (OutputFormat.JSONL, OutputFormat.CSV):
        pages[form] = printed(lambda screen, form=form: write_jobs(screen, [job], form))  # type: ignore[misc]
    return pages
