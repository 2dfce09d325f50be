"""`hostscan simulate`: a server of the documented API on this machine, until it is ended."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hostscan_automation.cli.commands import command
from hostscan_automation.cli.invocation import Invocation, pass_invocation
from hostscan_automation.cli.options import output_option
from hostscan_automation.runs.stop import Stop

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hostscan_automation.clock import Clock
    from hostscan_automation.simulator import Simulator

_LOOK_EVERY_S = 0.2
_HELP = """\
Run a simulated server on this machine until Ctrl+C.

It follows the documented API: sign-in with a one-time code, jobs that come and go, errors as a real
server gives them. Nothing it does reaches a real server.

\b
Faults of a share of the requests (0 to 1):
  before the server acts    refuse reset mid-request busy too-many unavailable
                            html page empty-502 redirect
  after it acted            lost-reply cut truncated endless empty wrong-type duplicate
  before or after           slow error-500 error-502 error-504
Faults of a share of the jobs (0 to 1):
                            vanish finish never-cancelled
Others:                     latency=MS token-ttl=SECONDS skew=SECONDS sign-in-500=N
                            rate-limit=N redirect-port=N
                            retry-after=SECONDS (or none, seconds, date, nonsense, year)

\b
--fault can be given several times. docs/simulator.md tells of each."""


@command(
    "simulate",
    help=_HELP,
    examples="""\
hostscan simulate
hostscan simulate --tls --jobs 500 --fault lost-reply=0.05 --fault token-ttl=5
hostscan simulate --output json --log requests.jsonl""",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    show_default=True,
    help="Port on 127.0.0.1; 0 takes any free one.",
)
@click.option("--tls", is_flag=True, help="Serve https, with a certificate made on the spot.")
@click.option(
    "--jobs",
    type=click.IntRange(0),
    default=2134,
    show_default=True,
    help="How many jobs it begins with.",
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="The same seed, the same jobs."
)
@click.option("--fault", "faults", multiple=True, metavar="NAME[=VALUE]", help="Behave badly.")
@click.option(
    "--log",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a JSON line for each request to FILE.",
)
@click.option(
    "--lenient-cookie",
    is_flag=True,
    help="Take the second sign-in step without the cookie of the first.",
)
@output_option("text", "json")
@pass_invocation
def simulate(invocation: Invocation, faults: tuple[str, ...], output: str, **given: Any) -> None:
    """Serve until a signal ends it: that is how it is meant to end, and exit code 0."""
    from hostscan_automation.simulator import Simulator, SimulatorConfig, parse_faults

    config = SimulatorConfig(faults=parse_faults(faults), **given)
    stop = Stop()
    # before it is announced: whoever reads the announcement may end it at once
    with stop.listening(), Simulator(config) as server:
        _announce(invocation, server, output)
        _wait(stop, invocation.environment.clock)
    invocation.out.people.line("simulator ended")


def _wait(stop: Stop, clock: Clock) -> None:
    while not stop.is_requested:
        # short waits: on Windows a signal is not seen before the wait is over
        clock.wait(stop.event, _LOOK_EVERY_S)


def _announce(invocation: Invocation, server: Simulator, output: str) -> None:
    data = invocation.out.data
    if output == "json":
        data.write(f"{json.dumps(server.ready_message())}\n")
    else:
        data.line(f"simulator ready at {server.url} (Ctrl+C ends it)")
        data.line("In another window, to use it:")
        for line in environment_lines(server.environment, os.name):
            data.line(f"  {line}")
    data.flush()


def environment_lines(values: Mapping[str, str], platform: str) -> list[str]:
    """Return what a person types to set the variables: for PowerShell on Windows, else for sh."""
    if platform == "nt":
        return [
            "$env:{} = '{}'".format(name, value.replace("'", "''"))
            for name, value in values.items()
        ]
    return [f"export {name}={shlex.quote(value)}" for name, value in values.items()]
