"""Secrets: planted, used in every way that there is, and looked for everywhere outside memory."""

from __future__ import annotations

import json
import random
import shutil
import signal
import sys
import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from tests.campaign.account_watch import side_by_side, told, use
from tests.campaign.canaries import Canaries
from tests.campaign.endings import finish, wait_for_cancels
from tests.campaign.ground import RESUME, RUN, ground
from tests.campaign.tally import Tally
from tests.campaign.traced import created_files
from tests.campaign.watching import Watch

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from tests.campaign.account_watch import Story
    from tests.campaign.ground import Ground

_ODD = "'\"\\<ü&%+ €"
"""What stands differently in JSON, a URL, HTML and a Python text."""
_FORMATS = ("json", "csv", "markdown", "html")
_SHOWN = ("table", "json", "jsonl", "csv", "yaml", "markdown", "html")
_CONFIG = """\
default_profile = "nps"
[profiles.nps]
server = "{server}"
login = '{login}'
password = {password}
totp_secret = {totp_secret}
"""
_KEEPER = """\
import sys, time
time.sleep(0.3)
print(open(sys.argv[1], encoding="utf-8").read())
"""
_MOST_FUNCTIONS = 1150
"""About so many functions are called in a run that goes well."""
_WITH_SECRETS = 250
"""So many of them are in the rooms of settings and sign-in."""


def scenarios(seed: int) -> Iterator[partial[Tally]]:
    """Yield every scenario of this file."""
    yield partial(used_in_every_way, seed=seed)
    yield partial(bugs_planted, seed=seed)
    yield partial(aborted, seed=seed)
    yield partial(files_traced, seed=seed)


def used_in_every_way(*, seed: int) -> Tally:
    """Use the secrets of environment, files and commands in every command; watch all the while."""
    stories: dict[str, Story] = {
        f"{source}, umask {umask:03o}": partial(_used_in_every_way, source, umask, seed)
        for source, umask in (("environment", 0o022), ("command", 0), ("file", 0))
    }
    return side_by_side(Tally("secrets in every command, watched"), stories)


def _used_in_every_way(source: str, umask: int, seed: int, tally: Tally) -> None:
    with odd_ground(seed, source) as field:
        with Watch(field.folder, apart_from=field.planted) as watch:
            for command in _commands(field):
                ended = field.run(*command, umask=umask, timeout_s=180)
                tally.ended(ended)
                tally.expect(ended.code in {0, 7, 8}, f"{command[0]}: {ended}")
        tally.jobs += len(field.planned)
        tally.faults += watch.seen_children
        is_seen = bool(watch.seen_children) == (source == "command")
        tally.expect(is_seen, f"{watch.seen_children} children were seen")
        _searched(field, tally, watch, own_environment=source == "environment")
        for name, mode in watch.modes.items():
            is_private = name.startswith((".local/state/hostscan", "log.jsonl", "plan.json"))
            tally.expect(not (mode and is_private), f"{name} was open to others ({mode:03o})")


def _commands(field: Ground) -> Iterator[tuple[object, ...]]:
    reports = [f"--report={form}:report.{form}" for form in _FORMATS]
    yield ("doctor",)
    yield "jobs", "list", "--output", "json"
    yield "plan", field.playbook, "--save", "plan.json"
    yield "apply", "plan.json", "--yes", "--output", "json", *reports
    yield "apply", "plan.json", "--yes"
    for form in _SHOWN:
        yield "runs", "show", "--output", form
    yield "runs", "list", "--output", "json"
    yield RESUME
    yield *RUN, field.playbook


