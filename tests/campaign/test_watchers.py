"""Proof that what looks for secrets, rights and refusals finds them."""

from __future__ import annotations

import base64
import html
import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from hostscan_automation.simulator import Simulator, SimulatorConfig
from tests.campaign.account_watch import account_is_safe
from tests.campaign.canaries import Canaries
from tests.campaign.ground import ground
from tests.campaign.tally import Tally
from tests.campaign.traced import created_files
from tests.campaign.watching import Watch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECRET = "correct-horse'\"\\<ü&%"
TOKEN = b"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"
CANARIES = Canaries({"password": SECRET}, {"123456"}, {"0123456789abcdef" * 2})


@pytest.mark.parametrize(
    "written",
    [
        str.encode,
        lambda text: json.dumps({"password": text}).encode(),
        lambda text: repr(repr(text)).encode(),
        lambda text: quote(text).encode(),
        lambda text: html.escape(text).encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode().hex().encode(),
        lambda text: base64.b64encode(text.encode()),
        lambda text: base64.b64encode(b"x" + text.encode() + b"y"),
        lambda text: base64.urlsafe_b64encode(b"xy" + text.encode()),
        lambda text: text[:16].encode(),
    ],
)
def test_a_secret_is_found_in_every_spelling(written: Callable[[str], bytes]) -> None:
    assert CANARIES.found_in(b"before " + written(SECRET) + b" after") == {"password"}


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b'code "123456" sent', {"one-time code"}),
        (b"took 0.123456 s, 9123456", set()),
        (b"Bearer " + TOKEN, {"token"}),
        (base64.b64encode(TOKEN), {"token"}),
        (TOKEN.hex().encode(), {"token"}),
        (TOKEN.decode().encode("utf-16-le"), {"token"}),
        (b"Cookie: NPS.TwoFactor=0123456789abcdef0123456789abcdef", {"cookie"}),
        (b"ffffffffffffffffffffffffffffffff and nothing else", set()),
    ],
)
def test_codes_tokens_and_cookies_are_found(data: bytes, what: set[str]) -> None:
    assert CANARIES.found_in(data) == what


def test_a_server_tells_all_its_secrets() -> None:
    server = Simulator(SimulatorConfig(jobs=0))
    account = server.accounts.admin
    token, given = server.service.tokens.issue("pre-2fa", account, 60)
    assert account.totp is not None
    code = account.totp.code(account.totp.step_at(server.now()))
    said = f"{account.password} {account.totp_secret} {token} {given.session} {code}"

    found = Canaries.of(server).found_in(said.encode())

    assert found == {
        "password of admin",
        "TOTP secret of admin",
        "token",
        "cookie",
        "one-time code",
    }


def test_made_files_are_read_from_a_trace(tmp_path: Path) -> None:
    trace = """\
7 openat(AT_FDCWD</tmp>, "/etc/passwd", O_RDONLY|O_CLOEXEC) = 3
7 openat(AT_FDCWD</tmp>, "log", O_WRONLY|O_CREAT|O_APPEND|O_CLOEXEC, 0600) = 4</tmp/log>
8 mkdir("/var/one", 0777)       = 0
8 mkdir("/var/two", 0777)       = -1 EEXIST (File exists)
8 openat(AT_FDCWD</tmp>, "no", O_WRONLY|O_CREAT, 0666) = -1 EACCES (Permission denied)
"""
    made = [(str(path), mode) for path, mode in created_files(trace, tmp_path)]

    assert made == [(str(tmp_path / "log"), 0o600), ("/var/one", 0o777)]


@pytest.mark.skipif(not os.path.exists("/proc/self/environ"), reason="no /proc here")  # noqa: PTH110
def test_what_lives_briefly_and_what_a_process_shows_is_seen(tmp_path: Path) -> None:
    brief = tmp_path / "brief"
    with Watch(tmp_path, apart_from=tmp_path / "planted") as watch:
        child = subprocess.Popen(
            [sys.executable, "-c", "input()", SECRET], cwd=tmp_path, stdin=subprocess.PIPE
        )
        brief.write_text(SECRET, encoding="utf-8")
        brief.chmod(0o644)
        until = time.monotonic() + 20
        while time.monotonic() < until and not (watch.shown and "brief" in watch.modes):
            time.sleep(0.01)
        brief.unlink()
        child.communicate(b"\n")

    leaks = watch.leaks(CANARIES, own_environment=True)
    assert leaks == ["brief for a while: password", f"cmdline of process {child.pid}: password"]
    assert watch.modes["brief"] == 0o044


def test_too_many_refusals_a_lock_and_a_code_sent_twice_are_seen() -> None:
    tally = Tally("one")
    with ground(0, lock_after=2) as field:
        account = field.server.accounts.admin
        for _ in range(2):
            field.server.accounts.check_password(account.login, "wrong")
        field.server.service.sign_in.codes += ["NA", "NA", "123456", "123456"]
        account_is_safe(field, tally, account, passwords=1)

    assert tally.findings == [
        "2 passwords were refused, 1 are allowed",
        "the account was locked",
        "1 codes were sent twice",
    ]
