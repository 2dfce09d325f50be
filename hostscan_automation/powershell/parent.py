"""Tell whether the process that started this one still lives."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

_SYNCHRONIZE = 0x00100000
_WAIT_TIMEOUT = 0x102


class Kernel(Protocol):
    """What is needed of kernel32.dll."""

    def OpenProcess(self, access: int, inherit: int, pid: int) -> int | None:  # noqa: N802
        """Return a handle, or nothing."""
        ...

    def WaitForSingleObject(self, handle: int, milliseconds: int) -> int:  # noqa: N802
        """Return what a wait for the end of a process came to."""
        ...


def watcher_of(pid: int | None) -> Callable[[], bool]:
    """Return a function that says whether a process lives; without a pid it always says yes."""
    if pid is None:
        return lambda: True
    return _watcher(pid)


def windows_watcher(kernel: Kernel, pid: int) -> Callable[[], bool]:
    """Return the function for Windows, where `os.kill` would end the process.

    A handle also keeps the pid from being given to another process.
    """
    handle = kernel.OpenProcess(_SYNCHRONIZE, 0, pid)
    if not handle:
        return lambda: True  # not ours to watch: the end of the stream must do
    return lambda: kernel.WaitForSingleObject(handle, 0) == _WAIT_TIMEOUT


if sys.platform == "win32":
    import ctypes

    def _watcher(pid: int) -> Callable[[], bool]:
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.OpenProcess.restype = ctypes.c_void_p
        kernel.WaitForSingleObject.argtypes = (ctypes.c_void_p, ctypes.c_uint32)
        kernel.WaitForSingleObject.restype = ctypes.c_uint32
        return windows_watcher(kernel, pid)

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
