"""The profile file `config.toml`: what may stand in it, and every fault in it at once."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from hostscan_automation.errors import Finding, SettingsError
from hostscan_automation.settings.key_lines import KeyLines
from hostscan_automation.settings.references import (
    CommandReference,
    EnvironmentReference,
    FileReference,
    KeyringReference,
    SecretReference,
    read_reference,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic_core import ErrorDetails

SECRET_FIELDS = ("password", "totp_secret", "api_key", "token")
_LARGEST_FILE = 1024 * 1024
# The parser of the standard library needs memory by the square of the parts of a key.
_ENDLESS_KEY = re.compile(r"""(?<![\w-])(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){32}""")


class _Strict(BaseModel):
    # hide_input: a fault in a secret's place must not print what stands there
    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        hide_input_in_errors=True,
        arbitrary_types_allowed=True,
    )


Reference = Annotated[
    EnvironmentReference | FileReference | CommandReference | KeyringReference | None,
    BeforeValidator(lambda value: None if value is None else read_reference(value)),
]
Text = Annotated[str, Field(min_length=1)]


class LimitsTable(_Strict):
    """`[profiles.NAME.limits]`: the ceiling that no playbook and no flag goes above."""

    max_jobs: Annotated[int, Field(ge=0)] | None = None
    max_percent: Annotated[float, Field(ge=0, le=100)] | None = None


class Profile(_Strict):
    """`[profiles.NAME]`: one account on one server, and what holds for it."""

    server: Text | None = None
    login: Text | None = None
    password: Reference = None
    totp_secret: Reference = None
    no_mfa: bool | None = None
    app: Text | None = None
    api_key: Reference = None
    token: Reference = None
    ca_bundle: Text | None = None
    fingerprint: Text | None = None
    insecure: bool | None = None
    limits: LimitsTable = Field(default_factory=LimitsTable)
    protect: list[dict[str, Any]] = Field(default_factory=list)

    @model_validator(mode="after")
    def _has_one_second_factor(self) -> Self:
        if self.no_mfa and self.totp_secret is not None:
            raise ValueError("no_mfa and totp_secret contradict each other: take one away")
        return self

    def references(self) -> Iterator[SecretReference]:
        """Yield every reference to a secret in this profile."""
        for name in SECRET_FIELDS:
            reference = getattr(self, name)
            if reference is not None:
                yield reference


class _File(_Strict):
    default_profile: Text | None = None
    profiles: dict[str, Profile] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProfileFile:
    """The profile file as it was read; empty where there is none.

    Attributes:
        source: Where the choice of this file came from, for people.
    """

    path: Path
    source: str
    is_there: bool
    default_profile: str | None
    profiles: dict[str, Profile]

    def environment_names(self) -> frozenset[str]:
        """Return the names of all environment variables that some profile keeps a secret in."""
        return frozenset(
            reference.name
            for profile in self.profiles.values()
            for reference in profile.references()
            if isinstance(reference, EnvironmentReference)
        )


def read_profiles(path: Path, source: str) -> ProfileFile:
    """Read the profile file; one that does not exist is empty.

    Raises:
        SettingsError: It cannot be read, or it is wrong: every fault with its line.
    """
    text = _text(path)
    if text is None:
        return ProfileFile(path, source, is_there=False, default_profile=None, profiles={})
    data = _parsed(text, path)
    try:
        content = _File.model_validate(data)
    except ValidationError as error:
        lines = KeyLines.of(text)
        found = (_finding(fault, lines) for fault in error.errors(include_input=False))
        raise SettingsError("\n".join(finding.text(str(path)) for finding in found)) from None
    return ProfileFile(
        path,
        source,
        is_there=True,
        default_profile=content.default_profile,
        profiles=content.profiles,
    )


def _parsed(text: str, path: Path) -> dict[str, Any]:
    if _ENDLESS_KEY.search(text):
        reason = "a key has more parts than anybody writes"
    else:
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            reason = str(error)
        except ValueError:
            reason = "a number has thousands of digits"
        except RecursionError:
            reason = "it is nested too deep"
    raise SettingsError(
        f"config file {str(path)!r} is no TOML: {reason}",
        hint='Texts stand in quotes: server = "https://nps01:6500"',
    )


def _text(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsError(f"config file {str(path)!r} cannot be read: {reason}") from None
    if len(content) > _LARGEST_FILE:
        raise SettingsError(f"config file {str(path)!r} is larger than 1 MB")
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise SettingsError(
            f"config file {str(path)!r} is not UTF-8 text", hint="Save it as UTF-8."
        ) from None


def _finding(fault: ErrorDetails, lines: KeyLines) -> Finding:
    location = tuple(str(part) for part in fault["loc"])
    line = lines.line(location)
    return Finding(
        _message(fault, location),
        path=".".join(location),
        line=line,
        column=None if line is None else 1,
    )


def _message(fault: ErrorDetails, location: tuple[str, ...]) -> str:
    if fault["type"] == "extra_forbidden":
        return _unknown_key(location)
    if fault["type"] == "value_error":
        return fault["msg"].removeprefix("Value error, ")
    return fault["msg"][:1].lower() + fault["msg"][1:]


def _unknown_key(location: tuple[str, ...]) -> str:
    known = _known_keys(location)
    near = difflib.get_close_matches(location[-1], known, n=1)
    suggestion = f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(known)}"
    return f"unknown key {location[-1]!r} ({suggestion})"


def _known_keys(location: tuple[str, ...]) -> list[str]:
    match location:
        case (_,):
            return list(_File.model_fields)
        case (_, _, _):
            return list(Profile.model_fields)
        case _:
            return list(LimitsTable.model_fields)
