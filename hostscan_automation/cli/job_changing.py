"""`hostscan jobs schedule` and `hostscan jobs stop-host`: one request, sent once."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import click

from hostscan_automation.cli.commands import command
from hostscan_automation.cli.connection import changing, settings_of
from hostscan_automation.cli.exits import ExitCode
from hostscan_automation.cli.invocation import Invocation, pass_invocation
from hostscan_automation.cli.options import connection_options, output_option
from hostscan_automation.errors import ApiError, HostscanError, ReplyLostError
from hostscan_automation.reports.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hostscan_automation.api.client import HostScanClient

STOP_HOST_SCHEMA = "hostscan/stop-host/1"

_yes_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--yes", is_flag=True, help="Do not ask."
)


@command(
    "schedule",
    help="""\
Schedule scans of hosts, now.

HOST_ID is the id of a host as `jobs show` tells it (Host id); - reads ids from standard input. The
request is sent once: when its reply is lost, look with `jobs list` before trying again.""",
    examples="hostscan jobs schedule 8d1c7f5e-53a4-4a2e-9d52-0a4a3e3b7f10",
)
@click.argument("ids", metavar="HOST_ID...", nargs=-1, required=True)
@_yes_option
@connection_options
@output_option("table", "json", "jsonl", "csv", "yaml")
@pass_invocation
def schedule(invocation: Invocation, ids: tuple[str, ...], yes: bool, output: str) -> ExitCode:
    """Ask, send, and show the jobs that were made."""
    from hostscan_automation.cli.ids import read_ids
    from hostscan_automation.cli.job_reading import put_jobs

    host_ids = read_ids(invocation, ids, "host id")
    what = f"Schedule scans of {counted(len(host_ids), 'host')}"
    with _allowed_client(invocation, what, yes=yes) as client:
        try:
            one, *more = host_ids
            made = client.schedule_hosts(host_ids) if more else (client.schedule_host(one),)
        except (ApiError, ReplyLostError) as error:
            return _sent_in_vain(invocation, error)
    put_jobs(invocation, made, output)
    return ExitCode.DONE


@command(
    "stop-host",
    help="""\
Stop the scan of one host in a job; the other hosts of the job go on.

HOST_SCAN_HOST_ID is the host's record in the scan tables, as `jobs show` tells it (Host scan host
id); it is not the id of the host. To cancel a whole job: hostscan jobs cancel.""",
    examples="hostscan jobs stop-host 5f0d0b6e-1a63-4a0e-8f7c-4a3c6f1e2d90",
)
@click.argument("host_scan_host_id", metavar="HOST_SCAN_HOST_ID")
@_yes_option
@connection_options
@output_option("table", "json", "yaml")
@pass_invocation
def stop_host(invocation: Invocation, host_scan_host_id: str, yes: bool, output: str) -> ExitCode:
    """Ask, send, and say that the server took it."""
    from hostscan_automation.cli.ids import read_ids

    (scan_host_id,) = read_ids(invocation, [host_scan_host_id], "host scan host id")
    with _allowed_client(invocation, f"Stop the scan of {scan_host_id}", yes=yes) as client:
        try:
            client.stop_host(scan_host_id)
        except (ApiError, ReplyLostError) as error:
            return _sent_in_vain(invocation, error)
    _put_stopped(invocation, str(scan_host_id), output)
    return ExitCode.DONE


@contextlib.contextmanager
def _allowed_client(invocation: Invocation, what: str, *, yes: bool) -> Iterator[HostScanClient]:
    """Yield a client that is signed in with a role that may change, after somebody said yes."""
    from hostscan_automation.cli.question import ask_to_change
    from hostscan_automation.runner import refuse_without_role

    with changing(invocation, settings_of(invocation)) as client:
        client.sign_in()
        refuse_without_role(client)
        if not yes:
            ask_to_change(invocation, f"{what} on {client.server}?")
        yield client


def _sent_in_vain(invocation: Invocation, error: HostscanError) -> ExitCode:
    """Tell a failure after the request has left: none of the codes that promise otherwise."""
    invocation.say_error(error)
    if isinstance(error, ReplyLostError):
        invocation.out.people.line("it may have been carried out: look before trying again")
    return ExitCode.NOT_ALL_DONE


def _put_stopped(invocation: Invocation, scan_host_id: str, output: str) -> None:
    from hostscan_automation.cli.render_data import OutputFormat, write_document

    if output == "table":
        invocation.out.data.line(f"The server was asked to stop the scan of {scan_host_id}.")
        return
    stopped = {
        "schema": STOP_HOST_SCHEMA,
        "host_scan_host_id": scan_host_id,
        "outcome": "accepted",
    }
    write_document(invocation.out.data, stopped, "", OutputFormat(output))
