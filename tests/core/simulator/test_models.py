"""`llm`, `agent` and the older bots: events, tool calls, updates, and the judgement of what applications send."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jambonz_core.simulator import (
    HangUp,
    HttpRequest,
    ModelCallsTool,
    ModelCallsTools,
    ModelEnds,
    ModelFails,
    ModelHeard,
    ModelInterrupted,
    ModelSends,
    ModelSpeaks,
    ModelTurn,
    SipSent,
    Speak,
    ToolAnswered,
    ToolWanted,
    UpdateCall,
)
from jambonz_core.simulator.vendors.event_filter import passes
from jambonz_core.simulator.vendors.tool_shapes import output_content, output_fault, update_fault
from jambonz_core.verbs.profiles import V0_9

LONG = {"verb": "pause", "length": 60}
OPENAI = {
    "verb": "llm",
    "vendor": "openai",
    "model": "gpt",
    "auth": {"apiKey": "k"},
    "llmOptions": {"response_create": {}},
    "actionHook": "/end",
    "eventHook": "/event",
    "toolHook": "/tool",
}
AGENT = {
    "verb": "agent",
    "llm": {"vendor": "openai", "model": "gpt", "llmOptions": {}},
    "actionHook": "/end",
    "eventHook": "/event",
    "toolHook": "/tool",
}


def openai_output(id: str) -> dict[str, Any]:
    item = {"type": "function_call_output", "call_id": id, "output": "cold"}
    return {"type": "conversation.item.create", "item": item}


def talking(bench: Any, verb: dict[str, Any], *after: dict[str, Any], **more: Any) -> Any:
    call = bench(**more)
    call.begin(verb, *after, seconds=0.2)
    assert call.engine.running in {"llm", "agent", "dialogflow", "lex", "rasa"}, call.all(object)
    return call


def events(call: Any, type: str = "llm:event") -> list[dict[str, Any]]:
    return [m["data"] for m in call.messages if m["type"] == type]


# --- llm ----------------------------------------------------------------------------------------------------


def test_events_travel_with_rewritten_keys(bench: Any) -> None:
    call = talking(bench, OPENAI)
    call.act(ModelSends({"type": "response.done", "eventId": "e1", "serverContent": {"turnComplete": True}}))
    message = call.message("llm:event")
    assert message["hook"] == "/event"
    assert message["data"] == {
        "type": "response.done",
        "event_id": "e1",
        "server_content": {"turn_complete": True},
    }


@pytest.mark.parametrize(
    ("wanted", "passes"),
    [
        (["all"], True),
        (["response.done"], True),
        (["response.*"], True),
        (["error"], False),
        (["all", "-response.done"], False),
    ],
)
def test_events_are_filtered(bench: Any, wanted: list[str], passes: bool) -> None:
    call = talking(bench, {**OPENAI, "events": wanted})
    call.act(ModelSends({"type": "response.done"}))
    assert bool(events(call)) is passes


def test_googles_events_have_one_name_and_its_calls_another_shape(bench: Any) -> None:
    google = {**OPENAI, "vendor": "google", "llmOptions": {"setup": {}}, "events": ["llm_event"]}
    call = talking(bench, google, profile=V0_9)
    call.act(ModelSends({"serverContent": 1}))
    assert events(call) == [{"server_content": 1}]
    call.act(ModelCallsTool("weather", {"cityName": "Oslo"}, "t1"))
    assert call.message("llm:tool-call")["data"] == {
        "tool_call_id": "function_call_id",
        "type": "toolCall",
        "function_calls": [{"name": "weather", "args": {"cityName": "Oslo"}, "id": "t1"}],
    }
    output = {"toolResponse": {"functionResponses": [{"id": "t1", "response": {"output": "cold"}}]}}
    call.command("llm:tool-output", output, tool_call_id="function_call_id")
    assert call.all(ToolAnswered) == [ToolAnswered("t1", "weather", output)]


@pytest.mark.parametrize(("wanted", "told"), [(["none"], False), (["all"], True), (["createCall"], True)])
def test_ultravox_tells_of_its_call(bench: Any, wanted: list[str], told: bool) -> None:
    ultravox = {**OPENAI, "vendor": "ultravox", "llmOptions": {}, "events": wanted}
    assert events(talking(bench, ultravox)) == [{"type": "createCall"}]  # whatever is wanted
    assert bool(events(talking(bench, ultravox, profile=V0_9))) is told


@pytest.mark.parametrize(
    ("vendor", "name", "wanted", "sent"),
    [
        ("openai", "response.done", None, True),
        ("openai", "response.output_audio.delta", None, False),
        ("openai", "response.output_audio.delta", ["all"], False),
        ("openai", "response.output_audio.delta", ["all", "-error"], True),
        ("openai", "response.done", ["all", "-response.*"], False),
        ("openai", "response.done", ["response.*"], True),
        ("openai", "response.output_audio.delta", ["response.*"], False),
        ("microsoft", "error", ["-error"], True),
        ("microsoft", "error", [], True),
        ("google", "llm_event", None, False),
        ("google", "llm_event", ["all"], False),
        ("google", "llm_event", ["all", "-error"], True),
        ("elevenlabs", "interruption", ["all"], False),
        ("elevenlabs", "user_transcript", ["user*"], False),
        ("deepgram", "Welcome", None, True),
        ("voiceagent", "Welcome", ["Wel.*"], False),
        ("ultravox", "client_tool_invocation", None, False),
        ("ultravox", "client_tool_invocation", ["client_tool_invocation"], True),
    ],
)
def test_what_the_open_server_sends_of_a_vendors_events(
    vendor: str, name: str, wanted: list[str] | None, sent: bool
) -> None:
    assert passes(vendor, name, wanted, open_server=True) is sent


@pytest.mark.parametrize("wanted", [{}, {"events": ["all"]}, {"events": ["llm_event"]}])
def test_the_open_server_sends_none_of_googles_events_unless_they_are_named(bench: Any, wanted: Any) -> None:
    google = {**OPENAI, "vendor": "google", "llmOptions": {"setup": {}}, **wanted}
    named = wanted.get("events") == ["llm_event"]
    call = talking(bench, google, profile=V0_9)
    call.act(ModelSends({"serverContent": 1}))
    assert bool(events(call)) is named
    assert call.warnings() == ([] if named else ["events-filtered"])
    other = talking(bench, google)
    other.act(ModelSends({"serverContent": 1}))
    assert (len(events(other)), other.warnings()) == (1, [])


def test_a_tool_call_waits_for_its_output(bench: Any) -> None:
    call = talking(bench, OPENAI)
    call.act(ModelCallsTool("weather", {"aB": 1}))
    assert call.all(ToolWanted) == [ToolWanted("call_1", "weather", {"aB": 1})]
    call.command("llm:tool-output", {"result": "cold"}, tool_call_id="nonsense")
    call.command("llm:tool-output", {"result": "cold"}, tool_call_id="call_1")
    call.command("llm:tool-output", {"result": "cold"}, tool_call_id="call_1")
    assert call.warnings() == ["tool-output-unknown", "tool-output-unknown"]
    assert call.all(ToolAnswered) == [ToolAnswered("call_1", "weather", {"result": "cold"})]


def test_the_open_server_drops_an_output_that_is_not_the_vendors(bench: Any) -> None:
    call = talking(bench, OPENAI, profile=V0_9)
    call.act(ModelCallsTool("weather", {}, "t1"))
    call.command("llm:tool-output", {"result": "cold"}, tool_call_id="t1")
    assert call.warnings() == ["tool-output-shape"]
    assert call.all(ToolAnswered) == []
    call.act(ModelEnds())
    assert call.warnings() == ["tool-output-shape", "tool-unanswered"]


@pytest.mark.parametrize("output", [{"result": "cold"}, {"celsius": -3}, {}])
def test_version_10_takes_any_object_as_the_output_of_a_tool(bench: Any, output: dict[str, Any]) -> None:
    call = talking(bench, OPENAI)
    call.act(ModelCallsTool("weather", {}, "t1"))
    call.command("llm:tool-output", "cold", tool_call_id="t1")
    assert call.warnings() == ["tool-output-shape"]
    assert call.all(ToolAnswered) == []
    call.command("llm:tool-output", output, tool_call_id="t1")
    assert call.all(ToolAnswered) == [ToolAnswered("t1", "weather", output)]
    assert call.warnings() == ["tool-output-shape"]


@pytest.mark.parametrize(
    ("vendor", "right", "wrong"),
    [
        (
            "openai",
            {"type": "conversation.item.create", "item": {"type": "function_call_output", "call_id": "t"}},
            {"type": "conversation.item.create", "item": {"type": "function_call_output", "call_id": "u"}},
        ),
        (
            "microsoft",
            {"type": "conversation.item.create", "item": {"type": "function_call_output", "call_id": "t"}},
            {"type": "conversation.item.create", "item": "x"},
        ),
        (
            "google",
            {"toolResponse": {"functionResponses": [{"response": {}}]}},
            {"toolResponse": {"functionResponses": []}},
        ),
        (
            "google",
            {"toolResponse": {"functionResponses": [{"response": 1}]}},
            {"toolResponse": {"functionResponses": 1}},
        ),
        (
            "ultravox",
            {"type": "client_tool_result", "invocation_id": "t", "result": 1},
            {"type": "client_tool_result", "invocation_id": "u", "result": 1},
        ),
        ("ultravox", {"type": "client_tool_result", "invocation_id": "t", "result": 1}, {"type": "x"}),
        (
            "elevenlabs",
            {"data": {"type": "client_tool_result", "tool_call_id": "t"}},
            {"type": "client_tool_result", "tool_call_id": "t"},
        ),
        (
            "elevenlabs",
            {"data": {"type": "client_tool_result", "tool_call_id": "t"}},
            {"data": {"type": "client_tool_result", "tool_call_id": "u"}},
        ),
        (
            "deepgram",
            {"data": {"type": "FunctionCallResponse", "id": "t"}},
            {"type": "FunctionCallResponse", "id": "t"},
        ),
        (
            "voiceagent",
            {"data": {"type": "FunctionCallResponse", "id": "t"}},
            {"data": {"type": "FunctionCallResponse"}},
        ),
    ],
)
def test_the_shapes_of_the_vendors(vendor: str, right: Any, wrong: Any) -> None:
    assert output_fault(vendor, right, "t", strict=True) == ""
    assert output_fault(vendor, wrong, "t", strict=True) != ""
    assert output_fault(vendor, {"result": 1}, "t", strict=True) != ""
    assert output_fault(vendor, {"result": 1}, "t", strict=False) == ""


def test_vendors_that_nobody_knows_take_anything() -> None:
    assert output_fault("gptlive", 5, "t", strict=True) == ""
    assert update_fault("google", 5) == ""


@pytest.mark.parametrize(
    "lacking",
    [
        {"verb": "llm", "vendor": "openai", "llmOptions": {}},
        {**OPENAI, "vendor": "microsoft"},
        {**OPENAI, "vendor": "qwen"},
        {**OPENAI, "llmOptions": {"response_create": "Greet the caller."}},
        {
            **OPENAI,
            "vendor": "deepgram",
            "llmOptions": {"Settings": {"agent": {"think": {"provider": {"type": "open_ai"}}}}},
        },
        {"verb": "gather", "say": {}},
        {"verb": "say"},
    ],
)
def test_the_open_server_refuses_an_array_with_a_verb_that_it_cannot_make(bench: Any, lacking: Any) -> None:
    call = bench(profile=V0_9)
    call.ack(call.message("session:new"), [{"verb": "answer"}, lacking])
    assert call.warnings() == ["call-rejected"]
    assert [event.method for event in call.all(SipSent)] == ["480"]
    later = bench(profile=V0_9)
    later.begin(LONG)
    later.command("redirect", [lacking])
    assert later.warnings() == ["invalid-verbs"]
    assert later.engine.running == "pause"


def test_version_10_refuses_what_says_nothing_as_well(bench: Any) -> None:
    call = bench()
    call.ack(call.message("session:new"), [{"verb": "gather", "say": {}}])
    assert call.warnings() == ["call-rejected"]
    other = bench()
    other.begin({"verb": "llm", "vendor": "openai", "llmOptions": {}}, seconds=0.2)
    assert other.engine.running == "llm"


def test_a_model_is_moved_and_stopped(bench: Any) -> None:
    call = talking(bench, OPENAI)
    call.command("llm:status", {"llm_status": "move-to-room", "room": "team"})
    call.act(UpdateCall({"llm_status": "move-from-conference"}))
    assert call.warnings() == []
    call.command("llm:status", {"llm_status": "dance"})
    assert call.warnings() == ["command-invalid"]
    call.command("llm:status", {"llm_status": "stop"})
    assert call.hook("/end")["data"]["completion_reason"] == "normal conversation end"
    call.ack(call.hook("/end"), [])
    call.command("llm:status", {"llm_status": "stop"})
    assert call.warnings() == ["command-invalid"] * 2


def test_updates(bench: Any) -> None:
    call = talking(bench, OPENAI)
    call.command("llm:update", {"type": "session.update"})
    assert call.warnings() == []
    call.command("llm:update", {"type": "dance"})
    assert call.warnings() == ["llm-update-ignored"]
    assert "takes no updates" in update_fault("elevenlabs", {"type": "x"})


def test_ends(bench: Any) -> None:
    call = talking(bench, OPENAI, LONG)
    call.act(ModelEnds("server failure", {"code": 1}))
    data = call.hook("/end")["data"]
    assert (data["completion_reason"], data["error"]) == ("server failure", {"code": 1})
    call.ack(call.hook("/end"), [])
    assert call.engine.running == "pause"


def test_an_end_that_nobody_acks_ends_the_call_unless_it_is_gone(bench: Any) -> None:
    call = talking(bench, OPENAI, LONG)
    call.act(ModelEnds())
    call.run(5.1)
    assert call.engine.over
    gone = talking(bench, OPENAI)
    gone.act(HangUp())
    gone.run(6.0)
    assert "verb-failed" not in gone.warnings()


def test_no_hooks_no_messages(bench: Any) -> None:
    bare = {name: value for name, value in OPENAI.items() if not name.endswith("Hook")}
    call = talking(bench, bare)
    call.act(ModelSends({"type": "error"}))
    call.act(ModelCallsTool("weather"))
    assert call.warnings() == ["no-tool-hook"]
    assert events(call) == []


@pytest.mark.parametrize("status", [200, 500])
def test_a_tool_hook_over_http_answers_in_its_body(bench: Any, status: int) -> None:
    call = talking(bench, {**OPENAI, "toolHook": "https://tools.example/x"})
    call.act(ModelCallsTool("weather", {}, "t1"))
    (request,) = call.all(HttpRequest)
    assert request.url == "https://tools.example/x"
    call.take(call.engine.http_answered(request.number, status, '{"celsius":1}', call.now))
    expected = [ToolAnswered("t1", "weather", {"celsius": 1})] if status == 200 else []
    assert call.all(ToolAnswered) == expected


def test_a_webhook_application_gets_events_and_tool_calls_posted(bench: Any) -> None:
    call = bench(url="http://app.example/voice")
    (first,) = call.all(HttpRequest)
    call.take(call.engine.http_answered(first.number, 200, json.dumps([OPENAI]), call.now))
    call.run(0.2)
    call.act(ModelSends({"type": "response.done", "eventId": "e1"}))
    event = call.all(HttpRequest)[-1]
    assert (event.url, json.loads(event.body)) == (
        "http://app.example/event",
        {"type": "response.done", "event_id": "e1"},
    )
    call.act(ModelCallsTool("weather", {"cityName": "Oslo"}, "t1"))
    asked = call.all(HttpRequest)[-1]
    assert asked.url == "http://app.example/tool"
    assert json.loads(asked.body) == {"tool_call_id": "t1", "name": "weather", "args": {"cityName": "Oslo"}}
    call.take(call.engine.http_answered(asked.number, 200, '{"result":"cold"}', call.now))
    assert call.all(ToolAnswered) == [ToolAnswered("t1", "weather", {"result": "cold"})]


def test_a_tool_hook_without_an_answer_ends_the_conversation(bench: Any) -> None:
    call = talking(bench, {**OPENAI, "toolHook": "https://tools.example/x"})
    call.act(ModelCallsTool("weather", {}, "t1"))
    call.run(9.9)
    assert call.engine.running == "llm"
    assert "llm:event" not in call.types()
    call.run(0.2)
    # The event of the call comes behind the hook's answer, and also when there was none.
    assert call.types()[-2:] == ["llm:event", "verb:hook"]
    assert call.hook("/end")["data"]["completion_reason"] == "client error calling function"


def test_the_open_server_wants_the_vendors_own_message_in_the_body_as_well(bench: Any) -> None:
    call = talking(bench, {**OPENAI, "toolHook": "https://tools.example/x"}, profile=V0_9)
    for id, body in (("t1", '{"celsius":1}'), ("t2", "[]"), ("t3", json.dumps(openai_output("t3")))):
        call.act(ModelCallsTool("weather", {}, id))
        call.take(call.engine.http_answered(call.all(HttpRequest)[-1].number, 200, body, call.now))
    call.act(ModelCallsTool("weather", {}, "t4"))
    call.take(call.engine.http_answered(call.all(HttpRequest)[-1].number, 204, "", call.now))
    assert call.warnings() == ["tool-output-shape", "tool-output-shape"]
    assert [answer.tool_call_id for answer in call.all(ToolAnswered)] == ["t3"]


def test_ultravox_takes_any_object_in_the_body(bench: Any) -> None:
    verb = {
        **OPENAI,
        "vendor": "ultravox",
        "llmOptions": {},
        "toolHook": "https://tools.example/x",
    }
    call = talking(bench, verb, profile=V0_9)
    call.act(ModelCallsTool("weather", {}, "t1"))
    call.take(call.engine.http_answered(call.all(HttpRequest)[-1].number, 200, '{"result":"cold"}', call.now))
    output = {"type": "client_tool_result", "invocation_id": "t1", "result": "cold"}
    assert call.all(ToolAnswered) == [ToolAnswered("t1", "weather", output)]


@pytest.mark.parametrize(
    ("vendor", "options", "event"),
    [
        (
            "openai",
            {"response_create": {}},
            {
                "type": "response.output_item.done",
                "item": {
                    "type": "function_call",
                    "name": "weather",
                    "call_id": "t1",
                    "arguments": '{"cityName":"Oslo"}',
                },
            },
        ),
        (
            "google",
            {"setup": {}},
            {
                "tool_call": {
                    "function_calls": [{"name": "weather", "args": {"cityName": "Oslo"}, "id": "t1"}]
                }
            },
        ),
        (
            "elevenlabs",
            {},
            {
                "type": "client_tool_call",
                "client_tool_call": {
                    "tool_name": "weather",
                    "tool_call_id": "t1",
                    "parameters": {"city_name": "Oslo"},
                },
            },
        ),
        (
            "deepgram",
            {},
            {
                "type": "FunctionCallRequest",
                "functions": [
                    {
                        "id": "t1",
                        "name": "weather",
                        "arguments": '{"cityName":"Oslo"}',
                        "client_side": True,
                    }
                ],
            },
        ),
        (
            "ultravox",
            {},
            {
                "type": "client_tool_invocation",
                "tool_name": "weather",
                "invocation_id": "t1",
                "parameters": {"city_name": "Oslo"},
            },
        ),
    ],
)
def test_a_tool_call_is_also_an_event(bench: Any, vendor: str, options: Any, event: Any) -> None:
    call = talking(bench, {**OPENAI, "vendor": vendor, "llmOptions": options})
    call.act(ModelCallsTool("weather", {"cityName": "Oslo"}, "t1"))
    assert events(call)[-1] == event


def test_the_event_of_a_tool_call_is_filtered_like_any_other(bench: Any) -> None:
    call = talking(bench, {**OPENAI, "events": ["error"]})
    call.act(ModelCallsTool("weather", {}, "t1"))
    assert call.types()[-1] == "llm:tool-call"


def test_the_vendors_own_spellings(bench: Any) -> None:
    spec = {name: value for name, value in OPENAI.items() if name not in {"verb", "vendor"}}
    call = bench()
    call.begin({"verb": "config", "notifyEvents": True}, {"verb": "openai_s2s", **spec}, seconds=0.2)
    assert call.engine.running == "llm"
    assert call.message("verb:status")["data"] == {"event": "starting", "name": "Llm_OpenAI_s2s"}


# --- agent --------------------------------------------------------------------------------------------------


def test_a_turn_of_an_agent(bench: Any) -> None:
    call = talking(bench, AGENT)
    call.act(ModelTurn("It is cold.", transcript="How is it?", latency={"model_latency": 300}))
    call.run(2.0)
    assert call.spoken() == ["It is cold."]
    assert events(call, "agent:event") == [
        {"type": "user_transcript", "transcript": "How is it?"},
        {"type": "llm_response", "response": "It is cold."},
        {"type": "agent_response", "response": "It is cold."},
        {
            "type": "turn_end",
            "transcript": "How is it?",
            "response": "It is cold.",
            "interrupted": False,
            "latency": {"transcriber_latency": 100, "model_latency": 300, "voice_latency": 150},
        },
    ]


def test_an_agent_takes_what_the_caller_says(bench: Any) -> None:
    call = talking(bench, AGENT)
    call.act(ModelTurn("Nice to meet you, Bo. " * 5))
    call.act(Speak("I am Bo", duration=1.0))
    call.run(2.0)
    assert events(call, "agent:event")[0] == {"type": "user_transcript", "transcript": "I am Bo"}
    call.act(Speak("stop it", duration=0.5))
    call.run(2.0)
    told = events(call, "agent:event")
    assert [event["type"] for event in told] == [
        "user_transcript",
        "llm_response",
        "agent_response",
        "user_interruption",
        "turn_end",
        "user_transcript",
    ]
    assert told[4]["interrupted"] is True
    assert told[5] == {"type": "user_transcript", "transcript": "stop it"}


def test_an_agent_that_is_not_to_be_interrupted(bench: Any) -> None:
    call = talking(bench, {**AGENT, "bargeIn": {"enable": False}})
    call.act(ModelTurn("A long greeting. " * 5, transcript=""))
    call.act(Speak("stop", duration=0.5))
    call.run(10.0)
    assert events(call, "agent:event")[-1]["interrupted"] is False


def test_tools_of_an_agent(bench: Any) -> None:
    call = talking(bench, AGENT)
    call.act(ModelCallsTool("weather", {"cityName": "Oslo"}, "t1"))
    assert call.message("agent:tool-call")["hook"] == "/tool"
    data = call.message("agent:tool-call")["data"]
    assert data == {"tool_call_id": "t1", "name": "weather", "arguments": {"city_name": "Oslo"}}
    call.command("llm:tool-output", "cold", tool_call_id="t1")
    call.command("llm:tool-output", {"celsius": -3}, tool_call_id="t1")
    assert call.warnings() == ["tool-output-shape"]
    assert call.all(ToolAnswered) == [ToolAnswered("t1", "weather", {"celsius": -3})]


def test_updates_of_an_agent(bench: Any) -> None:
    call = talking(bench, AGENT)
    call.act(ModelTurn("Well well well. " * 5))
    call.act(ModelTurn("As you like."))
    call.command("agent:update", {"type": "generate_reply", "user_input": "greet"})
    call.run(0.5)
    call.command("agent:update", {"type": "generate_reply", "user_input": "again", "interrupt": True})
    call.run(2.0)
    assert call.spoken()[-1] == "As you like."
    call.command("agent:update", {"type": "update_instructions", "instructions": "be kind"})
    assert call.warnings() == []
    call.command("agent:update", {"type": "update_instructions"})
    call.command("agent:update", {"type": "dance"})
    assert call.warnings() == ["agent-update-ignored", "agent-update-ignored"]
    call.act(ModelSends({"type": "history_summarized"}))
    assert events(call, "agent:event")[-1] == {"type": "history_summarized"}


def test_an_agent_that_is_replaced_in_the_middle_of_a_word(bench: Any) -> None:
    call = talking(bench, AGENT)
    call.act(ModelTurn("A long greeting. " * 5, transcript=""))
    call.run(1.0)
    call.command("redirect", [LONG])
    assert call.hook("/end")["data"]["completion_reason"] == "normal conversation end"
    call.ack(call.hook("/end"), [])
    assert call.engine.running == "pause"


def test_the_open_server_has_no_agent(bench: Any) -> None:
    call = bench(profile=V0_9)
    call.begin(AGENT)
    assert "call-rejected" in call.warnings()


# --- both directions ----------------------------------------------------------------------------------------


def vendor(name: str) -> dict[str, Any]:
    return {**OPENAI, "vendor": name, "llmOptions": {"response_create": {}, "setup": {}, "Settings": {}}}


@pytest.mark.parametrize(
    ("name", "heard", "said", "interrupted", "failed"),
    [
        (
            "openai",
            {"type": "conversation.item.input_audio_transcription.completed", "transcript": "Where is it"},
            {"type": "response.audio_transcript.done", "transcript": "On its way. " * 9},
            {"type": "input_audio_buffer.speech_started"},
            {"type": "error", "error": {"type": "server_error", "message": "overloaded"}},
        ),
        (
            "google",
            {"server_content": {"input_transcription": {"text": "Where is it"}}},
            {"server_content": {"output_transcription": {"text": "On its way. " * 9}}},
            {"server_content": {"interrupted": True}},
            {"type": "error", "error": {"type": "server_error", "message": "overloaded"}},
        ),
        (
            "elevenlabs",
            {"type": "user_transcript", "user_transcription_event": {"user_transcript": "Where is it"}},
            {"type": "agent_response", "agent_response_event": {"agent_response": "On its way. " * 9}},
            {"type": "interruption", "interruption_event": {"reason": "user"}},
            {"type": "error", "error": {"type": "server_error", "message": "overloaded"}},
        ),
        (
            "deepgram",
            {"type": "ConversationText", "role": "user", "content": "Where is it"},
            {"type": "ConversationText", "role": "assistant", "content": "On its way. " * 9},
            {"type": "UserStartedSpeaking"},
            {"type": "Error", "description": "overloaded"},
        ),
        (
            "ultravox",
            {"type": "transcript", "role": "user", "medium": "voice", "text": "Where is it", "final": True},
            {
                "type": "transcript",
                "role": "agent",
                "medium": "voice",
                "text": "On its way. " * 9,
                "final": True,
            },
            {"type": "playback_clear_buffer"},
            {"type": "error", "error": {"type": "server_error", "message": "overloaded"}},
        ),
    ],
)
def test_a_vendors_model_hears_speaks_is_interrupted_and_fails(
    bench: Any, name: str, heard: Any, said: Any, interrupted: Any, failed: Any
) -> None:
    call = talking(bench, vendor(name))
    before = len(events(call))
    call.act(ModelTurn("On its way. " * 9))
    call.act(Speak("Where is it", duration=1.0))
    call.run(3.0)
    assert call.all(ModelHeard) == [ModelHeard("Where is it")]
    assert call.all(ModelSpeaks) == [ModelSpeaks("On its way. " * 9, "Where is it")]
    call.act(Speak("no, wait", duration=0.5))
    call.run(0.6)
    assert call.all(ModelInterrupted) == [ModelInterrupted("On its way. " * 9)]
    call.act(ModelFails("overloaded"))
    assert events(call)[before:] == [heard, said, interrupted, failed]
    data = call.hook("/end")["data"]
    assert (data["completion_reason"], data["error"]) == ("server error", {"message": "overloaded"})


def test_a_turn_answers_all_that_was_said_since_the_last_one(bench: Any) -> None:
    call = talking(bench, AGENT)
    for text in ("I have a question", "about an order"):
        call.act(Speak(text, duration=1.0))
        call.run(2.0)
    call.act(ModelTurn("Which one?"))
    call.act(ModelTurn("Are you there?", transcript=""))
    call.run(5.0)
    assert call.all(ModelSpeaks) == [
        ModelSpeaks("Which one?", "I have a question about an order"),
        ModelSpeaks("Are you there?", ""),
    ]
    assert call.spoken() == ["Which one?", "Are you there?"]


def test_a_failure_cuts_off_what_the_model_says(bench: Any) -> None:
    call = talking(bench, AGENT)
    call.act(ModelTurn("A long greeting. " * 5, transcript=""))
    call.run(1.0)
    call.act(ModelFails("no capacity", "server failure"))
    data = call.hook("/end")["data"]
    assert (data["completion_reason"], data["error"]) == ("server failure", {"message": "no capacity"})
    assert call.spoken() != ["A long greeting. " * 5]


def test_an_output_that_comes_after_the_end_is_too_late(bench: Any) -> None:
    call = talking(bench, OPENAI)
    call.act(ModelCallsTool("weather", {}, "t1"))
    call.act(ModelEnds())
    assert call.engine.running == "llm"  # its action hook is not answered yet
    call.command("llm:tool-output", {"result": "cold"}, tool_call_id="t1")
    assert call.warnings() == ["tool-unanswered", "tool-output-unknown"]
    assert call.all(ToolAnswered) == []


def test_the_tools_of_a_turn_are_in_its_end(bench: Any) -> None:
    call = talking(bench, AGENT)
    call.act(ModelCallsTool("weather", {}, "t1"))
    call.run(0.25)
    call.command("llm:tool-output", {"result": "cold"}, tool_call_id="t1")
    for answer in ("It is cold.", "It still is."):
        call.act(ModelTurn(answer, transcript="And now?"))
        call.run(3.0)
    ends = [event for event in events(call, "agent:event") if event["type"] == "turn_end"]
    assert [end.get("tool_calls") for end in ends] == [[{"name": "weather", "rtt_ms": 250}], None]


TWO = ModelCallsTools((ModelCallsTool("weather", {"a": 1}, "t1"), ModelCallsTool("time", {}, "t2")))


def test_several_tools_come_one_by_one_but_for_googles(bench: Any) -> None:
    for verb, kind in ((OPENAI, "llm:tool-call"), (AGENT, "agent:tool-call")):
        call = talking(bench, verb)
        call.act(TWO)
        asked = [message["data"]["tool_call_id"] for message in call.messages if message["type"] == kind]
        assert asked == ["t1", "t2"]
        assert [wanted.tool_call_id for wanted in call.all(ToolWanted)] == ["t1", "t2"]
    each = talking(bench, OPENAI)
    each.act(TWO)
    assert each.types()[-4:] == ["llm:tool-call", "llm:event"] * 2
    together = talking(bench, vendor("google"))
    together.act(TWO)
    assert together.message("llm:tool-call")["data"]["function_calls"] == [
        {"name": "weather", "args": {"a": 1}, "id": "t1"},
        {"name": "time", "args": {}, "id": "t2"},
    ]
    assert events(together)[-1] == {
        "tool_call": {"function_calls": together.message("llm:tool-call")["data"]["function_calls"]}
    }
    deepgram = talking(bench, vendor("deepgram"))
    deepgram.act(TWO)
    assert [function["id"] for function in events(deepgram)[-1]["functions"]] == ["t1", "t2"]


def test_one_message_may_answer_several_of_googles_tool_calls(bench: Any) -> None:
    call = talking(bench, {**vendor("google"), "events": ["llm_event"]}, profile=V0_9)
    call.act(TWO)
    outputs = [{"id": id, "response": {"output": id}} for id in ("t2", "t1")]
    call.command(
        "llm:tool-output",
        {"toolResponse": {"functionResponses": outputs}},
        tool_call_id="function_call_id",
    )
    assert [(answer.tool_call_id, answer.name) for answer in call.all(ToolAnswered)] == [
        ("t2", "time"),
        ("t1", "weather"),
    ]
    call.command("llm:tool-output", {"toolResponse": {"functionResponses": outputs}}, tool_call_id="t1")
    call.command("llm:tool-output", {"toolResponse": 1}, tool_call_id="function_call_id")
    assert call.warnings() == ["tool-output-unknown"] * 3


def test_several_tools_of_a_webhook_application(bench: Any) -> None:
    call = talking(bench, {**vendor("google"), "toolHook": "https://tools.example/x"})
    call.act(TWO)
    (request,) = call.all(HttpRequest)
    outputs = [{"id": id, "response": {"output": id}} for id in ("t2", "t1")]
    body = json.dumps({"toolResponse": {"functionResponses": outputs}})
    call.take(call.engine.http_answered(request.number, 200, body, call.now))
    assert [answer.tool_call_id for answer in call.all(ToolAnswered)] == ["t2", "t1"]
    other = talking(bench, {**OPENAI, "toolHook": "https://tools.example/x"})
    other.act(TWO)
    requests = other.all(HttpRequest)
    assert [json.loads(request.body)["tool_call_id"] for request in requests] == ["t1", "t2"]


@pytest.mark.parametrize("status", [200, 500])
def test_tools_that_come_in_one_message_are_posted_one_after_the_other(bench: Any, status: int) -> None:
    call = talking(bench, {**vendor("deepgram"), "toolHook": "https://tools.example/x"})
    call.act(TWO)
    asked: list[str] = []
    while len(requests := call.all(HttpRequest)) > len(asked):
        asked.append(json.loads(requests[-1].body)["tool_call_id"])
        assert events(call) == []
        call.take(call.engine.http_answered(requests[-1].number, status, '{"result":"cold"}', call.now))
    assert asked == (["t1", "t2"] if status == 200 else ["t1"])
    (event,) = events(call)
    assert [function["id"] for function in event["functions"]] == ["t1", "t2"]


def test_an_agents_tool_hook_over_http(bench: Any) -> None:
    call = talking(bench, {**AGENT, "toolHook": "https://tools.example/x"})
    call.act(ModelCallsTool("weather", {}, "t1"))
    (request,) = call.all(HttpRequest)
    call.take(call.engine.http_answered(request.number, 200, '{"result":"cold"}', call.now))
    call.act(ModelCallsTool("weather", {}, "t2"))
    call.take(call.engine.http_answered(call.all(HttpRequest)[-1].number, 500, "", call.now))
    assert call.all(ToolAnswered) == [ToolAnswered("t1", "weather", {"result": "cold"})]
    assert (call.warnings(), call.engine.running) == (["tool-unanswered"], "agent")


@pytest.mark.parametrize(
    ("data", "content"),
    [
        (openai_output("t"), ("cold", False)),
        ({"toolResponse": {"functionResponses": [{"response": {"output": 1}}]}}, (1, False)),
        ({"toolResponse": {"functionResponses": [{"response": {"a": 1}}]}}, ({"a": 1}, False)),
        ({"type": "client_tool_result", "invocation_id": "t", "result": "x"}, ("x", False)),
        ({"data": {"type": "client_tool_result", "result": "x", "is_error": True}}, ("x", True)),
        ({"data": {"type": "FunctionCallResponse", "content": "x"}}, ("x", False)),
        ({"result": {"a": 1}, "is_error": True}, ({"a": 1}, True)),
        ({"celsius": 3}, ({"celsius": 3}, False)),
        ({"data": 3}, ({"data": 3}, False)),
        ("x", ("x", False)),
    ],
)
def test_what_an_output_says_in_whichever_shape(data: Any, content: Any) -> None:
    assert output_content(data) == content


# --- other bots ---------------------------------------------------------------------------------------------


DIALOGFLOW = {
    "verb": "dialogflow",
    "project": "p",
    "credentials": "{}",
    "lang": "en-US",
    "eventHook": "/event",
    "actionHook": "/end",
}


def test_dialogflow(bench: Any) -> None:
    call = talking(bench, DIALOGFLOW, LONG, profile=V0_9)
    call.act(ModelSends({"event": "interim-transcription"}))
    assert "verb:hook" not in call.types()
    call.act(ModelSends({"event": "intent", "data": {"x": 1}}))
    hook = call.hook("/event")
    assert (hook["data"]["event"], hook["data"]["call_status"]) == ("intent", "in-progress")
    call.ack(hook, [])
    call.act(ModelEnds())
    assert call.hook("/end")["data"]["dialogflow_result"] == "completed"
    redirected = talking(bench, DIALOGFLOW, profile=V0_9)
    redirected.command("redirect", [LONG])
    redirected.ack(redirected.hook("/end"), [{"verb": "hangup"}])
    assert redirected.hook("/end")["data"]["dialogflow_result"] == "redirect"
    assert redirected.engine.running == "pause"
    gone = talking(bench, DIALOGFLOW, profile=V0_9)
    gone.act(HangUp())
    assert gone.hook("/end")["data"]["dialogflow_result"] == "caller hungup"


@pytest.mark.parametrize(
    "verb",
    [
        {"verb": "lex", "botId": "b", "botAlias": "a", "credentials": {}, "region": "r"},
        {"verb": "rasa", "url": "http://rasa.example"},
    ],
)
def test_bots_that_only_the_open_server_has(bench: Any, verb: dict[str, Any]) -> None:
    call = talking(bench, {**verb, "eventHook": "/event", "actionHook": "/end"}, profile=V0_9)
    call.act(ModelSends({"event": "intent"}))
    assert call.hook("/event")["data"]["event"] == "intent"
    call.act(ModelEnds())
    assert call.hook("/end")
    other = bench()
    other.begin(verb)
    assert "call-rejected" in other.warnings()


def test_actions_without_a_model(bench: Any) -> None:
    call = bench()
    call.begin(LONG)
    call.act(ModelSends({"type": "x"}))
    assert call.warnings() == ["action-ignored"]
    call.act(ModelTurn("x"))
    call.act(ModelFails())
    assert call.warnings() == ["action-ignored"] * 3
    bot = talking(bench, DIALOGFLOW)
    bot.act(ModelTurn("x"))
    assert bot.warnings() == ["action-ignored"]
