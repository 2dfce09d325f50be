from __future__ import annotations

import csv
import io

from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.reports.spreadsheet import COLUMNS, report_csv
from tests.unit.reports.samples import HOSTILE, hostile_run, job, job_id, listed_job, run


def rows(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_there_is_a_heading_and_one_row_for_each_job() -> None:
    text = report_csv(run([job(1), job(2, Outcome.FAILED, detail="no, not now"), listed_job(3)]))
    heading, *body = rows(text)

    assert heading == list(COLUMNS)
    assert len(body) == 3
    second = dict(zip(heading, body[1], strict=True))
    assert second["job_id"] == str(job_id(2))
    assert second["outcome"] == "failed"
    assert second["detail"] == "no, not now"
    assert dict(zip(heading, body[2], strict=True))["outcome"] == ""


def test_lines_end_as_the_format_has_it() -> None:
    text = report_csv(run([job(1)]))

    assert text.count("\r\n") == 2
    assert "\n" not in text.replace("\r\n", "")


def test_a_run_without_jobs_is_a_heading() -> None:
    assert rows(report_csv(run())) == [list(COLUMNS)]


def test_hosts_share_a_cell() -> None:
    text = report_csv(run([job(1, hosts=("lab-001", "sql-7"), collateral_hosts=("sql-7",))]))
    heading, row = rows(text)

    assert row[heading.index("hosts")] == "lab-001, sql-7"
    assert row[heading.index("collateral_hosts")] == "sql-7"
    assert row[heading.index("took_s")] == "0.01"


def test_no_cell_is_a_formula_whatever_separates_cells() -> None:
    text = report_csv(hostile_run())

    for delimiter in ",;":
        for row in rows(text, delimiter):
            for cell in row:
                assert cell.lstrip(' "')[:1] not in {"=", "+", "-", "@"}, cell


def test_hostile_texts_stay_in_their_cell_and_are_harmless() -> None:
    text = report_csv(hostile_run())
    heading, *body = rows(text)

    assert len(body) == len(HOSTILE) + 1
    assert all(len(row) == len(heading) for row in body)
    assert not any(letter in text for letter in "\x1b\x00\u202e\ud800")
