"""Traces of the real server's classes, replayed message by message."""

from __future__ import annotations

from typing import Any

import pytest

from jambonz_core.simulator import (
    Answer,
    CallSetup,
    HangUp,
    ModelCallsTool,
    Ring,
    SimulatorOptions,
    Speak,
    Warned,
)
from jambonz_core.verbs.profiles import V0_9


def test_an_inbound_menu(bench: Any) -> None:
    call = bench(profile=V0_9)
    first = call.message("session:new")
    assert first["data"]["call_status"] == "trying"
    assert call.new() == ["session:new"]
    gather = {"verb": "gather", "input": ["speech"], "actionHook": "/g", "say": {"text": "Speak."}}
    call.ack(first, [gather])
    assert call.new() == ["call:status"]
    assert call.message("call:status")["data"]["call_status"] == "trying"
    call.run(1.0)
    assert call.new() == ["call:status"]
    assert call.message("call:status")["data"]["sip_status"] == 200
    call.act(Speak("good morning"))
    call.run(3.0)
    assert call.new() == ["verb:hook"]
    hook = call.hook("/g")
    assert hook["data"]["reason"] == "speechDetected"
    assert hook["data"]["speech"]["alternatives"][0]["transcript"] == "good morning"
    call.ack(hook, [])
    assert call.engine.running == ""
    call.command("redirect", [{"verb": "say", "text": "Goodbye."}, {"verb": "hangup"}])
    call.run(2.0)
    assert call.new() == ["call:status"]
    ended = call.message("call:status")["data"]
    assert (ended["call_status"], ended["call_termination_by"]) == ("completed", "jambonz")
    assert ended["duration"] > 0
    assert call.closed == [(call.socket, 1000)]
    assert call.warnings() == []


def test_an_outbound_call_that_is_answered(bench: Any) -> None:
    call = bench(
        setup=CallSetup(direction="outbound", env_vars={"a": 1}), options=SimulatorOptions(ring_seconds=None)
    )
    call.act(Ring("caller"))
    call.act(Answer("caller"))
    assert call.types() == ["call:status", "call:status", "call:status", "session:new"]
    assert call.statuses() == ["trying", "ringing", "in-progress"]
    assert "call_sid" not in call.messages[0]
    first = call.message("session:new")
    assert first["call_sid"] == first["data"]["call_sid"]
    assert (first["data"]["direction"], first["data"]["call_status"]) == ("outbound", "in-progress")
    assert first["data"]["env_vars"] == {"a": 1}
    assert set(first["data"]["defaults"]) == {"synthesizer", "recognizer"}
    assert "sip" not in first["data"]
    call.ack(first, [{"verb": "say", "text": "Hello."}])
    call.run(1.0)
    assert call.spoken() == ["Hello."]


def test_a_cascaded_agent(bench: Any) -> None:
    call = bench(profile=V0_9)
    barge_in = {"enable": True, "sticky": True, "input": ["speech"], "actionHook": "/h"}
    config = {"verb": "config", "ttsStream": {"enable": True}, "bargeIn": barge_in}
    call.begin(
        config, {"verb": "say", "text": "A long greeting that somebody will talk over. " * 5}, seconds=0.5
    )
    assert call.new() == ["session:new", "call:status", "call:status", "tts:streaming-event"]
    assert call.statuses() == ["trying", "in-progress"]
    assert call.message("tts:streaming-event")["data"] == {"event_type": "stream_open"}
    call.act(Speak("what is the weather"))
    call.run(1.0)
    assert call.new() == ["tts:streaming-event"]
    assert call.message("tts:streaming-event")["data"] == {"event_type": "user_interruption"}
    assert call.engine.running == ""
    call.run(3.0)
    assert call.new() == ["verb:hook"]
    call.ack(call.hook("/h"), [])
    call.command("tts:tokens", {"id": 1, "tokens": "word " * 120})
    assert call.new() == ["tts:tokens-result"]
    assert call.message("tts:tokens-result")["data"] == {"id": 1, "status": "ok"}
    call.command("tts:tokens", {"id": 2, "tokens": "more " * 100})
    assert call.new() == ["tts:streaming-event", "tts:tokens-result"]
    assert call.message("tts:streaming-event")["data"] == {"event_type": "stream_paused"}
    assert call.message("tts:tokens-result")["data"] == {"id": 2, "status": "failed", "reason": "full"}
    call.run(1.0)
    assert call.new() == ["tts:streaming-event"]
    assert call.message("tts:streaming-event")["data"] == {"event_type": "stream_resumed"}
    call.command("tts:tokens", {"id": 3, "tokens": "more " * 100})
    call.command("tts:flush")
    call.run(120.0)
    assert call.spoken()[-1].endswith("more ")
    assert call.warnings() == []


