"""The filter flags of `jobs list` and `jobs cancel`: shorthands for the language of playbooks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from hostscan_automation.cli.options import stacked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from hostscan_automation.jobs.filters import Filter

_LABELS = {
    "ids": "ID",
    "statuses": "--status",
    "hosts": "--host",
    "ips": "--ip",
    "systems": "--os",
    "failure_reasons": "--failure-reason",
    "created_by": "--created-by",
    "older_than": "--older-than",
}

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
    """What the filter flags were given; all of them must hold.

    Attributes:
        any_host: Whether one host of a job that fits is enough, or every host must.
    """

    status: tuple[str, ...] = ()
    host: tuple[str, ...] = ()
    ip: tuple[str, ...] = ()
    os: tuple[str, ...] = ()
    failure_reason: tuple[str, ...] = ()
    created_by: tuple[str, ...] = ()
    older_than: str | None = None
    where: tuple[str, ...] = ()
    any_host: bool = False

    def read(self, job_ids: Sequence[UUID] = ()) -> Filter | None:
        """Return the filter that ids and flags make up, or None where nothing was given.

        Raises:
            FilterError: A flag is wrong; the message names it.
        """
        from hostscan_automation.jobs.criteria import Criteria
        from hostscan_automation.playbook.loading import load_filter_text

        criteria = Criteria(
            ids=[str(job_id) for job_id in job_ids],
            statuses=_words(self.status),
            hosts=self.host,
            ips=self.ip,
            systems=self.os,
            failure_reasons=_words(self.failure_reason),
            created_by=self.created_by,
            older_than=self.older_than,
            where=[load_filter_text(text) for text in self.where],
            quantifier="any_host" if self.any_host else "every_host",
        )
        return criteria.to_filter(_LABELS)


def _words(values: tuple[str, ...]) -> list[str]:
    """Return single words: `Queued,Pending` is two of them."""
    return [word.strip() for value in values for word in value.split(",")]
