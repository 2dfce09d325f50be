from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

import pytest

from hostscan_automation.settings.private import Privacy
from hostscan_automation.simulator import Simulator, SimulatorConfig, parse_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.cli.conftest import Terminal


@pytest.fixture(scope="module")
def secured() -> Iterator[Simulator]:
    with Simulator(SimulatorConfig(jobs=7, tls=True)) as server:
        yield server


def checks(terminal: Terminal, *flags: str) -> tuple[int, dict[str, Any]]:
    ended = terminal.run("doctor", "--output", "json", *flags)
    document = json.loads(ended.out)
    assert document["schema"] == "hostscan/doctor/1"
    return ended.code, {check["label"]: check for check in document["checks"]}


def test_a_healthy_connection_passes_every_check(terminal: Terminal, secured: Simulator) -> None:
    terminal.environ |= secured.environment
    code, found = checks(terminal)
    assert code == 0
    assert {check["state"] for check in found.values()} == {"ok"}
    assert found["account"]["value"] == r"LAB\scan-admin (from environment HOSTSCAN_LOGIN)"
    assert found["roles"]["value"] == "Admin"
    assert "--fingerprint " in found["TLS"]["value"]
    assert found["server version"]["value"] == "25.12.00000, Healthy"
    assert found["jobs"]["value"].startswith("7 jobs")
    assert found["session"]["value"].startswith("ends 20")


def test_no_secret_is_told(terminal: Terminal, secured: Simulator) -> None:
    terminal.environ |= secured.environment
    terminal.environ |= {"HOSTSCAN_APP": "hostscan-nightly"}
    terminal.environ["HOSTSCAN_API_KEY"] = secured.accounts.application.password
    ended = terminal.run("doctor", "-vv")
    assert ended.code == 0
    assert secured.accounts.application.password not in ended.out + ended.err


def test_an_unknown_certificate_fails_the_check_and_the_remedy_shows_the_fingerprint(
    terminal: Terminal, secured: Simulator
) -> None:
    terminal.environ |= secured.environment
    del terminal.environ["HOSTSCAN_CA_BUNDLE"]
    code, found = checks(terminal)
    assert code == 5
    assert found["port"]["state"] == "ok"
    assert found["TLS"]["state"] == "failed"
    assert found["sign-in"]["state"] == "skipped"
    pin = found["TLS"]["remedy"].split("--fingerprint ")[1].split(";")[0]
    code, found = checks(terminal, "--fingerprint", pin, "--app", "x")
    assert found["TLS"]["state"] == "ok"
    assert code == 3
    assert "API key" in found["secrets"]["value"]


def test_switching_verification_off_is_a_warning(terminal: Terminal, secured: Simulator) -> None:
    terminal.environ |= secured.environment
    terminal.environ["HOSTSCAN_TOKEN"] = secured.accounts.application.password
    code, found = checks(terminal, "--insecure")
    assert code == 0
    assert found["TLS"]["state"] == "warning"
    assert "--fingerprint" in found["TLS"]["remedy"]
    assert found["sign-in"]["value"] == "a ready token"


def test_a_token_without_rights_is_found_out(terminal: Terminal, secured: Simulator) -> None:
    terminal.environ |= secured.environment | {"HOSTSCAN_TOKEN": "x" * 40}
    code, found = checks(terminal)
    assert code == 4
    assert found["jobs"]["state"] == "failed"


def test_a_role_that_will_not_do_is_told(terminal: Terminal, secured: Simulator) -> None:
    reader = secured.accounts.reader
    terminal.environ |= secured.environment | {
        "HOSTSCAN_LOGIN": reader.login,
        "HOSTSCAN_PASSWORD": reader.password,
        "HOSTSCAN_TOTP_SECRET": reader.totp_secret or "",
    }
    code, found = checks(terminal)
    assert code == 7
    assert found["roles"]["value"] == "User"
    assert "Admin or App" in found["roles"]["remedy"]


def test_a_wrong_password_ends_with_4(terminal: Terminal, secured: Simulator) -> None:
    terminal.environ |= secured.environment | {"HOSTSCAN_PASSWORD": "wrong"}
    code, found = checks(terminal)
    assert code == 4
    assert "refused" in found["sign-in"]["value"]


def test_a_name_nobody_knows_and_a_port_nobody_serves(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.environ |= {"HOSTSCAN_SERVER": "https://127.0.0.1:1", "HOSTSCAN_TOKEN": "x" * 40}
    code, found = checks(terminal)
    assert (code, found["port"]["state"]) == (5, "failed")

    def nobody(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    code, found = checks(terminal)
    assert (code, found["name"]["state"]) == (5, "failed")
    assert "cannot be resolved" in found["name"]["value"]


def test_a_proxy_is_told_without_its_password(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://me:secret@127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    terminal.environ |= {"HOSTSCAN_SERVER": "nps.example.invalid", "HOSTSCAN_TOKEN": "x" * 40}
    code, found = checks(terminal)
    assert code == 5
    assert found["proxy"]["value"].startswith("127.0.0.1:1 ")
    assert "secret" not in json.dumps(found)


def test_missing_settings_end_with_3_and_say_how_to_set_them(terminal: Terminal) -> None:
    code, found = checks(terminal)
    assert code == 3
    assert found["settings"]["value"] == "server is not set"
    assert "HOSTSCAN_SERVER" in found["settings"]["remedy"]


def test_a_clock_that_is_off_is_a_warning(terminal: Terminal) -> None:
    config = SimulatorConfig(jobs=0, faults=parse_faults(["skew=600"]))
    with Simulator(config) as server:
        terminal.environ |= server.environment
        code, found = checks(terminal)
    assert code == 0
    assert found["clock"]["state"] == "warning"
    assert "ahead" in found["clock"]["value"]
    assert found["TLS"]["value"].startswith("none: plain http")


def test_the_table_puts_the_remedies_below(terminal: Terminal) -> None:
    ended = terminal.run("doctor")
    assert "failed    settings" in ended.out
    assert "\nsettings: Give --server" in ended.out


@pytest.mark.parametrize(
    ("flag", "value", "words"),
    [
        ("--fingerprint", "abc", "64 hex digits"),
        ("--ca-bundle", "{folder}/ca.pem", "cannot be read"),
    ],
)
def test_a_pin_or_bundle_that_cannot_be_used_is_told_as_such(
    terminal: Terminal, secured: Simulator, flag: str, value: str, words: str
) -> None:
    terminal.environ |= secured.environment
    (terminal.folder / "ca.pem").write_text("nothing", encoding="utf-8")
    code, found = checks(terminal, flag, value.format(folder=terminal.folder))
    assert code == 3
    assert found["trust"]["state"] == "failed"
    assert words in found["trust"]["value"]


def test_a_state_folder_that_others_read_is_a_warning(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    (terminal.folder / "state").mkdir()
    (terminal.folder / "state").chmod(0o755)
    assert checks(terminal)[1]["state folder"]["state"] == "warning"
    monkeypatch.setattr("hostscan_automation.settings.private.who_reads", lambda _: Privacy.UNKNOWN)
    assert "cannot be told" in checks(terminal)[1]["state folder"]["value"]
