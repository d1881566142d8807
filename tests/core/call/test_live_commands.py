"""Typed live commands: the exact message each of them becomes, under each profile."""

from __future__ import annotations

import doctest
from collections.abc import Callable
from typing import Any

import pytest

from jambonz_core.call import (
    BoostAudio,
    ConferenceHold,
    ConferenceMute,
    ConferenceParticipant,
    Configure,
    DialOut,
    Dtmf,
    Dub,
    HookKind,
    Inject,
    ListenControl,
    LiveCommand,
    MediaPath,
    Mute,
    NoiseIsolation,
    ReconfigureStt,
    Record,
    Redirect,
    RoomPlay,
    RoomSay,
    SipRequest,
    Tag,
    ToolOutput,
    TranscribeControl,
    UpdateAgent,
    UpdateLlm,
    Whisper,
)
from jambonz_core.verbs.profiles import V0_9, V10
from jambonz_core.wire import live_command_base, tool_output
from jambonz_core.wire.errors import CallEnded, LocalProtocolError, UnsupportedByProfile

SAY = {"verb": "say", "text": "x"}
PLAY = {"verb": "play", "url": "x"}

EVERYWHERE: list[tuple[LiveCommand, str, Any]] = [
    (Redirect(call_hook="/x"), "redirect", {"call_hook": "/x"}),
    (Redirect(child_call_hook={"url": "/x"}), "redirect", {"child_call_hook": {"url": "/x"}}),
    (Redirect(parent_call=[SAY]), "redirect", {"parent_call": [SAY]}),
    (Configure({"verb": "config", "notifyEvents": True}), "config", {"notifyEvents": True}),
    (Dub({"action": "addTrack", "track": "t"}), "dub", {"action": "addTrack", "track": "t"}),
    (DialOut({"from": "1", "to": {}}), "dial", {"from": "1", "to": {}}),
    (Record("stopCallRecording"), "record", {"action": "stopCallRecording"}),
    (
        Record("startCallRecording", {"type": "cloud"}),
        "record",
        {"action": "startCallRecording", "type": "cloud"},
    ),
    (Mute(True), "mute:status", {"mute_status": "mute"}),
    (Mute(False), "mute:status", {"mute_status": "unmute"}),
    (ConferenceMute(True), "conf:mute-status", {"conf_mute_status": "mute"}),
    (ConferenceMute(False), "conf:mute-status", {"conf_mute_status": "unmute"}),
    (ConferenceHold(True, "/w"), "conf:hold-status", {"conf_hold_status": "hold", "wait_hook": "/w"}),
    (ConferenceHold(False), "conf:hold-status", {"conf_hold_status": "unhold"}),
    (ConferenceParticipant("kick"), "conf:participant-action", {"action": "kick"}),
    (ConferenceParticipant("tag", "x"), "conf:participant-action", {"action": "tag", "tag": "x"}),
    (ListenControl("pause"), "listen:status", {"listen_status": "pause"}),
    (TranscribeControl("resume"), "transcribe:status", {"transcribe_status": "resume"}),
    (Whisper([SAY]), "whisper", {"whisper": SAY}),
    (Whisper([SAY, PLAY]), "whisper", {"whisper": [SAY, PLAY]}),
    (SipRequest("INFO"), "sip:request", {"sip_request": {"method": "INFO", "content_type": "text/plain"}}),
    (
        SipRequest("INFO", "{}", headers={"content-type": "application/json", "X": "y"}),
        "sip:request",
        {
            "sip_request": {
                "method": "INFO",
                "content_type": "application/json",
                "content": "{}",
                "headers": {"X": "y"},
            }
        },
    ),
    (
        SipRequest("INFO", "x", "text/plain", {"X": "y"}),
        "sip:request",
        {
            "sip_request": {
                "method": "INFO",
                "content_type": "text/plain",
                "content": "x",
                "headers": {"X": "y"},
            }
        },
    ),
    (Dtmf("5"), "dtmf", {"dtmf": {"digit": "5"}, "digit": "5"}),
    (Dtmf("5", 300), "dtmf", {"dtmf": {"digit": "5", "duration": 300}, "digit": "5", "duration": 300}),
    (BoostAudio(6), "boostAudioSignal", 6),
    (BoostAudio("-3 dB"), "boostAudioSignal", "-3 dB"),
    (BoostAudio(0), "boostAudioSignal", "0 dB"),
    (BoostAudio(0.0), "boostAudioSignal", "0 dB"),
    (MediaPath("no-media"), "media:path", "no-media"),
    (UpdateLlm({"type": "response.cancel"}), "llm:update", {"type": "response.cancel"}),
]

