from __future__ import annotations

import json
import multiprocessing
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from hostscan_automation.api import ledger as ledger_module
from hostscan_automation.api.ledger import Account, SignInLedger
from hostscan_automation.errors import JournalError
from tests.unit.api.account_server import START

ACCOUNT = Account("https://nps01:6500", "LAB\\svc")
PASSWORD = "Пароль€😀"


def test_a_code_is_claimed_once(ledger: SignInLedger) -> None:
    assert ledger.claim_code("https://nps01", "123456", 100)
    assert not ledger.claim_code("https://nps01", "123456", 100)
    assert not ledger.claim_code("https://nps01", "123456", 103)
    assert ledger.claim_code("https://nps02", "123456", 100)
    assert ledger.claim_code("https://nps01", "654321", 100)


def test_digits_that_come_again_an_hour_later_are_another_code(ledger: SignInLedger) -> None:
    assert ledger.claim_code("https://nps01", "123456", 100)
    assert ledger.claim_code("https://nps01", "123456", 220)


def test_a_step_in_the_far_future_of_a_wrong_clock_blocks_nothing(ledger: SignInLedger) -> None:
    assert ledger.claim_code("https://nps01", "123456", 10_000)
    assert ledger.claim_code("https://nps01", "123456", 100)


def test_a_refused_password_is_remembered_until_one_is_accepted(ledger: SignInLedger) -> None:
    ledger.note_password(ACCOUNT, PASSWORD, is_accepted=False)

    assert ledger.is_password_refused(ACCOUNT, PASSWORD)
    assert ledger.is_password_refused(Account(ACCOUNT.server, "lab\\SVC"), PASSWORD)
    assert not ledger.is_password_refused(ACCOUNT, "another")
    assert not ledger.is_password_refused(Account("https://nps02", ACCOUNT.login), PASSWORD)

    ledger.note_password(ACCOUNT, "another", is_accepted=True)
    assert not ledger.is_password_refused(ACCOUNT, PASSWORD)


def test_two_wrong_passwords_in_turn_are_both_remembered(ledger: SignInLedger) -> None:
    for password in ("first", "second", "first"):
        ledger.note_password(ACCOUNT, password, is_accepted=False)

    assert ledger.is_password_refused(ACCOUNT, "first")
    assert ledger.is_password_refused(ACCOUNT, "second")


def test_refused_codes_are_counted_until_one_is_accepted(ledger: SignInLedger) -> None:
    for _ in range(2):
        ledger.note_code(ACCOUNT, b"key", is_accepted=False)

    assert ledger.refused_codes(ACCOUNT, b"key") == 2
    assert ledger.refused_codes(ACCOUNT, b"other") == 0

    ledger.note_code(ACCOUNT, b"key", is_accepted=True)
    assert ledger.refused_codes(ACCOUNT, b"key") == 0


def test_a_secret_without_a_reply_is_remembered_for_half_a_day(ledger: SignInLedger) -> None:
    ledger.note_unheard(ACCOUNT, PASSWORD, START)
    ledger.note_unheard(ACCOUNT, PASSWORD, START + timedelta(hours=6))

    assert ledger.unheard(ACCOUNT, PASSWORD, START + timedelta(hours=7)) == 2
    assert ledger.unheard(ACCOUNT, PASSWORD, START + timedelta(hours=13)) == 1
    assert ledger.unheard(ACCOUNT, "other", START + timedelta(hours=7)) == 0

    ledger.note_password(ACCOUNT, PASSWORD, is_accepted=True)
    assert ledger.unheard(ACCOUNT, PASSWORD, START + timedelta(hours=7)) == 0


def test_a_file_of_an_earlier_version_is_read(ledger: SignInLedger, tmp_path: Path) -> None:
    path = tmp_path / "state" / "sign-in.json"
    path.parent.mkdir()
    old = {"version": 1, "key": "00" * 32, "codes": {}, "passwords": {}, "refusals": {}}
    path.write_text(json.dumps(old), encoding="utf-8")

    assert ledger.claim_code("https://nps01", "123456", 1)


def test_the_file_holds_no_secret_no_login_and_no_server(
    ledger: SignInLedger, tmp_path: Path
) -> None:
    ledger.claim_code(ACCOUNT.server, "987654", 100)
    ledger.note_password(ACCOUNT, PASSWORD, is_accepted=False)
    ledger.note_code(ACCOUNT, b"0123456789", is_accepted=False)
    ledger.note_unheard(ACCOUNT, PASSWORD, START)

    written = (tmp_path / "state" / "sign-in.json").read_text(encoding="utf-8")
    for secret in ("987654", "svc", "nps01", "Пароль", b"0123456789".hex()):
        assert secret not in written
    assert set(json.loads(written)) == {
        "version",
        "key",
        "codes",
        "passwords",
        "refusals",
        "unheard",
    }


