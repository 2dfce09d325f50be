"""The table of the documented endpoints this program calls, each with its effect."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class Effect(Enum):
    """What a request does to the server; the HTTP verb does not tell.

    READ may be sent again. A cancel only as the run's rules say. Any other CHANGE never once it
    may have left this machine.
    """

    READ = "read"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One documented call.

    Attributes:
        template: Path with `{placeholders}`; every placeholder is filled with a UUID.
        page: The vendor's page that documents it.
    """

    method: str
    template: str
    effect: Effect
    page: str

    def path(self, **ids: object) -> str:
        """Return the path with its placeholders filled."""
        return self.template.format(**ids)


_JOBS = "/api/v1/HostScanJob"

SIGN_IN = Endpoint("POST", "/signinBody", Effect.CHANGE, "HostScanJob/CancelJob")
SIGN_IN_2FA = Endpoint("POST", "/signin2fa", Effect.CHANGE, "HostScanJob/CancelJob")
SIGN_IN_2FA_OLD = Endpoint("POST", "/sigin2fa", Effect.CHANGE, "HostScanJob/CancelJob, older")
USER_TOKEN = Endpoint("GET", "/api/v1/UserToken", Effect.READ, "UserToken/Get")

LIST_JOBS = Endpoint("GET", _JOBS, Effect.READ, "HostScanJob/Get")
JOB_DETAIL = Endpoint("GET", f"{_JOBS}/{{job_id}}", Effect.READ, "HostScanJob/GetJobStatus")
JOB_OF_HOST = Endpoint(
    "GET", f"{_JOBS}/ByHostId/{{host_id}}", Effect.READ, "HostScanJob/GetJobStatusForHost"
)
SCANNED_HOSTS = Endpoint("GET", f"{_JOBS}/Host", Effect.READ, "HostScanJob/GetHosts")
SCANNED_USERS = Endpoint("GET", f"{_JOBS}/User", Effect.READ, "HostScanJob/GetUsers")
VERSION = Endpoint("GET", "/api/v1/Version", Effect.READ, "Version/Get")
HEALTH = Endpoint("GET", "/api/v1/Health", Effect.READ, "Health/Get")

CANCEL_JOB = Endpoint("DELETE", f"{_JOBS}/{{job_id}}", Effect.CHANGE, "HostScanJob/CancelJob")
CREATE_JOB = Endpoint("POST", _JOBS, Effect.CHANGE, "HostScanJob/PostListOfIdsAsync")
SCHEDULE_HOST = Endpoint(
    "POST", f"{_JOBS}/ByHostId/{{host_id}}", Effect.CHANGE, "HostScanJob/ByHostId"
)
SCHEDULE_HOSTS = Endpoint(
    "POST", f"{_JOBS}/ByHostIdMultiple", Effect.CHANGE, "HostScanJob/ByHostIdMultipleAsync"
)
SCAN_RESOURCE = Endpoint(
    "POST", f"{_JOBS}/{{managed_resource_id}}", Effect.CHANGE, "HostScanJob/PostIdAsync"
)
STOP_HOST = Endpoint(
    "GET",
    f"{_JOBS}/Host/{{host_scan_host_id}}/Stop",
    Effect.CHANGE,
    "HostScanJob/StopHostScanJobAsync",
)
START_HOST = Endpoint(
    "GET",
    f"{_JOBS}/Host/{{host_scan_host_id}}/Start",
    Effect.CHANGE,
    "HostScanJob/StartHostScanJobAsync",
)

ALL = (
    SIGN_IN,
    SIGN_IN_2FA,
    SIGN_IN_2FA_OLD,
    USER_TOKEN,
    LIST_JOBS,
    JOB_DETAIL,
    JOB_OF_HOST,
    SCANNED_HOSTS,
    SCANNED_USERS,
    VERSION,
    HEALTH,
    CANCEL_JOB,
    CREATE_JOB,
    SCHEDULE_HOST,
    SCHEDULE_HOSTS,
    SCAN_RESOURCE,
    STOP_HOST,
    START_HOST,
)

_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def endpoint_of(method: str, path: str) -> Endpoint | None:
    """Return the documented call that a method and a path are, or None for any other."""
    for endpoint in ALL:
        pattern = re.sub(r"\{\w+\}", lambda _: _UUID, endpoint.template)
        if endpoint.method == method and re.fullmatch(pattern, path, re.IGNORECASE):
            return endpoint
    return None


def effect_of(method: str, path: str) -> Effect:
    """Return what a call does to the server; one that nobody knows may change something."""
    endpoint = endpoint_of(method, path)
    return Effect.CHANGE if endpoint is None else endpoint.effect
