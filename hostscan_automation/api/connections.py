"""Connections to the server: urllib3's own, which know for sure whether a request has left.

Everything that goes wrong while a connection is made is a `NotReachedError`: no byte of a request
has left. That is the line on which "surely never sent" is decided, in one place.
"""

from __future__ import annotations

import http.client
import io
import ssl
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, cast

from typing_extensions import override
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NameResolutionError

from hostscan_automation.api import tls
from hostscan_automation.errors import HostscanError, NotReachedError

if TYPE_CHECKING:
    import socket

    from hostscan_automation.api.address import ServerAddress
    from hostscan_automation.api.options import ConnectionOptions

RESTS_AT_MOST_S = 5.0
"""How long a connection may rest and still be used again.

Servers and proxies close connections that rest too long. A request that meets the closing is lost,
and nobody knows whether it was carried out; a new connection costs a few milliseconds.
"""

_BUFFER = 65536
_LEAST_IN_A_WINDOW = 32 * 1024
"""Bytes that have to come of a reply in the time of the longest silence, once it has begun."""


@dataclass(frozen=True, slots=True)
class Line:
    """What every connection of one client has in common."""

    address: ServerAddress
    options: ConnectionOptions
    context: ssl.SSLContext | None

    def connection(self) -> Connection:
        """Return a new connection, not connected yet."""
        host, port = self.address.host, self.address.port
        timeout = self.options.connect_timeout_s
        if self.context is None:
            return PlainConnection(host, port, timeout=timeout, line=self)
        return SecuredConnection(host, port, timeout=timeout, ssl_context=self.context, line=self)

    def pool_classes(self) -> dict[str, type[HTTPConnectionPool]]:
        """Return urllib3 pools, by scheme, that make connections of this kind."""

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = staticmethod(partial(PlainConnection, line=self))  # type: ignore[assignment]

        class SecuredPool(HTTPSConnectionPool):
            ConnectionCls = staticmethod(partial(SecuredConnection, line=self))  # type: ignore[assignment]

        return {"http": PlainPool, "https": SecuredPool}


class Request(Protocol):
    """What is asked of a prepared request."""

    method: str | None
    body: Any
    headers: Any

    @property
    def path_url(self) -> str:
        """Path and query."""
        ...


class Connection(HTTPConnection):
    """A connection that knows what has left, and that no reply outlasts its deadline.

    Attributes:
        has_left: Whether the head of the current request was handed over whole. Until then no
            server can have acted on it: a head that breaks off is no request.
    """

    line: Line
    has_left = False
    _used_at = 0.0

    @override
    def connect(self) -> None:
        try:
            self._connect()
        except HostscanError:
            self.close()
            raise
        except (OSError, HTTPError, http.client.HTTPException) as error:
            self.close()
            failure = self._not_reached(error)
        else:
            self._used_at = time.monotonic()
            return
        raise failure

    def _connect(self) -> None:
        super().connect()

    def _not_reached(self, error: Exception) -> NotReachedError:
        url = self.line.address.url
        timeout_s = self.line.options.connect_timeout_s
        hint = "Check the address and the port (6500 where nothing else was set up)."
        if self.proxy is not None:
            hint = (
                f"The proxy {self.proxy.host}:{self.proxy.port} is used, as the environment says."
            )
        return NotReachedError(
            f"server {url!r} was not reached: {_cause(error, timeout_s)}", hint=hint
        )

    @override
    def send(self, data: Any) -> None:
        super().send(data)
        self.has_left = True

    def ask(self, request: Request) -> http.client.HTTPResponse:
        """Send one request and read the head of its reply, by http.client alone."""
        if self.sock is None:
            self.connect()
        self.has_left = False
        options = self.line.options
        within_s = getattr(request, "within_s", None) or options.reply_deadline_s
        self.sock.settimeout(min(options.read_timeout_s, within_s))
        http.client.HTTPConnection.request(
            self, request.method or "GET", request.path_url, request.body, request.headers
        )
        self._expect_reply(min(options.reply_deadline_s, within_s))
        return http.client.HTTPConnection.getresponse(self)

    @override
    def getresponse(self) -> Any:
        self._expect_reply(self.line.options.list_deadline_s)  # lists are all that comes this way
        return super().getresponse()

    def _expect_reply(self, within_s: float) -> None:
        self._used_at = now = time.monotonic()
        self.response_class = partial(  # type: ignore[assignment]
            TimedResponse, until=now + within_s, window_s=self.line.options.read_timeout_s
        )

    @property
    @override
    def is_connected(self) -> bool:
        is_fresh = time.monotonic() - self._used_at < RESTS_AT_MOST_S
        return is_fresh and super().is_connected


