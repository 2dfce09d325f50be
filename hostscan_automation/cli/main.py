"""The entry point: run a command in an environment, and turn how it ended into an exit code."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import TYPE_CHECKING

import click

from hostscan_automation.cli.environment import Environment
from hostscan_automation.cli.exits import ExitCode, exit_code_of
from hostscan_automation.cli.interrupts import ending_by_signal
from hostscan_automation.cli.invocation import Invocation
from hostscan_automation.cli.root import root
from hostscan_automation.errors import HostscanError

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None, environment: Environment | None = None) -> int:
    """Run `hostscan` and return its exit code; no exception ever leaves here."""
    environment = environment or Environment.of_process()
    invocation = Invocation.of(environment)
    given = sys.argv[1:] if arguments is None else list(arguments)
    with (
        ending_by_signal(),
        contextlib.redirect_stdout(environment.stdout),
        contextlib.redirect_stderr(environment.stderr),
    ):
        try:
            return int(_run(given, invocation))
        finally:
            invocation.logs.close()


def _run(arguments: list[str], invocation: Invocation) -> int:
    try:
        code = _invoke(arguments, invocation)
        invocation.out.data.flush()
    except click.ClickException as error:
        return _say_usage(error, invocation)
    except HostscanError as error:
        invocation.say_error(error)
        return exit_code_of(error)
    except (KeyboardInterrupt, EOFError, click.Abort):
        invocation.out.people.line("interrupted")
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the one place where a bug ends in words
        if is_closed_pipe(error):
            _leave_quietly(invocation.environment)
            return ExitCode.DONE
        return _say_bug(error, invocation)
    return code if isinstance(code, int) else ExitCode.DONE


def _invoke(arguments: list[str], invocation: Invocation) -> object:
    # not `root.main`: it has its own ideas of exit codes, of closed pipes and of what on Windows
    # is to be expanded
    try:
        with root.make_context("hostscan", arguments, obj=invocation) as context:
            return root.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code


def _say_usage(error: click.ClickException, invocation: Invocation) -> int:
    context = error.ctx if isinstance(error, click.UsageError) else None
    hint = f"{context.command_path} --help" if context else None
    invocation.out.people.error(HostscanError(error.format_message(), hint=hint))
    return error.exit_code


def _say_bug(error: Exception, invocation: Invocation) -> ExitCode:
    text = invocation.logs.redaction.clean(f"{type(error).__name__}: {error}")
    invocation.logs.crash(error)
    bug = HostscanError(
        f"bug in hostscan: {' '.join(text.split())}",
        hint=(
            "The log file holds the details; please report it."
            if invocation.logs.has_file
            else "Run it again with --log-file FILE, and report what stands there."
        ),
    )
    invocation.out.people.error(bug)
    return ExitCode.BUG


def is_closed_pipe(error: Exception) -> bool:
    """Whether the reader of our output went away (`| head`); Windows calls that EINVAL."""
    return isinstance(error, BrokenPipeError) or (
        os.name == "nt" and isinstance(error, OSError) and error.errno == errno.EINVAL
    )


def _leave_quietly(environment: Environment) -> None:
    # the interpreter flushes stdout once more when it ends, and would complain
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), environment.stdout.fileno())
