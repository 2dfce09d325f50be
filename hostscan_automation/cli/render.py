"""Put words and tables on a stream: by rich on a terminal, as plain text everywhere else.

Whatever is written goes through one door: texts of strangers are made plain, and what the stream's
encoding does not know is written as its escape. No console and no redirection ends in an error.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, Protocol

from hostscan_automation.reports.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Literal

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from hostscan_automation.errors import HostscanError

    Style = Literal["", "good", "warn", "bad", "soft", "strong"]

_COLOURS = {
    "": "",
    "good": "green",
    "warn": "yellow",
    "bad": "bold red",
    "soft": "dim",
    "strong": "bold",
}
_BATCH = 500


class TextStream(Protocol):
    """What is needed of a stream: those of the process, of a file, of a test."""

    def write(self, text: str, /) -> int:
        """Write a text."""
        ...

    def flush(self) -> None:
        """Hand on what was written."""
        ...

    def isatty(self) -> bool:
        """Whether a person looks at it."""
        ...


class Cell(NamedTuple):
    """A text in a table, with its style."""

    text: str
    style: Style = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        title: Its heading.
        width: Characters it takes on a terminal, or None for its share of what is left.
        is_number: Whether it is set to the right.
        from_width: The terminal must be so wide for it to be shown.
    """

    title: str
    width: int | None = None
    is_number: bool = False
    from_width: int = 0


class Screen:
    """One stream that people read, or programs, or both.

    Args:
        stream: Where to write.
        environ: The environment: `NO_COLOR` and `TERM` are looked at.
        width: Characters in a line; None asks the terminal.
        is_data: Whether a write that fails must be noticed. Words for people may get lost with
            their terminal; data may not.
    """

    def __init__(
        self,
        stream: TextStream,
        *,
        environ: Mapping[str, str],
        width: int | None = None,
        is_data: bool = False,
    ) -> None:
        self._stream = stream
        self._width = width
        self._is_data = is_data
        self._console: Console | None = None
        self.is_terminal = _is_terminal(stream)
        self.can_redraw = self.is_terminal and environ.get("TERM") != "dumb"
        self.has_colour = self.can_redraw and not environ.get("NO_COLOR")
        self.encoding: str = getattr(stream, "encoding", None) or "utf-8"

    # What rich needs of a file:

    def write(self, text: str) -> int:
        """Write a text as it is, but for characters that the encoding does not know."""
        try:
            return self._stream.write(self._encodable(text))
        except (OSError, ValueError):
            if self._is_data:
                raise
            return len(text)

    def flush(self) -> None:
        """Hand on what was written."""
        try:
            self._stream.flush()
        except (OSError, ValueError):
            if self._is_data:
                raise

    def isatty(self) -> bool:
        """Whether a person looks at it."""
        return self.is_terminal

    def fileno(self) -> int:
        """Return the stream's number, which is how rich knows a console of Windows."""
        fileno = getattr(self._stream, "fileno", None)
        if fileno is None:
            raise OSError("stream has no number")
        number: int = fileno()
        return number

    # What commands use:

    def line(self, text: str = "", style: Style = "") -> None:
        """Write one line for people; whatever in it would act is shown instead."""
        if self.has_colour and style:
            self.console.print(self._text(Cell(text, style)), soft_wrap=True)
        else:
            self.write(f"{plain(text)}\n")

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[str | Cell]]) -> None:
        """Write a table: fitted to a terminal, else with every cell in full.

        Rows are taken in batches, so that a table may be longer than memory.
        """
        if self.is_terminal:
            for number, batch in enumerate(_batches(rows)):
                self.console.print(self._table(columns, batch, has_heading=not number))
        else:
            self._plain_table(columns, rows)

    def error(self, error: HostscanError) -> None:
        """Write what went wrong, and the way out."""
        for line in error.message.splitlines() or [""]:
            self._labelled("error", line, "bad")
        trace_id = getattr(error, "trace_id", None)
        if trace_id:
            self._labelled("trace id", str(trace_id), "soft")
        if error.hint:
            self.hint(error.hint)

    def warning(self, text: str) -> None:
        """Write something that a person must see and that stops nothing."""
        self._labelled("warning", text, "warn")

    def hint(self, text: str) -> None:
        """Write the way out."""
        self._labelled("hint", text, "strong")

    @property
    def console(self) -> Console:
        """The rich console on this stream, made when first needed."""
        if self._console is None:
            from rich.console import Console

            # rich uses no more of a file than this class has
            self._console = Console(
                file=self,  # type: ignore[arg-type]
                width=self._width,
                force_terminal=self.is_terminal,
                no_color=not self.has_colour,
                markup=False,
                highlight=False,
                emoji=False,
            )
        return self._console

    def _encodable(self, text: str) -> str:
        if text.isascii():
            return text
        return text.encode(self.encoding, "backslashreplace").decode(self.encoding)

    def _labelled(self, label: str, text: str, style: Style) -> None:
        if not self.has_colour:
            self.write(f"{label}: {plain(text)}\n")
            return
        labelled = self._text(Cell(f"{label}: ", style))
        labelled.append(plain(text), style="")
        self.console.print(labelled, soft_wrap=True)

    def _text(self, cell: str | Cell) -> Text:
        from rich.text import Text

        text, style = cell if isinstance(cell, Cell) else (cell, "")
        return Text(plain(text), style=_COLOURS[style])

    def _table(
        self, columns: Sequence[Column], rows: Sequence[Sequence[str | Cell]], *, has_heading: bool
    ) -> Table:
        from rich import box
        from rich.table import Table

        table = Table(
            box=box.SIMPLE_HEAD,
            show_header=has_heading,
            show_edge=False,
            pad_edge=False,
            padding=(0, 1, 0, 0),
            expand=any(column.width is None for column in columns),
            header_style="bold",
        )
        shown = [n for n, column in enumerate(columns) if self.console.width >= column.from_width]
        for number in shown:
            _add_column(table, columns[number])
        for row in rows:
            table.add_row(*(self._text(row[number]) for number in shown))
        return table

    def _plain_table(self, columns: Sequence[Column], rows: Iterable[Sequence[str | Cell]]) -> None:
        widths = [column.width or 0 for column in columns]
        lines = [[column.title for column in columns]]
        for batch in _batches(rows):
            lines += [[plain(_words(cell)) for cell in row] for row in batch]
            widths = [
                max(width, *(len(line[place]) for line in lines))
                for place, width in enumerate(widths)
            ]
            for line in lines:
                self.write(f"{_aligned(line, widths, columns)}\n")
            lines = []


