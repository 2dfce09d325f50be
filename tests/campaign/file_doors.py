"""Files that people write, or that this program left behind: each read, and then used."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import yaml

from hostscan_automation.api.ledger import Account, SignInLedger
from hostscan_automation.cli.saved_plans import read_plan
from hostscan_automation.clock import SystemClock
from hostscan_automation.errors import PlaybookError
from hostscan_automation.jobs.plan import CancelPlan
from hostscan_automation.jobs.selection import Selection
from hostscan_automation.jobs.sight import Sights
from hostscan_automation.playbook.files import ValueFiles
from hostscan_automation.playbook.loading import load_filter_text, load_playbook
from hostscan_automation.runs.lock import RunLock
from hostscan_automation.settings.profiles import read_profiles
from tests.campaign.doors import Door
from tests.campaign.pages import everything_of_plan
from tests.unit.jobs.samples import NOW, a_job
from tests.unit.reports.samples import mixed_run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_YAML = (
    b": ",
    b"&a ",
    b"*a",
    b"<<: *a",
    b"!!python/object:os.system ",
    b"? ",
    b"|",
    b"010",
    b"22:30",
    b".inf",
    b"{a: " * 2000,
)
_FILTER = (
    b"(a+)+$",
    b"(a{1000}){1000}",
    rb"\pL{900}",
    b"[[a-z]*",
    b"not: ",
    b"any_host: ",
    b"glob: ",
    b"regex: ",
    b"search: ",
    b"cidr: ",
    b"10.0.0.0/33",
    b"::ffff:10.0.0.1",
    b"older_than: ",
    b"in_file: input",
    b"999999999w",
    b"0001-01-01",
)
_YAML_WORDS = (*_YAML, *_FILTER)
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
_CLAUSES = (
    b"""all: [{status: [Queued, Running]}, {not: {created: {newer_than: 2d}}},
  {any_host: {name: {glob: 'lab-[0-9]*'}, ip: {cidr: 10.0.0.0/8}, os: {regex: 'Windows.*'}}}]""",
    b"{no_host: {failure_reason: AccessDenied, heartbeat: {le: 2026-01-31T18:00:00Z}}}",
)
_CONFIG = b"""\
default_profile = "nps01"
[profiles.nps01]
server = "https://nps01.lab.example:6500"
login = 'LAB\\svc-hostscan'
password = "env:NPS_PASSWORD"
totp_secret = { command = ["pass", "nps/totp"] }
ca_bundle = "/etc/ssl/lab.pem"
insecure = false
limits = { max_jobs = 200, max_percent = 12.5 }
protect = [{ any_host = { name = { glob = "dc*" } } }]
[profiles.lab]
server = "https://lab:6500"
token = "file:token.txt"
"""
_TOML = (
    b"a." * 700,
    b"[" * 3000,
    b"{a=" * 700,
    b"[[profiles]]\n",
    b"[profiles.nps01]\n",
    b"= 1979-05-27T07:32:00Z",
    b"= 1e400",
    b'"""',
    b"'''",
    b"\\U00110000",
    b"inf",
)
_SIGHT = Sights.at(NOW).read
_JOBS = (a_job(), a_job(hosts=None), a_job(created=NOW, created_by="LAB\\admin\ud800"))


def _playbook(data: bytes, path: Path) -> object:
    path.write_bytes(data)
    playbook = load_playbook(path)
    return [playbook.selection.weigh(one, _SIGHT) for one in _JOBS], playbook.selection.to_data()


def _filter(data: bytes, path: Path) -> object:
    found = load_filter_text(data.decode("utf-8", "surrogateescape"), folder=path.parent)
    return [found.possible(one, _SIGHT) for one in _JOBS], found.text


def _plan(data: bytes, path: Path) -> object:
    path.write_bytes(data)
    return _used(read_plan(path))


def _signed_plan(data: bytes, _: Path) -> object:
    """Read a plan that somebody changed, and whose digest fits all the same: it is no secret."""
    try:
        given = json.loads(data)
        given["digest"] = _digest_of(given)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None  # no plan to sign: the door above is for that
    return _used(CancelPlan.from_json(given))


