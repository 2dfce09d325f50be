"""The server's JSON as the values of `jobs`: tolerant of fields, strict about what is acted upon.

A field that is missing, null or of a kind that nobody expects becomes None, and what is None never
selects a job. A row without a usable id, or something that is no row, is an unreadable reply: a
list that silently lost a job would be worse than none.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from hostscan_automation.api.json_items import JsonItems
from hostscan_automation.api.replies import json_of, unreadable
from hostscan_automation.jobs.job import ScanJob, ScannedHost
from hostscan_automation.jobs.status import JobStatus, read_failure_reason, read_status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hostscan_automation.api.call import Reply

_T = TypeVar("_T")
_Plain = TypeVar("_Plain", bound=int | str | None)
_NIL = UUID(int=0)
_UNSET_YEAR = 1
_LONGEST_WORD = 80
_PLAIN = (int, str, type(None))
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,12}))?\s*(Z|[+-]\d\d:?\d\d)?",
    re.ASCII | re.IGNORECASE,
)


class _WrongShapeError(Exception):
    """A part of the reply is not what its page says."""


def read_jobs(reply: Reply, pieces: Iterator[bytes]) -> Iterator[ScanJob]:
    """Yield the jobs of a list of HostScanJobStatus while it arrives (page HostScanJob/Get)."""
    return _rows(reply, pieces, _job_of_row)


def read_hosts(reply: Reply, pieces: Iterator[bytes]) -> Iterator[ScannedHost]:
    """Yield the scanned hosts of a list of HostScanHost while it arrives (HostScanJob/GetHosts)."""
    return _rows(reply, pieces, _scanned_host)


def read_job_row(reply: Reply) -> ScanJob:
    """Return the job of a reply that is one HostScanJobStatus (page HostScanJob/ByHostId)."""
    return _shaped(reply, json_of(reply), _job_of_row)


def read_job_rows(reply: Reply) -> tuple[ScanJob, ...]:
    """Return the jobs of a whole reply (page HostScanJob/ByHostIdMultipleAsync)."""
    return tuple(read_jobs(reply, iter((reply.body,))))


def read_detail(reply: Reply) -> ScanJob:
    """Return the job of a reply that is one HostScanJob (page HostScanJob/GetJobStatus)."""
    return _shaped(reply, json_of(reply), _job_of_detail)


def read_text(reply: Reply) -> str:
    """Return a reply that is one JSON string, or plain text (Version, Health)."""
    if reply.media_type == "text/plain":
        return reply.text.strip().strip('"')
    value = json_of(reply)
    if not isinstance(value, str):
        raise unreadable(reply, "is no text")
    return _clean(value)


def _rows(
    reply: Reply, pieces: Iterator[bytes], build: Callable[[dict[str, Any]], _T]
) -> Iterator[_T]:
    for item in JsonItems(reply, pieces):
        yield _shaped(reply, item, build)


def _shaped(reply: Reply, item: Any, build: Callable[[dict[str, Any]], _T]) -> _T:
    try:
        return build(_object(item))
    except _WrongShapeError as error:
        body = json.dumps(item)[:400].encode()
        raise unreadable(replace(reply, body=body), str(error)) from None


def _job_of_row(data: dict[str, Any]) -> ScanJob:
    description = _text(data.get("statusDescription"))
    status = _status(data.get("status"), description)
    hosts = data.get("hostScanHostStatus")
    return ScanJob(
        id=_job_id(data),
        status=status,
        status_text=_status_text(status, data.get("status"), description),
        status_description=description,
        hosts=None if hosts is None else tuple(_host_of_row(host) for host in _list(hosts)),
    )


def _host_of_row(item: Any) -> ScannedHost:
    data = _object(item)
    description = _text(data.get("statusDescription"))
    return ScannedHost(
        host_scan_host_id=_uuid(data.get("hostScanHostId")),
        host_id=_uuid(data.get("hostId")),
        name=_text(data.get("name")),
        dns_name=_text(data.get("dnsHostName")),
        os=_text(data.get("os")),
        ip=_text(data.get("ipAddress")),
        version=_text(data.get("version")),
        status=_status(data.get("status"), description),
        status_description=description,
        failure_reason=_failure_reason(data),
    )


def _job_of_detail(data: dict[str, Any]) -> ScanJob:
    joins = data.get("hostScanJobHostJoin")
    hosts = None if joins is None else tuple(_host_of_join(join) for join in _list(joins))
    status = _status_of_hosts(hosts or ())
    return ScanJob(
        id=_job_id(data),
        status=status,
        status_text=_status_text(status, None, None),
        hosts=hosts,
        has_detail=True,
        created=_moment(data.get("createdDateTimeUtc")),
        modified=_moment(data.get("modifiedDateTimeUtc")),
        created_by=_text(data.get("createdByUserName")),
        created_from=_text(data.get("createdFromAddress")),
    )


def _host_of_join(item: Any) -> ScannedHost:
    join = _object(item)
    host, queue = _part(join, "hostScanHost"), _part(join, "actionQueue")
    description = _text(queue.get("statusDescription"))
    return replace(
        _scanned_host(host),
        host_scan_host_id=_uuid(join.get("hostScanHostId")) or _uuid(host.get("id")),
        status=_status(queue.get("status"), description),
        status_description=description,
        failure_reason=_failure_reason(queue),
        queued=_moment(queue.get("timeCreated")),
        started=_moment(queue.get("timeStarted")),
        heartbeat=_moment(queue.get("heartBeatDateTimeUtc")),
        finished=_moment(queue.get("timeFinished")),
    )


def _scanned_host(data: dict[str, Any]) -> ScannedHost:
    return ScannedHost(
        host_scan_host_id=_uuid(data.get("id")),
        host_id=_uuid(data.get("hostId")),
        name=_text(data.get("name")),
        dns_name=_text(data.get("dnsHostName")),
        os=_text(data.get("os")),
        ip=_text(data.get("ipAddress")),
        version=_text(data.get("version")),
    )


def _status_of_hosts(hosts: tuple[ScannedHost, ...]) -> JobStatus | None:
    """Return the job's status by its hosts: one runs, one is not done, or all say the same."""
    statuses = [host.status for host in hosts]
    if JobStatus.RUNNING in statuses:
        return JobStatus.RUNNING
    open_ones = (status for status in statuses if status is not None and not status.is_terminal)
    if (first_open := next(open_ones, None)) is not None:
        return first_open
    return statuses[0] if len(set(statuses)) == 1 else None


