from __future__ import annotations

from pathlib import Path

from hostscan_automation.cli.render_run import show_run, show_runs
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.playbook.model import ReportFormat
from hostscan_automation.reports.writing import ReportWritten
from hostscan_automation.runs.record import RunState
from tests.unit.cli.screens import on_terminal, shown
from tests.unit.reports.samples import RUN_ID, hostile_run, job, job_id, listed_job, mixed_run, run


def test_the_headline_the_totals_and_the_facts_of_a_clean_run() -> None:
    lines = shown(lambda screen: show_run(screen, run([job(1), job(2)]))).splitlines()

    assert lines[0] == "2 of 2 jobs cancelled."
    assert lines[3].split()[:2] == ["2", "cancelled"]
    assert f"Run:      {RUN_ID}, playbook cancel-stuck-scans" in lines
    assert "Took:     8.5 s, 0.2 cancels a second" in lines
    assert "leaves the platform's schedule alone" in lines[-1]


def test_jobs_that_need_a_look_come_with_their_reason_most_pressing_first() -> None:
    lines = shown(lambda screen: show_run(screen, mixed_run())).splitlines()
    start = lines.index(f"uncertain      {job_id(28)}  lab-028")

    assert lines[start + 1].strip() == "reply lost, and the state could not be read"
    assert lines[start + 2].startswith("failed")
    assert lines[start + 5].strip() == (
        "Unable to cancel host scan job."
        " (HTTP 400, trace id 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00)"
    )


def test_what_to_do_next_is_said_without_marks() -> None:
    text = shown(lambda screen: show_run(screen, mixed_run()))

    assert f"1 not attempted: Go on with the rest: hostscan resume {RUN_ID}.\n" in text
    assert "1 uncertain: Look at each of them before anything else" in text
    assert "1 host lost a scan though no clause named it: sql-7" in text


def test_a_done_job_is_counted_and_not_listed() -> None:
    text = shown(lambda screen: show_run(screen, run([job(1), job(2, Outcome.GONE)])))

    assert str(job_id(1)) not in text
    assert str(job_id(2)) not in text


def test_many_jobs_left_are_bounded() -> None:
    record = run(job(number, Outcome.FAILED) for number in range(70))
    text = shown(lambda screen: show_run(screen, record))

    assert text.count("lab-") == 50
    assert f"... and 20 more (hostscan runs show {RUN_ID} --output json)" in text


def test_an_interrupted_run_says_why_and_how_to_go_on() -> None:
    record = run(
        [job(1, None), listed_job(2)],
        state=RunState.INTERRUPTED,
        ended_by="10 failures in a row",
        finished_at=None,
    )
    text = shown(lambda screen: show_run(screen, record))

    assert "Ended early: 10 failures in a row" in text
    assert f"still open     {job_id(1)}  lab-001" in text
    assert "only listed" in text
    assert f"hostscan resume {RUN_ID}" in text
    assert "Took:" not in text
    assert "schedule" not in text


def test_reports_are_named_where_they_are_and_a_failed_one_says_why() -> None:
    written = (
        ReportWritten(ReportFormat.JSON, Path("reports/x.json")),
        ReportWritten(ReportFormat.HTML, Path("y.html"), "No space left on device"),
    )
    text = shown(lambda screen: show_run(screen, run([job(1)]), written))

    assert f"Report:   {Path('reports/x.json')}\n" in text
    assert "warning: report 'y.html' was not written: No space left on device\n" in text


def test_an_empty_run_is_told_in_a_sentence() -> None:
    text = shown(lambda screen: show_run(screen, run()))

    assert text.startswith("Nothing matched: no job was touched.\n")
    assert "Outcome" not in text


def test_a_hostile_run_does_nothing_to_a_terminal() -> None:
    paper = on_terminal(lambda screen: show_run(screen, hostile_run()))

    assert "<script>document.title='owned'</script>" in paper.text
    assert not any(letter in paper.text for letter in "\x1b\x00\u202e")


def test_runs_are_listed_one_on_each_line() -> None:
    records = [
        mixed_run(),
        run([job(1, None)], state=RunState.OPEN, finished_at=None),
        run([job(1, Outcome.PROTECTED)]),
    ]
    lines = shown(lambda screen: show_runs(screen, records)).splitlines()

    assert lines[0].split() == ["Run", "State", "Started", "(UTC)", "Done", "Playbook", "Server"]
    assert lines[1].split()[:7] == [
        *(RUN_ID, "finished", "2026-03-01", "22:15:04", "27", "of", "32")
    ]
    assert lines[2].split()[1] == "open"
    assert lines[3].split()[4:7] == ["0", "of", "0"]
    assert len(lines) == 4
