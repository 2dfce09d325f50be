"""The server to measure against: a small C server where there is a compiler and its source."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from hostscan_automation.simulator.certificate import make_certificate

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(__file__).parents[3] / "shared/tools/bench-target/server.c"


class TargetMissingError(Exception):
    """The measuring server cannot be built here."""


def build(folder: Path) -> Path:
    """Compile the server; raises TargetMissingError with the reason where that is not possible."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None or not SOURCE.exists():
        raise TargetMissingError(f"needs a C compiler and {SOURCE.name} beside the project")
    program = folder / "server"
    done = subprocess.run(
        [compiler, "-O2", "-o", program, SOURCE, "-lssl", "-lcrypto"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise TargetMissingError(f"does not compile: {done.stderr.splitlines()[0]}")
    return program


@contextlib.contextmanager
def serving(
    program: Path, folder: Path, *, latency_ms: int, jobs: int = 0, queued_every: int = 1000
) -> Iterator[tuple[str, Path]]:
    """Serve over TLS; yield the URL and the certificate to trust."""
    authority, _ = make_certificate(folder)
    # the server looks for the key beside the certificate, at the same name with .key behind it
    shutil.copy(folder / "simulator.key", f"{authority}.key")
    listing = folder / "jobs.json"
    write_jobs(listing, jobs, queued_every)
    port = _free_port()
    server = subprocess.Popen(
        [program, str(port), str(latency_ms), authority, listing],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield f"https://127.0.0.1:{port}", authority
    finally:
        server.terminate()
        server.wait()


def write_jobs(path: Path, count: int, queued_every: int) -> None:
    """Write a list reply of so many jobs, every so manieth of them queued."""
    with path.open("w", encoding="utf-8") as stream:
        stream.write("[")
        for number in range(count):
            stream.write(
                ("," if number else "") + json.dumps(_row(number, number % queued_every == 0))
            )
        stream.write("]")


def _row(number: int, queued: bool) -> dict[str, object]:
    host = {
        "hostScanHostId": str(uuid.UUID(int=number + (1 << 96))),
        "hostId": str(uuid.UUID(int=number + (2 << 96))),
        "name": f"lab-{number % 400:03d}",
        "dnsHostName": f"lab-{number % 400:03d}.lab.example",
        "os": "Windows Server 2022",
        "ipAddress": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
        "version": "10.4.1.1",
        "status": 0 if queued else 2,
        "statusDescription": "Queued" if queued else "Complete",
        "failureReason": 0,
    }
    return {
        "id": str(uuid.UUID(int=number + (3 << 96))),
        "status": 0 if queued else 2,
        "statusDescription": "Queued" if queued else "Complete",
        "hostScanHostStatus": [host],
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise TargetMissingError(f"does not listen on port {port}")
