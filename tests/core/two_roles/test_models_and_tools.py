"""Conversations with models, in any order of events: every tool call is settled once, over any network.

The caller speaks and interrupts, the model speaks, calls tools (several in one message, too), and may fail; the
application answers in any order, twice, with errors, or not before the end; connections break. A tool call is answered
once, or the server says once that it never was: that is so only where the application never heard of it, or the
conversation ended first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_core.call import AgentToolCall, LlmToolCall, Send, ToolOutput
from jambonz_core.simulator import (
    HangUp,
    ModelCallsTool,
    ModelCallsTools,
    ModelEnds,
    ModelFails,
    ModelTurn,
    Speak,
    ToolAnswered,
    ToolWanted,
)
from jambonz_core.verbs.profiles import V0_9, V10, Profile

HOOKS = {"toolHook": "/tool", "eventHook": "/event", "actionHook": "/done"}


def llm(vendor: str) -> dict[str, Any]:
    options: dict[str, Any] = {"response_create": {}, "setup": {}}
    if vendor == "deepgram":
        options = {"Settings": {"agent": {"think": {"provider": {"type": "open_ai", "model": "m"}}}}}
    auth = {"agent_id": "a"} if vendor == "elevenlabs" else {"apiKey": "k"}
    return {"verb": "llm", "vendor": vendor, "auth": auth, "llmOptions": options, **HOOKS}


AGENT = {"verb": "agent", "llm": {"vendor": "openai", "model": "m", "llmOptions": {}}, **HOOKS}

WAYS: Sequence[tuple[dict[str, Any], Profile]] = [
    *((llm(vendor), V0_9) for vendor in ("openai", "google", "ultravox", "elevenlabs", "deepgram")),
    *((llm(vendor), V10) for vendor in ("openai", "google")),
    (AGENT, V10),
]

TOOLS = st.tuples(st.sampled_from(["tools", "tools, heard of", "tools, heard of"]), st.integers(1, 3))
ANSWERS = st.tuples(
    st.sampled_from(
        ["answer", "answer twice", "answer with an error", *["answer, and lose the connection"] * 2]
    ),
    st.integers(0, 5),
)
STEPS = st.lists(
    st.one_of(
        TOOLS,
        ANSWERS,
        ANSWERS,
        st.tuples(st.just("caller"), st.sampled_from(["where is it", "no wait", "yes"])),
        st.tuples(st.just("model"), st.sampled_from(["Yes.", "A long story. " * 6])),
        st.tuples(st.just("wait"), st.sampled_from([0.05, 0.5, 3.0])),
        st.tuples(st.just("drop"), st.integers(0, 3)),
    ),
    max_size=25,
)
ENDS = st.sampled_from([ModelEnds(), ModelFails("no capacity"), HangUp()])


class Script:
    """Plays one script, and keeps the accounts."""

    def __init__(self, net: Any, verb: dict[str, Any]) -> None:
        self.net = net
        self.asked = 0
        self.answered: list[str] = []
        net.run(0.1)
        net.do(Send([verb]))
        net.run(1.0)
        assert net.engine.running in {"llm", "agent"}

    def known(self) -> list[str]:
        """The tool calls that the application has heard of, in order."""
        found: list[str] = []
        for event in self.net.local:
            if isinstance(event, (LlmToolCall, AgentToolCall)):
                several = event.data.get("function_calls")
                found += [call["id"] for call in several] if several else [event.tool_call_id]
        return found

    def answer(self, id: str, *, is_error: bool = False) -> None:
        if self.net.do(ToolOutput(tool_call_id=id, result={"for": id}, is_error=is_error)):
            self.answered.append(id)

    def play(self, step: str, detail: Any) -> None:
        net = self.net
        match step:
            case "caller":
                net._server("act", Speak(detail))
            case "model":
                net._server("act", ModelTurn(detail))
            case "tools" | "tools, heard of":
                calls = [ModelCallsTool(f"tool{n}", {"n": n}, f"t{self.asked + n}") for n in range(detail)]
                self.asked += detail
                net._server("act", ModelCallsTools(calls))
                if step == "tools, heard of":
                    net.run(0.1)
            case "wait":
                net.run(detail)
            case "drop":
                net.drop(detail, detail, 0.0)
            case _:
                known = self.known()
                if known:
                    chosen = known[detail % len(known)]
                    self.answer(chosen, is_error=step == "answer with an error")
                    if step == "answer twice":
                        self.answer(chosen)
                    if step == "answer, and lose the connection":
                        net.drop(0, 0, 0.0)

    def answer_the_rest(self) -> None:
        self.net.run(30.0)
        for id in self.known():
            if id not in self.answered:
                self.answer(id)
        self.net.run(30.0)


@pytest.mark.parametrize("profile", [V0_9, V10], ids=lambda profile: profile.name)
def test_every_tool_call_is_settled_once(network: Any, profile: Profile) -> None:
    verbs = [verb for verb, of_profile in WAYS if of_profile is profile]

    @given(verb=st.sampled_from(verbs), steps=STEPS, end=ENDS, patient=st.booleans(), receipts=st.booleans())
    def whatever_happens(
        verb: dict[str, Any], steps: list[tuple[str, Any]], end: Any, patient: bool, receipts: bool
    ) -> None:
        net = network(profile=profile, receipts=receipts, delay=lambda: 0.02)
        check(net, verb, steps, end, patient=patient)

    whatever_happens()


def check(net: Any, verb: dict[str, Any], steps: list[tuple[str, Any]], end: Any, *, patient: bool) -> None:
    script = Script(net, verb)
    for step, detail in steps:
        script.play(step, detail)
    if patient:
        script.answer_the_rest()
    known = set(script.known())
    # A connection that breaks before its reconnect was answered ends the call; then nothing is owed any more.
    alive = not net.engine.over
    net._server("act", end)
    net.run(1.0)
    net._server("act", HangUp())
    net.finish()
    net.again()

    wanted = [event.tool_call_id for event in net.tools if isinstance(event, ToolWanted)]
    answers = [event for event in net.tools if isinstance(event, ToolAnswered)]
    asked = [f"t{number}" for number in range(script.asked)]
    assert wanted == (asked if alive else asked[: len(wanted)])
    assert max(Counter(event.tool_call_id for event in answers).values(), default=1) == 1
    assert {event.tool_call_id for event in answers} <= set(wanted)
    for event in answers:
        assert event.tool_call_id in repr(event.data), "an answer of another tool call"
    told = [warning.text for warning in net.warnings if warning.code == "tool-unanswered"]
    settled = len(answers) + len(told)
    if alive and not isinstance(end, HangUp):
        assert settled == len(wanted), "a tool call was settled never, or twice"
    if patient and alive:
        assert {event.tool_call_id for event in answers} >= known
    assert [warning for warning in net.warnings if warning.code == "tool-output-shape"] == []
