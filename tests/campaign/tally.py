"""What a campaign found, one line for each scenario, and the table of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.campaign.ground import Ended, Ground
    from tests.campaign.judge import Verdict

COLUMNS = (
    "scenario",
    "runs",
    "faults",
    "jobs",
    "lost",
    "untrue",
    "doubled",
    "overreached",
    "leaked",
    "hung",
    "uncertain",
    "longest",
)
MUST_BE_NONE = ("lost", "untrue", "doubled", "overreached", "leaked", "hung")


@dataclass
class Tally:
    """The figures of one scenario.

    Attributes:
        runs: Processes started.
        faults: Faults injected: kills, signals, and requests that a fault of the server struck.
        uncertain: Jobs told as uncertain: no defect, but what a person has to look after.
        longest_s: The longest process.
        memory_mb: The most a process had in use, where that was looked at.
        skipped: Why it was not played at all.
        findings: What is wrong, in words.
    """

    scenario: str
    runs: int = 0
    faults: int = 0
    jobs: int = 0
    lost: int = 0
    untrue: int = 0
    doubled: int = 0
    overreached: int = 0
    leaked: int = 0
    hung: int = 0
    uncertain: int = 0
    longest_s: float = 0.0
    memory_mb: float = 0.0
    skipped: str = ""
    findings: list[str] = field(default_factory=list)

    def ended(self, ended: Ended) -> Ended:
        """Count a process that ended; a traceback or a bug's exit code is a finding."""
        self.runs += 1
        self.longest_s = max(self.longest_s, ended.took_s)
        self.hung += ended.hung
        if ended.hung or ended.code == 1 or "Traceback" in ended.err:
            self.findings.append(str(ended))
        return ended

    def take_in(self, other: Tally) -> None:
        """Add the figures of a part of the scenario."""
        for name in COLUMNS[1:-1]:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.longest_s = max(self.longest_s, other.longest_s)
        self.findings += [f"{other.scenario}: {finding}" for finding in other.findings]

    def judged(self, verdict: Verdict) -> None:
        """Take in what the judge found."""
        self.jobs += verdict.jobs
        for name in ("lost", "untrue", "doubled", "overreached"):
            setattr(self, name, getattr(self, name) + len(getattr(verdict, name)))
        self.findings += verdict.faults

    def left(self, ground: Ground) -> None:
        """Count the faults that the server let strike, and look for secrets."""
        self.faults += sum(request.fault is not None for request in ground.server.log)
        self.faults += ground.server.refused_connections
        leaks = ground.leaks()
        self.leaked += len(leaks)
        self.findings += [f"leaked: {leak}" for leak in leaks]

    def closed(self) -> Tally:
        """Return itself, with a finding for each column that must be empty and was only counted."""
        if not self.findings:
            counts = {name: getattr(self, name) for name in MUST_BE_NONE}
            self.findings += [f"{name}: {count}" for name, count in counts.items() if count]
        return self

    def expect(self, holds: object, otherwise: str) -> None:
        """Note a finding where something does not hold."""
        if not holds:
            self.findings.append(otherwise)

    @property
    def aside(self) -> str:
        """What the line of the table has no column for."""
        memory = f" · {self.memory_mb:.0f} MB" if self.memory_mb else ""
        return f"{memory} · skipped: {self.skipped}" if self.skipped else memory

    @property
    def cells(self) -> tuple[str, ...]:
        """The line of the table."""
        values = (getattr(self, name) for name in COLUMNS[1:-1])
        return (self.scenario, *(f"{value:,}" for value in values), f"{self.longest_s:.1f} s")


def table(tallies: Iterable[Tally]) -> str:
    """Return the figures as a Markdown table."""
    lines = [COLUMNS, tuple("---" for _ in COLUMNS), *(tally.cells for tally in tallies)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
