"""Take an address apart into server and path, and know the paths that must not be called."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote
from uuid import UUID

from hostscan_automation.errors import PlanRefusedError
from hostscan_automation.porting.document import Place
from hostscan_automation.porting.evaluation import Given, Words
from hostscan_automation.porting.syntax import Literal, OutsideSubsetError

if TYPE_CHECKING:
    from collections.abc import Iterator

_SERVER = re.compile(r"https?://([^/?#\s]+)", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\{([A-Za-z_][\w.-]*)\}", re.ASCII)
_SEGMENT = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+")
_WIPE = "truncatealltables"
_MOST_DECODINGS = 8


@dataclass(frozen=True, slots=True)
class Address:
    """Where a request goes.

    Attributes:
        server: Scheme and authority, `$env:NAME`, or "" where the example names none.
        is_written_out: Whether the server, or none at all, stands in the request itself.
        pieces: The path from the server's root, in pieces that each lie on one line.
    """

    server: str
    is_written_out: bool
    pieces: tuple[Literal, ...]

    @property
    def path(self) -> str:
        """The path, from the server's root."""
        return "".join(piece.text for piece in self.pieces)

    def place(self, offset: int) -> Place:
        """Return where in the file a character of the path stands."""
        for piece in self.pieces[:-1]:
            if offset < len(piece.text):
                return _moved(piece.place, offset)
            offset -= len(piece.text)
        return _moved(self.pieces[-1].place, offset)

    @property
    def placeholders(self) -> Iterator[tuple[str, Place]]:
        """Every placeholder's name and place, in the order of the path."""
        for found in _PLACEHOLDER.finditer(self.path):
            yield found[1], self.place(found.start())


def read_address(words: Words) -> Address:
    """Return server and path of an address as it is written.

    Raises:
        OutsideSubsetError: It begins with no server, or holds something not known here.
    """
    first, *rest = words.pieces or (Literal("", words.place),)
    for piece in rest:
        _require_literal(piece, words.place)
    following = tuple(piece for piece in rest if isinstance(piece, Literal))
    if isinstance(first, Given) and first.is_environment:
        return Address(f"$env:{first.name}".lower(), is_written_out=False, pieces=following)
    literal = _require_literal(first, words.place)
    if literal.text.startswith("/"):
        return Address("", is_written_out=True, pieces=(literal, *following))
    return _absolute(literal, following, words.place)


def _absolute(first: Literal, following: tuple[Literal, ...], place: Place) -> Address:
    found = _SERVER.match(first.text)
    if found is None or "@" in found[1]:
        raise OutsideSubsetError(place, "address begins neither with a server nor with a slash")
    root = first.text[found.end() :]
    if following and following[0].text.startswith("/"):
        root = root.rstrip("/")
    is_written_out = first.place in {place, _moved(place, 1)}
    pieces = (Literal(root, _moved(first.place, found.end())), *following)
    return Address(found.group().lower(), is_written_out=is_written_out, pieces=pieces)


def _require_literal(piece: object, place: Place) -> Literal:
    if isinstance(piece, Literal):
        return piece
    if isinstance(piece, Given):
        raise OutsideSubsetError(piece.place, f"value of ${piece.name} in an address is not known")
    raise OutsideSubsetError(place, "an address made from a reply cannot be carried over")


def check_path(address: Address) -> None:
    """Make sure that a path is one to carry over.

    Raises:
        OutsideSubsetError: A query, a dot segment, or a character that has no place in a path.
    """
    offset = 0
    if not address.path.startswith("/"):
        raise OutsideSubsetError(address.place(0), "path does not begin with a slash")
    segments = address.path[1:].split("/")
    for index, segment in enumerate(segments):
        place = address.place(offset + 1)
        offset += len(segment) + 1
        is_trailing_slash = segment == "" and index > 0 and index == len(segments) - 1
        if not is_trailing_slash:
            _check_segment(segment, place)


def _check_segment(segment: str, place: Place) -> None:
    if "?" in segment:
        raise OutsideSubsetError(place, "a query in the address cannot be carried over")
    if unquote(segment) in {".", ".."}:
        raise OutsideSubsetError(place, "a dot segment in the path cannot be carried over")
    if not _PLACEHOLDER.fullmatch(segment) and not _SEGMENT.fullmatch(segment):
        raise OutsideSubsetError(place, f"{segment!r} is no segment of a path")


def wipes_all_tables(path: str) -> bool:
    """Say whether a path names the call that wipes every host scan table, however it is spelled.

    Percent-encoding (several layers of it), case, look-alike letters, dot segments, backslashes
    and anything around the name do not hide it.
    """
    for _ in range(_MOST_DECODINGS):
        decoded = unquote(path)
        if decoded == path:
            break
        path = decoded
    plain = unicodedata.normalize("NFKC", path).casefold()
    return _WIPE in "".join(letter for letter in plain if letter.isalnum() or letter in "/\\{")


def refuse_wipe(path: str, place: Place) -> None:
    """Refuse a path that names the call that wipes every host scan table.

    Raises:
        PlanRefusedError: It does; no switch allows that.
    """
    if wipes_all_tables(path):
        raise PlanRefusedError(
            f"line {place.line}, column {place.column} of the example calls TruncateAllTables,"
            " which wipes every host scan table",
            hint="Nothing that this program writes ever calls it, and no switch allows it.",
        )


def names_one_thing(path: str) -> bool:
    """Say whether a path holds an id: a placeholder, or a UUID that is not all zeros."""
    return any(_PLACEHOLDER.fullmatch(part) or _is_id(part) for part in path.split("/"))


def _is_id(segment: str) -> bool:
    try:
        return UUID(segment).int != 0
    except ValueError:
        return False


def _moved(place: Place, columns: int) -> Place:
    return Place(place.line, place.column + columns)
