r"""List, select and cancel host scan jobs of Netwrix Privilege Secure, in bulk and safely.

The names below are the library; everything else may change. They are loaded when they are first
used, so that importing the package does nothing and costs nothing.

Example:
    Cancel every paused job of one server, and wait for none of them:

        from hostscan_automation import HostScanClient, JobStatus, PasswordSignIn, Totp

        sign_in = PasswordSignIn(r"LAB\scan-admin", password, Totp(totp_secret))
        with HostScanClient("https://nps01.lab.example:6500", sign_in) as client:
            for job in client.jobs():
                if job.status is JobStatus.PAUSED:
                    client.cancel_job(job.id)

    `connect()` takes server and sign-in from the environment and the profile instead, as the
    command line does. Bulk work belongs to a playbook, which has limits, protection and a journal:
    see `hostscan_automation.runner`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hostscan_automation.api.client import CancelAccepted, HostScanClient, HostScanReader
    from hostscan_automation.api.ledger import SignInLedger
    from hostscan_automation.api.options import ConnectionOptions
    from hostscan_automation.api.signin_methods import (
        ApplicationSignIn,
        AskCode,
        BearerSignIn,
        GivenCode,
        NoMfa,
        PasswordSignIn,
        Totp,
    )
    from hostscan_automation.errors import (
        ApiError,
        CertificateError,
        CodeRefusedError,
        ForbiddenError,
        HostscanError,
        JournalError,
        NotFoundError,
        NotReachedError,
        PasswordRefusedError,
        PlanRefusedError,
        PlaybookError,
        Problem,
        RateLimitedError,
        ReplyLostError,
        ServerError,
        SessionExpiredError,
        SettingsError,
        SignInError,
        UnreadableReplyError,
    )
    from hostscan_automation.jobs.job import ScanJob, ScannedHost
    from hostscan_automation.jobs.outcome import Outcome
    from hostscan_automation.jobs.plan import CancelPlan
    from hostscan_automation.jobs.status import JobStatus
    from hostscan_automation.playbook.loading import load_playbook
    from hostscan_automation.playbook.model import Playbook
    from hostscan_automation.runs.record import JobRecord, RunRecord
    from hostscan_automation.wiring import connect

    __version__: str

_PLACES = {
    "api.client": ("CancelAccepted", "HostScanClient", "HostScanReader"),
    "api.ledger": ("SignInLedger",),
    "api.options": ("ConnectionOptions",),
    "api.signin_methods": (
        "ApplicationSignIn",
        "AskCode",
        "BearerSignIn",
        "GivenCode",
        "NoMfa",
        "PasswordSignIn",
        "Totp",
    ),
    "errors": (
        "ApiError",
        "CertificateError",
        "CodeRefusedError",
        "ForbiddenError",
        "HostscanError",
        "JournalError",
        "NotFoundError",
        "NotReachedError",
        "PasswordRefusedError",
        "PlanRefusedError",
        "PlaybookError",
        "Problem",
        "RateLimitedError",
        "ReplyLostError",
        "ServerError",
        "SessionExpiredError",
        "SettingsError",
        "SignInError",
        "UnreadableReplyError",
    ),
    "jobs.job": ("ScanJob", "ScannedHost"),
    "jobs.outcome": ("Outcome",),
    "jobs.plan": ("CancelPlan",),
    "jobs.status": ("JobStatus",),
    "playbook.loading": ("load_playbook",),
    "playbook.model": ("Playbook",),
    "runs.record": ("JobRecord", "RunRecord"),
    "wiring": ("connect",),
}
_PLACE_OF = {name: place for place, names in _PLACES.items() for name in names}

# Written out, because type checkers read it and run nothing.
__all__ = [
    "ApiError",
    "ApplicationSignIn",
    "AskCode",
    "BearerSignIn",
    "CancelAccepted",
    "CancelPlan",
    "CertificateError",
    "CodeRefusedError",
    "ConnectionOptions",
    "ForbiddenError",
    "GivenCode",
    "HostScanClient",
    "HostScanReader",
    "HostscanError",
    "JobRecord",
    "JobStatus",
    "JournalError",
    "NoMfa",
    "NotFoundError",
    "NotReachedError",
    "Outcome",
    "PasswordRefusedError",
    "PasswordSignIn",
    "PlanRefusedError",
    "Playbook",
    "PlaybookError",
    "Problem",
    "RateLimitedError",
    "ReplyLostError",
    "RunRecord",
    "ScanJob",
    "ScannedHost",
    "ServerError",
    "SessionExpiredError",
    "SettingsError",
    "SignInError",
    "SignInLedger",
    "Totp",
    "UnreadableReplyError",
    "__version__",
    "connect",
    "load_playbook",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 - reads a file

        return version("hostscan-automation")
    if name not in _PLACE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_PLACE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
