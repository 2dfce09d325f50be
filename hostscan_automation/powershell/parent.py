"""Tell whether the process that started this one still lives."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def watcher_of(pid: int | None) -> Callable[[], bool]:
    """Return a function that says whether a process lives; without a pid it always says yes."""
    return _watcher(pid) if pid is not None else lambda: True


if sys.platform == "win32":
    import ctypes

    _SYNCHRONIZE = 0x00100000
    _WAIT_TIMEOUT = 0x102

    def _watcher(pid: int) -> Callable[[], bool]:
        # os.kill would end the process there; a handle also keeps its pid from being given away
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.OpenProcess.restype = ctypes.c_void_p
        handle = kernel.OpenProcess(_SYNCHRONIZE, 0, pid)
        if not handle:
            return lambda: True  # not ours to watch: the end of the stream must do

        def is_alive() -> bool:
            waited = kernel.WaitForSingleObject(ctypes.c_void_p(handle), 0)
            return bool(waited == _WAIT_TIMEOUT)

        return is_alive

else:

    def _watcher(pid: int) -> Callable[[], bool]:
        def is_alive() -> bool:
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return False
            except OSError:
                return True  # it exists and belongs to somebody else
            return True

        return is_alive
