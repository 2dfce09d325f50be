"""Input that is small to send and large to read: for each door, by its name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_MIB = 1 << 20
_ID = "497f6eca-6276-4993-bfeb-53cbbbba6f08"


def _clause(clause: str) -> bytes:
    return f"version: 1\nname: one\nsteps:\n  - select: {clause}\n".encode()


def _filled(head: str, item: str, tail: str, size: int = _MIB - 200) -> str:
    """Return a list as long as fits, each item with a number of its own."""
    count = (size - len(head) - len(tail)) // (len(item) + 6)
    return head + ",".join(item % number for number in range(count)) + tail


def _clauses() -> Iterator[str]:
    yield _filled("{any_host: {name: {regex: [", "'x%d.*'", "]}}}")
    yield _filled("{any_host: {name: {regex: [", r"'\pL{200}%d'", "]}}}")
    yield _filled("{any_host: {name: {regex: [", "'((a{30}){30}%d)'", "]}}}")
    yield _filled("{any_host: {name: {glob: [", "'*a*b*%d*'", "]}}}")
    yield _filled("{any_host: {name: {glob: [", "'[a-%d'", "]}}}")
    yield _filled("{any_host: {ip: {cidr: [", "10.0.%d.0/24", "]}}}")
    yield _filled("{", "nosuchfield%d: 1", "}")
    yield _filled("{status: [", "Queud%d", "]}")
    yield "{not: " * 200 + "{status: Queued}" + "}" * 200
    yield "{all: [" * 60 + "{status: Queued}" + "]}" * 60
    yield f"{{host_count: {{ge: {'9' * 900_000}}}}}"
    yield "{created: {older_than: " + "9" * 900_000 + "w}}"


def _playbooks() -> Iterator[bytes]:
    laughs = "\n".join(
        f"  a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, 20)
    )
    head = "version: 1\nname: one\nvars:\n  a0: &a0 [1]\n"
    yield f"{head}{laughs}\nsteps: [{{select: *a19}}]".encode()
    yield b"a: &a [*a]"
    yield b"[" * (_MIB - 10)
    yield b"{a: " * 250_000
    yield b"- " * 500_000
    yield b"? " * 500_000
    yield b"&a " * 300_000
    yield b"!!" * 500_000
    yield b"#" * (_MIB - 10)
    yield b"\n" * (_MIB - 10)
    yield b"|\n" + b" x\n" * 300_000
    yield b"x" * (2 * _MIB)
    yield f"version: 1\nname: one\nsteps: [{','.join(['{}'] * 300_000)}]".encode()
    yield from map(_clause, _clauses())


def _filters() -> Iterator[bytes]:
    yield from (clause.encode() for clause in _clauses())


def _profiles() -> Iterator[bytes]:
    yield b"a." * 400_000 + b"b = 1"
    yield b"[" + b"a." * 400_000 + b"b]"
    yield b'"a" . ' * 150_000 + b"b = 1"
    yield b"a = " + b"[" * 900_000
    yield b"a = " + b"{b = " * 180_000
    yield b"a = " + b"9" * 900_000
    yield b"\n".join(b"[profiles.p%d]" % number for number in range(50_000))
    yield b"\n".join(b"[[profiles.p.protect]]" for number in range(40_000))
    yield b"\n".join(b"profiles.p.x%d = 1" % number for number in range(45_000))
    yield b"\n".join(b"a%d." % number * 31 + b"b = 1" for number in range(5_000))
    yield b'no_such_key = """\n' + b" " * 900_000 + b'\n"""'
    yield b'no_such_key = """\n' + (b" " * 450 + b"\n") * 2_000 + b'"""'
    yield b'no_such_key = """\n[' + b"a " * 400_000 + b'\n"""'
    yield b"[profiles.a]\nprotect = [" + b"{any_host = {name = 'x'}}," * 35_000 + b"]"


def _lists() -> Iterator[bytes]:
    yield b"lab1\nlab2\n" * 1_600_000
    yield b"\n" * (16 * _MIB)
    yield b"Name" + b"," * (16 * _MIB - 4)
    yield b"Name\n" + b"a,b,c,d,e,f,g,h\n" * 400_000
    yield b'Name\n"' + b'x\n"' * 5_000_000
    yield b"Name\n" + b"x" * (16 * _MIB - 5)
    yield "\u2028".join(["lab"] * 1_000_000).encode()


def _plans() -> Iterator[bytes]:
    yield b"[" * 5_000_000
    yield b'{"a":' * 1_000_000
    yield b'{"schema": "hostscan/plan/1", "jobs": ' + b"9" * 5_000_000
    yield b'{"schema": "hostscan/plan/1", "jobs": [' + b"{}," * 2_000_000 + b"{}]}"
    yield json.dumps({"schema": "hostscan/plan/1", "server": "x" * 20_000_000}).encode()


def _jobs() -> Iterator[bytes]:
    host = {"name": "x" * 1_000_000, "status": 0}
    yield json.dumps([{"id": _ID, "hostScanHostStatus": [host] * 7}]).encode()
    rows = [{"id": _ID, "statusDescription": f"{number}{'x' * 40_000}"} for number in range(600)]
    yield json.dumps(rows).encode()
    yield b'[{"id": ' + b"[" * 3_000_000
    yield b"[" + b" " * 9_000_000
    yield b'[{"a": "' + b"x" * 20_000_000
    yield b'[{"id": ' + b"9" * 3_000_000 + b"}]"
    yield json.dumps([{"id": _ID, "hostScanHostStatus": [{}] * 500_000}]).encode()
    yield json.dumps([{f"key{number}": number for number in range(300_000)}]).encode()


def _problems() -> Iterator[bytes]:
    yield json.dumps({"title": "x" * 8_000_000, "detail": "<" * 8_000_000}).encode()
    yield json.dumps(
        {"title": "x", "errors": {f"f{n}": ["y" * 40] for n in range(90_000)}}
    ).encode()
    yield json.dumps({"title": "x", "errors": {"a": ["\u202e" * 10] * 400_000}}).encode()
    yield b'{"title": ' + b"[" * 3_000_000


def _web_pages() -> Iterator[bytes]:
    for piece in (b"<", b"<script>", b"</script", b"<!--", b"<script></style>", b"&", b"<a "):
        yield piece * (4 * _MIB // len(piece))
    yield b"<script " + b" " * 4000 + b"</script" + b" " * 4000


def _any_texts() -> Iterator[bytes]:
    pieces = ("eyJ", "eyJaaaaaaaa.", "Bearer ", ";", '"', "; ", ';"', "\u0301", "\u202e", "`|")
    for piece in pieces:
        yield (piece * 200_000).encode()[:400_000]


def _examples() -> Iterator[bytes]:
    fence = b"```powershell\n%b\n```\n"
    for piece in (b"(", b"{", b"@{", b"$(", b'"', b"'", b"`", b"@(", b"if (", b"|", b"$a=", b"-a "):
        yield fence % (b"$a = " + piece * 100_000)
    yield b"```\n" * 100_000


def _cookies() -> Iterator[bytes]:
    yield b"\r\n".join(b"Set-Cookie: c%d=%s" % (number, b"x" * 90) for number in range(3_000))
    yield b"Set-Cookie: a=1" + b"; Path=/" * 100_000
    yield b"Set-Cookie: a=" + b'"' * 3_000
    yield b"Location: " + b"<" * 60_000


BOMBS: Mapping[str, Callable[[], Iterator[bytes]]] = {
    "playbook loader": _playbooks,
    "filter language": _filters,
    "profile file": _profiles,
    "lists and CSV of in_file": _lists,
    "saved plans": _plans,
    "list of jobs": _jobs,
    "problem document": _problems,
    "page of a proxy": _web_pages,
    "any text, shown": _any_texts,
    "porter": _examples,
    "headers and cookies": _cookies,
}
