"""The tables of what is legal, read whole; and the machines keep to them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from jambonz_core.call import AppCall, BadMessage, CallState, EndCall, Mute, Reply, Send, WriteText
from jambonz_core.call.states import CALL, LINK, TABLES, CallInput, LinkInput, LinkState
from jambonz_core.wire.errors import LocalProtocolError

SAY: list[dict[str, Any]] = [{"verb": "say", "text": "Hello"}]


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_closed_and_every_state_can_be_reached(name: str) -> None:
    table: Any = TABLES[name]
    first_state: Any = next(iter(table))
    first_input: Any = next(iter(table[first_state]))
    states = set(first_state.__class__)
    assert set(table) == states
    seen = {first_state}
    while True:
        more = {after for state in seen for after in table[state].values()} | seen
        if more == seen:
            break
        seen = more
    assert seen == states
    assert {what for row in table.values() for what in row} == set(first_input.__class__)


def test_a_call_never_goes_back() -> None:
    order = list(CallState)
    for state, row in CALL.items():
        for after in row.values():
            assert order.index(after) >= order.index(state)


def in_state(make_wire: Callable[..., Any], state: CallState) -> Any:
    """A call in that state, with a connection unless it is over."""
    wire = make_wire()
    if state is CallState.OPENING:
        wire.connect()
    elif state is CallState.ANSWERING:
        wire.new()
    else:
        wire.running()
    if state is CallState.ENDING:
        wire.hears("call:status", {"call_sid": "c1", "call_status": "completed"})
    elif state is CallState.OVER:
        wire.lose(1000)
    assert wire.call.state is state
    return wire


LOCAL: dict[CallInput, Callable[[Any], object]] = {
    CallInput.VERBS: lambda wire: wire.do(Send(SAY)),
    CallInput.COMMAND: lambda wire: wire.do(Mute(True)),
    CallInput.HANG_UP: lambda wire: wire.do(EndCall()),
    CallInput.REPLY: lambda wire: wire.do(Reply(wire.hook("/x", {"reason": "timeout"}), [])),
}
REMOTE: dict[CallInput, Callable[[Any], list[Any]]] = {
    CallInput.SESSION_NEW: lambda wire: wire.hears("session:new", {}),
    CallInput.SESSION_RECONNECT: lambda wire: wire.hears("session:reconnect", {"call_sid": "c1"}),
    CallInput.SESSION_REDIRECT: lambda wire: wire.hears("session:redirect", {}, hook="/x"),
    CallInput.SESSION_ADULTING: lambda wire: wire.hears("session:adulting", {}),
    CallInput.HOOK: lambda wire: wire.hears("verb:hook", {}, hook="/x"),
    CallInput.NOTICE: lambda wire: wire.hears("verb:status", {}),
    CallInput.FINAL_STATUS: lambda wire: wire.hears(
        "call:status", {"call_sid": "c1", "call_status": "completed"}
    ),
}


@pytest.mark.parametrize("state", CallState)
@pytest.mark.parametrize("what", LOCAL)
def test_an_illegal_command_is_refused_and_changes_nothing(
    make_wire: Callable[..., Any], state: CallState, what: CallInput
) -> None:
    wire = in_state(make_wire, state)
    if state in (CallState.OPENING, CallState.OVER) and what is CallInput.REPLY:
        with pytest.raises(LocalProtocolError):
            wire.do(Reply("m1", []))
    elif what in CALL[state]:
        LOCAL[what](wire)
        assert wire.call.state in (CALL[state][what], CALL[CALL[state][what]].get(CallInput.FIRST_ACK))
    else:
        before = wire.call.snapshot()
        with pytest.raises(LocalProtocolError):
            LOCAL[what](wire)
        assert wire.call.snapshot() == before


@pytest.mark.parametrize("state", [state for state in CallState if state is not CallState.OVER])
@pytest.mark.parametrize("what", REMOTE)
def test_an_illegal_message_is_reported_and_changes_nothing(
    make_wire: Callable[..., Any], state: CallState, what: CallInput
) -> None:
    wire = in_state(make_wire, state)
    before = wire.call.snapshot()
    events = REMOTE[what](wire)
    if what in CALL[state]:
        assert not isinstance(events[0], BadMessage)
        assert wire.call.state is CALL[state][what]
    else:
        assert isinstance(events[0], BadMessage)
        assert wire.call.snapshot() == before


@pytest.mark.parametrize("what", REMOTE)
def test_nothing_comes_after_the_end(make_wire: Callable[..., Any], what: CallInput) -> None:
    assert REMOTE[what](in_state(make_wire, CallState.OVER)) == []


def test_text_counts_as_a_command(make_wire: Callable[..., Any]) -> None:
    for state in CallState:
        if CallInput.COMMAND not in CALL[state]:
            with pytest.raises(LocalProtocolError):
                in_state(make_wire, state).do(WriteText("x"))


def test_a_link_always_goes_down_first() -> None:
    for state, row in LINK.items():
        if LinkInput.CONNECTED in row:
            assert state in (LinkState.NEW, LinkState.DOWN)
        else:
            assert row[LinkInput.LOST] is LinkState.DOWN


def test_an_idle_call_waits_for_nothing() -> None:
    call = AppCall()
    assert call.deadline is None
    call.connected(0.0)
    call.receive(json.dumps({"type": "session:new", "msgid": "m", "data": {}}), 0.0)
    assert call.deadline == 4.0
    call.do(Send(SAY), 1.0)
    call.outgoing()
    assert call.deadline is None
    call.do(Mute(True), 1.0)
    assert call.outgoing() == []
    assert call.deadline == 1.1
    call.tick(1.1)
    assert len(call.outgoing()) == 1
    assert call.deadline is None
    assert call.obligations == []
    assert [call.new_hook(), call.new_hook(), call.new_verb_id()] == ["/~1", "/~2", "~1"]
    assert call.barge_in_hook == ""
