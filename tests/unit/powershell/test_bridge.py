from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from hostscan_automation.powershell import bridge
from hostscan_automation.powershell.bridge import serve, writer
from hostscan_automation.powershell.parameters import Nothing
from hostscan_automation.powershell.parent import watcher_of, windows_watcher
from hostscan_automation.powershell.server import Handler, Server
from hostscan_automation.reports.redaction import Redaction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hostscan_automation.powershell.calls import Call

SECRET = "canary-of-the-log"
GREETING = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocol": 1, "client": "test"},
}
COMMAND = [sys.executable, "-I", "-X", "utf8", "-u", "-m", "hostscan_automation.powershell.bridge"]
NOISY = """
import os, subprocess, sys, threading
from hostscan_automation.powershell import bridge
from hostscan_automation.powershell.parameters import Nothing
from hostscan_automation.powershell.server import Handler
def noise(call, given):
    print("a stray print")
    subprocess.run([sys.executable, "-c", "print('a child'); print(input('?') if 0 else 'x')"])
    # put together here: since Python 3.13 a traceback shows the lines of -c, too
    broken = threading.Thread(target=lambda: int("-".join(["canary", "of", "the", "log"])))
    broken.start()
    broken.join()
    got = subprocess.run([sys.executable, "-c", "import sys; print(len(sys.stdin.read()))"],
        capture_output=True, text=True).stdout
    return {"child read": got.strip()}
sys.exit(bridge.main([], handlers=lambda: {"noise": Handler(Nothing, noise, needs_greeting=False)}))
"""


class Pipes:
    """Two pipes with a bridge between them, in this process."""

    def __init__(self, **options: Any) -> None:
        source, self.to_bridge = os.pipe()
        self.from_bridge, sink = os.pipe()
        self.thread = threading.Thread(target=self._serve, args=(source, sink, options))
        self.thread.start()

    def _serve(self, source: int, sink: int, options: dict[str, Any]) -> None:
        given: dict[str, Any] = {"is_parent_alive": lambda: True, "look_every_s": 0.01}
        given |= {"redaction": Redaction({SECRET})} | options
        handlers = {
            "hello": Handler(Nothing, hello, needs_greeting=False),
            "fails": Handler(Nothing, fails, needs_greeting=False),
        }
        serve(Server(handlers, writer(sink)), source, **given)
        os.close(sink)

    def send(self, data: bytes) -> None:
        os.write(self.to_bridge, data)

    def read(self) -> bytes:
        return os.read(self.from_bridge, 65536)

    def end(self) -> None:
        os.close(self.to_bridge)
        self.thread.join(30)
        assert not self.thread.is_alive()
        os.close(self.from_bridge)


def hello(_call: Call, _given: Nothing) -> dict[str, bool]:
    logging.getLogger("hostscan.api").warning("mind the %s", "gap")
    logging.getLogger("hostscan.api").info("not this")
    logging.getLogger("hostscan.api").error("it broke at %s", SECRET)
    return {"hello": True}


def fails(_call: Call, _given: Nothing) -> dict[str, bool]:
    raise ZeroDivisionError(SECRET)


@pytest.fixture
def pipes() -> Iterator[Pipes]:
    pair = Pipes()
    yield pair
    pair.end()


def test_a_client_with_byte_order_mark_and_carriage_returns_is_understood(pipes: Pipes) -> None:
    pipes.send(b'\xef\xbb\xbf{"jsonrpc":"2.0","id":1,"method":"hello"}\r\n')

    lines = b""
    while b'"id":1' not in lines:
        lines += pipes.read()

    assert b'"hello":true' in lines
    assert lines.isascii()


def test_warnings_of_the_rooms_below_reach_the_call_and_nothing_else_does(pipes: Pipes) -> None:
    pipes.send(b'{"jsonrpc":"2.0","id":1,"method":"hello"}\n')

    lines = b""
    while b'"id":1' not in lines:
        lines += pipes.read()

    messages = [json.loads(line) for line in lines.splitlines()]
    assert [one["params"]["message"] for one in messages if one.get("method") == "warning"] == [
        "mind the gap"
    ]


def test_errors_go_to_standard_error_without_secrets_and_without_the_text_of_a_bug(
    capfd: pytest.CaptureFixture[str], pipes: Pipes
) -> None:
    pipes.send(b'{"jsonrpc":"2.0","id":1,"method":"hello"}\n')
    pipes.send(b'{"jsonrpc":"2.0","id":2,"method":"fails"}\n')

    lines = b""
    while b'"id":2' not in lines:
        lines += pipes.read()

    errors = capfd.readouterr().err
    assert "it broke at [secret]" in errors
    assert "in fails" in errors
    assert "fails failed with ZeroDivisionError" in errors
    assert SECRET not in errors + lines.decode()


def test_a_bridge_ends_when_its_parent_is_gone_or_nobody_calls() -> None:
    for options in ({"is_parent_alive": lambda: False}, {"idle_limit_s": 0.0}):
        pipes = Pipes(**options)
        pipes.thread.join(30)
        assert not pipes.thread.is_alive()
        pipes.end()


def test_a_source_that_breaks_is_a_source_that_ended() -> None:
    back, sink = os.pipe()
    source, other = os.pipe()
    os.close(other)
    os.close(source)

    serve(Server({}, writer(sink)), source, redaction=Redaction(), is_parent_alive=lambda: True)

    os.close(back)
    os.close(sink)


def test_a_process_is_watched_until_it_ends() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    is_alive = watcher_of(process.pid)

    assert is_alive()
    process.kill()
    process.communicate()
    assert not is_alive()
    assert watcher_of(None)()
    assert watcher_of(1)(), "a process of somebody else is there, too"


