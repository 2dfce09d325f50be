"""Follow an example's variables: what an expression stands for when its line is reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from hostscan_automation.porting.syntax import (
    Constant,
    Expression,
    JsonOf,
    Literal,
    NewSession,
    OutsideSubsetError,
    Table,
    Text,
    Variable,
)

if TYPE_CHECKING:
    from hostscan_automation.porting.example import SignIn
    from hostscan_automation.porting.places import Place

# Variables that double each other fill any memory within a few lines.
_MOST_WEIGHT = 8_000_000


@dataclass(frozen=True, slots=True)
class Given:
    """A value known only when the example runs: an environment variable, or one never assigned."""

    name: str
    place: Place
    is_environment: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """What a request answered; a sign-in answers a token."""

    sign_in: SignIn | None


Piece: TypeAlias = Literal | Given | Reply


@dataclass(frozen=True, slots=True)
class Words:
    """Text in pieces.

    Attributes:
        is_expandable_here_string: Written as `@"` ... `"@`.
    """

    pieces: tuple[Piece, ...]
    place: Place
    is_expandable_here_string: bool = False

    @property
    def fixed(self) -> str | None:
        """The text where all of it is known, else None."""
        if all(isinstance(piece, Literal) for piece in self.pieces):
            return "".join(piece.text for piece in self.pieces if isinstance(piece, Literal))
        return None

    @property
    def weight(self) -> int:
        """About how much memory the text takes when it is put together."""
        literals = (piece for piece in self.pieces if isinstance(piece, Literal))
        return len(self.pieces) + sum(len(piece.text) for piece in literals)

    @property
    def only(self) -> Piece | None:
        """The one piece this is made of, else None."""
        return self.pieces[0] if len(self.pieces) == 1 else None


@dataclass(frozen=True, slots=True)
class Fields:
    """A hashtable's values by their keys, as written.

    Attributes:
        weight: About how much memory it takes when it is written out.
    """

    values: dict[str, Value]
    place: Place
    weight: int

    def get(self, key: str) -> Value | None:
        """Return the value of a key, without regard to case."""
        return next((one for name, one in self.values.items() if name.lower() == key.lower()), None)


@dataclass(frozen=True, slots=True)
class Json:
    """A hashtable turned into JSON."""

    fields: Fields
    place: Place


Value: TypeAlias = Words | Fields | Json | Constant | NewSession


class Variables:
    """The variables of one example, as PowerShell would see them line by line."""

    def __init__(self) -> None:
        self._values: dict[str, Value] = {}
        self._weight = 0

    def assign(self, name: str, value: Value) -> None:
        """Remember a value; names are compared without case."""
        self._values[name.lower()] = value

    def holds(self, name: str, text: str) -> bool:
        """Say whether a variable holds this text, without regard to case."""
        value = self._values.get(name.lower())
        return isinstance(value, Words) and (value.fixed or "").lower() == text.lower()

    def evaluate(self, expression: Expression) -> Value:
        """Return what an expression stands for here.

        Raises:
            OutsideSubsetError: A variable is used as something that it is not.
        """
        match expression:
            case Text():
                return self._words(expression)
            case Variable():
                return self._value(expression)
            case Table():
                return self._fields(expression)
            case JsonOf():
                return self._json(expression)
            case Constant():
                return expression

    def _words(self, text: Text) -> Words:
        pieces = [piece for part in text.pieces for piece in self._pieces(part)]
        words = Words(tuple(pieces), text.place, text.is_expandable_here_string)
        self._spend(words.weight, text.place)
        return words

    def _fields(self, table: Table) -> Fields:
        values = {entry.key: self.evaluate(entry.value) for entry in table.entries}
        weight = sum(len(key) + _weight(value) for key, value in values.items())
        self._spend(weight, table.place)
        return Fields(values, table.place, weight)

    def _spend(self, weight: int, place: Place) -> None:
        self._weight += weight
        if self._weight > _MOST_WEIGHT:
            message = "the text grows too large with its variables filled in"
            raise OutsideSubsetError(place, message)

    def _value(self, variable: Variable) -> Value:
        known = None if variable.is_environment else self._values.get(variable.name.lower())
        if known is not None:
            return known
        given = Given(variable.name, variable.place, variable.is_environment)
        return Words((given,), variable.place)

    def _pieces(self, part: Literal | Variable) -> tuple[Piece, ...]:
        if isinstance(part, Literal):
            return (part,)
        value = self._value(part)
        if not isinstance(value, Words):
            raise OutsideSubsetError(part.place, f"${part.name} is no text")
        return value.pieces

    def _json(self, expression: JsonOf) -> Json:
        value = self._value(expression.variable)
        if not isinstance(value, Fields):
            name = expression.variable.name
            raise OutsideSubsetError(expression.place, f"${name} is no hashtable here")
        return Json(value, expression.place)


def _weight(value: Value) -> int:
    return value.weight if isinstance(value, Words | Fields) else 1
