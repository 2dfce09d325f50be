"""Texts that attack whoever reads them: a terminal, a browser, a spreadsheet, a Markdown reader.

Host names, people and texts come from the server, and reasons from a command line. Each of these
texts stands in every place of a run; then every form of it is read by what reads it in the end.
"""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from hostscan_automation.playbook.model import ReportFormat
from hostscan_automation.reports.formats import encoded, render
from hostscan_automation.simulator import JobSpec
from tests.campaign import browser
from tests.campaign.ground import ground
from tests.campaign.tally import Tally
from tests.unit.reports.samples import hostile_run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hostscan_automation.runs.record import RunRecord
    from tests.campaign.ground import Ground

_MARKS = "document.title='owned';e=document.createElement('i');e.id='owned';document.body.append(e)"
_FORMULA = re.compile(r"\s*[\"']*\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_OURS = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b\]8;[^\x1b]*\x1b\\")
_FOREIGN_COLOUR = "\x1b[31mred"
_ALLOWED_TAGS = frozenset(
    (
        *("html", "head", "meta", "title", "style", "body", "main", "header", "section", "footer"),
        *("div", "span", "p", "h1", "h2", "ul", "li", "b", "code", "a", "br", "dl", "dt", "dd"),
        *("table", "thead", "tbody", "tr", "th", "td", "details", "summary", "svg", "rect"),
    )
)
_ALLOWED_ATTRIBUTES = frozenset(
    (
        *("lang", "dir", "charset", "http-equiv", "content", "name", "class", "id", "href"),
        *("scope", "open", "role", "aria-label", "aria-labelledby", "viewbox"),
        *("preserveaspectratio", "x", "y", "width", "height"),
    )
)


def texts(address: str = "http://127.0.0.1:9") -> tuple[str, ...]:
    """Return the texts; those that load something load it from that address."""
    return (
        f"<script>{_MARKS}</script>",
        f"</script><script>{_MARKS}</script>",
        f"</style></title></textarea><script>{_MARKS}</script><!--",
        f'"><svg onload="{_MARKS}"><rect x="',
        f"' onmouseover='{_MARKS}' style='position:fixed;inset:0'",
        f"<img src=x onerror={_MARKS.replace(' ', '')}>",
        f"<body onload={_MARKS.replace(' ', '')}>",
        f"<details open ontoggle={_MARKS.replace(' ', '')}>",
        f'<iframe srcdoc="<script>parent.{_MARKS.split(";", maxsplit=1)[0]}</script>"></iframe>',
        f"<img src={address}/image><link rel=stylesheet href={address}/style>",
        f"<style>@import '{address}/import';*{{display:none}}</style>",
        f"<meta http-equiv=refresh content='0;url={address}/refresh'><base href={address}/>",
        f'<a href="javascript:{_MARKS}">here</a>',
        f"<form action={address}><input autofocus onfocus={_MARKS.replace(' ', '')}></form>",
        "&lt;script&gt;document.title='owned'&lt;/script&gt;&#60;b&#62;",
        "{{ 7 * 7 }}{% for x in y %}${7*7}<%= 7 %>",
        "+ADw-script+AD4-document.title='owned'+ADw-/script+AD4-",
        "=cmd|'/C calc'!A0",
        '=HYPERLINK("http://127.0.0.1:9/?"&A1,"x")',
        "+1+1",
        "-2+3",
        "@SUM(1+1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        " =1+1",
        '"=1+1',
        '","=1+1","',
        "lab;=1+1;@x",
        "\uff1d1+1",
        "\uff0b1",
        "\u200b=1+1",
        "[click](javascript:alert(1))",
        "![x](http://127.0.0.1:9/i.png)",
        "<http://127.0.0.1:9/> http://127.0.0.1:9/ www.example.com",
        "| `x` | **b** | ~~s~~ | # h",
        "```\n<script>x</script>\n```",
        "``` a `` b ` c",
        "\\`not code\\` \\| \\",
        "a\n\n# heading\n\n- item\n\n---",
        "\x1b[2J\x1b[31mred\x1b]0;owned\x07\x1b]8;;http://127.0.0.1:9/\x1b\\link\x1b]8;;\x1b\\",
        "\x1bP$q\x1b\\\x1b_x\x1b\\\x9b31m\x90x\x9c",
        "\x07\x08\x0b\x0c\x0e\x0f\x7f\x00",
        "line\rover\nwritten",
        "[bold red]markup[/] :boom: [link=http://127.0.0.1:9/]x[/link]",
        "\u202egpj.exe\u2066 \u2069\u200f\u061c",
        "zero\u200b\u200c\u200d\u2060\ufeffwidth",
        "lab\u00ad01 lab\ufe0f01 lab\u3164",
        "pile" + "\u0301\u0323" * 40 + "up",
        "half \ud800 \udc00 character",
        "line\u2028and\u2029paragraph\x85",
        "\U000e0041\U000e0042 tags \ufff9x\ufffa",
        "x" * 5000,
    )


