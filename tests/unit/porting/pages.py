"""Pages of the three published generations, made up here: the shapes are theirs, the words ours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVER = "https://scan.example:6500"
JOB_PATH = "/api/v1/HostScanJob/{hostScanJobId}"

BODIES = {
    "object": '{\n  "name": "lab",\n  "count": -1,\n  "nested": {"flags": [true, false, null]}\n}',
    "objects": '[\n  {\n    "name": "caf\u00e9 \u2019\U0001f600",\n    "size": 1.5e3\n  }\n]',
    "strings": '[\n  "497f6eca-6276-4993-bfeb-53cbbbba6f08"\n]',
    "number": "-1",
    "word": "string",
}
ROWS = {
    "hostScanJobId": "|hostScanJobId|path|string(uuid)|true|none|",
    "name": "|name|path|string|true|a \\| b|",
    "take": "|take|query|integer(int32)|false|how many|",
    "isDeleted": "|isDeleted|query|boolean|false|none|",
    "FilterColumns": "|FilterColumns|query|array[string]|false|none|",
    "since": "|since|query|string(date-time)|false|none|",
    "kind": "|kind|path|[Some.Kind](../some.kind.md)|true|none|",
    "order": "|order|query|[Some.Order](../some.order.md)|true|none|",
    "body": "|body|body|[Some.Model](../some.model.md)|false|none|",
}


@dataclass(frozen=True)
class Page:
    """One made-up page.

    Attributes:
        content_type: Of the last call, "" for none.
        quote: Of the here-string around the body.
        values: Rows of the table of enumerated values.
        title: The heading.
        quirks: What revisions between the generations have: `unclosed`, `doubled type`,
            `other server`, `old address`.
    """

    generation: str
    method: str = "DELETE"
    path: str = JOB_PATH
    body: str | None = None
    content_type: str = ""
    rows: tuple[str, ...] = ()
    quote: str = '"'
    values: tuple[str, ...] = ()
    title: str = "Do something"
    quirks: frozenset[str] = frozenset()

    @property
    def script(self) -> str:
        """The example alone."""
        return "\n".join(self._lines()) + "\n"

    @property
    def text(self) -> str:
        """The whole page; the examples of generation C are folded away."""
        fence = f"```powershell\n{self.script}```\n"
        if self.generation == "C":
            fence = f"<details><summary>PowerShell</summary>\n\n\n{fence}\n\n</details>\n"
        table = "\n".join(
            ("|Name|In|Type|Required|Description|", "|---|---|---|---|---|", *self.rows)
        )
        before = f"```shell\ncurl -X {self.method} {self.path}\n```\n"
        after = "```json\n|no|query|string|false|a table in a fence is none|\n```\n"
        return (
            f"\n## {self.title}\n\n> Samples\n\n{before}\n{fence}\n"
            f"`{self.method} {self.path}`\n\n<h3>Parameters</h3>\n\n{table}\n\n"
            f"{self._values}{after}"
        )

    @property
    def _values(self) -> str:
        if not self.values:
            return ""
        rows = "\n".join(("|Parameter|Value|", "|---|---|", *self.values))
        return f"#### Enumerated Values\n\n{rows}\n\n"

    def _lines(self) -> Iterator[str]:
        yield "# An example"
        if self.body is not None:
            yield from (f"$JsonBody = @{self.quote}", *self.body.split("\n"), f"{self.quote}@")
        yield ""
        if self.generation != "A":
            name = "$Host" if "other server" in self.quirks else self._server
            yield f'{name} = "{SERVER}"'
            yield ""
        yield from ("$Login = @{", '    Login = "User"', '    Password = "s3cret-word"', "}")
        if self.generation != "A":
            yield "# Cookies"
            yield "$WebSession = New-Object Microsoft.PowerShell.Commands.WebRequestSession"
        yield self._first_step()
        yield self._second_step()
        yield from ("", "$Headers = @{", *([""] if self.generation != "C" else []))
        yield from ('    Authorization = "Bearer $Token"', "}")
        yield self._call()

    @property
    def _server(self) -> str:
        return "$Host" if self.generation == "B" else "$NPSUrl"

    @property
    def _address(self) -> str:
        is_new = self.generation == "C" and "old address" not in self.quirks
        return "-Uri" if is_new else "-Url"

    @property
    def _session(self) -> str:
        names = {"A": "", "B": " -WebRequestSession $WebSession", "C": " -WebSession $WebSession"}
        return names[self.generation]

    @property
    def _sign_in_type(self) -> str:
        return ' -ContentType "application/json"' if self.generation == "C" else ""

    def _url(self, path: str) -> str:
        return path if self.generation == "A" else f'"$({self._server}){path}"'

    def _first_step(self) -> str:
        return (
            f"$Token = Invoke-RestMethod {self._address} {self._url('/signinBody')} -Method POST"
            f" -Body (ConvertTo-Json $Login){self._session}{self._sign_in_type}"
        )

    def _second_step(self) -> str:
        path, equals = ("/signin2fa", " =") if self.generation == "C" else ("/sigin2fa", ":")
        return (
            f"$Token = Invoke-RestMethod {self._address} {self._url(path)} -Method Post"
            f' -Body $MfaCode -Headers @{{Authorization{equals} "Bearer $Token"}}'
            f"{self._session}{self._sign_in_type}"
        )

    def _call(self) -> str:
        url = self._url(self.path)
        type_ = f' -ContentType "{self.content_type}"' if self.content_type else ""
        start = f"Invoke-RestMethod -Method {self.method} {self._address}"
        if self.body is None:
            # generation B forgot this quote
            is_unclosed = self.generation == "B" or "unclosed" in self.quirks
            url = url.rstrip('"') if is_unclosed else url
            return f"{start} {url} -Headers $Headers{type_}"
        if self.generation == "C":
            doubled = type_ if "doubled type" in self.quirks else ""
            return f"{start} {url}{doubled} -Body $JsonBody -Headers $Headers{type_}"
        return f"{start} {url}{type_} -Body $JsonBody -Headers $Headers"


def skeletons() -> Iterator[Page]:
    """Give the seven published skeletons."""
    json, patch = "application/json", "application/json-patch+json"
    body = BODIES["object"]
    yield Page("A")
    yield Page("A", body=body, content_type=patch)
    yield Page("B")
    yield Page("B", body=body, content_type=patch)
    yield Page("B", body=body, content_type=json)
    yield Page("C", content_type=json)
    yield Page("C", body=body, content_type=json)


def between() -> Iterator[Page]:
    """Give the shapes of the revisions between the generations B and C."""
    json = "application/json"
    for quirks in ({"other server"}, {"old address"}, set()):
        yield Page("C", content_type=json, quirks=frozenset(quirks | {"unclosed"}))
        body = BODIES["strings"]
        changed = frozenset(quirks | {"doubled type"})
        yield Page("C", "PUT", body=body, content_type=json, quirks=changed)


def corpus() -> Iterator[Page]:
    """Give skeletons x verbs x paths x bodies, as far as they make sense together."""
    paths = {
        "/api/v1/AccessControlPolicy": ("take", "isDeleted", "FilterColumns"),
        JOB_PATH: ("hostScanJobId",),
        "/api/v1/Thing/{hostScanJobId}/Part/{name}": ("hostScanJobId", "name", "take"),
        "/api/v1/Thing/{kind}/All": ("kind", "order", "since"),
    }
    values = ("|kind|Managed|", "|kind|Not.Managed|", "|order|Up|", "|order|Down|")
    for page, method, (path, rows) in product(
        skeletons(), ("GET", "PUT", "POST", "DELETE"), paths.items()
    ):
        if page.body is not None and method == "GET":
            continue
        for body in BODIES.values() if page.body is not None else (None,):
            names = rows if body is None else (*rows, "body")
            table = tuple(ROWS[name] for name in names)
            yield replace(
                page,
                method=method,
                path=path,
                body=body,
                rows=table,
                values=values if "kind" in rows else (),
            )
