"""Send calls in a signed-in session: token, repetitions by effect, errors by status."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from hostscan_automation.api.patience import Patience
from hostscan_automation.api.replies import refusal
from hostscan_automation.errors import HostscanError, SessionExpiredError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hostscan_automation.api.call import Call, Reply
    from hostscan_automation.api.server_time import ServerTime
    from hostscan_automation.api.tokens import AccessToken, TokenSource
    from hostscan_automation.api.transport import Transport
    from hostscan_automation.clock import Clock

_T = TypeVar("_T")
_UNAUTHORIZED = 401
_UNSENT_RETRY_FOR_S = 15.0
_RENEWALS_AT_MOST = 3


class Caller:
    """Sends calls with the session's token, from any number of threads.

    Every method sends a call once more after a 401, CHANGE included: a 401 proves that nothing was
    done. Beyond that a READ is repeated while its patience lasts, a CHANGE while it surely never
    left, and what goes through `once` never.
    """

    def __init__(
        self, transport: Transport, tokens: TokenSource, server_time: ServerTime, clock: Clock
    ) -> None:
        self._transport = transport
        self._tokens = tokens
        self._time = server_time
        self._clock = clock

    def once(self, call: Call) -> Reply:
        """Send a call without any repetition but the one after a 401; raise where it is refused."""
        return self._until_done(lambda token: self._accepted(call, token), patience=None)

    def change(self, call: Call) -> Reply:
        """Send a call that changes something; again only when it surely never left."""
        patience = self._patience(_UNSENT_RETRY_FOR_S, only_unsent=True)
        return self._until_done(lambda token: self._accepted(call, token), patience)

    def read(
        self, call: Call, parse: Callable[[Reply], _T], *, within_s: float | None = None
    ) -> _T:
        """Send a reading call, again where that may help, and return its parsed reply.

        Args:
            call: What to send.
            parse: Reads a reply.
            within_s: How long it may be repeated and waited for, where that is less than usual.
        """
        patience = self._patience(self._total_s(within_s), only_unsent=False)
        return self._until_done(
            lambda token: parse(self._accepted(call, token, within_s)), patience
        )

    def read_all(
        self, call: Call, parse: Callable[[Reply, Iterator[bytes]], Iterator[_T]]
    ) -> list[_T]:
        """Send a reading call, again where that may help, and return all items of its reply."""
        patience = self._patience(self._transport.options.retry_for_s, only_unsent=False)
        return self._until_done(lambda token: list(self._items(call, token, parse)), patience)

    def stream(
        self,
        call: Call,
        parse: Callable[[Reply, Iterator[bytes]], Iterator[_T]],
        *,
        within_s: float | None = None,
    ) -> Iterator[_T]:
        """Send a reading call and yield the items of its reply as they come.

        A reply that breaks off is asked for again as long as nothing of it was given away.

        Args:
            call: What to send.
            parse: Makes items of a reply.
            within_s: How long it may be repeated and waited for, where that is less than usual.
        """
        patience = self._patience(self._total_s(within_s), only_unsent=False)
        yield from self._until_done(
            lambda token: _started(self._items(call, token, parse, within_s)), patience
        )

    def _until_done(self, attempt: Callable[[AccessToken], _T], patience: Patience | None) -> _T:
        token, renewals = self._tokens.current(), 0
        while True:
            try:
                return attempt(token)
            except _TokenRefusedError:
                is_refused = True
            except HostscanError as error:
                if patience is None or not patience.waits_after(error):
                    raise
                is_refused = False
            if not is_refused:
                token, renewals = self._tokens.current(), 0
                continue
            self._check_renewals(token, renewals)
            token, renewals = self._tokens.replacement(token), renewals + 1

    def _check_renewals(self, token: AccessToken, renewals: int) -> None:
        """Raise where a renewed token was refused, unless it held in between and ended again."""
        if not renewals or (renewals < _RENEWALS_AT_MOST and self._tokens.has_held(token)):
            return
        raise SessionExpiredError(
            "session was refused by the server right after it was renewed",
            hint="Does something between here and the server remove the token?",
        )

    def _accepted(self, call: Call, token: AccessToken, within_s: float | None = None) -> Reply:
        reply = self._transport.exchange(call, token.text, within_s=within_s)
        return self._checked(reply, token)

    def _items(
        self,
        call: Call,
        token: AccessToken,
        parse: Callable[[Reply, Iterator[bytes]], Iterator[_T]],
        within_s: float | None = None,
    ) -> Iterator[_T]:
        with self._transport.stream(call, token.text, within_s=within_s) as (reply, pieces):
            yield from parse(self._checked(reply, token), pieces)

    def _checked(self, reply: Reply, token: AccessToken) -> Reply:
        if reply.status == _UNAUTHORIZED:
            raise _TokenRefusedError
        self._tokens.prove(token)
        if not reply.is_success:
            raise refusal(reply, self._time.now())
        return reply

    def _total_s(self, within_s: float | None) -> float:
        total_s = self._transport.options.retry_for_s
        return total_s if within_s is None else min(total_s, within_s)

    def _patience(self, total_s: float, *, only_unsent: bool) -> Patience:
        return Patience(
            self._clock,
            total_s,
            only_unsent=only_unsent,
            was_heard=self._transport.was_heard,
        )


class _TokenRefusedError(Exception):
    """A 401: the token does not hold any more, and nothing was done."""


def _started(items: Iterator[_T]) -> Iterator[_T]:
    """Return the items once the first of them (or the end) has come."""
    for first in items:
        return chain((first,), items)
    return iter(())
