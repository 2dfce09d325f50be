"""Hostile texts in every form; and proof that each check finds what it looks for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from hostscan_automation.cli.render_run import show_run
from hostscan_automation.playbook.model import ReportFormat
from hostscan_automation.reports import markdown, page, spreadsheet
from hostscan_automation.reports.formats import render
from tests.campaign import browser, hostile_text
from tests.campaign.hostile_text import TextActsError
from tests.unit.cli.screens import on_terminal
from tests.unit.reports.samples import hostile_run

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = hostile_text.texts()
needs_browser = pytest.mark.skipif(browser.found() is None, reason="no chromium on PATH")


def as_it_is(text: str) -> str:
    return text


def test_no_text_acts_in_any_report(tmp_path: Path) -> None:
    record = hostile_run(TEXTS)
    seen = list(hostile_text.report_checks(record, len(record.jobs), tmp_path, with_page=False))
    assert seen == ["csv", "markdown", "json"]


def test_no_text_acts_in_a_terminal() -> None:
    record = hostile_run(TEXTS)
    paper = on_terminal(lambda screen: show_run(screen, record))
    hostile_text.check_terminal(paper.raw_text)


@needs_browser
def test_no_text_runs_in_a_browser_and_none_loads_anything(tmp_path: Path) -> None:
    with browser.listener() as (address, asked):
        record = hostile_run(hostile_text.texts(address))
        hostile_text.check_page(render(record, ReportFormat.HTML), tmp_path)
        seen = browser.opened(tmp_path / "page.html")
    assert asked == []
    assert len([tag for tag, _ in seen.tags if tag == "tr"]) > len(record.jobs)


@needs_browser
def test_a_page_that_does_not_escape_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    escaping = page._environment
    monkeypatch.setattr(page, "_environment", lambda: escaping().overlay(autoescape=False))
    with browser.listener() as (address, asked):
        html = render(hostile_run(hostile_text.texts(address)[:1]), ReportFormat.HTML)
        bare = tmp_path / "bare.html"
        bare.write_text(hostile_text.without_policy(html), encoding="utf-8")
        assert "title" in browser.opened(bare).ran
        bare.write_text(f"<img src={address}/image>", encoding="utf-8")
        browser.opened(bare)
    assert asked == ["/image"]

    kept = tmp_path / "kept.html"
    kept.write_text(html, encoding="utf-8")
    assert browser.opened(kept).ran == []  # the policy holds where the escaping fails
    with pytest.raises(TextActsError, match=r"the page has <script> with|a planted script ran"):
        hostile_text.check_page(html, tmp_path)


@pytest.mark.parametrize("text", ["=1+1", " =1", '"@x', "\uff1d1", "lab;=1+1", "\t=1", "a\x1b[2J"])
def test_a_cell_that_acts_is_found_out(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "defused", as_it_is)
    with pytest.raises(TextActsError):
        hostile_text.check_csv(render(hostile_run([text]), ReportFormat.CSV))


@pytest.mark.parametrize(
    "text",
    [
        "a`<b>x</b>`c",
        "a` [x](http://127.0.0.1:9/) `b",
        "a` ![x](y) `b",
        "a|b",
        "a\n\n# item\n",
        "\u202e",
    ],
)
def test_markdown_that_acts_is_found_out(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "code", lambda text: f"`{text}`" if text else "")
    with pytest.raises(TextActsError):
        hostile_text.check_markdown(render(hostile_run([text]), ReportFormat.MARKDOWN))


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[2J",
        "\x1b]0;x\x07",
        "\x1b]8;;http://x\x1b\\x",
        "\x1b[31mred",
        "\x9b31m",
        "\u202e",
        "\0",
    ],
)
def test_a_terminal_that_is_made_to_act_is_found_out(text: str) -> None:
    with pytest.raises(TextActsError):
        hostile_text.check_terminal(f"\x1b[1mRun\x1b[0m {text}\n")


def test_colours_of_ours_are_no_fault() -> None:
    paper = on_terminal(lambda screen: screen.line("Done", "good"))
    assert "\x1b[32m" in paper.raw_text
    hostile_text.check_terminal(paper.raw_text)


def test_json_is_ascii_and_holds_every_text(tmp_path: Path) -> None:
    report = json.loads(render(hostile_run(TEXTS), ReportFormat.JSON).encode("ascii"))
    hosts = [job["hosts"][0] for job in report["jobs"]]
    assert hosts[: len(TEXTS)] == [
        text.replace("\ud800", r"\ud800").replace("\udc00", r"\udc00") for text in TEXTS
    ]
