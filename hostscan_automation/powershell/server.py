"""Takes requests, works on one at a time, and listens for a stop meanwhile."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from hostscan_automation.powershell.bugs import log_bug
from hostscan_automation.powershell.calls import FLUSH_EVERY_S, Call, Outbox
from hostscan_automation.powershell.faults import (
    CANCELLED,
    INTERNAL,
    INVALID_ARGUMENT,
    PROTOCOL,
    UNKNOWN_METHOD,
    Fault,
    fault_of,
    fault_of_parameters,
)
from hostscan_automation.powershell.framing import TooLong, has_half_character, read_object
from hostscan_automation.powershell.parameters import CancelCall

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hostscan_automation.powershell.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Handler:
    """A method of this server: the parameters it takes and the function that does it.

    Attributes:
        needs_greeting: Whether `initialize` must have come before.
        is_last: Whether the server ends after it.
    """

    parameters: type[Parameters]
    work: Callable[[Call, Any], Mapping[str, Any]]
    needs_greeting: bool = True
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class _Request:
    id: int | str
    method: str
    parameters: Mapping[str, Any]


class Server:
    """The protocol, without any idea of what the methods do.

    One thread calls `receive` for every line, one calls `work`, and any may call `close`.

    Attributes:
        closed: Set when the server is to end.
        calls_taken: How many calls have come so far.
    """

    def __init__(
        self,
        handlers: Mapping[str, Handler],
        write: Callable[[bytes], None],
        told: Callable[[str], str] = str,
    ) -> None:
        self.closed = threading.Event()
        self.calls_taken = 0
        self._handlers = handlers
        self._outbox = Outbox(write, on_lost=self.close, told=told)
        self._waiting: queue.SimpleQueue[tuple[Call, _Request] | None] = queue.SimpleQueue()
        self._calls: dict[int | str, Call] = {}
        self._is_greeted = False

    @property
    def is_busy(self) -> bool:
        """Whether a call is being worked on or waits."""
        return bool(self._calls)

    @property
    def running(self) -> Call | None:
        """The call that is being worked on (the oldest), or None."""
        return next(iter(list(self._calls.values())), None)

    def receive(self, line: bytes | TooLong) -> None:
        """Take one line: stop a call at once, or queue a request."""
        request_id: int | str | None = None
        try:
            message = _message(line)
            request_id = _id_of(message)
            self._take(_request(message), request_id)
        except Fault as fault:
            self._outbox.send_fault(request_id, fault)

    def _take(self, request: _Request, request_id: int | str | None) -> None:
        if request.method == "cancel":
            self._stop(request.parameters)
        if request_id is None:
            return
        if request.method == "cancel":
            self._outbox.send({"id": request_id, "result": {}})
            return
        if request_id in self._calls:
            self._outbox.send_fault(None, _taken(request_id))
            return
        call = Call(request_id, self._outbox)
        self._calls[request_id] = call
        self.calls_taken += 1
        self._waiting.put((call, request))

    def _stop(self, parameters: Mapping[str, Any]) -> None:
        try:
            wanted = CancelCall.model_validate(parameters).id
        except ValidationError as error:
            raise fault_of_parameters(error) from None
        call = self._calls.get(wanted)
        if call is not None:
            call.stop.request("stopped by the shell")

    def close(self) -> None:
        """Send nothing more: stop every call and end the work. The client is gone or leaving."""
        self.closed.set()
        for call in list(self._calls.values()):
            call.stop.request("the shell went away")
        self._waiting.put(None)

    def work(self) -> None:
        """Answer one request after the other until the server is closed."""
        while (next_one := self._waiting.get()) is not None:
            if self.closed.is_set():
                continue
            call, request = next_one
            try:
                self._answer(call, request)
            finally:
                self._calls.pop(call.id, None)

    def _answer(self, call: Call, request: _Request) -> None:
        ended = threading.Event()
        ticker = threading.Thread(target=_flush_until, args=(call, ended), daemon=True)
        ticker.start()
        try:
            result = self._result(call, request)
        except Exception as error:  # noqa: BLE001 - the one door out: whatever it was, answer it
            if fault_of(error).kind is INTERNAL:
                log_bug(request.method, error)
            call.reply_with_fault(fault_of(error))
        else:
            call.reply(result)
        finally:
            ended.set()

    def _result(self, call: Call, request: _Request) -> Mapping[str, Any]:
        handler = self._handlers.get(request.method)
        if handler is None:
            raise Fault(UNKNOWN_METHOD, f"method {request.method!r} does not exist")
        if handler.needs_greeting and not self._is_greeted:
            raise Fault(PROTOCOL, "initialize must come first")
        try:
            parameters = handler.parameters.model_validate(request.parameters)
        except ValidationError as error:
            raise fault_of_parameters(error) from None
        call.raise_if_stopped()
        try:
            result = handler.work(call, parameters)
        except KeyboardInterrupt:  # how the rooms below say that they were asked to stop
            raise Fault(CANCELLED, "call was stopped") from None
        self._is_greeted = True
        if handler.is_last:
            self.closed.set()
            self._waiting.put(None)
        return result


def _taken(request_id: int | str) -> Fault:
    return Fault(PROTOCOL, f"id {request_id!r} belongs to a call that has not ended")


def _flush_until(call: Call, ended: threading.Event) -> None:
    while not ended.wait(FLUSH_EVERY_S):
        call.flush()


def _message(line: bytes | TooLong) -> dict[str, Any]:
    if isinstance(line, TooLong):
        raise Fault(PROTOCOL, "line is too long")
    try:
        return read_object(line)
    except ValueError as error:
        raise Fault(PROTOCOL, str(error)) from None


def _id_of(message: Mapping[str, Any]) -> int | str | None:
    value = message.get("id")
    if value is None or (isinstance(value, int | str) and not isinstance(value, bool)):
        return value
    raise Fault(PROTOCOL, "id is neither a number nor a text")


def _request(message: Mapping[str, Any]) -> _Request:
    method, parameters = message.get("method"), message.get("params", {})
    if message.get("jsonrpc") != "2.0":
        raise Fault(PROTOCOL, "jsonrpc is not '2.0'")
    if not isinstance(method, str):
        raise Fault(PROTOCOL, "method is not a text")
    if not isinstance(parameters, dict):
        raise Fault(INVALID_ARGUMENT, "params is not an object")
    if has_half_character(parameters):
        raise Fault(INVALID_ARGUMENT, "a text holds half a character (a lone surrogate)")
    return _Request(message.get("id", 0), method, parameters)
