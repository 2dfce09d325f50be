from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostscan_automation.cli.render import Cell, Column, Out, Screen
from hostscan_automation.errors import (
    ApiError,
    Finding,
    HostscanError,
    PlaybookError,
    Problem,
)
from tests.unit.cli.screens import Paper, on_terminal, shown
from tests.unit.reports.samples import HOSTILE

COLUMNS = (Column("Name"), Column("Jobs", 6, is_number=True))
ROWS: list[tuple[str | Cell, ...]] = [("lab-1", "7"), (Cell("a-much-longer-name", "bad"), "12")]


def test_a_plain_table_is_aligned_and_complete() -> None:
    assert shown(lambda screen: screen.table(COLUMNS, ROWS)).splitlines() == [
        "Name                  Jobs",
        "lab-1                    7",
        "a-much-longer-name      12",
    ]


def test_a_plain_table_never_cuts_a_cell() -> None:
    name = "x" * 500
    assert name in shown(lambda screen: screen.table((Column("Name", 5),), [(name,)]))


def test_a_table_without_rows_is_its_heading() -> None:
    assert shown(lambda screen: screen.table(COLUMNS, [])) == "Name    Jobs\n"


def test_a_long_table_is_written_while_its_rows_still_come() -> None:
    paper = Paper()

    def rows() -> list[tuple[str, str]]:
        return [(f"lab-{number}", str(number)) for number in range(1200)]

    def watched() -> object:
        for number, row in enumerate(rows()):
            if number == 1100:
                assert "lab-999" in paper.text
            yield row

    Screen(paper, environ={}).table(COLUMNS, watched())  # type: ignore[arg-type]
    assert len(paper.lines) == 1201
    assert paper.text.count("Name") == 1


def test_a_terminal_gets_colours_and_one_heading() -> None:
    paper = on_terminal(lambda screen: screen.table(COLUMNS, ROWS * 600))

    assert "\x1b[1;31ma-much-longer-name" in paper.raw_text
    assert paper.text.count("Name") == 1
    assert paper.text.count("lab-1") == 600


def test_a_narrow_terminal_leaves_out_the_columns_that_need_room() -> None:
    columns = (Column("Name"), Column("Remark", from_width=90))

    def show(screen: Screen) -> None:
        screen.table(columns, [("lab-1", "fine")])

    assert "Remark" not in on_terminal(show, width=80).text
    assert "fine" in on_terminal(show, width=90).text
    assert "fine" in shown(show)


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colour_where_none_is_wanted(environ: dict[str, str]) -> None:
    def show(screen: Screen) -> None:
        screen.line("careful", "bad")
        screen.table(COLUMNS, ROWS)
        screen.error(HostscanError("server is away", hint="Wait."))

    raw = on_terminal(show, environ=environ).raw_text
    assert "\x1b[3" not in raw
    assert "\x1b[1;3" not in raw
    assert "error: server is away" in raw


def test_what_is_no_terminal_gets_no_escape_at_all() -> None:
    text = shown(lambda screen: screen.line("careful", "bad"))

    assert text == "careful\n"


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp437", "latin-1"])
@pytest.mark.parametrize("is_terminal", [True, False])
def test_no_console_ends_in_an_encoding_error(encoding: str, is_terminal: bool) -> None:
    paper = Paper(encoding, is_terminal=is_terminal)
    screen = Screen(paper, environ={"TERM": "xterm"}, width=80)

    screen.line("服务器 Köln", "good")
    screen.table((Column("Név"), Column("ő")), [("服务器", Cell("→", "warn"))])
    screen.error(HostscanError("no host '服务器'"))

    assert r"\u670d\u52a1\u5668" in paper.text
    assert "→" not in paper.text


def test_an_old_console_gets_lines_that_it_can_draw() -> None:
    def show(screen: Screen) -> None:
        screen.table(COLUMNS, ROWS)

    assert "─" in on_terminal(show).text
    assert on_terminal(show, encoding="cp1252").text.isascii()