class FakeKernel:
    """A kernel32 with one process that can be opened."""

    def __init__(self, handle: int | None) -> None:
        self.handle = handle
        self.has_ended = False
        self.opened: list[tuple[int, int, int]] = []

    def OpenProcess(self, access: int, inherit: int, pid: int) -> int | None:  # noqa: N802
        self.opened.append((access, inherit, pid))
        return self.handle

    def WaitForSingleObject(self, handle: int, milliseconds: int) -> int:  # noqa: N802
        assert (handle, milliseconds) == (self.handle, 0), "a wait may not hold up the bridge"
        return 0 if self.has_ended else 0x102


def test_a_process_of_windows_is_watched_by_its_handle() -> None:
    kernel = FakeKernel(2**40)
    is_alive = windows_watcher(kernel, 4711)

    assert is_alive()
    kernel.has_ended = True
    assert not is_alive()
    assert kernel.opened == [(0x00100000, 0, 4711)], "to wait for it, and for nothing else"


def test_a_process_of_windows_that_cannot_be_opened_counts_as_alive() -> None:
    assert windows_watcher(FakeKernel(None), 4711)()


def talk(process: subprocess.Popen[bytes], message: dict[str, Any]) -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(message).encode() + b"\n")
    process.stdin.flush()
    reply = json.loads(process.stdout.readline())
    assert isinstance(reply, dict)
    return reply


def test_the_process_ends_when_its_parent_has_though_somebody_holds_its_pipe_open() -> None:
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    command = [*COMMAND, "--parent-pid", str(parent.pid)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert talk(process, GREETING)["result"]["protocol"] == 1

    parent.communicate()

    assert process.wait(timeout=30) == 0
    process.communicate()


def test_the_process_greets_ignores_ctrl_c_and_ends_with_its_input() -> None:
    process = subprocess.Popen(
        [*COMMAND, "--parent-pid", str(os.getpid())], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert talk(process, GREETING)["result"]["protocol"] == 1
    process.send_signal(signal.SIGINT)
    time.sleep(0.1)
    assert talk(process, {**GREETING, "id": 2})["id"] == 2

    process.communicate(timeout=10)

    assert process.returncode == 0


def test_what_a_person_reads_holds_no_secret_that_came_this_way(tmp_path: Path) -> None:
    environ = os.environ | {"HOSTSCAN_STATE_DIR": str(tmp_path)}
    process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ)
    given = {"signIn": "noMfa", "uri": "http://127.0.0.1:9", "login": "a", "password": SECRET}
    talk(process, GREETING)
    refused = talk(process, {**GREETING, "id": 2, "method": "connect", "params": given})
    unknown = talk(
        process, {**GREETING, "id": 3, "method": "run.show", "params": {"runId": SECRET}}
    )

    process.communicate(timeout=10)

    assert refused["error"]["data"]["errorId"] == "HostScan.NotReached"
    assert "run '[secret]' is not" in unknown["error"]["message"]
    assert SECRET not in unknown["error"]["message"]


def test_another_protocol_is_refused_by_name() -> None:
    process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    reply = talk(process, {**GREETING, "params": {"protocol": 2, "client": "newer"}})

    process.communicate(timeout=10)

    assert reply["error"]["data"]["errorId"] == "HostScan.VersionMismatch"
    assert "newer" in reply["error"]["message"]


def test_nothing_but_the_protocol_gets_into_the_pipe_or_out_of_it() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", NOISY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    reply = talk(process, {"jsonrpc": "2.0", "id": 1, "method": "noise"})

    rest, errors = process.communicate(timeout=10)

    assert reply["result"] == {"child read": "0"}
    assert rest == b""
    assert b"a stray print" in errors
    assert b"a child" in errors
    assert b"a thread failed with ValueError" in errors
    assert SECRET.encode() not in errors


def test_the_process_claims_its_streams_and_serves_them(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    source, to_bridge = os.pipe()
    from_bridge, sink = os.pipe()
    ignored: list[int] = []
    monkeypatch.setattr(bridge, "_claim_streams", lambda: (source, sink))
    monkeypatch.setattr(signal, "signal", lambda number, _action: ignored.append(number))
    os.write(to_bridge, json.dumps(GREETING).encode() + b"\n")
    answers: list[bytes] = []

    def client() -> None:
        answers.append(os.read(from_bridge, 65536))
        os.close(to_bridge)

    reader = threading.Thread(target=client)
    reader.start()
    code = bridge.main(["--idle-limit", "60"])
    reader.join(30)

    assert code == 0
    assert json.loads(answers[0])["result"]["protocol"] == 1
    assert signal.SIGINT in ignored
    assert capfd.readouterr().out == ""
    for descriptor in (source, from_bridge, sink):
        os.close(descriptor)


def test_standard_streams_are_kept_for_the_protocol(monkeypatch: pytest.MonkeyPatch) -> None:
    saved = [os.dup(number) for number in (0, 1)]
    monkeypatch.setattr(sys, "stdout", sys.stdout)
    try:
        source, sink = bridge._claim_streams()
        assert os.read(0, 1) == b""
        assert sys.stdout is sys.stderr
        assert not os.get_inheritable(source)
        assert not os.get_inheritable(sink)
        assert os.fstat(1) == os.fstat(2)
    finally:
        for number, descriptor in enumerate(saved):
            os.dup2(descriptor, number)
            os.close(descriptor)
    os.close(source)
    os.close(sink)


def test_a_line_is_written_whole_however_little_a_pipe_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken: list[bytes] = []

    def write(_sink: int, data: memoryview) -> int:
        taken.append(bytes(data[:3]))
        return 3

    monkeypatch.setattr(os, "write", write)
    bridge.writer(1)(b"0123456\n"[:6])

    assert taken == [b"012", b"345"]