class TextActsError(AssertionError):
    """What a text did that it must not do."""


def check_page(html: str, folder: Path) -> None:
    """Open a page in a browser, as it is and without its policy: no text may become anything.

    Raises:
        TextActsError: A script ran, or an element or an attribute is there that is none of ours.
    """
    path = folder / "page.html"
    for page in (html, without_policy(html)):
        path.write_bytes(page.encode())
        seen = browser.opened(path)
        if seen.ran:
            raise TextActsError(f"a planted script ran: {seen.ran}")
        for tag, attributes in seen.tags:
            strange = {one for one in attributes if one not in _ALLOWED_ATTRIBUTES}
            if tag not in _ALLOWED_TAGS or strange:
                raise TextActsError(f"the page has <{tag}> with {sorted(strange)}")
            if not (attributes.get("href") or "#").startswith("#"):
                raise TextActsError(f"the page links to {attributes['href']!r}")


def without_policy(html: str) -> str:
    """Return a page without its security policy, so that nothing but escaping holds texts back."""
    bare, count = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>\n?', "", html)
    assert count == 1
    return bare


def check_csv(text: str, rows: int | None = None) -> None:
    """Read CSV as spreadsheets do: with commas, and with semicolons.

    Raises:
        TextActsError: A cell begins a formula, or a text has left its cell.
    """
    table = list(csv.reader(io.StringIO(text, newline="")))
    if {len(row) for row in table} != {len(table[0])} or rows not in (None, len(table) - 1):
        raise TextActsError(f"{len(table) - 1} rows of { ({len(row) for row in table}) } cells")
    for delimiter in ",;\t":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            for cell in row:
                if _FORMULA.match(cell) and not cell.startswith("'"):
                    raise TextActsError(f"a cell begins a formula: {cell[:80]!r}")
    check_plain(text, allowed="\r\n")


def check_markdown(text: str) -> None:
    """Read Markdown with links and HTML switched on; texts are code and nothing else.

    Raises:
        TextActsError: A text became a link, an image, HTML, a heading, or left its table.
    """
    reader = MarkdownIt("gfm-like", {"html": True, "linkify": False})
    tokens = reader.parse(text)
    inline = [child for token in tokens for child in token.children or ()]
    kinds = {token.type for token in [*tokens, *inline]}
    active = kinds & {"html_inline", "html_block", "link_open", "image", "s_open", "fence", "hr"}
    if active:
        raise TextActsError(f"Markdown became {sorted(active)}")
    headings = [
        tokens[at + 1].content for at, one in enumerate(tokens) if one.type == "heading_open"
    ]
    if any("item" in heading for heading in headings):
        raise TextActsError(f"headings: {headings}")
    _check_tables(text)
    check_plain(text, allowed="\n")


def _check_tables(text: str) -> None:
    cells = 0
    for line in text.splitlines():
        if not line.startswith("|"):
            cells = 0
        elif cells and line.count("|") != cells:
            raise TextActsError(f"a table of {cells} bars has the line {line[:120]!r}")
        else:
            cells = line.count("|")


def check_plain(text: str, *, allowed: str = "\n") -> None:
    """Look at every character: none acts, none hides.

    Raises:
        TextActsError: One does.
    """
    for letter in set(text) - set(allowed):
        if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
            raise TextActsError(f"{letter!r} stands in it")


def check_terminal(sent: str) -> None:
    """Look at what a terminal was sent: colours and movements of ours, and nothing that acts.

    Raises:
        TextActsError: Something else was sent; or a title, a link, a clearing of the screen was.
    """
    acting = [
        found for found in _OURS.findall(sent) if found[-1] not in "mKAhlG" or "\x1b]" in found
    ]
    if _FOREIGN_COLOUR in sent:
        raise TextActsError("a colour of a text was sent")
    if acting:
        raise TextActsError(f"a terminal would obey {acting[:3]}")
    check_plain(_OURS.sub("", sent), allowed="\r\n")


def report_checks(
    record: RunRecord, jobs: int, folder: Path, *, with_page: bool = True
) -> Iterator[str]:
    """Hold every form of a report to what reads it; yield what was looked at."""
    check_csv(encoded(render(record, ReportFormat.CSV), ReportFormat.CSV).decode("utf-8-sig"), jobs)
    yield "csv"
    check_markdown(render(record, ReportFormat.MARKDOWN))
    yield "markdown"
    text = render(record, ReportFormat.JSON)
    check_plain(text)
    json.loads(text.encode("ascii"))
    yield "json"
    if with_page and browser.found():
        check_page(render(record, ReportFormat.HTML), folder)
        yield "html"


