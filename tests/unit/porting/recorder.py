"""A server that signs in as documented, answers everything, and remembers what it was sent."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

PRE_TOKEN = "pre-token-pre-token-pre-token"
TOKEN = "final-token-final-token-final"


@dataclass(frozen=True)
class Sent:
    """One request as it came over the wire."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers.items() if key.lower() == name), None)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """One reply to come."""

    status: int = 200
    body: str = '{"ok": true}'
    media_type: str | None = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


class Recorder:
    """Strict in the sign-in: content type, cookie and token must be right.

    Attributes:
        answers: By path, instead of the ordinary reply.
    """

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.answers: dict[str, Answer] = {}
        recorder = self

        class Handler(_Handler):
            owner = recorder

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, sent: Sent) -> Answer:
        path = sent.target.partition("?")[0]
        if path in self.answers:
            return self.answers[path]
        if path == "/signinBody":
            is_json = (sent.header("content-type") or "").startswith("application/json")
            cookie = (("Set-Cookie", "step=one; Path=/; HttpOnly"),)
            return Answer(body=json.dumps(PRE_TOKEN), headers=cookie) if is_json else Answer(415)
        authorization = sent.header("authorization")
        if path == "/signin2fa":
            is_second = sent.header("cookie") == "step=one"
            is_known = authorization == f"Bearer {PRE_TOKEN}"
            return (
                Answer(body=TOKEN, media_type="text/plain")
                if is_second and is_known
                else Answer(401)
            )
        return Answer() if authorization == f"Bearer {TOKEN}" else Answer(403)


class _Handler(BaseHTTPRequestHandler):
    owner: Recorder
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _reply(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        sent = Sent(self.command, self.path, dict(self.headers), body)
        self.owner.sent.append(sent)
        answer = self.owner.answer(sent)
        content = answer.body.encode()
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.media_type:
            self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = _reply  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name too
        pass
