"""Every message of the wire becomes its event; what makes no sense becomes a `BadMessage`; nothing raises."""

from __future__ import annotations

import doctest
import json
from typing import Any

import pytest

from jambonz_core.call import (
    AgentEvent,
    AgentToolCall,
    BadMessage,
    CallStatus,
    HookKind,
    LlmEvent,
    LlmToolCall,
    ServerError,
    SessionNew,
    StreamingEvent,
    TokensResult,
    UnknownMessage,
    VerbHook,
    VerbStatus,
    app_call,
)


def test_the_examples_are_right() -> None:
    assert doctest.testmod(app_call).failed == 0


@pytest.mark.parametrize(
    ("type_", "hook", "data", "event"),
    [
        ("call:status", None, {"call_sid": "c2", "call_status": "ringing"}, lambda d: CallStatus(d, "c2", "ringing")),
        ("call:status", None, {"call_sid": 5}, lambda d: CallStatus(d, "", "")),
        ("verb:status", None, {"event": "starting", "id": "v"}, lambda d: VerbStatus(d, "starting", "v")),
        ("verb:status", None, {}, lambda d: VerbStatus(d, "", "")),
        ("jambonz:error", None, {"msg": "TTS error", "verb": "say"}, lambda d: ServerError(d, "TTS error")),
        ("llm:event", "/e", {"type": "x"}, lambda d: LlmEvent("/e", d)),
        ("llm:tool-call", "/t", {"tool_call_id": "t"}, lambda d: LlmToolCall("/t", d, "t")),
        ("agent:event", "/e", {"type": "turn_end"}, lambda d: AgentEvent("/e", d, "turn_end")),
        ("agent:tool-call", {"url": "/t"}, {"tool_call_id": "t"}, lambda d: AgentToolCall("/t", d, "t")),
        ("tts:tokens-result", None, {"id": 9, "status": "failed", "reason": "full"}, lambda d: TokensResult(d, 9, "failed", "full")),
        ("tts:streaming-event", None, {"event_type": "stream_open"}, lambda d: StreamingEvent(d, "stream_open")),
        ("session:merge", None, {"x": 1}, lambda d: UnknownMessage("session:merge", "m9", d)),
    ],
)  # fmt: skip
def test_a_message_becomes_its_event(wire: Any, type_: str, hook: Any, data: Any, event: Any) -> None:
    wire.running()
    raw = {"type": type_, "msgid": "m9", "data": data, "b3": "x", "future": {"camelCase": [1]}}
    if hook is not None:
        raw["hook"] = hook
    [got] = wire.hears_raw(json.dumps(raw))
    assert got.raw == raw
    assert type(got) is type(event(data))
    fields = {name: getattr(got, name) for name in got.__struct_fields__ if name != "raw"}
    assert fields == {name: getattr(event(data), name) for name in fields}
    assert wire.sent() == []


def test_unknown_fields_survive(wire: Any) -> None:
    wire.connect()
    raw = {
        "type": "session:new",
        "msgid": "m1",
        "data": {"call_sid": "c1", "new": {"X-Y": None}},
        "b3": "t-s-1",
    }
    [event] = wire.hears_raw(json.dumps(raw).encode())
    assert isinstance(event, SessionNew)
    assert event.raw == raw
    assert wire.call.session == raw["data"]
    assert wire.call.call_sid == "c1"


@pytest.mark.parametrize("data", [None, [], "x", 5, True])
def test_a_payload_that_is_no_object_is_only_in_raw(wire: Any, data: Any) -> None:
    wire.running()
    for type_ in ("verb:hook", "call:status", "verb:status", "jambonz:error", "llm:tool-call", "agent:event"):
        [event] = wire.hears_raw(json.dumps({"type": type_, "msgid": f"{type_}{data}", "data": data}))
        assert event.data == {}
        assert event.raw["data"] == data


def test_a_hook_may_come_as_an_object(wire: Any) -> None:
    wire.running([{"verb": "gather", "actionHook": {"url": "/g", "method": "GET"}}])
    [event] = wire.hears("verb:hook", {}, hook={"url": "/g"})
    assert isinstance(event, VerbHook)
    assert (event.hook, event.kind) == ("/g", HookKind.ACTION)
    [event] = wire.hears("verb:hook", {}, hook=5)
    assert (event.hook, event.kind) == ("", HookKind.UNKNOWN)


@pytest.mark.parametrize(
    "text", ["", "nonsense", "[]", "5", b"\xff\xfe", '{"type": 5}', "{}", '{"type": null}']
)
def test_what_makes_no_sense_is_reported_and_the_call_goes_on(wire: Any, text: str | bytes) -> None:
    wire.running()
    [event] = wire.hears_raw(text)
    assert isinstance(event, BadMessage)
    assert (event.raw is None) == (event.text in (text, "\ufffd\ufffd"))
    assert wire.call.attached


def test_a_bad_message_shows_its_beginning(wire: Any) -> None:
    wire.running()
    [event] = wire.hears_raw("nonsense " * 1000)
    assert len(event.text) == 200


def test_a_second_session_new_is_bad(wire: Any) -> None:
    wire.new()
    for _ in range(2):
        [event] = wire.hears("session:new", {})
        assert "already" in str(event.error)
        wire.advance(5)
    wire.hears("call:status", {"call_sid": "c1", "call_status": "completed"})
    [event] = wire.hears("session:adulting", {})
    assert isinstance(event, BadMessage)


def test_a_message_without_an_id_is_not_remembered_as_one(wire: Any) -> None:
    wire.running()
    [event] = wire.hears_raw('{"type": "new:type"}')
    assert event == UnknownMessage("new:type", "", None, raw={"type": "new:type"})
