from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from typing_extensions import override

from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.reports.page import job_groups, report_html
from hostscan_automation.runs.record import RunState
from tests.unit.reports.samples import (
    HOSTILE,
    RUN_ID,
    hostile_run,
    job,
    job_id,
    listed_job,
    mixed_run,
    run,
)

VOID = {"meta", "br", "rect"}
KNOWN_TAGS = {
    *("html", "head", "meta", "title", "style", "body", "main", "header", "section", "footer"),
    *("div", "span", "p", "h1", "h2", "ul", "li", "b", "code", "a", "br", "dl", "dt", "dd"),
    *("table", "thead", "tbody", "tr", "th", "td", "details", "summary", "svg", "rect"),
}


class Page(HTMLParser):
    """What a browser would see: tags, attributes, texts, and whether all of it is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.ids: list[str] = []
        self.feed(html)
        self.close()

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag not in VOID:
            self.open.append(tag)

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    @override
    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_a_person_finds_the_run_its_totals_and_what_to_do() -> None:
    text = Page(report_html(mixed_run())).text

    assert "Needs a look" in text
    assert "24 of 32 jobs cancelled, 3 needed no cancel, 5 need a look." in text
    assert "cancel-stuck-scans" in text
    assert "change 4711" in text
    assert "8.5 s, 3.5 cancels a second" in text
    assert "1 uncertain." in text
    assert f"hostscan resume {RUN_ID}" in text
    assert "Unable to cancel host scan job." in text
    assert "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00" in text
    assert "1 undecided job: not touched" in text
    assert "1 host lost a scan though no clause named them sql-7" in text
    assert "leaves the platform's schedule alone" in text


@pytest.mark.parametrize("record", [mixed_run(), hostile_run(), run(), run([job(1)])])
def test_the_page_is_whole_and_holds_no_tag_of_a_stranger(record: object) -> None:
    page = Page(report_html(record))  # type: ignore[arg-type]

    assert page.open == []
    assert {tag for tag, _ in page.tags} <= KNOWN_TAGS
    assert len(page.ids) == len(set(page.ids))
    for _, attributes in page.tags:
        assert not {name for name in attributes if name.startswith("on")}
        assert not attributes.keys() & {"src", "style", "srcset", "action", "data"}


def test_every_link_leads_to_a_section_of_the_page() -> None:
    page = Page(report_html(mixed_run()))
    targets = [attributes["href"] for attributes in page.all("a")]

    assert len(targets) == 11
    assert {target.removeprefix("#") for target in targets if target} <= set(page.ids)


def test_hostile_texts_can_be_read_and_do_nothing() -> None:
    html = report_html(hostile_run())

    assert "&lt;script&gt;document.title=&#39;owned&#39;&lt;/script&gt;" in html
    assert "<script" not in html
    assert r"\u202egpj.exe" in html
    assert r"\x1b[2J" in html
    assert not any(letter in html for letter in "\x1b\x00\u202e\ud800")
    html.encode("utf-8")


def test_the_policy_of_the_page_allows_its_own_style_and_nothing_else() -> None:
    html = report_html(mixed_run())
    policy = next(
        attributes["content"]
        for attributes in Page(html).all("meta")
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()

    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def test_nothing_is_loaded_from_anywhere() -> None:
    html = report_html(run([job(1)], plan=replace(run().plan, server="nps01")))

    assert not re.search(r"https?:|//[a-z]|url\(|@import", html)


def test_the_bar_is_drawn_and_told_to_those_who_cannot_see_it() -> None:
    page = Page(report_html(run([job(1), job(2), job(3, Outcome.FAILED)])))
    (drawing,) = page.all("svg")

    assert drawing["role"] == "img"
    assert drawing["aria-label"] == "Jobs by outcome: 1 failed, 2 cancelled"
    assert [piece["class"] for piece in page.all("rect")] == ["c-failed", "c-cancelled"]


def test_every_heading_of_a_table_says_what_it_is_for() -> None:
    page = Page(report_html(mixed_run()))

    assert page.all("th")
    assert all(attributes.get("scope") == "col" for attributes in page.all("th"))
    assert page.all("html") == [{"lang": "en", "dir": "ltr"}]


def test_an_empty_run_teaches_why_nothing_matched() -> None:
    page = Page(report_html(run()))

    assert "Nothing matched: no job was touched." in page.text
    assert "status is Queued or Pending 214" in page.text
    assert page.all("svg") == []
    assert "Done" in page.text


def test_five_thousand_jobs_are_all_there_and_the_quiet_ones_folded() -> None:
    record = run(
        job(number, Outcome.FAILED if number % 1700 == 5 else Outcome.CANCELLED)
        for number in range(5000)
    )
    page = Page(report_html(record))

    assert str(job_id(4999)) in page.text
    assert [("open" in attributes) for attributes in page.all("details")] == [True, False]
    assert "4,997 of 5,000 jobs cancelled" in page.text


def test_groups_stand_most_pressing_first_and_lists_last() -> None:
    jobs = [job(1), job(2, Outcome.PROTECTED), job(3, Outcome.UNCERTAIN), job(4, None)]
    groups = job_groups([*jobs, listed_job(5)])

    assert [group.key for group in groups] == [
        "open",
        "uncertain",
        "cancelled",
        "protected",
        "listed",
    ]
    assert all(not group.is_folded for group in groups)


@pytest.mark.parametrize(
    ("state", "badge"), [(RunState.OPEN, "Not finished"), (RunState.INTERRUPTED, "Interrupted")]
)
def test_a_run_that_is_not_finished_says_so_at_the_top(state: RunState, badge: str) -> None:
    record = run([job(1, None)], state=state, ended_by="deadline", finished_at=None, reason=None)
    text = Page(report_html(record)).text

    assert badge in text
    assert "The run ended early: deadline" in text


def test_a_long_detail_is_cut() -> None:
    html = report_html(run([job(1, Outcome.FAILED, detail="x" * 5000)]))

    assert "x" * 597 + "..." in html
    assert "x" * 598 not in html


def test_all_hostile_texts_are_shown() -> None:
    text = Page(report_html(hostile_run())).text

    for hostile in HOSTILE[:5]:
        assert hostile in text
