"""Input that somebody damaged: it is read, or it ends in an error of this program, and soon."""

from __future__ import annotations

import faulthandler
import json
import random
import resource
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hostscan_automation.api import wire
from hostscan_automation.api.call import Reply
from hostscan_automation.api.replies import retry_after_s
from hostscan_automation.cli.saved_plans import read_plan
from hostscan_automation.clock import SystemClock
from hostscan_automation.errors import HostscanError
from hostscan_automation.playbook.loading import load_filter_text, load_playbook
from hostscan_automation.porting.targets import port
from hostscan_automation.powershell.framing import read_object
from tests.campaign.ground import ground
from tests.campaign.tally import Tally
from tests.unit.porting.pages import corpus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LONGEST_S = 5.0
_HANG_S = 60.0
_MOST_MEMORY_MB = 500
_PIECES = (
    b"\0",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xe2\x80\xae",
    b"\x1b[2J",
    b"-",
    b"{",
    b"}",
    b"[",
    b"]",
    b": ",
    b"&a ",
    b"*a",
    b"<<: *a",
    b"!!python/object:os.system ",
    b"? ",
    b"|",
    b"null",
    b"true",
    b"010",
    b"22:30",
    b"1e999",
    b"-1",
    b"9" * 5000,
    b".inf",
    b"NaN",
    b'"\\ud800"',
    b"(a+)+$",
    b"[" * 2000,
    b"{a: " * 2000,
    b'{"a":' * 2000,
    b"not: ",
    b"any_host: ",
    b"glob: ",
    b"regex: ",
    b"cidr: ",
    b"older_than: ",
    b"\r\n",
    b"\t",
    b"\x85",
)
_PLAYBOOK = b"""\
version: 1
name: one
vars: {subnet: 10.0.0.0/16, hosts: "lab-*"}
protect:
  - any_host: {name: {glob: "dc*"}}
limits: {max_jobs: 500, max_percent: 50}
steps:
  - name: stuck
    select:
      all:
        - status: [Queued, Pending]
        - every_host: {name: {glob: {var: hosts}}, ip: {cidr: {var: subnet}}}
        - created: {older_than: 6h}
        - not: {created_by: {regex: "LAB.*"}}
        - any: [{id: {exists: true}}, {host_count: {ge: 2}}]
execute: {workers: 16, rate: 50, confirm: 2m, deadline: 30m, canary: 5, stop_after_failures: 10}
report:
  - {format: json, path: "reports/{name}-{run_id}.json"}
"""
_FILTER = (
    b"all: [{status: [Queued, Running]}, {any_host: {name: {glob: 'lab-[0-9]*'}, ip: {cidr:"
    b" 10.0.0.0/8}, os: {regex: 'Windows.*'}}}, {not: {created: {newer_than: 2d}}}]"
)
_ROWS = json.dumps(
    [
        {
            "id": f"00000000-0000-4000-8000-00000000000{number}",
            "status": number,
            "statusDescription": "Queued",
            "hosts": [
                {
                    "id": "8f6f4d9a-3c1e-4c1b-9d5a-2b7e6a90c311",
                    "name": "lab-1",
                    "ipAddress": "10.0.0.1",
                    "status": 0,
                }
            ],
            "createdDateTimeUtc": "2026-01-31T22:30:00Z",
        }
        for number in range(1, 4)
    ]
).encode()
_DETAIL = json.dumps(
    {
        "id": "8f6f4d9a-3c1e-4c1b-9d5a-2b7e6a90c311",
        "createdDateTimeUtc": "2026-01-31T22:30:00",
        "createdBy": "LAB\\admin1",
        "hostScanJobHosts": [
            {
                "hostScanHost": {"name": "lab-1", "ipAddress": "10.0.0.1"},
                "actionQueue": {"status": 1, "startDateTimeUtc": "2026-01-31T22:30:00Z"},
            }
        ],
    }
).encode()
_LINE = b'{"jsonrpc": "2.0", "id": 7, "method": "jobs.list", "params": {"status": ["Queued"]}}'


@dataclass(frozen=True)
class Attack:
    """One door, what usually comes in by it, and how to knock."""

    name: str
    seeds: Callable[[], bytes]
    knock: Callable[[bytes, Path], object]
    allowed: tuple[type[Exception], ...] = (HostscanError,)


