from __future__ import annotations

import pytest

from hostscan_automation.errors import (
    ApiError,
    CertificateError,
    ForbiddenError,
    HostscanError,
    NotFoundError,
    Problem,
    SecretNotFoundError,
    ServerError,
    SessionExpiredError,
    UnreadableReplyError,
)
from hostscan_automation.jobs.outcome import Outcome
from hostscan_automation.runs.answers import answer_text, read_answer
from hostscan_automation.runs.task import Question
from tests.unit.runs.fakes import LOST, SIGNED_OUT, UNREACHED, api_error, busy


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (api_error(NotFoundError, 404), Outcome.GONE),
        (api_error(ForbiddenError, 403), Outcome.FAILED),
        (CertificateError("another certificate"), Outcome.FAILED),
        (api_error(UnreadableReplyError, 307), Outcome.FAILED),
        (busy(429), Question.BUSY),
        (busy(503), Question.UNAVAILABLE),
        (api_error(ServerError, 500), Question.LOST),
        (api_error(ServerError, 504), Question.LOST),
        (api_error(UnreadableReplyError, 200), Question.LOST),
        (api_error(ApiError, 408), Question.LOST),
        (LOST, Question.LOST),
        (UNREACHED, Question.UNREACHED),
        (api_error(ApiError, 400), Question.REFUSED),
        (api_error(ApiError, 405), Question.REJECTED),
        (api_error(ApiError, 409), Question.REJECTED),
        (SIGNED_OUT, None),
        (SessionExpiredError("gone"), None),
        (SecretNotFoundError("no secret"), None),
    ],
)
def test_every_answer_means_one_thing(
    error: HostscanError, meaning: Outcome | Question | None
) -> None:
    assert read_answer(error) is meaning


def test_only_what_surely_did_nothing_is_sent_again_without_a_look() -> None:
    assert {q for q in Question if not q.needs_a_look} == {Question.BUSY, Question.UNREACHED}
    assert {q for q in Question if q.may_have_acted} == {Question.UNAVAILABLE, Question.LOST}


def test_the_servers_own_text_is_told() -> None:
    assert answer_text(api_error(ApiError, 400, "the job runs")) == "400 Sorry: the job runs"
    assert answer_text(LOST) == "the reply was lost"
    bare = ApiError("DELETE /x was answered with 400", status=400, method="DELETE", path="/x")
    assert answer_text(bare) == "DELETE /x was answered with 400"
    empty = ApiError("said nothing", status=400, method="D", path="/", problem=Problem())
    assert answer_text(empty) == "said nothing"
    assert len(answer_text(api_error(ApiError, 400, "x" * 9000))) < 520
