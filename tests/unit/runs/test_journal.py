from __future__ import annotations

import contextlib
import re
import sqlite3
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostscan_automation.errors import HostscanError, JournalError, PlanRefusedError
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.jobs.plan import Disposition
from hostscan_automation.runs.journal import Journal
from hostscan_automation.runs.record import RunState
from hostscan_automation.runs.rows import NewRun
from hostscan_automation.runs.runlog import Result
from hostscan_automation.runs.store import FILE_NAME
from tests.unit.runs.conftest import counting
from tests.unit.runs.fakes import SERVER, FakeServer, make_plan

if TYPE_CHECKING:
    from pathlib import Path

    from hostscan_automation.jobs.plan import CancelPlan
    from tests.unit.runs.fakes import FakeClock

CANCELLED = Result(Outcome.CANCELLED, None, "Cancelled", 202, 1, "trace-1", 0.25)


@pytest.fixture
def plan(clock: FakeClock) -> CancelPlan:
    return make_plan(FakeServer.with_jobs(5, clock=clock))


def other_journal(journal: Journal, clock: FakeClock) -> Journal:
    """As another process sees the same file."""
    return Journal(journal.folder, clock=clock, chance=counting())


# beginning


def test_a_run_that_began_is_on_disk_with_every_job(
    journal: Journal, clock: FakeClock, plan: CancelPlan
) -> None:
    run = NewRun(
        plan,
        playbook_file="stuck.yaml",
        reports=({"format": "json", "path": "r.json"},),
        reason="CHG-1234 <é>",
        versions={"hostscan": "0.1.0"},
    )
    log = journal.begin(run)
    with other_journal(journal, clock) as other:
        record = other.record(log.run_id)
        (summary,) = other.runs()
    assert record == log.record
    assert record.state is RunState.OPEN
    assert record.plan == plan
    assert [job.job_id for job in record.jobs] == [job.job_id for job in plan.jobs]
    assert {job.outcome for job in record.jobs} == {None}
    assert (record.reason, record.versions) == ("CHG-1234 <é>", {"hostscan": "0.1.0"})
    assert (summary.playbook_file, summary.reports) == ("stuck.yaml", run.reports)
    assert (summary.planned, summary.outcomes) == (5, {})


def test_protected_jobs_have_their_outcome_from_the_start(
    journal: Journal, plan: CancelPlan
) -> None:
    protected = replace(plan.jobs[0], disposition=Disposition.PROTECTED, protected_by="playbook: x")
    listed = replace(plan.jobs[1], disposition=Disposition.LIST)
    log = journal.begin(NewRun(replace(plan, jobs=(protected, listed, *plan.jobs[2:]))))
    first, second, third, *_ = journal.record(log.run_id).jobs
    assert (first.outcome, first.detail) == (Outcome.PROTECTED, "playbook: x")
    assert second.outcome is third.outcome is None
    assert log.open_positions() == [2, 3, 4]


def test_names_of_runs_sort_by_time_and_are_safe_in_file_names(
    journal: Journal, clock: FakeClock, plan: CancelPlan
) -> None:
    names = []
    for _ in range(3):
        names.append(journal.begin(NewRun(plan)).run_id)
        clock.sleep(61)
    assert names == sorted(names)
    assert all(re.fullmatch(r"20260301-\d{6}-[0-9a-f]{6}", name) for name in names)
    assert [run.run_id for run in journal.runs()] == names[::-1]


def test_the_latest_run_is_the_one_that_began_last_though_the_clock_jumped_back(
    journal: Journal, clock: FakeClock, plan: CancelPlan
) -> None:
    first = journal.begin(NewRun(plan)).run_id
    clock.offset = -timedelta(days=3)
    second = journal.begin(NewRun(plan)).run_id
    assert [run.run_id for run in journal.runs()] == [second, first]


def test_the_same_name_twice_is_an_error_and_no_mixture(
    tmp_path: Path, clock: FakeClock, plan: CancelPlan
) -> None:
    with Journal(tmp_path, clock=clock, chance=lambda: 0.5) as journal:
        journal.begin(NewRun(plan))
        with pytest.raises(JournalError):
            journal.begin(NewRun(plan))
        assert len(journal.runs()) == 1


