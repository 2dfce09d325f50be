"""The exit codes, and which error ends with which: the one place that knows."""

from __future__ import annotations

from enum import IntEnum

from hostscan_automation.errors import (
    ApiError,
    ForbiddenError,
    HostscanError,
    JournalError,
    NotReachedError,
    PlanRefusedError,
    PlaybookError,
    ReplyLostError,
    ReportError,
    SettingsError,
    SignInError,
)


class ExitCode(IntEnum):
    """How a command ended. 2 to 7 and 9 promise that nothing was sent to change anything."""

    DONE = 0
    BUG = 1
    USAGE = 2
    SETTINGS = 3
    SIGN_IN = 4
    SERVER = 5
    PLAYBOOK = 6
    REFUSED = 7
    NOT_ALL_DONE = 8
    NOTHING_MATCHED = 9
    INTERRUPTED = 130


_BY_ERROR: dict[type[HostscanError], ExitCode] = {
    SettingsError: ExitCode.SETTINGS,
    JournalError: ExitCode.SETTINGS,
    ReportError: ExitCode.SETTINGS,
    SignInError: ExitCode.SIGN_IN,
    NotReachedError: ExitCode.SERVER,
    ReplyLostError: ExitCode.SERVER,
    ApiError: ExitCode.SERVER,
    # a missing role is a refusal like a limit, not a fault of the server
    ForbiddenError: ExitCode.REFUSED,
    PlaybookError: ExitCode.PLAYBOOK,
    PlanRefusedError: ExitCode.REFUSED,
    HostscanError: ExitCode.BUG,
}


def exit_code_of(error: HostscanError | type[HostscanError]) -> ExitCode:
    """Return the exit code of an error: that of the nearest class above it in the tree."""
    kind = error if isinstance(error, type) else type(error)
    return next(_BY_ERROR[parent] for parent in kind.__mro__ if parent in _BY_ERROR)
