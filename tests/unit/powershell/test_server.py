from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hostscan_automation.errors import NotFoundError
from hostscan_automation.powershell.calls import MOST_BYTES_A_LINE, MOST_ITEMS_A_LINE, Call
from hostscan_automation.powershell.framing import TooLong
from hostscan_automation.powershell.parameters import ListJobs, Nothing
from hostscan_automation.powershell.server import Handler, Server

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.unit.powershell.conftest import Conversation

    Converse = Callable[[Mapping[str, Handler]], Conversation]

STARTED = threading.Event()
SECRET = "hunter2"


def hello(_call: Call, _parameters: Nothing) -> dict[str, Any]:
    return {"hello": True}


def many(call: Call, parameters: ListJobs) -> dict[str, Any]:
    for number in range(parameters.first or 0):
        call.emit({"Number": number})
    return {"sent": parameters.first}


def large(call: Call, _parameters: Nothing) -> dict[str, Any]:
    for _ in range(5):
        call.emit({"Text": "x" * 100_000})
    call.emit({"Text": "x" * 400_000})
    return {}


def until_stopped(call: Call, _parameters: Nothing) -> dict[str, Any]:
    call.emit({"Number": 1})
    STARTED.set()
    assert call.stop.event.wait(30)
    call.raise_if_stopped()
    return {}


def summary_when_stopped(call: Call, _parameters: Nothing) -> dict[str, Any]:
    STARTED.set()
    assert call.stop.event.wait(30)
    return {"sent": 3}


def fails(_call: Call, _parameters: Nothing) -> dict[str, Any]:
    raise RuntimeError(SECRET)


def gives_up(_call: Call, _parameters: Nothing) -> dict[str, Any]:
    raise KeyboardInterrupt


def tells(call: Call, _parameters: Nothing) -> dict[str, Any]:
    call.emit("first")
    call.warn("mind the gap")
    call.progress("Listing", 3, None, "3 jobs")
    error = NotFoundError("job is not there", status=404, method="GET", path="/x")
    call.fail_item(error, target="some-id")
    return {}


HANDLERS = {
    "initialize": Handler(Nothing, hello, needs_greeting=False),
    "many": Handler(ListJobs, many),
    "large": Handler(Nothing, large),
    "until": Handler(Nothing, until_stopped),
    "summary": Handler(Nothing, summary_when_stopped),
    "fails": Handler(Nothing, fails),
    "gives up": Handler(Nothing, gives_up),
    "tells": Handler(Nothing, tells),
    "shutdown": Handler(Nothing, hello, needs_greeting=False, is_last=True),
}


@pytest.fixture
def talk(converse: Converse) -> Conversation:
    STARTED.clear()
    conversation = converse(HANDLERS)
    conversation.ask("initialize", 0)
    return conversation


def error_of(reply: dict[str, Any]) -> tuple[int, str]:
    return reply["error"]["code"], reply["error"]["data"]["errorId"]


def test_a_request_is_answered_with_its_own_id(talk: Conversation) -> None:
    assert talk.ask("initialize", "a-1") == {
        "jsonrpc": "2.0",
        "id": "a-1",
        "result": {"hello": True},
    }


def test_nothing_but_a_greeting_comes_first(converse: Converse) -> None:
    talk = converse(HANDLERS)

    assert error_of(talk.ask("many", 1, first=3)) == (-32600, "HostScan.Protocol")


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"nonsense", (-32600, "HostScan.Protocol")),
        (TooLong(), (-32600, "HostScan.Protocol")),
        (b'{"jsonrpc":"2.0","id":true,"method":"many"}', (-32600, "HostScan.Protocol")),
        (b'{"jsonrpc":"2.0","id":1.5,"method":"many"}', (-32600, "HostScan.Protocol")),
    ],
)
def test_a_line_without_a_usable_id_is_answered_with_none(
    talk: Conversation, line: bytes | TooLong, error: tuple[int, str]
) -> None:
    talk.server.receive(line)

    assert error_of(talk.answer(None)) == error


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ({"id": 9, "method": "many"}, (-32600, "HostScan.Protocol")),
        ({"jsonrpc": "1.0", "id": 9, "method": "many"}, (-32600, "HostScan.Protocol")),
        ({"jsonrpc": "2.0", "id": 9, "method": 1}, (-32600, "HostScan.Protocol")),
        ({"jsonrpc": "2.0", "id": 9}, (-32600, "HostScan.Protocol")),
        ({"jsonrpc": "2.0", "id": 9, "method": "none"}, (-32601, "HostScan.Protocol")),
        (
            {"jsonrpc": "2.0", "id": 9, "method": "many", "params": [1]},
            (-32602, "HostScan.InvalidArgument"),
        ),
        (
            {"jsonrpc": "2.0", "id": 9, "method": "many", "params": {"frist": 1}},
            (-32602, "HostScan.InvalidArgument"),
        ),
        (
            {"jsonrpc": "2.0", "id": 9, "method": "many", "params": {"filter": "\ud800"}},
            (-32602, "HostScan.InvalidArgument"),
        ),
        (
            {"jsonrpc": "2.0", "id": 9, "method": "cancel", "params": {}},
            (-32602, "HostScan.InvalidArgument"),
        ),
    ],
)
def test_a_wrong_request_is_answered_with_what_is_wrong_and_the_next_one_works(
    talk: Conversation, message: dict[str, object], error: tuple[int, str]
) -> None:
    talk.server.receive(json.dumps(message).encode())

    assert error_of(talk.answer(9)) == error
    assert talk.ask("initialize", 10)["result"]


