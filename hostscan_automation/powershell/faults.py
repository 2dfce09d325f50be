"""What PowerShell is told of an error: a stable id, its category, and the way out.

One table, from the tree of errors to what an `ErrorRecord` needs. The ids are a contract: scripts
compare them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hostscan_automation import errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import ValidationError


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of error as PowerShell sees it.

    Attributes:
        id: Without the prefix `HostScan.`.
        category: A name of `System.Management.Automation.ErrorCategory`.
        advice: The way out where the error itself has no hint.
        code: The JSON-RPC code.
    """

    id: str
    category: str
    advice: str = ""
    code: int = -32000


NOT_CONNECTED = Kind(
    "NotConnected", "ConnectionError", "Sign in first, with Connect-HostScanServer."
)
VERSION_MISMATCH = Kind(
    "VersionMismatch",
    "NotInstalled",
    "Run `hostscan powershell install` with the Python package that the module should use.",
)
AUTHENTICATION_FAILED = Kind(
    "AuthenticationFailed",
    "AuthenticationError",
    "Check login and password, then run Connect-HostScanServer again.",
)
MFA_REJECTED = Kind(
    "MfaRejected",
    "AuthenticationError",
    "Wait for the next code, then run Connect-HostScanServer again.",
)
MFA_REQUIRED = Kind(
    "MfaRequired", "AuthenticationError", "Connect with -TotpSecret, or with -Otp and a code."
)
TOKEN_EXPIRED = Kind("TokenExpired", "AuthenticationError", "Run Connect-HostScanServer again.")
FORBIDDEN = Kind("Forbidden", "PermissionDenied", "Use an account that has the role Admin or App.")
CERTIFICATE_INVALID = Kind(
    "CertificateInvalid",
    "SecurityError",
    "Give -CaBundle, or -Fingerprint with the certificate's SHA-256.",
)
NOT_FOUND = Kind(
    "NotFound", "ObjectNotFound", "It may be gone by now: Get-HostScanJob shows what is there."
)
BAD_REQUEST = Kind(
    "BadRequest", "InvalidArgument", "The message says what the server objects to: change that."
)
INVALID_ARGUMENT = Kind(
    "InvalidArgument",
    "InvalidArgument",
    "Get-Help with -Full shows what each parameter takes.",
    code=-32602,
)
SERVER_ERROR = Kind(
    "ServerError",
    "ResourceUnavailable",
    "Try again later; with the trace id the server's log tells more.",
)
NOT_REACHED = Kind("NotReached", "ConnectionError", "Nothing was sent: repeating is harmless.")
TIMEOUT = Kind("Timeout", "OperationTimeout", "Look at the state before you repeat it.")
WAIT_TIMEOUT = Kind(
    "WaitTimeout", "OperationTimeout", "Look at the job with Get-HostScanJob -Id, or wait longer."
)
LIMIT_EXCEEDED = Kind(
    "LimitExceeded",
    "LimitsExceeded",
    "Nothing was sent. Choose fewer jobs, or raise the limit in the profile or the playbook.",
)
PLAN_CHANGED = Kind(
    "PlanChanged", "InvalidOperation", "Nothing was sent. Run Invoke-HostScanPlaybook again."
)
PLAN_REFUSED = Kind(
    "PlanRefused", "InvalidOperation", "Nothing was sent. The message says what stood against it."
)
PLAYBOOK_INVALID = Kind(
    "PlaybookInvalid", "ParserError", "Test-HostScanPlaybook shows each fault with its place."
)
EXAMPLE_SYNTAX = Kind(
    "ExampleSyntax", "ParserError", "Simplify that line, or carry the example over by hand."
)
CANCELLED = Kind(
    "Cancelled", "OperationStopped", "Get-HostScanRun shows what was sent before it was stopped."
)
_ODD_PEER = "Run Connect-HostScanServer again. If it stays so: `hostscan powershell install`."
PROTOCOL = Kind("Protocol", "ProtocolError", _ODD_PEER, code=-32600)
UNKNOWN_METHOD = Kind("Protocol", "ProtocolError", _ODD_PEER, code=-32601)
STATE_UNUSABLE = Kind(
    "StateUnusable",
    "ResourceUnavailable",
    "Check the state folder: HOSTSCAN_STATE_DIR names it, where it is set.",
)
REPORT_FAILED = Kind(
    "ReportFailed",
    "WriteError",
    "Give another -Path. The run is in the journal: its report can be written at any time.",
)
INTERNAL = Kind(
    "InternalError",
    "InvalidResult",
    "This is a bug in hostscan: please report it with what you did.",
    code=-32603,
)