V10_ONLY: list[tuple[LiveCommand, str, Any]] = [
    (Tag({"x": 1}), "tag", {"x": 1}),
    (NoiseIsolation(False), "noiseIsolation:status", {"noise_isolation_status": "disable"}),
    (
        NoiseIsolation(True, "krisp", 50, "m"),
        "noiseIsolation:status",
        {"noise_isolation_status": "enable", "vendor": "krisp", "level": 50, "model": "m"},
    ),
    (RoomSay({**SAY, "replace": True}), "room:say", {"text": "x", "replace": True}),
    (RoomPlay("u"), "room:play", {"url": "u"}),
    (RoomPlay("u", "i", True), "room:play", {"url": "u", "id": "i", "replace": True}),
    (ReconfigureStt(["en", "de"]), "stt:reconfigure", {"languageHints": ["en", "de"]}),
    (
        UpdateAgent("update_instructions", {"instructions": "x"}),
        "agent:update",
        {"type": "update_instructions", "instructions": "x"},
    ),
    (
        UpdateAgent.instructions("x"),
        "agent:update",
        {"type": "update_instructions", "instructions": "x"},
    ),
    (
        UpdateAgent.context([{"role": "system", "content": "x"}]),
        "agent:update",
        {"type": "inject_context", "messages": [{"role": "system", "content": "x"}]},
    ),
    (UpdateAgent.tools([]), "agent:update", {"type": "update_tools", "tools": []}),
    (UpdateAgent.reply(), "agent:update", {"type": "generate_reply"}),
    (
        UpdateAgent.reply("x", instructions="y", interrupt=True),
        "agent:update",
        {"type": "generate_reply", "user_input": "x", "instructions": "y", "interrupt": True},
    ),
]


def test_the_examples_are_right() -> None:
    assert doctest.testmod(live_command_base).failed == doctest.testmod(tool_output).failed == 0


@pytest.mark.parametrize("profile", [V0_9, V10], ids=repr)
@pytest.mark.parametrize(("command", "name", "data"), EVERYWHERE, ids=lambda value: str(value)[:40])
def test_commands_that_every_server_knows(command: LiveCommand, name: str, data: Any, profile: Any) -> None:
    assert command.message(profile) == {"type": "command", "command": name, "data": data}


@pytest.mark.parametrize(("command", "name", "data"), V10_ONLY, ids=lambda value: str(value)[:40])
def test_commands_of_the_commercial_server(command: LiveCommand, name: str, data: Any) -> None:
    assert command.message(V10) == {"type": "command", "command": name, "data": data}
    with pytest.raises(UnsupportedByProfile, match=name) as caught:
        command.message(V0_9)
    assert caught.value.verb == name
    assert caught.value.hint


def test_an_update_of_an_agent_is_made_by_name_or_by_its_type() -> None:
    messages = [{"role": "system", "content": "x"}]
    assert UpdateAgent.instructions("x") == UpdateAgent("update_instructions", {"instructions": "x"})
    assert UpdateAgent.context(messages) == UpdateAgent("inject_context", {"messages": messages})
    assert UpdateAgent.tools([]) == UpdateAgent("update_tools", {"tools": []})
    assert UpdateAgent.reply("x") == UpdateAgent("generate_reply", {"user_input": "x"})


