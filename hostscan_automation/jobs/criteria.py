"""Turn what was asked for by flags or parameters into a filter: the same language, in short."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hostscan_automation.jobs.filters import Filter, compile_filter
from hostscan_automation.jobs.patterns import is_glob

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Clauses = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Criteria:
    """What was asked for; all of it has to hold, and several values of one kind mean any of them.

    Attributes:
        ids: Job ids as text.
        hosts: Names or globs, of a host's name or DNS name.
        ips: Addresses, globs or networks.
        systems: Operating systems, as they are or as globs.
        created_by: Accounts, as they are or as globs.
        older_than: The age of the job, such as `6h`.
        where: Filters that hold besides.
        quantifier: How many hosts of a job `hosts`, `ips`, `systems` and `failure_reasons` speak
            of: each of those hosts has to fit all four.
    """

    ids: Sequence[str] = ()
    statuses: Sequence[str] = ()
    hosts: Sequence[str] = ()
    ips: Sequence[str] = ()
    systems: Sequence[str] = ()
    failure_reasons: Sequence[str] = ()
    created_by: Sequence[str] = ()
    older_than: str | None = None
    where: Sequence[Filter] = ()
    quantifier: str = "any_host"

    def to_filter(self, labels: Mapping[str, str] | None = None) -> Filter | None:
        """Return the filter for all of it, or None where nothing was asked for.

        Args:
            labels: What a person calls each attribute, such as `--status` for `statuses`.

        Raises:
            FilterError: A value is wrong; the message begins with its label.
        """
        labels = labels or {}
        for name, clause in self._each():
            compile_filter(clause, source=labels.get(name, name))
        clauses: Clauses = [
            *_values("id", self.ids),
            *_values("status", self.statuses),
            *self._on_hosts(),
            *_patterns("created_by", self.created_by),
            *self._age(),
            *(one.to_data() for one in self.where),
        ]
        return compile_filter(_together(clauses)) if clauses else None

    def _each(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield each criterion by itself, so that a fault can be told under its own name."""
        asked: dict[str, Clauses] = {
            "ids": _values("id", self.ids),
            "statuses": _values("status", self.statuses),
            "hosts": self._of_host(_patterns("name", self.hosts)),
            "ips": self._of_host(_addresses(self.ips)),
            "systems": self._of_host(_patterns("os", self.systems)),
            "failure_reasons": self._of_host(_values("failure_reason", self.failure_reasons)),
            "created_by": _patterns("created_by", self.created_by),
            "older_than": self._age(),
        }
        for name, clauses in asked.items():
            for clause in clauses:
                yield name, clause

    def _on_hosts(self) -> Clauses:
        return self._of_host(
            [
                *_patterns("name", self.hosts),
                *_addresses(self.ips),
                *_patterns("os", self.systems),
                *_values("failure_reason", self.failure_reasons),
            ]
        )

    def _of_host(self, clauses: Clauses) -> Clauses:
        return [{self.quantifier: _together(clauses)}] if clauses else []

    def _age(self) -> Clauses:
        return [] if self.older_than is None else [{"created": {"older_than": self.older_than}}]


def _values(field: str, values: Sequence[str]) -> Clauses:
    return [{field: list(values)}] if values else []


def _patterns(field: str, values: Sequence[str]) -> Clauses:
    """Return a clause for names and globs; names without `*`, `?` or `[` are taken as they are."""
    if any(is_glob(value) for value in values):
        return [{field: {"glob": list(values)}}]
    return _values(field, values)


def _addresses(values: Sequence[str]) -> Clauses:
    networks = [value for value in values if "/" in value]
    clauses = _patterns("ip", [value for value in values if "/" not in value])
    if networks:
        clauses.append({"ip": {"cidr": networks}})
    return [{"any": clauses}] if len(clauses) > 1 else clauses


def _together(clauses: Clauses) -> dict[str, Any]:
    return clauses[0] if len(clauses) == 1 else {"all": clauses}