class PlainConnection(Connection):
    """A connection over plain http, to this machine itself."""

    def __init__(self, *args: Any, line: Line, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line


class SecuredConnection(Connection, HTTPSConnection):
    """A connection over TLS whose certificate was checked before anything is sent on it."""

    def __init__(self, *args: Any, line: Line, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line

    @override
    def _connect(self) -> None:
        url = self.line.address.url
        try:
            super()._connect()
        except ssl.SSLCertVerificationError as error:
            reason = error.verify_message
        else:
            tls.check_pin(cast("ssl.SSLSocket", self.sock), self.line.options.fingerprint, url)
            # Said once when the client was built; urllib3 would warn at every request.
            self.is_verified = True
            return
        shown = None
        if self.proxy is None:
            shown = tls.shown_fingerprint(self.line.address, self.line.options.connect_timeout_s)
        raise tls.unverified(url, reason, shown)


class TimedResponse(http.client.HTTPResponse):
    """A reply that must be whole by a moment, head and body, and that must not drip till then."""

    def __init__(
        self, sock: socket.socket, *args: Any, until: float, window_s: float, **kwargs: Any
    ) -> None:
        self._reader = _TimedReader(sock, until, window_s)
        super().__init__(_Readable(self._reader), *args, **kwargs)  # type: ignore[arg-type]

    @override
    def begin(self) -> None:
        super().begin()
        if self._reader.has_ended:
            # http.client takes a head that breaks off for a whole one
            raise http.client.RemoteDisconnected("the head of the reply broke off")


class _Readable:
    """The one method of a socket that `http.client.HTTPResponse` asks for."""

    def __init__(self, reader: _TimedReader) -> None:
        self._reader = reader

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._reader, _BUFFER)


class _TimedReader(io.RawIOBase):
    def __init__(self, sock: socket.socket, until: float, window_s: float) -> None:
        super().__init__()
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._silence_s = sock.gettimeout() or float("inf")
        self._until = until
        self._window_s = window_s
        self._window_ends = float("inf")
        self._in_window = 0
        self.has_ended = False

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Any) -> int | None:
        left = min(self._until, self._window_ends) - time.monotonic()
        if left <= 0:
            raise TimeoutError("the reply took too long as a whole, or only drips")
        self._sock.settimeout(min(left, self._silence_s))
        count = self._raw.readinto(buffer)
        self.has_ended = count == 0
        self._count(count or 0)
        return count

    def _count(self, more: int) -> None:
        """Begin a new window with the first bytes, and whenever enough of them have come."""
        self._in_window += more
        if self._in_window >= _LEAST_IN_A_WINDOW or self._window_ends == float("inf"):
            self._window_ends = time.monotonic() + self._window_s
            self._in_window = 0

    @override
    def close(self) -> None:
        self._raw.close()
        super().close()


def _cause(error: Exception, timeout_s: float) -> str:
    origin = error.__cause__ or error
    if isinstance(error, NameResolutionError):
        return "its name cannot be resolved"
    if isinstance(origin, TimeoutError):
        return f"no answer within {timeout_s:g} s"
    if isinstance(origin, ssl.SSLError):
        if origin.reason in {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"}:
            return "it does not speak TLS on this port"
        return f"TLS handshake failed: {origin.reason or 'connection closed'}"
    if isinstance(origin, OSError) and origin.strerror:
        return origin.strerror.lower()
    return str(origin).strip() or type(origin).__name__
