"""What a made-up page declares, worked out from the page alone and not by the porter."""

from __future__ import annotations

import json
import re
from itertools import combinations
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from tests.unit.porting.pages import Page, between, corpus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hostscan_automation.simulator.log import Request

# What whoever runs a ported script gives, by the documented name.
VALUES: Mapping[str, str | tuple[str, ...]] = {
    "hostScanJobId": "497f6eca-6276-4993-bfeb-53cbbbba6f08",
    "name": "a/b ?#%\u00e9{x}",
    "kind": "Not.Managed",
    "take": "5",
    "isDeleted": "true",
    "FilterColumns": ("a&b", "c d"),
    "order": "Down",
    "since": "2030-01-01T00:00:00+02:00",
}


def path_names(page: Page) -> list[str]:
    """Return the names of the placeholders in a page's path."""
    return re.findall(r"\{(\w+)\}", page.path)


def query_names(page: Page) -> list[str]:
    """Return the names of the query parameters that a page documents, in its order."""
    return [row.split("|")[1] for row in page.rows if row.split("|")[2] == "query"]


def declared(page: Page) -> dict[str, Any]:
    """Return the request that a page documents, with the values above, as the server sees it."""
    path = re.sub(r"\{(\w+)\}", lambda one: quote(str(VALUES[one[1]]), safe=""), page.path)
    pairs = [(name, VALUES[name]) for name in query_names(page)]
    body = page.body
    return {
        "method": page.method,
        "path": path,
        "query": urlencode(pairs, doseq=True, quote_via=quote),
        "content_type": None if body is None else "application/json; charset=utf-8",
        "body": None if body is None else body if body == "string" else json.loads(body),
        "accept": "application/json",
        "authorization": "bearer:access",
    }


def seen(request: Request) -> dict[str, Any]:
    """Return a request of the simulator's log in the same form.

    PowerShell gives every POST a content type, also one without a body: that says nothing.
    """
    return {
        "method": request.method,
        "path": request.path,
        "query": request.query.replace("+", "%20"),
        "content_type": None if request.body is None else request.content_type,
        "body": request.body,
        "accept": request.headers.get("accept"),
        "authorization": request.authorization,
    }


def covering() -> list[Page]:
    """Choose pages so that every two features that occur together in one occur in a chosen one."""
    chosen: list[Page] = []
    met: set[frozenset[object]] = set()
    for page in (*between(), *corpus()):
        pairs = {frozenset(pair) for pair in combinations(_features(page), 2)}
        if not pairs <= met:
            met |= pairs
            chosen.append(page)
    return chosen


def _features(page: Page) -> Iterator[object]:
    shape = (page.generation, page.content_type, page.body is not None, page.quirks)
    yield from (("shape", shape), ("method", page.method), ("path", page.path))
    yield ("body", page.body)
