from __future__ import annotations

import threading

import pytest

from hostscan_automation.runs.crew import Crew


def nothing() -> None:
    pass


def test_all_workers_work_and_the_watch_ends_with_the_last() -> None:
    together = threading.Barrier(3, timeout=30)

    def work() -> None:
        together.wait()

    crew = Crew("test", 3, work, nothing)
    crew.start()
    assert crew.is_full
    assert crew.watch(lambda: True)


def test_a_crew_grows_up_to_its_size() -> None:
    go = threading.Event()
    names: list[str] = []

    def work() -> None:
        names.append(threading.current_thread().name)
        go.wait(30)

    crew = Crew("test", 2, work, nothing)
    for _ in range(4):
        crew.grow()
    go.set()
    crew.watch(lambda: True)
    assert sorted(names) == ["test-1", "test-2"]


def test_a_size_below_one_is_one() -> None:
    done: list[int] = []
    crew = Crew("test", 0, lambda: done.append(1), nothing)
    crew.start()
    crew.watch(lambda: True)
    assert done == [1]


def test_what_a_worker_raises_reaches_the_watcher_and_the_others_are_told_once() -> None:
    told = threading.Event()
    count: list[int] = []

    def tell() -> None:
        count.append(1)
        told.set()

    def work() -> None:
        raise ZeroDivisionError

    crew = Crew("test", 3, work, tell)
    crew.start()
    with pytest.raises(ZeroDivisionError):
        crew.watch(lambda: True)
    assert told.is_set()
    assert count == [1]


def test_the_housekeeping_can_abandon_workers_that_hang() -> None:
    release = threading.Event()

    def work() -> None:
        release.wait(30)

    crew = Crew("test", 1, work, nothing)
    crew.start()
    assert crew.watch(lambda: False) is False
    release.set()
    assert crew.watch(lambda: True)
