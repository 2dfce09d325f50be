from __future__ import annotations

import logging
import subprocess
import sys
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.errors import SecretNotFoundError
from hostscan_automation.settings.private import Privacy
from hostscan_automation.settings.references import read_reference
from hostscan_automation.settings.secrets import SecretSources

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.settings.conftest import Desk


def read(desk: Desk, reference: object, **changes: object) -> str:
    sources = SecretSources(desk.config, desk.environ, **changes)  # type: ignore[arg-type]
    return sources.read(read_reference(reference), "password of 'me'").get_secret_value()


class TestFiles:
    def test_the_first_line_is_the_secret(
        self, desk: Desk, secret_file: Callable[[str, bytes], Path]
    ) -> None:
        secret_file("pw", "p\u00e4ss\u2028word \r\nnot this".encode())
        assert read(desk, "file:pw") == "p\u00e4ss\u2028word "

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
    def test_what_windows_writes_by_itself_is_read(
        self, desk: Desk, secret_file: Callable[[str, bytes], Path], encoding: str
    ) -> None:
        secret_file("pw", "p\u00e4ss\r\n".encode(encoding))
        assert read(desk, "file:pw") == "p\u00e4ss"

    @pytest.mark.parametrize("mode", [0o644, 0o604, 0o666])
    def test_a_file_that_others_can_read_is_refused(
        self, desk: Desk, secret_file: Callable[[str, str], Path], mode: int
    ) -> None:
        secret_file("pw", "Summer2026!").chmod(mode)
        with pytest.raises(SecretNotFoundError, match="others can read") as caught:
            read(desk, "file:pw")
        assert "Summer" not in str(caught.value)
        assert "chmod 600" in (caught.value.hint or "")

    def test_where_the_system_does_not_tell_who_reads_it_that_is_said(
        self,
        desk: Desk,
        secret_file: Callable[[str, str], Path],
        caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        secret_file("pw", "x")
        monkeypatch.setattr(
            "hostscan_automation.settings.secrets.who_reads", lambda _: Privacy.UNKNOWN
        )
        with caplog.at_level(logging.INFO):
            assert read(desk, "file:pw") == "x"
        assert "cannot be told on this system" in caplog.text

    @pytest.mark.parametrize(
        ("content", "words"), [("", "is empty"), (b"\xc3\x28\xff\n", "not UTF-8")]
    )
    def test_a_file_without_a_usable_line_is_an_error(
        self,
        desk: Desk,
        secret_file: Callable[[str, str | bytes], Path],
        content: bytes,
        words: str,
    ) -> None:
        secret_file("pw", content)
        with pytest.raises(SecretNotFoundError, match=words):
            read(desk, "file:pw")

    def test_a_missing_file_and_a_folder_are_errors(self, desk: Desk) -> None:
        with pytest.raises(SecretNotFoundError, match="does not exist"):
            read(desk, "file:none")
        with pytest.raises(SecretNotFoundError, match="no plain file"):
            read(desk, f"file:{desk.folder}")

    def test_a_file_that_cannot_be_opened_is_an_error(
        self,
        desk: Desk,
        secret_file: Callable[[str, str], Path],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        secret_file("pw", "x")

        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("pathlib.Path.open", refuse)
        with pytest.raises(SecretNotFoundError, match=r"cannot be read: .*: Permission denied"):
            read(desk, "file:pw")


class TestCommands:
    def test_the_first_line_that_a_program_prints_is_the_secret(self, desk: Desk) -> None:
        desk.write("")
        program = [sys.executable, "-c", "import sys; print(sys.argv[1]); print('more')", "a b;$x"]
        assert read(desk, {"command": program}) == "a b;$x"

    def test_the_program_sees_no_secret_of_the_environment(self, desk: Desk) -> None:
        desk.write("")
        desk.set(PASSWORD="one", TOKEN="two", LOGIN="me")
        desk.environ["vault_pw"] = "three"
        script = "import os; print('|'.join(sorted(k for k in os.environ if k[0] in 'Hv')))"
        names = read(
            desk,
            {"command": [sys.executable, "-c", script]},
            secret_variables=frozenset({"HOSTSCAN_PASSWORD", "HOSTSCAN_TOKEN", "VAULT_PW"}),
        )
        assert names.split("|") == ["HOSTSCAN_CONFIG", "HOSTSCAN_LOGIN", "HOSTSCAN_STATE_DIR"]

    def test_a_profile_file_that_others_can_write_runs_nothing(self, desk: Desk) -> None:
        desk.write("").chmod(0o602)
        marker = desk.folder / "ran"
        with pytest.raises(SecretNotFoundError, match="others can write"):
            read(desk, {"command": [sys.executable, "-c", f"open({str(marker)!r}, 'w')"]})
        assert not marker.exists()

    @pytest.mark.parametrize(
        ("program", "words"),
        [
            ([sys.executable, "-c", "import sys; print('hush'); sys.exit(3)"], "exit code 3"),
            (["/nonexistent/vault"], "No such file"),
            ([sys.executable, "-c", "pass"], "is empty"),
        ],
    )
    def test_a_program_that_gives_nothing_is_an_error(
        self, desk: Desk, program: list[str], words: str
    ) -> None:
        desk.write("")
        with pytest.raises(SecretNotFoundError, match=words) as caught:
            read(desk, {"command": program})
        assert "hush" not in str(caught.value)

    def test_a_program_that_hangs_is_ended(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk.write("")

        def hang(*_: object, timeout: float, **__: object) -> None:
            raise subprocess.TimeoutExpired("vault", timeout, output=b"half a secret")

        monkeypatch.setattr("subprocess.run", hang)
        with pytest.raises(SecretNotFoundError, match="took more than 60 s") as caught:
            read(desk, {"command": ["vault"]})
        assert "half" not in str(caught.value)


class TestTheKeyring:
    def test_without_the_extra_the_error_says_how_to_install_it(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "keyring", None)
        with pytest.raises(SecretNotFoundError, match="no keyring support") as caught:
            read(desk, "keyring:hostscan/me")
        assert "pip install" in (caught.value.hint or "")

    def test_an_entry_is_read_and_a_missing_one_is_an_error(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        entries = {("hostscan", "lab/me"): "kept"}
        fake_keyring(monkeypatch, lambda service, name: entries.get((service, name)))
        assert read(desk, "keyring:hostscan/lab/me") == "kept"
        with pytest.raises(SecretNotFoundError, match="is empty or not set at 'keyring:x/y'"):
            read(desk, "keyring:x/y")

    def test_a_machine_without_a_store_is_a_clear_error(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        errors = fake_keyring(monkeypatch, lambda service, name: fail())

        def fail() -> None:
            raise errors.KeyringError

        with pytest.raises(SecretNotFoundError, match="cannot be had from the keyring"):
            read(desk, "keyring:hostscan/me")


def fake_keyring(
    monkeypatch: pytest.MonkeyPatch, get_password: Callable[[str, str], str | None]
) -> ModuleType:
    module, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    errors.KeyringError = type("KeyringError", (Exception,), {})  # type: ignore[attr-defined]
    module.errors = errors  # type: ignore[attr-defined]
    module.get_password = get_password  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", module)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    return errors


def test_a_variable_that_is_not_set_is_named(desk: Desk) -> None:
    with pytest.raises(SecretNotFoundError, match="is empty or not set at 'env:NOT_THERE'"):
        read(desk, "env:NOT_THERE")
