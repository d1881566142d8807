"""Who is called: the four kinds of target, and texts that stand for them."""

from __future__ import annotations

from typing import Any

import pytest

from jambonz_core.rest import (
    AccountRequests,
    ApplicationRequests,
    CallRequests,
    InvalidRequest,
    LimitRequests,
    Scope,
    phone,
    sip,
    teams,
    user,
)
from jambonz_core.rest.targets import checked_target
from jambonz_core.verbs.profiles import V10

SID = "00000000-0000-4000-8000-000000000000"


def test_what_is_not_given_is_not_sent() -> None:
    assert teams("+1") == {"type": "teams", "number": "+1"}
    assert sip("sip:a@b.c", username="u") == {"type": "sip", "sipUri": "sip:a@b.c", "auth": {"username": "u"}}


@pytest.mark.parametrize(
    ("made", "target"),
    [
        (phone("+1", trunk="t"), {"type": "phone", "number": "+1", "trunk": "t"}),
        (
            user("alice", override_to="bob", headers={"X": "1"}),
            {"type": "user", "name": "alice", "overrideTo": "bob", "headers": {"X": "1"}},
        ),
        (sip("sip:a@b.c", proxy="p"), {"type": "sip", "sipUri": "sip:a@b.c", "proxy": "p"}),
        (
            sip("sip:a@b.c", username="u", password="p"),
            {"type": "sip", "sipUri": "sip:a@b.c", "auth": {"username": "u", "password": "p"}},
        ),
        (
            teams("+1", tenant="t", voicemail=False),
            {"type": "teams", "number": "+1", "tenant": "t", "vmail": False},
        ),
    ],
)
def test_targets_are_what_the_server_takes(made: Any, target: dict[str, Any]) -> None:
    assert made == target
    assert checked_target(made) == target


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("+1 (508) 555-1212", {"type": "phone", "number": "+15085551212"}),
        ("100", {"type": "phone", "number": "100"}),
        ("0", {"type": "phone", "number": "0"}),
        (" sip:alice@example.com ", {"type": "sip", "sipUri": "sip:alice@example.com"}),
        ("SIPS:alice@example.com", {"type": "sip", "sipUri": "SIPS:alice@example.com"}),
        ("alice@sip.example.com", {"type": "user", "name": "alice@sip.example.com"}),
    ],
)
def test_a_text_is_read_as_what_it_looks_like(text: str, target: dict[str, Any]) -> None:
    assert checked_target(text) == target


@pytest.mark.parametrize("text", ["", "alice", "a@b@c", "a b@c", "+", "+1-", "http://x", "1" * 5 + "x"])
def test_a_text_that_looks_like_nothing_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="neither a number"):
        checked_target(text)


def test_a_long_value_is_not_repeated_in_the_message() -> None:
    with pytest.raises(InvalidRequest, match="to: a str is neither"):
        checked_target("x" * 41)


def test_the_longer_forms_of_a_request() -> None:
    calls = CallRequests(Scope(SID, V10))
    request = calls.create(
        from_="+1",
        to="+12",
        application_sid=SID,
        call_status_hook={"url": "https://a.b"},
        amd={"actionHook": "/amd"},
    )
    assert request.body["call_status_hook"] == {"url": "https://a.b"}
    assert request.body["amd"] == {"actionHook": "/amd"}
    sent = calls.sip_request(SID, "INFO", content_type="t", content="c").body
    assert sent == {"sip_request": {"method": "INFO", "content_type": "t", "content": "c"}}
    applications = ApplicationRequests(Scope(SID, V10))
    assert applications.update(SID, app_json='[{"verb":"hangup"}]').body == {
        "app_json": '[{"verb":"hangup"}]'
    }
    assert AccountRequests(Scope(SID, V10)).update(name="n").body == {"name": "n"}
    assert LimitRequests(Scope(SID, V10)).list().params == ()
