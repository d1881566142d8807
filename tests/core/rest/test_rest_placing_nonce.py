"""Knowing an outbound call again, and what its statuses mean before there is a session."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_core.rest import CallRequests, InvalidRequest, Scope
from jambonz_core.rest.placing import NONCE_KEY, NewCallFields, failure_of, nonce_of, tagged
from jambonz_core.verbs.profiles import V10


@given(
    tag=st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
    nonce=st.text("0123456789abcdef", min_size=1),
    spelling=st.sampled_from(["customerData", "customerdata", "customer_data"]),
)
def test_a_nonce_comes_back_in_every_spelling(tag: dict[str, Any], nonce: str, spelling: str) -> None:
    attached = tagged(tag, nonce)
    assert nonce_of({"call_sid": "c", spelling: attached}) == nonce
    assert {key: attached[key] for key in tag} == tag
    assert NONCE_KEY not in tag, "the program's own tag is not changed"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"customerData": None},
        {"customerData": "x"},
        {"customerData": {"order": 7}},
        {"customerData": {NONCE_KEY: 7}},
        {"customerData": {NONCE_KEY: ""}},
    ],
)
def test_a_call_that_nobody_here_placed_has_none(data: dict[str, Any]) -> None:
    assert nonce_of(data) is None


def test_a_tag_is_an_object() -> None:
    assert tagged(None, "n") == {NONCE_KEY: "n"}
    with pytest.raises(InvalidRequest, match="tag must be an object"):
        tagged(["x"], "n")  # type: ignore[arg-type]  # the mistake is the point


def test_the_server_takes_the_tag_with_the_nonce() -> None:
    sid = "00000000-0000-4000-8000-000000000000"
    fields: NewCallFields = {"from_": "+1", "to": "+12", "application_sid": sid, "tag": tagged({"a": 1}, "n")}
    request = CallRequests(Scope(sid, V10)).create(None, **fields)
    assert request.body["tag"] == {"a": 1, NONCE_KEY: "n"}


@pytest.mark.parametrize(
    "status", ["trying", "ringing", "early-media", "in-progress", "queued", "new", None, 7, []]
)
def test_statuses_that_leave_hope(status: Any) -> None:
    assert failure_of({"call_status": status}) is None


@pytest.mark.parametrize(
    ("data", "said", "sip_status"),
    [
        (
            {"call_status": "busy", "sip_status": 486, "sip_reason": "Busy Here"},
            "the called party is busy (486 Busy Here)",
            486,
        ),
        ({"call_status": "no-answer", "sip_status": 487}, "nobody answered (487)", 487),
        ({"call_status": "failed", "sip_status": "x", "sip_reason": 7}, "the call failed", None),
        ({"call_status": "failed", "sip_status": True}, "the call failed", None),
        (
            {"call_status": "completed", "sip_reason": "Bye"},
            "the call ended before it could be met (Bye)",
            None,
        ),
    ],
)
def test_statuses_that_end_it(data: dict[str, Any], said: str, sip_status: int | None) -> None:
    failure = failure_of({"call_sid": "c1", **data})
    assert failure is not None
    assert (str(failure), failure.sip_status, failure.call_sid) == (said, sip_status, "c1")
    assert failure.call_status == data["call_status"]
