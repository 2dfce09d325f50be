"""What a person types and sets: arguments and environment variables, in this process."""

from __future__ import annotations

import contextlib
import io
import json
import socket
from typing import TYPE_CHECKING, Any

from hostscan_automation.cli.environment import Environment
from hostscan_automation.cli.main import main
from tests.campaign.doors import Door
from tests.unit.runs.fakes import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_PLAYBOOK = b"""\
version: 1
name: one
steps:
  - select: {status: Queued}
"""
_ENVIRONMENTS: tuple[dict[str, str], ...] = (
    {
        "HOSTSCAN_SERVER": "https://nps01:6500",
        "HOSTSCAN_LOGIN": "LAB\\svc",
        "HOSTSCAN_PASSWORD": "secret-1",
        "HOSTSCAN_TOTP_SECRET": "JBSWY3DPEHPK3PXP",
        "HOSTSCAN_CA_BUNDLE": "ca.pem",
    },
    {
        "HOSTSCAN_SERVER": "http://127.0.0.1:1",
        "HOSTSCAN_APP": "robot",
        "HOSTSCAN_API_KEY": "k" * 40,
        "HOSTSCAN_PROFILE": "lab",
        "HOSTSCAN_CONFIG": "config.toml",
        "HOSTSCAN_STATE_DIR": "state",
    },
    {
        "HOSTSCAN_SERVER": "https://nps01",
        "HOSTSCAN_TOKEN": "t" * 30,
        "HOSTSCAN_FINGERPRINT": "ab:" * 31 + "ab",
        "HOSTSCAN_NO_MFA": "1",
        "HOSTSCAN_MFA_CODE": "123456",
        "NO_COLOR": "1",
        "HTTPS_PROXY": "http://proxy:3128",
    },
)
_COMMANDS = (
    ("jobs", "list", "--status", "Queued", "--host", "lab-*", "--output", "csv"),
    ("jobs", "list", "--where", "{all: [{status: Queued}, {id: {exists: true}}]}"),
    ("jobs", "show", "497f6eca-6276-4993-bfeb-53cbbbba6f08", "--server", "http://127.0.0.1:1"),
    ("jobs", "cancel", "497f6eca-6276-4993-bfeb-53cbbbba6f08", "--yes"),
    ("--server", "https://nps01:6500", "doctor", "-vv"),
    ("plan", "a.yaml", "--var", "a=b", "--max-jobs", "5", "--save", "b.json"),
    ("run", "a.yaml", "--yes", "--reason", "because", "--report", "r.html"),
    ("apply", "b.json", "--yes"),
    ("playbooks", "check", "a.yaml"),
    ("playbooks", "list", "--output", "json"),
    ("runs", "list", "--limit", "5", "--output", "yaml"),
    ("runs", "show", "20260131-223000-0a1b2c", "--format", "html", "--save", "run.html"),
    ("resume", "20260131-223000-0a1b2c"),
    ("port", "a.yaml", "--to", "python"),
    ("--log-format", "json", "--profile", "lab", "runs", "list"),
    ("--help",),
    ("--version",),
)


def _argv(data: bytes, path: Path) -> object:
    """Run a command line; it ends with a code of ours, and in words."""
    try:
        arguments = [_tame(one) for one in json.loads(data) if isinstance(one, str)]
    except (ValueError, TypeError, RecursionError):
        arguments = [_tame(one.decode("utf-8", "surrogateescape")) for one in data.split(b" ")]
    if {"demo", "simulate", "bridge", "install"} & set(arguments):
        return None  # they run for long, or write outside
    return _run(arguments, {"HOSTSCAN_TOKEN": "x" * 30}, path.parent / "here")


def _environment(data: bytes, path: Path) -> object:
    """Run a command in an environment; whatever stands there, it ends as above."""
    try:
        given: Any = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(given, dict):
        return None
    variables = {
        name: _tame(value)
        for name, value in given.items()
        if isinstance(value, str) and name.isascii() and name.isprintable() and name
    }
    command = (["jobs", "list"], ["doctor"], ["runs", "list"])[len(data) % 3]
    return _run(command, variables, path.parent / "here")


def _run(arguments: Sequence[str], variables: Mapping[str, str], folder: Path) -> int:
    folder.mkdir(exist_ok=True)
    (folder / "a.yaml").write_bytes(_PLAYBOOK)
    streams = io.StringIO(), io.StringIO(), io.StringIO("y\n")
    environment = Environment(
        stdin=streams[2],
        stdout=streams[0],
        stderr=streams[1],
        environ={
            "HOSTSCAN_CONFIG": str(folder / "config.toml"),
            "HOSTSCAN_STATE_DIR": str(folder / "state"),
            **variables,
        },
        clock=FakeClock(),
        read_secret=lambda _: "secret",
    )
    with nowhere(), contextlib.chdir(folder):
        code = main(arguments, environment)
    said = streams[0].getvalue() + streams[1].getvalue()
    if code not in {0, 2, 3, 4, 5, 6, 7, 9} or "Traceback" in said or "\x1b" in said:
        raise AssertionError(f"{arguments!r} ended with {code}: {said[-400:]!r}")
    return code


def _tame(argument: str) -> str:
    """Return an argument that names nothing outside the folder."""
    if argument.startswith(("http://", "https://")):
        return argument
    argument = argument.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape")
    return argument.replace("/", "_").replace("..", "_").replace("\0", "_")


@contextlib.contextmanager
def nowhere() -> Iterator[None]:
    """Let no name and no address be reached: nothing damaged goes anywhere."""
    before = socket.socket.connect, socket.getaddrinfo
    socket.socket.connect = _refuse  # type: ignore[method-assign]
    socket.getaddrinfo = _unknown  # type: ignore[assignment]
    try:
        yield
    finally:
        socket.socket.connect, socket.getaddrinfo = before  # type: ignore[method-assign]


def _refuse(*_: object) -> None:
    raise ConnectionRefusedError(111, "Connection refused")


def _unknown(*_: object, **__: object) -> None:
    raise socket.gaierror(-2, "Name or service not known")


COMMAND_DOORS = (
    Door(
        "command line",
        lambda: [json.dumps(command).encode() for command in _COMMANDS],
        _argv,
        0.5,
        (b"--yes", b"--output", b"json", b"--where", b"=", b"--no-such", b"jobs", b"plan"),
        is_json=True,
    ),
    Door(
        "environment variables",
        lambda: [json.dumps(one).encode() for one in _ENVIRONMENTS],
        _environment,
        0.5,
        (b"https://", b"http://[::1]:1", b"env:", b"file:", b"otpauth://totp/x?secret="),
        is_json=True,
    ),
)
