"""Read an example character by character: blanks, comments, names, strings, here-strings."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NoReturn

from hostscan_automation.porting.characters import (
    BLANKS,
    DASHES,
    DOUBLE_QUOTES,
    SINGLE_QUOTES,
    describe,
    is_typographic,
)
from hostscan_automation.porting.diagnostics import Diagnostic, Repair
from hostscan_automation.porting.syntax import Constant, Literal, OutsideSubsetError, Text, Variable

if TYPE_CHECKING:
    from hostscan_automation.porting.places import Place, Snippet

_BLANK_RUN = re.compile(f"[{BLANKS}]+")
_COMMENT = re.compile(r"#[^\n]*")
_VARIABLE = re.compile(r"\$(env:)?(\w+)([?:]?)", re.IGNORECASE)
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?(?![\w.])")
_NAME = re.compile(r"[A-Za-z_]\w*")
_END_OF_WORD = rf"\x00-\x20{BLANKS}{DOUBLE_QUOTES}{SINGLE_QUOTES}`$,;|&()<>"
_WORD = re.compile(rf"(?:[^{_END_OF_WORD}{{}}]|\{{[^{_END_OF_WORD}{{}}]*\}})+")

_DOUBLE_CHUNK = re.compile(rf"[^{DOUBLE_QUOTES}`$\n]+")
_SINGLE_CHUNK = re.compile(rf"[^{SINGLE_QUOTES}\n]+")
_HERE_HEADER = re.compile(rf"@([{DOUBLE_QUOTES}{SINGLE_QUOTES}])[{BLANKS}]*\n")
_DOUBLE_FOOTER = re.compile(rf"\n[{DOUBLE_QUOTES}]@")
_SINGLE_FOOTER = re.compile(rf"\n[{SINGLE_QUOTES}]@")
# What would be replaced in @"..."@; a $ before anything else stands for itself.
_EXPANDED = re.compile(r"`|\$[\w({?^$:]")
_SUBEXPRESSION = re.compile(rf"\$\([{BLANKS}]*\$(env:)?(\w+)[{BLANKS}]*\)", re.IGNORECASE)
_QUOTE_OR_LINE_END = re.compile(rf"[{DOUBLE_QUOTES}\n]")
_NEXT_PARAMETER = re.compile(rf"[{BLANKS}][{DASHES}](?:Headers|Body|ContentType)\b", re.IGNORECASE)

_MEANINGS = {
    "`": "backtick (write the line unbroken)",
    "|": "pipeline",
    "[": "type or index in brackets",
    "&": "call operator",
}
_CONSTANTS = {"true": True, "false": False, "null": None}


class Scanner:
    """A position in a snippet, and the readers that move it on.

    Attributes:
        repairs: What was read although it is not quite as it should be.
    """

    def __init__(self, snippet: Snippet) -> None:
        self.text = snippet.text
        self.position = 0
        self.repairs: list[Diagnostic] = []
        self._snippet = snippet
        self._typographic_seen: set[str] = set()

    @property
    def place(self) -> Place:
        """Where the reader stands in the file."""
        return self._snippet.place(self.position)

    @property
    def character(self) -> str:
        """The next character, or "" at the end."""
        return self.text[self.position : self.position + 1]

    def starts_with(self, characters: str) -> bool:
        """Say whether the next character is one of these."""
        return self.character != "" and self.character in characters

    def fail(self, message: str, *, at: Place | None = None) -> NoReturn:
        """Give up: what stands here is outside the subset."""
        raise OutsideSubsetError(at or self.place, message)

    def unexpected(self) -> NoReturn:
        """Give up over the next character."""
        character = self.character
        if character in {"", "\n"}:
            self.fail("statement ends before it is complete")
        if unicodedata.category(character) == "Cf":
            self.fail(f"invisible character {describe(character)} belongs to the name here")
        subject = _MEANINGS.get(character, describe(character))
        self.fail(f"{subject} is outside what can be carried over")

    def repair(self, repair: Repair, place: Place, subject: str = "") -> None:
        """Record a repair."""
        self.repairs.append(Diagnostic.of(repair, place, subject))

    def skip_blanks(self) -> None:
        """Move past blanks on this line."""
        if found := _BLANK_RUN.match(self.text, self.position):
            for offset, character in enumerate(found.group(), self.position):
                self._note(character, offset)
            self.position = found.end()

    def skip_between(self, separators: str) -> None:
        """Move past blanks, comments, and these separators (line feeds, semicolons)."""
        while True:
            self.skip_blanks()
            if not self._skip_comment():
                if not self.starts_with(separators):
                    return
                self.position += 1

    def _skip_comment(self) -> bool:
        if found := _COMMENT.match(self.text, self.position):
            self.position = found.end()
            return True
        if not self.text.startswith("<#", self.position):
            return False
        end = self.text.find("#>", self.position + 2)
        if end < 0:
            self.fail("comment is never closed")
        self.position = end + 2
        return True

    @property
    def is_at_statement_end(self) -> bool:
        """Whether nothing more of the statement follows."""
        rest = self.text[self.position : self.position + 2]
        return not rest or rest[0] in "\n;#" or rest == "<#"

    def take(self, characters: str) -> str:
        """Move past one of these characters and return it.

        Raises:
            OutsideSubsetError: Something else stands here.
        """
        if not self.starts_with(characters):
            self.unexpected()
        taken = self.character
        self._note(taken, self.position)
        self.position += 1
        return taken

    def name(self) -> str:
        """Read a name of letters, digits and underscores."""
        found = _NAME.match(self.text, self.position)
        if found is None:
            self.unexpected()
        self.position = found.end()
        return found.group()

    def word(self) -> Literal:
        """Read a bare word; a placeholder in braces belongs to it."""
        found = _WORD.match(self.text, self.position)
        if found is None:
            self.unexpected()
        literal = Literal(found.group(), self.place)
        for offset, character in enumerate(literal.text, self.position):
            if character in DASHES:
                self._note(character, offset)
        self.position = found.end()
        return literal

    def number(self) -> Constant:
        """Read a number."""
        found = _NUMBER.match(self.text, self.position)
        if found is None:
            self.unexpected()
        value = float(found.group()) if found[1] else int(found.group())
        constant = Constant(value, self.place)
        self.position = found.end()
        return constant

    def variable(self) -> Variable:
        """Read `$Name` or `$env:NAME`."""
        found = _VARIABLE.match(self.text, self.position)
        if found is None:
            self.fail(
                "this use of $ is outside what can be carried over; $Name and $($Name) are not"
            )
        if found[3]:
            self.fail(f"name {found[0]!r} with a scope or a question mark cannot be carried over")
        return self._variable(found)

    def variable_or_constant(self) -> Variable | Constant:
        """Read `$Name`, `$true`, `$false` or `$null`."""
        variable = self.variable()
        name = variable.name.lower()
        if name in _CONSTANTS and not variable.is_environment:
            return Constant(_CONSTANTS[name], variable.place)
        return variable

    def single_quoted(self) -> Text:
        """Read `'text'`; a quote in it is doubled."""
        place = self.place
        self.take(SINGLE_QUOTES)
        pieces: list[Literal | Variable] = []
        while not self._closes(SINGLE_QUOTES, pieces):
            if not (found := _SINGLE_CHUNK.match(self.text, self.position)):
                self.fail("string does not end on its line", at=place)
            pieces.append(self._literal(found.end()))
        return Text(tuple(pieces), place)

    def double_quoted(self) -> Text:
        """Read `"text"` with `$Name`, `$($Name)` and `$env:NAME` in it; a quote is doubled."""
        place = self.place
        self.take(DOUBLE_QUOTES)
        pieces: list[Literal | Variable] = []
        while not self._closes(DOUBLE_QUOTES, pieces):
            if self.starts_with("$"):
                pieces.append(self._dollar())
            elif found := _DOUBLE_CHUNK.match(self.text, self.position):
                pieces.append(self._literal(found.end()))
            elif self.starts_with("`"):
                self.unexpected()
            else:
                self.fail("string does not end on its line", at=place)
        return Text(tuple(pieces), place)

    def address(self) -> Text:
        """Read the string of an address, which may lack its closing quote (P002)."""
        place = self.place
        end = self._end_of_unclosed_address()
        if end is None:
            return self.double_quoted()
        self.take(DOUBLE_QUOTES)
        pieces: list[Literal | Variable] = []
        while self.position < end:
            if self.starts_with("$"):
                pieces.append(self._dollar())
            elif found := _DOUBLE_CHUNK.match(self.text, self.position, end):
                pieces.append(self._literal(found.end()))
            else:
                self.unexpected()
        return Text(tuple(pieces), place)

    def _end_of_unclosed_address(self) -> int | None:
        closing = _QUOTE_OR_LINE_END.search(self.text, self.position + 1)
        end = closing.start() if closing else len(self.text)
        found = _NEXT_PARAMETER.search(self.text, self.position + 1, end)
        if found is None:
            return None
        self.repair(Repair.P002, self.place, found.group()[1:])
        return len(self.text[: found.start()].rstrip(BLANKS))

    def here_string(self) -> Text:
        """Read `@"` ... `"@` or `@'` ... `'@`, which must hold nothing that is replaced."""
        place = self.place
        header = _HERE_HEADER.match(self.text, self.position)
        if header is None:
            self.fail("only a line end may follow the opening of a here-string")
        self._note(header[1], header.start(1))
        is_expandable = header[1] in DOUBLE_QUOTES
        # The line feed of the header is that of the footer where nothing stands in between.
        footer = (_DOUBLE_FOOTER if is_expandable else _SINGLE_FOOTER).search(
            self.text, header.end() - 1
        )
        if footer is None:
            self.fail("here-string is never closed at the beginning of a line")
        self.position = header.end()
        if is_expandable and (found := _EXPANDED.search(self.text, self.position, footer.start())):
            self.position = found.start()
            self.fail(f"{found.group()!r} in a here-string would be replaced")
        literal = self._literal(max(footer.start(), header.end()))
        self._note(footer.group()[1], footer.start() + 1)
        self.position = footer.end()
        return Text((literal,), place, is_expandable_here_string=is_expandable)

    def _closes(self, quotes: str, pieces: list[Literal | Variable]) -> bool:
        """Move past a quote: say whether it ends the string; a doubled one is added to it."""
        if not self.starts_with(quotes):
            return False
        self.take(quotes)
        if not self.starts_with(quotes):
            return True
        pieces.append(self._literal(self.position + 1))
        return False

    def _variable(self, found: re.Match[str]) -> Variable:
        variable = Variable(found[2], self.place, is_environment=found[1] is not None)
        if variable.name.lower() == "host" and not variable.is_environment:
            self.repair(Repair.P003, variable.place)
        self.position = found.end()
        return variable

    def _literal(self, end: int) -> Literal:
        literal = Literal(self.text[self.position : end], self.place)
        self.position = end
        return literal

    def _dollar(self) -> Literal | Variable:
        if found := _SUBEXPRESSION.match(self.text, self.position):
            return self._variable(found)
        if _EXPANDED.match(self.text, self.position):
            return self.variable()
        return self._literal(self.position + 1)

    def _note(self, character: str, offset: int) -> None:
        if is_typographic(character) and character not in self._typographic_seen:
            self._typographic_seen.add(character)
            self.repair(Repair.P022, self._snippet.place(offset), describe(character))
