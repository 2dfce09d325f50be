from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.errors import SettingsError
from hostscan_automation.settings.profiles import read_profiles

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.settings.conftest import Desk


def complaint(desk: Desk, text: str) -> str:
    path = desk.write(text)
    with pytest.raises(SettingsError) as caught:
        read_profiles(path, "test")
    return str(caught.value)


def test_a_file_that_is_not_there_has_no_profiles(tmp_path: Path) -> None:
    file = read_profiles(tmp_path / "none.toml", "test")
    assert not file.is_there
    assert file.profiles == {}


@pytest.mark.parametrize(
    ("name", "reason"), [("x" * 5000, "File name too long"), (".", "Is a directory")]
)
def test_a_file_that_cannot_be_looked_at_is_an_error(
    tmp_path: Path, name: str, reason: str
) -> None:
    with pytest.raises(SettingsError, match=f"cannot be read: {reason}"):
        read_profiles(tmp_path / name, "test")


def test_a_file_in_a_file_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert not read_profiles(tmp_path / "file" / "config.toml", "test").is_there


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a = " + "[" * 5000, "nested too deep"),
        ("a = " + "{b=" * 5000, "nested too deep"),
        (f"a = {'9' * 5000}", "thousands of digits"),
        (f"{'a.' * 100_000}b = 1", "more parts than anybody writes"),
        (f"[{'x.' * 100_000}y]", "more parts than anybody writes"),
        ('"a" . ' * 100_000 + "b = 1", "more parts than anybody writes"),
    ],
)
def test_a_file_that_would_take_all_memory_or_stack_is_refused(
    desk: Desk, text: str, reason: str
) -> None:
    assert reason in complaint(desk, text)


@pytest.mark.parametrize(
    "inner", [" " * 4000, "a " * 100_000, "[" + "a " * 100_000, ("'\"" * 99 + "\n") * 500]
)
def test_long_lines_in_a_text_are_not_looked_at_over_and_over(tmp_path: Path, inner: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'no_such_key = """\n{inner}\n"""', encoding="utf-8")
    began = time.process_time()
    with pytest.raises(SettingsError, match=":1:1: no_such_key"):
        read_profiles(path, "test")
    assert time.process_time() - began < 5  # of work; it took 18 s for 4,000 blanks


def test_names_with_many_dots_are_no_keys(desk: Desk) -> None:
    hosts = ", ".join(f'"host{number}.lab.example.com"' for number in range(200))
    path = desk.write(f"[profiles.a]\nprotect = [{{ any_host = {{ name = [{hosts}] }} }}]")
    (rule,) = read_profiles(path, "test").profiles["a"].protect
    assert len(rule["any_host"]["name"]) == 200


def test_all_faults_are_told_at_once_each_with_its_line(desk: Desk) -> None:
    text = """\
        default_profil = "a"

        [profiles.a]
        server = "nps01"
        pasword = "env:X"
        insecure = "yes"

        [profiles.a.limits]
        max_job = 1
        max_percent = 120
    """
    lines = complaint(desk, text).splitlines()
    where = str(desk.config)
    assert len(lines) == 5
    assert f"{where}:1:1: default_profil: unknown key" in "\n".join(lines)
    assert "did you mean 'default_profile'?" in "\n".join(lines)
    assert f"{where}:5:1: profiles.a.pasword: unknown key 'pasword' (did you mean 'password'?)" in (
        lines
    )
    assert any(line.startswith(f"{where}:6:1: profiles.a.insecure: ") for line in lines)
    assert f"{where}:9:1: profiles.a.limits.max_job: unknown key 'max_job' " in "\n".join(lines)
    assert any(f"{where}:10:1: profiles.a.limits.max_percent" in line for line in lines)


def test_a_second_factor_that_is_there_and_not_needed_is_a_contradiction(desk: Desk) -> None:
    text = '[profiles.a]\nlogin = "l"\ntotp_secret = "env:X"\nno_mfa = true\n'
    assert complaint(desk, text) == (
        f"{desk.config}:1:1: profiles.a: no_mfa and totp_secret contradict each other:"
        " take one away"
    )


def test_a_key_that_resembles_nothing_is_told_what_is_known(desk: Desk) -> None:
    assert "known are: server, login" in complaint(desk, "[profiles.a]\nxyzzy = 1\n")


@pytest.mark.parametrize("field", ["password", "totp_secret", "api_key", "token"])
def test_a_secret_in_plain_text_is_refused_and_not_repeated(desk: Desk, field: str) -> None:
    text = complaint(desk, f'[profiles.a]\n{field} = "Summer2026!"\n')
    assert "holds the secret itself" in text
    assert "keyring:SERVICE/NAME" in text
    assert "Summer" not in text


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("{ comand = ['x'] }", "is no reference"),
        ("{ command = ['x'], shell = true }", "is no reference"),
        ("{ command = [] }", "no list of texts"),
        ("{ command = ['x', 1] }", "no list of texts"),
        ("'command: rm -rf'", "no list of texts"),
        ("12345678", "is no reference"),
        ("'keyring:only-service'", "names no entry"),
        ("'env:'", "holds the secret itself"),
    ],
)
def test_a_reference_that_cannot_be_read_is_explained(desk: Desk, value: str, words: str) -> None:
    text = complaint(desk, f"[profiles.a]\npassword = {value}\n")
    assert words in text
    assert "12345678" not in text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("'env:PW'", "env:PW"),
        (r"'file:C:\keys\nps 01.txt'", r"file:C:\keys\nps 01.txt"),
        ("{ command = ['vault', 'read'] }", "command: vault"),
        ("""'command: ["vault", "read"]'""", "command: vault"),
        ("'keyring:hostscan/lab/admin'", "keyring:hostscan/lab/admin"),
    ],
)
def test_every_form_of_reference_is_read(desk: Desk, value: str, shown: str) -> None:
    path = desk.write(f"[profiles.a]\npassword = {value}\n")
    assert str(read_profiles(path, "test").profiles["a"].password) == shown


def test_a_file_saved_by_notepad_is_read(desk: Desk) -> None:
    desk.config.write_bytes(b"\xef\xbb\xbf[profiles.a]\r\nserver = 'nps01'\r\n")
    assert read_profiles(desk.config, "test").profiles["a"].server == "nps01"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[profiles.a]\nserver = nps01\n", "is no TOML"),
        (b"\xff\xfe[\x00p", "is not UTF-8"),
        (b"#" * 1_100_000, "larger than 1 MB"),
        (b"default_profile = 1\n", "should be a valid string"),
    ],
)
def test_a_file_that_is_no_profile_file_is_a_clear_error(
    desk: Desk, content: bytes, words: str
) -> None:
    desk.config.write_bytes(content)
    with pytest.raises(SettingsError, match=words):
        read_profiles(desk.config, "test")


def test_a_folder_in_its_place_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: Is a directory"):
        read_profiles(tmp_path, "test")


def test_lines_are_found_below_quoted_table_names(desk: Desk) -> None:
    text = complaint(desk, '[profiles."nps 01"]\nserver = "x"\n  "colour" = 1\n')
    assert text.startswith(f"{desk.config}:3:1: profiles.nps 01.colour: unknown key")


def test_a_fault_in_an_inline_table_is_told_at_the_line_of_the_table(desk: Desk) -> None:
    text = complaint(desk, "[profiles]\n\na = {server = 1}\n")
    assert text.startswith(f"{desk.config}:3:1: profiles.a.server: ")
