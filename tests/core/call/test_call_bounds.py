"""Whatever a server sends, and whatever an application says, a call keeps a bounded part of it, and says what
it drops."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from jambonz_core.call import (
    AppCall,
    CallOptions,
    CommandRepeated,
    LimitReached,
    Mute,
    Replace,
    Reply,
    ResultDropped,
    Send,
)
from jambonz_core.call.delivery import UNPROVED_BYTES
from jambonz_core.call.hook_roles import HOOK_PATHS, HOOK_PATHS_CHARACTERS
from jambonz_core.call.obligations import HOOK_CHARACTERS
from jambonz_core.call.pending_results import REMEMBERED, REMEMBERED_CHARACTERS
from jambonz_core.call.size import CALL_SID_CHARACTERS
from jambonz_core.wire.codec import fields_that_fit, size_as_json
from jambonz_core.wire.errors import QueueFull


def status(wire: Any, size: int, **data: Any) -> list[Any]:
    """A status of the call, padded to about that size."""
    events: list[Any] = wire.hears(
        "call:status", {"call_sid": "c1", "call_status": "ringing", "pad": "x" * size, **data}
    )
    return events


# --- statuses before the call ---------------------------------------------------------------------------------


def test_early_statuses_are_bounded_in_bytes_and_the_latest_are_kept(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(CallOptions(early_bytes=10_000))
    wire.connect()
    for number in range(20):
        status(wire, 2_000, number=number)
    assert [event.data["number"] for event in wire.call.early_statuses] == [16, 17, 18, 19]
    assert wire.seen(LimitReached) == [LimitReached("CallOptions.early_bytes", "call:status")] * 16


def test_an_early_status_that_is_too_large_by_itself_takes_nobody_elses_place(
    make_wire: Callable[..., Any],
) -> None:
    wire = make_wire(CallOptions(early_bytes=10_000))
    wire.connect()
    status(wire, 10)
    [event, reached] = status(wire, 20_000)
    assert reached == LimitReached("CallOptions.early_bytes", "call:status")
    assert event not in wire.call.early_statuses
    assert len(wire.call.early_statuses) == 1


def test_a_final_status_ends_a_call_though_it_is_not_kept(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(CallOptions(early_bytes=100))
    wire.connect()
    status(wire, 200, call_status="busy")
    assert wire.call.early_statuses == []
    wire.advance(50)
    assert wire.call.over == "completed"


def test_early_statuses_of_a_snapshot_count_again(make_wire: Callable[..., Any]) -> None:
    options = CallOptions(early_bytes=5_000)
    wire = make_wire(options)
    wire.connect()
    status(wire, 2_000)
    status(wire, 2_000)
    other = AppCall.restore(json.loads(json.dumps(wire.call.snapshot())), now=0.0, options=options)
    assert other.early_statuses == wire.call.early_statuses
    other.connected(0.0)
    message = json.dumps({"type": "call:status", "data": {"call_sid": "c1", "pad": "y" * 2_000}})
    other.receive(message, 0.0)
    assert len(other.early_statuses) == 2


# --- the first payload ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("type", ["session:new", "session:redirect", "session:adulting", "session:reconnect"])
def test_of_a_first_payload_that_is_too_large_the_largest_fields_are_left_out(
    make_wire: Callable[..., Any], type: str
) -> None:
    wire = make_wire(CallOptions(session_bytes=1_000))
    wire.connect()
    data = {"call_sid": "c1", "sip": {"body": "x" * 3_000}, "from": "+1", "customerData": ["y" * 2_000]}
    [reached, event, *_] = wire.hears(type, data, hook="/h")
    assert reached == LimitReached("CallOptions.session_bytes", "of the first payload: sip, customerData")
    assert event.data == data
    assert wire.call.session == {"call_sid": "c1", "from": "+1"}
    assert list(wire.call.session) == ["call_sid", "from"]


def test_what_cannot_be_measured_is_too_large() -> None:
    # So it is with what is nested so deeply that it could be read, and not be written a few calls deeper.
    assert fields_that_fit({"a": 1, "b": object()}, 100) == ({"a": 1}, "b")
    assert size_as_json(object(), otherwise=7) == 7


def test_a_first_payload_that_fits_is_kept_whole(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(CallOptions(session_bytes=1_000))
    # So long that it has to be measured, and not too long.
    wire.new(pad="x" * 800)
    assert len(wire.call.session["pad"]) == 800
    assert not wire.seen(LimitReached)


# --- tools, hooks, results ------------------------------------------------------------------------------------


@pytest.mark.parametrize("type", ["llm:tool-call", "agent:tool-call"])
def test_names_of_tools_are_remembered_unless_they_are_none(wire: Any, type: str) -> None:
    wire.running()
    wire.hears(type, {"tool_call_id": "t" * 2_000, "name": "weather"})
    wire.hears(type, {"tool_call_id": "t1", "name": "n" * 2_000})
    assert wire.seen(LimitReached) == [LimitReached("TOOL_CHARACTERS", "the name of a tool")] * 2
    assert wire.call.snapshot()["facts"]["tools"] == {}


def test_what_is_remembered_of_a_hook_is_short_and_its_answer_is_the_same(wire: Any) -> None:
    path = "/" + "x" * 10_000
    wire.running([{"verb": "gather", "actionHook": path, "input": ["speech"]}])
    msgid = wire.hook(path, {"reason": "timeout"})
    [obligation] = wire.call.obligations
    assert len(obligation.hook) == HOOK_CHARACTERS
    wire.do(Reply(msgid, [{"verb": "hangup"}]))
    assert wire.acks() == [(msgid, [{"verb": "hangup"}])]


def test_hook_paths_are_bounded_and_it_is_said_once(wire: Any) -> None:
    wire.running()
    for number in range(2 * HOOK_PATHS):
        wire.do(Send([{"verb": "gather", "actionHook": f"/{number}", "input": ["speech"]}]))
        wire.sent()
    assert len(wire.call.snapshot()["roles"]) == HOOK_PATHS
    [reached] = wire.seen(LimitReached)
    assert reached.limit == "HOOK_PATHS or HOOK_PATHS_CHARACTERS"


def test_hook_paths_are_bounded_in_bytes(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(CallOptions(waiting_bytes=100 * HOOK_PATHS_CHARACTERS)).running()
    for number in range(100):
        path = f"/{number}?" + "x" * 10_000
        wire.do(Send([{"verb": "gather", "actionHook": path, "input": ["speech"]}]))
        assert sum(map(len, wire.call.snapshot()["roles"])) <= HOOK_PATHS_CHARACTERS
    assert len(wire.seen(LimitReached)) == 1
    assert wire.call.snapshot()["roles"][path] == "action"


def test_results_that_are_waited_for_are_bounded_in_bytes(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(CallOptions(waiting_messages=1000, waiting_bytes=100_000_000)).running()
    for number in range(60):
        wire.do(Send([{"verb": "gather", "actionHook": f"/{number:02}" + "x" * 19_997}]))
    waiting = REMEMBERED_CHARACTERS // 20_000
    assert len(wire.call.snapshot()["results"]["queued"]) == waiting
    assert [event.hook[:3] for event in wire.seen(ResultDropped)] == [
        f"/{number:02}" for number in range(60 - waiting)
    ]
    for number in range(60):
        wire.do(Replace([{"verb": "dial", "actionHook": f"/{number:02}" + "y" * 19_997, "target": []}]))
    doubted = wire.call.snapshot()["results"]["doubted"]
    assert sum(len(entry["hook"]) for entry in doubted) <= REMEMBERED_CHARACTERS


@pytest.mark.parametrize("type", ["session:new", "call:status", "verb:hook"])
def test_an_id_of_a_call_is_short(make_wire: Callable[..., Any], type: str) -> None:
    wire = make_wire(CallOptions())
    wire.connect()
    call_sid = "c" * (CALL_SID_CHARACTERS + 1)
    message = {"type": type, "msgid": "m1", "data": {"call_sid": call_sid, "direction": "inbound"}}
    wire.call.receive(json.dumps(message), 0.0)
    assert wire.call.call_sid == ""
    message = {"type": "session:new", "msgid": "m2", "data": {"call_sid": call_sid[1:]}}
    if type == "call:status":
        wire.call.receive(json.dumps(message), 0.0)
        assert wire.call.call_sid == call_sid[1:]


def test_results_in_doubt_are_bounded(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(CallOptions(waiting_messages=4 * REMEMBERED)).running()
    for number in range(REMEMBERED + 20):
        wire.do(Replace([{"verb": "dial", "actionHook": f"/d{number}", "target": []}]))
    dropped = [event.hook for event in wire.seen(ResultDropped)]
    assert dropped == [f"/d{number}" for number in range(19)]


# --- what the application says --------------------------------------------------------------------------------


def test_what_waits_for_the_server_is_bounded_in_bytes(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(CallOptions(waiting_bytes=10_000)).running()
    wire.lose()
    long = [{"verb": "say", "text": "x" * 3_000}]
    wire.do(Send(long))
    assert not wire.call.crowded
    wire.do(Send(long))
    assert wire.call.crowded
    wire.do(Send(long))
    wire.do(Send(long))
    for command in (Send(long), Replace(long), Mute(True)):
        with pytest.raises(QueueFull, match=r"waiting_bytes \(10000\)"):
            wire.do(command)
    wire.reconnect()
    assert len(wire.sent()) == 5
    assert not wire.call.crowded


def test_an_array_of_verbs_that_is_larger_than_all_that_may_wait(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(CallOptions(waiting_bytes=20_000)).running()
    with pytest.raises(QueueFull, match="waiting_bytes"):
        wire.do(Send([{"verb": "say", "text": "x" * 20_000}] * 2))
    assert wire.sent() == []


def test_the_first_answer_is_bounded_in_bytes(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(CallOptions(waiting_bytes=10_000))
    wire.new()
    wire.lose()
    long = [{"verb": "say", "text": "x" * 3_000}]
    wire.do(Send(long))
    assert not wire.call.crowded
    wire.do(Send(long))
    assert wire.call.crowded
    wire.do(Send(long))
    with pytest.raises(QueueFull, match=r"waiting_bytes \(10000\)"):
        wire.do(Send(long))


def test_writes_without_a_proof_are_bounded_in_bytes_and_it_is_told(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(receipts=True)
    wire.new()
    wire.do(Send([{"verb": "answer"}]))
    wire.receipt()
    wire.hears("verb:status", {"event": "starting", "name": "say"})
    long = [{"verb": "say", "text": "x" * 20_000}]
    writes = UNPROVED_BYTES // 20_000 + 100
    for _ in range(writes):
        wire.do(Send(long))
    [*_, reached] = wire.lose()
    assert reached.limit == "UNPROVED_WRITES or UNPROVED_BYTES"
    forgotten = int(reached.what.split()[0])
    assert 0 < forgotten <= 100
    assert reached.what == f"{forgotten} redirect: without a proof, and count as read"
    wire.reconnect()
    wire.receipt()
    wire.receipt()
    assert len(wire.seen(CommandRepeated)) == writes - forgotten
    assert not any(isinstance(event, LimitReached) for event in wire.lose())
