from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from hostscan_automation.playbook.model import ReportFormat
from hostscan_automation.reports.places import ReportPlace
from hostscan_automation.reports.writing import write_reports
from tests.unit.reports.samples import RUN_ID, job, mixed_run, run


def test_every_report_asked_for_is_written_whole(tmp_path: Path) -> None:
    places = [
        ReportPlace(form, tmp_path / "new" / f"x.{form.value}", RUN_ID) for form in ReportFormat
    ]
    written = write_reports(mixed_run(), places)

    assert [report.error for report in written] == [None] * 4
    assert [report.path for report in written] == [place.path for place in places]
    assert json.loads(written[0].path.read_text(encoding="utf-8"))["run_id"] == RUN_ID
    assert written[1].path.read_bytes().startswith(b"\xef\xbb\xbfrun_id,")
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted(
        place.path.name for place in places
    )


def test_a_file_that_exists_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("mine", encoding="utf-8")
    place = ReportPlace(ReportFormat.JSON, tmp_path / "x.json", RUN_ID)

    names = [write_reports(run(), [place])[0].path.name for _ in range(3)]

    assert names == [f"x-{RUN_ID}.json", f"x-{RUN_ID}-2.json", f"x-{RUN_ID}-3.json"]
    assert (tmp_path / "x.json").read_text(encoding="utf-8") == "mine"


def test_a_name_that_has_the_run_already_is_only_numbered(tmp_path: Path) -> None:
    place = ReportPlace(ReportFormat.CSV, tmp_path / f"x-{RUN_ID}.csv", RUN_ID)

    names = [write_reports(run(), [place])[0].path.name for _ in range(2)]

    assert names == [f"x-{RUN_ID}.csv", f"x-{RUN_ID}-2.csv"]


def test_two_reports_to_one_path_become_two_files(tmp_path: Path) -> None:
    place = ReportPlace(ReportFormat.JSON, tmp_path / "x.json", RUN_ID)
    first, second = write_reports(run([job(1)]), [place, place])

    assert first.path != second.path
    assert first.path.read_bytes() == second.path.read_bytes()


def test_a_link_that_leads_nowhere_is_taken_as_a_name_in_use(tmp_path: Path) -> None:
    (tmp_path / "x.json").symlink_to(tmp_path / "victim")
    (report,) = write_reports(run(), [ReportPlace(ReportFormat.JSON, tmp_path / "x.json", RUN_ID)])

    assert report.path.name == f"x-{RUN_ID}.json"
    assert not (tmp_path / "victim").exists()


def test_a_report_that_cannot_be_written_is_said_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    bad = ReportPlace(ReportFormat.JSON, tmp_path / "file" / "x.json", RUN_ID)
    good = ReportPlace(ReportFormat.JSON, tmp_path / "y.json", RUN_ID)

    failed, written = write_reports(run(), [bad, good])

    assert failed.path == bad.path
    assert failed.error is not None
    assert "\n" not in failed.error
    assert written.error is None
    assert written.path.exists()


def test_a_full_disk_leaves_neither_a_part_nor_an_empty_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    (report,) = write_reports(run(), [ReportPlace(ReportFormat.JSON, tmp_path / "x.json", RUN_ID)])

    assert report.error == "No space left on device"
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_get_its_name_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(*_: object) -> None:
        raise PermissionError(13, "used by another process")

    monkeypatch.setattr(os, "link", held)
    monkeypatch.setattr(Path, "replace", held)
    (report,) = write_reports(run(), [ReportPlace(ReportFormat.JSON, tmp_path / "x.json", RUN_ID)])

    assert report.error == "used by another process"
    assert list(tmp_path.iterdir()) == []


def test_a_report_gets_its_name_in_one_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise SystemExit("killed between two steps")

    monkeypatch.setattr(Path, "replace", die)
    (report,) = write_reports(run(), [ReportPlace(ReportFormat.JSON, tmp_path / "x.json", RUN_ID)])

    assert json.loads(report.path.read_text(encoding="utf-8"))["run_id"] == RUN_ID
    assert list(tmp_path.iterdir()) == [report.path]


def test_a_disk_without_second_names_takes_reports_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", unknown)
    place = ReportPlace(ReportFormat.JSON, tmp_path / "x.json", RUN_ID)
    reports = write_reports(run(), [place, place])

    assert [report.error for report in reports] == [None, None]
    assert {report.path.name for report in reports} == {"x.json", f"x-{RUN_ID}.json"}


@pytest.mark.skipif(os.name == "nt", reason="modes of files are POSIX")
def test_a_report_has_the_mode_that_this_account_gives_to_its_files(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        (report,) = write_reports(
            run(), [ReportPlace(ReportFormat.HTML, tmp_path / "x.html", RUN_ID)]
        )
    finally:
        os.umask(before)

    assert report.path.stat().st_mode & 0o777 == 0o640