# The most special class that an error is an instance of decides.
KIND_OF_ERROR: dict[type[errors.HostscanError], Kind] = {
    errors.HostscanError: INTERNAL,
    errors.SettingsError: INVALID_ARGUMENT,
    errors.SecretNotFoundError: INVALID_ARGUMENT,
    errors.NotReachedError: NOT_REACHED,
    errors.CertificateError: CERTIFICATE_INVALID,
    errors.ReplyLostError: TIMEOUT,
    errors.SignInError: AUTHENTICATION_FAILED,
    errors.PasswordRefusedError: AUTHENTICATION_FAILED,
    errors.CodeRefusedError: MFA_REJECTED,
    errors.SessionExpiredError: TOKEN_EXPIRED,
    errors.ApiError: BAD_REQUEST,
    errors.ForbiddenError: FORBIDDEN,
    errors.NotFoundError: NOT_FOUND,
    errors.RateLimitedError: SERVER_ERROR,
    errors.ServerError: SERVER_ERROR,
    errors.UnreadableReplyError: SERVER_ERROR,
    errors.PlaybookError: PLAYBOOK_INVALID,
    errors.FilterError: INVALID_ARGUMENT,
    errors.ExampleError: EXAMPLE_SYNTAX,
    errors.PlanRefusedError: PLAN_REFUSED,
    errors.JournalError: STATE_UNUSABLE,
    errors.ReportError: REPORT_FAILED,
}


class Fault(Exception):  # noqa: N818 - what it is on this wire, not an error of the tree
    """An error in the form that goes over the wire.

    Attributes:
        kind: Its id, category and code.
        target: What it is about (a job id, a file), or None.
    """

    def __init__(
        self,
        kind: Kind,
        message: str,
        *,
        advice: str = "",
        target: object = None,
        trace_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.advice = advice or kind.advice
        self.target = None if target is None else str(target)
        self.trace_id = trace_id

    def to_data(self, told: Callable[[str], str] = str) -> dict[str, Any]:
        """Return the `error` member of a reply, its texts made fit to be shown by `told`."""
        data = {
            "errorId": f"HostScan.{self.kind.id}",
            "category": self.kind.category,
            "recommendedAction": told(self.advice),
            "target": self.target,
            "traceId": self.trace_id,
        }
        return {"code": self.kind.code, "message": told(self.message), "data": data}


def fault_of(error: BaseException, *, target: object = None) -> Fault:
    """Return the fault that tells an error.

    An error that is not of the tree is a bug here: only its type is told, because its text may
    hold anything.
    """
    if isinstance(error, Fault):
        return error
    if not isinstance(error, errors.HostscanError):
        return Fault(INTERNAL, f"bridge failed with {type(error).__name__}", target=target)
    kind = next(KIND_OF_ERROR[cls] for cls in type(error).__mro__ if cls in KIND_OF_ERROR)
    trace_id = error.trace_id if isinstance(error, errors.ApiError) else None
    return Fault(kind, error.message, advice=error.hint or "", target=target, trace_id=trace_id)


def fault_of_parameters(error: ValidationError) -> Fault:
    """Return the fault for parameters that the schema refuses; never with their values."""
    faults = [
        f"{'.'.join(str(part) for part in item['loc']) or 'params'}: {item['msg'].lower()}"
        for item in error.errors(include_input=False, include_context=False, include_url=False)
    ]
    return Fault(INVALID_ARGUMENT, "; ".join(faults))
