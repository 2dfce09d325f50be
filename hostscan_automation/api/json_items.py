"""Read a JSON list item by item while it arrives: memory stays flat however long the list is."""

from __future__ import annotations

import codecs
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hostscan_automation.api.replies import unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hostscan_automation.api.call import Reply

LONGEST_ITEM = 8 * 2**20
"""Characters of one item; the longest documented one has about 30,000."""

_BLANKS = " \t\r\n"


class JsonItems:
    """The objects of a JSON list whose text comes in pieces.

    The whole list is read or an error is raised: a list that breaks off is never a shorter list.
    Items are found by the standard library's decoder. One that is not whole yet is tried again
    only when as much text again has come, so that a long item is not read over and over.
    """

    def __init__(self, reply: Reply, pieces: Iterator[bytes]) -> None:
        self._reply = reply
        self._pieces = iter(pieces)
        self._decode = codecs.getincrementaldecoder("utf-8-sig")("strict").decode
        self._text = ""
        self._at = 0

    def __iter__(self) -> Iterator[Any]:
        if self._next_sign() != "[":
            raise self._error("is no list")
        self._at += 1
        if self._next_sign() != "]":
            yield self._item()
            while self._next_sign() == ",":
                self._at += 1
                yield self._item()
            if self._next_sign() != "]":
                raise self._error("is no list from its middle on")
        self._at += 1
        if self._next_sign():
            raise self._error("goes on behind its end")

    def _next_sign(self) -> str:
        """Move to the next character that is no blank, and return it; "" at the end."""
        skipped = 0
        while True:
            while self._at < len(self._text) and self._text[self._at] in _BLANKS:
                self._at += 1
                skipped += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if skipped > LONGEST_ITEM:
                raise self._error("has no end")
            if not self._more():
                return ""

    def _item(self) -> Any:
        if self._next_sign() != "{":
            raise self._error("holds something that is no object")
        while True:
            try:
                item, self._at = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                self._double()
            except RecursionError:
                raise self._error("is nested too deeply") from None
            except ValueError:  # a number of thousands of digits
                raise self._error("holds a number that is none") from None
            else:
                return item

    def _double(self) -> None:
        """Get as much text again as there is of the item that is not whole."""
        wanted = 2 * (len(self._text) - self._at)
        if wanted > 2 * LONGEST_ITEM:
            raise self._error("holds an item that is too long or no JSON")
        self._more(wanted)
        if len(self._text) - self._at == wanted // 2:
            raise self._error("breaks off, or is no JSON")

    def _more(self, wanted: int = 1) -> bool:
        """Add pieces until there is so much text; False where the reply ended without any."""
        rest = [self._text[self._at :]]
        length = len(rest[0])
        for piece in self._pieces:
            try:
                rest.append(self._decode(piece))
            except UnicodeDecodeError:
                raise self._error("is no UTF-8") from None
            length += len(rest[-1])
            if length >= wanted:
                break
        has_more = length > len(rest[0])
        # joined once: pieces may be of a single byte, and an item of megabytes
        self._text, self._at = "".join(rest), 0
        return has_more

    def _error(self, what: str) -> Exception:
        seen = self._text[max(0, self._at - 40) : self._at + 400]
        body = seen.encode("utf-8", "replace")
        return unreadable(replace(self._reply, body=body), what)


_DECODER = json.JSONDecoder()
