"""Where this program meets itself and PowerShell: journal, bridge, porter, and what it shows."""

from __future__ import annotations

import atexit
import io
import json
import shutil
import sqlite3
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hostscan_automation.porting.targets import port
from hostscan_automation.powershell.desk import Desk
from hostscan_automation.powershell.framing import read_lines, read_object
from hostscan_automation.powershell.methods import handlers
from hostscan_automation.powershell.server import Server
from hostscan_automation.reports.markdown import code
from hostscan_automation.reports.plain import defused, plain, shortened
from hostscan_automation.reports.redaction import Redaction
from hostscan_automation.runs.journal import Journal
from hostscan_automation.runs.rows import NewRun
from tests.campaign.command_doors import nowhere
from tests.campaign.doors import Door
from tests.campaign.pages import everything_of_run
from tests.unit.porting.pages import corpus
from tests.unit.reports.samples import mixed_run, run
from tests.unit.runs.fakes import FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_DAMAGEABLE = {
    "run": (
        *("run_id", "state", "server", "account", "playbook_name", "playbook_file", "planned"),
        *("plan", "reports", "reason", "versions", "owner_pid", "owner_host", "started_at"),
        *("finished_at", "ended_by", "outcomes"),
    ),
    "job": (
        *("position", "job_id", "intent", "attempts", "intended_at", "outcome", "status_after"),
        *("detail", "http_status", "trace_id", "took_s", "decided_at"),
    ),
}


@cache
def scratch() -> Path:
    """Return a folder for this process, in memory where there is such a place."""
    memory = Path("/dev/shm")  # noqa: S108 - a private folder is made in it
    folder = tempfile.mkdtemp(prefix="campaign-", dir=memory if memory.is_dir() else None)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


@cache
def _journal() -> tuple[Journal, str]:
    record = run(mixed_run().jobs[21:26])
    journal = Journal(scratch() / "journal", clock=FakeClock(), chance=lambda: 0.5)
    begun = journal.begin(NewRun(record.plan, reports=({"format": "html", "path": "a.html"},)))
    return journal, begun.run_id


def _journal_rows(data: bytes, _: Path) -> object:
    """Write damaged values into the rows of a run, read it in every way, and take them back."""
    journal, run_id = _journal()
    try:
        given = json.loads(data)
    except (ValueError, RecursionError):
        return None
    with journal._store.reading() as connection:
        connection.execute("BEGIN")
        try:
            _write(connection, given)
            return _read(journal, run_id, with_page=not len(data) % 16)
        finally:
            connection.rollback()


def _write(connection: sqlite3.Connection, given: Any) -> None:
    for table, columns in _DAMAGEABLE.items():
        row = given.get(table) if isinstance(given, dict) else None
        for column in columns:
            if not isinstance(row, dict) or column not in row:
                continue
            value = _stored(row[column])
            where = "number = 1" if table == "run" else "run = 1 AND position = 0"
            try:
                connection.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (value,))  # noqa: S608
            except (sqlite3.IntegrityError, OverflowError, UnicodeEncodeError):
                continue  # SQLite itself does not take it


def _stored(value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"hex"}:
        return str(value["hex"]).encode("utf-8", "surrogatepass")
    return json.dumps(value) if isinstance(value, dict | list) else value


def _read(journal: Journal, run_id: str, *, with_page: bool) -> object:
    from hostscan_automation.errors import HostscanError  # noqa: PLC0415

    seen: list[object] = [f"{run.run_id} {run.planned:,}" for run in journal.runs()]
    seen.append(journal.latest_unfinished())
    looks: tuple[Callable[[], object], ...] = (
        lambda: everything_of_run(journal.record(run_id), with_page=with_page),
        lambda: journal.reopen(run_id),
    )
    for look in looks:
        try:
            seen.append(look())
        except HostscanError as error:
            seen.append(str(error))
    return seen


def _journal_example() -> Sequence[bytes]:
    journal, _ = _journal()
    with journal._store.reading() as connection:
        example: dict[str, dict[str, Any]] = {}
        for table, columns in _DAMAGEABLE.items():
            row = connection.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchone()  # noqa: S608
            example[table] = dict(zip(columns, map(_told, row), strict=True))
    plan = example["run"].pop("plan")  # it is long: what is damaged would mostly be the plan
    return [json.dumps(one).encode() for one in (example, example, {"run": {"plan": plan}})]


