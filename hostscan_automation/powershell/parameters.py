"""The parameters of every method, checked at the door: unknown names and wrong types are refused.

Names are lower camel on the wire. Every id is a UUID and never the empty one, so that no text of a
caller can become part of a path.
"""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    SecretStr,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
)
from pydantic.alias_generators import to_camel


def _not_empty(value: UUID) -> UUID:
    if value.int == 0:
        raise ValueError("the empty id names nothing")
    return value


def _can_be_a_path(value: str) -> str:
    if "\0" in value:
        raise ValueError("no path holds a NUL character")
    return value


FilePath = Annotated[StrictStr, AfterValidator(_can_be_a_path)]
Id = Annotated[UUID, AfterValidator(_not_empty)]
Count = Annotated[StrictInt, Field(ge=0)]
Seconds = Annotated[StrictInt | StrictFloat, Field(ge=0, allow_inf_nan=False)]
Texts = tuple[StrictStr, ...]
SignIn = Literal["totp", "otp", "noMfa", "token", "apiKey", "profile"]


class Parameters(BaseModel):
    """What every set of parameters has in common."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, hide_input_in_errors=True
    )


class Nothing(Parameters):
    """No parameters."""


class Initialize(Parameters):
    """Who speaks.

    Attributes:
        protocol: Version of this protocol that the client speaks.
        client: Name and version of the module, for the log.
        session_name: What the client calls this session; every object it gets carries it.
    """

    protocol: StrictInt
    client: StrictStr
    session_name: StrictStr = "Default"


class Connect(Parameters):
    """How to sign in, and to which server; what is given wins over the environment.

    Attributes:
        uri: Left out only where a profile names the server.
        otp: A one-time code as text, because of leading zeros.
        retry_sign_in: Try a password again that the server refused before.
    """

    sign_in: SignIn
    uri: StrictStr | None = None
    login: StrictStr | None = None
    password: SecretStr | None = None
    totp_secret: SecretStr | None = None
    otp: SecretStr | None = None
    token: SecretStr | None = None
    app_user: StrictStr | None = None
    api_key: SecretStr | None = None
    profile_name: StrictStr | None = None
    ca_bundle: FilePath | None = None
    fingerprint: StrictStr | None = None
    skip_certificate_check: StrictBool = False
    timeout_sec: Annotated[StrictInt | StrictFloat, Field(gt=0, allow_inf_nan=False)] | None = None
    retry_sign_in: StrictBool = False

    def secrets(self) -> list[str]:
        """Return every secret that was given."""
        return [value.get_secret_value() for _, value in self if isinstance(value, SecretStr)]


class TestConnection(Parameters):
    """Which server to look at; without it the one this session is signed in to."""

    uri: StrictStr | None = None


class ListJobs(Parameters):
    """Which jobs of the list are meant; every member that is given must hold.

    Attributes:
        host_name: Globs; a job is meant where any of its hosts matches any of them.
        filter: A filter clause as a playbook has it, as YAML text.
        detailed: Read the detail of each job that is meant.
        first: Stop after so many.
    """

    status: Texts = ()
    host_name: Texts = ()
    ip_address: Texts = ()
    failure_reason: Texts = ()
    created_by: Texts = ()
    older_than_sec: Seconds | None = None
    filter: StrictStr | None = None
    detailed: StrictBool = False
    skip: Count = 0
    first: Count | None = None


class ReadJobs(Parameters):
    """Jobs by their own id, or the job of each of these hosts."""

    ids: tuple[Id, ...] = ()
    host_ids: tuple[Id, ...] = ()


class JobToCancel(Parameters):
    """One job, and what the person saw of it.

    Attributes:
        status: As it was shown, or None where only the id was given.
        fingerprint: As it was sent with the job, or None.
    """

    id: Id
    status: StrictStr | None = None
    fingerprint: StrictStr | None = None


class CancelJobs(Parameters):
    """Jobs to cancel, as one run.

    Attributes:
        max_count: Refuse the whole when more are to be cancelled; lowers a limit, never raises it.
        wait: Answer for each job once it is confirmed, not once the server took the request.
        timeout_sec: How long to wait for that at most.
        throttle_limit: How many requests are under way at once.
    """

    jobs: Annotated[tuple[JobToCancel, ...], Field(min_length=1)]
    max_count: Count | None = None
    wait: StrictBool = False
    timeout_sec: Seconds | None = None
    throttle_limit: Annotated[StrictInt, Field(ge=1, le=64)] | None = None
    reason: StrictStr | None = None


class WaitForJobs(Parameters):
    """Jobs to wait for.

    Attributes:
        until: Names of statuses; empty means every status in which a job has ended.
        any: Answer as soon as one of the jobs is there.
    """

    ids: Annotated[tuple[Id, ...], Field(min_length=1)]
    until: Texts = ()
    any: StrictBool = False
    timeout_sec: Seconds | None = None
    poll_sec: Annotated[StrictInt | StrictFloat, Field(ge=2, le=3600)] = 5


class ScheduleJobs(Parameters):
    """Hosts, or managed resources, to scan."""

    host_ids: tuple[Id, ...] = ()
    managed_resource_ids: tuple[Id, ...] = ()


class ValidatePlaybook(Parameters):
    """A playbook file, by its full path."""

    path: FilePath


class PlanPlaybook(Parameters):
    """A playbook to plan.

    Attributes:
        variables: Values for its `vars`: text, or of the variable's own type.
        max_count: Lowers `max_jobs`, never raises it.
    """

    path: FilePath
    variables: dict[StrictStr, JsonValue] = Field(default_factory=dict)
    max_count: Count | None = None


class ApplyPlan(Parameters):
    """A plan that was made in this session and shown, by its id and its digest."""

    plan_id: StrictStr
    plan_hash: StrictStr
    report_path: FilePath | None = None
    reason: StrictStr | None = None


class ListRuns(Parameters):
    """How many of the latest runs."""

    last: Annotated[StrictInt, Field(ge=1)] | None = None


class ShowRun(Parameters):
    """A run by its id."""

    run_id: StrictStr


class ExportReport(Parameters):
    """A run's report as a file.

    Attributes:
        job_ids: Only these jobs of the run; empty means all.
        replace: Whether a file of that name may be replaced.
    """

    run_id: StrictStr
    path: FilePath
    format: Literal["csv", "json", "html", "markdown"]
    job_ids: tuple[Id, ...] = ()
    replace: StrictBool = False


class PortExample(Parameters):
    """A documented example, as a file or as text, and what to make of it."""

    target: Literal["python", "powershell", "module", "playbook", "json"]
    path: FilePath | None = None
    text: StrictStr | None = None
    allow_destructive: StrictBool = False


class CancelCall(Parameters):
    """The id of the call to stop."""

    id: StrictInt | StrictStr
