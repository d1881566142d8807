"""What the next process is told of what may not have arrived, and whether that is what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from jambonz_core.call import (
    CommandLost,
    CommandRepeated,
    Dtmf,
    HookKind,
    OpenSpeech,
    Replace,
    Reply,
    ReplyDiscarded,
    Send,
    UnprovedWrite,
    WriteText,
)

SAY: list[dict[str, Any]] = [{"verb": "say", "text": "Hello"}]
MORE: list[dict[str, Any]] = [{"verb": "say", "text": "More"}]
GATHER: list[dict[str, Any]] = [{"verb": "gather", "actionHook": "/g"}]
ONE, TWO = ({"digit": digit, "dtmf": {"digit": digit}} for digit in "12")
DIAL: list[dict[str, Any]] = [{"verb": "dial", "target": []}]


@pytest.fixture
def pinged(make_wire: Callable[..., Any]) -> Any:
    """A running call whose connection can be pinged, with nothing unproved."""
    wire = make_wire(receipts=True)
    wire.new()
    wire.do(Send([*GATHER, {"verb": "conference", "name": "x", "waitHook": "/w"}]))
    wire.advance(0.1)
    wire.sent()
    wire.receipt()
    return wire


def elsewhere(wire: Any) -> Any:
    """The same call in another process."""
    saved = json.loads(json.dumps(wire.call.snapshot(wire.now)))
    return type(wire)(type(wire.call).restore(saved, now=0.0), receipts=True)


def test_another_process_is_told_what_is_unproved_and_what_becomes_of_it(pinged: Any) -> None:
    pinged.do(Send(SAY))
    pinged.do(Dtmf("1"))
    pinged.do(Send(DIAL))
    pinged.do(Dtmf("2", if_unsure="repeat"))
    pinged.sent()
    assert pinged.call.unproved == []
    pinged.lose()
    told = [
        UnprovedWrite("redirect", SAY, "repeat"),
        UnprovedWrite("dtmf", ONE, "report"),
        UnprovedWrite("redirect", DIAL, "report"),
        UnprovedWrite("dtmf", TWO, "repeat"),
    ]
    assert pinged.call.unproved == told
    assert [write.verbs for write in told] == [SAY, [], DIAL, []]
    other = elsewhere(pinged)
    assert other.call.unproved == told
    # That is what becomes of it.
    surveyed(other)
    assert other.seen(CommandLost) == [
        CommandLost("dtmf", "acts twice"),
        CommandLost("redirect", "acts twice"),
    ]
    assert other.seen(CommandRepeated) == [CommandRepeated("redirect"), CommandRepeated("dtmf")]
    assert [message["data"] for message in other.sent()] == [SAY, TWO]
    assert other.call.unproved == []


def test_it_is_told_of_verbs_that_others_replace(pinged: Any) -> None:
    pinged.do(Send(SAY))
    pinged.do(Reply(pinged.hook("/g"), GATHER))
    pinged.sent()
    pinged.lose()
    other = elsewhere(pinged)
    assert other.call.unproved == [
        UnprovedWrite("redirect", SAY, "report"),
        UnprovedWrite("ack", GATHER, "repeat"),
    ]
    surveyed(other)
    assert other.seen(CommandLost) == [CommandLost("redirect", "replaced")]
    assert [message["data"] for message in other.sent()] == [GATHER]


def surveyed(wire: Any) -> None:
    """The server is back, and has proved all that it can."""
    wire.reconnect()
    wire.receipt()
    wire.sent()
    wire.receipt()


def test_what_had_left_when_a_call_was_saved_is_unproved_for_who_takes_it_over(pinged: Any) -> None:
    pinged.do(Send(SAY))
    pinged.advance(1)
    pinged.receipt()
    pinged.do(Send(MORE))
    pinged.do(Dtmf("1"))
    pinged.do(Reply(pinged.hook("/w"), SAY))
    pinged.sent()
    # Nobody says that the connection is lost: the process is killed behind this.
    assert pinged.call.in_doubt
    other = elsewhere(pinged)
    told = [UnprovedWrite("redirect", MORE, "repeat"), UnprovedWrite("dtmf", ONE, "report")]
    assert other.call.unproved == told
    surveyed(other)
    assert other.seen(CommandRepeated) == [CommandRepeated("redirect")]
    assert other.seen(CommandLost) == [CommandLost("dtmf", "acts twice")]
    assert [message["data"] for message in other.sent()] == [MORE]
    other.receipt()
    assert not other.call.in_doubt
    # The next one has it from here, if this one has saved anything.
    assert elsewhere(other).call.unproved == []


def test_without_receipts_only_what_left_within_a_second_is_told(wire: Any) -> None:
    wire.running(SAY)
    wire.advance(5)
    wire.do(Dtmf("1"))
    wire.advance(1.5)
    wire.do(Dtmf("2"))
    wire.sent()
    assert elsewhere(wire).call.unproved == [UnprovedWrite("dtmf", TWO, "report")]


def test_a_first_answer_that_may_not_have_arrived_is_told(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(receipts=True)
    wire.new(direction="outbound")
    wire.do(Send(SAY))
    wire.sent()
    told = [UnprovedWrite("ack", SAY, "repeat")]
    assert elsewhere(wire).call.unproved == told
    wire.lose()
    assert elsewhere(wire).call.unproved == told


def test_a_first_answer_that_was_replaced_is_reported_by_who_takes_the_call_over(
    make_wire: Callable[..., Any],
) -> None:
    wire = make_wire(receipts=True)
    first = wire.new()
    wire.do(Send(SAY))
    wire.do(Replace(MORE))
    wire.sent()
    other = elsewhere(wire)
    assert other.call.unproved[-1] == UnprovedWrite("ack", SAY, "report")
    again = other.reconnect()
    other.receipt()
    other.receipt()
    assert other.seen(ReplyDiscarded) == [ReplyDiscarded(first, "", HookKind.SESSION_NEW, "replaced")]
    sent = [message for message in other.sent() if message["type"] != "ping"]
    assert [message["data"] for message in sent] == [[{"verb": "pause", "length": 0.1}], MORE]
    assert sent[0]["msgid"] == again


def test_text_that_is_under_way_is_told(pinged: Any) -> None:
    pinged.do(Send([{"verb": "config", "ttsStream": {"enable": True}}]))
    pinged.receipt()
    pinged.do(OpenSpeech())
    pinged.do(WriteText("One. ", speech=1))
    pinged.do(WriteText("Two.", speech=1))
    pinged.sent()
    assert pinged.call.unproved == []
    pinged.lose()
    assert pinged.call.unproved[-1] == UnprovedWrite("tts:tokens", "One. ", "result")
    assert elsewhere(pinged).call.unproved == pinged.call.unproved