@pytest.mark.parametrize("text", [*HOSTILE, "[bold red]markup[/]", ":smile:"])
def test_no_text_of_a_stranger_does_anything_to_a_terminal(text: str) -> None:
    def show(screen: Screen) -> None:
        screen.line(text, "bad")
        screen.line(text)
        screen.table((Column("Name"),), [(text,), (Cell(text, "good"),)])
        screen.error(HostscanError(text.replace("\r\n", " "), hint=text))
        screen.warning(text)

    paper = on_terminal(show, width=200)
    assert not any(letter in paper.text for letter in "\x1b\x00\x07\u202e\ud800")
    assert text[:3] in paper.text or "\\" in paper.text
    assert "[bold red]" in paper.text or "[bold" not in text
    assert ":smile:" in paper.text or ":smile" not in text


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_is_one_line_on_any_screen(text: str) -> None:
    assert len(shown(lambda screen: screen.line(text)).splitlines()) == 1


def test_an_error_says_what_and_the_way_out() -> None:
    error = HostscanError("server 'nps01' is not known", hint="Check the name.")

    assert shown(lambda screen: screen.error(error)) == (
        "error: server 'nps01' is not known\nhint: Check the name.\n"
    )


def test_every_fault_of_a_playbook_has_a_line() -> None:
    error = PlaybookError(
        "x.yaml", (Finding("unknown key 'staus'", "steps.0", 3, 4), Finding("has no steps"))
    )
    assert shown(lambda screen: screen.error(error)).splitlines() == [
        "error: x.yaml:3:4: steps.0: unknown key 'staus'",
        "error: x.yaml: has no steps",
    ]


def test_the_trace_id_of_the_server_can_be_copied() -> None:
    error = ApiError(
        "GET /api/v1/HostScanJob answered 500",
        status=500,
        method="GET",
        path="/api/v1/HostScanJob",
        problem=Problem(further={"traceId": "00-abc"}),
    )
    assert "trace id: 00-abc\n" in shown(lambda screen: screen.error(error))


def test_an_error_without_words_is_still_an_error() -> None:
    assert shown(lambda screen: screen.error(HostscanError(""))) == "error: \n"


class Broken(io.StringIO):
    """A stream whose other end is gone."""

    def write(self, text: str, /) -> int:
        raise BrokenPipeError(32, "Broken pipe")

    def flush(self) -> None:
        raise BrokenPipeError(32, "Broken pipe")


def test_words_may_get_lost_with_their_terminal_but_data_may_not() -> None:
    out = Out(Broken(), Broken(), environ={})

    out.people.line("hello")
    out.people.flush()
    with pytest.raises(BrokenPipeError):
        out.data.write("{}")
    with pytest.raises(BrokenPipeError):
        out.data.flush()


def test_a_closed_stream_takes_words_silently() -> None:
    stream = io.StringIO()
    stream.close()
    screen = Screen(stream, environ={})

    screen.line("hello")
    screen.flush()
    assert not screen.is_terminal


def test_data_goes_through_as_it_is() -> None:
    paper = Paper()
    out = Out(paper, Paper(), environ={})
    out.data.write("a,b\n=1,\x1b\n")
    out.data.flush()

    assert list(csv.reader(io.StringIO(paper.raw_text))) == [["a", "b"], ["=1", "\x1b"]]


def test_rich_finds_the_number_of_a_real_stream() -> None:
    class Real(io.StringIO):
        def fileno(self) -> int:
            return 2

    class Minimal:
        def write(self, text: str, /) -> int:
            return len(text)

        def flush(self) -> None: ...

        def isatty(self) -> bool:
            return True

    assert Screen(Real(), environ={}).fileno() == 2
    with pytest.raises(OSError, match="no number"):
        Screen(Minimal(), environ={}).fileno()
