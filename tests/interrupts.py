"""Hear Ctrl+C also where a run of tests was started in the background, and so do its processes."""

from __future__ import annotations

import signal


def hear_interrupts() -> None:
    """Take back that SIGINT is ignored: a shell does that to what it starts with `&`.

    It is handed down to every process that is started from here.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
