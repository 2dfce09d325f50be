"""What SQLite silently leaves out of a damaged log is noticed, and nothing is built on it."""

from __future__ import annotations

import logging
import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.errors import JournalError
from hostscan_automation.runs.journal import Journal
from hostscan_automation.runs.rows import NewRun
from hostscan_automation.runs.write_ahead import LogEnd, log_end
from tests.unit.runs.conftest import counting
from tests.unit.runs.fakes import FakeServer, make_plan

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.runs.fakes import FakeClock

END = LogEnd(10, 0, bytes([0, 0, 0, 7, 1, 2, 3, 4]), (1, 2, 3))


def crashed(journal: Journal, clock: FakeClock, folder: Path) -> Path:
    """Leave the files of a journal as a process leaves them that is killed in mid-run."""
    log = journal.begin(NewRun(make_plan(FakeServer.with_jobs(20, clock=clock))))
    for position in range(20):
        log.intend([position])
    shutil.copytree(journal.folder, folder)
    return folder / "journal.sqlite3-wal"


def reopened(folder: Path, clock: FakeClock) -> Journal:
    return Journal(folder, clock=clock, chance=counting())


def test_what_a_crash_leaves_is_whole(journal: Journal, clock: FakeClock, tmp_path: Path) -> None:
    wal = crashed(journal, clock, tmp_path / "left")
    with reopened(wal.parent, clock) as found:
        run = found.runs()[0]
        log = found.reopen(run.run_id)
        log.take_over()
        assert all(log.is_intended(position) for position in range(20))


@pytest.mark.parametrize("damage", ["cut", "zeroed", "emptied"])
def test_lost_writes_are_said_and_nothing_is_built_on_what_is_left(
    damage: str,
    journal: Journal,
    clock: FakeClock,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    wal = crashed(journal, clock, tmp_path / "left")
    size = wal.stat().st_size
    if damage == "zeroed":
        with wal.open("r+b") as file:
            file.seek(size * 9 // 10)
            file.write(bytes(4096))
    else:
        os.truncate(wal, 0 if damage == "emptied" else size * 9 // 10)
    with caplog.at_level(logging.WARNING), reopened(wal.parent, clock) as found:
        found.runs()
    assert "its last writes are lost" in caplog.text
    run = NewRun(make_plan(FakeServer.with_jobs(1, clock=clock)))
    with (  # once more: SQLite has tidied up by now
        reopened(wal.parent, clock) as found,
        pytest.raises(JournalError, match="its last writes are lost") as caught,
    ):
        found.begin(run)
    assert caught.value.hint is not None
    assert "move the file away" in caught.value.hint


def test_a_log_without_its_index_is_said_from_then_on_and_the_run_goes_on(
    journal: Journal, clock: FakeClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wal = crashed(journal, clock, tmp_path / "left")
    wal.with_name("journal.sqlite3-shm").unlink()
    for times in (1, 2):  # once more: SQLite has made a new index by now
        with caplog.at_level(logging.WARNING), reopened(wal.parent, clock) as found:
            found.reopen(found.runs()[0].run_id).take_over()
        assert caplog.text.count("cannot be told") == times

    wal.with_name("journal.sqlite3-doubt").unlink()
    with caplog.at_level(logging.WARNING), reopened(wal.parent, clock) as found:
        found.runs()
    assert caplog.text.count("cannot be told") == 2


def test_a_journal_that_was_closed_in_peace_has_no_log_to_miss(
    journal: Journal, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    journal.begin(NewRun(make_plan(FakeServer.with_jobs(1, clock=clock))))
    journal.close()
    with caplog.at_level(logging.WARNING), reopened(journal.folder, clock) as found:
        assert len(found.runs()) == 1
    assert caplog.text == ""


def test_a_log_that_went_on_or_was_begun_anew_has_lost_nothing() -> None:
    assert not END.has_lost(replace(END, frames=11))
    assert not END.has_lost(replace(END, frames=0, salt=bytes([0, 0, 0, 8, 1, 2, 3, 4])))
    assert not END.has_lost(None)


def test_a_log_whose_pages_are_all_in_the_journal_has_nothing_to_lose() -> None:
    moved = replace(END, moved=10)
    assert not moved.has_lost(replace(END, frames=0, salt=bytes(8)))


def test_a_journal_that_another_process_tidied_up_in_between_has_lost_nothing() -> None:
    assert not END.has_lost(replace(END, frames=0, salt=bytes(8), stamp=(1, 9, 3)))


def test_a_shorter_or_foreign_log_has_lost_something() -> None:
    assert END.has_lost(replace(END, frames=9))
    assert END.has_lost(replace(END, frames=0, salt=bytes(8)))


def test_an_index_that_is_missing_or_half_written_tells_nothing(tmp_path: Path) -> None:
    journal = tmp_path / "journal.sqlite3"
    assert log_end(journal) is None
    for name in ("", "-wal"):
        (tmp_path / f"journal.sqlite3{name}").touch()
    index = tmp_path / "journal.sqlite3-shm"
    for content in (b"short", bytes(48) + bytes([1]) + bytes(100)):
        index.write_bytes(content)
        assert log_end(journal) is None
