"""Receipts: what waits for proof of reading, when a ping is wanted, and what becomes of what nothing proves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jambonz_core.call import (
    AbortConnection,
    CallOptions,
    CallOver,
    CallState,
    ClearText,
    CommandLost,
    CommandRepeated,
    Configure,
    Detached,
    DialOut,
    Dtmf,
    Dub,
    EndCall,
    HookKind,
    Inject,
    Mute,
    Reattached,
    ReceiptsMissing,
    Replace,
    Reply,
    ReplyDiscarded,
    ReplyRerouted,
    ResultDropped,
    Send,
    WriteText,
)
from jambonz_core.call.delivery import UNPROVED_WRITES

SAY: list[dict[str, Any]] = [{"verb": "say", "text": "Hello"}]
MORE: list[dict[str, Any]] = [{"verb": "say", "text": "More"}]
GATHER: list[dict[str, Any]] = [{"verb": "gather", "actionHook": "/g"}]
DIAL: list[dict[str, Any]] = [{"verb": "dial", "target": [], "actionHook": "/d", "id": "d"}]
STREAM: list[dict[str, Any]] = [{"verb": "config", "ttsStream": {"enable": True}}, *GATHER]
MUTE = {"type": "command", "command": "mute:status", "data": {"mute_status": "mute"}}


def ping(count: int) -> dict[str, Any]:
    return {"type": "ping", "count": count}


@pytest.fixture
def pinged(make_wire: Callable[..., Any]) -> Any:
    """A running call whose connection can be pinged, with nothing unproved."""
    wire = make_wire(receipts=True)
    wire.new()
    wire.do(Send([*GATHER, {"verb": "conference", "name": "x", "waitHook": "/w"}]))
    wire.advance(0.1)
    assert wire.sent()[1:] == [ping(1)]
    wire.receipt()
    return wire


@pytest.fixture
def unanswered(make_wire: Callable[..., Any]) -> Any:
    """A running call whose connection can be pinged, but has not answered a ping yet."""
    wire = make_wire(receipts=True)
    wire.new()
    wire.do(Send([*GATHER, {"verb": "conference", "name": "x", "waitHook": "/w"}]))
    wire.sent()
    return wire


def came_back(wire: Any) -> Any:
    """The server is back, and has proved twice that it has read everything."""
    wire.lose()
    wire.reconnect()
    wire.receipt()
    wire.receipt()
    return wire


# --- what waits ---------------------------------------------------------------------------------------------


def test_everything_waits_for_the_receipt_of_the_first_answer(
    make_wire: Callable[..., Any], redirect: Callable[..., Any]
) -> None:
    wire = make_wire(receipts=True)
    msgid = wire.new()
    wire.do(Send(STREAM))
    assert wire.sent() == [{"type": "ack", "msgid": msgid, "data": STREAM}, ping(1)]
    wire.do(Mute(True))
    wire.do(Send(MORE))
    wire.advance(0.9)
    assert wire.sent() == []
    wire.receipt(0)
    assert wire.sent() == [], "that proves nothing"
    wire.receipt(1)
    assert wire.sent() == [MUTE, redirect(MORE, queue=True), ping(3)]
    assert not wire.call.settling


def test_text_waits_for_the_receipt_of_the_first_answer(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(receipts=True)
    wire.new()
    wire.do(Send(STREAM))
    assert wire.call.text_held
    wire.do(WriteText("Hello."))
    assert wire.sent()[1:] == [ping(1)]
    wire.receipt()
    assert [message["command"] for message in wire.sent()] == ["tts:tokens"]
    assert not wire.call.text_held


def test_verbs_wait_for_the_receipt_of_an_ack_with_verbs(pinged: Any, redirect: Callable[..., Any]) -> None:
    pinged.do(Mute(True))
    assert pinged.sent() == [MUTE, ping(2)]
    pinged.receipt()
    pinged.do(Reply(pinged.hook("/g"), SAY))
    pinged.do(Mute(True))
    assert [message["type"] for message in pinged.sent()] == ["ack", "command"], "nothing waits"
    pinged.do(Send(MORE))
    assert pinged.sent() == [ping(4)], "it waits, so proof is wanted at once"
    pinged.do(Send(SAY))
    assert pinged.sent() == [], "and once"
    pinged.receipt()
    assert pinged.sent() == [redirect(MORE, queue=True), redirect(SAY, queue=True)]


def test_what_waits_behind_a_ping_that_is_out_asks_for_another(
    pinged: Any, redirect: Callable[..., Any]
) -> None:
    first, second = pinged.hook("/g"), pinged.hook("/g")
    pinged.do(Reply(first, SAY))
    pinged.do(Send(MORE))
    assert pinged.sent()[1:] == [ping(2)]
    pinged.do(Reply(second, SAY))
    assert pinged.sent() == []
    pinged.receipt(2)
    pinged.do(Send(MORE))
    assert pinged.sent() == [
        redirect(MORE, queue=True),
        {"type": "ack", "msgid": second, "data": SAY},
        ping(4),
    ]
    pinged.receipt(3)
    assert pinged.sent() == []
    pinged.receipt(4)
    assert pinged.sent() == [redirect(MORE, queue=True)]


def test_text_that_waits_in_another_process_asks_for_the_receipt_as_soon(
    make_wire: Callable[..., Any],
) -> None:
    wire = make_wire(receipts=True)
    wire.new()
    wire.do(Send(STREAM))
    wire.do(WriteText("Hello."))
    wire.lose()
    other = type(wire)(type(wire.call).restore(wire.call.snapshot(), now=0.0), receipts=True)
    for one in (wire, other):
        one.sent()
        msgid = one.reconnect()
        assert one.sent() == [{"type": "ack", "msgid": msgid, "data": STREAM}, ping(1)]


# --- pings --------------------------------------------------------------------------------------------------


def test_a_write_asks_for_its_proof_unless_a_ping_has_just_left(pinged: Any) -> None:
    pinged.do(Mute(True))
    assert pinged.sent() == [MUTE, ping(2)]
    pinged.receipt()
    pinged.advance(0.05)
    pinged.do(Mute(True))
    pinged.do(Mute(True))
    assert pinged.sent() == [MUTE, MUTE]
    pinged.advance(0.04)
    assert pinged.sent() == []
    pinged.advance(0.02)
    assert pinged.sent() == [ping(4)], "one for all that has left meanwhile"
    pinged.receipt()
    pinged.advance(100)
    assert pinged.sent() == [], "where nothing wants proof there are no pings"
    assert pinged.call.deadline is None


def test_an_empty_ack_wants_no_proof(pinged: Any) -> None:
    hook = pinged.hook("/g")
    pinged.do(Reply(hook))
    pinged.advance(100)
    assert pinged.acks() == [(hook, [])]


def test_what_was_written_behind_a_ping_is_asked_for_when_it_was_answered(pinged: Any) -> None:
    pinged.do(Mute(True))
    pinged.do(Mute(True))
    pinged.advance(0.5)
    assert pinged.sent() == [MUTE, ping(2), MUTE], "one ping is out at a time"
    pinged.receipt(2)
    assert pinged.sent() == [ping(3)]


def test_a_connection_that_gives_no_receipts_is_not_asked(wire: Any) -> None:
    wire.running()
    wire.do(Mute(True))
    wire.advance(10)
    assert wire.sent() == [MUTE]
    assert wire.receipt(5) == [], "and one that comes all the same does no harm"


def test_a_receipt_of_nothing(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(receipts=True)
    assert wire.receipt(3) == []
    wire.new()
    wire.lose(1000)
    assert wire.receipt(3) == []
    assert not wire.call.receipt_wanted()


def test_a_receipt_on_a_connection_that_has_said_nothing_yet(pinged: Any) -> None:
    pinged.do(Mute(True))
    pinged.lose()
    pinged.connect()
    assert pinged.receipt(0) == []
    pinged.sent()
    came_back(pinged)
    assert pinged.seen(CommandRepeated) == [CommandRepeated("mute:status")], "it has proved nothing"


def test_the_hold_behind_the_first_answer_ends_with_its_receipt(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(receipts=True)
    wire.new()
    wire.do(Send(STREAM))
    wire.sent()
    assert wire.call.text_held
    wire.receipt()
    assert not wire.call.text_held


def test_without_a_pong_time_takes_the_place_of_proof(unanswered: Any, redirect: Callable[..., Any]) -> None:
    unanswered.do(Reply(unanswered.hook("/g"), SAY))
    unanswered.do(Send(MORE))
    unanswered.sent()
    assert unanswered.advance(2.0) == [], "nothing came, so nothing says that the pong is missing"
    unanswered.hears("verb:status", {})
    assert unanswered.advance(0.99) == []
    assert unanswered.advance(0.02) == [ReceiptsMissing()]
    assert unanswered.sent() == [redirect(MORE, queue=True)]
    unanswered.do(Mute(True))
    assert unanswered.advance(10) == []
    assert unanswered.sent() == [MUTE], "no more pings on this connection"
    assert unanswered.lose() == [Detached(1006)]
    assert came_back(unanswered).seen(CommandRepeated) == [], "it was written more than a second before"


def test_a_pong_that_comes_after_all_lets_the_connection_prove_again(
    unanswered: Any, redirect: Callable[..., Any]
) -> None:
    unanswered.do(Mute(True))
    assert unanswered.sent() == [], "it waits behind the first answer"
    assert unanswered.advance(5) == [ReceiptsMissing()]
    unanswered.do(Send(SAY))
    assert unanswered.sent() == [MUTE, redirect(SAY, queue=True)]
    unanswered.receipt(1)
    unanswered.advance(0.1)
    assert unanswered.sent() == [ping(3)]
    assert unanswered.advance(5) == []
    came_back(unanswered)
    assert unanswered.seen(CommandRepeated) == [CommandRepeated("mute:status"), CommandRepeated("redirect")]


def test_what_a_connection_that_has_answered_takes_into_a_stall_is_unproved_however_old(
    pinged: Any, redirect: Callable[..., Any]
) -> None:
    """It stands still in the direction of jambonz, while messages come, and then it breaks."""
    pinged.do(Send(SAY))
    for _ in range(30):
        pinged.advance(0.5)
        pinged.hears("verb:status", {})
    pinged.do(Send(MORE))
    pinged.advance(30)
    assert pinged.seen(ReceiptsMissing) == []
    assert pinged.lose() == [Detached(1006)]
    pinged.sent()
    came_back(pinged)
    assert pinged.seen(CommandRepeated) == [CommandRepeated("redirect")] * 2
    assert pinged.sent()[-2:] == [redirect(SAY, queue=True), redirect(MORE, queue=True)]


def test_a_connection_that_stands_still_is_pinged_when_there_is_something_new_to_prove(pinged: Any) -> None:
    pinged.do(Mute(True))
    pinged.advance(60)
    assert pinged.sent() == [MUTE, ping(2)]
    assert pinged.call.deadline is None
    for _ in range(20):
        pinged.do(Mute(True))
        pinged.advance(0.5)
        pinged.hears("verb:status", {})
    asked = [message["count"] for message in pinged.sent() if message["type"] == "ping"]
    assert asked == [3, 5, 7, 9, 11, 13, 15, 17, 19, 21], "one in a second"
    pinged.receipt(2)
    assert len(pinged.call.snapshot()["delivery"]["unproved"]) == 20
    pinged.receipt(22)
    assert pinged.call.snapshot()["delivery"]["unproved"] == []
    pinged.advance(60)
    assert pinged.call.deadline is None
    assert came_back(pinged).seen(CommandRepeated) == []


def test_where_a_connection_stands_still_what_waits_is_let_go_by_time(
    pinged: Any, redirect: Callable[..., Any]
) -> None:
    def answer_and_send() -> None:
        pinged.do(Reply(pinged.hook("/g"), SAY))
        pinged.do(Send(MORE))

    answer_and_send()
    pinged.sent()
    pinged.advance(4.9)
    assert pinged.sent() == [], "sent now, it would be read together with the answer when the stall is over"
    pinged.advance(0.2)
    assert pinged.sent() == [redirect(MORE, queue=True), ping(3)]
    answer_and_send()
    assert [message["type"] for message in pinged.sent()] == ["ack", "ping"]
    pinged.hears("verb:status", {})
    pinged.advance(0.9)
    assert pinged.sent() == []
    pinged.advance(0.2)
    assert pinged.sent()[0] == redirect(MORE, queue=True), "by now messages tell sooner that no pong comes"
    pinged.receipt()
    answer_and_send()
    pinged.hears("verb:status", {})
    pinged.sent()
    pinged.advance(4.8)
    assert pinged.sent() == [], "it has answered again"


def test_a_long_settle_time_is_kept_where_a_connection_stands_still(
    make_wire: Callable[..., Any], redirect: Callable[..., Any]
) -> None:
    wire = make_wire(CallOptions(settle=7.0), receipts=True)
    wire.new()
    wire.do(Send(GATHER))
    wire.receipt()
    wire.do(Reply(wire.hook("/g"), SAY))
    wire.do(Send(MORE))
    wire.sent()
    wire.advance(6.9)
    assert wire.sent() == []
    wire.do(Mute(True))
    wire.advance(0.2)
    assert wire.sent() == [redirect(MORE, queue=True), MUTE, ping(4)]


def test_a_pong_is_not_missed_when_its_connection_is_gone(pinged: Any) -> None:
    pinged.do(Mute(True))
    pinged.advance(0.1)
    assert pinged.sent() == [MUTE, ping(2)]
    pinged.lose()
    assert pinged.advance(10) == []


def test_nothing_waits_for_ever_for_a_pong(unanswered: Any, redirect: Callable[..., Any]) -> None:
    unanswered.do(Reply(unanswered.hook("/g"), SAY))
    unanswered.do(Send(MORE))
    unanswered.sent()
    assert unanswered.advance(5) == [ReceiptsMissing()]
    assert unanswered.sent() == [redirect(MORE, queue=True)]


# --- what is lost -------------------------------------------------------------------------------------------

REPEATED = [Send(SAY), Replace(SAY), Mute(True), Dub({"action": "addTrack", "track": "a"}), Configure({})]
REPORTED = [
    Send(DIAL),
    Send([*SAY, *DIAL]),
    Replace(DIAL),
    Dtmf("1"),
    DialOut({}),
    Dub({"action": "sayOnTrack", "track": "a", "say": "x"}),
    Inject("of-a-newer-server", data={}),
]


@pytest.mark.parametrize("override", [None, "repeat", "report"])
@pytest.mark.parametrize("command", [*REPEATED, *REPORTED])
def test_what_is_unproved_at_a_drop_is_dealt_with_by_its_kind(
    pinged: Any, command: Any, override: Any
) -> None:
    kind = type(command)
    fields = {name: getattr(command, name) for name in command.__struct_fields__}
    command = kind(**{**fields, "if_unsure": override})
    pinged.do(command)
    written, _ = pinged.sent()
    repeats = override == "repeat" if override else kind(**fields) in REPEATED
    assert pinged.lose() == [Detached(1006)]
    again = pinged.reconnect()
    pinged.do(Mute(False))
    assert pinged.sent() == [{"type": "ack", "msgid": again, "data": []}, ping(1)]
    assert pinged.receipt() == []
    assert pinged.sent() == [ping(1)]
    events = pinged.receipt()
    name = written["command"]
    told = CommandRepeated(name) if repeats else CommandLost(name, "acts twice")
    assert [event for event in events if not isinstance(event, ResultDropped)] == [told, Reattached()]
    assert [message["command"] for message in pinged.sent()] == [name] * repeats + ["mute:status"]


def test_whoever_waits_for_lost_verbs_is_told(pinged: Any) -> None:
    pinged.do(Send(DIAL))
    pinged.do(Send([{"verb": "config", "bargeIn": {"enable": False}}, {"verb": "enqueue", "name": "q"}]))
    pinged.do(Send([{"verb": "play", "url": "x", "actionHook": "/p"}]))
    came_back(pinged)
    assert pinged.seen(ResultDropped) == [ResultDropped("/d", "d", "lost")]
    assert pinged.seen(CommandLost) == [CommandLost("redirect", "acts twice")] * 2
    assert pinged.seen(CommandRepeated) == [CommandRepeated("redirect")]


def test_what_is_proved_is_never_sent_again(pinged: Any, redirect: Callable[..., Any]) -> None:
    pinged.do(Send(SAY))
    pinged.advance(0.1)
    pinged.receipt()
    pinged.do(Send(MORE))
    pinged.sent()
    came_back(pinged)
    assert [message for message in pinged.sent() if message["type"] == "command"] == [
        redirect(MORE, queue=True)
    ]


def test_what_the_server_has_kept_back_proves_what_it_read(pinged: Any, redirect: Callable[..., Any]) -> None:
    pinged.do(Send(SAY))
    pinged.do(Send([{"verb": "gather", "actionHook": "/next"}]))
    pinged.do(Send(MORE))
    pinged.sent()
    pinged.lose()
    pinged.reconnect()
    pinged.receipt()
    pinged.do(Reply(pinged.hook("/next", {"reason": "timeout"})))
    pinged.receipt()
    assert pinged.seen(CommandRepeated) == [CommandRepeated("redirect")]
    assert pinged.sent()[-1] == redirect(MORE, queue=True)


def test_in_another_process_a_result_proves_no_more_than_it_did(
    pinged: Any, redirect: Callable[..., Any]
) -> None:
    pinged.do(Send([{"verb": "gather", "actionHook": "/next"}]))
    pinged.do(Send(MORE))
    pinged.lose()
    other = type(pinged)(type(pinged.call).restore(pinged.call.snapshot(), now=0.0), receipts=True)
    other.reconnect()
    other.receipt()
    other.hook("/next", {"reason": "timeout"})
    other.receipt()
    assert other.seen(CommandRepeated) == [CommandRepeated("redirect")]
    assert other.sent()[-1] == redirect(MORE, queue=True)


def test_a_status_proves_as_well(pinged: Any) -> None:
    pinged.do(Send([{"verb": "say", "text": "x", "id": "v1"}]))
    pinged.lose()
    pinged.reconnect()
    pinged.hears("verb:status", {"event": "starting", "id": "v1"})
    pinged.receipt()
    assert pinged.receipt() == [Reattached()]


def test_a_result_proves_what_was_written_before_it_on_the_same_connection_only(
    pinged: Any, redirect: Callable[..., Any]
) -> None:
    pinged.do(Send(SAY))
    pinged.lose()
    pinged.reconnect()
    wait = pinged.hook("/w")
    pinged.do(Reply(wait, MORE))
    pinged.lose()
    assert pinged.seen(ReplyDiscarded) == [ReplyDiscarded(wait, "/w", HookKind.PLAYED, "connection lost")]
    pinged.reconnect()
    pinged.receipt()
    pinged.sent()
    pinged.receipt()
    assert pinged.sent() == [redirect(SAY, queue=True)]


def test_a_reply_during_the_survey_waits_for_what_was_lost(pinged: Any, redirect: Callable[..., Any]) -> None:
    pinged.do(Send(SAY))
    pinged.lose()
    pinged.reconnect()
    hook = pinged.hook("/g")
    pinged.do(Reply(hook, MORE))
    pinged.receipt()
    pinged.sent()
    pinged.receipt()
    assert pinged.seen(CommandLost) == [CommandLost("redirect", "replaced")]
    assert pinged.sent() == [{"type": "ack", "msgid": hook, "data": MORE}]


def test_without_receipts_the_survey_ends_by_itself(pinged: Any, redirect: Callable[..., Any]) -> None:
    pinged.do(Send(SAY))
    pinged.lose()
    pinged.reconnect()
    pinged.hears("verb:status", {})
    pinged.sent()
    assert pinged.advance(1.1) == [ReceiptsMissing(), CommandRepeated("redirect"), Reattached()]
    assert pinged.sent() == [redirect(SAY, queue=True)]


def test_a_second_drop_changes_nothing(pinged: Any, redirect: Callable[..., Any]) -> None:
    pinged.do(Send(SAY))
    for _ in range(2):
        pinged.lose()
        pinged.reconnect()
    came_back(pinged)
    assert pinged.sent()[-1] == redirect(SAY, queue=True)
    came_back(pinged)
    assert pinged.sent()[-1] == redirect(SAY, queue=True), "what was sent again is a write like any other"
    assert len(pinged.seen(CommandRepeated)) == 2
    pinged.receipt()
    came_back(pinged)
    assert len(pinged.seen(CommandRepeated)) == 2


def test_an_answer_that_is_owed_survives_a_second_drop(pinged: Any, redirect: Callable[..., Any]) -> None:
    hook = pinged.hook("/g")
    pinged.do(Reply(hook, SAY))
    pinged.lose()
    pinged.reconnect()
    pinged.receipt()
    pinged.lose()
    pinged.reconnect()
    pinged.lose()
    assert pinged.seen(ReplyRerouted) == []
    came_back(pinged)
    assert pinged.seen(ReplyRerouted) == [ReplyRerouted(hook, "/g", HookKind.ACTION)]
    assert pinged.sent()[-1] == redirect(SAY, queue=False)


def test_a_server_that_goes_on_without_reconnecting_is_surveyed_as_well(pinged: Any) -> None:
    pinged.do(Send(SAY))
    pinged.lose()
    pinged.connect()
    pinged.hears("verb:status", {})
    pinged.receipt()
    assert pinged.receipt() == [CommandRepeated("redirect"), Reattached()]


def test_flushes_and_clears_are_sent_again_ahead_of_newer_text(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(receipts=True)
    wire.new()
    wire.do(Send(STREAM))
    wire.advance(0.1)
    wire.receipt()
    wire.do(WriteText("One. "))
    wire.do(ClearText())
    wire.advance(2)
    wire.sent()
    assert CommandRepeated("tts:clear") in wire.lose()
    wire.do(WriteText("Two."))
    wire.reconnect()
    assert [message.get("command") for message in wire.sent()] == [
        None,
        "tts:clear",
        "tts:tokens",
        None,
    ], "the ack, and a ping behind it all"
    wire.advance(0.1)
    wire.receipt()
    wire.hears("tts:tokens-result", {"id": 2, "status": "ok"})
    assert wire.lose() == [Detached(1006)]


def test_a_clear_behind_a_ping_is_not_proved_by_it(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(receipts=True)
    wire.new()
    wire.do(Send(STREAM))
    wire.advance(0.1)
    wire.do(Mute(True))
    wire.receipt(1)
    wire.do(WriteText("One. "))
    wire.do(ClearText())
    wire.receipt(2)
    assert CommandRepeated("tts:clear") in wire.lose()


def test_what_may_be_lost_when_the_call_ends_is_named(pinged: Any) -> None:
    hook = pinged.hook("/g")
    pinged.do(Reply(hook, SAY))
    pinged.do(Mute(True))
    pinged.lose()
    events = pinged.advance(45)
    assert events == [
        ReplyDiscarded(hook, "/g", HookKind.ACTION, "call over"),
        CommandLost("mute:status", "call over"),
        CallOver("expired"),
    ]


def test_a_hangup_that_may_be_lost_is_sent_again(pinged: Any) -> None:
    pinged.hears("call:status", {"call_sid": "c1", "call_status": "in-progress"})
    pinged.do(EndCall())
    assert pinged.call.state is CallState.ENDING
    came_back(pinged)
    assert [message.get("command") for message in pinged.sent()].count("call:status") == 2


def test_a_hangup_is_not_missed_when_the_call_is_over(pinged: Any) -> None:
    pinged.hears("call:status", {"call_sid": "c1", "call_status": "in-progress"})
    pinged.do(EndCall())
    pinged.lose()
    assert pinged.advance(45) == [CallOver("expired")]


def test_a_large_answer_that_may_be_lost_goes_in_parts(pinged: Any, redirect: Callable[..., Any]) -> None:
    hook = pinged.hook("/g")
    verbs = [{"verb": "say", "text": f"{number}" + "x" * 10_000} for number in range(3)]
    pinged.do(Reply(hook, verbs))
    pinged.sent()
    came_back(pinged)
    assert pinged.seen(ReplyRerouted) == [ReplyRerouted(hook, "/g", HookKind.ACTION)]
    commands = [message for message in pinged.sent() if message["type"] == "command"]
    assert commands == [redirect(verbs[:2], queue=False), redirect(verbs[2:], queue=True)]


def test_what_is_remembered_as_unproved_is_bounded(pinged: Any) -> None:
    for _ in range(UNPROVED_WRITES + 10):
        pinged.do(Mute(True))
    pinged.sent()
    came_back(pinged)
    assert len(pinged.seen(CommandRepeated)) == UNPROVED_WRITES


# --- the first answer ---------------------------------------------------------------------------------------


def test_a_deaf_connection_is_cut_when_it_has_read_the_first_answer(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(receipts=True)
    wire.new()
    wire.lose()
    again = wire.reconnect()
    wire.do(Send(SAY))
    assert wire.sent() == [{"type": "ack", "msgid": again, "data": SAY}, ping(1)]
    assert wire.receipt() == []
    [abort] = wire.advance(0.1)
    assert isinstance(abort, AbortConnection)
    wire.lose()
    third = wire.reconnect()
    assert wire.acks() == [(third, [])], "it is proved"


def test_a_deaf_connection_without_pongs_is_cut_as_well(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(receipts=True)
    wire.new()
    wire.lose()
    wire.reconnect()
    wire.do(Send(SAY))
    missing, abort = wire.advance(5.2)
    assert missing == ReceiptsMissing()
    assert isinstance(abort, AbortConnection)


def test_a_first_answer_that_was_not_read_is_given_again_however_old(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(receipts=True)
    wire.new(direction="outbound")
    wire.do(Send(SAY))
    wire.advance(4.9)
    wire.sent()
    wire.lose()
    again = wire.reconnect()
    assert wire.sent() == [{"type": "ack", "msgid": again, "data": SAY}, ping(1)]


def test_an_outbound_call_may_say_something_before_it_has_read_the_first_answer(
    make_wire: Callable[..., Any],
) -> None:
    wire = make_wire(receipts=True)
    wire.new(direction="outbound")
    wire.do(Send([{"verb": "gather", "actionHook": "/first"}]))
    wire.hook("/amd", {"type": "amd_human_detected"})
    wire.sent()
    wire.lose()
    again = wire.reconnect()
    first = [{"verb": "gather", "actionHook": "/first"}]
    assert wire.sent() == [{"type": "ack", "msgid": again, "data": first}, ping(1)]


def test_a_result_of_the_first_verbs_proves_them(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(receipts=True)
    wire.new(direction="outbound")
    wire.do(Send([{"verb": "gather", "actionHook": "/first"}]))
    wire.do(Reply(wire.hook("/first", {"reason": "timeout"})))
    wire.sent()
    wire.lose()
    again = wire.reconnect()
    assert wire.acks() == [(again, [])]


def test_another_process_that_repeats_the_first_answer_does_not_wait_for_ever(wire: Any) -> None:
    wire.new(direction="outbound")
    wire.do(Send(SAY))
    other = type(wire)(type(wire.call).restore(wire.call.snapshot(), now=0.0))
    other.reconnect()
    assert other.advance(4.9) == []
    assert isinstance(other.advance(0.2)[0], AbortConnection)
    assert other.call.attached
