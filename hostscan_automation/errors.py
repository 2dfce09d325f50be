"""Say what went wrong, sorted by what the caller does next.

Every error this package raises on purpose is a `HostscanError`. The message says what and where
and, where it is known, why; `hint` says the way out. Neither ever holds a secret, a request body
or a header. The tree is flat on purpose: a class exists where somebody acts differently on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class HostscanError(Exception):
    """Anything this package reports to its caller.

    Attributes:
        message: One line: lower case, subject first, no full stop.
        hint: The way out, a sentence for a person, or None.
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class SettingsError(HostscanError):
    """A setting is missing, contradictory or unreadable: nothing was sent."""


class SecretNotFoundError(SettingsError):
    """A secret that a setting refers to could not be had from its source."""


class NotReachedError(HostscanError):
    """The server was not reached and nothing was sent: repeating is harmless."""


class CertificateError(NotReachedError):
    """The server's certificate is not the one to trust: no request was sent.

    Attributes:
        fingerprint: SHA-256 of the certificate that was shown, 64 hex digits, where it is known.
    """

    def __init__(
        self, message: str, *, hint: str | None = None, fingerprint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.fingerprint = fingerprint


class ReplyLostError(HostscanError):
    """The request may have been carried out: read the state before anything else.

    Attributes:
        is_slow: The server fell silent or let the reply drip; the connection did not break off.
    """

    is_slow = False


class SignInError(HostscanError):
    """The server did not sign this account in."""


class PasswordRefusedError(SignInError):
    """Login and password were refused, or the account is locked: do not try again unchanged."""


class CodeRefusedError(SignInError):
    """The one-time code was refused: the same code must not be sent again."""


class SessionExpiredError(SignInError):
    """The session ended and could not be renewed."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A `Microsoft.AspNetCore.Mvc.ProblemDetails` body, as far as the server filled it in.

    Attributes:
        further: Every member beyond the standard five (live servers send `traceId`, `errors`).
    """

    type: str | None = None
    title: str | None = None
    status: int | None = None
    detail: str | None = None
    instance: str | None = None
    further: Mapping[str, Any] = field(default_factory=dict)

    @property
    def trace_id(self) -> str | None:
        """The id an administrator can look up in the server's log."""
        value = self.further.get("traceId")
        return value if isinstance(value, str) else None


class ApiError(HostscanError):
    """The server answered, and the answer is no.

    Attributes:
        status: HTTP status of the reply.
        method: HTTP method of the request.
        path: Path of the request, without server and query.
        problem: The body as ProblemDetails, or None where it was none.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        method: str,
        path: str,
        problem: Problem | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.method = method
        self.path = path
        self.problem = problem

    @property
    def trace_id(self) -> str | None:
        """The server's trace id of the failed call, where it sent one."""
        return self.problem.trace_id if self.problem else None


class ForbiddenError(ApiError):
    """403: signed in, but the second factor or a role (Admin, App) is missing."""


class NotFoundError(ApiError):
    """404: the server does not have what was asked for."""


class RateLimitedError(ApiError):
    """429 or 503 after all permitted repetitions.

    Attributes:
        retry_after_s: Seconds the server asked to wait, or None.
    """

    retry_after_s: float | None = None


class ServerError(ApiError):
    """5xx: the server failed at the request."""


class UnreadableReplyError(ApiError):
    """The reply is not what the documentation says: HTML of a proxy, cut JSON, wrong types."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault in a file that a person wrote.

    Attributes:
        line: 1-based line, or None where the fault has no place in the file.
        column: 1-based column.
        path: Path inside the document, such as `steps.0.select.all.1.status`, or "".
        message: What is wrong, with a suggestion where there is one.
    """

    message: str
    path: str = ""
    line: int | None = None
    column: int | None = None

    def text(self, file: str) -> str:
        """Return `file:line:col: path: message`, leaving out what is not known."""
        place = file if self.line is None else f"{file}:{self.line}:{self.column}"
        return f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}"


class PlaybookError(HostscanError):
    """A playbook is wrong; all its faults at once.

    Attributes:
        file: The file as the person named it.
        findings: Every fault, in the order of the file; at least one.
    """

    def __init__(
        self, file: str, findings: tuple[Finding, ...], *, hint: str | None = None
    ) -> None:
        super().__init__("\n".join(finding.text(file) for finding in findings), hint=hint)
        self.file = file
        self.findings = findings


class FilterError(PlaybookError):
    """A filter is wrong, wherever it stands (a playbook, a flag, a profile)."""


class ExampleError(PlaybookError):
    """A documented example holds something outside the subset that can be carried over."""


class PlanRefusedError(HostscanError):
    """The plan was not carried out: a limit, a stale plan, a missing role, a no. Nothing was sent.

    Attributes:
        reasons: Each reason on its own, for programs.
    """

    def __init__(
        self, message: str, *, reasons: tuple[str, ...] = (), hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.reasons = reasons or (message,)


class JournalError(HostscanError):
    """The record of a run (or the state folder) cannot be read or written."""


class ReportError(HostscanError):
    """A report cannot be written where it was asked for."""