def test_a_saved_plan_is_used_once(journal: Journal, plan: CancelPlan) -> None:
    assert journal.plan_used(plan.digest) is None
    log = journal.begin(NewRun(plan, is_single_use=True))
    assert journal.plan_used(plan.digest) == log.run_id
    assert journal.plan_used("sha256:other") is None
    with pytest.raises(PlanRefusedError, match=log.run_id):
        journal.begin(NewRun(plan, is_single_use=True))
    journal.begin(NewRun(plan))
    assert len(journal.runs()) == 2


def test_folder_and_files_are_private(journal: Journal, plan: CancelPlan) -> None:
    journal.begin(NewRun(plan))
    assert stat.S_IMODE(journal.folder.stat().st_mode) == 0o700
    names = {file.name: stat.S_IMODE(file.stat().st_mode) for file in journal.folder.iterdir()}
    assert {FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm"} <= set(names)
    assert set(names.values()) == {0o600}


def test_rights_of_others_on_an_older_file_are_taken_away(
    journal: Journal, plan: CancelPlan
) -> None:
    journal.begin(NewRun(plan))
    journal.close()
    (journal.folder / FILE_NAME).chmod(0o644)
    journal.begin(NewRun(plan))
    assert stat.S_IMODE((journal.folder / FILE_NAME).stat().st_mode) == 0o600


def test_reading_makes_no_file(journal: Journal) -> None:
    assert journal.runs() == []
    assert journal.latest_unfinished() is None
    assert journal.plan_used("sha256:x") is None
    assert journal.asked_since(SERVER, datetime(2026, 1, 1, tzinfo=UTC)) == {}
    assert not journal.folder.exists()
    with pytest.raises(JournalError, match="is not in the journal"):
        journal.record("20260101-000000-000000")


# listing and reopening


def test_the_latest_unfinished_run_of_a_server(journal: Journal, plan: CancelPlan) -> None:
    elsewhere = journal.begin(NewRun(replace(plan, server="https://other"))).run_id
    stopped = journal.begin(NewRun(plan))
    stopped.finish("interrupted by Ctrl+C")
    journal.begin(NewRun(plan)).finish(None)
    killed = journal.begin(NewRun(replace(plan, server="https://third"))).run_id
    assert [run.run_id for run in [journal.latest_unfinished()] if run] == [killed]
    for server, run_id in ((SERVER, stopped.run_id), ("https://other", elsewhere)):
        found = journal.latest_unfinished(server)
        assert found is not None
        assert found.run_id == run_id
    assert journal.latest_unfinished("https://nowhere") is None


def test_what_was_asked_for_is_known_until_its_end_was_seen(
    journal: Journal, plan: CancelPlan, clock: FakeClock
) -> None:
    before = clock.now() - timedelta(seconds=1)
    log = journal.begin(NewRun(plan))
    assert journal.asked_since(SERVER, before) == {}
    log.intend([0])
    asked = {plan.jobs[0].job_id: clock.now()}
    clock.sleep(10)
    assert journal.asked_since(SERVER, before) == asked
    assert journal.asked_since(SERVER, clock.now()) == {}
    assert journal.asked_since("https://other", before) == {}
    log.settle(0, replace(CANCELLED, outcome=Outcome.ACCEPTED))
    log.flush()
    assert journal.asked_since(SERVER, before) == asked
    log.settle(0, CANCELLED)
    log.flush()
    assert journal.asked_since(SERVER, before) == {}


def test_a_summary_counts_while_the_run_goes_on_and_after_its_end(
    journal: Journal, plan: CancelPlan
) -> None:
    log = journal.begin(NewRun(plan))
    log.settle(0, CANCELLED)
    log.flush()
    assert journal.runs()[0].outcomes == {Outcome.CANCELLED: 1}
    log.finish("the deadline passed")
    summary = journal.runs()[0]
    assert summary.outcomes == {Outcome.CANCELLED: 1, Outcome.NOT_ATTEMPTED: 4}
    assert (summary.state, summary.ended_by) == (RunState.INTERRUPTED, "the deadline passed")


def test_a_killed_run_opens_with_what_is_known(
    journal: Journal, clock: FakeClock, plan: CancelPlan
) -> None:
    log = journal.begin(NewRun(plan))
    log.intend([0, 1, 2])
    log.settle(0, CANCELLED)
    log.settle(1, replace(CANCELLED, outcome=Outcome.ACCEPTED))
    log.flush()  # and then nothing more of this process
    with other_journal(journal, clock) as other:
        again = other.reopen(log.run_id)
        assert again.open_positions() == [2, 3, 4]
        assert [again.is_intended(position) for position in range(5)] == [0, 0, 1, 0, 0]
        assert again.job(2).attempts == 1
        assert again.job(1).outcome is Outcome.ACCEPTED
        assert other.record(log.run_id).state is RunState.OPEN


def test_a_stopped_run_opens_what_was_not_attempted_and_what_is_uncertain(
    journal: Journal, plan: CancelPlan
) -> None:
    log = journal.begin(NewRun(plan))
    log.intend([0, 1])
    log.settle(0, replace(CANCELLED, outcome=Outcome.UNCERTAIN, attempts=2))
    log.finish("interrupted")
    assert [job.outcome for job in log.record.jobs[:3]] == [
        Outcome.UNCERTAIN,
        Outcome.UNCERTAIN,
        Outcome.NOT_ATTEMPTED,
    ]
    again = journal.reopen(log.run_id)
    assert again.open_positions() == [0, 1, 2, 3, 4]
    assert [again.is_intended(position) for position in range(5)] == [1, 1, 0, 0, 0]
    assert again.record.state is RunState.OPEN
    assert journal.runs()[0].state is RunState.INTERRUPTED
    again.take_over()
    assert journal.runs()[0].state is RunState.OPEN
    again.intend([0])
    again.settle(0, replace(CANCELLED, attempts=3))
    assert again.finish(None).jobs[0].attempts == 3


def test_a_finished_run_is_not_opened_again(journal: Journal, plan: CancelPlan) -> None:
    log = journal.begin(NewRun(plan))
    log.finish(None)
    with pytest.raises(PlanRefusedError, match="is finished"):
        journal.reopen(log.run_id)


# damage: a clear error, and the truth about what is known


def file_of(journal: Journal) -> Path:
    journal.close()
    return journal.folder / FILE_NAME


def many_runs(journal: Journal, clock: FakeClock, count: int = 30) -> list[str]:
    plan = make_plan(FakeServer.with_jobs(40, clock=clock))
    names = []
    for _ in range(count):
        log = journal.begin(NewRun(plan))
        log.intend([0])
        log.settle(0, CANCELLED)
        log.finish("stopped")
        names.append(log.run_id)
    return names


def test_a_file_that_is_no_database_is_said(journal: Journal, plan: CancelPlan) -> None:
    journal.folder.mkdir()
    file_of(journal).write_bytes(b"this is not a journal " * 100)
    for use in (journal.runs, lambda: journal.begin(NewRun(plan))):
        with pytest.raises(JournalError) as error:
            use()
        assert "damaged" in error.value.message
        assert "Move" in (error.value.hint or "") or "move" in (error.value.hint or "")
    assert file_of(journal).read_bytes().startswith(b"this is not")


def test_the_database_of_another_program_is_left_alone(journal: Journal, plan: CancelPlan) -> None:
    journal.folder.mkdir()
    with sqlite3.connect(file_of(journal)) as foreign:
        foreign.execute("CREATE TABLE theirs (x)")
    foreign.close()
    with pytest.raises(JournalError, match="not a journal of this program"):
        journal.begin(NewRun(plan))
    with pytest.raises(JournalError, match="not a journal of this program"):
        journal.runs()


def test_a_newer_layout_is_not_touched(journal: Journal, plan: CancelPlan) -> None:
    journal.begin(NewRun(plan))
    with sqlite3.connect(file_of(journal)) as newer:
        newer.execute("PRAGMA user_version=2")
    newer.close()
    with pytest.raises(JournalError, match="newer version"):
        journal.runs()


def test_an_empty_file_is_a_new_journal(journal: Journal, plan: CancelPlan) -> None:
    journal.folder.mkdir()
    file_of(journal).write_bytes(b"")
    assert journal.runs() == []
    journal.begin(NewRun(plan))
    assert len(journal.runs()) == 1


def test_a_journal_whose_making_was_cut_off_is_made_again(
    journal: Journal, plan: CancelPlan
) -> None:
    journal.folder.mkdir()
    with sqlite3.connect(file_of(journal)) as cut:
        cut.execute("PRAGMA journal_mode=WAL")
    cut.close()
    assert journal.runs() == []
    journal.begin(NewRun(plan))
    assert len(journal.runs()) == 1


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_truncated_journal_is_refused_for_new_runs(
    journal: Journal, clock: FakeClock, plan: CancelPlan, share: float
) -> None:
    many_runs(journal, clock)
    file = file_of(journal)
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(JournalError) as error:
        journal.begin(NewRun(plan))
    assert "damaged" in error.value.message
    assert "runs list" in (error.value.hint or "")


def test_of_a_journal_with_a_zeroed_page_is_told_what_can_be_read(
    journal: Journal, clock: FakeClock, plan: CancelPlan, caplog: pytest.LogCaptureFixture
) -> None:
    names = many_runs(journal, clock)
    file = file_of(journal)
    content = bytearray(file.read_bytes())
    told, refused = set(), 0
    for page in range(1, len(content) // 4096):
        damaged = bytearray(content)
        damaged[page * 4096 : (page + 1) * 4096] = bytes(4096)
        file.write_bytes(damaged)
        with Journal(journal.folder, clock=clock, chance=counting()) as other:
            try:
                other.begin(NewRun(plan))
            except JournalError:
                refused += 1
            try:
                told.add(len({run.run_id for run in other.runs()} & set(names)))
            except JournalError:
                told.add(0)
    assert refused == len(content) // 4096 - 1  # every page counts, and no damage goes unnoticed
    assert len(names) in told
    assert any(0 < count < len(names) for count in told)
    assert "journal is damaged" in caplog.text


def test_a_job_that_cannot_be_read_is_said_job_by_job(
    journal: Journal, clock: FakeClock, plan: CancelPlan, caplog: pytest.LogCaptureFixture
) -> None:
    log = journal.begin(NewRun(plan))
    log.settle(1, CANCELLED)
    log.finish("stopped")
    with sqlite3.connect(file_of(journal)) as damage:
        damage.execute("DELETE FROM job WHERE position = 0")
        damage.execute("UPDATE job SET outcome = 'vanquished' WHERE position = 2")
        damage.execute("UPDATE job SET job_id = x'00' WHERE position = 3")
    damage.close()
    jobs = journal.record(log.run_id).jobs
    assert [job.outcome for job in jobs] == [
        None,
        Outcome.CANCELLED,
        None,
        None,
        Outcome.NOT_ATTEMPTED,
    ]
    assert "look at the server" in (jobs[0].detail or "")
    assert "3 jobs of this run cannot be read" in caplog.text
    with pytest.raises(JournalError, match="damaged"):
        journal.reopen(log.run_id)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE run SET plan = replace(plan, 'lab-0001', 'lab-0666')",
        "UPDATE run SET plan = 'no json'",
        "UPDATE run SET state = 'dancing'",
        "UPDATE run SET started_at = 'yesterday'",
        "UPDATE run SET versions = 7.5",
        "UPDATE run SET versions = '{\"hostscan\": 1}'",
        "UPDATE run SET plan = 7",
        "UPDATE run SET plan = x'00'",
        "UPDATE run SET started_at = '2026-03-01T22:00:00'",
        "UPDATE run SET finished_at = '9999-12-31T23:59:59-23:59'",
        "UPDATE run SET finished_at = 7",
        "UPDATE run SET reason = x'00'",
    ],
)
def test_a_damaged_run_is_an_error_and_is_left_out_of_the_list(
    journal: Journal, plan: CancelPlan, damage: str
) -> None:
    log = journal.begin(NewRun(plan))
    with sqlite3.connect(file_of(journal)) as connection:
        connection.execute(damage)
    connection.close()
    with pytest.raises(JournalError, match="damaged"):
        journal.record(log.run_id)
    with pytest.raises(JournalError):
        journal.reopen(log.run_id)
    assert len(journal.runs()) <= 1


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE run SET planned = 'many'",
        "UPDATE run SET reports = '[[]]'",
        "UPDATE run SET reports = '[{\"path\": 1}]'",
        "UPDATE run SET playbook_file = x'00'",
        "UPDATE run SET owner_pid = 'me'",
    ],
)
def test_a_run_whose_line_is_damaged_is_left_out_of_the_list(
    journal: Journal, plan: CancelPlan, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    journal.begin(NewRun(plan))
    with sqlite3.connect(file_of(journal)) as connection:
        connection.execute(damage)
    connection.close()

    assert journal.runs() == []
    assert "run number 1 cannot be read" in caplog.text


VALUES = (
    st.none()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
    | st.binary(max_size=8)
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    table=st.sampled_from(["run", "job"]),
    column=st.integers(0, 30),
    value=VALUES,
)
def test_no_value_in_a_row_ends_in_a_traceback(
    tmp_path: Path, clock: FakeClock, plan: CancelPlan, table: str, column: int, value: object
) -> None:
    folder = tmp_path / "fuzzed"
    with Journal(folder, clock=clock, chance=counting()) as journal:
        for old in folder.glob("*"):
            old.unlink()
        log = journal.begin(NewRun(plan))
        log.finish("stopped")
    connection = sqlite3.connect(folder / FILE_NAME)
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    name = names[column % len(names)]
    try:
        with connection:
            connection.execute(f"UPDATE {table} SET {name} = ?", (value,))  # noqa: S608 - names of ours
    except sqlite3.Error:
        return
    finally:
        connection.close()
    with Journal(folder, clock=clock, chance=counting()) as journal:
        for use in (journal.runs, lambda: journal.record(log.run_id), journal.latest_unfinished):
            with contextlib.suppress(HostscanError):
                use()


# folders and disks that do not do what they should


def test_a_folder_that_cannot_be_made_is_said(
    tmp_path: Path, clock: FakeClock, plan: CancelPlan
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    journal = Journal(tmp_path / "file" / "state", clock=clock, chance=counting())
    with pytest.raises(JournalError) as error:
        journal.begin(NewRun(plan))
    assert "cannot be made" in error.value.message
    assert "HOSTSCAN_STATE_DIR" in (error.value.hint or "")


def test_a_folder_in_place_of_the_file_is_said(journal: Journal, plan: CancelPlan) -> None:
    (journal.folder / FILE_NAME).mkdir(parents=True)
    with pytest.raises(JournalError, match="cannot be opened for writing"):
        journal.begin(NewRun(plan))


def test_a_journal_that_another_process_holds_is_said(
    journal: Journal, plan: CancelPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hostscan_automation.runs.store._BUSY_S", 0.05)
    journal.begin(NewRun(plan))
    holder = sqlite3.connect(file_of(journal), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(JournalError) as error:
        journal.begin(NewRun(plan))
    holder.close()
    assert "Another process" in (error.value.hint or "")
    assert len(journal.runs()) == 1


def test_a_journal_that_is_being_made_by_another_process_is_waited_for(
    journal: Journal, plan: CancelPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hostscan_automation.runs.store._BUSY_S", 0.05)
    journal.folder.mkdir()
    making = FileLock(journal.folder / f"{FILE_NAME}.lock")
    with making, pytest.raises(JournalError, match="being made"):
        journal.begin(NewRun(plan))
    journal.begin(NewRun(plan))


def test_a_journal_where_nothing_can_be_written_can_still_be_read(
    journal: Journal, clock: FakeClock, plan: CancelPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = journal.begin(NewRun(plan))
    log.finish(None)
    file_of(journal)
    real = sqlite3.connect

    def refusing(name: str, **options: object) -> sqlite3.Connection:
        if not name.startswith("file:"):
            raise sqlite3.OperationalError("unable to open database file")
        return real(name, **options)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(sqlite3, "connect", refusing)
    assert journal.record(log.run_id).state is RunState.FINISHED
    with pytest.raises(JournalError) as error:
        journal.begin(NewRun(plan))
    assert "writable" in (error.value.hint or "")
    journal.close()
    (journal.folder / f"{FILE_NAME}-wal").write_bytes(b"runs that only this file holds")
    with pytest.raises(JournalError):
        journal.runs()


def test_a_full_disk_refuses_a_run_and_keeps_the_others(journal: Journal, plan: CancelPlan) -> None:
    log = journal.begin(NewRun(plan))
    fill_the_disk(journal)
    with pytest.raises(JournalError) as error:
        journal.begin(NewRun(plan))
    assert "full" in error.value.message
    assert "Free space" in (error.value.hint or "")
    assert [run.run_id for run in journal.runs()] == [log.run_id]


def fill_the_disk(journal: Journal) -> None:
    """Let the file not grow any more."""
    with journal._store.writing() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")
