"""What a run needs of a server, as Protocols: the run never sees the concrete client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from hostscan_automation.jobs.job import ScanJob


class JobReader(Protocol):
    """Reads jobs; has no way to change anything."""

    def iter_jobs(self, within_s: float | None = None) -> Iterator[ScanJob]:
        """Yield every job of the list as it streams in.

        Args:
            within_s: How long the call may be repeated, and its reply be waited for.

        Raises:
            NotReachedError: The server was not reached, after all repetitions.
            ReplyLostError: The reply broke off, after all repetitions.
            UnreadableReplyError: The reply is not the documented list, or was cut short.
            ApiError: The server said no.
            SignInError: Sign-in failed.
        """
        ...

    def job(self, job_id: UUID) -> ScanJob:
        """Read one job in detail; raises `NotFoundError` where the server does not know it."""
        ...

    def server_now(self) -> datetime:
        """Return the server's time by its last `Date` header, aware, UTC."""
        ...


class CancelReply(Protocol):
    """The reply to a cancel that the server took (202; live servers may say 200 or 204)."""

    @property
    def status(self) -> int:
        """HTTP status."""
        ...


class Canceller(Protocol):
    """Sends exactly one cancel, once."""

    def cancel_job(self, job_id: UUID) -> CancelReply:
        """Ask the server to cancel a job, without any repetition but the one after a 401.

        Raises:
            NotReachedError: It surely never left.
            ReplyLostError: It may have been carried out.
            NotFoundError: 404.
            RateLimitedError: 429 or 503, with `retry_after_s`.
            ServerError: Another 5xx.
            UnreadableReplyError: A reply that no server of this kind sends.
            ApiError: 400 and everything else; `problem` holds the server's text.
            SignInError: The session ended and could not be renewed: nothing was done.
        """
        ...
