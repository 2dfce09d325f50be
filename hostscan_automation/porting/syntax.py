"""Name the parts of an example: the statements and expressions that can be carried over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from hostscan_automation.porting.places import Place


class OutsideSubsetError(Exception):
    """Something in the example cannot be carried over without guessing.

    Attributes:
        place: Where it stands in the file.
        message: What it is, for a person.
    """

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.place = place
        self.message = message


class ForbiddenCallError(Exception):
    """The example calls what is never called.

    Attributes:
        place: Where its address stands in the file.
        message: What it would do.
        hint: What whoever wants that can do.
    """

    def __init__(self, place: Place, message: str, hint: str | None) -> None:
        super().__init__(message)
        self.place = place
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Variable:
    """`$Name`, or `$env:NAME` with `is_environment`."""

    name: str
    place: Place
    is_environment: bool = False


@dataclass(frozen=True, slots=True)
class Literal:
    """Characters that stand for themselves; `place` is that of the first one."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Text:
    """A string, a bare word or a here-string, in the pieces it is made of.

    Attributes:
        place: Where it begins, its quote included.
        is_expandable_here_string: Written as `@"` ... `"@`.
    """

    pieces: tuple[Literal | Variable, ...]
    place: Place
    is_expandable_here_string: bool = False

    @property
    def fixed(self) -> str | None:
        """The text where no variable is in it, else None."""
        if all(isinstance(piece, Literal) for piece in self.pieces):
            return "".join(piece.text for piece in self.pieces if isinstance(piece, Literal))
        return None


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, `$true`, `$false` or `$null`."""

    value: int | float | bool | None
    place: Place


@dataclass(frozen=True, slots=True)
class Entry:
    """One `key = value` of a hashtable."""

    key: str
    value: Expression
    place: Place


@dataclass(frozen=True, slots=True)
class Table:
    """A hashtable, `@{ key = value }`."""

    entries: tuple[Entry, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class JsonOf:
    """`(ConvertTo-Json $Name)`."""

    variable: Variable
    place: Place


@dataclass(frozen=True, slots=True)
class NewSession:
    """`New-Object Microsoft.PowerShell.Commands.WebRequestSession`."""

    place: Place


Expression: TypeAlias = Variable | Text | Constant | Table | JsonOf


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter of a command with its value; `place` is that of the parameter's dash."""

    name: str
    value: Expression
    place: Place


@dataclass(frozen=True, slots=True)
class Request:
    """A call of `Invoke-RestMethod`."""

    arguments: tuple[Argument, ...]
    place: Place

    def argument(self, *names: str) -> Argument | None:
        """Return the argument that has one of these names, in lower case."""
        return next((one for one in self.arguments if one.name.lower() in names), None)


@dataclass(frozen=True, slots=True)
class Assignment:
    """`$Name = value`."""

    target: Variable
    value: Expression | NewSession | Request


Statement: TypeAlias = Assignment | Request
