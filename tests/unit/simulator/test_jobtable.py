from __future__ import annotations

from uuid import uuid4

import pytest

from hostscan_automation.simulator import JobSpec
from hostscan_automation.simulator.fleet import Fleet
from hostscan_automation.simulator.jobtable import JobTable
from hostscan_automation.simulator.seed import SeededJobs

_NOW = 1_772_452_800.0


@pytest.fixture
def table() -> JobTable:
    return JobTable(SeededJobs(5, 1, _NOW, Fleet(1)), lambda: _NOW)


def test_jobs_stand_in_the_order_in_which_they_came(table: JobTable) -> None:
    added = [table.put(JobSpec().job(uuid4(), _NOW)) for _ in range(2)]

    ids = [job.id for job in table]

    assert ids[5:] == [job.id for job in added]
    assert len(ids) == len(table) == 7


def test_a_changed_job_keeps_its_place(table: JobTable) -> None:
    ids = [job.id for job in table]
    added = table.put(JobSpec().job(uuid4(), _NOW))

    for job_id in (ids[2], added.id):
        table.finish(job_id, "Failed")

    assert [job.id for job in table] == [*ids, added.id]
    assert table.status_of(added.id) == "Failed"


def test_a_removed_job_is_gone_and_removing_it_again_changes_nothing(table: JobTable) -> None:
    first = next(iter(table)).id
    added = table.put(JobSpec().job(uuid4(), _NOW)).id

    for job_id in (first, first, added, added, uuid4()):
        table.remove(job_id)

    assert [table.get(first), table.get(added), table.status_of(first)] == [None] * 3
    assert len(table) == len(list(table)) == 4


def test_a_removed_job_can_come_back(table: JobTable) -> None:
    job = next(iter(table))
    table.remove(job.id)

    table.put(job)

    assert table.status_of(job.id) == job.status(_NOW)
    assert len(table) == len(list(table)) == 5


def test_a_job_that_is_not_there_cannot_finish(table: JobTable) -> None:
    with pytest.raises(KeyError):
        table.finish(uuid4())


def test_after_a_wipe_there_is_nothing_and_new_jobs_can_come(table: JobTable) -> None:
    first = next(iter(table)).id
    table.remove(first)
    table.clear()
    table.put(JobSpec().job(first, _NOW))

    assert [job.id for job in table] == [first]
    assert len(table) == 1
