"""Each row of the obligation table: at its deadline, late, and after a drop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jambonz_core.call import (
    Abandoned,
    AckDefaulted,
    AppCall,
    DialConfirm,
    EndCall,
    Event,
    HookEvent,
    HookKind,
    Reply,
    ReplyDiscarded,
    ReplyRerouted,
    ResultDropped,
    Send,
    SessionNew,
    SessionRedirect,
    VerbHook,
)
from jambonz_core.call.obligations import ACK_POLICIES, PAUSE, REMEMBERED, Fate, Obligations
from jambonz_core.wire.errors import CallEnded, LocalProtocolError

SAY: list[dict[str, Any]] = [{"verb": "say", "text": "Hello"}]
MORE: list[dict[str, Any]] = [{"verb": "say", "text": "More"}]

ANNOUNCED: list[dict[str, Any]] = [
    {"verb": "gather", "actionHook": "/action", "partialResultHook": "/partial"},
    {"verb": "dial", "target": [], "dtmfHook": "/dtmf", "confirmHook": "/confirm", "onHoldHook": "/held"},
    {"verb": "conference", "name": "x", "statusHook": "/status", "waitHook": "/wait", "enterHook": "/enter"},
    {"verb": "sip:refer", "referTo": "x", "eventHook": "/event"},
    {"verb": "llm", "vendor": "openai", "llmOptions": {}, "actionHook": "/llm"},
    {"verb": "redirect", "actionHook": "/redirect"},
    {"verb": "config", "bargeIn": {"enable": True, "actionHook": "/barge-in"}},
]

HELD = {
    "action": ("verb:hook", "/action", HookKind.ACTION),
    "barge-in": ("verb:hook", "/barge-in", HookKind.ACTION),
    "redirect by command": ("session:redirect", "/elsewhere", HookKind.SESSION_REDIRECT),
    "confirm": ("dial:confirm", "/confirm", HookKind.DIAL_CONFIRM),
    "wait": ("verb:hook", "/wait", HookKind.PLAYED),
    "enter": ("verb:hook", "/enter", HookKind.PLAYED),
    "hold": ("verb:hook", "/held", HookKind.PLAYED),
}
ON_ARRIVAL = {
    "partial": ("verb:hook", "/partial", HookKind.IGNORED),
    "dtmf": ("verb:hook", "/dtmf", HookKind.IGNORED),
    "status": ("verb:hook", "/status", HookKind.IGNORED),
    "event": ("verb:hook", "/event", HookKind.IGNORED),
    "unknown": ("verb:hook", "/never-announced", HookKind.UNKNOWN),
    "adulting": ("session:adulting", "", HookKind.SESSION_ADULTING),
    "llm": ("verb:hook", "/llm", HookKind.FATAL),
    "redirect verb": ("session:redirect", "/redirect", HookKind.FATAL),
}
REPLACING = ["action", "barge-in", "redirect by command"]
PLAYED = ["wait", "enter", "hold"]


def quiet(events: list[Event]) -> list[Event]:
    """Without what is said about the results of other verbs."""
    return [event for event in events if not isinstance(event, ResultDropped)]


def held(wire: Any, name: str) -> HookEvent:
    """A hook of that sort, held."""
    wire.running(ANNOUNCED)
    type_, path, kind = HELD[name]
    event: HookEvent = wire.hears(type_, {"call_sid": "c1"}, hook=path)[0]
    assert (event.hook, event.kind, event.acked) == (path, kind, False)
    assert wire.sent() == []
    return event


@pytest.mark.parametrize("name", HELD)
@pytest.mark.parametrize("verbs", [[], SAY])
def test_a_held_hook_is_acked_once_with_the_reply(wire: Any, name: str, verbs: Any) -> None:
    event = held(wire, name)
    assert quiet(wire.do(Reply(event.msgid, verbs))) == []
    assert wire.acks() == [(event.msgid, verbs)]
    wire.advance(60)
    assert wire.sent() == []
    with pytest.raises(LocalProtocolError, match="answered already"):
        wire.do(Reply(event.msgid, []))


@pytest.mark.parametrize("name", [*REPLACING, *PLAYED])
def test_at_the_deadline_an_empty_ack_goes_out(wire: Any, name: str) -> None:
    event = held(wire, name)
    wire.advance(3.9)
    assert wire.sent() == []
    assert wire.advance(0.2) == [AckDefaulted(event.msgid, event.hook, event.kind)]
    assert wire.acks() == [(event.msgid, [])]


def test_at_the_deadline_a_confirmation_is_left_unanswered(wire: Any) -> None:
    event = held(wire, "confirm")
    assert isinstance(event, DialConfirm)
    assert wire.advance(5) == [Abandoned(event.msgid, event.hook, event.kind, "deadline")]
    assert wire.sent() == []


@pytest.mark.parametrize("name", REPLACING)
def test_late_verbs_replace_by_redirect(wire: Any, name: str, redirect: Callable[..., Any]) -> None:
    event = held(wire, name)
    wire.advance(5)
    wire.sent()
    assert quiet(wire.do(Reply(event.msgid, SAY))) == [ReplyRerouted(event.msgid, event.hook, event.kind)]
    assert wire.sent() == [redirect(SAY, queue=False)]


@pytest.mark.parametrize("name", REPLACING)
def test_a_late_empty_reply_sends_nothing(wire: Any, name: str) -> None:
    event = held(wire, name)
    wire.advance(5)
    wire.sent()
    assert wire.do(Reply(event.msgid, [])) == []
    assert wire.sent() == []


@pytest.mark.parametrize("name", [*PLAYED, "confirm"])
def test_what_would_be_played_late_is_discarded(wire: Any, name: str) -> None:
    event = held(wire, name)
    wire.advance(5)
    wire.sent()
    assert wire.do(Reply(event.msgid, SAY)) == [
        ReplyDiscarded(event.msgid, event.hook, event.kind, "too late")
    ]
    assert wire.sent() == []


@pytest.mark.parametrize("name", REPLACING)
def test_after_a_drop_verbs_replace_by_redirect(wire: Any, name: str, redirect: Callable[..., Any]) -> None:
    event = held(wire, name)
    assert Abandoned(event.msgid, event.hook, event.kind, "connection lost") in wire.lose()
    assert ReplyRerouted(event.msgid, event.hook, event.kind) in wire.do(Reply(event.msgid, SAY))
    assert wire.sent() == []
    reconnect = wire.reconnect()
    assert wire.sent() == [{"type": "ack", "msgid": reconnect, "data": []}, redirect(SAY, queue=False)]


@pytest.mark.parametrize("name", REPLACING)
def test_after_a_drop_an_empty_reply_sends_nothing(wire: Any, name: str) -> None:
    event = held(wire, name)
    wire.lose()
    assert wire.do(Reply(event.msgid, [])) == []
    assert wire.acks() == [] == wire.seen(ReplyRerouted)
    assert wire.reconnect() == wire.acks()[0][0]


@pytest.mark.parametrize("name", [*PLAYED, "confirm"])
def test_after_a_drop_what_would_be_played_is_discarded(wire: Any, name: str) -> None:
    event = held(wire, name)
    wire.lose()
    assert wire.do(Reply(event.msgid, SAY)) == [
        ReplyDiscarded(event.msgid, event.hook, event.kind, "too late")
    ]
    assert wire.reconnect() == wire.acks()[0][0]


@pytest.mark.parametrize("name", ON_ARRIVAL)
def test_other_hooks_are_acked_on_arrival(wire: Any, name: str) -> None:
    wire.running(ANNOUNCED)
    type_, path, kind = ON_ARRIVAL[name]
    event = wire.hears(type_, {}, hook=path)[0]
    assert (event.hook, event.kind, event.acked) == (path, kind, True)
    assert wire.acks() == [(event.msgid, [])]
    wire.advance(10)
    assert wire.sent() == []
    assert wire.seen(AckDefaulted) == wire.seen(Abandoned) == []


@pytest.mark.parametrize("name", ["llm", "redirect verb"])
def test_verbs_for_a_hook_that_had_to_be_acked_go_by_redirect(
    wire: Any, name: str, redirect: Callable[..., Any]
) -> None:
    wire.running(ANNOUNCED)
    type_, path, kind = ON_ARRIVAL[name]
    event = wire.hears(type_, {}, hook=path)[0]
    wire.sent()
    assert ReplyRerouted(event.msgid, path, kind) in wire.do(Reply(event.msgid, SAY))
    assert wire.sent() == [redirect(SAY, queue=False)]


@pytest.mark.parametrize("name", ["partial", "dtmf", "status", "event", "unknown", "adulting"])
def test_verbs_for_a_hook_whose_reply_is_ignored_are_discarded(wire: Any, name: str) -> None:
    wire.running(ANNOUNCED)
    type_, path, kind = ON_ARRIVAL[name]
    event = wire.hears(type_, {}, hook=path)[0]
    wire.sent()
    assert wire.do(Reply(event.msgid, SAY)) == [ReplyDiscarded(event.msgid, path, kind, "too late")]
    assert wire.sent() == []


def test_session_new_is_answered_with_a_pause_at_the_deadline(
    wire: Any, redirect: Callable[..., Any]
) -> None:
    msgid = wire.new()
    assert isinstance(wire.events[-1], SessionNew)
    assert not wire.call.answered_first
    assert wire.advance(4) == [AckDefaulted(msgid, "", HookKind.SESSION_NEW)]
    assert wire.acks() == [(msgid, PAUSE)]
    assert wire.call.answered_first
    wire.do(Send(SAY))
    assert wire.sent() == []
    wire.advance(0.1)
    assert wire.sent() == [redirect(SAY, queue=True)]


def test_a_late_reply_to_session_new_is_queued(wire: Any, redirect: Callable[..., Any]) -> None:
    msgid = wire.new()
    wire.advance(5)
    wire.sent()
    assert wire.do(Reply(msgid, SAY)) == [ReplyRerouted(msgid, "", HookKind.SESSION_NEW)]
    assert wire.sent() == [redirect(SAY, queue=True)]


def test_a_reply_to_session_new_is_the_first_answer(wire: Any) -> None:
    msgid = wire.new()
    with pytest.raises(LocalProtocolError, match="rejects the call"):
        wire.do(Reply(msgid, []))
    wire.do(Reply(msgid, SAY))
    assert wire.acks() == [(msgid, SAY)]


def test_an_empty_reply_beside_verbs_adds_nothing_to_the_first_answer(wire: Any) -> None:
    msgid = wire.new()
    wire.call.do(Send(SAY), wire.now)
    wire.do(Reply(msgid, []))
    assert wire.acks() == [(msgid, SAY)]


def test_a_session_redirect_that_opens_a_call(wire: Any, redirect: Callable[..., Any]) -> None:
    wire.connect()
    [event] = wire.hears("session:redirect", {"call_sid": "c1", "direction": "inbound"}, hook="/ivr")
    assert isinstance(event, SessionRedirect)
    assert (wire.call.call_sid, wire.call.answered_first) == ("c1", False)
    wire.do(Send(SAY))
    assert wire.acks() == [(event.msgid, SAY)]
    wire.advance(1)
    wire.do(Send(MORE))
    assert wire.sent() == [redirect(MORE, queue=True)]


@pytest.mark.parametrize("how", ["deadline", "reply"])
def test_a_session_redirect_that_opens_a_call_may_be_answered_empty(wire: Any, how: str) -> None:
    wire.connect()
    [event] = wire.hears("session:redirect", {"call_sid": "c1"}, hook="/ivr")
    if how == "reply":
        wire.do(Reply(event.msgid, []))
    else:
        assert wire.advance(4) == [AckDefaulted(event.msgid, "/ivr", HookKind.SESSION_REDIRECT)]
    assert wire.acks() == [(event.msgid, [])]
    assert wire.call.answered_first


def test_adulting_opens_a_call_that_has_its_verbs(wire: Any, redirect: Callable[..., Any]) -> None:
    wire.connect()
    [event] = wire.hears("session:adulting", {"call_sid": "c2", "call_status": "in-progress"})
    assert wire.acks() == [(event.msgid, [])]
    assert (wire.call.call_sid, wire.call.answered_first) == ("c2", True)
    wire.do(Send(SAY))
    assert wire.sent() == [redirect(SAY, queue=True)]


def test_a_call_may_begin_with_a_hook(wire: Any) -> None:
    wire.connect()
    [event] = wire.hears("verb:hook", {"call_sid": "c1", "reason": "timeout"}, hook="/g")
    assert isinstance(event, VerbHook)
    assert (event.kind, event.acked, wire.call.call_sid) == (HookKind.ACTION, False, "c1")
    wire.do(Reply(event.msgid, SAY))
    assert wire.acks() == [(event.msgid, SAY)]


@pytest.mark.parametrize("name", ["action", "confirm", "wait"])
def test_a_call_that_is_over_abandons_what_is_open(wire: Any, name: str) -> None:
    event = held(wire, name)
    wire.lose(1000)
    assert wire.seen(Abandoned) == [Abandoned(event.msgid, event.hook, event.kind, "call over")]
    with pytest.raises(CallEnded):
        wire.do(Reply(event.msgid, []))


def test_a_late_action_hook_is_acked_after_the_call_has_completed(wire: Any) -> None:
    wire.running(ANNOUNCED)
    wire.hears("call:status", {"call_sid": "c1", "call_status": "completed"})
    first, second = wire.hook("/action"), wire.hook("/action")
    assert wire.do(Reply(first, [])) == []
    assert wire.acks() == [(first, [])]
    [discarded] = wire.do(Reply(second, SAY))
    assert discarded == ReplyDiscarded(second, "/action", HookKind.ACTION, "call ending")
    assert wire.acks() == [(second, [])]


def test_verbs_of_a_late_reply_do_not_follow_a_hangup(wire: Any) -> None:
    event = held(wire, "action")
    wire.advance(5)
    wire.do(EndCall())
    wire.sent()
    assert wire.do(Reply(event.msgid, SAY)) == [
        ReplyDiscarded(event.msgid, event.hook, event.kind, "too late")
    ]
    assert wire.sent() == []


def test_only_a_tool_hook_is_answered_with_an_object(wire: Any) -> None:
    wire.running([{"verb": "dialogflow", "actionHook": "/done", "toolHook": "/tool"}])
    tool, done = wire.hook("/tool"), wire.hook("/done")
    wire.do(Reply(tool, {"outputParameters": {"x": 1}}))
    assert wire.acks() == [(tool, {"outputParameters": {"x": 1}})]
    with pytest.raises(LocalProtocolError, match="array of verbs"):
        wire.do(Reply(done, {"x": 1}))


def test_a_flood_of_hooks_answers_the_oldest_early(wire: Any) -> None:
    wire.running(ANNOUNCED)
    ids = [wire.hook("/action") for _ in range(70)]
    assert wire.acks() == [(msgid, []) for msgid in ids[:6]]
    assert len(wire.call.obligations) == 64


def test_a_message_that_cannot_be_acked_is_bad(wire: Any) -> None:
    wire.running(ANNOUNCED)
    for type_ in ("verb:hook", "dial:confirm", "session:redirect", "session:adulting", "session:reconnect"):
        for msgid in ("", None, 5, "x" * 129):
            [event] = wire.hears(type_, {}, msgid=msgid, hook="/action")
            assert "id" in str(event.error)
    held_id = wire.hook("/action")
    [event] = wire.hears("verb:hook", {}, msgid=held_id, hook="/action")
    assert "id" in str(event.error)


def test_a_redirect_by_command_is_not_taken_for_the_verb_that_had_the_same_path(wire: Any) -> None:
    """Acked empty, one that comes by command would end an idle call."""
    wire.running([{"verb": "redirect", "actionHook": "/menu"}])
    [by_verb] = wire.hears("session:redirect", {}, hook="/menu")
    assert wire.acks() == [(by_verb.msgid, [])]
    [by_command] = wire.hears("session:redirect", {}, hook="/menu")
    assert (by_command.kind, by_command.acked) == (HookKind.SESSION_REDIRECT, False)
    assert wire.sent() == []


def test_nothing_is_owed_for_a_hook_that_never_came(wire: Any) -> None:
    wire.running()
    with pytest.raises(LocalProtocolError, match="no hook"):
        wire.do(Reply("m99", []))


def test_the_fate_of_old_hooks_is_forgotten() -> None:
    obligations = Obligations()
    stays = obligations.add("open", "/x", HookKind.ACTION, 0.0, 1.0, held=True)
    for number in range(REMEMBERED):
        obligations.add(f"m{number}", "/x", HookKind.IGNORED, 0.0, 1.0, held=False)
    assert obligations.find("open") is stays
    with pytest.raises(LocalProtocolError):
        obligations.find("m0")
    assert obligations.find("m1").fate is Fate.ARRIVED
    assert repr(stays) == "<action open '/x': open>"


@pytest.mark.parametrize("partials", [0, 150])
def test_a_late_answer_that_says_what_it_answers_is_never_too_late(
    wire: Any, redirect: Callable[..., Any], partials: int
) -> None:
    event = held(wire, "action")
    wire.advance(4)
    for _ in range(partials):
        wire.hook("/unheard", {"speech": {"is_final": False}})
    wire.advance(3)
    wire.sent()
    reply = Reply.to(event, SAY)
    assert (reply.hook, reply.kind) == (event.hook, "action")
    assert wire.do(reply)[-1] == ReplyRerouted(event.msgid, event.hook, HookKind.ACTION)
    assert wire.sent() == [redirect(SAY, queue=False)]
    assert Reply.to(event).verbs == []
    if partials:
        with pytest.raises(LocalProtocolError, match="not remembered"):
            wire.do(Reply(event.msgid, SAY))


def test_how_long_the_first_answer_took(wire: Any) -> None:
    assert wire.call.answer_times == (0, 0.0, "")
    wire.new()
    wire.advance(0.25)
    wire.do(Send(SAY))
    assert wire.call.answer_times == (1, 0.25, "session:new")


def test_how_long_the_slowest_answer_took(wire: Any) -> None:
    slow = held(wire, "action")
    wire.advance(0.5)
    wire.do(Reply.to(slow, SAY))
    wire.hook("/unheard")
    assert wire.call.answer_times == (3, 0.5, "/action"), "one of them is session:new"


def test_more_open_hooks_than_are_remembered_all_stay() -> None:
    obligations = Obligations()
    for number in range(REMEMBERED + 2):
        obligations.add(f"m{number}", "/x", HookKind.ACTION, 0.0, 1.0, held=True)
    assert len(obligations.open) == REMEMBERED + 2


def test_every_kind_has_a_row() -> None:
    assert set(ACK_POLICIES) == set(HookKind)


def test_a_late_reply_after_the_deadline_survives_a_drop(wire: Any, redirect: Callable[..., Any]) -> None:
    event = held(wire, "action")
    wire.advance(5)
    wire.lose()
    wire.do(Reply(event.msgid, SAY))
    wire.sent()
    wire.reconnect()
    assert wire.sent()[1:] == [redirect(SAY, queue=False)]


def test_hooks_are_known_by_call_and_not_by_connection(wire: Any) -> None:
    wire.running(ANNOUNCED)
    wire.lose()
    wire.reconnect()
    wire.hook("/action")
    assert wire.events[-1].kind is HookKind.ACTION
    assert isinstance(wire.call, AppCall)