def test_results_come_in_small_lines_in_order_before_the_answer(talk: Conversation) -> None:
    talk.ask("many", 1, first=250)

    sizes = [len(note["results"]) for note in talk.notifications("results")]
    assert max(sizes) <= MOST_ITEMS_A_LINE
    assert [item["Number"] for item in talk.results()] == list(range(250))
    assert talk.messages[-1]["id"] == 1
    assert all(note["request"] == 1 for note in talk.notifications("results"))


def test_a_line_is_never_longer_than_promised_unless_one_item_is(talk: Conversation) -> None:
    talk.ask("large", 1)

    lengths = [len(line) for line in talk.written if b'"results"' in line]
    assert len(talk.results()) == 6
    assert [length > MOST_BYTES_A_LINE for length in lengths] == [False] * (len(lengths) - 1) + [
        True
    ]
    assert all(line.isascii() and line.count(b"\n") == 1 for line in talk.written)


def test_a_result_does_not_wait_for_the_end_of_its_call(talk: Conversation) -> None:
    talk.send("until", 1)
    assert STARTED.wait(30)

    for _ in range(100):
        if talk.results():
            break
        threading.Event().wait(0.02)

    assert talk.results() == [{"Number": 1}]
    assert talk.server.is_busy
    talk.send("cancel", id=1)
    talk.answer(1)


def test_a_stop_reaches_a_running_call_and_the_call_still_answers(talk: Conversation) -> None:
    talk.send("summary", 1)
    assert STARTED.wait(30)

    talk.send("cancel", id=1)

    assert talk.answer(1)["result"] == {"sent": 3}


def test_a_stop_may_be_a_request_too(talk: Conversation) -> None:
    talk.send("until", 1)
    assert STARTED.wait(30)

    assert talk.ask("cancel", 2, id=1)["result"] == {}
    assert error_of(talk.answer(1)) == (-32000, "HostScan.Cancelled")


def test_a_stop_reaches_a_call_that_still_waits_its_turn(talk: Conversation) -> None:
    talk.send("summary", 1)
    assert STARTED.wait(30)
    talk.send("many", 2, first=3)

    talk.send("cancel", id=2)
    talk.send("cancel", id=1)

    assert error_of(talk.answer(2)) == (-32000, "HostScan.Cancelled")
    assert talk.results() == []


def test_a_stop_of_a_call_that_has_ended_is_nothing(talk: Conversation) -> None:
    talk.send("cancel", id=99)

    assert talk.ask("initialize", 1)["result"]


def test_an_id_in_use_does_not_end_the_call_that_has_it(talk: Conversation) -> None:
    talk.send("summary", 1)
    assert STARTED.wait(30)

    talk.send("many", 1, first=1)

    assert error_of(talk.answer(None)) == (-32600, "HostScan.Protocol")
    talk.send("cancel", id=1)
    assert talk.answer(1)["result"] == {"sent": 3}


def test_a_bug_in_a_method_is_answered_and_logged_without_its_text(
    talk: Conversation, caplog: pytest.LogCaptureFixture
) -> None:
    reply = talk.ask("fails", 1)

    assert error_of(reply) == (-32603, "HostScan.InternalError")
    assert SECRET not in str(reply) + caplog.text
    assert "fails" in caplog.text


def test_work_that_gives_up_because_it_was_stopped_ends_as_cancelled(talk: Conversation) -> None:
    assert error_of(talk.ask("gives up", 1)) == (-32000, "HostScan.Cancelled")
    assert talk.ask("initialize", 2)["result"]


def test_what_a_call_tells_arrives_in_the_order_in_which_it_was_told(talk: Conversation) -> None:
    talk.ask("tells", 1)

    assert [message.get("method") for message in talk.messages[1:]] == [
        "results", "warning", "progress", "itemError", None,
    ]  # fmt: skip
    assert talk.notifications("warning") == [{"request": 1, "message": "mind the gap"}]
    assert talk.notifications("progress") == [
        {"request": 1, "activity": "Listing", "done": 3, "total": None, "status": "3 jobs"}
    ]
    (failed,) = talk.notifications("itemError")
    assert failed["error"]["data"]["target"] == "some-id"


def test_the_end_of_the_stream_stops_what_runs_and_drops_what_waits(talk: Conversation) -> None:
    talk.send("summary", 1)
    assert STARTED.wait(30)
    talk.send("many", 2, first=1)

    talk.end()

    assert [message.get("id") for message in talk.messages] == [0, 1]


def test_shutdown_is_answered_and_ends_the_work(talk: Conversation) -> None:
    assert talk.ask("shutdown", 1)["result"] == {"hello": True}

    talk.end()


def test_a_client_that_reads_no_more_stops_everything() -> None:
    def broken(_line: bytes) -> None:
        raise BrokenPipeError

    server = Server(HANDLERS, broken)
    server.receive(b'{"jsonrpc":"2.0","id":1,"method":"initialize"}')

    server.work()

    assert server.closed.is_set()


def test_the_watcher_can_see_that_somebody_calls(talk: Conversation) -> None:
    before = talk.server.calls_taken

    talk.ask("many", 1, first=1)

    assert talk.server.calls_taken == before + 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.binary(max_size=60)
        | st.fixed_dictionaries(
            {},
            optional={
                "jsonrpc": st.sampled_from(["2.0", "1.0"]) | JSON,
                "id": st.integers() | JSON,
                "method": st.sampled_from(["initialize", "many", "fails", "cancel"]) | JSON,
                "params": JSON,
            },
        ).map(lambda message: json.dumps(message).encode()),
        max_size=8,
    )
)
def test_no_lines_make_the_server_fall(converse: Converse, lines: list[bytes]) -> None:
    talk = converse(HANDLERS)
    for line in lines:
        talk.server.receive(line)

    talk.send("initialize", "the-last")

    assert talk.answer("the-last")["result"] == {"hello": True}
    talk.end()
    assert all(line.isascii() and line.endswith(b"\n") for line in talk.written)