def _told(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in {"{", "["}:
        return json.loads(value)
    return value if not isinstance(value, bytes) else {"hex": value.hex()}


def _line(data: bytes, _: Path) -> object:
    stream = io.BytesIO(data)
    lines = list(read_lines(lambda size: stream.read(min(size, 13)), longest=4096))
    return [read_object(line) for line in lines if isinstance(line, bytes)]


def _request(data: bytes, path: Path) -> object:
    """Let the bridge answer lines as a shell sends them; every line it writes must be a reply."""
    written: list[bytes] = []
    state = {"HOSTSCAN_STATE_DIR": str(path.parent / "state"), "HOSTSCAN_CONFIG": str(path)}
    server = Server(handlers(Desk(state, FakeClock(), Redaction())), written.append)
    for line in (_GREETING, *data.split(b"\n")):
        server.receive(line)
    server._waiting.put(None)
    with nowhere():
        server.work()
    replies = [json.loads(line) for line in written]
    bugs = [reply for reply in replies if "InternalError" in json.dumps(reply.get("error", ""))]
    if bugs:  # which no input may be
        raise AssertionError(f"the bridge calls it a bug of its own: {bugs}")
    return replies


_GREETING = b'{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocol":1,"client":"x"}}'


def _script(data: bytes, _: Path) -> object:
    targets = ("python", "powershell", "module", "playbook", "json")
    text = data.decode("utf-8", "replace")
    return port(text, file_name="example.md", target=targets[len(data) % len(targets)])


_REQUESTS: tuple[dict[str, Any], ...] = (
    {"method": "initialize", "params": {"protocol": 1, "client": "x", "sessionName": "a"}},
    {
        "method": "connect",
        "params": {
            "signIn": "totp",
            "uri": "https://nps01:6500",
            "login": "LAB\\svc",
            "password": "secret",
            "totpSecret": "JBSWY3DPEHPK3PXP",
        },
    },
    {"method": "connect", "params": {"signIn": "token", "uri": "nps01", "token": "x" * 30}},
    {"method": "session"},
    {"method": "connection.test", "params": {"uri": "https://nps01:6500"}},
    {"method": "jobs.list", "params": {"status": ["Queued"], "filter": "{status: Queued}"}},
    {"method": "jobs.cancel", "params": {"jobs": [{"id": "497f6eca-6276-4993-bfeb-53cbbbba6f08"}]}},
    {"method": "playbook.validate", "params": {"path": "a.yaml"}},
    {"method": "playbook.plan", "params": {"path": "a.yaml", "variables": {"a": 1}}},
    {"method": "runs.list", "params": {"last": 5}},
    {"method": "run.show", "params": {"runId": "20260131-223000-0a1b2c"}},
    {"method": "example.port", "params": {"target": "python", "text": "Invoke-RestMethod -Uri x"}},
    {"method": "cancel", "params": {"id": 7}},
)


def _text(data: bytes, _: Path) -> object:
    """Make any text harmless in every way there is; what is left must be so."""
    text = data.decode("utf-8", "surrogatepass") if _is_text(data) else data.decode("latin-1")
    clean = Redaction({"secret", "s3cr3t"}).clean(text)
    pages = plain(text), shortened(text, 40), defused(text), code(text), plain(clean)
    for page in pages:
        assert page.isprintable() or not any(sign < " " or "\x7f" <= sign < "\xa0" for sign in page)
        page.encode("utf-8")
    return pages


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def _requests() -> Sequence[bytes]:
    return [
        json.dumps({"jsonrpc": "2.0", "id": number, **request}).encode()
        for number, request in enumerate(_REQUESTS, 1)
    ]


_TEXTS = (
    "lab-01 <b>x</b> | `code` =1+1;@a \x1b[2J \u202e eyJhbGciOiJIUzI1NiJ9.eyJ1bmlx.abc".encode(),
    ("eyJ" * 400).encode(),
)

OWN_DOORS = (
    Door("journal rows", _journal_example, _journal_rows, 0.5, is_json=True),
    Door(
        "bridge, framing",
        _requests,
        _line,
        8,
        (b"\n", b"\r\n", b"\xef\xbb\xbf"),
        is_json=True,
        allowed=(ValueError,),
    ),
    Door("bridge, requests", _requests, _request, 0.6, (b"\n",), is_json=True),
    Door("porter", lambda: [page.text.encode() for page in corpus()][:12], _script, 0.8),
    Door("any text, shown", lambda: _TEXTS, _text, 1.5, ("\u202e\u200b\u0301".encode(),)),
)