def test_the_leg_is_named_in_the_spelling_of_the_server() -> None:
    message = Dub({"action": "silenceTrack", "track": "t"}, leg="c2").message(V10)
    assert message["callSid"] == "c2"


@pytest.mark.parametrize("command", [Redirect(), Whisper([]), Whisper([{"verb": "dial"}])])
def test_commands_that_make_no_sense(command: LiveCommand) -> None:
    with pytest.raises(LocalProtocolError):
        command.message(V10)


# --- any command ------------------------------------------------------------------------------------------------------


def test_an_unknown_command_can_be_tried() -> None:
    command = Inject("new:command", {"x": 1}, queue=True, tool_call_id="t", leg="c2")
    assert command.message(V0_9) == {
        "type": "command",
        "command": "new:command",
        "data": {"x": 1},
        "queueCommand": True,
        "callSid": "c2",
        "tool_call_id": "t",
    }


@pytest.mark.parametrize("name", ["tts:flush", "tts:clear", "llm:tool-output"])
def test_three_commands_need_no_data(name: str) -> None:
    assert Inject(name).message(V10) == {"type": "command", "command": name}


def test_all_others_need_data() -> None:
    with pytest.raises(LocalProtocolError, match="without data"):
        Inject("mute:status").message(V10)


# --- tool output ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("vendor", "expected"),
    [
        ("openai", {"type": "conversation.item.create", "item": {"type": "function_call_output", "call_id": "t", "output": '{"a":1}'}}),
        ("microsoft", {"type": "conversation.item.create", "item": {"type": "function_call_output", "call_id": "t", "output": '{"a":1}'}}),
        ("google", {"toolResponse": {"functionResponses": [{"id": "t", "response": {"output": {"a": 1}}}]}}),
        ("ultravox", {"type": "client_tool_result", "invocation_id": "t", "result": '{"a":1}'}),
        ("elevenlabs", {"data": {"type": "client_tool_result", "tool_call_id": "t", "result": '{"a":1}', "is_error": False}}),
        ("deepgram", {"data": {"type": "FunctionCallResponse", "id": "t", "name": "look", "content": '{"a":1}'}}),
        ("voiceagent", {"data": {"type": "FunctionCallResponse", "id": "t", "name": "look", "content": '{"a":1}'}}),
    ],
)  # fmt: skip
def test_the_open_server_hands_the_vendors_own_message_through(vendor: str, expected: Any) -> None:
    command = ToolOutput("t", {"a": 1}, vendor=vendor, function="look")
    assert command.message(V0_9) == {
        "type": "command",
        "command": "llm:tool-output",
        "data": expected,
        "tool_call_id": "t",
    }


def test_text_is_not_wrapped_again() -> None:
    message = ToolOutput("t", "sunny", vendor="elevenlabs", is_error=True).message(V0_9)
    assert message["data"]["data"] == {
        "type": "client_tool_result",
        "tool_call_id": "t",
        "result": "sunny",
        "is_error": True,
    }


def test_an_unknown_vendor_is_refused() -> None:
    with pytest.raises(LocalProtocolError, match="'x' is not one of deepgram, elevenlabs"):
        ToolOutput("t", 1, vendor="x").message(V0_9)


def test_the_commercial_server_takes_one_shape() -> None:
    assert ToolOutput("t", 21, vendor="openai").message(V10)["data"] == {"result": 21}
    assert ToolOutput("t", {"result": 21}).message(V10)["data"] == {"result": 21}
    failed = {"result": "no such city", "is_error": True}
    assert ToolOutput("t", "no such city", is_error=True).message(V10)["data"] == failed


@pytest.mark.parametrize("profile", [V0_9, V10], ids=repr)
def test_a_whole_message_goes_as_it_is(profile: Any) -> None:
    assert ToolOutput("t", {"own": 1}, verbatim=True).message(profile)["data"] == {"own": 1}


