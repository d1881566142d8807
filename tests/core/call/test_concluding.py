"""Hanging up behind the verbs that are queued."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jambonz_core.call import AppCall, Conclude, EndCall, Send
from jambonz_core.wire.errors import CallEnded, LocalProtocolError

HANGUP = {"verb": "hangup"}
DECLINE = {"verb": "sip:decline", "status": 603}


def begun(direction: str = "inbound") -> AppCall:
    call = AppCall()
    call.connected(0.0)
    data = {"call_sid": "c", "direction": direction}
    call.receive(json.dumps({"type": "session:new", "msgid": "m", "call_sid": "c", "data": data}), 0.0)
    return call


def sent(call: AppCall, now: float = 1.0) -> list[Any]:
    """The verbs that leave, message by message."""
    call.tick(now)
    return [json.loads(text)["data"] for text in call.outgoing()]


@pytest.mark.parametrize(
    ("verbs", "direction", "behind"),
    [
        ([{"verb": "say", "text": "Bye"}], "inbound", [HANGUP]),
        ([{"verb": "config"}], "inbound", [HANGUP, DECLINE]),
        ([{"verb": "config"}], "outbound", [HANGUP]),
        ([{"verb": "answer"}, {"verb": "pause", "length": 1}], "inbound", [HANGUP]),
        ([{"verb": "dial", "target": []}], "inbound", [HANGUP, DECLINE]),
    ],
)
def test_what_is_queued_depends_on_whether_the_call_is_answered(
    verbs: list[dict[str, Any]], direction: str, behind: list[dict[str, Any]]
) -> None:
    call = begun(direction)
    call.do(Send(verbs), 0.0)
    assert sent(call) == [verbs]
    call.do(Conclude(), 1.0)
    assert sent(call, 2.0) == [behind]
    # And that is enough.
    call.do(Conclude(), 2.0)
    assert sent(call, 3.0) == []


@pytest.mark.parametrize("last", [HANGUP, DECLINE])
def test_nothing_is_added_to_an_end(last: dict[str, Any]) -> None:
    call = begun()
    call.do(Send([{"verb": "say", "text": "Bye"}, last]), 0.0)
    sent(call)
    call.do(Conclude(), 1.0)
    assert sent(call, 2.0) == []
    call.do(Send([{"verb": "say", "text": "One more thing"}]), 2.0)
    sent(call, 3.0)
    call.do(Conclude(), 3.0)
    assert sent(call, 4.0) == [[HANGUP]]


def test_a_call_without_an_answer_is_declined() -> None:
    call = begun()
    call.do(Conclude(status=486), 0.0)
    assert sent(call, 0.0) == [[{"verb": "sip:decline", "status": 486}]]


def test_it_joins_an_answer_that_has_not_left() -> None:
    call = begun()
    call.do(Send([{"verb": "say", "text": "Bye"}]), 0.0)
    call.do(Conclude(), 0.0)
    assert sent(call, 0.0) == [[{"verb": "say", "text": "Bye"}, HANGUP]]


def test_it_needs_a_call() -> None:
    with pytest.raises(LocalProtocolError):
        AppCall().do(Conclude(), 0.0)
    call = begun()
    call.do(EndCall(), 0.0)
    with pytest.raises(CallEnded):
        call.do(Conclude(), 0.0)


def test_what_is_known_travels_with_a_snapshot() -> None:
    call = begun()
    call.do(Send([{"verb": "say", "text": "Hello"}]), 0.0)
    sent(call)
    restored = AppCall.restore(call.snapshot(), now=5.0)
    restored.connected(5.0)
    restored.receive('{"type":"session:reconnect","msgid":"r","call_sid":"c","data":{}}', 5.0)
    sent(restored, 6.0)
    restored.receive('{"type":"verb:status","data":{"event":"starting","name":"say"}}', 6.0)
    restored.do(Conclude(), 7.0)
    assert sent(restored, 8.0) == [[HANGUP]]
