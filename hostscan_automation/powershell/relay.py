"""Bring the warnings of the rooms below to the person at the shell."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hostscan_automation.powershell.calls import Call
    from hostscan_automation.powershell.server import Server

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


@contextmanager
def relayed(server: Server) -> Iterator[None]:
    """Relay warnings for a while; errors go to standard error as ever."""
    logger, relay = logging.getLogger(_ROOT), Relay(server)
    logger.addHandler(relay)
    try:
        yield
    finally:
        logger.removeHandler(relay)
