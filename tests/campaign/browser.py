"""Open pages in a real browser, and see what they did: scripts that ran, and calls they made."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=4000",
    "--run-all-compositor-stages-before-draw",
)
MARK = "owned"


@dataclass(frozen=True)
class Opened:
    """A page as the browser had it in the end.

    Attributes:
        tags: Every element with its attributes, in the order of the page.
    """

    dom: str
    tags: tuple[tuple[str, dict[str, str | None]], ...]

    @property
    def ran(self) -> list[str]:
        """What a planted script left behind, if one ran."""
        marks = [f"element {name}" for name, given in self.tags if given.get("id") == MARK]
        title = _Title(self.dom).text
        return [*marks, *(["title"] if title == MARK else [])]


def found() -> str | None:
    """Return the path of a browser, or None where there is none."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


def opened(page: Path) -> Opened:
    """Open a page, let its scripts and timers run, and return what it became."""
    dom = _browse(page, "--dump-dom")
    return Opened(dom, tuple(_Tags(dom).tags))


def picture(page: Path, target: Path) -> None:
    """Save what a person sees of a page."""
    _browse(page, f"--screenshot={target}", "--window-size=1200,2400")


def _browse(page: Path, *flags: str) -> str:
    browser = found()
    assert browser is not None
    with tempfile.TemporaryDirectory(prefix="campaign-browser-") as folder:
        command = [browser, *_FLAGS, f"--user-data-dir={folder}", *flags, page.absolute().as_uri()]
        ended = subprocess.run(command, capture_output=True, timeout=90, check=True)
    return ended.stdout.decode("utf-8", "replace")


class _Tags(HTMLParser):
    def __init__(self, dom: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(dom)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


class _Title(HTMLParser):
    def __init__(self, dom: str) -> None:
        super().__init__()
        self.text = ""
        self._is_title = False
        self.feed(dom)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_title = tag == "title"

    @override
    def handle_endtag(self, tag: str) -> None:
        self._is_title = False

    @override
    def handle_data(self, data: str) -> None:
        self.text += data if self._is_title else ""


@contextmanager
def listener() -> Iterator[tuple[str, list[str]]]:
    """Give the address of a server on this machine, and the paths that were asked of it."""
    asked: list[str] = []

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        @override
        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