def _status_text(status: JobStatus | None, declared: object, description: str | None) -> str:
    if status is not None:
        return status.value
    said = _clean(str(declared))[:_LONGEST_WORD] if isinstance(declared, (str, int)) else ""
    if said and description:
        return f"{said} ({description})"
    return said or description or "unknown"


def _status(value: object, description: str | None) -> JobStatus | None:
    if not isinstance(value, _PLAIN):
        return None
    return _known_status(_word(value), _word(description))


def _word(value: _Plain) -> _Plain | None:
    # what is longer than any word names nothing, and must not be kept by the thousand
    return None if isinstance(value, str) and len(value) > _LONGEST_WORD else value


@lru_cache(1024, typed=True)
def _known_status(value: int | str | None, description: str | None) -> JobStatus | None:
    # a list of a million jobs has a dozen different pairs
    return read_status(value, description)


def _failure_reason(data: dict[str, Any]) -> str | None:
    value = data.get("failureReason")
    if isinstance(value, str) and len(value) > _LONGEST_WORD:
        return _text(value)
    return _known_reason(value) if isinstance(value, _PLAIN) else None


@lru_cache(1024, typed=True)
def _known_reason(value: int | str | None) -> str | None:
    return _text(read_failure_reason(value))


def _job_id(data: dict[str, Any]) -> UUID:
    job_id = _uuid(data.get("id"))
    if job_id is None:
        raise _WrongShapeError("holds a job without a usable id")
    return job_id


def _object(item: Any) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise _WrongShapeError("holds something else where an object is documented")
    return item


def _list(item: Any) -> list[Any]:
    if not isinstance(item, list):
        raise _WrongShapeError("holds something else where a list is documented")
    return item


def _part(data: dict[str, Any], name: str) -> dict[str, Any]:
    value = data.get(name)
    return {} if value is None else _object(value)


def _uuid(value: object) -> UUID | None:
    if not isinstance(value, str):
        return None
    try:
        uuid = UUID(value)
    except ValueError:
        return None
    return None if uuid == _NIL else uuid


def _text(value: object) -> str | None:
    """Return a text; None for an empty one: a name that is empty is a name nobody knows."""
    if not isinstance(value, str) or not value.strip():
        return None
    return value if value.isascii() else _clean(value)


def _clean(value: str) -> str:
    # half a surrogate pair is legal in JSON and can be written nowhere
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _moment(value: object) -> datetime | None:
    """Return a time of the server, aware, UTC; it may lack its zone, which is UTC then."""
    match = _MOMENT.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    date, time, fraction, zone = match.groups()
    text = f"{date}T{time}.{(fraction or '0')[:6]:0<6}{(zone or 'Z').upper()}"
    try:
        moment = datetime.fromisoformat(text)
        return None if moment.year == _UNSET_YEAR else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
