"""`llm`, `agent` and the older bots: events, tool calls, updates, and the judgement of what applications send."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jambonz_core.simulator import (
    AgentSends,
    AgentTurn,
    EndLlm,
    HangUp,
    HttpRequest,
    LlmCallsTool,
    LlmSends,
    SipSent,
    Speak,
    ToolAnswered,
    ToolWanted,
    UpdateCall,
)
from jambonz_core.simulator.vendors.tool_shapes import output_fault, update_fault
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
    call.act(LlmSends({"type": "response.done", "eventId": "e1", "serverContent": {"turnComplete": True}}))
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
    call.act(LlmSends({"type": "response.done"}))
    assert bool(events(call)) is passes


def test_googles_events_have_one_name_and_its_calls_another_shape(bench: Any) -> None:
    google = {**OPENAI, "vendor": "google", "llmOptions": {"setup": {}}, "events": ["llm_event"]}
    call = talking(bench, google, profile=V0_9)
    call.act(LlmSends({"serverContent": 1}))
    assert events(call) == [{"server_content": 1}]
    call.act(LlmCallsTool("weather", {"cityName": "Oslo"}, "t1"))
    assert call.message("llm:tool-call")["data"] == {
        "tool_call_id": "function_call_id",
        "type": "toolCall",
        "function_calls": [{"name": "weather", "args": {"cityName": "Oslo"}, "id": "t1"}],
    }
    output = {"toolResponse": {"functionResponses": [{"id": "t1", "response": {"output": "cold"}}]}}
    call.command("llm:tool-output", output, tool_call_id="function_call_id")
    assert call.all(ToolAnswered) == [ToolAnswered("t1", "weather", output)]


def test_ultravox_tells_of_its_call_in_spite_of_filters(bench: Any) -> None:
    ultravox = {**OPENAI, "vendor": "ultravox", "llmOptions": {}, "events": ["none"]}
    call = talking(bench, ultravox)
    assert events(call) == [{"type": "createCall"}]


def test_a_tool_call_waits_for_its_output(bench: Any) -> None:
    call = talking(bench, OPENAI)
    call.act(LlmCallsTool("weather", {"aB": 1}))
    assert call.all(ToolWanted) == [ToolWanted("call_1", "weather", {"aB": 1})]
    call.command("llm:tool-output", {"result": "cold"}, tool_call_id="nonsense")
    call.command("llm:tool-output", {"result": "cold"}, tool_call_id="call_1")
    call.command("llm:tool-output", {"result": "cold"}, tool_call_id="call_1")
    assert call.warnings() == ["tool-output-unknown", "tool-output-unknown"]
    assert call.all(ToolAnswered) == [ToolAnswered("call_1", "weather", {"result": "cold"})]


def test_the_open_server_drops_an_output_that_is_not_the_vendors(bench: Any) -> None:
    call = talking(bench, OPENAI, profile=V0_9)
    call.act(LlmCallsTool("weather", {}, "t1"))
    call.command("llm:tool-output", {"result": "cold"}, tool_call_id="t1")
    assert call.warnings() == ["tool-output-shape"]
    assert call.all(ToolAnswered) == []
    call.act(EndLlm())
    assert call.warnings() == ["tool-output-shape", "tool-unanswered"]


@pytest.mark.parametrize("output", [{"result": "cold"}, {"celsius": -3}, {}])
def test_version_10_takes_any_object_as_the_output_of_a_tool(bench: Any, output: dict[str, Any]) -> None:
    call = talking(bench, OPENAI)
    call.act(LlmCallsTool("weather", {}, "t1"))
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
    call.act(EndLlm("server failure", {"code": 1}))
    data = call.hook("/end")["data"]
    assert (data["completion_reason"], data["error"]) == ("server failure", {"code": 1})
    call.ack(call.hook("/end"), [])
    assert call.engine.running == "pause"


def test_an_end_that_nobody_acks_ends_the_call_unless_it_is_gone(bench: Any) -> None:
    call = talking(bench, OPENAI, LONG)
    call.act(EndLlm())
    call.run(5.1)
    assert call.engine.over
    gone = talking(bench, OPENAI)
    gone.act(HangUp())
    gone.run(6.0)
    assert "verb-failed" not in gone.warnings()


def test_no_hooks_no_messages(bench: Any) -> None:
    bare = {name: value for name, value in OPENAI.items() if not name.endswith("Hook")}
    call = talking(bench, bare)
    call.act(LlmSends({"type": "error"}))
    call.act(LlmCallsTool("weather"))
    assert call.warnings() == ["no-tool-hook"]
    assert events(call) == []


@pytest.mark.parametrize("status", [200, 500])
def test_a_tool_hook_over_http_answers_in_its_body(bench: Any, status: int) -> None:
    call = talking(bench, {**OPENAI, "toolHook": "https://tools.example/x"})
    call.act(LlmCallsTool("weather", {}, "t1"))
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
    call.act(LlmSends({"type": "response.done", "eventId": "e1"}))
    event = call.all(HttpRequest)[-1]
    assert (event.url, json.loads(event.body)) == (
        "http://app.example/event",
        {"type": "response.done", "event_id": "e1"},
    )
    call.act(LlmCallsTool("weather", {"cityName": "Oslo"}, "t1"))
    asked = call.all(HttpRequest)[-1]
    assert asked.url == "http://app.example/tool"
    assert json.loads(asked.body) == {"tool_call_id": "t1", "name": "weather", "args": {"cityName": "Oslo"}}
    call.take(call.engine.http_answered(asked.number, 200, '{"result":"cold"}', call.now))
    assert call.all(ToolAnswered) == [ToolAnswered("t1", "weather", {"result": "cold"})]


def test_a_tool_hook_without_an_answer_ends_the_conversation(bench: Any) -> None:
    call = talking(bench, {**OPENAI, "toolHook": "https://tools.example/x"})
    call.act(LlmCallsTool("weather", {}, "t1"))
    call.run(9.9)
    assert call.engine.running == "llm"
    call.run(0.2)
    assert call.hook("/end")["data"]["completion_reason"] == "client error calling function"


def test_the_open_server_wants_the_vendors_own_message_in_the_body_as_well(bench: Any) -> None:
    call = talking(bench, {**OPENAI, "toolHook": "https://tools.example/x"}, profile=V0_9)
    for id, body in (("t1", '{"celsius":1}'), ("t2", "[]"), ("t3", json.dumps(openai_output("t3")))):
        call.act(LlmCallsTool("weather", {}, id))
        call.take(call.engine.http_answered(call.all(HttpRequest)[-1].number, 200, body, call.now))
    call.act(LlmCallsTool("weather", {}, "t4"))
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
    call.act(LlmCallsTool("weather", {}, "t1"))
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
    call.act(LlmCallsTool("weather", {"cityName": "Oslo"}, "t1"))
    assert events(call)[-1] == event


def test_the_event_of_a_tool_call_is_filtered_like_any_other(bench: Any) -> None:
    call = talking(bench, {**OPENAI, "events": ["error"]})
    call.act(LlmCallsTool("weather", {}, "t1"))
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
    call.act(AgentTurn("It is cold.", transcript="How is it?", latency={"model_latency": 300}))
    call.run(2.0)
    assert call.spoken() == ["It is cold."]
    assert events(call, "agent:event") == [
        {"type": "user_transcript", "transcript": "How is it?"},
        {"type": "llm_response", "response": "It is cold."},
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
    call.act(AgentTurn("Nice to meet you, Bo. " * 5))
    call.act(Speak("I am Bo", duration=1.0))
    call.run(2.0)
    assert events(call, "agent:event")[0] == {"type": "user_transcript", "transcript": "I am Bo"}
    call.act(Speak("stop it", duration=0.5))
    call.run(2.0)
    kinds = [event["type"] for event in events(call, "agent:event")]
    assert kinds == ["user_transcript", "llm_response", "user_interruption", "turn_end"]
    assert events(call, "agent:event")[-1]["interrupted"] is True


def test_an_agent_that_is_not_to_be_interrupted(bench: Any) -> None:
    call = talking(bench, {**AGENT, "bargeIn": {"enable": False}})
    call.act(AgentTurn("A long greeting. " * 5, transcript=""))
    call.act(Speak("stop", duration=0.5))
    call.run(10.0)
    assert events(call, "agent:event")[-1]["interrupted"] is False


def test_tools_of_an_agent(bench: Any) -> None:
    call = talking(bench, AGENT)
    call.act(LlmCallsTool("weather", {"cityName": "Oslo"}, "t1"))
    assert call.message("agent:tool-call")["hook"] == "/tool"
    data = call.message("agent:tool-call")["data"]
    assert data == {"tool_call_id": "t1", "name": "weather", "arguments": {"city_name": "Oslo"}}
    call.command("llm:tool-output", "cold", tool_call_id="t1")
    call.command("llm:tool-output", {"celsius": -3}, tool_call_id="t1")
    assert call.warnings() == ["tool-output-shape"]
    assert call.all(ToolAnswered) == [ToolAnswered("t1", "weather", {"celsius": -3})]


def test_updates_of_an_agent(bench: Any) -> None:
    call = talking(bench, AGENT)
    call.act(AgentTurn("Well well well. " * 5))
    call.act(AgentTurn("As you like."))
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
    call.act(AgentSends({"type": "history_summarized"}))
    assert events(call, "agent:event")[-1] == {"type": "history_summarized"}


def test_an_agent_that_is_replaced_in_the_middle_of_a_word(bench: Any) -> None:
    call = talking(bench, AGENT)
    call.act(AgentTurn("A long greeting. " * 5, transcript=""))
    call.run(1.0)
    call.command("redirect", [LONG])
    assert call.hook("/end")["data"]["completion_reason"] == "normal conversation end"
    call.ack(call.hook("/end"), [])
    assert call.engine.running == "pause"


def test_the_open_server_has_no_agent(bench: Any) -> None:
    call = bench(profile=V0_9)
    call.begin(AGENT)
    assert "call-rejected" in call.warnings()


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
    call.act(LlmSends({"event": "interim-transcription"}))
    assert "verb:hook" not in call.types()
    call.act(LlmSends({"event": "intent", "data": {"x": 1}}))
    hook = call.hook("/event")
    assert (hook["data"]["event"], hook["data"]["call_status"]) == ("intent", "in-progress")
    call.ack(hook, [])
    call.act(EndLlm())
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
    call.act(LlmSends({"event": "intent"}))
    assert call.hook("/event")["data"]["event"] == "intent"
    call.act(EndLlm())
    assert call.hook("/end")
    other = bench()
    other.begin(verb)
    assert "call-rejected" in other.warnings()


def test_actions_without_a_model(bench: Any) -> None:
    call = bench()
    call.begin(LONG)
    call.act(LlmSends({"type": "x"}))
    assert call.warnings() == ["action-ignored"]
    llm = talking(bench, OPENAI)
    llm.act(AgentTurn("x"))
    assert llm.warnings() == ["action-ignored"]
