from __future__ import annotations

from pathlib import Path, PureWindowsPath

import pytest

from hostscan_automation.playbook.model import ReportFormat, ReportRequest, checked_template


@pytest.mark.parametrize(
    ("text", "format_", "path"),
    [
        ("json:out.json", ReportFormat.JSON, "out.json"),
        ("html:C:\\reports\\{name}.html", ReportFormat.HTML, "C:\\reports\\{name}.html"),
        ("markdown:/srv/{run_id}.md", ReportFormat.MARKDOWN, "/srv/{run_id}.md"),
    ],
)
def test_a_report_can_be_asked_for_in_one_word(text: str, format_: ReportFormat, path: str) -> None:
    assert ReportRequest.from_text(text) == ReportRequest(format_, path)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "jsn:out.json",
            "'jsn' is no report format .did you mean 'json'.*json, csv, markdown, html",
        ),
        ("out.json", "is no report format"),
        ("json", "must be the path of a file"),
        ("json:", "must be the path of a file"),
    ],
)
def test_what_is_no_report_says_how_to_write_one(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        ReportRequest.from_text(text)


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{run}.json", r"knows {name} and {run_id}, not {run} \(did you mean 'run_id'\?\)"),
        ("{}.json", "not {}"),
        ("{0}.json", "not {0}"),
        ("{name!r}.json", "not {name}"),
        ("{name:>9}.json", "not {name}"),
        ("{name.__class__}.json", "not {name.__class__}"),
        ("{name", "a brace that is not closed"),
        ("reports/", "path of a file"),
        ("reports\\", "path of a file"),
        ("a\nb", "path of a file"),
        (" ", "path of a file"),
    ],
)
def test_a_template_knows_two_words(template: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        checked_template(template)


def test_paths_start_from_the_playbooks_folder() -> None:
    folder = Path("/srv/playbooks")
    relative = ReportRequest(ReportFormat.HTML, "reports/{name}-{run_id}.html")
    absolute = ReportRequest(ReportFormat.HTML, "/var/{{x}}/{run_id}.html")
    told = [one.resolved(folder, name="nightly", run_id="r1") for one in (relative, absolute)]
    assert told == [
        Path("/srv/playbooks/reports/nightly-r1.html"), Path("/var/{x}/r1.html"),
    ]  # fmt: skip


def test_drive_letters_are_absolute_on_windows() -> None:
    path = ReportRequest.from_text(r"csv:D:\out\{run_id}.csv").path
    assert str(PureWindowsPath(r"C:\books") / path.format(run_id="r1")) == r"D:\out\r1.csv"
