"""Carry one call to the server and back: one session, one TLS context, every call with timeouts."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from requests import PreparedRequest, RequestException, Session
from requests.cookies import get_cookie_header
from requests.exceptions import ConnectTimeout, InvalidHeader, InvalidSchema, InvalidURL
from requests.structures import CaseInsensitiveDict
from requests.utils import get_environ_proxies, select_proxy
from typing_extensions import override
from urllib3.exceptions import HTTPError

from hostscan_automation.api import tls
from hostscan_automation.api.call import Reply
from hostscan_automation.api.connections import Line
from hostscan_automation.api.endpoints import Effect
from hostscan_automation.api.guard import refuse_forbidden_quickly
from hostscan_automation.api.transport_adapter import (
    LONGEST_REPLY,
    KeptConnections,
    lost,
    too_long,
)
from hostscan_automation.api.transport_cookies import keep_cookies
from hostscan_automation.errors import NotReachedError, ReplyLostError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from requests import Response

    from hostscan_automation.api.address import ServerAddress
    from hostscan_automation.api.call import Call
    from hostscan_automation.api.options import ConnectionOptions
    from hostscan_automation.api.server_time import ServerTime

_log = logging.getLogger("hostscan.api")

USER_AGENT = "hostscan-automation"

_WINDOW = 65536
"""Bytes at a time of a streamed reply: larger windows were measured slower."""


class Transport:
    """One session with one server: cookies kept, connections kept, the environment read once.

    It neither repeats nor signs anything: a call goes out once, with the headers it was given.
    Any number of threads may use it at once.

    Attributes:
        was_heard: Whether the server has answered anything yet.
    """

    def __init__(
        self, address: ServerAddress, options: ConnectionOptions, server_time: ServerTime
    ) -> None:
        self.address = address
        self.options = options
        tls.warn_if_insecure(options, address.url)
        context = tls.build_context(options) if address.scheme == "https" else None
        self._adapter = KeptConnections(Line(address, options, context))
        self._time = server_time
        self._timeout = (options.connect_timeout_s, options.read_timeout_s)
        self._proxies = _proxies(address)
        self._session = _session(address, self._adapter)
        self._cookies: dict[str, str | None] = {}
        self.was_heard = False

    def exchange(
        self, call: Call, token: str | None = None, *, within_s: float | None = None
    ) -> Reply:
        """Send one call once and return its whole reply, whatever its status.

        Args:
            call: What to send.
            token: The session's.
            within_s: Longest wait for the whole reply, where that is less than usual.

        Raises:
            NotReachedError: It surely never left.
            ReplyLostError: It may have been carried out.
            UnreadableReplyError: The reply has no end.
        """
        request = self._prepared(call, token, accept_encoding="identity")
        request.within_s = within_s
        return self._reply(call, self._sent(call, request, is_streamed=False))

    @contextmanager
    def stream(
        self, call: Call, token: str | None = None, *, within_s: float | None = None
    ) -> Iterator[tuple[Reply, Iterator[bytes]]]:
        """Send one call once; give its status and headers, and its body piece by piece.

        Args:
            call: What to send.
            token: The session's.
            within_s: Longest wait for the connection and of the server's silence, where that is
                less than usual.

        Raises:
            NotReachedError: It surely never left.
            ReplyLostError: The reply broke off; raised while the pieces are read, too.
        """
        request = self._prepared(call, token, accept_encoding="gzip, deflate")
        response = self._sent(call, request, is_streamed=True, within_s=within_s)
        try:
            if response.ok:
                yield self._reply(call, response, b""), _pieces(call, response)
            else:
                yield self._reply(call, response), iter(())
        finally:
            response.close()

    def forget_cookies(self) -> None:
        """Begin a new session with the server."""
        self._session.cookies.clear()
        self._cookies.clear()

    def close(self) -> None:
        """Close all connections; a later call opens new ones."""
        self._session.close()

    def _sent(
        self,
        call: Call,
        request: PreparedRequest,
        *,
        is_streamed: bool,
        within_s: float | None = None,
    ) -> Response:
        timeout = self._timeout
        if within_s is not None:
            timeout = (min(timeout[0], within_s), min(timeout[1], within_s))
        failure: ReplyLostError | NotReachedError
        try:
            # Not Session.send: it looks for redirects and authentication that nobody may follow.
            response = self._adapter.send(
                request, stream=is_streamed, timeout=timeout, proxies=self._proxies
            )
        except ReplyLostError as error:
            failure = _hinted(call, error)
        except (RequestException, HTTPError, OSError) as error:
            failure = _lost(call, error)
        else:
            _log.debug("%s %s: %d", call.method, call.path, response.status_code)
            self.was_heard = True
            self._time.note(response.headers.get("Date"))
            if "Set-Cookie" in response.headers:
                self._keep_cookies(request, response)
            return response
        _log.debug("%s %s: %s", call.method, call.path, failure.message)
        # Outside of the handler: requests' exceptions hold the request with its token and body,
        # and a chained exception would carry them along.
        raise failure

    def _reply(self, call: Call, response: Response, body: bytes | None = None) -> Reply:
        if body is None:
            body = _whole(call, response)
        return Reply(response.status_code, call.method, call.path, response.headers, body)

    def _prepared(self, call: Call, token: str | None, accept_encoding: str) -> _Prepared:
        refuse_forbidden_quickly(call.target)
        request = _Prepared(call.target)
        request.method = call.method
        request.url = self.address.url + call.target
        request.body = call.body
        request.headers = CaseInsensitiveDict(
            {"User-Agent": USER_AGENT, "Accept": "application/json", **call.headers}
        )
        # Not left to the caller: a reply that is not streamed is read as it comes.
        request.headers["Accept-Encoding"] = accept_encoding
        if token is not None:
            request.headers["Authorization"] = f"Bearer {token}"
        if call.body is not None:
            request.headers["Content-Length"] = str(len(call.body))
        if cookies := self._cookie_header(request, call.path):
            request.headers["Cookie"] = cookies
        return request

    def _cookie_header(self, request: PreparedRequest, path: str) -> str | None:
        """Return the cookies for a path; they are worked out once for all paths of a folder."""
        jar = self._session.cookies
        if not jar:
            return None
        known, folder = self._cookies, path.rpartition("/")[0]
        if folder not in known:
            header: str | None = get_cookie_header(jar, request)  # type: ignore[no-untyped-call]
            if any(cookie.expires is not None for cookie in jar):
                return header
            known[folder] = header
        return known[folder]

    def _keep_cookies(self, request: PreparedRequest, response: Response) -> None:
        # only there do several headers of one name stand apart
        original = getattr(response.raw, "_original_response", None)
        if original is not None:
            given = original.msg.get_all("Set-Cookie", [])
            keep_cookies(self._session.cookies, request, given)
        self._cookies = {}


class _Prepared(PreparedRequest):
    """A request made by hand: what is sent is exactly what the call says.

    Attributes:
        within_s: Longest wait for its reply, where that is less than usual.
    """

    within_s: float | None = None

    def __init__(self, target: str) -> None:
        super().__init__()
        self._target = target

    @property
    @override
    def path_url(self) -> str:
        return self._target


def _session(address: ServerAddress, adapter: KeptConnections) -> Session:
    session = Session()
    # A netrc entry would replace the token, a bundle of the environment the one that was given.
    session.trust_env = False
    session.adapters.clear()
    session.mount(f"{address.url}/", adapter)
    return session


def _proxies(address: ServerAddress) -> dict[str, str]:
    """Return the proxy that the environment names for this server; none for this machine."""
    if address.is_loopback:
        return {}
    proxy = select_proxy(address.url, get_environ_proxies(address.url))
    if proxy is None:
        return {}
    _log.info("proxy %s is used, as the environment says", proxy.rpartition("@")[2])
    return {address.scheme: proxy}


def _pieces(call: Call, response: Response) -> Iterator[bytes]:
    try:
        yield from response.iter_content(_WINDOW)
    except (RequestException, HTTPError, OSError) as error:
        failure = _lost(call, error)
    else:
        return
    raise failure


def _whole(call: Call, response: Response) -> bytes:
    body = bytearray()
    for piece in _pieces(call, response):
        body += piece
        if len(body) >= LONGEST_REPLY:
            response.close()
            raise too_long(call.method, call.path, response.status_code)
    return bytes(body)


def _lost(call: Call, error: Exception) -> ReplyLostError | NotReachedError:
    if isinstance(error, (InvalidURL, InvalidSchema, InvalidHeader, ConnectTimeout)):
        return NotReachedError(f"{call} was not sent: {type(error).__name__}")
    return _hinted(call, lost(str(call), _origin(error)))


def _hinted(call: Call, error: ReplyLostError) -> ReplyLostError:
    error.hint = _LOST_HINTS[call.effect]
    return error


_LOST_HINTS = {
    Effect.READ: "Nothing was changed by it. If it stays so, look at what lies in between.",
    Effect.CHANGE: "It may have been carried out: look at the state before anything is sent again.",
}


def _origin(error: BaseException) -> BaseException:
    """Return what stands at the bottom of an exception that wraps others in its arguments."""
    inner = [part for part in (*error.args, error.__cause__) if isinstance(part, BaseException)]
    reason = getattr(error, "reason", None)
    if isinstance(reason, BaseException):
        inner.insert(0, reason)
    return _origin(inner[0]) if inner else error
