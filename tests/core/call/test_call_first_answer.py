"""The first verbs of a call: joined, parted, and given again through `session:reconnect` after a drop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jambonz_core.call import (
    Abandoned,
    AbortConnection,
    AckDefaulted,
    CallOver,
    CommandRepeated,
    Configure,
    Detached,
    HookKind,
    Mute,
    Reattached,
    Replace,
    Reply,
    ResultDropped,
    Send,
    SessionReconnect,
    WriteText,
)
from jambonz_core.call.delivery import FIRST_VERBS
from jambonz_core.call.obligations import PAUSE
from jambonz_core.wire.errors import LocalProtocolError, QueueFull, SpeechFailed

SAY: list[dict[str, Any]] = [{"verb": "say", "text": "Hello"}]
MORE: list[dict[str, Any]] = [{"verb": "say", "text": "More"}]


def give(wire: Any, *commands: Any) -> None:
    """Several commands before anything leaves."""
    for command in commands:
        wire.events += wire.call.do(command, wire.now)


def test_what_is_sent_before_it_leaves_is_joined(wire: Any) -> None:
    msgid = wire.new()
    give(wire, Send(SAY), Send(MORE))
    wire.do(Send(SAY))
    assert wire.acks() == [(msgid, SAY + MORE + SAY)]


def test_what_is_sent_after_it_has_left_is_queued_behind_the_settle_time(
    wire: Any, redirect: Callable[..., Any]
) -> None:
    msgid = wire.new()
    wire.do(Send(SAY))
    wire.do(Send(MORE))
    assert wire.acks() == [(msgid, SAY)]
    wire.advance(0.099)
    assert wire.sent() == []
    wire.advance(0.001)
    assert wire.sent() == [redirect(MORE, queue=True)]


def test_a_replacement_takes_the_place_of_what_has_not_left(wire: Any) -> None:
    msgid = wire.new()
    give(wire, Send([{"verb": "gather", "actionHook": "/~1"}]))
    assert wire.do(Replace(MORE)) == [ResultDropped("/~1", "", "replaced")]
    assert wire.acks() == [(msgid, MORE)]


@pytest.mark.parametrize("command", [Send([]), Replace([])])
def test_an_empty_array_is_refused_in_every_state(wire: Any, command: Any) -> None:
    with pytest.raises(LocalProtocolError, match="has not begun"):
        wire.do(command)
    wire.new()
    with pytest.raises(LocalProtocolError, match="no verbs"):
        wire.do(command)
    wire.do(Send(SAY))
    with pytest.raises(LocalProtocolError, match="no verbs"):
        wire.do(command)


def test_commands_wait_behind_the_first_answer(wire: Any) -> None:
    msgid = wire.new()
    wire.do(Configure({"notifyEvents": True}))
    wire.do(Mute(True))
    assert wire.sent() == []
    wire.do(Send(SAY))
    assert wire.acks() == [(msgid, SAY)]
    wire.advance(0.1)
    assert [message["command"] for message in wire.sent()] == ["config", "mute:status"]


def test_text_waits_behind_the_verbs_that_open_its_stream(wire: Any) -> None:
    wire.new()
    with pytest.raises(SpeechFailed):
        wire.do(WriteText("Hello."))
    give(wire, Send([{"verb": "config", "ttsStream": {"enable": True}}]), WriteText("Hello."))
    wire.do(WriteText(" How are you?"))
    [message] = wire.sent()
    assert message["type"] == "ack"
    wire.advance(0.1)
    [message] = wire.sent()
    assert (message["command"], message["data"]["tokens"]) == ("tts:tokens", "Hello. How are you?")


def test_the_first_answer_is_bounded(wire: Any) -> None:
    wire.connect()
    wire.hears("session:new", {"call_sid": "c1"})
    wire.lose()
    wire.do(Send(SAY * (FIRST_VERBS // 2)))
    assert not wire.call.crowded
    wire.do(Send(SAY * (FIRST_VERBS // 2)))
    assert wire.call.crowded
    with pytest.raises(QueueFull):
        wire.do(Send(SAY))


def test_a_large_first_answer_goes_in_parts(wire: Any, redirect: Callable[..., Any]) -> None:
    msgid = wire.new()
    verbs = [{"verb": "say", "text": f"{number}" + "x" * 10_000} for number in range(5)]
    wire.do(Mute(True))
    wire.do(Send(verbs))
    assert wire.acks() == [(msgid, verbs[:2])]
    wire.advance(0.1)
    mute = {"type": "command", "command": "mute:status", "data": {"mute_status": "mute"}}
    assert wire.sent() == [redirect(verbs[2:4], queue=True), redirect(verbs[4:], queue=True), mute]


def test_what_was_decided_in_the_last_moment_is_not_late(wire: Any) -> None:
    msgid = wire.new()
    wire.call.do(Send(SAY), 4.0)
    wire.now = 4.0
    assert wire.tick() == []
    assert wire.acks() == [(msgid, SAY)]


# --- drops --------------------------------------------------------------------------------------------------


def test_undecided_at_the_drop_it_answers_the_reconnect(wire: Any, redirect: Callable[..., Any]) -> None:
    msgid = wire.new()
    assert wire.lose() == [
        Detached(1006),
        Abandoned(msgid, "", HookKind.SESSION_NEW, "connection lost"),
    ]
    again = wire.reconnect()
    event = wire.events[-1]
    assert isinstance(event, SessionReconnect)
    assert not event.acked
    assert not wire.call.attached
    wire.do(Send(SAY))
    wire.do(Send(MORE))
    assert wire.acks() == [(again, SAY)]
    assert wire.advance(0.1) == [AbortConnection(wire.seen(AbortConnection)[0].reason)]
    assert wire.sent() == []
    wire.lose()
    third = wire.reconnect()
    assert wire.acks() == [(third, SAY)], (
        "the abort may have cost the ack, and a server that has it ignores this"
    )
    assert wire.call.attached
    wire.advance(0.1)
    assert wire.sent() == [redirect(MORE, queue=True)]
    assert len(wire.seen(AbortConnection)) == 1
    assert len(wire.seen(Reattached)) == 1


def test_decided_while_detached_it_answers_the_reconnect_at_once(wire: Any) -> None:
    wire.new()
    wire.lose()
    wire.do(Send(SAY))
    wire.do(Send(MORE))
    assert wire.sent() == []
    again = wire.reconnect()
    assert wire.events[-1].acked
    assert wire.acks() == [(again, SAY + MORE)]
    wire.advance(0.1)
    assert wire.seen(AbortConnection)


def test_a_reconnect_that_nobody_answers_gets_the_pause(wire: Any) -> None:
    wire.new()
    wire.lose()
    wire.advance(1)
    again = wire.reconnect()
    assert AckDefaulted(again, "", HookKind.SESSION_NEW) in wire.advance(4.1)
    assert wire.acks() == [(again, PAUSE)]


def test_several_drops_before_it_is_decided(wire: Any) -> None:
    wire.new()
    ids = []
    for _ in range(3):
        wire.lose()
        wire.advance(1)
        ids.append(wire.reconnect())
    abandoned = wire.seen(Abandoned)
    assert [event.msgid for event in abandoned] == ["m1", *ids[:2]]
    assert wire.sent() == []
    wire.do(Send(SAY))
    assert wire.acks() == [(ids[2], SAY)]


def test_a_reply_to_the_lost_request_counts(wire: Any) -> None:
    msgid = wire.new()
    wire.lose()
    again = wire.reconnect()
    wire.do(Reply(msgid, SAY))
    assert wire.acks() == [(again, SAY)]


def test_an_ack_that_may_not_have_arrived_is_given_again(wire: Any, redirect: Callable[..., Any]) -> None:
    wire.new()
    wire.do(Send(SAY))
    wire.advance(0.5)
    wire.do(Send(MORE))
    wire.sent()
    wire.lose()
    again = wire.reconnect()
    assert wire.events[-1].acked
    assert wire.acks() == [(again, SAY)]
    wire.advance(0.1)
    assert wire.seen(AbortConnection)
    wire.lose()
    wire.advance(0.5)
    third = wire.reconnect()
    assert wire.acks() == [(third, SAY)]
    wire.advance(0.1)
    assert wire.sent() == [redirect(MORE, queue=True)]
    assert wire.seen(CommandRepeated) == [CommandRepeated("redirect")]


def test_verbs_that_replaced_the_first_ones_come_behind_a_pause(
    wire: Any, redirect: Callable[..., Any]
) -> None:
    wire.new()
    wire.do(Send(SAY))
    wire.advance(0.5)
    wire.do(Replace(MORE))
    wire.lose()
    wire.sent()
    again = wire.reconnect()
    assert wire.acks() == [(again, PAUSE)], "nobody is to hear the verbs that were replaced"
    wire.hears("verb:status", {"event": "starting", "name": "pause"})
    wire.advance(0.1)
    assert wire.sent() == [redirect(MORE, queue=False)]


def test_a_server_that_speaks_is_not_deaf(wire: Any, redirect: Callable[..., Any]) -> None:
    wire.new()
    wire.do(Send(SAY))
    wire.lose()
    wire.sent()
    wire.reconnect()
    wire.do(Send(MORE))
    assert len(wire.sent()) == 1
    wire.hears("verb:status", {"event": "starting", "name": "say"})
    assert wire.seen(Reattached)
    wire.advance(0.1)
    assert wire.sent() == [redirect(MORE, queue=True)]
    wire.advance(1)
    assert not wire.seen(AbortConnection)


@pytest.mark.parametrize("heard", [True, False])
def test_an_ack_that_has_arrived_is_not_given_again(wire: Any, heard: bool) -> None:
    wire.new()
    wire.do(Send(SAY))
    if heard:
        wire.hears("call:status", {"call_sid": "c1", "call_status": "trying"})
    else:
        wire.advance(1)
    wire.sent()
    wire.lose()
    again = wire.reconnect()
    assert wire.acks() == [(again, [])]
    wire.advance(1)
    assert not wire.seen(AbortConnection)


def test_a_later_ack_does_not_make_an_old_first_answer_unsure_again(
    wire: Any, redirect: Callable[..., Any]
) -> None:
    wire.new()
    hook = wire.hook("/refer", {"call_sid": "c1", "refer_details": {}})
    wire.do(Send(SAY))
    wire.advance(0.9)
    wire.do(Reply(hook, MORE))
    wire.advance(0.2)
    wire.sent()
    wire.lose()
    again = wire.reconnect()
    wire.advance(0.1)
    assert wire.sent() == [{"type": "ack", "msgid": again, "data": []}, redirect(MORE, queue=False)]


def test_a_drop_of_the_deaf_connection_itself_is_no_abort(wire: Any) -> None:
    wire.new()
    wire.lose()
    wire.reconnect()
    wire.do(Send(SAY))
    wire.lose()
    wire.advance(0.5)
    assert not wire.seen(AbortConnection)
    wire.sent()
    again = wire.reconnect()
    assert wire.acks() == [(again, SAY)]
    wire.advance(0.1)
    assert len(wire.seen(AbortConnection)) == 1


def test_the_adapter_that_does_not_abort_is_not_asked_twice(wire: Any) -> None:
    wire.new()
    wire.lose()
    wire.reconnect()
    wire.do(Send(SAY))
    wire.advance(20)
    assert len(wire.seen(AbortConnection)) == 1


def test_a_server_that_goes_on_without_reconnecting_gets_a_redirect(
    wire: Any, redirect: Callable[..., Any]
) -> None:
    wire.new()
    wire.lose()
    wire.do(Send(SAY))
    wire.connect()
    wire.hears("verb:status", {"event": "starting"})
    assert wire.call.answered_first
    assert wire.sent() == [redirect(SAY, queue=True)]


def test_the_answer_to_a_session_redirect_is_not_asked_for_again(
    wire: Any, redirect: Callable[..., Any]
) -> None:
    wire.connect()
    wire.hears("session:redirect", {"call_sid": "c1"}, hook="/ivr")
    give(wire, Send(SAY))
    wire.lose()
    assert wire.call.answered_first
    again = wire.reconnect()
    assert wire.sent() == [{"type": "ack", "msgid": again, "data": []}, redirect(SAY, queue=True)]


def test_a_session_redirect_that_was_not_decided_at_the_drop(wire: Any, redirect: Callable[..., Any]) -> None:
    wire.connect()
    wire.hears("session:redirect", {"call_sid": "c1"}, hook="/ivr")
    wire.lose()
    again = wire.reconnect()
    assert wire.acks() == [(again, [])]
    wire.do(Send(SAY))
    assert wire.sent() == [redirect(SAY, queue=True)]


def test_a_refused_first_answer_ends_the_call(wire: Any) -> None:
    wire.new()
    wire.do(Send([{"verb": "no-such-verb"}]))
    assert wire.lose(1001)[-1] == CallOver("closed")


def test_going_away_later_is_a_drop_like_any_other(wire: Any) -> None:
    wire.running()
    assert wire.lose(1001) == [Detached(1001)]
    assert wire.call.over is None


def test_an_unknown_reconnect_is_acked_with_verbs_that_do_no_harm(
    wire: Any, redirect: Callable[..., Any]
) -> None:
    again = wire.reconnect()
    assert wire.acks() == [(again, PAUSE)]
    assert (wire.call.call_sid, wire.call.session["direction"]) == ("c1", "inbound")
    wire.do(Replace([{"verb": "hangup"}]))
    wire.advance(0.1)
    assert wire.sent() == [redirect([{"verb": "hangup"}], queue=False)]
