from __future__ import annotations

from markdown_it import MarkdownIt

from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.reports.markdown import code, report_markdown
from tests.unit.reports.samples import HOSTILE, RUN_ID, hostile_run, job, listed_job, mixed_run, run


def test_a_person_finds_the_run_its_totals_and_what_to_do() -> None:
    text = report_markdown(mixed_run())

    assert f"# Run `{RUN_ID}`" in text
    assert "**24 of 32 jobs cancelled, 3 needed no cancel, 5 need a look.**" in text
    assert "| Account | `LAB\\svc-hostscan` |" in text
    assert "| uncertain | 1 | The reply was lost" in text
    assert "- **1 uncertain:** Look at each of them" in text
    assert "`Unable to cancel host scan job.`" in text
    assert "## Hosts that no clause named" in text
    assert "leaves the platform's schedule alone" in text


def test_sections_without_anything_to_tell_are_left_out() -> None:
    text = report_markdown(run())

    assert "## Outcomes" in text
    for title in ("## Jobs", "## What to do next", "## Undecided", "## Slowest"):
        assert title not in text


def test_a_run_that_ended_early_or_not_yet_says_so() -> None:
    text = report_markdown(
        run([job(1, None)], ended_by="interrupted", finished_at=None, reason=None)
    )

    assert "| Ended by | `interrupted` |" in text
    assert "| Finished | - |" in text
    assert "**1 still open:**" in text
    assert "| Reason |" not in text


def test_every_table_has_as_many_cells_in_each_row() -> None:
    cells: list[int] = []
    for line in report_markdown(hostile_run()).splitlines():
        if not line.startswith("|"):
            cells = []
            continue
        cells.append(line.count("|"))
        assert cells[0] == cells[-1], line


def test_texts_of_the_server_are_code_and_nothing_else() -> None:
    reader = MarkdownIt("gfm-like", {"html": True, "linkify": False})
    tokens = reader.parse(report_markdown(hostile_run()))
    inline = [child for token in tokens for child in token.children or ()]
    kinds = {token.type for token in [*tokens, *inline]}

    assert not kinds & {"html_inline", "html_block", "link_open", "image", "s_open"}
    shown = {token.content for token in inline if token.type == "code_inline"}
    assert "<script>document.title='owned'</script>" in shown
    assert r"[click](javascript:alert(1)) \x7c \x60x\x60 **b**" in shown
    assert len(shown & {r"\u202egpj.exe", r"nul\x00nul", r"two\r\nlines"}) == 3


def test_a_code_span_cannot_be_left() -> None:
    assert code("a`b") == r"`a\x60b`"
    assert code("a|b") == r"`a\x7cb`"
    assert code("") == code(None) == ""
    assert all(code(text).count("`") == 2 for text in HOSTILE)


def test_a_long_detail_is_cut_and_a_listed_job_has_no_outcome() -> None:
    text = report_markdown(run([job(1, Outcome.FAILED, detail="x" * 5000), listed_job(2)]))

    assert "x" * 397 + "...`" in text
    assert "x" * 398 not in text
