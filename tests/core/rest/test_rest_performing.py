"""What comes next while an operation is carried out: which request, which wait, which end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_core.rest import (
    NO_RETRIES,
    Conflict,
    NotFound,
    NotSent,
    OutcomeUnknown,
    Performance,
    RateLimited,
    Request,
    Response,
    RetryPolicy,
    ServerFailed,
    Steps,
    Wait,
)
from jambonz_core.rest.reading import json_of
from jambonz_core.wire.errors import RestError

ASKED: Request[Any] = Request("calls.count", "GET", "/v1/x", json_of)
OTHER: Request[Any] = Request("calls.get", "GET", "/v1/y", json_of)
GOOD = Response(200, b'{"a": 1}', {"content-type": "application/json"})
NOT_SENT = NotSent("no connection", operation="calls.count")


def begun(described: Any = ASKED, policy: RetryPolicy | None = None, **options: Any) -> Performance[Any]:
    return Performance(described, policy or RetryPolicy(), lambda: 1.0, **options)


def step(going: Performance[Any]) -> Any:
    """What is to be done now. A call, so that type checkers do not remember an earlier answer."""
    return going.step


def test_a_request_and_its_answer() -> None:
    going = begun()
    assert step(going) is ASKED
    going.answered(GOOD)
    assert step(going) is None
    assert going.result() == {"a": 1}


def test_what_was_not_carried_out_is_asked_again_after_a_wait() -> None:
    going = begun()
    going.failed(NOT_SENT)
    assert step(going) == Wait(0.25)
    going.waited()
    assert step(going) is ASKED
    going.answered(Response(429, headers={"retry-after": "7"}))
    assert step(going) == Wait(7.5)
    going.waited()
    going.answered(GOOD)
    assert going.result() == {"a": 1}


def test_what_leaves_a_doubt_ends_it() -> None:
    doubt = OutcomeUnknown("broken", operation="calls.count")
    with pytest.raises(OutcomeUnknown) as caught:
        begun().failed(doubt)
    assert caught.value is doubt
    assert not hasattr(doubt, "__notes__")
    with pytest.raises(ServerFailed):
        begun().answered(Response(500))


def test_patience_ends() -> None:
    going = begun(policy=RetryPolicy(attempts=2))
    going.answered(Response(429))
    going.waited()
    with pytest.raises(RateLimited) as caught:
        going.answered(Response(429))
    assert caught.value.__notes__ == ["tried 2 times, waiting 0.2 s"]
    with pytest.raises(NotSent):
        begun(policy=NO_RETRIES).failed(NotSent("x"))


def test_secrets_are_in_no_error() -> None:
    with pytest.raises(ServerFailed) as caught:
        begun(secrets=("sesame",)).answered(Response(500, b"sesame?", {"content-type": "text/plain"}))
    assert "sesame" not in str(caught.value)


def several(log: list[object]) -> Steps[str]:
    try:
        log.append((yield ASKED))
        try:
            log.append((yield OTHER))
        except Conflict:
            log.append("conflict")
        yield OTHER
    except NotFound:
        return "gone"
    return "done"


def test_the_steps_of_an_operation() -> None:
    log: list[object] = []
    going = begun(several(log))
    going.answered(GOOD)
    assert step(going) is OTHER
    # Each request has tries of its own, and the steps see only how those end.
    going.failed(NOT_SENT)
    assert step(going) == Wait(0.25)
    going.waited()
    going.answered(Response(422))
    assert step(going) is OTHER
    going.answered(GOOD)
    assert (step(going), going.result(), log) == (None, "done", [{"a": 1}, "conflict"])


def test_steps_end_by_an_error_of_theirs_or_by_one_that_they_take() -> None:
    going = begun(several([]))
    going.answered(Response(404))
    assert going.result() == "gone"
    going = begun(several([]))
    with pytest.raises(ServerFailed):
        going.answered(Response(500))


def test_steps_without_a_request() -> None:
    def nothing() -> Steps[int]:
        return 7
        yield ASKED  # what makes it steps

    going = begun(nothing())
    assert (step(going), going.result()) == (None, 7)


outcomes = st.sampled_from(
    [GOOD, Response(429), Response(480), Response(500), Response(404), NotSent("n"), OutcomeUnknown("u")]
)


@given(st.lists(outcomes, min_size=5, max_size=5), st.integers(1, 5))
def test_only_what_proves_that_nothing_happened_is_sent_again(outcomes: list[Any], attempts: int) -> None:
    sent = 0
    going = begun(policy=RetryPolicy(attempts=attempts))
    coming: Iterator[Any] = iter(outcomes)
    raised: RestError | None = None
    while raised is None and step(going) is not None:
        if isinstance(step(going), Wait):
            going.waited()
            continue
        sent += 1
        outcome = next(coming)
        try:
            if isinstance(outcome, Response):
                going.answered(outcome)
            else:
                going.failed(outcome)
        except RestError as error:
            raised = error
    assert raised is None or sent == attempts or not raised.not_carried_out
    harmless = [
        isinstance(one, NotSent) or (isinstance(one, Response) and one.status in (429, 480))
        for one in outcomes
    ]
    assert sent <= attempts
    assert all(harmless[: sent - 1])
