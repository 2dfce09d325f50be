"""Take an address apart into server and path, and know the paths that must not be called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from hostscan_automation.api.guard import refuse_forbidden
from hostscan_automation.errors import PlanRefusedError
from hostscan_automation.porting.evaluation import Given, Words
from hostscan_automation.porting.places import Place
from hostscan_automation.porting.syntax import ForbiddenCallError, Literal, OutsideSubsetError

if TYPE_CHECKING:
    from collections.abc import Iterator

_SERVER = re.compile(r"https?://([^/?#\s]+)", re.IGNORECASE)
PLACEHOLDER = re.compile(r"\{([A-Za-z_][\w.-]*)\}", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SEGMENT = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+")


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
        for found in PLACEHOLDER.finditer(self.path):
            yield found[1], self.place(found.start())


def read_address(words: Words) -> Address:
    """Return server and path of an address as it is written.

    Raises:
        OutsideSubsetError: It begins with no server, or holds something not known here.
    """
    first, *rest = words.pieces or (Literal("", words.place),)
    following = tuple(_require_literal(piece, words.place) for piece in rest)
    if isinstance(first, Given) and following:
        if first.is_environment:
            return Address(f"$env:{first.name}".lower(), is_written_out=False, pieces=following)
        if is_server(first):
            return Address("", is_written_out=False, pieces=following)
    literal = _require_literal(first, words.place)
    if literal.text.startswith("/"):
        return Address("", is_written_out=True, pieces=(literal, *following))
    return _absolute(literal, following, words.place)


def is_server(given: Given) -> bool:
    """Say whether a variable that never gets a value is the documentation's own for the server."""
    return not given.is_environment and given.name.lower() in {"npsurl", "host"}


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
    if not is_placeholder(segment) and not _SEGMENT.fullmatch(segment):
        raise OutsideSubsetError(place, f"{segment!r} is no segment of a path")


def refuse_wipe(path: str, place: Place) -> None:
    """Refuse a path that names the call that wipes every host scan table.

    Raises:
        ForbiddenCallError: It does, however it is spelled; no switch allows that.
    """
    try:
        refuse_forbidden(path)
    except PlanRefusedError as error:
        raise ForbiddenCallError(place, error.message, error.hint) from None


def names_one_thing(path: str) -> bool:
    """Say whether a path holds an id: a placeholder, or a UUID that is not all zeros."""
    return any(is_placeholder(part) or is_id(part) for part in path.split("/"))


def is_placeholder(segment: str) -> bool:
    """Say whether a segment of a path stands for a value given later."""
    return PLACEHOLDER.fullmatch(segment) is not None


def is_id(segment: str) -> bool:
    """Say whether a segment of a path is a UUID, in its usual form and not of zeros only."""
    return _UUID.fullmatch(segment) is not None and segment.strip("0-") != ""


def _moved(place: Place, columns: int) -> Place:
    return Place(place.line, place.column + columns)
