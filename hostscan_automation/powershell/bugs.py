"""Write down what went wrong in this program itself, without the texts of its errors."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

_log = logging.getLogger("hostscan.powershell")


def log_bug(where: str, error: BaseException) -> None:
    """Log where an error came from, and its type: its own text may hold anything."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    _log.error("%s%s failed with %s", frames, where, type(error).__name__)


def log_what_nobody_catches() -> None:
    """From here on no error of this process prints its text: not in a thread, not at its end."""
    threading.excepthook = _of_thread
    sys.excepthook = _of_process


def _of_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None:
        log_bug("a thread", ended.exc_value)


def _of_process(
    _type: type[BaseException], error: BaseException, _frames: TracebackType | None
) -> None:
    log_bug("the process", error)
