"""Where log lines go: warnings to the person at the shell, errors to standard error."""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hostscan_automation.powershell.calls import Call
    from hostscan_automation.powershell.server import Server
    from hostscan_automation.reports.redaction import Redaction

_ROOT = "hostscan"


class Relay(logging.Handler):
    """Hands each warning to the call that is being worked on, as `Write-Warning` there."""

    def __init__(self, server: Server) -> None:
        super().__init__(logging.WARNING)
        self._server = server

    @override
    def emit(self, record: logging.LogRecord) -> None:
        call: Call | None = self._server.running
        if call is not None and record.levelno < logging.ERROR:
            call.warn(record.getMessage())


class ErrorLog(logging.Handler):
    """Writes errors to standard error, without secrets."""

    def __init__(self, redaction: Redaction) -> None:
        super().__init__(logging.ERROR)
        self._redaction = redaction

    @override
    def emit(self, record: logging.LogRecord) -> None:
        sys.stderr.write(self._redaction.clean(self.format(record)) + "\n")
        sys.stderr.flush()


@contextmanager
def relayed(server: Server, redaction: Redaction) -> Iterator[None]:
    """Relay warnings for a while, and write errors to standard error, without secrets."""
    logger, handlers = logging.getLogger(_ROOT), (Relay(server), ErrorLog(redaction))
    for handler in handlers:
        logger.addHandler(handler)
    try:
        yield
    finally:
        for handler in handlers:
            logger.removeHandler(handler)