def test_the_call_knows_the_vendor_and_the_name_of_the_tool(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(profile=V0_9).running([{"verb": "llm", "vendor": "deepgram", "llmOptions": {}}])
    [event] = wire.hears("llm:tool-call", {"tool_call_id": "t", "name": "look", "args": {}}, hook="/tool")
    wire.do(ToolOutput(event.tool_call_id, "x"))
    wire.do(ToolOutput(event.tool_call_id, "x", function="other"))
    wire.do(ToolOutput("unknown", "x"))
    wire.do(ToolOutput("t", "x", vendor="ultravox"))
    messages = [message["data"] for message in wire.sent()]
    assert [message["data"]["name"] for message in messages[:3]] == ["look", "other", ""]
    assert messages[3]["invocation_id"] == "t"


def test_only_the_latest_tools_are_remembered(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(profile=V0_9).running([{"verb": "llm", "vendor": "deepgram", "llmOptions": {}}])
    for number in range(65):
        wire.hears("agent:tool-call", {"tool_call_id": f"t{number}", "name": "look"}, hook="/tool")
    wire.do(ToolOutput("t0", "x"))
    wire.do(ToolOutput("t1", "x"))
    assert [message["data"]["data"]["name"] for message in wire.sent()] == ["", "look"]


# --- on a call --------------------------------------------------------------------------------------------------------


def test_an_unsupported_command_changes_nothing(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(profile=V0_9).running()
    before = wire.call.snapshot()
    with pytest.raises(UnsupportedByProfile):
        wire.do(Tag({"x": 1}))
    assert wire.call.snapshot() == before
    assert wire.sent() == []


def test_something_that_is_no_command(wire: Any) -> None:
    wire.running()
    with pytest.raises(LocalProtocolError, match="not a command"):
        wire.do({"verb": "say"})


def test_hooks_that_commands_announce(wire: Any) -> None:
    wire.running()
    wire.do(Configure({"referHook": "/refer"}))
    wire.do(ConferenceHold(True, "/wait"))
    wire.do(DialOut({"actionHook": "/other-call"}))
    kinds = {}
    for path in ("/refer", "/wait", "/other-call"):
        wire.hook(path)
        kinds[path] = wire.events[-1].kind
    assert kinds == {"/refer": HookKind.ACTION, "/wait": HookKind.PLAYED, "/other-call": HookKind.UNKNOWN}


def test_none_is_sent_before_or_after_a_call(wire: Any) -> None:
    with pytest.raises(LocalProtocolError, match="has not begun"):
        wire.do(Mute(True))
    wire.running()
    wire.lose(1000)
    with pytest.raises(CallEnded):
        wire.do(Mute(True))


def test_the_base_command_has_an_empty_body() -> None:
    assert LiveCommand().body(V10) == {}


@pytest.mark.parametrize(
    ("command", "allowed"),
    [
        (Record(action="start"), "startCallRecording, "),  # type: ignore[arg-type]
        (UpdateAgent(type="dance"), "update_instructions, "),  # type: ignore[arg-type]
        (UpdateAgent("update_instructions"), "update_instructions needs instructions"),
        (UpdateAgent("inject_context", {"text": "x"}), "inject_context needs messages"),
        (UpdateAgent.instructions(["x"]), "instructions of update_instructions is a text, not a list"),  # type: ignore[arg-type]
        (UpdateAgent.context("x"), "messages of inject_context is a list of objects, not a str"),  # type: ignore[arg-type]
        (UpdateAgent.tools({"name": "f"}), "tools of update_tools is a list of objects, not a dict"),  # type: ignore[arg-type]
        (UpdateAgent.reply("x", interrupt="now"), "interrupt of generate_reply is True or False"),  # type: ignore[arg-type]
    ],
)
def test_what_the_server_would_ignore_is_refused_with_what_it_knows(
    command: LiveCommand, allowed: str
) -> None:
    with pytest.raises(LocalProtocolError, match=allowed):
        command.message(V10)
