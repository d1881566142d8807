"""The tools that a model calls on a call: one output for each tool call, in whatever order things happen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from jambonz_core.call import (
    AppCall,
    CallOptions,
    EndCall,
    LimitReached,
    NoteTool,
    NoteToolOutcome,
    Replace,
    Reply,
    Send,
    TakeToolCall,
    ToolCallIgnored,
    ToolCallSettled,
    ToolCallTaken,
    ToolOutput,
    ToolOutputLate,
    ToolRequest,
)
from jambonz_core.tools import ToolState
from jambonz_core.tools.tool_calls import ARGUMENT_BYTES, OPEN_TOOL_CALLS, SETTLED_TOOL_CALLS
from jambonz_core.verbs.profiles import V0_9
from jambonz_core.wire.errors import CallEnded, LocalProtocolError, MessageTooLarge

SAY: list[dict[str, Any]] = [{"verb": "say", "text": "Hello"}]
AGENT: list[dict[str, Any]] = [{"verb": "agent", "llm": {}, "actionHook": "/done", "toolHook": "/tool"}]
LLM: list[dict[str, Any]] = [
    {"verb": "llm", "vendor": "openai", "llmOptions": {}, "actionHook": "/done", "toolHook": "/tool"}
]


def take(
    id: str = "t1", name: str = "look", arguments: dict[str, Any] | None = None, **options: Any
) -> TakeToolCall:
    return TakeToolCall(ToolRequest(id, name, arguments or {}), "/tool", **options)


def outputs(wire: Any) -> list[tuple[str, Any]]:
    """The outputs that left, by id."""
    return [
        (message["tool_call_id"], message["data"])
        for message in wire.sent()
        if message.get("command") == "llm:tool-output"
    ]


def moved(wire: Any, make_wire: Callable[..., Any]) -> Any:
    """The call in another process, to which the server has come back."""
    other = make_wire()
    other.now = wire.now
    other.call = AppCall.restore(wire.call.snapshot(), now=wire.now)
    return other


# --- what settles a tool call ---------------------------------------------------------------------------------


def test_the_first_output_is_sent_and_the_rest_is_reported(wire: Any) -> None:
    wire.running(AGENT)
    assert wire.do(take(arguments={"a": 1})) == [ToolCallTaken("t1", "look", {"a": 1}, "/tool")]
    assert wire.call.deadline == wire.now + 10.0
    assert wire.do(ToolOutput("t1", 21)) == [ToolCallSettled("t1", "look", "value", "/tool")]
    assert wire.do(ToolOutput("t1", 22)) == [ToolOutputLate("t1", "look")]
    assert wire.do(ToolOutput("t1", "no", is_error=True)) == [ToolOutputLate("t1", "look")]
    assert outputs(wire) == [("t1", {"result": 21})]
    assert wire.call.tools.find("t1").state is ToolState.ANSWERED
    assert wire.call.tools.deadline is None


def test_a_tool_that_the_program_runs_by_itself_is_told_and_nothing_is_sent(wire: Any) -> None:
    wire.running(AGENT)
    wire.do(take())
    wire.sent()
    assert wire.do(NoteTool("t1", "look", {"a": 1})) == [ToolCallTaken("t1", "look", {"a": 1}, "")]
    assert wire.do(NoteToolOutcome("t1", "look", "value")) == [ToolCallSettled("t1", "look", "value")]
    assert wire.sent() == []
    assert wire.call.tools.find("t1").state is ToolState.RUNNING


def test_an_error_settles_it_too(wire: Any) -> None:
    wire.running(AGENT)
    wire.do(take())
    assert wire.do(ToolOutput("t1", "broken", is_error=True)) == [
        ToolCallSettled("t1", "look", "error", "/tool")
    ]
    assert outputs(wire) == [("t1", {"result": "broken", "is_error": True})]


def test_the_time_out_settles_it(wire: Any) -> None:
    wire.running(AGENT)
    wire.do(take(seconds=3.0))
    assert wire.advance(2.9) == []
    assert wire.advance(0.2) == [ToolCallSettled("t1", "look", "time-out", "/tool")]
    assert wire.do(ToolOutput("t1", 21)) == [ToolOutputLate("t1", "look")]
    assert outputs(wire) == [("t1", {"result": "the tool has not answered in time", "is_error": True})]


def test_one_that_comes_again_is_not_run_again(wire: Any) -> None:
    wire.running(AGENT)
    wire.do(take())
    assert wire.do(take()) == [ToolCallIgnored("t1", "look", "repeated")]
    wire.do(ToolOutput("t1", 21))
    assert wire.do(take()) == [ToolCallIgnored("t1", "look", "repeated")]
    assert outputs(wire) == [("t1", {"result": 21})]


def test_an_output_that_cannot_be_sent_settles_nothing(wire: Any) -> None:
    wire.running(AGENT)
    wire.do(take())
    with pytest.raises(MessageTooLarge):
        wire.do(ToolOutput("t1", "x" * 30_000))
    assert wire.do(ToolOutput("t1", "less")) == [ToolCallSettled("t1", "look", "value", "/tool")]


def test_one_that_was_not_taken_is_answered_as_often_as_the_program_likes(wire: Any) -> None:
    wire.running(AGENT)
    wire.do(ToolOutput("t1", 1))
    wire.do(ToolOutput("t1", 2))
    assert [data for _, data in outputs(wire)] == [{"result": 1}, {"result": 2}]


@pytest.mark.parametrize(
    ("id", "name", "reason"),
    [("", "look", "no id"), ("t" * 2000, "look", "id too long"), ("t", "n" * 2000, "id too long")],
)
def test_one_that_cannot_be_answered_is_not_run(wire: Any, id: str, name: str, reason: str) -> None:
    wire.running(AGENT)
    assert wire.do(take(id, name)) == [ToolCallIgnored(id[:200], name[:200], reason)]


def test_a_tool_call_needs_a_call(wire: Any) -> None:
    with pytest.raises(LocalProtocolError):
        wire.do(take())
    wire.running(AGENT)
    wire.do(EndCall())
    with pytest.raises(CallEnded):
        wire.do(take())


# --- interruptions ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verbs", "type", "data"),
    [
        (AGENT, "agent:event", {"type": "user_interruption"}),
        (LLM, "llm:event", {"type": "input_audio_buffer.speech_started"}),
        ([{**LLM[0], "vendor": "google"}], "llm:event", {"server_content": {"interrupted": True}}),
        ([{**LLM[0], "vendor": "elevenlabs"}], "llm:event", {"type": "interruption"}),
        ([{**LLM[0], "vendor": "deepgram"}], "llm:event", {"type": "UserStartedSpeaking"}),
        ([{**LLM[0], "vendor": "ultravox"}], "llm:event", {"type": "playback_clear_buffer"}),
        (AGENT, "tts:streaming-event", {"event_type": "user_interruption"}),
    ],
)
def test_an_interruption_cancels_what_is_to_be_cancelled(wire: Any, verbs: Any, type: str, data: Any) -> None:
    wire.running(verbs)
    wire.do(take("t1", on_interrupt="cancel"))
    wire.do(take("t2"))
    events = wire.hears(type, data)
    assert [event for event in events if isinstance(event, ToolCallSettled)] == [
        ToolCallSettled("t1", "look", "interrupted", "/tool")
    ]
    wire.do(ToolOutput("t2", 2))
    said = "the caller has interrupted, so the tool was cancelled"
    assert outputs(wire) == [("t1", {"result": said, "is_error": True}), ("t2", {"result": 2})]


def test_other_events_of_a_model_cancel_nothing(wire: Any) -> None:
    wire.running(LLM)
    wire.hears("llm:event", {"type": "input_audio_buffer.speech_started"})
    wire.do(take(on_interrupt="cancel"))
    wire.hears("llm:event", {"type": "response.done"})
    assert outputs(wire) == []
    assert [call.tool_call_id for call in wire.call.tools.open] == ["t1"]


# --- nobody waits any more ----------------------------------------------------------------------------------------


def answering(wire: Any) -> None:
    wire.do(Reply(wire.hook("/heard", {"reason": "speechDetected"}), SAY))


ENDS: dict[str, Callable[[Any], object]] = {
    "the verb's own hook": lambda wire: wire.hook("/done", {"completion_reason": "normal conversation end"}),
    "other verbs": lambda wire: wire.do(Replace(SAY)),
    "an answer with verbs": answering,
    "a hangup": lambda wire: wire.do(EndCall()),
    "the end of the leg": lambda wire: wire.hears(
        "call:status", {"call_sid": "c1", "call_status": "completed"}
    ),
    "a farewell": lambda wire: wire.lose(1000),
}


@pytest.mark.parametrize("how", ENDS)
def test_where_the_verb_or_the_call_is_over_nothing_is_sent(wire: Any, how: str) -> None:
    gather = {"verb": "gather", "input": ["speech"], "actionHook": "/heard"}
    wire.running([*AGENT, gather] if how == "an answer with verbs" else AGENT)
    wire.do(take())
    ENDS[how](wire)
    assert wire.seen(ToolCallSettled) == [ToolCallSettled("t1", "look", "over", "/tool")]
    assert wire.do(ToolOutput("t1", 21)) == [ToolOutputLate("t1", "look")]
    wire.advance(20)
    assert outputs(wire) == []
    assert wire.call.tools.find("t1").state is ToolState.VOID


def test_a_raw_redirect_that_replaces_ends_the_verb_too(wire: Any) -> None:
    from jambonz_core.call import Inject

    wire.running(AGENT)
    wire.do(take())
    wire.do(Inject("redirect", SAY, queue=True))
    assert wire.seen(ToolCallSettled) == []
    wire.do(Inject("redirect", SAY, queue=False))
    assert wire.seen(ToolCallSettled) == [ToolCallSettled("t1", "look", "over", "/tool")]


def test_verbs_that_are_queued_end_nothing(wire: Any) -> None:
    wire.running(AGENT)
    wire.do(take())
    wire.do(Send(SAY))
    assert wire.seen(ToolCallSettled) == []


# --- bounds -------------------------------------------------------------------------------------------------------


def test_too_many_at_once_are_answered_with_an_error(wire: Any) -> None:
    wire.running(AGENT)
    for number in range(OPEN_TOOL_CALLS):
        wire.do(take(f"t{number}"))
    assert wire.do(take("more")) == [ToolCallSettled("more", "look", "error", "/tool")]
    [(id, data)] = outputs(wire)
    assert id == "more"
    assert "64 tool calls are open already (OPEN_TOOL_CALLS)" in data["result"]


def test_who_asks_for_ever_more_gets_no_answer_at_all(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(CallOptions(waiting_messages=8)).running(AGENT)
    for number in range(OPEN_TOOL_CALLS):
        wire.do(take(f"t{number}"))
    wire.lose()
    gone = [wire.do(take(f"more{number}")) for number in range(20)]
    assert gone[0] == [ToolCallSettled("more0", "look", "error", "/tool")]
    assert gone[-1] == [ToolCallIgnored("more19", "look", "too many")]
    assert len(wire.call.tools.open) == OPEN_TOOL_CALLS
    wire.reconnect()
    wire.advance(1.0)
    assert len(outputs(wire)) < 8


def test_arguments_that_are_too_large_are_answered_with_an_error(wire: Any) -> None:
    wire.running(AGENT)
    wire.do(take("t1", arguments={"a": "x" * (ARGUMENT_BYTES // 2)}))
    assert wire.do(take("t2", arguments={"a": "x" * ARGUMENT_BYTES})) == [
        ToolCallSettled("t2", "look", "error", "/tool")
    ]
    wire.do(ToolOutput("t1", 1))
    assert wire.do(take("t3", arguments={"a": "x" * (ARGUMENT_BYTES // 2)}))[0].tool_call_id == "t3"
    assert [id for id, _ in outputs(wire)] == ["t2", "t1"]


def test_ids_are_remembered_for_a_while(wire: Any) -> None:
    wire.running(AGENT)
    for number in range(SETTLED_TOOL_CALLS + 1):
        wire.do(take(f"t{number}"))
        wire.do(ToolOutput(f"t{number}", number))
    assert wire.call.tools.find("t0") is None
    assert wire.do(take("t1")) == [ToolCallIgnored("t1", "look", "repeated")]


# --- lost connections, other processes ------------------------------------------------------------------------------


def test_an_output_waits_for_the_server_to_come_back(wire: Any) -> None:
    wire.running(AGENT)
    wire.do(take("t1"))
    wire.do(take("t2", seconds=1.0))
    wire.lose()
    wire.do(ToolOutput("t1", 21))
    wire.advance(2.0)
    assert outputs(wire) == []
    wire.reconnect()
    wire.advance(1.0)
    assert outputs(wire) == [
        ("t1", {"result": 21}),
        ("t2", {"result": "the tool has not answered in time", "is_error": True}),
    ]


def test_in_another_process_of_a_tool_that_must_not_run_twice_nobody_knows(
    wire: Any, make_wire: Callable[..., Any]
) -> None:
    wire.running(AGENT)
    wire.do(take("t1"))
    wire.do(take("t2", idempotent=True, arguments={"a": 1}))
    wire.do(take("t3"))
    wire.do(ToolOutput("t3", 3))
    other = moved(wire, make_wire)
    assert [call.tool_call_id for call in other.call.tools.moved("/tool")] == ["t2"]
    other.reconnect()
    other.advance(1.0)
    assert other.seen(ToolCallSettled) == [ToolCallSettled("t1", "look", "error", "/tool")]
    assert other.do(take("t2", idempotent=True, arguments={"a": 1})) == [
        ToolCallTaken("t2", "look", {"a": 1}, "/tool", True)
    ]
    assert other.do(take("t1")) == [ToolCallIgnored("t1", "look", "repeated")]
    assert other.do(take("t3")) == [ToolCallIgnored("t3", "look", "repeated")]
    other.do(ToolOutput("t2", 2))
    other.advance(1.0)
    sent = outputs(other)
    assert ("t1", {"result": "interrupted, outcome unknown", "is_error": True}) in sent
    assert ("t2", {"result": 2}) in sent


def test_a_tool_that_may_run_twice_is_given_up_where_nobody_runs_it_again(
    wire: Any, make_wire: Callable[..., Any]
) -> None:
    wire.running(AGENT)
    wire.do(take("t1", idempotent=True, seconds=4.0))
    other = moved(moved(wire, make_wire), make_wire)
    other.reconnect()
    other.advance(5.0)
    assert other.seen(ToolCallSettled) == [ToolCallSettled("t1", "look", "time-out", "/tool")]


def test_a_program_may_answer_for_one_whose_process_is_gone(wire: Any, make_wire: Callable[..., Any]) -> None:
    wire.running(AGENT)
    wire.do(take("t1"))
    other = moved(wire, make_wire)
    assert other.do(take("t1")) == [ToolCallIgnored("t1", "look", "repeated")]
    assert other.do(ToolOutput("t1", 21)) == [ToolCallSettled("t1", "look", "value", "/tool")]
    again = moved(moved(wire, make_wire), make_wire)
    assert [call.tool_call_id for call in again.call.tools.unknown()] == ["t1"]


# --- the open-source server -------------------------------------------------------------------------------------------


def test_outputs_have_the_shape_of_the_vendor(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(profile=V0_9).running([{**LLM[0], "vendor": "deepgram"}])
    wire.do(take("t1"))
    wire.do(ToolOutput("t1", 21))
    wire.do(take("t2", vendor="ultravox"))
    wire.do(ToolOutput("t2", "no", is_error=True))
    wire.do(take("t3", seconds=1.0))
    wire.advance(2.0)
    said = '{"error":"the tool has not answered in time"}'
    assert outputs(wire) == [
        ("t1", {"data": {"type": "FunctionCallResponse", "id": "t1", "name": "look", "content": "21"}}),
        (
            "t2",
            {
                "type": "client_tool_result",
                "invocation_id": "t2",
                "result": "no",
                "error_type": "implementation-error",
                "error_message": "no",
            },
        ),
        ("t3", {"data": {"type": "FunctionCallResponse", "id": "t3", "name": "look", "content": said}}),
    ]


def test_without_a_vendor_nothing_is_taken(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(profile=V0_9).running()
    with pytest.raises(LocalProtocolError, match="name the vendor"):
        wire.do(take())
    assert wire.call.tools.open == []


def test_whose_model_it_is(wire: Any) -> None:
    wire.running()
    assert wire.call.model == ""
    wire.do(Send(LLM))
    assert wire.call.model == "openai"
    wire.do(Send(AGENT))
    assert wire.call.model == "agent"


def test_each_of_several_in_one_message_is_known_by_name(make_wire: Callable[..., Any]) -> None:
    wire = make_wire(profile=V0_9).running([{**LLM[0], "vendor": "google"}])
    calls = [{"name": "look", "args": {}, "id": "g1"}, {"name": "see", "args": {}, "id": "n" * 2000}]
    events = wire.hears(
        "llm:tool-call", {"tool_call_id": "function_call_id", "function_calls": calls}, hook="/tool"
    )
    assert events[1:] == [LimitReached("TOOL_CHARACTERS", "the name of a tool")]
    assert wire.call.snapshot()["facts"]["tools"] == {"g1": "look"}


# --- in any order -------------------------------------------------------------------------------------------------------


MAY_RUN_TWICE = frozenset({"b", "d"})


class AnyOrder(RuleBasedStateMachine):
    """Tool calls, and everything that can happen to them, in any order.

    The server of this world reads all that leaves, but for what a lost connection took.
    """

    make_wire: Any = None

    @initialize()
    def begin(self) -> None:
        self.wire = self.make_wire().running(AGENT)
        self.taken: dict[str, int] = {}
        """How often each was to be run."""
        self.processes = 1
        self.answers: dict[str, list[Any]] = {}
        self.settled: dict[str, str] = {}
        self.over = False
        for id, on_interrupt in (("a", "finish"), ("b", "finish"), ("c", "cancel"), ("d", "cancel")):
            self.a_model_calls(id, on_interrupt)

    def look(self) -> None:
        for event in self.wire.events:
            if isinstance(event, ToolCallTaken):
                self.taken[event.tool_call_id] = self.taken.get(event.tool_call_id, 0) + 1
                assert event.tool_call_id not in self.settled
            elif isinstance(event, ToolCallSettled):
                assert event.tool_call_id not in self.settled, "it was settled before"
                self.settled[event.tool_call_id] = event.by
        self.wire.events.clear()
        for id, data in outputs(self.wire):
            self.answers.setdefault(id, []).append(data)

    ids = st.sampled_from(["a", "b", "c", "d", "e", "f"])

    @rule(id=ids, on_interrupt=st.sampled_from(["finish", "cancel"]))
    def a_model_calls(self, id: str, on_interrupt: str) -> None:
        idempotent = id in MAY_RUN_TWICE
        try:
            self.wire.do(take(id, on_interrupt=on_interrupt, idempotent=idempotent, seconds=5.0))
        except CallEnded:
            assert self.over
        self.look()

    @rule(id=ids, value=st.integers(0, 9), is_error=st.booleans())
    def a_tool_returns(self, id: str, value: int, is_error: bool) -> None:
        if id in self.taken:
            self.wire.do(ToolOutput(id, value, is_error))
        self.look()

    @rule(seconds=st.sampled_from([0.1, 1.0, 6.0]))
    def time_passes(self, seconds: float) -> None:
        self.wire.advance(seconds)
        self.look()

    @rule()
    def the_caller_interrupts(self) -> None:
        if self.wire.call.attached:
            self.wire.hears("agent:event", {"type": "user_interruption"})
        self.look()

    @rule()
    def the_connection_breaks_and_comes_back(self) -> None:
        if self.wire.call.attached:
            self.wire.lose()
            self.wire.reconnect()
        self.look()

    @rule()
    def the_process_dies(self) -> None:
        if self.wire.call.over is None and not self.over:
            self.look()
            self.wire = moved(self.wire, self.make_wire)
            self.processes += 1
            self.wire.reconnect()
            self.look()
            for id in list(self.taken):
                self.a_model_calls(id, "finish")

    @rule()
    def the_verb_is_over(self) -> None:
        if self.wire.call.attached and not self.over:
            self.wire.hook("/done", {"completion_reason": "normal conversation end"})
        self.look()

    @precondition(lambda self: len(self.taken) > 3)
    @rule()
    def the_call_is_hung_up(self) -> None:
        if not self.over:
            self.over = True
            self.wire.do(EndCall())
        self.look()

    @invariant()
    def each_has_at_most_one_answer(self) -> None:
        for id, answers in getattr(self, "answers", {}).items():
            assert all(answer == answers[0] for answer in answers), "two answers"
            assert self.settled[id] != "over", "nobody waited for it"
        for id, times in getattr(self, "taken", {}).items():
            assert times <= (self.processes if id in MAY_RUN_TWICE else 1)

    def teardown(self) -> None:
        if not hasattr(self, "wire"):
            return
        self.wire.advance(30.0)
        self.look()
        for id in self.taken:
            assert id in self.settled, "the model waits for ever"
            if self.settled[id] != "over" and not self.over:
                assert self.answers[id], "it was settled, and nothing was sent"


@pytest.mark.untraced
def test_in_any_order_each_tool_call_has_one_answer(make_wire: Callable[..., Any]) -> None:
    AnyOrder.make_wire = staticmethod(make_wire)
    run_state_machine_as_test(AnyOrder)
