"""The ground a scenario is played on: a server, a playbook, a state folder, and the program."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hostscan_automation.simulator import JobSpec, Simulator, SimulatorConfig, parse_faults
from tests.campaign.canaries import Canaries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_OURS = ("HOSTSCAN_", "XDG_", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "COV_CORE", "NO_COLOR")
_PLAYBOOK = """\
version: 1
name: campaign
protect:
  - any_host: {{name: {{glob: "dc*"}}}}
limits: {{max_jobs: 100000, max_percent: 100}}
steps:
  - name: lab
    select:
      all:
        - status: Queued
        - every_host: {{name: {{glob: "lab-*"}}}}
execute: {{{execute}}}
"""
EXECUTE = {
    "workers": 16,
    "rate": "unlimited",
    "confirm": "30s",
    "deadline": "10m",
    "stop_after_failures": 1000,
}


@dataclass(frozen=True)
class Ended:
    """How a process ended.

    Attributes:
        hung: Whether the watchdog had to end it; its stacks are in `err` then.
    """

    code: int
    out: str
    err: str
    took_s: float
    hung: bool = False

    @property
    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)

    @property
    def report(self) -> dict[str, Any] | None:
        """The report it printed, or None where it printed none."""
        try:
            found = json.loads(self.out)
        except ValueError:
            return None
        return found if found.get("schema") == "hostscan/run-report/1" else None

    def __str__(self) -> str:
        return (
            f"exit {self.code} after {self.took_s:.1f} s{' (hung)' * self.hung}: {self.err[-600:]}"
        )


@dataclass
class Ground:
    """Everything of one scenario; what its processes print is in the folder, too."""

    server: Simulator
    folder: Path
    planned: set[UUID]
    environment: dict[str, str]
    _began: dict[int, tuple[float, Path, Path]] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        """The state folder: where the environment says, or else where it is by itself."""
        named = self.environment.get("HOSTSCAN_STATE_DIR")
        return Path(named) if named else self.folder / ".local/state/hostscan"

    @property
    def planted(self) -> Path:
        """Folder of what a scenario itself keeps secrets in; it is not searched."""
        return self.folder / "planted"

    @property
    def playbook(self) -> Path:
        """The playbook that means exactly the planned jobs."""
        return self.folder / "campaign.yaml"

    def write_playbook(self, **execute: object) -> None:
        """Write the playbook, with these settings of `execute` in place of the usual ones."""
        settings = {**EXECUTE, **execute}
        text = ", ".join(f"{name}: {value}" for name, value in settings.items())
        self.playbook.write_text(_PLAYBOOK.format(execute=text), encoding="utf-8")

    def start(
        self,
        *arguments: object,
        module: str = "hostscan_automation",
        tracer: Sequence[str] = (),
        **more: Any,
    ) -> subprocess.Popen[bytes]:
        """Start the program, with a JSON log in the folder.

        What it prints goes to files: a pipe that nobody reads would hold it up.
        """
        number = len(list(self.folder.glob("*.out")))
        out, err = self.folder / f"{number}.out", self.folder / f"{number}.err"
        command = ("--log-file", "log.jsonl", "--log-format", "json", "-vv", *arguments)
        with out.open("wb") as out_file, err.open("wb") as err_file:
            process = subprocess.Popen(
                [*tracer, sys.executable, "-m", module, *map(str, command)],
                env=dict(self.environment),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=out_file,
                stderr=err_file,
                **more,
            )
        self._began[process.pid] = time.monotonic(), out, err
        return process

    def end(self, process: subprocess.Popen[bytes], timeout_s: float = 120) -> Ended:
        """Wait for a process; one that hangs is ended, and its stacks are kept."""
        hung = False
        try:
            process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            hung = True
            process.send_signal(signal.SIGABRT)  # faulthandler writes where every thread is
            process.wait()
        began, *files = self._began.pop(process.pid)
        out, err = (path.read_text(encoding="utf-8", errors="replace") for path in files)
        return Ended(process.returncode, out, err, time.monotonic() - began, hung)

    def run(self, *arguments: object, timeout_s: float = 120, **more: Any) -> Ended:
        """Start the program and wait for its end."""
        return self.end(self.start(*arguments, **more), timeout_s)

    def play(self, timeout_s: float = 120, **more: Any) -> Ended:
        """Run the playbook to its end."""
        return self.run(*RUN, self.playbook, timeout_s=timeout_s, **more)

    def leaks(self) -> list[str]:
        """Return every place outside memory where a secret is found, or that others may read."""
        canaries = Canaries.of(self.server)
        found = [
            f"{path.relative_to(self.folder)}: {', '.join(sorted(what))}"
            for path in self.folder.rglob("*")
            if path.is_file()
            and self.planted not in path.parents
            and (what := canaries.found_in(path.read_bytes()))
        ]
        private = [self.state, *self.state.rglob("*"), self.folder / "log.jsonl"]
        return found + [
            f"{path.name} is open to others"
            for path in private
            if path.exists() and path.stat().st_mode & 0o077
        ]


RUN = ("run", "--yes", "--output", "json")
RESUME = ("resume", "--yes", "--output", "json")


@contextmanager
def ground(
    jobs: int,
    *,
    faults: Iterable[str] = (),
    seed: int = 1,
    account: str = "application",
    **config: Any,
) -> Iterator[Ground]:
    """Give a server with so many jobs to cancel among others that must not be touched.

    Args:
        jobs: How many the playbook means.
        faults: As a person types them.
        seed: Of ids and faults.
        account: `application` (no one-time code, so no waiting for the next), `admin`, or
            `without_mfa`.
        config: Further settings of the server.
    """
    settings = SimulatorConfig(jobs=0, seed=seed, faults=parse_faults(faults), **config)
    with tempfile.TemporaryDirectory(prefix="campaign-") as name, Simulator(settings) as server:
        folder = Path(name)
        clean = {key: value for key, value in os.environ.items() if not key.startswith(_OURS)}
        environment = {
            **clean,
            **_credentials(server, account),
            "HOSTSCAN_STATE_DIR": str(folder / "state"),
            "HOSTSCAN_CONFIG": str(folder / "config.toml"),
            "PYTHONFAULTHANDLER": "1",
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "TMPDIR": str(folder),
            "HOME": str(folder),
        }
        made = Ground(server, folder, _fill(server, jobs, seed), environment)
        made.write_playbook()
        yield made


def _fill(server: Simulator, jobs: int, seed: int) -> set[UUID]:
    chance = random.Random(f"ids:{seed}")
    planned = set()
    for number in range(jobs):
        job_id = UUID(int=chance.getrandbits(128), version=4)
        server.add_job(JobSpec(job_id=job_id, hosts=[f"lab-{number:05}"]))
        planned.add(job_id)
        if number % 10 == 0:  # in between, what must stay as it is
            server.add_job(JobSpec(hosts=[f"prod-{number}"]))
            server.add_job(JobSpec(hosts=[f"lab-{number}", f"prod-{number}"]))
            server.add_job(JobSpec(hosts=[f"lab-{number}"], status="Complete"))
    return planned


def _credentials(server: Simulator, account: str) -> dict[str, str]:
    if account == "admin":
        return server.environment
    kept = {
        name: value
        for name, value in server.environment.items()
        if name in {"HOSTSCAN_SERVER", "HOSTSCAN_CA_BUNDLE"}
    }
    one = getattr(server.accounts, account)
    if account == "application":
        return {**kept, "HOSTSCAN_APP": one.login, "HOSTSCAN_API_KEY": one.password}
    return {
        **kept,
        "HOSTSCAN_LOGIN": one.login,
        "HOSTSCAN_PASSWORD": one.password,
        "HOSTSCAN_NO_MFA": "1",
    }
