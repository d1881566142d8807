"""Whatever a server answers, the outcome is a result or one of our errors: nothing else comes out, nothing hangs."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jambonz_core.rest import RESOURCES, Request, Response, Scope, UnexpectedAnswer, Walk
from jambonz_core.verbs.profiles import V10
from jambonz_core.wire.errors import RestError

ACCOUNT = "00000001-0000-4000-8000-000000000000"


def all_requests() -> list[Request[Any]]:
    """One request for each method that can be called without special values."""
    found = []
    for case in json.loads((Path(__file__).parent / "request_cases.json").read_text(encoding="utf-8")):
        text = json.dumps([case.get("args", []), case.get("kwargs", {})])
        if "$CLEAR" in text or "$date" in text:
            continue
        for name in (
            "ACC",
            "APP",
            "CALL",
            "CARRIER",
            "GATEWAY",
            "HOOK",
            "KEY",
            "LCR",
            "NUMBER",
            "ROUTE",
            "SPEECH",
        ):
            text = text.replace(f"${name}", ACCOUNT)
        args, kwargs = json.loads(text)
        resource, _, method = case["call"].partition(".")
        made = getattr(RESOURCES[resource](Scope(ACCOUNT, V10)), method)(*args, **kwargs)
        if isinstance(made, Walk):
            made = made.next_request()
        elif inspect.isgenerator(made):
            made = next(made)
        found.append(made)
    return found


REQUESTS = all_requests()
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "sid",
                    "token",
                    "data",
                    "total",
                    "msg",
                    "message",
                    "status",
                    "webhook_secret",
                    "duration",
                    "callId",
                    "x",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)
BODIES = VALUES.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=60)


@given(request=st.sampled_from(REQUESTS), content=BODIES)
def test_a_success_is_read_or_unexpected(request: Request[Any], content: bytes) -> None:
    status = min(request.expected)
    try:
        request.result(Response(status, content, {"content-type": "application/json"}))
    except UnexpectedAnswer as error:
        failure: RestError | None = error
    else:
        failure = None
    assert failure is None or (failure.operation, failure.status) == (request.operation, status)


@given(
    request=st.sampled_from(REQUESTS),
    status=st.integers(100, 999).filter(lambda status: not 200 <= status < 205),
    content=BODIES,
    headers=st.dictionaries(
        st.sampled_from(["retry-after", "ratelimit-reset", "content-type"]), st.text(max_size=20), max_size=3
    ),
    reason=st.text(max_size=10),
)
def test_any_other_status_is_an_error_with_a_message(
    request: Request[Any], status: int, content: bytes, headers: dict[str, str], reason: str
) -> None:
    error = request.error(Response(status, content, headers, reason))
    assert error.status == status
    assert error.message
    assert str(error).startswith(f"{request.operation}: {status} ")
    assert error.retry_after is None or 0 <= error.retry_after < 1e9


@given(content=BODIES)
def test_a_walk_always_ends(content: bytes) -> None:
    """Whatever is answered again and again: a page without rows ends it, and rows count towards the total."""
    walk = RESOURCES["recent_calls"](Scope(ACCOUNT, V10)).iterate(page_size=2)
    for _ in range(50):
        request = walk.next_request()
        if request is None:
            return
        try:
            walk.received(request.result(Response(200, content)))
        except UnexpectedAnswer:
            return
    # Only a server that keeps sending full pages, and says that there is more, keeps a walk going.
    answer = json.loads(content)
    assert len(answer["data"]) > 0
    assert not isinstance(answer.get("total"), int) or answer["total"] > 50
