"""Take a secret from where its reference says that it is kept."""

from __future__ import annotations

import codecs
import importlib
import logging
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import SecretStr

from hostscan_automation.errors import SecretNotFoundError
from hostscan_automation.settings.folders import expanded
from hostscan_automation.settings.private import Privacy, who_reads, who_writes
from hostscan_automation.settings.references import (
    CommandReference,
    EnvironmentReference,
    FileReference,
    KeyringReference,
    SecretReference,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import ModuleType

_log = logging.getLogger("hostscan.settings")

COMMAND_TIMEOUT_S = 60.0
SECRET_VARIABLES = (
    "HOSTSCAN_PASSWORD",
    "HOSTSCAN_TOTP_SECRET",
    "HOSTSCAN_MFA_CODE",
    "HOSTSCAN_TOKEN",
    "HOSTSCAN_API_KEY",
)
_LARGEST_SECRET = 64 * 1024


@dataclass(frozen=True, slots=True)
class SecretSources:
    """Reads secrets for one profile file.

    Attributes:
        config_file: Relative `file:` paths start at its folder; with a `command:` in it, only
            its owner may be able to write it.
        secret_variables: Names that no child process gets to see.
    """

    config_file: Path
    environ: Mapping[str, str]
    secret_variables: frozenset[str] = frozenset(SECRET_VARIABLES)
    command_timeout_s: float = COMMAND_TIMEOUT_S

    def read(self, reference: SecretReference, what: str) -> SecretStr:
        """Take the secret that `reference` points to; `what` says for people which one it is.

        Raises:
            SecretNotFoundError: It is not there, is empty, or is kept where others can read it.
        """
        text = self._text(reference, what)
        if not text:
            raise SecretNotFoundError(
                f"{what} is empty or not set at {str(reference)!r}",
                hint=f"Put the secret there, or change {str(self.config_file)!r}.",
            )
        return SecretStr(text)

    def _text(self, reference: SecretReference, what: str) -> str:
        match reference:
            case EnvironmentReference(name):
                return self.environ.get(name, "")
            case FileReference():
                return self._from_file(reference, what)
            case CommandReference():
                return self._from_command(reference, what)
            case KeyringReference():
                return _from_keyring(reference, what)

    def _from_file(self, reference: FileReference, what: str) -> str:
        path = self.config_file.parent / expanded(reference.path)
        try:
            if not path.is_file():
                raise SecretNotFoundError(
                    f"{what} is in no file: {str(path)!r} does not exist or is no plain file",
                    hint="Write the secret into the first line of that file.",
                )
            privacy = who_reads(path)
            if privacy is Privacy.UNKNOWN:
                _log.info("who can read %r cannot be told on this system", str(path))
            if privacy is Privacy.OPEN:
                raise SecretNotFoundError(
                    f"{what} is in a file that others can read: {str(path)!r}",
                    hint="Make it yours alone: chmod 600. Then change the secret: it was seen.",
                )
            with path.open("rb") as file:
                return _first_line(file.read(_LARGEST_SECRET))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise SecretNotFoundError(f"{what} cannot be read: {str(path)!r}: {reason}") from None

    def _from_command(self, reference: CommandReference, what: str) -> str:
        if who_writes(self.config_file) is Privacy.OPEN:
            raise SecretNotFoundError(
                f"{what} comes from a command, and others can write {str(self.config_file)!r}",
                hint="They could have any program run as you. Make it yours alone: chmod 600.",
            )
        program = reference.arguments[0]
        try:
            done = subprocess.run(  # noqa: S603 - an argument list of the owner, no shell
                reference.arguments,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                env=self._child_environment(),
                timeout=self.command_timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            # without `from None` the error would carry what the program had printed so far
            raise SecretNotFoundError(
                f"{what} did not come: {program!r} took more than {self.command_timeout_s:g} s"
            ) from None
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise SecretNotFoundError(f"{what} did not come: {program!r}: {reason}") from None
        if done.returncode:
            raise SecretNotFoundError(
                f"{what} did not come: {program!r} ended with exit code {done.returncode}",
                hint="Run the command by hand as this account and look at what it says.",
            )
        return _first_line(done.stdout[:_LARGEST_SECRET])

    def _child_environment(self) -> dict[str, str]:
        return {
            name: value
            for name, value in self.environ.items()
            if name.upper() not in {secret.upper() for secret in self.secret_variables}
        }


def _from_keyring(reference: KeyringReference, what: str) -> str:
    keyring = _keyring(what)
    try:
        return keyring.get_password(reference.service, reference.name) or ""
    except keyring.errors.KeyringError as error:
        raise SecretNotFoundError(
            f"{what} cannot be had from the keyring: {type(error).__name__}",
            hint="A machine without a desktop often has no keyring: use file: or command:.",
        ) from None


def _keyring(what: str) -> ModuleType:
    try:
        importlib.import_module("keyring.errors")
        return importlib.import_module("keyring")
    except ImportError:
        raise SecretNotFoundError(
            f"{what} is in the keyring, and this installation has no keyring support",
            hint="Install it with: pip install 'hostscan-automation[keyring]'",
        ) from None


def _first_line(content: bytes) -> str:
    # not splitlines(): a password may hold one of the rarer characters that it splits at
    return _decoded(content).partition("\n")[0].removesuffix("\r")


def _decoded(content: bytes) -> str:
    # `>` in Windows PowerShell 5.1 writes UTF-16, and Notepad may write a mark before UTF-8
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        raise SecretNotFoundError("secret is not UTF-8 text", hint="Save it as UTF-8.") from None
