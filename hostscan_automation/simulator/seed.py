"""The seeded jobs: a believable site and its history, each job made when it is asked for."""

from __future__ import annotations

import hashlib
import random
import zlib
from typing import TYPE_CHECKING
from uuid import UUID

from hostscan_automation.simulator.fleet import SITES, Fleet
from hostscan_automation.simulator.scanjobs import ENDED, Job, Part

if TYPE_CHECKING:
    from hostscan_automation.simulator.scanjobs import Host

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
    r"LAB\scan-svc": 0.30,
    r"LAB\admin1": 0.16,
    r"LAB\admin2": 0.10,
    r"LAB\j.rivera": 0.10,
    "Platform schedule": 0.34,
}
_SITE_SHARES = (0.45, 0.20, 0.15, 0.08, 0.12)
_SIZES = (1, 1, 1, 2, 2, 3, 4, 6)
_FAILURES = (
    "FailedToConnect",
    "FailedToConnect",
    "AccessDenied",
    "ActionTimeout",
    "InvalidHostName",
    "SystemError",
)
_MIXED_SHARE = 0.06
_NO_HOSTS_SHARE = 0.008
_SILENT_SHARE = 0.4
_HOUR = 3600.0
_DAY = 24 * _HOUR
_FRESH_S = 5 * _HOUR
_FIRST_MOVE_S = 60.0

# Up to so many jobs are kept once made; beyond that each reading makes them anew, and memory
# stays flat.
_KEPT = 20_000
# An id begins with its job's number, scrambled by a multiplication that can be undone.
_SCRAMBLE = 2_654_435_761
_UNSCRAMBLE = pow(_SCRAMBLE, -1, 2**32)


class SeededJobs:
    """A row of jobs as they stood when the server started, and what becomes of them."""

    def __init__(self, count: int, seed: int, born: float, fleet: Fleet) -> None:
        self._count = count
        self._seed = seed
        self._key = str(seed).encode()
        self._offset = zlib.crc32(self._key)
        self._born = born
        self._fleet = fleet
        self._kept: dict[int, Job] = {}

    def __len__(self) -> int:
        return self._count

    @property
    def is_kept(self) -> bool:
        """Whether the same number always returns the very same object."""
        return self._count <= _KEPT

    def __getitem__(self, number: int) -> Job:
        """Return the job of that number, counted from 0."""
        job = self._kept.get(number)
        if job is None:
            job = self._make(number)
            if self.is_kept:
                job = self._kept.setdefault(number, job)
        return job

    def job_id(self, number: int) -> UUID:
        """Return the id of the job of that number."""
        digest = hashlib.blake2b(number.to_bytes(8, "big"), key=self._key, digest_size=12).digest()
        head = (number * _SCRAMBLE + self._offset) % 2**32
        return UUID(int=(head << 96) | int.from_bytes(digest, "big"), version=4)

    def number_of(self, job_id: UUID) -> int | None:
        """Return which job has that id, or None."""
        number = (((job_id.int >> 96) - self._offset) * _UNSCRAMBLE) % 2**32
        return number if number < self._count and self.job_id(number) == job_id else None

    def _make(self, number: int) -> Job:
        chance = random.Random((self._seed << 40) | number)  # noqa: S311 - test data
        status = chance.choices(list(_STATUSES), list(_STATUSES.values()))[0]
        creator = chance.choices(list(_CREATORS), list(_CREATORS.values()))[0]
        born = self._born
        course = _course(chance, status, born)
        return Job(
            id=self.job_id(number),
            course=course,
            parts=_parts(chance, status, course, self._hosts(chance)),
            created_by=creator,
            created_from=f"10.0.0.{chance.randint(10, 60)}" if "\\" in creator else None,
            silent_since=_silent_since(chance, course, born),
        )

    def _hosts(self, chance: random.Random) -> list[Host] | None:
        if chance.random() < _NO_HOSTS_SHARE:
            return chance.choice(([], None))
        hosts = self._neighbours(chance, chance.choice(_SIZES))
        if chance.random() < _MIXED_SHARE:
            hosts += self._neighbours(chance, 1)
        return list(dict.fromkeys(hosts))

    def _neighbours(self, chance: random.Random, size: int) -> list[Host]:
        """Return some hosts of one site whose numbers follow each other."""
        site = chance.choices(SITES, _SITE_SHARES)[0]
        hosts = self._fleet.by_site[site.prefix]
        first = chance.randrange(len(hosts) - size + 1)
        return list(hosts[first : first + size])


def _course(chance: random.Random, status: str, born: float) -> tuple[tuple[float, str], ...]:
    created = born - _age(chance, status)
    began = min(created + chance.uniform(5, 300), born - 1)
    if status in {"Queued", "Pending"}:
        return ((created, status), *_coming(chance, created, born))
    if status == "Running":
        return ((created, "Queued"), (began, "Running"), *_ending(chance, began, born))
    if status == "Scheduled":
        due = born + chance.uniform(6 * _HOUR, 2 * _DAY)
        return ((created, status), (due, "Queued"), (due + 30, "Running"), (due + 900, "Complete"))
    if status in {"Paused", "Cancelled", "CompletedNotRun"}:
        return ((created, "Queued"), (began, status))
    if status == "Unknown":
        return ((created, status),)
    return ((created, "Queued"), (began, "Running"), (began + chance.uniform(120, 3600), status))


def _age(chance: random.Random, status: str) -> float:
    if status in ENDED:
        return chance.uniform(2 * _HOUR, 40 * _DAY)
    if status == "Running":
        return chance.uniform(10 * 60, 12 * _HOUR)
    # Nothing between: a filter on six hours gives the same jobs for an hour and longer.
    recent = chance.uniform(5 * 60, _FRESH_S)
    return chance.choice((recent, chance.uniform(7 * _HOUR, 9 * _DAY)))


def _coming(chance: random.Random, created: float, born: float) -> tuple[tuple[float, str], ...]:
    """A job that is not stuck goes on by itself, but not in the first minute."""
    if born - created > _FRESH_S:
        return ()
    due = born + chance.uniform(_FIRST_MOVE_S, 1800)
    return ((due, "Running"), (due + chance.uniform(120, 900), "Complete"))


def _ending(chance: random.Random, began: float, born: float) -> tuple[tuple[float, str], ...]:
    """A running job completes, unless it has hung for hours."""
    if born - began > 3 * _HOUR and chance.random() < _SILENT_SHARE:
        return ()
    return ((born + chance.uniform(_FIRST_MOVE_S, 2400), "Complete"),)


def _silent_since(
    chance: random.Random, course: tuple[tuple[float, str], ...], born: float
) -> float | None:
    """Say when the heartbeat of a job that hangs stopped: more than two hours ago."""
    began, status = course[-1]
    return chance.uniform(began, born - 2.5 * _HOUR) if status == "Running" else None


def _parts(
    chance: random.Random,
    status: str,
    course: tuple[tuple[float, str], ...],
    hosts: list[Host] | None,
) -> tuple[Part, ...] | None:
    if hosts is None:
        return None
    failing = {"Failed": len(hosts), "CompletedWithErrors": 1}.get(status, 0)
    parts = [
        Part(host, failure_reason=chance.choice(_FAILURES) if place < failing else "NoError")
        for place, host in enumerate(hosts)
    ]
    if status == "Running" and len(hosts) > 1 and chance.random() < 0.5:  # noqa: PLR2004 - half
        parts[0] = Part(hosts[0], ended_at=course[1][0] + 60)
    return tuple(parts)