def every_form(seed: int) -> Tally:
    """Put every text into every place of a run, and read each report in what reads it."""
    tally = Tally("hostile texts, every report", runs=1)
    with tempfile.TemporaryDirectory(prefix="campaign-") as name, browser.listener() as (at, asked):
        planted = texts(at)
        tally.faults = len(planted)
        record = hostile_run(planted)
        tally.jobs = len(record.jobs)
        try:
            seen = list(report_checks(record, len(record.jobs), Path(name)))
        except TextActsError as fault:
            tally.findings.append(str(fault))
        else:
            tally.skipped = "" if "html" in seen else "no browser: the page was not opened"
        tally.expect(not asked, f"the page asked for {asked}")
    return tally


def whole_program(seed: int) -> Tally:
    """Run the program on a server whose hosts and people are hostile, and read all it says."""
    tally = Tally("hostile texts, the whole program")
    planted = [text for text in texts() if len(text) < 2000 and "\ud800" not in text]
    with ground(3, seed=seed) as field:
        for text in planted:
            field.server.add_job(JobSpec(hosts=[text, "lab-1"], created_by=text))
        tally.faults, tally.jobs = len(planted), len(planted)
        _write_playbook(field)
        for form in ("table", "json", "jsonl", "csv", "yaml"):
            _listed(field, tally, form)
        _run(field, tally)
        _check_logs(field, tally)
    return tally


def _write_playbook(field: Ground) -> None:
    text = field.playbook.read_text(encoding="utf-8")
    clause = '        - every_host: {name: {glob: "lab-*"}}\n'
    assert clause in text
    field.playbook.write_text(text.replace(clause, ""), encoding="utf-8")


def _listed(field: Ground, tally: Tally, form: str) -> None:
    ended = tally.ended(field.run("jobs", "list", "--output", form))
    tally.expect(ended.code == 0, str(ended))
    _held(
        tally, f"jobs list --output {form}", check_csv if form == "csv" else check_plain, ended.out
    )
    _held(tally, "stderr", check_plain, ended.err)


def _run(field: Ground, tally: Tally) -> None:
    """Run the playbook at a terminal, with every report, and a reason that attacks, too."""
    reports = [field.folder / f"r.{ending}" for ending in ("html", "csv", "md", "json")]
    kinds = ("html", "csv", "markdown", "json")
    flags = [f"--report={kind}:{path}" for kind, path in zip(kinds, reports, strict=True)]
    reason = "<script>document.title='owned'</script>=1+1 \x1b[2J"
    code, sent = at_a_terminal(field, "run", "--yes", "--reason", reason, *flags, field.playbook)
    tally.runs += 1
    tally.expect(code == 0, f"run ended with {code}: {sent[-600:]!r}")
    _held(tally, "the terminal", check_terminal, sent)
    checks = (_check_file_page, check_csv, check_markdown, check_plain)
    for path, check in zip(reports, checks, strict=True):
        _held(tally, path.name, check, path.read_bytes().decode("utf-8-sig"))


def _check_file_page(html: str) -> None:
    if browser.found():
        with tempfile.TemporaryDirectory() as folder:
            check_page(html, Path(folder))


def _check_logs(field: Ground, tally: Tally) -> None:
    text = field.folder / "log.txt"
    _, sent = at_a_terminal(field, "--log-file", text, "-vv", "jobs", "show", _ids(field)[-1])
    _held(tally, "the terminal", check_terminal, sent)
    for log in (text, field.folder / "log.jsonl"):
        _held(tally, f"the log {log.name}", check_plain, log.read_text(encoding="utf-8"))


def _ids(field: Ground) -> list[str]:
    listed = field.run("jobs", "list", "--output", "json").json
    return [job["id"] for job in listed["jobs"]]


def _held(tally: Tally, what: str, check: object, text: str) -> None:
    try:
        check(text)  # type: ignore[operator]
    except TextActsError as fault:
        tally.findings.append(f"{what}: {fault}")


def at_a_terminal(field: Ground, *arguments: object) -> tuple[int, str]:
    """Run the program at a terminal of its own, and return its code and all it sent there."""
    ours, its = pty.openpty()
    command = [sys.executable, "-m", "hostscan_automation", *map(str, arguments)]
    environment = {**field.environment, "TERM": "xterm-256color", "COLUMNS": "120"}
    process = subprocess.Popen(
        command, env=environment, cwd=field.folder, stdin=its, stdout=its, stderr=its
    )
    os.close(its)
    sent = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    return process.wait(60), sent.decode("utf-8", "replace")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # how Linux says that nobody writes any more
        return b""
