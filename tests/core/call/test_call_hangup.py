"""`EndCall` ends a call in whatever state it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from jambonz_core.call import (
    AckDefaulted,
    AppCall,
    CallOver,
    EndCall,
    HookKind,
    Reply,
    ReplyDiscarded,
    ResultDropped,
    Send,
)
from jambonz_core.wire.errors import CallEnded, MessageTooLarge

SAY: list[dict[str, Any]] = [{"verb": "say", "text": "Hello"}]
DECLINE = {"verb": "sip:decline", "status": 603}
COMPLETED = {"type": "command", "command": "call:status", "data": {"call_status": "completed"}}


def test_an_unanswered_inbound_call_is_declined(wire: Any) -> None:
    msgid = wire.new()
    wire.call.do(Send([{"verb": "gather", "actionHook": "/~1"}]), wire.now)
    events = wire.do(EndCall(status=486, reason="Busy Here", headers={"X-Why": "lunch"}))
    assert events == [ResultDropped("/~1", "", "replaced")]
    decline = {"verb": "sip:decline", "status": 486, "reason": "Busy Here", "headers": {"X-Why": "lunch"}}
    assert wire.acks() == [(msgid, [decline])]
    with pytest.raises(CallEnded):
        wire.do(Send(SAY))
    assert wire.do(EndCall()) == []


@pytest.mark.parametrize("verbs", [SAY, []])
def test_a_reply_does_not_take_the_place_of_the_decline(wire: Any, verbs: Any) -> None:
    msgid = wire.new()
    wire.call.do(EndCall(), wire.now)
    discarded = [ReplyDiscarded(msgid, "", HookKind.SESSION_NEW, "call ending")] if verbs else []
    assert wire.do(Reply(msgid, verbs)) == discarded
    assert wire.acks() == [(msgid, [DECLINE])]


def test_an_outbound_call_was_answered_before_it_began(wire: Any) -> None:
    msgid = wire.new(direction="outbound")
    wire.do(EndCall())
    assert wire.acks() == [(msgid, [{"verb": "hangup"}])]


def test_an_answered_call_is_hung_up_at_once(wire: Any) -> None:
    wire.running()
    wire.hears("call:status", {"call_sid": "c1", "call_status": "in-progress"})
    wire.do(EndCall())
    assert wire.sent() == [COMPLETED]
    assert wire.advance(45) == [CallOver("expired")]


def test_headers_for_the_bye_need_the_verb(wire: Any, redirect: Callable[..., Any]) -> None:
    wire.running(direction="outbound")
    wire.do(EndCall(headers={"X-Why": "lunch"}))
    assert wire.sent() == [redirect([{"verb": "hangup", "headers": {"X-Why": "lunch"}}], queue=False)]


def test_a_hook_tells_that_the_call_was_answered(wire: Any) -> None:
    wire.running([{"verb": "gather", "actionHook": "/g"}])
    hook = wire.hook("/g", {"call_sid": "c1", "call_status": "in-progress"})
    wire.do(Reply(hook, []))
    wire.sent()
    wire.do(EndCall())
    assert wire.sent() == [COMPLETED]


def test_the_status_of_another_leg_tells_nothing(wire: Any, redirect: Callable[..., Any]) -> None:
    wire.running([{"verb": "dial", "target": []}])
    wire.hook("/x", {"call_sid": "c2", "call_status": "in-progress"})
    wire.sent()
    wire.do(EndCall())
    assert wire.sent() == [redirect([DECLINE, {"verb": "hangup"}], queue=False)]


def test_where_nobody_knows_both_verbs_are_sent(wire: Any, redirect: Callable[..., Any]) -> None:
    """Each does nothing to a call of the other sort, and the first that applies ends the call."""
    wire.running()
    wire.do(EndCall())
    assert wire.sent() == [redirect([DECLINE, {"verb": "hangup"}], queue=False)]


def test_a_call_that_was_pointed_here_may_be_of_either_sort(wire: Any) -> None:
    wire.connect()
    [event] = wire.hears("session:redirect", {"call_sid": "c1", "call_status": "trying"}, hook="/ivr")
    wire.do(EndCall())
    assert wire.acks() == [(event.msgid, [DECLINE, {"verb": "hangup"}])]


def test_a_call_that_still_rings_is_cancelled(wire: Any) -> None:
    wire.connect()
    wire.hears("call:status", {"call_sid": "c1", "call_status": "ringing"})
    wire.do(EndCall())
    assert wire.sent() == [
        {"type": "command", "command": "call:status", "data": {"call_status": "no-answer"}}
    ]


def test_a_call_without_any_connection_just_ends(wire: Any) -> None:
    wire.do(EndCall())
    assert wire.advance(45) == [CallOver("expired")]
    assert wire.sent() == []


def test_a_hangup_keeps_its_place_behind_what_was_sent_before(
    wire: Any, redirect: Callable[..., Any]
) -> None:
    wire.running(direction="outbound")
    wire.lose()
    wire.do(Send(SAY))
    wire.do(EndCall())
    wire.reconnect()
    assert wire.sent()[1:] == [redirect(SAY, queue=True), COMPLETED]


def test_a_decline_that_was_not_delivered_answers_the_reconnect(wire: Any) -> None:
    wire.new()
    wire.lose()
    wire.do(EndCall())
    again = wire.reconnect()
    assert wire.acks() == [(again, [DECLINE])]
    assert not wire.seen(AckDefaulted)


def test_a_decline_reaches_a_server_that_goes_on_without_reconnecting(
    wire: Any, redirect: Callable[..., Any]
) -> None:
    wire.new()
    wire.lose()
    wire.do(EndCall())
    wire.connect()
    wire.hears("verb:status", {"event": "starting"})
    assert wire.sent() == [redirect([DECLINE], queue=True)]


def test_a_decline_for_a_lost_session_redirect_goes_as_a_redirect(
    wire: Any, redirect: Callable[..., Any]
) -> None:
    wire.connect()
    wire.hears("session:redirect", {"call_sid": "c1"}, hook="/ivr")
    wire.call.do(EndCall(), wire.now)
    wire.lose()
    wire.reconnect()
    assert wire.sent()[1:] == [redirect([DECLINE, {"verb": "hangup"}], queue=True)]


def test_a_queue_that_is_full_does_not_keep_a_caller_on_the_line(wire: Any) -> None:
    wire.running(direction="outbound")
    wire.lose()
    for _ in range(256):
        wire.do(Send(SAY))
    wire.do(EndCall())
    wire.reconnect()
    assert wire.sent()[-1] == COMPLETED


def test_headers_beyond_all_bounds_are_refused(wire: Any) -> None:
    wire.new()
    with pytest.raises(MessageTooLarge):
        wire.do(EndCall(headers={"X": "x" * 30_000}))
    wire.do(Send(SAY))
    assert wire.sent()


def test_a_hangup_that_waits_is_not_reported_as_refused(wire: Any) -> None:
    wire.running(direction="outbound")
    wire.lose()
    wire.do(EndCall())
    assert wire.advance(45) == [CallOver("expired")]


def test_a_session_that_begins_after_the_hangup_is_ended_by_its_first_answer() -> None:
    call = AppCall()
    call.connected(0.0)
    status = {"call_sid": "c1", "call_status": "ringing", "direction": "outbound"}
    call.receive(json.dumps({"type": "call:status", "msgid": "m1", "data": status}), 0.0)
    call.do(EndCall(), 0.1)
    assert [json.loads(text)["command"] for text in call.outgoing()] == ["call:status"]
    new = {"call_sid": "c1", "direction": "outbound", "call_status": "in-progress"}
    call.receive(json.dumps({"type": "session:new", "msgid": "m2", "data": new}), 0.2)
    (text,) = call.outgoing()
    assert json.loads(text)["msgid"] == "m2"
    assert [verb["verb"] for verb in json.loads(text)["data"]] == ["sip:decline", "hangup"]
    assert call.obligations == []
