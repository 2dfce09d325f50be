"""Seeded jobs: a believable site, the same for the same seed."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING
from uuid import UUID

from hostscan_automation.simulator.scanjobs import ENDED, Host, Job

if TYPE_CHECKING:
    from collections.abc import Iterator

# Status -> share of all jobs. A server keeps its history, so most jobs have ended.
_STATUSES = {
    "Complete": 0.50,
    "Failed": 0.12,
    "CompletedWithErrors": 0.08,
    "Cancelled": 0.07,
    "Queued": 0.09,
    "Pending": 0.03,
    "CompletedNotRun": 0.03,
    "Running": 0.03,
    "Paused": 0.02,
    "Scheduled": 0.025,
    "Unknown": 0.005,
}
_CREATORS = {
    r"LAB\scan-svc": 0.35,
    r"LAB\admin1": 0.15,
    r"LAB\admin2": 0.10,
    r"LAB\j.rivera": 0.10,
    "Platform schedule": 0.30,
}
_SITES = {
    "lab": ("10.0", "Windows 11 Enterprise"),
    "web": ("10.20", "Ubuntu 24.04"),
    "sql": ("10.20", "Windows Server 2022"),
    "dc": ("10.0", "Windows Server 2022"),
    "edge": ("192.168", "Red Hat Enterprise Linux 9"),
}
_SITE_SHARES = (0.45, 0.22, 0.15, 0.08, 0.10)
_FAILURES = ("FailedToConnect", "AccessDenied", "ActionTimeout", "InvalidHostName", "SystemError")
_FEW = 0.01
_STALE_SHARE = 0.4
_HOUR = 3600.0
_DAY = 24 * _HOUR


def seeded_jobs(count: int, seed: int, now: float) -> Iterator[Job]:
    """Yield so many jobs as they stand at that time (seconds since 1970), oldest first."""
    chance = random.Random(f"jobs:{seed}")  # noqa: S311 - test data
    for _ in range(count):
        yield _job(chance, now)


def _job(chance: random.Random, now: float) -> Job:
    status = _pick(chance, _STATUSES)
    job = Job(
        id=_uuid(chance),
        created_by=_pick(chance, _CREATORS),
        created_from=f"10.0.0.{chance.randint(10, 60)}",
        created=now - _age(chance, status),
    )
    job.hosts = [_host(chance, job.created) for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 6)))]
    if chance.random() < _FEW:
        job.hosts = chance.choice(([], None))
    _play(chance, job, status)
    _look_ahead(chance, job, now)
    return job


def _age(chance: random.Random, status: str) -> float:
    if status in ENDED:
        return chance.uniform(2 * _HOUR, 40 * _DAY)
    if status == "Running":
        return chance.uniform(10 * 60, 12 * _HOUR)
    return chance.choice((chance.uniform(5 * 60, 5 * _HOUR), chance.uniform(7 * _HOUR, 9 * _DAY)))


def _host(chance: random.Random, created: float) -> Host:
    site = chance.choices(list(_SITES), _SITE_SHARES)[0]
    network, system = _SITES[site]
    name = (
        f"{site}-{chance.randint(1, 400):03d}" if site != "dc" else f"dc{chance.randint(1, 9):02d}"
    )
    host = Host(
        host_scan_host_id=_uuid(chance),
        host_id=_uuid(chance),
        name=name,
        dns_name=f"{name}.lab.example",
        os=system,
        ip=f"{network}.{chance.randint(0, 15)}.{chance.randint(1, 254)}",
        version=f"10.4.{chance.randint(0, 9)}.1",
        queued=created,
    )
    for field in ("name", "dns_name", "os", "ip", "version"):
        if chance.random() < _FEW:
            setattr(host, field, None)
    return host


def _play(chance: random.Random, job: Job, status: str) -> None:
    """Let the job go from Queued to the status it stands in, with believable times."""
    began = job.created + chance.uniform(5, 300)
    if status in ENDED and status not in {"CompletedNotRun", "Cancelled"}:
        job.become("Running", began)
        for host in job.hosts or ():
            host.heartbeat = began + chance.uniform(20, 1200)
        _end(chance, job, status, began + chance.uniform(1200, 3600))
        return
    job.become(status, began)
    if status == "Running" and chance.random() < _STALE_SHARE:
        job.is_alive = False


def _end(chance: random.Random, job: Job, status: str, when: float) -> None:
    hosts = job.hosts or []
    failing = {"Failed": len(hosts), "CompletedWithErrors": 1}.get(status, 0)
    for number, host in enumerate(hosts):
        host.status = "Failed" if number < failing else "Complete"
        host.failure_reason = chance.choice(_FAILURES) if number < failing else "NoError"
        host.finished = when
    job.status = status


def _look_ahead(chance: random.Random, job: Job, now: float) -> None:
    """Jobs that are not stuck go on by themselves, but none within the first minute."""
    is_fresh = now - job.created < 5 * _HOUR
    soon = now + chance.uniform(60, 1800)
    if job.status in {"Queued", "Pending"} and is_fresh:
        job.events = [(soon, "Running"), (soon + chance.uniform(120, 900), "Complete")]
    elif job.status == "Running" and job.is_alive:
        job.events = [(soon + 300, "Complete")]
    elif job.status == "Scheduled":
        later = now + chance.uniform(6 * _HOUR, 2 * _DAY)
        job.events = [(later, "Queued"), (later + 30, "Running"), (later + 900, "Complete")]


def _pick(chance: random.Random, shares: dict[str, float]) -> str:
    return chance.choices(list(shares), list(shares.values()))[0]


def _uuid(chance: random.Random) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)
