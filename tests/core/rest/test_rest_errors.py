"""What failures mean, whatever shape they have; and that they give no secret away."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_core.rest import (
    RESOURCES,
    AccountRequests,
    BadRequest,
    CallFailed,
    CallRequests,
    Conflict,
    NewApiKey,
    NewCall,
    NoAnswer,
    NoFeatureServer,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    Record,
    Response,
    Scope,
    ServerFailed,
    SpeechCredentialRequests,
    UnexpectedAnswer,
)
from jambonz_core.rest.secrecy import is_secret, masked, redacted, secret_values
from jambonz_core.verbs.profiles import V10
from jambonz_core.wire.errors import JambonzError, RestError

SID = "00000000-0000-4000-8000-000000000000"
calls = CallRequests(Scope(SID, V10))


def failed(
    status: int, content: bytes = b"", *, request: Any = None, reason: str = "", **headers: str
) -> RestError:
    with pytest.raises(RestError) as caught:
        (request or calls.count()).result(Response(status, content, headers, reason))
    return caught.value


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequest),
        (401, NotAuthenticated),
        (403, NotAllowed),
        (404, NotFound),
        (413, BadRequest),
        (422, Conflict),
        (429, RateLimited),
        (480, NoFeatureServer),
        (500, ServerFailed),
        (502, ServerFailed),
        (599, ServerFailed),
        (204, UnexpectedAnswer),
        (301, UnexpectedAnswer),
        (418, UnexpectedAnswer),
    ],
)
def test_a_status_is_a_kind_of_error(status: int, kind: type[RestError]) -> None:
    error = failed(status, b'{"msg": "no"}')
    assert type(error) is kind
    assert isinstance(error, JambonzError)
    assert (error.status, error.message, error.body) == (status, "no", {"msg": "no"})
    assert error.operation == "calls.count"
    assert str(error).startswith(f"calls.count: {status} no")


@pytest.mark.parametrize(
    ("content", "reason", "message", "body"),
    [
        (b'{"msg": "not  found\\n"}', "Not Found", "not found", {"msg": "not  found\n"}),
        (b'{"status": "fail", "message": "quota"}', "", "quota", {"status": "fail", "message": "quota"}),
        (b"Not Found", "Not Found", "Not Found", "Not Found"),
        (b"", "Not Found", "Not Found", None),
        (b"", "", "HTTP status 404", None),
        (b"{}", "Server Error", "Server Error", {}),
        (b'{"msg": 7, "message": " "}', "Oops", "Oops", {"msg": 7, "message": " "}),
        (b"[1]", "Oops", "Oops", [1]),
        (b"null", "Oops", "Oops", None),
        (b'{"msg": "cut o', "", '{"msg": "cut o', '{"msg": "cut o'),
        (b"\xff\xfe", "", "\ufffd\ufffd", "\ufffd\ufffd"),
    ],
)
def test_every_shape_of_error_has_its_message(content: bytes, reason: str, message: str, body: Any) -> None:
    error = failed(404, content, reason=reason)
    assert (error.message, error.body) == (message, body)


def test_html_is_read_for_its_text_and_tells_of_a_wrong_url() -> None:
    page = (
        b"<!DOCTYPE html>\n<html><head><style>p { color: red }</style><title>Error</title></head>"
        b"<body><pre>Cannot GET /x</pre><script>alert(1)</script></body></html>"
    )
    for headers in ({"content-type": "text/html; charset=utf-8"}, {}):
        error = failed(404, page, **headers)
        assert error.message == "Error Cannot GET /x"
        assert "look at the base URL" in error.hint
    assert failed(404, b"Not Found").hint == ""
    # FS text that is labelled as HTML, as the API does with 422s.
    assert failed(422, b"call is gone", **{"content-type": "text/html"}).message == "call is gone"


def test_long_messages_are_cut_and_bodies_are_bounded() -> None:
    error = failed(500, b"x" * 100_000)
    assert len(error.message) == 500
    assert error.message.endswith("…")
    assert isinstance(error.body, str)
    assert len(error.body) == 64 * 1024


def test_redirects_are_explained() -> None:
    assert "is the base URL http" in failed(308).hint


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [
        (429, {"retry-after": "12"}, 12.0),
        (429, {"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT", "ratelimit-reset": "40"}, 40.0),
        (429, {"ratelimit-reset": "40"}, 40.0),
        (429, {"retry-after": "-5"}, None),
        (429, {"retry-after": "1e9"}, None),
        (429, {"retry-after": "9" * 30}, None),
        (429, {}, None),
        (503, {"retry-after": "3", "ratelimit-reset": "40"}, 3.0),
        (480, {"ratelimit-reset": "40"}, None),
    ],
)
def test_how_long_to_wait(status: int, headers: dict[str, str], wait: float | None) -> None:
    assert failed(status, b"", **headers).retry_after == wait


def test_what_proves_that_nothing_was_carried_out() -> None:
    kinds = [*RestError.__subclasses__(), *NoAnswer.__subclasses__()]
    proven = {kind for kind in kinds if kind.not_carried_out}
    assert proven == {RateLimited, NoFeatureServer, NotSent}


def test_opaque_answers_are_explained_where_the_cause_can_be_known() -> None:
    new = calls.create(from_="+1", to="+12", application_sid=SID)
    assert "no carrier for the number" in str(failed(500, b"Internal Server Error", request=new))
    assert "over an hour ago" in str(failed(404, b"Not Found", request=calls.get(SID)))
    assert "check the API key" in str(failed(401, b"Unauthorized"))
    for name, requests in RESOURCES.items():
        assert requests(Scope(SID, V10)), name


def test_an_answer_that_cannot_be_read_is_unexpected() -> None:
    for content, said in (
        (b"Accepted", "8 bytes of text/plain instead of JSON"),
        (b'{"inbound": 1', "13 bytes of text/plain instead of JSON"),
        (b"[" * 100_000, "100000 bytes of text/plain instead of JSON"),
        (b"[]", "a list instead of an object"),
        (b'"x"', "a text instead of an object"),
        (b"7", "a number instead of an object"),
        (b"true", "a flag instead of an object"),
        (b"null", "null instead of an object"),
    ):
        error = failed(200, content, **{"content-type": "text/plain"})
        assert type(error) is UnexpectedAnswer
        assert (error.message, error.status, error.operation) == (said, 200, "calls.count")
    with pytest.raises(UnexpectedAnswer, match="0 bytes of unknown type instead of JSON"):
        calls.count().result(Response(200))
    with pytest.raises(UnexpectedAnswer, match="an object instead of a list"):
        calls.list().result(Response(200, b"{}"))
    for content in (b"{}", b'{"sid": 7}', b'{"sid": ""}', b"[]"):
        with pytest.raises(UnexpectedAnswer, match='instead of an object with "sid"'):
            calls.create(from_="+1", to="+12", application_sid=SID).result(Response(201, content))
    account = AccountRequests(Scope(SID, V10))
    for content in (b"{}", b'{"webhook_secret": ""}', b"[]"):
        with pytest.raises(UnexpectedAnswer, match='instead of an object with "webhook_secret"'):
            account.webhook_secret().result(Response(200, content))
    with pytest.raises(UnexpectedAnswer, match="null instead of a token"):
        RESOURCES["api_keys"](Scope(SID, V10)).create().result(Response(201, b'{"sid": "k"}'))
    with pytest.raises(UnexpectedAnswer, match="a list instead of an object"):
        RESOURCES["app_env"](Scope(SID, V10)).get("https://a.b").result(Response(200, b"[]"))


def test_an_update_may_be_answered_with_anything() -> None:
    for content in (b"Accepted", b"", b"{}", b"[1]"):
        assert calls.mute(SID).result(Response(202, content)) is None
    result = calls.mute(SID).result(Response(200, b'{"status": "486", "reason": "Busy"}'))
    assert result == {"status": 486, "reason": "Busy"}


def test_what_a_creation_returns() -> None:
    new = calls.create(from_="+1", to="+12", application_sid=SID).result(
        Response(201, b'{"sid": "abc", "callId": "x@y"}')
    )
    assert isinstance(new, NewCall)
    assert (new, new.call_sid, new.call_id) == ("abc", "abc", "x@y")
    assert type(new.call_sid) is str
    assert json.dumps({"sid": new}) == '{"sid": "abc"}'
    odd = calls.create(from_="+1", to="+12", application_sid=SID).result(
        Response(201, b'{"sid": "abc", "callId": 7}')
    )
    assert odd.call_id == ""
    key = NewApiKey("abc", "token-1234")
    assert (key, key.token) == ("abc", "token-1234")
    assert "token" not in repr(key)


def test_secrets_of_the_request_do_not_come_back_in_errors() -> None:
    speech = SpeechCredentialRequests(Scope(SID, V10))
    request = speech.create("google", service_key={"client_email": "e@x", "private_key": "PRIVATE"})
    body = {
        "msg": 'Incorrect value {"client_email": "e@x", "private_key": "PRIVATE"} for key api-key-1234',
        "sent": {"service_key": "something", "fine": ["api-key-1234", 1]},
    }
    with pytest.raises(ServerFailed) as caught:
        request.result(Response(500, json.dumps(body).encode()), secrets=("api-key-1234",))
    for shown in (str(caught.value), repr(caught.value), repr(caught.value.body)):
        assert "PRIVATE" not in shown
        assert "api-key-1234" not in shown
        assert "something" not in shown
    assert "Incorrect value ***" in caught.value.message
    with pytest.raises(UnexpectedAnswer) as unreadable:
        request.result(
            Response(201, b'{"token": "t-1234", "echo": "api-key-1234"}'), secrets=("api-key-1234",)
        )
    assert unreadable.value.body == {"token": "***", "echo": "***"}


def test_rows_show_no_secrets_and_hold_them() -> None:
    row = Record(
        name="main",
        webhook_secret="wh_1",
        register_password="",
        env_vars={"A": "hush", "B": {"C": "hush"}},
        bucket_credential={"vendor": "aws_s3", "secret_access_key": "hush"},
        call_hook={"url": "u", "password": None},
        keys=[{"token": "hush"}, "plain"],
        use_token=True,
    )
    assert "hush" not in repr(row) + str(row) + f"{row}"
    assert "wh_1" not in repr(row)
    assert row["webhook_secret"] == "wh_1"
    assert masked(row)["call_hook"] == {"url": "u", "password": None}
    assert masked(row)["register_password"] == ""
    assert masked(row)["use_token"] is True
    assert isinstance(row, dict)
    assert json.loads(json.dumps(row)) == row


def test_which_names_are_secret() -> None:
    for name in (
        "password",
        "register_password",
        "apiKey",
        "access_key_id",
        "secret_access_key",
        "clientKey",
    ):
        assert is_secret(name), name
    for name in ("name", "token_count", "api_key_sid", "lcr_sid", "tag"):
        assert not is_secret(name), name


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["password", "api_key", "name", "list"]), inner, max_size=3)
        ),
        max_leaves=12,
    )
)
def test_nothing_that_is_secret_is_left(value: Any) -> None:
    secrets = [
        secret
        for secret in secret_values(value)
        if len(secret) >= 4 and secret not in "password api_key name list ***"
    ]
    shown = json.dumps(redacted(value, secrets), ensure_ascii=False)
    for secret in secrets:
        assert secret not in json.loads(json.dumps(list(_texts(json.loads(shown)))))


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for item in items for text in _texts(item)]


def test_outcomes_name_the_time_out_that_ran_out() -> None:
    unsent = NotSent("no connection", operation="calls.count", timed_out="connect")
    assert (str(unsent), unsent.timed_out) == ("calls.count: no connection", "connect")
    unknown = OutcomeUnknown("no answer", operation="calls.count", timed_out="read")
    assert (str(unknown), unknown.timed_out, unknown.status) == ("calls.count: no answer", "read", None)
    missed = CallFailed("busy", call_sid="c", call_status="busy", sip_status=486, sip_reason="Busy Here")
    assert (missed.call_sid, missed.call_status, missed.sip_status, missed.sip_reason) == (
        "c",
        "busy",
        486,
        "Busy Here",
    )
