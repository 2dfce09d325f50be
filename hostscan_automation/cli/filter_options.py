"""The filter flags of `jobs list` and `jobs cancel`: shorthands for the language of playbooks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from hostscan_automation.cli.options import stacked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hostscan_automation.jobs.filters import Filter

_PATTERN_SIGNS = frozenset("*?[")

filter_options = stacked(
    click.option(
        "--status", multiple=True, metavar="NAME", help="In this status; several are any of them."
    ),
    click.option("--host", multiple=True, metavar="GLOB", help="With a host of this name."),
    click.option("--ip", multiple=True, metavar="NETWORK", help="With a host of this address."),
    click.option("--os", multiple=True, metavar="GLOB", help="With a host of this system."),
    click.option(
        "--failure-reason", multiple=True, metavar="NAME", help="With a host that failed for this."
    ),
    click.option("--created-by", multiple=True, metavar="GLOB", help="Made by this account."),
    click.option("--older-than", metavar="AGE", help="Made longer ago than this: 90m, 6h, 2d."),
    click.option(
        "--where", multiple=True, metavar="CLAUSE", help="Any clause of the filter language (YAML)."
    ),
)


@dataclass(frozen=True, slots=True)
class FilterFlags:
    """What the filter flags were given; all of them must hold."""

    status: tuple[str, ...] = ()
    host: tuple[str, ...] = ()
    ip: tuple[str, ...] = ()
    os: tuple[str, ...] = ()
    failure_reason: tuple[str, ...] = ()
    created_by: tuple[str, ...] = ()
    older_than: str | None = None
    where: tuple[str, ...] = ()

    def read(self, quantifier: str) -> Filter | None:
        """Return the filter that the flags make up, or None where none was given.

        Args:
            quantifier: How many of a job's hosts the host flags speak of: `any_host`,
                `every_host`.

        Raises:
            FilterError: A flag is wrong; the message names it.
        """
        from hostscan_automation.jobs.filters import compile_filter

        clauses = list(self._clauses(quantifier))
        return compile_filter({"all": clauses}, source="filter") if clauses else None

    def _clauses(self, quantifier: str) -> Iterator[dict[str, Any]]:
        from hostscan_automation.jobs.filters import compile_filter
        from hostscan_automation.playbook.loading import load_filter_text

        # each on its own first, so that a fault is told under the name of its flag
        for flag, clause in self._simple():
            yield compile_filter(clause, source=flag).to_data()
        host: dict[str, Any] = {}
        for flag, part in self._of_host():
            compile_filter({quantifier: part}, source=flag)
            host |= part
        if host:
            yield {quantifier: host}
        for text in self.where:
            yield load_filter_text(text).to_data()

    def _simple(self) -> Iterator[tuple[str, dict[str, Any]]]:
        if self.status:
            yield "--status", {"status": _words(self.status)}
        if self.created_by:
            yield "--created-by", {"created_by": _pattern(self.created_by)}
        if self.older_than is not None:
            yield "--older-than", {"created": {"older_than": self.older_than}}

    def _of_host(self) -> Iterator[tuple[str, dict[str, Any]]]:
        if self.host:
            yield "--host", {"name": _pattern(self.host)}
        if self.ip:
            yield "--ip", {"ip": _networks(self.ip)}
        if self.os:
            yield "--os", {"os": _pattern(self.os)}
        if self.failure_reason:
            yield "--failure-reason", {"failure_reason": _words(self.failure_reason)}


def _words(values: tuple[str, ...]) -> list[str]:
    """Return single words: `Queued,Pending` is two of them."""
    return [word.strip() for value in values for word in value.split(",")]


def _pattern(values: tuple[str, ...]) -> Any:
    has_signs = any(_PATTERN_SIGNS & set(value) for value in values)
    return {"glob": list(values)} if has_signs else list(values)


def _networks(values: tuple[str, ...]) -> Any:
    if not any("/" in value for value in values):
        return _pattern(values)
    whole = {value: "/128" if ":" in value else "/32" for value in values if "/" not in value}
    return {"cidr": [f"{value}{whole.get(value, '')}" for value in values]}