def bugs_planted(*, seed: int, bugs: int = 80) -> Tally:
    """Let a function raise with all that it was given, each time another: no secret is told.

    Half of them are where secrets are at hand, the others anywhere.
    """
    chance = random.Random(f"bugs:{seed}")
    stories: dict[str, Story] = {
        f"function {number} of {rooms or 'all'}": partial(_bug_planted, number, rooms, seed)
        for rooms, most in (("/api/,/settings/", _WITH_SECRETS), ("", _MOST_FUNCTIONS))
        for number in sorted(chance.sample(range(1, most), bugs // 2))
    }
    return side_by_side(Tally("bug planted, its message names all it knows"), stories, at_once=4)


def _bug_planted(number: int, rooms: str, seed: int, tally: Tally) -> None:
    account = "admin" if rooms else "application"  # which need not wait for its next code
    with odd_ground(seed, "environment", account=account) as field:
        use(field, CAMPAIGN_BREAK=str(number), CAMPAIGN_BREAK_IN=rooms)
        ended = field.run(
            "--log-format=json", *RUN, field.playbook, module="tests.campaign.breaking"
        )
        tally.runs += 1
        tally.faults += "planted in" in ended.err
        tally.hung += ended.hung
        tally.longest_s = max(tally.longest_s, ended.took_s)
        is_told = "bug in hostscan" in ended.err and "Traceback" not in ended.err + ended.out
        tally.expect(is_told or ended.code != 1, f"not said as a bug: {ended}")
        sent = bool(field.server.requests("DELETE"))
        tally.expect(not sent or ended.code in {0, 1, 8}, f"after a cancel: {ended}")
        if account == "application":
            finish(tally, field, None)
        tally.overreached += len(field.server.cancels_by_job().keys() - field.planned)
        tally.left(field)


def aborted(*, seed: int) -> Tally:
    """End the program hard while it signs in and while it acts; its stacks are dumped."""
    stories: dict[str, Story] = {
        f"{one.name} {'signing in' if early else 'acting'}": partial(_aborted, one, early, seed)
        for one in (signal.SIGABRT, signal.SIGSEGV, signal.SIGKILL)
        for early in (True, False)
    }
    return side_by_side(Tally("aborted, stacks dumped"), stories, at_once=3)


def _aborted(how: signal.Signals, early: bool, seed: int, tally: Tally) -> None:
    with odd_ground(seed, "environment", latency_ms=300 if early else 40) as field:
        with Watch(field.folder, apart_from=field.planted) as watch:
            process = field.start(*RUN, field.playbook)
            if early:
                _wait_for_sign_in(field, process)
            else:
                wait_for_cancels(field, process, 3)
            process.send_signal(how)
            ended = field.end(process)
        tally.runs += 1
        tally.faults += 1
        tally.expect(ended.code == -how, f"ended with {ended}")
        dumped = how is not signal.SIGKILL
        tally.expect(("Fatal Python error" in ended.err) == dumped, f"stacks: {ended}")
        _searched(field, tally, watch, own_environment=True)
        field.server.misbehave()
        told(field, tally, field.play() if early else field.run(*RESUME), 0)
        _searched(field, tally, watch, own_environment=True)


def files_traced(*, seed: int) -> Tally:
    """Note every file that the program makes, by the kernel's word: where, and who may read it."""
    tally = Tally("files made, by the kernel's word")
    if shutil.which("strace") is None:
        tally.scenario += " (not played: no strace here)"
        return tally
    with odd_ground(seed, "command") as field:
        trace = field.folder.with_name(f"{field.folder.name}.trace")
        try:
            modes: dict[Path, int] = {}
            plan = ("plan", field.playbook, "--save", "plan.json")
            for command in (plan, (*RUN, field.playbook)):
                told(field, tally, field.run(*command, tracer=_tracer(trace), umask=0), 0)
                for path, mode in created_files(trace.read_text(errors="replace"), field.folder):
                    modes.setdefault(path, mode)  # the first word decides
            for path, mode in modes.items():
                inside = path.is_relative_to(field.folder)
                tally.expect(inside, f"{path} was made, outside of the folder")
                tally.expect(not mode & 0o077, f"{path} was made with mode {mode:04o}")
            tally.faults += len(modes)
        finally:
            trace.unlink(missing_ok=True)
        tally.left(field)
    return tally


def _tracer(trace: object) -> tuple[str, ...]:
    calls = "openat,creat,mkdir,mkdirat"
    return "strace", "-f", "-qq", "-y", "-e", f"trace={calls}", "-o", str(trace)


@contextmanager
def odd_ground(
    seed: int, source: str, *, account: str = "admin", jobs: int = 12, latency_ms: int = 0
) -> Iterator[Ground]:
    """Give a ground with odd passwords, kept in the environment, in files or behind commands."""
    faults = [f"latency={latency_ms}"]
    with ground(jobs, seed=seed, account=account, faults=faults) as field:
        accounts = field.server.accounts
        for one in (accounts.admin, accounts.without_mfa):
            one.password += _ODD
        field.planted.mkdir(mode=0o700)
        if account == "admin":
            use(field, HOSTSCAN_PASSWORD=accounts.admin.password)
        del field.environment["HOSTSCAN_STATE_DIR"]
        if source != "environment":
            _keep_elsewhere(field, source)
        yield field


def _keep_elsewhere(field: Ground, source: str) -> None:
    account = field.server.accounts.admin
    values = {"password": account.password, "totp_secret": account.totp_secret or ""}
    keeper = field.planted / "keeper.py"
    keeper.write_text(_KEEPER, encoding="utf-8")
    references = {}
    for name, value in values.items():
        file = field.planted / name
        file.write_text(f"{value}\n", encoding="utf-8")
        file.chmod(0o600)
        command = [sys.executable, str(keeper), str(file)]
        kept = f"{{command = {json.dumps(command)}}}"
        references[name] = kept if source == "command" else f'"file:{file}"'
    config = field.folder / "config.toml"
    config.write_text(
        _CONFIG.format(server=field.server.url, login=account.login, **references),
        encoding="utf-8",
    )
    config.chmod(0o600)
    for name in ("HOSTSCAN_PASSWORD", "HOSTSCAN_TOTP_SECRET", "HOSTSCAN_LOGIN"):
        del field.environment[name]


def _wait_for_sign_in(field: Ground, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        if field.server.codes:
            return
        time.sleep(0.002)


def _searched(field: Ground, tally: Tally, watch: Watch, *, own_environment: bool) -> None:
    leaks = watch.leaks(Canaries.of(field.server), own_environment=own_environment)
    tally.leaked += len(leaks)
    tally.findings += [f"leaked: {leak}" for leak in leaks]
    tally.left(field)
