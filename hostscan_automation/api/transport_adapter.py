"""The requests adapter of the hot path: http.client on urllib3 connections that are kept.

requests and urllib3 spend about 0.3 ms of CPU on a request; with 64 workers that is the limit of a
bulk cancel. Here a plain request goes straight to `http.client` on a urllib3 connection that is
ready. HTTP and TLS are still parsed by the standard library and OpenSSL. Whatever is unusual (a
proxy, a stream, an adapter that somebody replaced in a test) takes requests' own path.
"""

from __future__ import annotations

import http.client
import ssl
from collections import deque
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from requests.models import Response
from requests.structures import CaseInsensitiveDict
from typing_extensions import override
from urllib3.exceptions import HTTPError

from hostscan_automation.api import tls
from hostscan_automation.errors import NotReachedError, ReplyLostError, UnreadableReplyError

if TYPE_CHECKING:
    from requests import PreparedRequest
    from urllib3 import ProxyManager

    from hostscan_automation.api.connections import Connection, Line

LONGEST_REPLY = 64 * 2**20
"""Bytes of a reply that is not streamed; the longest documented one has about 0.1 MB."""

_FIRST_FINAL_STATUS = 200
_STOCK_SEND = HTTPAdapter.send
_POOLED_AT_MOST = 256


class KeptConnections(HTTPAdapter):
    """Connections to one server, each used by one thread at a time and then laid back.

    The connection laid back last is taken first: as many stay open as are busy at once, and the
    rest grows old and is closed. It does not matter which thread takes which.
    """

    def __init__(self, line: Line) -> None:
        self._line = line
        self._resting: deque[Connection] = deque()
        super().__init__(max_retries=0, pool_maxsize=_POOLED_AT_MOST)

    @override
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(self._trust())
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._line.pool_classes()

    @override
    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> ProxyManager:
        manager: ProxyManager = super().proxy_manager_for(
            proxy, **self._trust(), proxy_ssl_context=tls.proxy_context(), **proxy_kwargs
        )
        manager.pool_classes_by_scheme = self._line.pool_classes()
        return manager

    def _trust(self) -> dict[str, ssl.SSLContext]:
        return {} if self._line.context is None else {"ssl_context": self._line.context}

    @override
    def build_connection_pool_key_attributes(
        self, request: PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        # What to trust is settled in the shared context; requests would load a bundle anew.
        host_params, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        return host_params, {}

    @override
    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Leave the pool as it is: the shared context decides."""

    @override
    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> Response:
        """Send one request, once; requests' own path for whatever is not plain.

        Raises:
            NotReachedError: It surely never left.
            ReplyLostError: It may have been carried out.
            UnreadableReplyError: The reply is longer than any that is documented.
        """
        if stream or proxies or HTTPAdapter.send is not _STOCK_SEND:
            return super().send(
                request, stream=stream, timeout=timeout, verify=verify, cert=cert, proxies=proxies
            )
        return self._exchange(request)

    def _exchange(self, request: PreparedRequest) -> Response:
        connection = self._connected()
        failure: NotReachedError | ReplyLostError | ValueError
        try:
            reply = connection.ask(request)
            body = reply.read(LONGEST_REPLY)
        except (OSError, http.client.HTTPException, HTTPError) as error:
            connection.close()
            failure = _failure(request, error, has_left=connection.has_left)
        except ValueError:
            # http.client shows the whole header, and the header may be the token
            connection.close()
            failure = ValueError("a header holds characters that HTTP does not allow")
        except BaseException:
            connection.close()
            raise
        else:
            self._lay_back(connection, reply)
            return _response(request, reply, body)
        raise failure

    def _lay_back(self, connection: Connection, reply: http.client.HTTPResponse) -> None:
        is_read_to_its_end = reply.isclosed() and not reply.will_close
        if is_read_to_its_end and reply.status >= _FIRST_FINAL_STATUS:
            self._resting.append(connection)
        else:
            connection.close()

    def _connected(self) -> Connection:
        while self._resting:
            try:
                connection = self._resting.pop()
            except IndexError:  # another thread took the last one
                break
            if connection.is_connected:
                return connection
            connection.close()
        return self._line.connection()

    @override
    def close(self) -> None:
        while self._resting:
            self._resting.pop().close()
        super().close()


def _response(request: PreparedRequest, reply: http.client.HTTPResponse, body: bytes) -> Response:
    if len(body) >= LONGEST_REPLY:
        raise too_long(request.method or "", _path(request), reply.status)
    if reply.length:
        raise _failure(request, http.client.IncompleteRead(body, reply.length), has_left=True)
    response = Response()
    response.status_code = reply.status
    response.reason = reply.reason
    response.headers = CaseInsensitiveDict(reply.headers.items())
    response.url = request.url or ""
    response.request = request
    response.raw = SimpleNamespace(_original_response=reply)  # all that a cookie jar asks for
    # requests has no other door for a body that was read already
    response._content = body  # noqa: SLF001
    response._content_consumed = True  # type: ignore[attr-defined]  # noqa: SLF001
    return response


def _failure(
    request: PreparedRequest, error: Exception, *, has_left: bool
) -> NotReachedError | ReplyLostError:
    what = f"{request.method} {_path(request)}"
    if not has_left:
        return NotReachedError(f"{what} was not sent: the connection was closed")
    return lost(what, error)


def _path(request: PreparedRequest) -> str:
    return request.path_url.partition("?")[0]


def too_long(method: str, path: str, status: int) -> UnreadableReplyError:
    """Return the error for a reply that is longer than any that is documented."""
    message = f"reply to {method} {path} is longer than {LONGEST_REPLY >> 20} MiB"
    return UnreadableReplyError(message, status=status, method=method, path=path)


def lost(what: str, error: BaseException) -> ReplyLostError:
    """Return the error for a call whose reply did not come, or not to its end."""
    failure = ReplyLostError(f"reply to {what} was lost: {_lost_because(error)}")
    failure.is_slow = isinstance(error, TimeoutError)
    return failure


def _lost_because(error: BaseException) -> str:
    """Return why a reply was lost, in a few words that hold nothing of the request."""
    if isinstance(error, TimeoutError):
        return "the server fell silent"
    if isinstance(error, http.client.IncompleteRead):
        return "the connection was closed in the midst of it"
    if isinstance(error, (http.client.RemoteDisconnected, ConnectionError, ssl.SSLEOFError)):
        return "the connection was closed"
    if isinstance(error, http.client.HTTPException):
        return "what came back is no HTTP"
    return (getattr(error, "strerror", None) or type(error).__name__).lower()
