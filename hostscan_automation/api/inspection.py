"""Look at a server from outside, before anybody signs in: does it answer, and who is it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hostscan_automation.api.address import ServerAddress
from hostscan_automation.api.call import Call
from hostscan_automation.api.endpoints import VERSION
from hostscan_automation.api.options import ConnectionOptions
from hostscan_automation.api.server_time import ServerTime
from hostscan_automation.api.tls import shown_fingerprint
from hostscan_automation.api.transport import Transport
from hostscan_automation.api.wire import read_text
from hostscan_automation.clock import Clock, SystemClock
from hostscan_automation.errors import CertificateError, UnreadableReplyError

if TYPE_CHECKING:
    from hostscan_automation.api.call import Reply


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What a server shows to somebody who has not signed in.

    Attributes:
        fingerprint: SHA-256 of its certificate, 64 hex digits, to pin; None over plain http.
        distrust: Why its certificate is not trusted, or None; nothing else is known then.
        version: None where it tells that only to those who signed in.
        clock_offset_s: Seconds that its clock is ahead of this machine's; 0 within a few seconds.
    """

    url: str
    fingerprint: str | None = None
    distrust: CertificateError | None = None
    version: str | None = None
    clock_offset_s: float = 0.0


def inspect_server(
    server: str, connection: ConnectionOptions | None = None, *, clock: Clock | None = None
) -> ServerFacts:
    """Return what a server shows; nothing secret is sent to it.

    Raises:
        SettingsError: The address cannot be used.
        NotReachedError: Its name is not known, nobody listens there, or no TLS is spoken.
        ReplyLostError: It took the request and did not answer.
    """
    options = connection or ConnectionOptions()
    address, time = ServerAddress.parse(server), ServerTime(clock or SystemClock())
    transport = Transport(address, options, time)
    try:
        reply = transport.exchange(Call(VERSION.method, VERSION.template, VERSION.effect))
    except CertificateError as error:
        return ServerFacts(address.url, error.fingerprint, error)
    finally:
        transport.close()
    fingerprint = None
    if address.scheme == "https":
        fingerprint = shown_fingerprint(address, options.connect_timeout_s)
    return ServerFacts(address.url, fingerprint, None, _version(reply), time.offset_s)


def _version(reply: Reply) -> str | None:
    if not reply.is_success:
        return None
    try:
        return read_text(reply)
    except UnreadableReplyError:
        return None
