"""A bridge that invents its answers: the real protocol and process, no server behind it.

It plays the parts that a real one cannot be asked to play: it dies, babbles, stalls, and has a
hundred thousand jobs.
"""

from __future__ import annotations

import os
import sys
import threading
import uuid
from typing import TYPE_CHECKING, Any

from hostscan_automation.errors import NotFoundError
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.powershell import bridge, faults, parameters
from hostscan_automation.powershell.faults import VERSION_MISMATCH, Fault
from hostscan_automation.powershell.protocol import METHODS, PROTOCOL
from hostscan_automation.powershell.server import Handler

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hostscan_automation.powershell.calls import Call

MOMENT = "2026-03-01T02:03:04.567Z"
RUN = {
    "RunId": "r1", "Playbook": "p", "Server": "s", "Account": "a", "State": "interrupted",
    "StartedAt": MOMENT, "FinishedAt": None, "EndedBy": "stopped", "Reason": None, "Listed": 9,
    "Matched": 9, "Undecided": 0, "Protected": 0, "Planned": 9, "Sent": 4,
    "Outcomes": {"accepted": 4, "not_attempted": 5, "failed": 0},
}  # fmt: skip


def part() -> str:
    return os.environ.get("STAND_IN_PART", "")


def initialize(_call: Call, given: parameters.Initialize) -> dict[str, Any]:
    if part() == "other version":
        raise Fault(VERSION_MISMATCH, f"this speaks protocol 99, and not {given.protocol}")
    return {"protocol": PROTOCOL, "version": "0", "python": "x", "pid": os.getpid()}


def session(call: Call, _given: parameters.Parameters) -> dict[str, Any]:
    call.emit(
        {
            "Name": "Default", "Server": "https://nps", "Account": "LAB\\admin", "Roles": ["Admin"],
            "SignIn": "totp", "Certificate": "verified", "ServerVersion": None,
            "ConnectedAt": MOMENT, "ExpiresAt": None,
        }
    )  # fmt: skip
    return {}


def job(number: int, **other: object) -> dict[str, Any]:
    host = {
        "HostId": None, "HostScanHostId": None, "Name": f"host-{number}", "DnsHostName": None,
        "IpAddress": None, "Os": None, "Status": "Queued", "StatusDescription": None,
        "FailureReason": None, "Version": None, "Queued": MOMENT, "Started": None,
        "Heartbeat": None, "Finished": None,
    }  # fmt: skip
    return {
        "Id": str(uuid.UUID(int=number + 1)), "Status": "Queued", "StatusDescription": None,
        "HostName": f"host-{number}", "Hosts": [host], "FailedHosts": 0, "IsTerminal": False,
        "CreatedBy": None, "Created": None, "Started": None, "Heartbeat": None, "Finished": None,
        "Fingerprint": "f", "SessionName": "Default", **other,
    }  # fmt: skip


def list_jobs(call: Call, given: parameters.ListJobs) -> dict[str, Any]:
    if part() == "babbles":
        os.write(BABBLE, b"this is no message\n")
    if part() == "dies":
        sys.stderr.write("the last words\n")
        sys.stderr.flush()
        os._exit(3)
    if given.filter and given.filter.startswith("kind "):
        raise Fault(
            getattr(faults, given.filter.removeprefix("kind ")), "it went wrong", target="t"
        )
    if given.filter == "slow":
        call.progress("Listing", 1, 2, "half")
        call.stop.event.wait(2)
        return {"listed": 0, "matched": 0, "undecided": 0}
    if given.filter == "progress":
        call.progress("Listing", 1, 2, "half")
        call.progress("Listing", 1, None, "some")
        return {"listed": 0, "matched": 0, "undecided": 0}
    if given.filter == "created":
        call.emit(job(1, Created=MOMENT, CreatedBy="LAB\\admin"))
        return {"listed": 1, "matched": 1, "undecided": 0}
    count = int(os.environ.get("STAND_IN_JOBS", "250"))
    for number in range(min(count, given.first or count)):
        call.raise_if_stopped()
        call.emit(job(number))
    return {"listed": count, "matched": count, "undecided": 0}


def read_jobs(call: Call, given: parameters.ReadJobs) -> dict[str, Any]:
    for one in given.ids:
        if one.int > 1000:
            error = NotFoundError("job is not there", status=404, method="GET", path="/x")
            call.fail_item(error, target=one)
        else:
            call.emit(job(one.int - 1))
    return {}


def cancel_jobs(call: Call, given: parameters.CancelJobs) -> dict[str, Any]:
    if part() == "keeps sending":
        for number in range(4):
            call.emit(result(str(given.jobs[0].id), "accepted", Attempts=number))
        call.progress("Cancelling", 4, 9, "4 of 9")
        assert call.stop.event.wait(20)
        return {"run": RUN}
    if part() == "never answers":
        call.emit(result(str(given.jobs[0].id), "accepted"))
        wait_forever()
    if part() == "has every outcome":
        for outcome in Outcome:
            call.emit(result(str(uuid.uuid4()), outcome.value, Detail="because", TraceId="00-1"))
        call.emit(result(str(uuid.uuid4()), "failed", HttpStatus=403))
        return {"run": RUN}
    for one in given.jobs:
        call.emit(result(str(one.id), "cancelled" if given.wait else "accepted"))
    return {"run": RUN}


def wait_forever() -> None:
    threading.Event().wait(60)


def result(job_id: str, outcome: str, **other: object) -> dict[str, Any]:
    return {
        "Id": job_id, "HostName": "host", "Outcome": outcome, "StatusBefore": "Queued",
        "StatusAfter": None, "Detail": None, "Step": "jobs", "HttpStatus": 202, "Attempts": 1,
        "TraceId": None, "CollateralHosts": [], "RunId": "r1", **other,
    }  # fmt: skip


def end(_call: Call, _given: parameters.Parameters) -> dict[str, Any]:
    return {}


WORK: dict[str, Callable[[Call, Any], Mapping[str, Any]]] = {
    "initialize": initialize,
    "connect": session,
    "session": session,
    "jobs.list": list_jobs,
    "jobs.detail": read_jobs,
    "jobs.cancel": cancel_jobs,
    "shutdown": end,
}

if __name__ == "__main__":
    BABBLE = os.dup(1)
    handlers = {
        name: Handler(METHODS[name].parameters, work, needs_greeting=name != "initialize")
        for name, work in WORK.items()
    }
    options = sys.argv[sys.argv.index("--parent-pid") :]
    sys.exit(bridge.main(options, handlers=lambda: handlers))
