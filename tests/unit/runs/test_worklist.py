from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from hostscan_automation.errors import JournalError
from hostscan_automation.runs.task import Task
from hostscan_automation.runs.worklist import Worklist
from tests.unit.runs.fakes import FakeClock, job_id

if TYPE_CHECKING:
    from collections.abc import Sequence


class Claims:
    """Remembers which tasks were claimed together."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []

    def __call__(self, tasks: Sequence[Task]) -> None:
        self.groups.append([task.position for task in tasks])

    @property
    def all(self) -> list[int]:
        return [position for group in self.groups for position in group]


def tasks(count: int) -> list[Task]:
    return [Task(position, job_id(position)) for position in range(count)]


class Desk:
    """One worker in front of a worklist."""

    def __init__(self, count: int, group: int = 4, patience: int = 3) -> None:
        self.claims = Claims()
        self.clock = FakeClock()
        self.list = Worklist(tasks(count), self.claims, group=group, patience=patience)

    def next(self) -> Any:
        return self.list.next(self.clock, threading.Event(), lambda: False)


def test_fresh_tasks_come_in_order_and_are_claimed_in_groups_before_they_come() -> None:
    desk = Desk(10)
    seen = []
    while task := desk.next():
        assert task.position in desk.claims.all
        seen.append(task.position)
        desk.list.answered(is_trouble=False)
    assert seen == list(range(10))
    assert desk.claims.groups == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_no_more_is_claimed_than_will_soon_be_needed() -> None:
    desk = Desk(1000, group=8)
    desk.next()
    assert sum(map(len, desk.claims.groups)) == 8


def test_a_parked_task_comes_when_it_is_due_and_not_before() -> None:
    desk = Desk(1)
    task = desk.next()
    desk.list.park_for_send(task, 7.0)
    desk.list.answered(is_trouble=None)
    assert desk.next() is task
    assert desk.clock.monotonic() == pytest.approx(7.0, abs=0.001)


def test_what_is_parked_goes_before_what_is_fresh() -> None:
    desk = Desk(3)
    first = desk.next()
    desk.list.park_for_send(first, 0.0)
    desk.list.answered(is_trouble=None)
    assert desk.next() is first


def test_looks_that_are_due_at_the_same_moment_come_together() -> None:
    desk = Desk(3)
    taken = [desk.next() for _ in range(3)]
    for task, due in zip(taken, (1.0, 1.05, 9.0), strict=True):
        desk.list.park_for_look(task, due)
        desk.list.answered(is_trouble=None)
    assert desk.next() == taken[:2]
    desk.list.looked(is_trouble=None)
    assert desk.next() == taken[2:]


def test_one_worker_at_a_time_looks_and_what_comes_up_meanwhile_shares_the_next_look() -> None:
    desk = Desk(5, group=8)
    first, second, third = (desk.next() for _ in range(3))
    for task in (first, second, third):
        desk.list.answered(is_trouble=None)
        desk.list.park_for_look(task, 0.0)
        if task is first:
            assert desk.next() == [first]
    assert desk.next().position == 3
    desk.list.looked(is_trouble=None)
    assert desk.next() == [second, third]


def test_trouble_in_a_row_holds_back_what_is_fresh_until_it_is_understood() -> None:
    desk = Desk(9, patience=2)
    troubled = [desk.next(), desk.next()]
    for task in troubled:
        desk.list.park_for_look(task, 5.0)
        desk.list.answered(is_trouble=True)
    assert desk.next() == troubled  # not task 2, which is ready
    desk.list.looked(is_trouble=False)
    assert desk.next().position == 2


def test_one_good_answer_ends_the_row() -> None:
    desk = Desk(9, patience=2)
    for is_trouble in (True, False, True):
        desk.list.park_for_look(desk.next(), 50.0)
        desk.list.answered(is_trouble=is_trouble)
    assert desk.next().position == 3


def test_trouble_that_left_nothing_open_does_not_hold_for_ever() -> None:
    desk = Desk(3, patience=1)
    desk.next()
    desk.list.answered(is_trouble=True)
    assert desk.next().position == 1


def test_a_closed_list_gives_nothing_and_tells_what_is_left() -> None:
    desk = Desk(20)
    sent, parked, looked, unsent = (desk.next() for _ in range(4))
    desk.list.park_for_send(parked, 1.0)
    desk.list.park_for_look(looked, 1.0)
    desk.list.put_back(unsent)
    desk.list.close()
    assert desk.next() is None
    left = desk.list.leftovers()
    assert {task.position for task in left} == {*desk.claims.all} - {sent.position}
    assert desk.list.leftovers() == []


def test_when_it_is_over_nothing_is_claimed_any_more() -> None:
    desk = Desk(20)
    assert desk.list.next(desk.clock, threading.Event(), lambda: True) is None
    assert desk.claims.groups == []


def test_tasks_whose_intents_could_not_be_written_are_not_handed_out() -> None:
    def claim(_tasks: Sequence[Task]) -> None:
        raise JournalError("the disk is full")

    worklist = Worklist(tasks(5), claim, group=2, patience=3)
    with pytest.raises(JournalError):
        worklist.next(FakeClock(), threading.Event(), lambda: False)
    assert worklist.leftovers() == []
