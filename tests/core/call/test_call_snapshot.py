"""Taking the state of a call out and putting it back changes nothing but what was open, which died with its
socket.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from jambonz_core.call import (
    AbortConnection,
    AppCall,
    CallOver,
    CallState,
    CommandLost,
    EndCall,
    HookKind,
    Mute,
    OpenSpeech,
    Reattached,
    Replace,
    Reply,
    ReplyDiscarded,
    ResultDropped,
    Send,
    TextOfferedAgain,
    WriteText,
)
from jambonz_core.wire.errors import InvalidSnapshot

SAY: list[dict[str, Any]] = [{"verb": "say", "text": "Hello"}]
MORE: list[dict[str, Any]] = [{"verb": "say", "text": "More"}]
GATHER: list[dict[str, Any]] = [{"verb": "gather", "actionHook": "/g", "id": "v"}]
AGENT: list[dict[str, Any]] = [
    {
        "verb": "config",
        "ttsStream": {"enable": True},
        "bargeIn": {"enable": True, "sticky": True, "actionHook": "/heard"},
    }
]


def move(wire: Any, now: float = 100.0) -> Any:
    """The same call in another process, whose clock shows another time."""
    saved = json.loads(json.dumps(wire.call.snapshot(wire.now)))
    other = type(wire)(AppCall.restore(saved, now=now))
    other.now = now
    return other


def test_it_is_plain_and_marked_with_a_version(wire: Any) -> None:
    wire.running(GATHER)
    saved = wire.call.snapshot()
    assert saved["version"] == 1
    assert json.loads(json.dumps(saved)) == saved


def test_a_restored_call_waits_for_the_server_to_come_back(wire: Any, redirect: Callable[..., Any]) -> None:
    wire.running(GATHER)
    wire.call.new_hook()
    other = move(wire)
    assert (other.call.state, other.call.attached) == (CallState.RUNNING, False)
    assert (other.call.call_sid, other.call.session) == ("c1", wire.call.session)
    assert other.call.new_hook() == "/~1~2", "the other process may have given names that it did not save"
    other.do(Send(MORE))
    again = other.reconnect()
    assert other.sent() == [{"type": "ack", "msgid": again, "data": []}, redirect(MORE, queue=True)]
    hook = other.hook("/g")
    other.do(Reply(hook, []))
    assert other.acks() == [(hook, [])]


def test_nobody_is_asked_about_results_that_only_the_old_process_waited_for(wire: Any) -> None:
    wire.running()
    wire.do(Send(GATHER, awaited=True))
    wire.sent()
    other = move(wire)
    again = other.reconnect()
    assert other.sent() == [{"type": "ack", "msgid": again, "data": []}]


@pytest.mark.parametrize("name", [None, 5, ["say"], {}])
def test_a_verb_whose_name_is_no_text_is_one_without_a_name(wire: Any, name: Any) -> None:
    wire.running(GATHER)
    wire.do(Send([{"verb": name, "actionHook": "/x"}, {"verb": name, "text": "Hello"}]))
    other = move(wire)
    other.do(Send(MORE))
    other.reconnect()
    assert other.call.snapshot()["facts"]["answers"]


def test_a_restored_call_is_given_up_after_the_grace_time(wire: Any) -> None:
    wire.running()
    other = move(wire)
    assert other.advance(44) == []
    assert other.advance(2) == [CallOver("expired")]


def test_what_was_waited_for_is_still_waited_for(wire: Any) -> None:
    wire.running([*GATHER, {"verb": "play", "url": "x", "actionHook": "/p"}])
    other = move(wire)
    other.reconnect()
    assert other.do(Replace(SAY)) == [
        ResultDropped("/g", "v", "replaced"),
        ResultDropped("/p", "", "replaced"),
    ]


def test_a_doubted_result_is_doubted_anew(wire: Any) -> None:
    wire.running([{"verb": "play", "url": "x", "actionHook": "/p"}])
    wire.do(Replace(SAY))
    wire.advance(1.1)  # by now it was read
    other = move(wire)
    other.reconnect()
    assert other.advance(2.9) == []
    assert other.advance(0.2) == [ResultDropped("/p", "", "replaced")]


def test_hooks_that_were_open_died(wire: Any) -> None:
    wire.running(GATHER)
    wire.hook("/g")
    other = move(wire)
    assert other.call.obligations == []
    again = other.reconnect()
    other.advance(10)
    assert other.acks() == [(again, [])]


@pytest.mark.parametrize("decided", [False, True])
def test_an_unanswered_call_is_answered_by_the_next_process(wire: Any, decided: bool) -> None:
    wire.new()
    if decided:
        wire.call.do(Send(SAY), wire.now)
    other = move(wire)
    again = other.reconnect()
    if not decided:
        assert other.sent() == []
        other.do(Send(SAY))
    assert other.acks() == [(again, SAY)]
    assert other.call.answered_first


def test_the_first_answer_is_given_again_if_it_may_not_have_arrived(wire: Any) -> None:
    wire.new()
    wire.do(Send(SAY))
    other = move(wire)
    again = other.reconnect()
    assert other.acks() == [(again, SAY)]
    other.advance(5)
    assert other.seen(AbortConnection), "a server that lacked it is silent now"
    third = other.reconnect()
    assert other.acks() == [(third, [])]
    assert other.call.attached


def test_a_repeated_answer_that_may_not_have_arrived_is_repeated_again(wire: Any) -> None:
    wire.new()
    wire.do(Send(SAY))
    other = move(wire)
    other.reconnect()
    other.sent()
    other.lose()
    again = other.reconnect()
    assert other.acks() == [(again, SAY)]


def test_the_answer_to_a_session_redirect_goes_by_redirect(wire: Any, redirect: Callable[..., Any]) -> None:
    wire.connect()
    wire.hears("session:redirect", {"call_sid": "c1"}, hook="/ivr")
    wire.call.do(Send(SAY), wire.now)
    other = move(wire)
    other.reconnect()
    assert other.sent()[1:] == [redirect(SAY, queue=True)]


def test_commands_that_wait_keep_their_order(wire: Any, redirect: Callable[..., Any]) -> None:
    wire.running(GATHER)
    first, second = wire.hook("/g"), wire.hook("/g")
    wire.do(Reply(first, SAY))
    wire.do(Send(SAY))
    wire.do(Mute(True))
    wire.do(Reply(second, MORE))
    wire.do(Send(SAY))
    other = move(wire)
    other.reconnect()
    # Nobody knows whether the first one was read; the second one, which waits, replaces its verbs.
    assert other.advance(1) == [ReplyDiscarded(first, "/g", HookKind.ACTION, "replaced"), Reattached()]
    mute = {"type": "command", "command": "mute:status", "data": {"mute_status": "mute"}}
    assert other.sent()[1:] == [
        redirect(SAY, queue=True),
        mute,
        redirect(MORE, queue=False),
        redirect(SAY, queue=True),
    ]


def test_speech_goes_on(wire: Any) -> None:
    wire.running(AGENT)
    wire.do(OpenSpeech())
    wire.do(WriteText("One. ", speech=1))
    wire.do(WriteText("Two.", speech=1))
    other = move(wire)
    assert other.call.speech.open_speech == 1
    other.reconnect()
    assert TextOfferedAgain("One. ", "connection lost", 1) in other.advance(1)
    other.hears("verb:hook", {"reason": "speechDetected"}, hook="/heard")
    assert other.call.speech.flow.stream_open


def test_early_statuses_and_calls_that_have_not_begun(wire: Any) -> None:
    wire.connect()
    wire.hears("call:status", {"call_sid": "c1", "call_status": "ringing"})
    other = move(wire)
    assert [event.status for event in other.call.early_statuses] == ["ringing"]
    fresh = AppCall.restore(AppCall().snapshot(), now=0.0)
    assert fresh.connected(1.0) == []
    assert fresh.attached


def test_a_call_that_has_ended_is_not_put_back(wire: Any) -> None:
    wire.running()
    wire.hears("call:status", {"call_sid": "c1", "call_status": "completed"})
    wire.lose(1000)
    with pytest.raises(InvalidSnapshot, match="over"):
        AppCall.restore(wire.call.snapshot(), now=0.0)


def test_a_call_that_ends(wire: Any) -> None:
    wire.running()
    wire.do(EndCall())
    other = move(wire)
    assert (other.call.state, other.call.over) == (wire.call.state, wire.call.over)
    assert other.advance(50) == [CommandLost("redirect", "call over"), CallOver("expired")]


@pytest.mark.parametrize(
    "saved", [{}, {"version": 2}, {"version": 1}, {"version": 1, "state": "odd"}, [], None, "x"]
)
def test_other_data_is_refused(saved: Any) -> None:
    with pytest.raises(InvalidSnapshot):
        AppCall.restore(saved, now=0.0)


@pytest.mark.parametrize("field", AppCall().snapshot())
def test_a_damaged_field_is_refused(wire: Any, field: str) -> None:
    wire.running(GATHER)
    good = wire.call.snapshot()
    with pytest.raises(InvalidSnapshot):
        AppCall.restore({**good, field: object()}, now=0.0)
    if field != "version":
        with pytest.raises(InvalidSnapshot):
            AppCall.restore({key: good[key] for key in good if key != field}, now=0.0)