def thrown_at(
    attack: Attack, *, seed: int, inputs: int = 20_000, until: float = float("inf")
) -> Tally:
    """Throw damaged input at one door: only errors of this program, soon, and in little memory."""
    tally = Tally(f"bad input: {attack.name}", runs=1)
    chance = random.Random(f"{attack.name}:{seed}")
    whole = attack.seeds()
    with tempfile.TemporaryDirectory(prefix="campaign-") as name:
        attack.knock(whole, Path(name, "input"))  # undamaged, it comes in
        for data in _damaged(whole, chance, inputs):
            if time.monotonic() > until:
                break
            tally.faults += 1
            _knock(attack, data, Path(name, "input"), tally)
    used_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    tally.expect(used_mb < _MOST_MEMORY_MB, f"{used_mb:.0f} MB in use")
    return tally


def _knock(attack: Attack, data: bytes, path: Path, tally: Tally) -> None:
    began = time.perf_counter()
    faulthandler.dump_traceback_later(_HANG_S, exit=True, file=2)
    try:
        attack.knock(data, path)
    except attack.allowed as error:
        str(error)
    except Exception as error:  # noqa: BLE001 - what this is about
        tally.findings.append(f"{type(error).__name__}: {error!s:.200} for {data!r:.400}")
    finally:
        faulthandler.cancel_dump_traceback_later()
    took_s = time.perf_counter() - began
    tally.longest_s = max(tally.longest_s, took_s)
    if took_s > _LONGEST_S:
        tally.hung += 1
        tally.findings.append(f"{took_s:.1f} s for {data!r:.400}")


def _damaged(whole: bytes, chance: random.Random, inputs: int) -> Iterator[bytes]:
    for _ in range(inputs):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            at = chance.randint(0, len(data))
            match chance.randint(0, 4):
                case 0:
                    data[at:at] = chance.choice(_PIECES)
                case 1:
                    del data[at : at + chance.randint(1, 20)]
                case 2:
                    data[at : at + chance.randint(0, 9)] = chance.choice(_PIECES)
                case 3:
                    here = chance.randint(0, len(data))
                    data[at:at] = data[here : here + chance.randint(1, 60)]
                case _:
                    data[at : at + 1] = bytes([chance.randrange(256)])
        yield bytes(data)


def _playbook(data: bytes, path: Path) -> object:
    path.write_bytes(data)
    return load_playbook(path)


def _plan(data: bytes, path: Path) -> object:
    path.write_bytes(data)
    return read_plan(path)


def _filter(data: bytes, _: Path) -> object:
    return load_filter_text(data.decode("utf-8", "replace"))


def _rows(data: bytes, _: Path) -> object:
    reply = _reply(data)
    pieces = (data[at : at + 97] for at in range(0, len(data), 97))
    return list(wire.read_jobs(reply, pieces))


def _detail(data: bytes, _: Path) -> object:
    return wire.read_detail(_reply(data))


def _retry_after(data: bytes, _: Path) -> object:
    return retry_after_s(data.decode("latin-1"), SystemClock().now())


def _script(data: bytes, _: Path) -> object:
    text = data.decode("utf-8", "replace")
    return port(text, file_name="example.md", target="powershell")


def _line(data: bytes, _: Path) -> object:
    return read_object(data)


def _reply(data: bytes) -> Reply:
    headers = {"Content-Type": "application/json"}
    return Reply(200, "GET", "/api/v1/HostScanJob", headers, data)


def _example() -> bytes:
    page = next(iter(corpus()))
    return page.text.encode()


def _saved_plan() -> bytes:
    with ground(3) as field:
        ended = field.run("plan", field.playbook, "--save", "plan.json")
        assert ended.code == 0, ended
        return (field.folder / "plan.json").read_bytes()


ATTACKS = (
    Attack("playbook loader", lambda: _PLAYBOOK, _playbook),
    Attack("filter language", lambda: _FILTER, _filter),
    Attack("saved plans", _saved_plan, _plan),
    Attack("list of jobs", lambda: _ROWS, _rows),
    Attack("job in detail", lambda: _DETAIL, _detail),
    Attack("Retry-After", lambda: b"Wed, 21 Oct 2026 07:28:00 GMT", _retry_after),
    Attack("porter", _example, _script),
    Attack("bridge", lambda: _LINE, _line, (ValueError,)),
)