class Out:
    """The two streams of a command: data to the one, words for people to the other."""

    def __init__(
        self,
        stdout: TextStream,
        stderr: TextStream,
        *,
        environ: Mapping[str, str],
        width: int | None = None,
    ) -> None:
        self.data = Screen(stdout, environ=environ, width=width, is_data=True)
        self.people = Screen(stderr, environ=environ, width=width)


def _add_column(table: Table, column: Column) -> None:
    table.add_column(
        column.title,
        width=column.width,
        ratio=None if column.width else 1,
        no_wrap=column.width is not None,
        overflow="ellipsis" if column.width else "fold",
        justify="right" if column.is_number else "left",
    )


def _is_terminal(stream: TextStream) -> bool:
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False


def _batches(rows: Iterable[Sequence[str | Cell]]) -> Iterator[list[Sequence[str | Cell]]]:
    """Yield rows by the hundred, so that a table may be longer than memory; at least one batch."""
    rest = iter(rows)
    yield list(islice(rest, _BATCH))
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _words(cell: str | Cell) -> str:
    return cell.text if isinstance(cell, Cell) else cell


def _aligned(line: Sequence[str], widths: Sequence[int], columns: Sequence[Column]) -> str:
    cells = (
        text.rjust(width) if column.is_number else text.ljust(width)
        for text, width, column in zip(line, widths, columns, strict=True)
    )
    return "  ".join(cells).rstrip()
