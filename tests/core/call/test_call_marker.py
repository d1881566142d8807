"""A call that nobody here knows: the server is asked whether it had begun, and nothing is done before."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from jambonz_core.call import (
    AbortConnection,
    AppCall,
    BadMessage,
    CallOver,
    CallState,
    EndCall,
    Reattached,
    ReceiptsMissing,
    Send,
    SessionNew,
    SessionReconnect,
    UnknownCallJudged,
    VerbHook,
)
from jambonz_core.call.marker import MARKER_HOOK, MARKER_VERBS, come_back_later
from jambonz_core.call.states import LinkState

SAY: list[dict[str, Any]] = [{"verb": "say", "text": "Hello"}]
PAUSE = [{"verb": "pause", "length": 0.1}]
PING = {"type": "ping", "count": 1}
TIMEOUT = {"reason": "timeout", "call_sid": "c1"}


@pytest.fixture
def unknown(make_wire: Callable[..., Any]) -> Any:
    """A call whose first message here is `session:reconnect`, on a connection that can be pinged."""
    wire = make_wire(receipts=True)
    msgid = wire.reconnect()
    assert wire.sent() == [{"type": "ack", "msgid": msgid, "data": MARKER_VERBS}, PING]
    assert wire.call._connection.state is LinkState.MARKED
    return wire


def asked_again(wire: Any) -> None:
    """The marker was read, the connection was cut for it, and the server is back."""
    wire.receipt()
    assert isinstance(wire.advance(0.2)[-1], AbortConnection)
    wire.lose()
    msgid = wire.reconnect()
    assert wire.sent() == [{"type": "ack", "msgid": msgid, "data": PAUSE}, PING]
    assert wire.seen(UnknownCallJudged) == []


def test_the_markers_hook_before_the_second_receipt_tells_that_it_had_not_begun(unknown: Any) -> None:
    asked_again(unknown)
    unknown.hears("call:status", {"call_sid": "c1", "call_status": "in-progress"})
    unknown.hears("verb:hook", TIMEOUT, hook=MARKER_HOOK, msgid="of the marker")
    assert unknown.events[-1] == UnknownCallJudged(begun=False)
    assert unknown.seen(VerbHook) == [], "nobody else is told of the marker"
    assert unknown.acks() == [("of the marker", [])]
    unknown.do(Send(SAY))
    assert unknown.sent() == []
    unknown.receipt()
    unknown.receipt()
    [said] = [message for message in unknown.sent() if message["type"] == "command"]
    assert said["queueCommand"]
    assert said["data"] == SAY
    assert unknown.seen(UnknownCallJudged) == [UnknownCallJudged(begun=False)]
    # The caller has been answered to run it: a hangup declines nothing.
    unknown.do(EndCall())
    assert unknown.sent() == [
        {"type": "command", "command": "call:status", "data": {"call_status": "completed"}}
    ]


def test_the_second_receipt_without_it_tells_that_it_had(unknown: Any) -> None:
    asked_again(unknown)
    unknown.hook("/another", TIMEOUT)
    assert unknown.receipt() == []
    unknown.sent()
    assert unknown.receipt() == [UnknownCallJudged(begun=True), Reattached()]


def test_what_it_hears_meanwhile_neither_spares_the_connection_nor_decides(unknown: Any) -> None:
    unknown.receipt()
    msgid = unknown.hook("/another", {"event": "x"})
    assert unknown.acks() == [(msgid, [])]
    assert unknown.receipt() == []
    assert isinstance(unknown.advance(0.2)[-1], AbortConnection)
    assert unknown.seen(UnknownCallJudged) == []


def test_only_a_receipt_of_the_marker_counts(unknown: Any) -> None:
    unknown.receipt(0)
    assert unknown.advance(0.5) == []


def test_a_marker_that_may_be_lost_is_sent_again(unknown: Any) -> None:
    unknown.lose()
    msgid = unknown.reconnect()
    assert unknown.sent() == [{"type": "ack", "msgid": msgid, "data": MARKER_VERBS}, PING]
    asked_again(unknown)


def test_it_may_have_been_read_all_the_same(unknown: Any) -> None:
    """Then the server is not silent on the connection with the second one."""
    unknown.lose()
    unknown.reconnect()
    assert unknown.hears("verb:hook", TIMEOUT, hook=MARKER_HOOK) == [
        UnknownCallJudged(begun=False),
        Reattached(),
    ]
    assert unknown.call.attached
    assert unknown.advance(0.5) == [], "it is not cut"


def test_a_connection_that_is_lost_while_it_is_asked_changes_nothing(unknown: Any) -> None:
    asked_again(unknown)
    unknown.lose()
    unknown.reconnect()
    unknown.hook(MARKER_HOOK, TIMEOUT)
    assert unknown.seen(UnknownCallJudged) == [UnknownCallJudged(begun=False)]


def test_without_receipts_it_counts_as_begun(make_wire: Callable[..., Any]) -> None:
    wire = make_wire()
    msgid = wire.reconnect()
    assert wire.acks() == [(msgid, PAUSE)]
    assert [type(event) for event in wire.events] == [SessionReconnect, UnknownCallJudged, Reattached]
    assert wire.seen(UnknownCallJudged) == [UnknownCallJudged(begun=True)]


@pytest.mark.parametrize("when", ["with the marker", "afterwards"])
def test_where_receipts_fail_it_counts_as_begun(unknown: Any, when: str) -> None:
    if when == "afterwards":
        asked_again(unknown)
    unknown.hears("verb:status", {})
    events = unknown.advance(2.0)
    assert events == [ReceiptsMissing(), UnknownCallJudged(begun=True), Reattached()]


def test_where_the_next_connection_has_none_it_counts_as_begun(unknown: Any) -> None:
    unknown.lose()
    unknown.receipts = False
    unknown.reconnect()
    assert unknown.events[-2:] == [UnknownCallJudged(begun=True), Reattached()]


def test_it_may_end_before_it_is_known(unknown: Any) -> None:
    unknown.lose()
    assert unknown.advance(100.0)[-1] == CallOver("expired")
    assert unknown.seen(UnknownCallJudged) == []


def test_a_hook_of_the_marker_that_cannot_be_acked_tells_nothing(unknown: Any) -> None:
    [event] = unknown.hears("verb:hook", TIMEOUT, hook=MARKER_HOOK, msgid="")
    assert isinstance(event, BadMessage)
    assert unknown.seen(UnknownCallJudged) == []


def test_a_known_call_has_no_marker(wire: Any) -> None:
    wire.running()
    wire.lose()
    wire.reconnect()
    wire.hook(MARKER_HOOK, TIMEOUT)
    assert len(wire.seen(VerbHook)) == 1
    assert wire.seen(UnknownCallJudged) == []


def test_the_question_travels_in_a_snapshot(unknown: Any) -> None:
    unknown.receipt()
    unknown.advance(0.2)
    unknown.lose()
    saved = json.loads(json.dumps(unknown.call.snapshot()))
    unknown.call = AppCall.restore(saved, now=unknown.now)
    unknown.reconnect()
    unknown.hook(MARKER_HOOK, TIMEOUT)
    assert unknown.seen(UnknownCallJudged) == [UnknownCallJudged(begun=False)]


def test_a_call_that_was_not_announced_is_announced_on_the_next_connection(
    make_wire: Callable[..., Any],
) -> None:
    """The connection of an outbound call breaks while it rings: nothing is to be found out."""
    wire = make_wire(receipts=True)
    wire.connect()
    wire.hears("call:status", {"call_sid": "c1", "call_status": "ringing"})
    wire.lose()
    wire.connect()
    wire.hears("session:reconnect", {}, call_sid="c1")
    assert wire.acks() == [(wire.last_msgid, [])]
    assert wire.call.state is CallState.OPENING
    wire.hears("session:new", {"call_sid": "c1", "direction": "outbound"}, call_sid="c1")
    assert isinstance(wire.events[-1], SessionNew)
    wire.do(Send(SAY))
    assert wire.sent()[0] == {"type": "ack", "msgid": wire.last_msgid, "data": SAY}


def test_a_call_that_cannot_be_served_yet_is_acked_with_verbs_that_do_no_harm() -> None:
    assert json.loads(come_back_later("m7")) == {"type": "ack", "msgid": "m7", "data": PAUSE}
