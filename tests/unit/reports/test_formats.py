from __future__ import annotations

import csv
import io
import json

import pytest

from hostscan_automation.errors import ReportError
from hostscan_automation.playbook.model import ReportFormat
from hostscan_automation.reports.formats import (
    encoded,
    format_of,
    render,
)
from tests.unit.reports.samples import RUN_ID, hostile_run, mixed_run


def test_each_format_is_what_its_name_says() -> None:
    record = mixed_run()

    assert json.loads(render(record, ReportFormat.JSON))["run_id"] == RUN_ID
    assert next(csv.reader(io.StringIO(render(record, ReportFormat.CSV))))[0] == "run_id"
    assert render(record, ReportFormat.MARKDOWN).startswith("# Run")
    assert render(record, ReportFormat.HTML).startswith("<!DOCTYPE html>")


def test_rendering_the_same_run_again_gives_the_same_report() -> None:
    for form in ReportFormat:
        assert render(mixed_run(), form) == render(mixed_run(), form)


@pytest.mark.parametrize("form", list(ReportFormat))
def test_no_format_can_be_broken_by_a_text_of_the_server(form: ReportFormat) -> None:
    content = encoded(render(hostile_run(), form), form)

    assert not any(byte in content for byte in (b"\x1b", b"\x00", "\u202e".encode()))


def test_only_csv_begins_with_the_mark_that_excel_looks_for() -> None:
    assert encoded("Köln", ReportFormat.CSV) == b"\xef\xbb\xbfK\xc3\xb6ln"
    assert encoded("Köln", ReportFormat.JSON) == b"K\xc3\xb6ln"


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("run.json", ReportFormat.JSON),
        ("C:\\reports\\run.CSV", ReportFormat.CSV),
        ("run.md", ReportFormat.MARKDOWN),
        ("reports/run.htm", ReportFormat.HTML),
    ],
)
def test_a_file_s_ending_names_its_format(path: str, form: ReportFormat) -> None:
    assert format_of(path) is form


def test_an_ending_that_names_no_format_is_an_error_with_those_that_do() -> None:
    with pytest.raises(ReportError, match=r"'run\.pdf' has no ending") as caught:
        format_of("run.pdf")
    assert ".html" in (caught.value.hint or "")