def _digest_of(given: dict[str, Any]) -> str:
    import hashlib  # noqa: PLC0415 - here the digest is made by hand, on purpose

    body = {name: value for name, value in given.items() if name not in {"schema", "digest"}}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode('ascii')).hexdigest()}"


def _used(plan: CancelPlan) -> object:
    return everything_of_plan(plan), Selection.from_data(plan.selection)


def _profiles(data: bytes, path: Path) -> object:
    path.write_bytes(data)
    return read_profiles(path, "the campaign").environment_names()


def _values(data: bytes, path: Path) -> object:
    path.write_bytes(data)
    files = ValueFiles(path.parent)
    try:
        return files.read(path.name, "Name" if b"Name" in data[:200] else None)
    except ValueError as error:  # which the reader of filters makes a fault of
        raise PlaybookError("", ()) from error


def _ledger(data: bytes, path: Path) -> object:
    folder = path.parent
    (folder / "sign-in.json").write_bytes(data)
    account = Account("https://nps01:6500", "LAB\\svc")
    ledger = SignInLedger(folder)
    ledger.note_code(account, b"secret", is_accepted=False)
    return ledger.claim_code(account.server, "123456", 7), ledger.refused_codes(account, b"secret")


def _holder(data: bytes, path: Path) -> object:
    lock = RunLock(path.parent, "https://nps01:6500", SystemClock())
    (path.parent / "locks").mkdir(exist_ok=True)
    lock._holder_file.write_bytes(data)
    return str(lock.holder())


def _plan_example() -> Sequence[bytes]:
    playbook = Selection.from_data(
        {
            "steps": [{"name": "lab", "action": "cancel", "select": {"status": "Queued"}}],
            "protect": [],
        }
    )
    from dataclasses import replace  # noqa: PLC0415

    record = mixed_run()
    plan = replace(
        record.plan,
        jobs=record.plan.jobs[20:28],
        selection=playbook.to_data(),
        made_at=datetime(2026, 3, 1, 22, 15, tzinfo=UTC),
    )
    return (json.dumps(plan.to_json()).encode(),)


def _ledger_example() -> bytes:
    return json.dumps(
        {
            "version": 1,
            "key": "ab" * 32,
            "codes": {"cd" * 32: 7, "ef" * 32: 58_000_000},
            "passwords": {"01" * 32: ["23" * 32]},
            "refusals": {"45" * 32: 2},
        }
    ).encode()


def _values_of(text: bytes) -> Any:
    return yaml.load(text, yaml.CSafeLoader)


_HOLDER = b'{"pid": 4711, "host": "jump01", "since": "2026-01-31T22:30:00Z", "run_id": null}'
_LISTS = (
    b"# hosts\nlab-01\nlab-02\r\nsql*\n",
    b"\xef\xbb\xbfName;Owner\nlab-01;LAB\\a\n'lab;02';\"b\"\n",
    "Name\tIP\nlab-01\t10.0.0.1\n".encode("utf-16"),
)

FILE_DOORS = (
    Door(
        "playbook loader",
        lambda: (_PLAYBOOK,),
        _playbook,
        1.2,
        _YAML_WORDS,
        is_json=True,
        parse=_values_of,
    ),
    Door(
        "filter language", lambda: _CLAUSES, _filter, 4, _YAML_WORDS, is_json=True, parse=_values_of
    ),
    Door("saved plans", _plan_example, _plan, 1.5, (b"hostscan/plan/1",), is_json=True),
    Door("saved plans, signed anew", _plan_example, _signed_plan, 1, _FILTER, is_json=True),
    Door("profile file", lambda: (_CONFIG,), _profiles, 4, _TOML),
    Door("lists and CSV of in_file", lambda: _LISTS, _values, 8, (b",", b";", b'"', b"#")),
    Door("sign-in ledger", lambda: (_ledger_example(),), _ledger, 0.8, is_json=True),
    Door("lock file", lambda: (_HOLDER,), _holder, 5, is_json=True),
)
