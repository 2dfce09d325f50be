"""Where a secret of a profile is kept: the reference that stands in the file instead of it."""

from __future__ import annotations

import json
from dataclasses import dataclass

FORMS = "'env:NAME', 'file:PATH', {command = [\"PROGRAM\", \"ARGUMENT\"]}, 'keyring:SERVICE/NAME'"


@dataclass(frozen=True, slots=True)
class EnvironmentReference:
    """An environment variable."""

    name: str

    def __str__(self) -> str:
        return f"env:{self.name}"


@dataclass(frozen=True, slots=True)
class FileReference:
    """The first line of a file; a relative path starts at the profile file's folder."""

    path: str

    def __str__(self) -> str:
        return f"file:{self.path}"


@dataclass(frozen=True, slots=True)
class CommandReference:
    """The first line that a program prints; the arguments reach it as they are, without a shell."""

    arguments: tuple[str, ...]

    def __str__(self) -> str:
        return f"command: {self.arguments[0]}"


@dataclass(frozen=True, slots=True)
class KeyringReference:
    """An entry of the system's secret store."""

    service: str
    name: str

    def __str__(self) -> str:
        return f"keyring:{self.service}/{self.name}"


SecretReference = EnvironmentReference | FileReference | CommandReference | KeyringReference


def read_reference(value: object) -> SecretReference:
    """Read what a profile gives for a secret.

    Raises:
        ValueError: It is no reference; the message does not repeat it, for it may be the secret.
    """
    match value:
        case {"command": list(arguments), **rest} if not rest:
            return _command(arguments)
        case str():
            return _read_text(value)
        case _:
            raise ValueError(f"is no reference to a secret; write one of {FORMS}")


def _read_text(text: str) -> SecretReference:
    kind, _, rest = text.partition(":")
    rest = rest.strip()
    match kind if rest else "":
        case "env":
            return EnvironmentReference(rest)
        case "file":
            return FileReference(rest)
        case "keyring":
            return _keyring(rest)
        case "command":
            return _command(_arguments(rest))
        case _:
            raise ValueError(
                "holds the secret itself, as it seems; a profile only says where a secret is kept:"
                f" write one of {FORMS}, or leave it out to be asked at the terminal"
            )


def _keyring(text: str) -> KeyringReference:
    service, slash, name = text.partition("/")
    if not (service and slash and name):
        raise ValueError("names no entry of the keyring; write 'keyring:SERVICE/NAME'")
    return KeyringReference(service, name)


def _arguments(text: str) -> list[object]:
    try:
        arguments = json.loads(text)
    except ValueError:
        arguments = None
    return arguments if isinstance(arguments, list) else []


def _command(arguments: list[object]) -> CommandReference:
    texts = tuple(argument for argument in arguments if isinstance(argument, str))
    if not texts or len(texts) != len(arguments) or not texts[0]:
        raise ValueError(
            "gives a command that is no list of texts; write"
            ' {command = ["PROGRAM", "ARGUMENT"]} (it is run without a shell)'
        )
    return CommandReference(texts)
