"""The process that PowerShell starts: its streams, its signals, and when it must end.

    python -I -X utf8 -u -m hostscan_automation.powershell.bridge --parent-pid 4711

The end of standard input is the one signal that always comes, however the shell ended. It means
"send nothing more"; what is on its way to the server is finished and journalled, then the process
ends. The watch over the parent and the idle limit are for the cases in which another process
keeps the pipe open.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

from hostscan_automation.powershell.bugs import log_what_nobody_catches
from hostscan_automation.powershell.framing import read_lines
from hostscan_automation.powershell.parent import watcher_of
from hostscan_automation.powershell.relay import relayed
from hostscan_automation.powershell.server import Server
from hostscan_automation.powershell.wording import told
from hostscan_automation.reports.redaction import Redaction

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hostscan_automation.powershell.server import Handler

IDLE_LIMIT_S = 30 * 60.0
FINISH_WITHIN_S = 120.0


def main(
    argv: Sequence[str] | None = None,
    *,
    handlers: Callable[[], Mapping[str, Handler]] | None = None,
) -> int:
    """Serve standard input and output until the client is gone; return the exit code."""
    options = _options(argv)
    source, sink = _claim_streams()
    _ignore_interrupts()
    log_what_nobody_catches()
    redaction = Redaction.of_environment(os.environ)
    methods = handlers() if handlers else _real_handlers(redaction)
    serve(
        Server(methods, writer(sink), partial(told, redaction=redaction)),
        source,
        redaction=redaction,
        is_parent_alive=watcher_of(options.parent_pid),
        idle_limit_s=options.idle_limit,
    )
    return 0


def serve(
    server: Server,
    source: int,
    *,
    redaction: Redaction,
    is_parent_alive: Callable[[], bool],
    idle_limit_s: float = IDLE_LIMIT_S,
    look_every_s: float = 1.0,
) -> None:
    """Read requests until the source ends, the parent is gone, or nobody calls.

    What is on its way to the host scan server when that happens is finished first.
    """
    reader = threading.Thread(target=_read, args=(server, source), daemon=True)
    worker = threading.Thread(target=server.work, daemon=True)
    with relayed(server, redaction):
        reader.start()
        worker.start()
        calls_seen, idle_since = 0, time.monotonic()
        while not server.closed.wait(look_every_s):
            if server.is_busy or server.calls_taken != calls_seen:
                calls_seen, idle_since = server.calls_taken, time.monotonic()
            if not is_parent_alive() or time.monotonic() - idle_since > idle_limit_s:
                server.close()
        worker.join(FINISH_WITHIN_S)


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="hostscan bridge", description="Serve PowerShell.")
    parser.add_argument("--parent-pid", type=int, default=None, metavar="PID")
    parser.add_argument("--idle-limit", type=float, default=IDLE_LIMIT_S, metavar="SECONDS")
    return parser.parse_args(argv)


def _real_handlers(redaction: Redaction) -> Mapping[str, Handler]:
    from hostscan_automation.powershell.methods import handlers  # noqa: PLC0415 - loads a lot

    return handlers(redaction=redaction)


def _claim_streams() -> tuple[int, int]:
    """Take standard input and output for the protocol alone.

    Whatever else writes to standard output (a stray print, a warning, a child process) goes to
    standard error from here on, and nothing else can read what the client sends. The copies are
    not inherited by child processes.
    """
    source, sink = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    for descriptor in (source, sink):
        _read_as_bytes(descriptor)
    return source, sink


def _read_as_bytes(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - exists on Windows only

        msvcrt.setmode(descriptor, os.O_BINARY)


def _ignore_interrupts() -> None:
    # Ctrl+C in the console reaches this process too; stopping is the client's to ask for
    for name in ("SIGINT", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)


def writer(sink: int) -> Callable[[bytes], None]:
    """Return what writes all of some bytes to a file descriptor."""

    def write(line: bytes) -> None:
        rest = memoryview(line)
        while rest:
            rest = rest[os.write(sink, rest) :]

    return write


def _read(server: Server, source: int) -> None:
    try:
        for line in read_lines(lambda size: os.read(source, size)):
            server.receive(line)
    except OSError:
        pass  # a pipe that broke is a pipe that ended
    finally:
        server.close()


if __name__ == "__main__":
    sys.exit(main())
