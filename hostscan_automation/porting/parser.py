"""Read the statements of an example: exactly the subset that the documentation uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from hostscan_automation.porting.characters import BLANKS, DASHES, DOUBLE_QUOTES, SINGLE_QUOTES
from hostscan_automation.porting.diagnostics import Repair
from hostscan_automation.porting.scanner import Scanner
from hostscan_automation.porting.syntax import (
    Argument,
    Assignment,
    Entry,
    Expression,
    JsonOf,
    NewSession,
    Request,
    Statement,
    Table,
    Text,
)

if TYPE_CHECKING:
    from hostscan_automation.porting.diagnostics import Diagnostic
    from hostscan_automation.porting.places import Place, Snippet

_ARGUMENTS = {
    "method",
    "uri",
    "url",
    "body",
    "headers",
    "contenttype",
    "websession",
    "webrequestsession",
}
_SAME_ARGUMENT = {"url": "uri", "webrequestsession": "websession"}
_SESSION_TYPE = "microsoft.powershell.commands.webrequestsession"
_DEEPEST_TABLE = 20


def parse(snippet: Snippet) -> tuple[tuple[Statement, ...], tuple[Diagnostic, ...]]:
    """Return the statements of a snippet, and the repairs that reading them took.

    Raises:
        OutsideSubsetError: Something else than the subset stands there.
    """
    parser = _Parser(snippet)
    return parser.statements(), tuple(parser.repairs)


class _Parser(Scanner):
    """The grammar, on top of the characters."""

    def __init__(self, snippet: Snippet) -> None:
        super().__init__(snippet)
        self._depth = 0

    def statements(self) -> tuple[Statement, ...]:
        found: list[Statement] = []
        while True:
            self.skip_between("\n;")
            if self.character == "":
                return tuple(found)
            found.append(self._assignment() if self.starts_with("$") else self._request())
            self.skip_blanks()
            if not self.is_at_statement_end:
                self.unexpected()

    def _assignment(self) -> Assignment:
        target = self.variable()
        if target.is_environment:
            self.fail("assigning an environment variable cannot be carried over", at=target.place)
        self.skip_blanks()
        self.take("=")
        self.skip_blanks()
        if self.character.isalpha():
            return Assignment(target, self._command())
        return Assignment(target, self._expression())

    def _request(self) -> Request:
        place = self.place
        command = self._command()
        if isinstance(command, NewSession):
            self.fail("the new web session is not kept in a variable", at=place)
        return command

    def _command(self) -> Request | NewSession:
        place = self.place
        word = self.word().text
        name = _with_plain_dashes(word).lower()
        if name == "invoke-restmethod":
            return Request(self._arguments(), place)
        if name != "new-object":
            self._refuse_command(word, place)
        self._session_type()
        return NewSession(place)

    def _refuse_command(self, word: str, place: Place) -> NoReturn:
        for offset, character in enumerate(word):
            if not character.isprintable():
                self.position += offset - len(word)
                self.unexpected()
        self.fail(f"command {_shortened(word)!r} cannot be carried over", at=place)

    def _session_type(self) -> None:
        self.skip_blanks()
        if self.starts_with(DASHES):
            place = self.place
            if self._parameter().lower() != "typename":
                self.fail("only -TypeName can be carried over here", at=place)
        place = self.place
        word = self.word().text
        if word.lower() != _SESSION_TYPE:
            self.fail(f"objects of type {_shortened(word)!r} cannot be carried over", at=place)

    def _arguments(self) -> tuple[Argument, ...]:
        found: dict[str, Argument] = {}
        self.skip_blanks()
        while not self.is_at_statement_end:
            argument = self._argument()
            name = argument.name.lower()
            first = found.setdefault(_SAME_ARGUMENT.get(name, name), argument)
            if first is not argument:
                self._check_repetition(first, argument)
            self.skip_blanks()
        return tuple(found.values())

    def _check_repetition(self, first: Argument, second: Argument) -> None:
        values = [one.value.fixed for one in (first, second) if isinstance(one.value, Text)]
        if len(values) < len((first, second)) or values[0] is None or values[0] != values[1]:
            self.fail(f"-{second.name} is given twice", at=second.place)
        self.repair(Repair.P023, second.place, second.name)

    def _argument(self) -> Argument:
        place = self.place
        if self.starts_with("|`,&<>)}"):
            self.unexpected()
        if not self.starts_with(DASHES):
            self.fail("a value without its parameter's name cannot be carried over")
        name = self._parameter()
        if name.lower() not in _ARGUMENTS:
            self.fail(f"-{_shortened(name)} cannot be carried over", at=place)
        if self.is_at_statement_end:
            self.fail(f"-{name} has no value", at=place)
        if name.lower() in {"uri", "url"} and self.starts_with(DOUBLE_QUOTES):
            return Argument(name, self.address(), place)
        return Argument(name, self._expression(may_be_word=True), place)

    def _parameter(self) -> str:
        """Read a parameter's dash and name, and the blanks after it."""
        self.take(DASHES)
        name = self.name()
        if not self.is_at_statement_end and not self.starts_with(BLANKS):
            self.unexpected()
        self.skip_blanks()
        return name

    def _expression(self, *, may_be_word: bool = False) -> Expression:
        if self.starts_with("$"):
            return self.variable_or_constant()
        if self.starts_with(DOUBLE_QUOTES):
            return self.double_quoted()
        if self.starts_with(SINGLE_QUOTES):
            return self.single_quoted()
        if self.starts_with("@"):
            return (
                self._table() if self.text.startswith("@{", self.position) else self.here_string()
            )
        if self.starts_with("("):
            return self._json()
        return self._word_or_number(may_be_word=may_be_word)

    def _word_or_number(self, *, may_be_word: bool) -> Expression:
        if self.starts_with("0123456789-"):
            return self.number()
        if not may_be_word or self.starts_with(DASHES):
            self.unexpected()
        place = self.place
        return Text((self.word(),), place)

    def _json(self) -> JsonOf:
        place = self.place
        self.take("(")
        self.skip_blanks()
        word_place = self.place
        word = self.word().text if self.character.isalpha() else ""
        if _with_plain_dashes(word).lower() != "convertto-json":
            self.fail("only (ConvertTo-Json $Name) can be carried over", at=word_place)
        self.skip_blanks()
        variable = self.variable()
        self.skip_blanks()
        self.take(")")
        return JsonOf(variable, place)

    def _table(self) -> Table:
        place = self.place
        if self._depth >= _DEEPEST_TABLE:
            self.fail("hashtables are nested too deeply")
        self._depth += 1
        self.position += len("@{")
        entries: dict[str, Entry] = {}
        self.skip_between("\n;")
        while not self.starts_with("}"):
            entry = self._entry()
            if entries.setdefault(entry.key.lower(), entry) is not entry:
                self.fail(f"key {_shortened(entry.key)!r} stands there twice", at=entry.place)
            self.skip_blanks()
            if not self.starts_with("}") and not self.is_at_statement_end:
                self.unexpected()
            self.skip_between("\n;")
        self.take("}")
        self._depth -= 1
        return Table(tuple(entries.values()), place)

    def _entry(self) -> Entry:
        place = self.place
        key = self._key()
        self.skip_blanks()
        if self.starts_with(":"):
            self.repair(Repair.P001, self.place, _shortened(key))
        self.take("=:")
        self.skip_blanks()
        return Entry(key, self._expression(), place)

    def _key(self) -> str:
        place = self.place
        if self.starts_with(SINGLE_QUOTES):
            key = self.single_quoted().fixed
        elif self.starts_with(DOUBLE_QUOTES):
            key = self.double_quoted().fixed
        else:
            return self.name()
        if not key:
            self.fail("this key of a hashtable cannot be carried over", at=place)
        return key


def _with_plain_dashes(word: str) -> str:
    return word.translate(dict.fromkeys(map(ord, DASHES), "-"))


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}..."  # noqa: PLR2004 - fits into a line