def test_a_dial_with_screening(bench: Any) -> None:
    call = bench(options=SimulatorOptions(ring_seconds=None))
    target = [{"type": "phone", "number": "+1555"}]
    call.begin({"verb": "dial", "target": target, "confirmHook": "/confirm", "actionHook": "/done"})
    assert call.statuses() == ["trying", "in-progress", "trying"]
    child = call.message("call:status")["data"]
    parent = call.message("session:new")["data"]["call_sid"]
    assert (child["direction"], child["parent_call_sid"]) == ("outbound", parent)
    assert call.message("call:status")["call_sid"] == parent
    call.act(Ring())
    call.act(Answer())
    confirm = call.message("dial:confirm")
    assert confirm["hook"] == "/confirm"
    assert confirm["data"]["call_sid"] == child["call_sid"]
    assert confirm["data"]["parent_call_sid"] == parent
    call.ack(confirm, [])
    call.run(5.0)
    call.act(HangUp("b1"))
    assert call.statuses()[3:] == ["ringing", "in-progress", "completed"]
    result = call.hook("/done")["data"]
    assert result["dial_call_status"] == "completed"
    assert result["dial_sip_status"] == 200
    assert result["dial_call_sid"] == child["call_sid"]


def test_a_tool_call(bench: Any) -> None:
    call = bench(profile=V0_9)
    llm = {
        "verb": "llm",
        "vendor": "openai",
        "auth": {"apiKey": "k"},
        "llmOptions": {"response_create": {}},
        "actionHook": "/end",
        "toolHook": "/tool",
    }
    call.begin(llm)
    call.act(ModelCallsTool("get_weather", {"cityName": "Oslo"}, "t1"))
    tool = call.message("llm:tool-call")
    assert tool["hook"] == "/tool"
    assert tool["data"] == {"tool_call_id": "t1", "name": "get_weather", "args": {"cityName": "Oslo"}}
    item = {"type": "function_call_output", "call_id": "t1", "output": "cold"}
    output = {"type": "conversation.item.create", "item": item}
    call.command("llm:tool-output", output, tool_call_id="t1")
    assert call.warnings() == []
    call.command("redirect", [{"verb": "pause", "length": 1}])
    hook = call.hook("/end")
    assert hook["data"]["completion_reason"] == "normal conversation end"
    call.run(6.0)
    assert call.statuses()[-1] == "completed"
    assert "verb-failed" in [event.code for event in call.all(Warned)]


@pytest.mark.parametrize("event", ["completed"])
def test_the_order_at_the_end_of_a_bridged_call(bench: Any, event: str) -> None:
    call = bench(options=SimulatorOptions(pick_up_seconds=1.0))
    call.begin(
        {"verb": "dial", "target": [{"type": "phone", "number": "1"}], "actionHook": "/d"}, seconds=5.0
    )
    call.new()
    call.act(HangUp())
    assert [(m["type"], m["data"].get("direction")) for m in call.messages[-3:]] == [
        ("call:status", "inbound"),
        ("call:status", "outbound"),
        ("verb:hook", "inbound"),
    ]
    assert call.statuses()[-2:] == [event, event]
    assert call.closed == []
    call.ack(call.hook("/d"), [])
    assert call.closed == [(call.socket, 1000)]
