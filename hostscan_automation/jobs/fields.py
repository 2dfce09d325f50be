"""The catalogue of fields: what a filter can ask of a job and of a host in it.

One table for each; the filter language, its documentation, the JSON Schema and the suggestions for
misspelt names are all made from them. A getter returns None for what is missing, and `UNREADABLE`
for what is there and makes no sense: both leave a clause undecided.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, Any, Final

from hostscan_automation.jobs.status import FAILURE_REASONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from hostscan_automation.jobs.job import ScanJob, ScannedHost


class FieldType(StrEnum):
    """What kind of value a field holds: it decides which operators the field knows.

    Attributes:
        TEXT: Words, compared without case.
        STATUS: One of `JobStatus`.
        REASON: One of the documented failure reasons.
        ADDRESS: An IPv4 or IPv6 address.
        NUMBER: A whole number.
        TIME: A moment, or the span in which it surely lies.
        ID: A UUID.
    """

    TEXT = "text"
    STATUS = "status"
    REASON = "failure reason"
    ADDRESS = "address"
    NUMBER = "number"
    TIME = "time"
    ID = "id"


class Cost(StrEnum):
    """Where a field stands: in the one list of all jobs, or in the detail of each job."""

    LIST = "list"
    DETAIL = "detail"


class _Unreadable:
    """The value is there, and nobody can tell what it means."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "(unreadable)"


UNREADABLE: Final = _Unreadable()


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a filter can ask.

    Attributes:
        read: Returns the value, None or `UNREADABLE`; of a time, a tuple of all times it is made
            of (None for a missing one), or None where there is nothing to make it of.
        describes: For people, a phrase.
        or_else: Of a host's name alone: the second name, which counts as much as the first.
        takes: Of a time alone: which of several it is, `min` or `max`.
    """

    name: str
    type: FieldType
    cost: Cost
    describes: str
    read: Callable[[Any], Any]
    or_else: Callable[[Any], Any] | None = None
    takes: Callable[[list[datetime]], datetime] = min

    @property
    def needs_detail(self) -> bool:
        """Whether it is known only after the detail of the job was read."""
        return self.cost is Cost.DETAIL


def text_of(value: str | None) -> str | None:
    """Return a text, or None for one that holds nothing."""
    return value if value is not None and value.strip() else None


@lru_cache(maxsize=8192)
def address_of(text: str | None) -> IPv4Address | IPv6Address | _Unreadable | None:
    """Return the address that a text names; an IPv4 address in IPv6 clothes is the IPv4 address."""
    if text is None or not text.strip():
        return None
    try:
        address = ip_address(text.strip())
    except ValueError:
        return UNREADABLE
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or IPv6Address(int(address))
    return address


def _reason(host: ScannedHost) -> object:
    reason = host.failure_reason
    return UNREADABLE if reason and reason not in FAILURE_REASONS else reason or None


def _host_times(name: str) -> Callable[[ScanJob], object]:
    def read(job: ScanJob) -> object:
        return tuple(getattr(host, name) for host in job.hosts) if job.hosts else None

    return read


def _only(name: str) -> Callable[[Any], object]:
    def read(subject: Any) -> object:
        return (getattr(subject, name),)

    return read


def _text(name: str) -> Callable[[Any], str | None]:
    def read(subject: Any) -> str | None:
        return text_of(getattr(subject, name))

    return read


def _by_name(*fields: Field) -> Mapping[str, Field]:
    return {field.name: field for field in fields}


_LIST, _DETAIL = Cost.LIST, Cost.DETAIL

JOB_FIELDS: Final = _by_name(
    Field("id", FieldType.ID, _LIST, "the id of the job", lambda job: job.id),
    Field("status", FieldType.STATUS, _LIST, "the status of the job", lambda job: job.status),
    Field(
        "status_description",
        FieldType.TEXT,
        _LIST,
        "the server's words for the status",
        _text("status_description"),
    ),
    Field(
        "host_count",
        FieldType.NUMBER,
        _LIST,
        "how many hosts the job scans",
        lambda job: None if job.hosts is None else len(job.hosts),
    ),
    Field("created", FieldType.TIME, _DETAIL, "when the job was made", _only("created")),
    Field("modified", FieldType.TIME, _DETAIL, "when the job was last changed", _only("modified")),
    Field("created_by", FieldType.TEXT, _DETAIL, "who made the job", _text("created_by")),
    Field(
        "created_from",
        FieldType.ADDRESS,
        _DETAIL,
        "the IP address from which the job was made",
        lambda job: address_of(job.created_from),
    ),
    Field(
        "started",
        FieldType.TIME,
        _DETAIL,
        "when the first of its hosts started",
        _host_times("started"),
    ),
    Field(
        "heartbeat",
        FieldType.TIME,
        _DETAIL,
        "the latest sign of life of all its hosts",
        _host_times("heartbeat"),
        takes=max,
    ),
    Field(
        "finished",
        FieldType.TIME,
        _DETAIL,
        "when the last of its hosts finished",
        _host_times("finished"),
        takes=max,
    ),
)
"""What stands directly in a clause, about the job as a whole."""

HOST_FIELDS: Final = _by_name(
    Field(
        "name",
        FieldType.TEXT,
        _LIST,
        "the name or the DNS name of the host, whichever fits",
        _text("name"),
        or_else=_text("dns_name"),
    ),
    Field("dns_name", FieldType.TEXT, _LIST, "the DNS name of the host", _text("dns_name")),
    Field("os", FieldType.TEXT, _LIST, "the operating system of the host", _text("os")),
    Field(
        "ip",
        FieldType.ADDRESS,
        _LIST,
        "the IP address of the host",
        lambda host: address_of(host.ip),
    ),
    Field(
        "version", FieldType.TEXT, _LIST, "the version of its operating system", _text("version")
    ),
    Field(
        "status", FieldType.STATUS, _LIST, "the status of this one host", lambda host: host.status
    ),
    Field(
        "status_description",
        FieldType.TEXT,
        _LIST,
        "the server's words for the status of this host",
        _text("status_description"),
    ),
    Field("failure_reason", FieldType.REASON, _LIST, "why the scan of this host failed", _reason),
    Field("host_id", FieldType.ID, _LIST, "the id of the host", lambda host: host.host_id),
    Field(
        "host_scan_host_id",
        FieldType.ID,
        _LIST,
        "the id of the host in the scan tables",
        lambda host: host.host_scan_host_id,
    ),
    Field("queued", FieldType.TIME, _DETAIL, "when this host was queued", _only("queued")),
    Field("started", FieldType.TIME, _DETAIL, "when this host started", _only("started")),
    Field("heartbeat", FieldType.TIME, _DETAIL, "its latest sign of life", _only("heartbeat")),
    Field("finished", FieldType.TIME, _DETAIL, "when this host finished", _only("finished")),
)
"""What stands inside `every_host`, `any_host` and `no_host`, about one host of the job."""
