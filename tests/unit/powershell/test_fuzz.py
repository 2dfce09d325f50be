"""Whatever a client asks of the real methods is answered, and never with a bug of this program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostscan_automation.clock import SystemClock
from hostscan_automation.powershell.desk import Desk
from hostscan_automation.powershell.methods import handlers
from hostscan_automation.powershell.protocol import METHODS
from hostscan_automation.reports.redaction import Redaction
from hostscan_automation.simulator import Simulator, SimulatorConfig
from tests.unit.powershell.conftest import Conversation

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.simulator

ID = "497f6eca-6276-4993-bfeb-53cbbbba6f08"
# words that mean something somewhere, and numbers at the edges of what machines count
WORDS = st.sampled_from(
    [
        "", " ", "Queued", "queued", "10.0.0.0/8", "10.0.0.0/33", "::1", "*", "[", "lab-*", "!x",
        "{status: Queued}", "{status: [}", "&a [*a]", "all_jobs: true", "- a: 1", "{name: \x00}",
        "{any_host: {ip: {cidr: 1}}}", "{any_host: {name: {regex: '('}}}", "{id: {in_file: /x}}",
        "{created: {older_than: 99999999999999d}}", "{created: {older_than: 106751991d}}",
        ID, "TruncateAllTables", "../../etc/passwd", "/dev/null/x", "C:\\x.csv", "x" * 4000, "\x00",
        "http://127.0.0.1:9", "ftp://x", "https://[::1", "-1", "9" * 400, "csv", "json", "totp",
        "noMfa", "token", "python", "playbook", "sha256:0", "😀\u202e\x1b[31m",
    ]
)  # fmt: skip
NUMBERS = st.sampled_from([0, 1, -1, 2, 64, 3600, 2**31, 2**53, 10**18, 10**300, 0.5, 1e308, -1e-9])
VALUES = st.recursive(
    WORDS | NUMBERS | st.booleans() | st.none() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=4,
)
# these would wait, or end the conversation
LEFT_OUT = {"shutdown", "jobs.wait"}
FITTING: dict[str, st.SearchStrategy[Any]] = {
    "ids": st.just([ID]),
    "hostIds": st.just([ID]),
    "managedResourceIds": st.just([ID]),
    "jobIds": st.just([ID]),
    "jobs": st.fixed_dictionaries(
        {"id": st.just(ID)}, optional={"status": WORDS, "fingerprint": WORDS}
    ).map(lambda job: [job]),
    "protocol": st.just(1),
    "signIn": st.sampled_from(["totp", "otp", "noMfa", "token", "apiKey", "profile"]),
    "format": st.sampled_from(["csv", "json", "html", "markdown"]),
    "target": st.sampled_from(["python", "powershell", "module", "playbook", "json"]),
    "variables": st.dictionaries(WORDS, VALUES, max_size=2),
}


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Draw a method with parameters, most of which get past the door."""
    method = draw(st.sampled_from(sorted(set(METHODS) - LEFT_OUT)))
    params = {}
    for name, field in METHODS[method].parameters.model_fields.items():
        if field.is_required() or draw(st.integers(0, 2)) == 0:
            alias = field.alias or name
            is_wild = draw(st.integers(0, 19)) == 0
            params[alias] = draw(VALUES if is_wild else fitting(alias, str(field.annotation)))
    return method, params


def fitting(name: str, kind: str) -> st.SearchStrategy[Any]:
    """Return values of the right type, most of them nonsense."""
    if name in FITTING:
        return FITTING[name]
    if "bool" in kind.lower():
        return st.booleans()
    if "tuple" in kind:
        return st.lists(WORDS, max_size=2)
    return NUMBERS if "int" in kind.lower() else WORDS


@pytest.fixture(scope="module")
def site() -> Iterator[Simulator]:
    """A server with a few jobs."""
    with Simulator(SimulatorConfig(jobs=6)) as simulator:
        yield simulator


@pytest.fixture(scope="module")
def talk(site: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Conversation]:
    """A conversation that is signed in; a wild `connect` may sign it out again."""
    folder = tmp_path_factory.mktemp("fuzz")
    environ = {"HOSTSCAN_STATE_DIR": str(folder), "HOSTSCAN_CONFIG": str(folder / "config.toml")}
    desk = Desk(environ, SystemClock(), Redaction())
    conversation = Conversation(handlers(desk))
    yield conversation
    conversation.end()
    desk.leave()


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(calls())
def test_no_parameters_of_any_method_find_a_bug(
    talk: Conversation, site: Simulator, call: tuple[str, dict[str, Any]]
) -> None:
    account = site.accounts.without_mfa
    talk.written.clear()
    talk.ask("initialize", 1, protocol=1, client="fuzz")
    talk.ask(
        "connect", 2, signIn="noMfa", uri=site.url, login=account.login, password=account.password
    )
    method, params = call

    reply = talk.ask(method, 3, **params)

    error = reply.get("error", {"data": {"errorId": ""}})
    assert error["data"]["errorId"] != "HostScan.InternalError", error
    assert all(line.isascii() and line.endswith(b"\n") for line in talk.written)
