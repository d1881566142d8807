"""Drops, the grace time, and how a call ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jambonz_core.call import (
    Abandoned,
    AckDefaulted,
    CallOptions,
    CallOver,
    CallStatus,
    CommandLost,
    CommandRefused,
    CommandRepeated,
    Detached,
    EndCall,
    HookKind,
    LimitReached,
    Mute,
    Reattached,
    Replace,
    Reply,
    ReplyDiscarded,
    ReplyRerouted,
    Send,
    SessionReconnect,
)
from jambonz_core.wire.errors import CallEnded, LocalProtocolError, QueueFull

SAY: list[dict[str, Any]] = [{"verb": "say", "text": "Hello"}]
MORE: list[dict[str, Any]] = [{"verb": "say", "text": "More"}]
GATHER: list[dict[str, Any]] = [
    {"verb": "gather", "actionHook": "/g"},
    {"verb": "conference", "name": "x", "waitHook": "/w"},
]
MUTE = {"type": "command", "command": "mute:status", "data": {"mute_status": "mute"}}


def ack(msgid: str, data: Any = None) -> dict[str, Any]:
    return {"type": "ack", "msgid": msgid, "data": data if data is not None else []}


# --- drops --------------------------------------------------------------------------------------------------


def test_commands_of_a_detached_call_leave_in_order_behind_the_reconnect(
    wire: Any, redirect: Callable[..., Any]
) -> None:
    wire.running()
    assert wire.lose() == [Detached(1006)]
    assert not wire.call.attached
    wire.do(Send(SAY))
    wire.do(Mute(True))
    wire.do(Replace(MORE))
    wire.connect()
    assert wire.sent() == []
    again = wire.reconnect()
    assert wire.sent() == [
        ack(again),
        redirect(SAY, queue=True),
        MUTE,
        redirect(MORE, queue=False),
    ]
    reconnect, reattached = wire.events[-2:]
    assert isinstance(reconnect, SessionReconnect)
    assert (reconnect.acked, reattached) == (True, Reattached())
    assert wire.call.attached


def test_what_waits_is_bounded(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(CallOptions(waiting_messages=3)).running(GATHER)
    hook = wire.hook("/g")
    wire.lose()
    crowded: list[bool] = []
    for _ in range(3):
        wire.do(Send(SAY))
        crowded.append(wire.call.crowded)
    assert crowded == [False, True, True]
    for command in (Send(SAY), Mute(True), Replace(SAY), Reply(hook, SAY)):
        with pytest.raises(QueueFull, match="3 messages"):
            wire.do(command)
    again = wire.reconnect()
    assert len(wire.sent()) == 4, again
    assert not wire.call.crowded
    wire.do(Reply(hook, SAY))
    assert len(wire.sent()) == 1


def test_the_newest_connection_wins(wire: Any) -> None:
    wire.running()
    assert wire.connect() == [Detached(1006)]
    again = wire.reconnect()
    assert wire.acks() == [(again, [])]


@pytest.mark.parametrize("opener", ["session:new", "session:redirect"])
def test_a_call_whose_connection_is_lost_before_it_began_begins_on_the_next(wire: Any, opener: str) -> None:
    wire.connect()
    wire.hears("llm:event", {})
    wire.lose()
    wire.connect()
    wire.hears(opener, {"direction": "inbound"})
    wire.do(Send(SAY))
    assert wire.acks() == [(wire.last_msgid, SAY)]


def test_a_lost_connection_can_be_lost_once(wire: Any) -> None:
    assert wire.lose() == []
    wire.running()
    wire.lose()
    assert wire.lose() == []


def test_a_message_needs_a_connection(wire: Any) -> None:
    with pytest.raises(LocalProtocolError, match="connected"):
        wire.hears("session:reconnect", {})
    wire.running()
    wire.lose()
    with pytest.raises(LocalProtocolError, match="connected"):
        wire.hears("verb:hook", {}, hook="/x")


def test_a_second_reconnect_on_one_connection_is_bad(wire: Any) -> None:
    wire.new()
    wire.lose()
    wire.reconnect()
    [event] = wire.hears("session:reconnect", {}, call_sid="c1")
    assert "has had one" in str(event.error)


def test_a_reconnect_on_a_good_connection_is_acked(wire: Any) -> None:
    wire.running()
    wire.hears("session:reconnect", {}, call_sid="c1")
    assert wire.acks() == [(wire.last_msgid, [])]


# --- acks that may not have arrived -------------------------------------------------------------------------


def test_an_unproved_ack_is_owed_with_what_is_behind_it(wire: Any, redirect: Callable[..., Any]) -> None:
    wire.running(GATHER)
    hook = wire.hook("/g")
    wire.do(Reply(hook, SAY))
    wire.advance(0.5)
    wire.do(Send(MORE))
    wire.do(Mute(False))
    wire.sent()
    assert wire.lose() == [Detached(1006)]
    wire.do(Mute(True))
    again = wire.reconnect()
    assert wire.sent() == [ack(again)]
    assert wire.call.attached
    assert wire.advance(0.1) == [
        ReplyRerouted(hook, "/g", HookKind.ACTION),
        CommandRepeated("redirect"),
        CommandRepeated("mute:status"),
        Reattached(),
    ]
    unmute = {"type": "command", "command": "mute:status", "data": {"mute_status": "unmute"}}
    assert wire.sent() == [redirect(SAY, queue=False), redirect(MORE, queue=True), unmute, MUTE]


@pytest.mark.parametrize("left", [True, False])
def test_an_unproved_ack_is_not_owed_when_its_verbs_were_replaced(
    wire: Any, redirect: Callable[..., Any], left: bool
) -> None:
    wire.running(GATHER)
    hook = wire.hook("/g")
    wire.do(Reply(hook, SAY))
    wire.advance(0.5 if left else 0.01)
    wire.do(Send(SAY))
    wire.do(Replace(MORE))
    wire.lose()
    wire.sent()
    wire.reconnect()
    events = wire.advance(0.1)
    assert ReplyDiscarded(hook, "/g", HookKind.ACTION, "replaced") in events
    assert (CommandLost("redirect", "replaced") in events) == left
    sent = [redirect(SAY, queue=True)] * (not left) + [redirect(MORE, queue=False)]
    assert wire.sent()[1:] == sent


@pytest.mark.parametrize("sure_by", ["a second", "its result", "an empty array"])
def test_a_sure_ack_is_not_owed(wire: Any, sure_by: str) -> None:
    wire.running(GATHER)
    next_gather = [{"verb": "gather", "actionHook": "/next"}]
    wire.do(Reply(wire.hook("/g"), [] if sure_by == "an empty array" else next_gather))
    if sure_by == "a second":
        wire.advance(1)
    elif sure_by == "its result":
        wire.do(Reply(wire.hook("/next", {"reason": "timeout"})))
    wire.sent()
    wire.lose()
    again = wire.reconnect()
    assert wire.acks() == [(again, [])]


def test_an_unsure_answer_that_is_played_is_discarded(wire: Any) -> None:
    wire.running(GATHER)
    wait = wire.hook("/w")
    wire.do(Reply(wait, SAY))
    assert wire.lose() == [Detached(1006), ReplyDiscarded(wait, "/w", HookKind.PLAYED, "connection lost")]


def test_an_old_answer_that_is_played_was_heard(wire: Any) -> None:
    wire.running(GATHER)
    wire.do(Reply(wire.hook("/w"), SAY))
    wire.advance(1)
    assert wire.lose() == [Detached(1006)]


# --- the settle time ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/g", "/w"])
def test_verbs_and_what_follows_them_keep_their_distance_from_an_ack_with_verbs(
    wire: Any, path: str, redirect: Callable[..., Any]
) -> None:
    wire.running(GATHER)
    hook = wire.hook(path)
    wire.do(Reply(hook, SAY))
    wire.do(Mute(True))
    assert wire.sent() == [ack(hook, SAY), MUTE]
    wire.do(Send(MORE))
    wire.do(Mute(True))
    assert wire.sent() == []
    assert wire.call.settling
    wire.advance(0.09)
    assert wire.sent() == []
    wire.advance(0.02)
    assert wire.sent() == [redirect(MORE, queue=True), MUTE]
    assert not wire.call.settling


def test_an_empty_ack_needs_no_distance(wire: Any) -> None:
    wire.running(GATHER)
    hook = wire.hook("/g")
    wire.do(Reply(hook, []))
    wire.do(Mute(True))
    assert wire.sent() == [ack(hook), MUTE]


def test_an_ack_that_replaces_waits_behind_commands_that_were_given_before_it(
    wire: Any, redirect: Callable[..., Any]
) -> None:
    wire.running(GATHER)
    first, second, third = wire.hook("/g"), wire.hook("/g"), wire.hook("/g")
    wire.do(Reply(first, SAY))
    wire.do(Send(MORE))
    wire.do(Reply(second, SAY))
    wire.do(Mute(True))
    wire.do(Reply(third, []))
    assert wire.sent() == [ack(first, SAY), ack(third)]
    wire.advance(0.1)
    assert wire.sent() == [redirect(MORE, queue=True), ack(second, SAY), MUTE]


def test_an_ack_that_waits_is_rerouted_in_its_place_after_a_drop(
    wire: Any, redirect: Callable[..., Any]
) -> None:
    wire.running(GATHER)
    first, second = wire.hook("/g"), wire.hook("/g")
    wire.hears("verb:status", {})
    wire.do(Reply(first, SAY))
    wire.do(Send(MORE))
    wire.do(Reply(second, SAY))
    wire.do(Send(MORE))
    wire.sent()
    assert wire.lose() == [
        Detached(1006),
        Abandoned(second, "/g", HookKind.ACTION, "connection lost"),
        ReplyRerouted(second, "/g", HookKind.ACTION),
    ]
    wire.reconnect()
    assert wire.advance(0.1)[0] == ReplyDiscarded(first, "/g", HookKind.ACTION, "replaced")
    assert wire.sent()[1:] == [
        redirect(MORE, queue=True),
        redirect(SAY, queue=False),
        redirect(MORE, queue=True),
    ]


def test_a_hook_before_the_first_answer_is_acked_ahead_of_it(wire: Any) -> None:
    msgid = wire.new(direction="outbound")
    wire.do(Mute(True))
    hook = wire.hook("/amd", {"type": "amd_human_detected"})
    wire.do(Reply(hook, MORE))
    assert wire.acks() == [(hook, MORE)]
    wire.do(Send(SAY))
    assert wire.acks() == [(msgid, SAY)]


def test_a_large_reply_goes_in_parts(wire: Any, redirect: Callable[..., Any]) -> None:
    wire.running(GATHER)
    hook = wire.hook("/g")
    verbs = [{"verb": "say", "text": f"{number}" + "x" * 10_000} for number in range(3)]
    wire.do(Reply(hook, verbs))
    assert wire.sent() == [ack(hook, verbs[:2])]
    wire.advance(0.1)
    assert wire.sent() == [redirect(verbs[2:], queue=True)]


# --- the end ------------------------------------------------------------------------------------------------


def test_the_grace_time_ends_a_detached_call(wire: Any) -> None:
    wire.running()
    wire.lose()
    wire.do(Send(SAY))
    assert wire.advance(44.9) == []
    assert wire.advance(0.2) == [CommandRefused("redirect", "call over"), CallOver("expired")]
    assert wire.call.over == "expired"
    assert wire.call.deadline is None
    assert wire.connect() == wire.hears("session:reconnect") == wire.lose() == wire.advance(100) == []
    with pytest.raises(CallEnded):
        wire.do(Send(SAY))
    assert wire.do(EndCall()) == []


def test_a_connection_alone_does_not_save_a_call(wire: Any) -> None:
    wire.running()
    wire.lose()
    wire.advance(44)
    wire.connect()
    assert wire.advance(2) == [CallOver("expired")]


def test_a_reconnect_saves_it(wire: Any) -> None:
    wire.running()
    wire.lose()
    wire.advance(44)
    wire.reconnect()
    assert wire.advance(100) == []


def test_a_graceful_close_by_the_server_is_the_end(wire: Any) -> None:
    wire.running()
    assert wire.lose(1000) == [Detached(1000), CallOver("closed")]


def test_completed_closes_sending_only(wire: Any) -> None:
    wire.running(GATHER)
    [event] = wire.hears("call:status", {"call_sid": "c1", "call_status": "completed"})
    assert isinstance(event, CallStatus)
    for command in (Send(SAY), Replace(SAY), Mute(True)):
        with pytest.raises(CallEnded, match="ending"):
            wire.do(command)
    hook = wire.hook("/g")
    wire.do(Reply(hook, []))
    assert wire.acks() == [(hook, [])]
    assert wire.lose(1000) == [Detached(1000), CallOver("completed")]


def test_the_end_of_another_leg_is_not_the_end(wire: Any) -> None:
    wire.running()
    wire.hears("call:status", {"call_sid": "c2", "parent_call_sid": "c1", "call_status": "completed"})
    wire.hears("call:status", {"call_status": "completed"})
    wire.do(Send(SAY))
    assert len(wire.sent()) == 1


def test_a_server_that_never_closes_a_completed_call(wire: Any) -> None:
    wire.running()
    wire.hears("call:status", {"call_sid": "c1", "call_status": "completed"})
    assert wire.advance(45) == [CallOver("completed")]


def test_a_completed_call_may_come_back_for_its_last_hooks(wire: Any) -> None:
    wire.running(GATHER)
    wire.hears("call:status", {"call_sid": "c1", "call_status": "completed"})
    wire.lose()
    wire.advance(1)
    wire.reconnect()
    wire.sent()
    hook = wire.hook("/g")
    wire.advance(4)
    assert wire.acks() == [(hook, [])]
    assert wire.advance(45) == [CallOver("completed")]


def test_commands_that_wait_are_refused_when_the_call_ends(wire: Any) -> None:
    wire.running(GATHER)
    first, second = wire.hook("/g"), wire.hook("/g")
    wire.do(Reply(first, SAY))
    wire.do(Send(MORE))
    wire.do(Reply(second, SAY))
    wire.sent()
    events = wire.hears("call:status", {"call_sid": "c1", "call_status": "completed"})
    assert events[1:] == [CommandRefused("redirect", "call ended")]
    wire.advance(0.1)
    assert wire.acks() == [(second, SAY)]


def test_an_ack_that_still_waits_at_the_end_is_abandoned(wire: Any) -> None:
    wire.running(GATHER)
    first, second = wire.hook("/g"), wire.hook("/g")
    wire.do(Reply(first, SAY))
    wire.do(Send(MORE))
    wire.do(Reply(second, SAY))
    events = wire.lose(1000)
    assert events[1:] == [
        CommandRefused("redirect", "call over"),
        Abandoned(second, "/g", HookKind.ACTION, "call over"),
        CallOver("closed"),
    ]


def test_a_caller_who_gives_up_before_the_first_answer(wire: Any) -> None:
    msgid = wire.new()
    events = wire.hears("call:status", {"call_sid": "c1", "call_status": "no-answer"})
    assert events[1:] == [Abandoned(msgid, "", HookKind.SESSION_NEW, "call ended")]
    with pytest.raises(CallEnded):
        wire.do(Send(SAY))
    assert wire.advance(10) == []
    assert wire.sent() == []
    assert not wire.seen(AckDefaulted)


def test_statuses_that_come_before_the_call_are_collected(wire: Any) -> None:
    wire.connect()
    for status in ("trying", "ringing", "in-progress"):
        wire.hears("call:status", {"call_sid": "c1", "call_status": status, "direction": "outbound"})
    wire.hears("call:status", {"call_sid": "c9", "call_status": "trying", "parent_call_sid": "c1"})
    assert [event.status for event in wire.call.early_statuses] == [
        "trying",
        "ringing",
        "in-progress",
        "trying",
    ]
    assert wire.call.call_sid == "c1"
    for _ in range(80):
        wire.hears("call:status", {"call_sid": "c1", "call_status": "ringing"})
    assert len(wire.call.early_statuses) == 64
    assert wire.seen(LimitReached) == [LimitReached("CallOptions.early_statuses", "call:status")] * 20
    wire.hears("session:new", {"call_sid": "c1", "direction": "outbound"})
    wire.hears("call:status", {"call_sid": "c1", "call_status": "ringing"})
    assert len(wire.call.early_statuses) == 64


def test_an_outbound_call_that_nobody_answers(wire: Any) -> None:
    wire.connect()
    wire.hears("call:status", {"call_sid": "c1", "call_status": "trying"})
    wire.hears("call:status", {"call_sid": "c1", "call_status": "busy"})
    assert wire.lose(1006) == [Detached(1006)]
    assert wire.advance(45) == [CallOver("completed")]
