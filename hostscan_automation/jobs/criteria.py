"""Turn the filter flags of a command into the same plain data that a playbook holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hostscan_automation.jobs.patterns import is_glob

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a person asked for by flags; several values of one flag mean any of them.

    Attributes:
        ids: Job ids as text.
        hosts: Names or globs, of name or DNS name.
        ips: Addresses, globs or networks.
        older_than: A duration such as `6h`, of the job's age.
        where: A clause as plain data, which holds besides the flags.
        quantifier: How many hosts of a job the flags about hosts mean: one and the same host has
            to fit all of them.
    """

    ids: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    failure_reasons: tuple[str, ...] = ()
    created_by: tuple[str, ...] = ()
    older_than: str | None = None
    where: Mapping[str, Any] | None = None
    quantifier: str = "any_host"

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked for: then every job would be meant."""
        return not self._clauses()

    def to_data(self) -> dict[str, Any]:
        """Return the clause for all of it; without any criterion that of all jobs."""
        clauses = self._clauses()
        return _together(clauses) if clauses else {"all_jobs": True}

    def _clauses(self) -> list[dict[str, Any]]:
        clauses: list[dict[str, Any]] = [
            *_clause("id", self.ids),
            *_clause("status", self.statuses),
        ]
        if on_host := [
            *_pattern_clause("name", self.hosts),
            *_address_clause(self.ips),
            *_pattern_clause("os", self.systems),
            *_clause("failure_reason", self.failure_reasons),
        ]:
            clauses.append({self.quantifier: _together(on_host)})
        if self.older_than is not None:
            clauses.append({"created": {"older_than": self.older_than}})
        clauses.extend(_pattern_clause("created_by", self.created_by))
        if self.where is not None:
            clauses.append(dict(self.where))
        return clauses


def _clause(field: str, values: Iterable[str]) -> list[dict[str, Any]]:
    return [{field: list(values)}] if values else []


def _pattern_clause(field: str, values: Iterable[str]) -> list[dict[str, Any]]:
    """Return a clause for names and globs: a name without `*`, `?` or `[` is taken as it is."""
    values = list(values)
    if any(is_glob(value) for value in values):
        return [{field: {"glob": values}}]
    return _clause(field, values)


def _address_clause(values: Iterable[str]) -> list[dict[str, Any]]:
    values = list(values)
    networks = [value for value in values if "/" in value]
    others = [value for value in values if "/" not in value]
    clauses = [*_pattern_clause("ip", others)]
    if networks:
        clauses.append({"ip": {"cidr": networks}})
    return [{"any": clauses}] if len(clauses) > 1 else clauses


def _together(clauses: list[dict[str, Any]]) -> dict[str, Any]:
    return clauses[0] if len(clauses) == 1 else {"all": clauses}
