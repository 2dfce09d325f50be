"""A server in this process, spoken to as a client would."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from hostscan_automation.powershell.server import Handler, Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class Conversation:
    """Sends requests to a server and gathers what it writes, line by line."""

    def __init__(self, handlers: Mapping[str, Handler]) -> None:
        self.written: list[bytes] = []
        self.server = Server(handlers, self._write)
        self._changed = threading.Condition()
        self._worker = threading.Thread(target=self.server.work, daemon=True)
        self._worker.start()

    def _write(self, line: bytes) -> None:
        with self._changed:
            self.written.append(line)
            self._changed.notify_all()

    def send(self, method: str, request_id: object = None, **params: object) -> None:
        message: dict[str, object] = {"jsonrpc": "2.0", "method": method, "params": params}
        if request_id is not None:
            message["id"] = request_id
        self.server.receive(json.dumps(message).encode())

    def ask(self, method: str, request_id: object = 1, **params: object) -> dict[str, Any]:
        self.send(method, request_id, **params)
        return self.answer(request_id)

    def answer(self, request_id: object) -> dict[str, Any]:
        """Wait for the reply to a request."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._reply(request_id) is not None, 30)
        reply = self._reply(request_id)
        assert reply is not None
        return reply

    def _reply(self, request_id: object) -> dict[str, Any] | None:
        for message in self.messages:
            if "id" in message and message["id"] == request_id:
                return message
        return None

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in list(self.written)]

    def notifications(self, method: str) -> list[dict[str, Any]]:
        return [message["params"] for message in self.messages if message.get("method") == method]

    def results(self) -> list[Any]:
        return [item for note in self.notifications("results") for item in note["results"]]

    def end(self) -> None:
        self.server.close()
        self._worker.join(30)
        assert not self._worker.is_alive()


@pytest.fixture
def converse() -> Iterator[Callable[[Mapping[str, Handler]], Conversation]]:
    """Start conversations, and end them all."""
    conversations: list[Conversation] = []

    def start(handlers: Mapping[str, Handler]) -> Conversation:
        conversations.append(Conversation(handlers))
        return conversations[-1]

    yield start
    for conversation in conversations:
        conversation.end()
