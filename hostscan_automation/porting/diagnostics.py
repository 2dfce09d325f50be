"""List what is repaired in an example, each repair with its code and its words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hostscan_automation.porting.places import Place


class Repair(Enum):
    """What the porter changes, or warns of; the value is the message, `{}` its subject."""

    P001 = "colon after the key {} becomes an equals sign"
    P002 = "address has no closing quote; it ends before {}"
    P003 = "$Host belongs to PowerShell and cannot be assigned; the address becomes $NPSUrl"
    P004 = "-Url is no parameter of Invoke-RestMethod; it becomes -Uri"
    P005 = "-WebRequestSession is no parameter of Invoke-RestMethod; it becomes -WebSession"
    P006 = "sigin2fa is a misspelling; it becomes signin2fa"
    P007 = "address {} names no server to choose; the server becomes the parameter NPSUrl"
    P008 = "content type {} becomes application/json; charset=utf-8"
    P009 = "${} never gets a value; the one-time code becomes a parameter"
    P010 = "placeholder {} would be sent as it is printed; it becomes a parameter"
    P011 = "query parameter {} is documented and not in the address; it becomes optional"
    P012 = "body is no JSON{}; it is sent as a JSON string"
    P013 = "{} is written into the example; it becomes a parameter"
    P014 = 'body stands in @"..."@, which would read $ and backticks; it becomes literal'
    P015 = "request asks for no format; Accept: application/json is added"
    P016 = "GET {} changes something on the server; it is treated as a change"
    P017 = "{} acts on everything at once; it was allowed explicitly"
    P018 = "body has no content type; it becomes application/json; charset=utf-8"
    P019 = "sign-in keeps no cookies between its two steps; a web session is added"
    P020 = "example does not say whether to check the certificate; it is checked, with a switch"
    P021 = "an error would not end the script; $ErrorActionPreference = 'Stop' is added"
    P022 = "typographic character {} is read as the plain one"
    P023 = "-{} is given twice with the same value; the second one goes"
    P024 = "${} never gets a value; the server becomes a parameter"
    P025 = "key {} stands twice in one object of the body; both are sent"


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """One repair or warning, at its place in the file (line and column from 1)."""

    line: int
    column: int
    code: str
    message: str

    @classmethod
    def of(cls, repair: Repair, place: Place, subject: str = "") -> Diagnostic:
        """Return the diagnostic of a repair at a place."""
        message = repair.value.replace("{}", subject)
        return cls(place.line, place.column, repair.name, message)

    def text(self, file: str) -> str:
        """Return `file:line:column: code: message`."""
        return f"{file}:{self.line}:{self.column}: {self.code}: {self.message}"


class Notes:
    """Collects the diagnostics of one document; the same one at the same place counts once."""

    def __init__(self) -> None:
        self._found: set[Diagnostic] = set()

    def add(self, repair: Repair, place: Place, subject: str = "") -> None:
        """Note a repair."""
        self._found.add(Diagnostic.of(repair, place, subject))

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Note repairs made elsewhere."""
        self._found.update(diagnostics)

    def in_order(self) -> tuple[Diagnostic, ...]:
        """Return everything noted, in the order of the file."""
        return tuple(sorted(self._found))