def test_the_same_password_looks_different_in_two_ledgers(tmp_path: Path) -> None:
    for name in ("one", "two"):
        SignInLedger(tmp_path / name).note_password(ACCOUNT, PASSWORD, is_accepted=False)

    one, two = (
        json.loads((tmp_path / name / "sign-in.json").read_text()) for name in ("one", "two")
    )
    assert one["passwords"].values() != two["passwords"].values()
    assert one["passwords"].keys() != two["passwords"].keys()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows tells privacy by other means")
def test_folder_and_file_are_private(ledger: SignInLedger, tmp_path: Path) -> None:
    ledger.claim_code("https://nps01", "123456", 1)

    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "state").iterdir()
    }
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
    assert set(modes.values()) == {0o600}
    assert "sign-in.json" in modes


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"version": 2}',
        '{"version": 1, "key": "00", "codes": {}, "passwords": {}, "refusals": {}}',
        '{"version": 1, "key": "zz", "codes": {}, "passwords": {}, "refusals": {}}',
        json.dumps(
            {"version": 1, "key": "00" * 32, "codes": {"x": "1"}, "passwords": {}, "refusals": {}}
        ),
        json.dumps({"version": 1, "key": "00" * 32, "codes": [], "passwords": {}, "refusals": {}}),
        json.dumps(
            {"version": 1, "key": "00" * 32, "codes": {}, "passwords": {"x": 1}, "refusals": {}}
        ),
        json.dumps(
            {
                "version": 1,
                "key": "00" * 32,
                "codes": {},
                "passwords": {},
                "refusals": {},
                "unheard": {"x": ["soon"]},
            }
        ),
        "[" * 100_000,
    ],
)
def test_a_damaged_file_is_an_error_that_names_it(
    ledger: SignInLedger, tmp_path: Path, content: str
) -> None:
    path = tmp_path / "state" / "sign-in.json"
    path.parent.mkdir()
    path.write_text(content, encoding="utf-8")

    with pytest.raises(JournalError, match=r"sign-in\.json.*damaged") as caught:
        ledger.claim_code("https://nps01", "123456", 1)

    assert "Delete the file" in (caught.value.hint or "")
    assert path.read_text(encoding="utf-8") == content


def test_bytes_that_are_no_text_are_a_damaged_file(ledger: SignInLedger, tmp_path: Path) -> None:
    path = tmp_path / "state" / "sign-in.json"
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe\0\0")

    with pytest.raises(JournalError, match="damaged"):
        ledger.refused_codes(ACCOUNT, b"key")


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    with pytest.raises(JournalError, match="cannot be used"):
        SignInLedger(tmp_path / "file" / "state").claim_code("https://nps01", "123456", 1)


def test_a_write_that_fails_leaves_the_old_file_and_no_other(
    ledger: SignInLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.claim_code("https://nps01", "123456", 1)
    before = (tmp_path / "state" / "sign-in.json").read_text(encoding="utf-8")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(JournalError, match="No space left"):
        ledger.claim_code("https://nps01", "654321", 1)

    names = sorted(path.name for path in (tmp_path / "state").iterdir())
    assert names in (["sign-in.json", "sign-in.json.lock"], ["sign-in.json"])
    assert (tmp_path / "state" / "sign-in.json").read_text(encoding="utf-8") == before


def test_a_lock_that_is_never_given_back_is_an_error(
    ledger: SignInLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_module, "_LOCK_WAIT_S", 0.01)
    (tmp_path / "state").mkdir()

    with (
        FileLock(str(tmp_path / "state" / "sign-in.json.lock")),
        pytest.raises(JournalError, match="locked by another process"),
    ):
        ledger.claim_code("https://nps01", "123456", 1)


def test_many_threads_get_a_code_once(ledger: SignInLedger) -> None:
    with ThreadPoolExecutor(8) as pool:
        claims = list(
            pool.map(lambda _: ledger.claim_code("https://nps01", "123456", 7), range(24))
        )

    assert claims.count(True) == 1


def claim(folder: str) -> bool:
    return SignInLedger(Path(folder)).claim_code("https://nps01", "123456", 7)


def test_many_processes_get_a_code_once(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        claims = pool.map(claim, [str(tmp_path)] * 8)

    assert claims.count(True) == 1


def test_the_ledger_of_this_machine_is_the_command_lines(tmp_path: Path) -> None:
    SignInLedger.of_this_machine({"HOSTSCAN_STATE_DIR": str(tmp_path)}).claim_code("x", "1", 1)

    assert (tmp_path / "sign-in.json").exists()
    assert SignInLedger.of_this_machine({}) is not None


def test_the_file_does_not_grow_without_end(
    ledger: SignInLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_module, "_ACCOUNTS_REMEMBERED", 3)
    for number in range(6):
        ledger.note_code(Account("https://nps01", f"svc{number}"), b"key", is_accepted=False)

    written = json.loads((tmp_path / "state" / "sign-in.json").read_text(encoding="utf-8"))
    assert len(written["refusals"]) == 3
    assert ledger.refused_codes(Account("https://nps01", "svc5"), b"key") == 1
