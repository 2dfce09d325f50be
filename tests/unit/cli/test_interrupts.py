from __future__ import annotations

import io
import os
import signal
import threading

import pytest

from hostscan_automation.cli.interrupts import SpokenStop, ending_by_signal


def test_the_first_signal_asks_to_stop_and_the_second_to_stop_at_once() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    read, write = os.pipe()
    with os.fdopen(write, "w") as stream, os.fdopen(read) as said:
        stop = SpokenStop(stream)
        with stop.listening():
            signal.raise_signal(signal.SIGINT)
            after_one = stop.is_requested, stop.is_at_once
            signal.raise_signal(signal.SIGTERM)
            after_two = stop.is_requested, stop.is_at_once
        stream.close()
        lines = [line for line in said.read().splitlines() if line]
    assert (after_one, after_two) == ((True, False), (True, True))
    assert lines[0].startswith("stopping: what is in flight is finished first")
    assert lines[1] == "stopping at once: 'hostscan resume' goes on later"
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_a_stream_that_is_gone_does_not_keep_it_from_stopping() -> None:
    with open(os.devnull, "w", encoding="utf-8") as stream:  # noqa: PTH123 - it is to be closed
        pass
    stop = SpokenStop(stream)
    with stop.listening():
        signal.raise_signal(signal.SIGINT)
    assert stop.is_requested


def test_outside_of_the_main_thread_nothing_is_touched() -> None:
    found: list[object] = []

    def look() -> None:
        with ending_by_signal(), SpokenStop(io.StringIO()).listening():
            found.append(signal.getsignal(signal.SIGTERM))

    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == [before]


@pytest.mark.parametrize("number", [signal.SIGTERM])
def test_before_anything_acts_a_signal_ends_the_command(number: int) -> None:
    with ending_by_signal(), pytest.raises(KeyboardInterrupt):
        signal.raise_signal(number)
