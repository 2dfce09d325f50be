from __future__ import annotations

import signal
import threading

import pytest

from hostscan_automation.runs.stop import Stop


def test_one_request_asks_to_finish_and_two_to_stop_at_once() -> None:
    stop = Stop()
    assert not stop.is_requested
    stop.request("interrupted by Ctrl+C")
    assert (stop.is_requested, stop.is_at_once, stop.reason) == (
        True,
        False,
        "interrupted by Ctrl+C",
    )
    assert stop.event.is_set()
    stop.request("again")
    assert stop.is_at_once
    assert stop.reason == "interrupted by Ctrl+C"


def test_signals_become_wishes_and_the_old_handlers_come_back() -> None:
    stop = Stop()
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with stop.listening():
        signal.raise_signal(signal.SIGTERM)
        assert stop.reason == "ended by the signal SIGTERM"
        assert not stop.event.is_set()  # the handler takes no lock
        stop.relay()
        assert stop.event.is_set()
        signal.raise_signal(signal.SIGINT)
        assert stop.is_at_once
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_a_signal_that_the_starter_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        stop = Stop()
        with stop.listening():
            signal.raise_signal(signal.SIGTERM)
        assert not stop.is_requested
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)


def test_another_thread_can_listen_without_touching_signals() -> None:
    before = signal.getsignal(signal.SIGINT)
    seen = []

    def listen() -> None:
        with Stop().listening():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=listen)
    thread.start()
    thread.join()
    assert seen == [before]


def test_work_that_changed_nothing_is_given_up_when_asked() -> None:
    stop = Stop()
    stop.raise_if_requested()
    stop.relay()
    assert not stop.event.is_set()
    stop.request()
    with pytest.raises(KeyboardInterrupt):
        stop.raise_if_requested()
