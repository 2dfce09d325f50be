from __future__ import annotations

import math
from dataclasses import replace
from uuid import UUID

import pytest

from hostscan_automation.simulator import Job, JobSpec
from hostscan_automation.simulator.scanjobs import Part, named_host

_ID = UUID(int=7)
_RUN = Job(
    id=_ID,
    course=((0.0, "Queued"), (10.0, "Running"), (100.0, "Complete")),
    parts=(Part(named_host("a"), ended_at=40.0), Part(named_host("b"))),
)


@pytest.mark.parametrize(
    ("now", "status", "first", "second"),
    [
        (-5, "Queued", "Queued", "Queued"),
        (0, "Queued", "Queued", "Queued"),
        (10, "Running", "Running", "Running"),
        (40, "Running", "Complete", "Running"),
        (100, "Complete", "Complete", "Complete"),
    ],
)
def test_a_job_and_its_hosts_go_their_course(
    now: float, status: str, first: str, second: str
) -> None:
    parts = _RUN.parts or ()

    assert _RUN.status(now) == status
    assert [_RUN.part_status(part, now) for part in parts] == [first, second]


def test_the_next_change_is_that_of_the_job_or_of_a_host() -> None:
    assert [_RUN.next_change(now) for now in (0, 10, 40, 100)] == [10, 40, 100, math.inf]


def test_times_are_unset_until_they_come() -> None:
    part = (_RUN.parts or ())[0]

    assert (_RUN.started(9), _RUN.started(10)) == (None, 10)
    assert (_RUN.finished(99), _RUN.finished(100)) == (None, 100)
    assert (_RUN.part_finished(part, 39), _RUN.part_finished(part, 40)) == (None, 40)


def test_a_heartbeat_comes_every_twenty_seconds_until_the_host_is_done() -> None:
    first, second = _RUN.parts or ()

    assert _RUN.heartbeat(second, 5) is None
    assert [_RUN.heartbeat(second, now) for now in (11, 25, 41, 150)] == [10, 20, 40, 100]
    assert _RUN.heartbeat(first, 90) == 40


def test_a_silent_job_beats_no_more() -> None:
    silent = replace(_RUN, silent_since=25.0)

    assert silent.heartbeat((_RUN.parts or ())[1], 90) == 25


def test_an_end_takes_the_place_of_what_was_to_come() -> None:
    ended = _RUN.ended(30, "Cancelled")

    assert [ended.status(now) for now in (29, 30, 200)] == ["Running", "Cancelled", "Cancelled"]
    assert [ended.part_status(part, 50) for part in ended.parts or ()] == ["Cancelled"] * 2


def test_a_host_that_was_done_stays_done() -> None:
    ended = _RUN.ended(50, "Cancelled")

    assert [ended.part_status(part, 60) for part in ended.parts or ()] == ["Complete", "Cancelled"]


def test_the_first_end_is_final() -> None:
    assert _RUN.ended(101, "Cancelled") is _RUN


def test_a_job_without_a_list_of_hosts_ends_as_well() -> None:
    ended = replace(_RUN, parts=None).ended(20, "Cancelled")

    assert (ended.status(21), ended.hosts) == ("Cancelled", ())


def test_of_a_job_with_errors_only_the_failed_hosts_failed() -> None:
    job = Job(
        _ID,
        ((0.0, "CompletedWithErrors"),),
        (Part(named_host("a"), failure_reason="AccessDenied"), Part(named_host("b"))),
    )

    assert [job.part_status(part, 1) for part in job.parts or ()] == ["Failed", "Complete"]


@pytest.mark.parametrize(
    "status",
    [
        "Queued",
        "Running",
        "Complete",
        "Failed",
        "Cancelled",
        "CompletedWithErrors",
        "CompletedNotRun",
        "Paused",
        "Scheduled",
        "Unknown",
        "Pending",
    ],
)
def test_a_described_job_stands_in_its_status(status: str) -> None:
    job = JobSpec(status=status, created_ago_s=1000, then=[(5, "Cancelled")]).job(_ID, 5000)

    assert job.status(5000) == status
    assert job.created == 4000
    assert [at for at, _ in job.course] == sorted(at for at, _ in job.course)


def test_the_same_name_is_the_same_host() -> None:
    assert named_host("lab-1") == named_host("lab-1") != named_host("lab-2")
