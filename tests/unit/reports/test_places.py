from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostscan_automation.errors import ReportError
from hostscan_automation.playbook.model import ReportFormat, ReportRequest
from hostscan_automation.reports.places import ReportPlace, find_place, find_places, safe_name
from tests.unit.reports.samples import RUN_ID

WINDOWS_DEVICES = {"con", "prn", "aux", "nul", "com1", "lpt9", "conin$"}


def place(path: str, base: Path, name: str = "nightly") -> ReportPlace:
    request = ReportRequest(ReportFormat.JSON, path)
    (found,) = find_places([request], base=base, name=name, run_id=RUN_ID)
    return found


def test_a_relative_path_starts_from_the_base_and_placeholders_are_filled(tmp_path: Path) -> None:
    found = place("reports/{name}-{run_id}.json", tmp_path)

    assert found.path == tmp_path / "reports" / f"nightly-{RUN_ID}.json"
    assert found.format is ReportFormat.JSON


def test_an_absolute_path_stays_where_it_is(tmp_path: Path) -> None:
    assert place(str(tmp_path / "x.json"), Path("/elsewhere")).path == tmp_path / "x.json"


def test_looking_leaves_nothing_behind(tmp_path: Path) -> None:
    place("new/deeper/x.json", tmp_path)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "a/b", "C:\\x", "\\\\host\\share", "/"])
def test_the_name_of_a_playbook_leads_nowhere_else(tmp_path: Path, name: str) -> None:
    found = place("{name}.json", tmp_path, name=name)

    assert found.path.parent == tmp_path
    assert ".." not in found.path.name


@given(st.text(st.characters(exclude_categories=())))
def test_a_safe_name_is_one_part_of_a_path_on_every_system(text: str) -> None:
    name = safe_name(text)

    assert PureWindowsPath(name).parts == PurePosixPath(name).parts == (name,)
    assert name not in {".", ".."}
    assert not name.endswith((".", " "))
    assert name.split(".")[0].lower() not in WINDOWS_DEVICES
    assert 0 < len(name) <= 81


@pytest.mark.parametrize("name", ["con", "NUL", "Com1", "lpt9", "aux.json"])
def test_devices_of_windows_are_no_names(name: str) -> None:
    assert safe_name(name) == f"_{name}"


@pytest.mark.parametrize("path", ["CON.json", "x/nul", "com1.x.json", "a:b.json", "what?.json"])
def test_a_file_that_windows_cannot_have_is_refused_everywhere(tmp_path: Path, path: str) -> None:
    with pytest.raises(ReportError, match="not every system can have"):
        place(path, tmp_path)


@pytest.mark.parametrize("path", ["", ".", ".."])
def test_a_path_that_names_no_file_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(ReportError, match=r"names no file|is a folder"):
        place(path, tmp_path)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "reports.json").mkdir()
    with pytest.raises(ReportError, match=r"reports\.json' cannot be written: it is a folder"):
        place("reports.json", tmp_path)


def test_a_folder_that_cannot_be_one_is_found_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ReportError, match="cannot be written") as caught:
        place("file/x.json", tmp_path)
    assert "another path" in (caught.value.hint or "")


def test_a_folder_that_may_not_be_written_is_found_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    with pytest.raises(ReportError, match="cannot be written: Permission denied"):
        place("x.json", tmp_path)


@pytest.mark.parametrize("path", ["x" * 300 + ".json", "a\0b/x.json", "\ud800/x.json"])
def test_a_name_that_no_file_can_have_is_an_error_and_no_crash(tmp_path: Path, path: str) -> None:
    with pytest.raises(ReportError):
        place(path, tmp_path)


def test_a_path_for_one_report_may_hold_braces_and_is_relative_to_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = find_place(ReportFormat.HTML, Path("{x}.html"), run_id=RUN_ID)

    assert found == ReportPlace(ReportFormat.HTML, tmp_path / "{x}.html", RUN_ID)
