"""When to ask again, how to walk through pages, what hanging up takes, and where the API is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_core.rest import (
    NO_RETRIES,
    CallRequests,
    Conflict,
    Connection,
    InvalidRequest,
    NoFeatureServer,
    NotFound,
    NotSent,
    OutcomeUnknown,
    Pace,
    Page,
    PhoneNumberRequests,
    RateLimited,
    Request,
    Response,
    Retry,
    RetryPolicy,
    Scope,
    ServerFailed,
    Timeouts,
    UnexpectedAnswer,
    Walk,
)
from jambonz_core.rest.paging import page_of
from jambonz_core.rest.reading import converter
from jambonz_core.rest.shapes import Application, CallInfo
from jambonz_core.verbs.profiles import V10
from jambonz_core.wire.errors import LocalProtocolError, RestError

SID = "00000000-0000-4000-8000-000000000000"


# retries -----------------------------------------------------------------------------------------------------------


def test_waits_double_and_are_spread_by_chance() -> None:
    attempts = RetryPolicy(attempts=6, first_delay=1.0, longest_delay=5.0, patience=100).start()
    delays = [attempts.failed(NotSent("x"), chance) for chance in (1.0, 0.5, 1.0, 1.0, 0.0)]
    assert delays == [1.0, 1.0, 4.0, 5.0, 0.0]
    assert attempts.failed(NotSent("x"), 0.0) is None
    assert (attempts.failures, attempts.waited) == (6, 11.0)


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (NotSent("x"), True),
        (RateLimited("x"), True),
        (NoFeatureServer("x"), True),
        (OutcomeUnknown("x"), False),
        (ServerFailed("x"), False),
        (UnexpectedAnswer("x"), False),
        (Conflict("x"), False),
    ],
)
def test_only_what_was_surely_not_carried_out_is_tried_again(error: RestError, again: bool) -> None:
    assert (RetryPolicy().start().failed(error, 0.5) is not None) is again
    assert NO_RETRIES.start().failed(error, 0.5) is None
    assert RetryPolicy().start(Retry.NEVER).failed(error, 0.5) is None


def test_the_server_says_how_long_and_patience_is_bounded() -> None:
    attempts = RetryPolicy(attempts=9, first_delay=1.0, patience=30.0).start()
    assert attempts.failed(RateLimited("x", retry_after=20.0), 0.5) == 20.5
    assert attempts.failed(RateLimited("x", retry_after=20.0), 0.5) is None, (
        "the second wait would pass patience"
    )
    assert attempts.waited == 20.5


@given(
    chances=st.lists(st.floats(0, 1), min_size=1, max_size=80),
    first=st.floats(0, 1e6),
    patience=st.floats(0, 1e6),
)
def test_waiting_is_always_bounded(chances: list[float], first: float, patience: float) -> None:
    policy = RetryPolicy(attempts=2000, first_delay=first, patience=patience)
    attempts = policy.start()
    for chance in chances:
        delay = attempts.failed(NotSent("x"), chance)
        assert delay is None or 0 <= delay <= policy.longest_delay
    assert attempts.waited <= patience


def test_a_policy_must_make_sense() -> None:
    assert RetryPolicy(attempts=1).off
    assert not RetryPolicy().off
    with pytest.raises(LocalProtocolError, match="attempts must be 1 or more"):
        RetryPolicy(attempts=0)
    for name in ("first_delay", "longest_delay", "patience"):
        for value in (-1.0, float("inf"), float("nan")):
            with pytest.raises(LocalProtocolError, match=name):
                RetryPolicy(3, **{name: value})


# hanging up --------------------------------------------------------------------------------------------------------


def hang_up(*outcomes: RestError | None) -> tuple[list[str], bool]:
    """Run the steps against what each request comes to; return the words that were sent and the result."""
    steps = CallRequests(Scope(SID, V10)).hang_up(SID)
    sent = []
    request = next(steps)
    try:
        for outcome in outcomes:
            sent.append(request.body["call_status"])
            request = steps.send(None) if outcome is None else steps.throw(outcome)
    except StopIteration as end:
        return sent, end.value
    raise AssertionError("the steps want to go on")


@pytest.mark.parametrize(
    ("outcomes", "sent", "result"),
    [
        ([None], ["completed"], True),
        ([Conflict("ringing"), None], ["completed", "no-answer"], True),
        ([Conflict("ringing"), Conflict("answered"), None], ["completed", "no-answer", "completed"], True),
        ([NotFound("gone")], ["completed"], False),
        ([Conflict("x"), NotFound("gone")], ["completed", "no-answer"], False),
        ([Conflict("x"), Conflict("x"), Conflict("x")], ["completed", "no-answer", "completed"], False),
    ],
)
def test_hanging_up_ends_answered_and_ringing_calls(outcomes: Any, sent: list[str], result: bool) -> None:
    assert hang_up(*outcomes) == (sent, result)


def test_hanging_up_does_not_hide_other_failures() -> None:
    with pytest.raises(ServerFailed):
        hang_up(ServerFailed("x"))


# pages -------------------------------------------------------------------------------------------------------------


def walk(pages: list[dict[str, Any] | list[Any]], *, size: int = 2) -> list[Any]:
    numbers = PhoneNumberRequests(Scope(SID, V10)).iterate(page_size=size)
    rows: list[Any] = []
    for number, content in enumerate(pages, 1):
        request = numbers.next_request()
        assert request is not None, f"page {number} was not asked for"
        assert dict(request.params)["page"] == str(number)
        rows += numbers.received(request.result(Response(200, json.dumps(content).encode())))
    assert numbers.next_request() is None
    return [row.get("phone_number_sid") for row in rows]


def rows(*names: str | None) -> list[dict[str, Any]]:
    return [{"phone_number_sid": name} for name in names]


def test_a_walk_ends_with_the_total() -> None:
    assert walk([{"total": 3, "data": rows("a", "b")}, {"total": "3", "data": rows("c")}]) == ["a", "b", "c"]
    assert walk([{"total": 2, "data": rows("a", "b")}]) == ["a", "b"]
    assert walk([{"total": 0, "data": []}]) == []


def test_a_walk_without_a_total_ends_with_a_short_page() -> None:
    assert walk([{"data": rows("a", "b")}, {"data": rows("c")}]) == ["a", "b", "c"]
    assert walk([{"data": rows("a", "b"), "total": -1}, {"data": []}]) == ["a", "b"]


def test_a_total_that_is_never_reached_does_not_keep_a_walk_going() -> None:
    assert walk([{"total": 99, "data": rows("a")}, {"total": 99, "data": []}]) == ["a"]


def test_a_bare_list_is_one_page_with_everything() -> None:
    assert walk([rows("a", "b", "c")]) == ["a", "b", "c"]


def test_rows_that_move_to_the_next_page_come_once() -> None:
    # A new row appeared in front after the first page was read.
    pages: list[Any] = [
        {"total": 4, "data": rows("d", "c")},
        {"total": 5, "data": rows("c", "b")},
        {"total": 5, "data": rows("a")},
    ]
    assert walk(pages) == ["d", "c", "b", "a"]


def test_a_server_that_repeats_itself_does_not_keep_a_walk_going() -> None:
    page = {"total": 99, "data": rows("a", "b")}
    assert walk([page, page, page]) == ["a", "b"]
    # A whole page of new rows in front is no such thing.
    moved = {"total": 99, "data": rows("c", "d")}
    end = {"total": 99, "data": []}
    assert walk([page, page, moved, end]) == ["a", "b", "c", "d"]


def test_rows_without_a_name_are_kept() -> None:
    assert (
        walk([{"total": 4, "data": rows(None, None)}, {"total": 4, "data": rows(None, None)}]) == [None] * 4
    )


def test_a_walk_that_names_no_rows_keeps_them_all() -> None:
    def request(number: int, size: int) -> Request[Page[Any]]:
        return Request("x", "GET", "/v1/x", page_of(dict, number, size))

    plain: Walk[Any] = Walk(request, page_size=2, first_page=3)
    assert plain.next_request() is not None
    assert plain.received(Page(3, 2, [{}, {}], 6)) == [{}, {}]
    assert plain.total == 6
    assert plain.next_request() is None, "pages before the first were counted"


def test_a_row_that_is_no_object_is_unexpected() -> None:
    request = PhoneNumberRequests(Scope(SID, V10)).page()
    with pytest.raises(UnexpectedAnswer, match="null instead of an object in the list"):
        request.result(Response(200, b"[{}, null]"))


@pytest.mark.parametrize("content", [b"7", b'{"data": 7}', b"{}", b'"x"'])
def test_a_page_without_rows_is_unexpected(content: bytes) -> None:
    request = PhoneNumberRequests(Scope(SID, V10)).page()
    with pytest.raises(UnexpectedAnswer, match="instead of a list of rows"):
        request.result(Response(200, content))


# looseness ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hint", "value", "read"),
    [
        (int, "200", 200),
        (int, " -5 ", -5),
        (int, 5.0, 5),
        (int, 5.5, 5.5),
        (int, "many", "many"),
        (int, None, None),
        (bool, 1, True),
        (bool, 0, False),
        (bool, "TRUE", True),
        (bool, "0", False),
        (bool, "perhaps", "perhaps"),
        (bool, 2, 2),
        (bool, None, None),
        (str, 15085551212, "15085551212"),
        (str, True, True),
        (str, None, None),
        (int | None, "7", 7),
        (int | str, "7", "7"),
        (list[int], ["1", 2], [1, 2]),
        (list[int], "1", "1"),
        (dict[str, Any], {"a": [{"b": 1}]}, {"a": [{"b": 1}]}),
        (CallInfo, {"duration": "3", "from": 1, "new": "3"}, {"duration": 3, "from": "1", "new": "3"}),
        (CallInfo, "x", "x"),
        (Application, {"call_hook": {"url": 7}}, {"call_hook": {"url": "7"}}),
    ],
)
def test_values_are_read_as_what_they_should_be_as_far_as_they_go(hint: Any, value: Any, read: Any) -> None:
    found = converter(hint)(value)
    assert found == read
    assert type(found) is type(read) or isinstance(read, dict)


# settings ----------------------------------------------------------------------------------------------------------


def test_arguments_come_before_the_environment() -> None:
    environ = {
        "JAMBONZ_REST_API_BASE_URL": "https://env.example.com/v1/",
        "JAMBONZ_BASE_URL": "https://second.example.com",
        "JAMBONZ_ACCOUNT_SID": f" {SID}\n",
        "JAMBONZ_API_KEY": "env-key",
    }
    from_environ = Connection.choose(environ)
    assert (from_environ.base_url, from_environ.account_sid) == ("https://env.example.com", SID)
    assert from_environ.headers["authorization"] == "Bearer env-key"
    given = Connection.choose(environ, base_url="http://given:3000", account_sid="x", api_key="given-key")
    assert (given.base_url, given.account_sid, given.api_key) == ("http://given:3000", "x", "given-key")
    assert "key" not in repr(given).replace("api_key", "")
    del environ["JAMBONZ_REST_API_BASE_URL"]
    assert Connection.choose(environ).base_url == "https://second.example.com"


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://a.example.com", "https://a.example.com"),
        ("https://a.example.com/", "https://a.example.com"),
        ("https://a.example.com/v1", "https://a.example.com"),
        ("https://a.example.com/api/v1//", "https://a.example.com/api"),
        ("http://[::1]:3000/v1/", "http://[::1]:3000"),
        (" https://a.example.com\n", "https://a.example.com"),
    ],
)
def test_base_urls_with_and_without_version(url: str, base: str) -> None:
    assert Connection.choose({}, base_url=url, api_key="k").base_url == base


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"api_key": "k"}, "base_url is missing: pass it, or set JAMBONZ_REST_API_BASE_URL"),
        ({"base_url": "https://a.b"}, "api_key is missing: pass it, or set JAMBONZ_API_KEY"),
        ({"base_url": "a.b", "api_key": "k"}, "must begin with https:// or http://"),
        ({"base_url": "https://", "api_key": "k"}, "must begin with https:// or http://"),
        ({"base_url": "https://a.b:x", "api_key": "k"}, "base_url is not a URL"),
        ({"base_url": "https://u:hush@a.b", "api_key": "k"}, "must not hold a user name or password"),
        ({"base_url": "https://a.b?x=1", "api_key": "k"}, "no query, no fragment"),
        ({"base_url": "https://a.b", "api_key": "hush\n"}, "look for spaces and line ends"),
        ({"base_url": "https://a.b", "api_key": "hush hush"}, "look for spaces and line ends"),
        ({"base_url": "https://a.b", "api_key": "hüsh"}, "look for spaces and line ends"),
    ],
)
def test_settings_that_cannot_work_are_told_without_the_key(arguments: dict[str, str], said: str) -> None:
    with pytest.raises(InvalidRequest, match=said) as caught:
        Connection.choose({}, **arguments)
    assert "hush" not in str(caught.value)


def test_time_outs_have_names_and_bounds() -> None:
    timeouts = Timeouts(read=3.0, slow=9.0)
    assert timeouts.reading(Pace.USUAL) == ("read", 3.0)
    assert timeouts.reading(Pace.SLOW) == ("slow", 9.0)
    for value in (0.0, -1.0, float("inf"), float("nan")):
        with pytest.raises(LocalProtocolError, match="the time-out connect must be"):
            Timeouts(connect=value)
