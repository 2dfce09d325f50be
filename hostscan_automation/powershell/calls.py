"""One running call: where a method puts what it finds, and how it learns that it should stop."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from hostscan_automation.powershell.faults import CANCELLED, Fault, fault_of
from hostscan_automation.powershell.framing import to_text
from hostscan_automation.runs.stop import Stop

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST_ITEMS_A_LINE = 100
MOST_BYTES_A_LINE = 256 * 1024
_ENVELOPE_BYTES = 256
FLUSH_EVERY_S = 0.05


class Outbox:
    """Sends whole lines, one at a time, whichever thread they come from.

    Args:
        write: Writes all of the bytes; raises `OSError` when nobody reads any more.
        on_lost: Called once, when a write failed: the client is gone.
        told: Makes a text fit to be shown; every error and every warning passes it.
    """

    def __init__(
        self,
        write: Callable[[bytes], None],
        on_lost: Callable[[], None],
        told: Callable[[str], str] = str,
    ) -> None:
        self.told = told
        self._write = write
        self._on_lost = on_lost
        self._lock = threading.Lock()
        self._is_lost = False

    def send(self, message: Mapping[str, Any]) -> None:
        """Send one message as one line."""
        self.send_text(to_text({"jsonrpc": "2.0", **message}))

    def send_fault(self, request_id: int | str | None, fault: Fault) -> None:
        """Answer a request with an error."""
        self.send({"id": request_id, "error": fault.to_data(self.told)})

    def send_text(self, text: str) -> None:
        """Send one line of JSON that is made already; after a lost client do nothing."""
        with self._lock:
            if self._is_lost:
                return
            try:
                self._write(text.encode("ascii") + b"\n")
            except OSError:
                self._is_lost = True
        if self._is_lost:
            self._on_lost()


class Call:
    """A request while it is worked on.

    Results are gathered into lines of at most `MOST_ITEMS_A_LINE` items and `MOST_BYTES_A_LINE`
    bytes (a single larger item travels alone), and none waits longer than `FLUSH_EVERY_S`.
    Everything arrives in the order in which it was put here.

    Attributes:
        id: As the client gave it.
        stop: Requested when nothing more is to be sent; what is on its way is finished.
    """

    def __init__(self, request_id: int | str, outbox: Outbox) -> None:
        self.id = request_id
        self.stop = Stop()
        self._outbox = outbox
        self._lock = threading.RLock()
        self._items: list[str] = []
        self._size = _ENVELOPE_BYTES

    def emit(self, item: Mapping[str, Any] | str) -> None:
        """Hand over one result."""
        text = to_text(item)
        with self._lock:
            if self._items and self._size + len(text) + 1 > MOST_BYTES_A_LINE:
                self.flush()
            self._items.append(text)
            self._size += len(text) + 1
            if len(self._items) >= MOST_ITEMS_A_LINE:
                self.flush()

    def flush(self) -> None:
        """Send the results gathered so far."""
        with self._lock:
            if not self._items:
                return
            items, self._items, self._size = self._items, [], _ENVELOPE_BYTES
            self._outbox.send_text(
                '{"jsonrpc":"2.0","method":"results","params":{"request":'
                f'{to_text(self.id)},"results":[{",".join(items)}]}}}}'
            )

    def fail_item(self, error: Exception, *, target: object = None) -> None:
        """Say that one of several items failed; the call goes on."""
        fault = fault_of(error, target=target)
        self._notify("itemError", error=fault.to_data(self._outbox.told))

    def warn(self, text: str) -> None:
        """Say something that the person must see."""
        self._notify("warning", message=self._outbox.told(text))

    def progress(self, activity: str, done: int, total: int | None, status: str) -> None:
        """Say how far the call is."""
        self._notify("progress", activity=activity, done=done, total=total, status=status)

    def raise_if_stopped(self) -> None:
        """End a call that only reads, once it was asked to stop.

        Raises:
            Fault: `Cancelled`.
        """
        if self.stop.is_requested:
            raise Fault(CANCELLED, "call was stopped")

    def reply(self, result: Mapping[str, Any]) -> None:
        """Answer the call; nothing may follow."""
        self.flush()
        self._outbox.send({"id": self.id, "result": result})

    def reply_with_fault(self, fault: Fault) -> None:
        """Answer the call with an error; nothing may follow."""
        self.flush()
        self._outbox.send_fault(self.id, fault)

    def _notify(self, method: str, **params: object) -> None:
        with self._lock:
            self.flush()
            self._outbox.send({"method": method, "params": {"request": self.id, **params}})
