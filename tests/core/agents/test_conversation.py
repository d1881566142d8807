"""A conversation knows what was heard, loses no half of a pair, and makes messages that vendors accept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.vendor_rules import check_anthropic, check_chat, check_responses

from jambonz_core.agents.conversation import Conversation, keep_last
from jambonz_core.agents.conversation_items import AgentSaid, CallerSaid, Note, ToolsCalled
from jambonz_core.agents.model_answers import CalledTool
from jambonz_core.agents.vendor_messages import CALL_BEGINS, CALLER_SILENT, INTERRUPTED, UNANSWERED
from jambonz_core.speech import Outcome
from jambonz_core.wire.errors import InvalidSnapshot, LocalProtocolError
from jambonz_core.wire.events import AgentEvent


class Speech:
    """What a conversation reads of a speech."""

    def __init__(self) -> None:
        self.outcome: Outcome | None = None
        self.accepted = self.discarded = ""
        self.spoken: str | None = None
        self.interrupted = False

    def ends(self, outcome: Outcome, accepted: str, discarded: str = "", spoken: str | None = None) -> Speech:
        self.outcome, self.accepted, self.discarded, self.spoken = outcome, accepted, discarded, spoken
        self.interrupted = outcome is not Outcome.ACCEPTED
        return self


def check_all(conversation: Conversation) -> None:
    check_chat(conversation.openai_chat())
    check_responses(conversation.openai_responses())
    check_anthropic(conversation.anthropic())


TEXT = st.sampled_from(["", " ", "Hello.", "schön 🥐 ", "\ud83e", "One two three."]) | st.text(max_size=8)
IDS = st.sampled_from(["a", "b", "call_1", "", "functions.f:0", "x" * 60])
NAMES = st.sampled_from(["f", "opening_hours", "", "no.such/tool", "n" * 99])
JSONS = st.sampled_from(
    [None, "", "five", {"x": [1, None]}, "\ud83e", float("nan"), object(), {1, 2}, "x" * 40_000]
)
CALLS = st.lists(st.builds(CalledTool, IDS, NAMES, st.just({"x": 1})), max_size=3)
AGENT_EVENTS = st.sampled_from(
    [
        {"type": "user_transcript", "transcript": "Hi"},
        {"type": "agent_response", "response": "Yes?"},
        {"type": "llm_response", "response": "Yes?"},
        {"type": "turn_end", "transcript": "Hi", "response": "Yes?", "interrupted": True},
        {"type": "turn_end"},
        {"tool_call_id": "t", "name": "f", "arguments": {"x": 1}},
        {"type": "history_summarized"},
        {},
    ]
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("caller"), TEXT),
        st.tuples(st.just("agent"), TEXT),
        st.tuples(st.just("note"), TEXT),
        st.tuples(st.just("begins"), TEXT),
        st.tuples(st.just("ends"), st.sampled_from(list(Outcome)), TEXT, TEXT, st.none() | TEXT),
        st.tuples(st.just("tools"), CALLS),
        st.tuples(st.just("output"), IDS, JSONS, st.booleans()),
        st.tuples(st.just("event"), AGENT_EVENTS),
        st.tuples(st.just("restore")),
        st.tuples(st.just("shorten"), st.integers(1, 4)),
    ),
    max_size=24,
)


@given(steps=STEPS, instructions=TEXT)
def test_any_sequence_of_events_gives_messages_that_vendors_accept(steps: Any, instructions: str) -> None:
    conversation, speech = Conversation(instructions), Speech()
    for step in steps:
        match step:
            case ("caller", text):
                conversation.caller(text)
            case ("agent", text):
                conversation.agent(text)
            case ("note", text):
                conversation.note(text)
            case ("begins", text):
                speech = Speech()
                conversation.agent(text, speech=speech)
                conversation.agent(text, speech=speech)
            case ("ends", outcome, accepted, discarded, spoken):
                speech.ends(outcome, accepted, discarded, spoken)
            case ("tools", calls):
                conversation.tools(calls)
            case ("output", id, output, is_error):
                conversation.tool_output(id, output, is_error=is_error)
            case ("event", event):
                conversation.agent_event(event)
            case ("restore",):
                state = json.loads(json.dumps(conversation.snapshot()))
                before = conversation.anthropic()
                conversation = Conversation.restore(state)
                assert conversation.anthropic() == before
            case ("shorten", count):
                conversation.shorten = keep_last(count)
        check_all(conversation)


# --- what the model gets to know -------------------------------------------------------------------------------


def test_the_forms_of_a_conversation() -> None:
    conversation = Conversation("Be short.")
    conversation.note("The caller is Ada.")
    conversation.caller("Are you open on Sunday?")
    conversation.agent("One moment.")
    conversation.tools([CalledTool("a", "hours", {"day": "Sunday"}), CalledTool("b", "holidays")])
    assert conversation.tool_output("b", ["Easter"])
    assert conversation.tool_output("a", "No such day", is_error=True)
    conversation.agent("No.")
    conversation.caller("Thank you.")
    calls = [
        {"id": "a", "type": "function", "function": {"name": "hours", "arguments": '{"day":"Sunday"}'}},
        {"id": "b", "type": "function", "function": {"name": "holidays", "arguments": "{}"}},
    ]
    assert conversation.openai_chat() == [
        {"role": "system", "content": "Be short."},
        {"role": "system", "content": "The caller is Ada."},
        {"role": "user", "content": "Are you open on Sunday?"},
        {"role": "assistant", "content": "One moment.", "tool_calls": calls},
        {"role": "tool", "tool_call_id": "a", "content": "Error: No such day"},
        {"role": "tool", "tool_call_id": "b", "content": '["Easter"]'},
        {"role": "assistant", "content": "No."},
        {"role": "user", "content": "Thank you."},
    ]
    assert conversation.openai_responses() == [
        {"role": "developer", "content": "The caller is Ada."},
        {"role": "user", "content": "Are you open on Sunday?"},
        {"role": "assistant", "content": "One moment."},
        {"type": "function_call", "call_id": "a", "name": "hours", "arguments": '{"day":"Sunday"}'},
        {"type": "function_call", "call_id": "b", "name": "holidays", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "a", "output": "Error: No such day"},
        {"type": "function_call_output", "call_id": "b", "output": '["Easter"]'},
        {"role": "assistant", "content": "No."},
        {"role": "user", "content": "Thank you."},
    ]
    assert conversation.anthropic() == [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "(The caller is Ada.)"},
                {"type": "text", "text": "Are you open on Sunday?"},
            ],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": "One moment."},
                {"type": "tool_use", "id": "a", "name": "hours", "input": {"day": "Sunday"}},
                {"type": "tool_use", "id": "b", "name": "holidays", "input": {}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "a", "content": "No such day", "is_error": True},
                {"type": "tool_result", "tool_use_id": "b", "content": '["Easter"]'},
            ],
        },
        {"role": "assistant", "content": [{"type": "text", "text": "No."}]},
        {"role": "user", "content": [{"type": "text", "text": "Thank you."}]},
    ]


def texts_of(conversation: Conversation) -> list[str]:
    return [message["content"] for message in conversation.openai_chat()]


def test_of_an_answer_that_was_cut_off_the_model_knows_what_was_taken() -> None:
    conversation, speech = Conversation(), Speech()
    conversation.caller("Hours?")
    said = conversation.agent("From two to six. On Sundays we are closed.", speech=speech)
    assert texts_of(conversation)[-1] == said.text, "while it is live, nothing is known to have stopped it"
    speech.ends(Outcome.CUT, "From two to six. ", "On Sundays we are closed.")
    conversation.caller("Fine.")
    assert texts_of(conversation) == ["Hours?", "From two to six.", INTERRUPTED, "Fine."]
    assert (said.outcome, said.exact) == ("cut", False)


def test_what_the_server_reports_as_spoken_is_more_exact_also_when_it_comes_late() -> None:
    conversation, speech = Conversation(), Speech()
    said = conversation.agent("From two to six.", speech=speech)
    speech.ends(Outcome.CUT, "From two to six.")
    conversation.caller("Fine.")
    speech.spoken = "From two"
    assert texts_of(conversation) == ["From two", INTERRUPTED, "Fine."]
    assert said.exact


def test_an_answer_of_which_nothing_was_heard_is_left_out() -> None:
    conversation, speech = Conversation(), Speech()
    conversation.agent("From two to six.", speech=speech.ends(Outcome.DISCARDED, "", "From two to six."))
    conversation.caller("Hello?")
    assert texts_of(conversation) == [INTERRUPTED, "Hello?"]
    assert conversation.anthropic()[0]["content"][0]["text"] == f"({INTERRUPTED})"


def test_an_answer_that_could_not_be_spoken_was_not_interrupted() -> None:
    conversation, speech = Conversation(), Speech()
    conversation.agent("From two to six.", speech=speech.ends(Outcome.DISCARDED, "", "From two to six."))
    speech.interrupted = False
    conversation.caller("Hello?")
    assert texts_of(conversation) == ["Hello?"]


def test_answers_around_a_tool_share_a_speech() -> None:
    conversation, speech = Conversation(), Speech()
    before = conversation.agent("One moment. ", speech=speech)
    conversation.tools([CalledTool("a", "f")])
    after = conversation.agent("It is five. Anything else?", speech=speech)
    speech.ends(Outcome.CUT, "One moment. It is five. ", "Anything else?")
    conversation.refresh()
    assert (before.outcome, before.heard, before.interrupted) == ("accepted", None, False)
    assert (after.outcome, after.heard, after.interrupted) == ("cut", "It is five. ", True)
    speech.ends(Outcome.CUT, "One ", "moment. It is five. Anything else?")
    conversation.refresh()
    assert (before.outcome, before.heard, before.interrupted) == ("cut", "One ", True)
    assert (after.outcome, after.heard, after.interrupted) == ("discarded", "", True)


def test_the_text_of_an_answer_can_be_the_speechs() -> None:
    conversation, speech = Conversation(), Speech()
    said = conversation.agent(speech=speech)
    speech.ends(Outcome.CUT, "From two ", "to six.")
    conversation.refresh()
    assert (said.text, said.heard) == ("From two to six.", "From two ")


def test_only_the_last_speeches_are_followed() -> None:
    conversation, first = Conversation(), Speech()
    said = conversation.agent("x", speech=first)
    for _ in range(6):
        conversation.agent("y", speech=Speech().ends(Outcome.ACCEPTED, "y"))
    first.ends(Outcome.CUT, "")
    conversation.refresh()
    assert said.outcome == "live"
    assert len(conversation._followed) <= 5


def test_a_tool_that_never_answered_is_told_as_that() -> None:
    conversation = Conversation()
    conversation.caller("x")
    conversation.tools([CalledTool("a", "f")])
    assert conversation.openai_chat()[-1]["content"] == UNANSWERED
    assert conversation.anthropic()[-1]["content"][0]["is_error"]
    assert conversation.tool_output("a", "late")
    assert not conversation.tool_output("a", "twice")
    assert not conversation.tool_output("b", "unknown")
    assert conversation.openai_chat()[-1]["content"] == "late"


def test_a_tool_that_gave_nothing_has_a_result_all_the_same() -> None:
    conversation = Conversation()
    conversation.tools([CalledTool("a", "f")])
    conversation.tool_output("a", "")
    assert conversation.openai_chat()[-1]["content"] == ""
    assert conversation.anthropic()[-1]["content"] == [{"type": "tool_result", "tool_use_id": "a"}]


def test_no_tools_are_no_item() -> None:
    conversation = Conversation()
    conversation.tools([])
    assert conversation.items == []


def test_an_output_that_is_too_long_says_so() -> None:
    conversation = Conversation()
    conversation.tools([CalledTool("a", "f")])
    conversation.tool_output("a", "x" * 50_000)
    assert len(json.dumps(conversation.snapshot())) < 34_000
    content = conversation.openai_chat()[-1]["content"]
    assert content.endswith("(The rest was left out: 50000 characters in all.)")
    assert len(content) < 33_000


def test_who_begins_and_who_ends() -> None:
    conversation = Conversation()
    assert conversation.anthropic() == [{"role": "user", "content": [{"type": "text", "text": CALL_BEGINS}]}]
    conversation.agent("Hello!")
    texts = [message["content"][0]["text"] for message in conversation.anthropic()]
    assert texts == [CALL_BEGINS, "Hello!", f"({CALLER_SILENT})"]


# --- shortening ------------------------------------------------------------------------------------------------


def long_conversation(shorten: Any) -> Conversation:
    conversation = Conversation(shorten=shorten)
    conversation.note("The caller is Ada.")
    for number in range(10):
        conversation.caller(f"Question {number}")
        conversation.tools([CalledTool(f"c{number}", "f")])
        conversation.tool_output(f"c{number}", number)
        conversation.agent(f"Answer {number}")
    return conversation


def test_the_last_of_a_conversation_is_kept_from_a_question_on() -> None:
    conversation = long_conversation(keep_last(6))
    assert [getattr(item, "text", "") for item in conversation.items] == [
        "The caller is Ada.", "Question 8", "", "Answer 8", "Question 9", "", "Answer 9",
    ]  # fmt: skip
    check_all(conversation)


def test_a_hook_may_put_a_note_in_the_place_of_what_it_drops() -> None:
    conversation = long_conversation(lambda items: [Note("They spoke of bread."), *items[-1:]])
    assert [type(item) for item in conversation.items] == [Note, CallerSaid, ToolsCalled, AgentSaid]


@pytest.mark.parametrize("returned", [None, ["text"], [{"role": "user"}], 7])
def test_a_hook_that_returns_something_else_changes_nothing(returned: Any) -> None:
    conversation = Conversation(shorten=lambda items: returned)
    with pytest.raises(LocalProtocolError, match="returns items of it, and notes"):
        conversation.caller("Hello?")
    assert conversation.items == [CallerSaid("Hello?")]


def test_nothing_but_notes_can_be_kept() -> None:
    assert keep_last(2)([Note("a"), Note("b"), Note("c")]) == [Note("a"), Note("b")]
    with pytest.raises(LocalProtocolError, match="at least one"):
        keep_last(0)


def test_a_conversation_without_end_is_bounded() -> None:
    conversation = Conversation()
    for number in range(1500):
        conversation.caller(str(number))
    assert 700 < len(conversation.items) <= 1000
    assert conversation.items[-1] == CallerSaid("1499")


# --- the agent verb --------------------------------------------------------------------------------------------


class Event:
    """A payload of the library."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.raw = raw


def test_events_of_an_agent_verb() -> None:
    conversation = Conversation()
    for event in (
        {"type": "user_transcript", "transcript": "Are you open?"},
        {"tool_call_id": "t1", "name": "hours", "arguments": {"day": "Sunday"}},
        {"type": "llm_response", "response": "No, on Sundays we are closed."},
        {"type": "agent_response", "response": "No, on Sundays we are closed."},
        {"type": "user_interruption"},
        {
            "type": "turn_end",
            "transcript": "Are you open?",
            "response": "No, on Sundays",
            "interrupted": True,
        },
        {"type": "turn_end", "transcript": "Fine.", "response": "Goodbye.", "latency": {}},
        {"tool_call_id": "t2", "name": "bye", "args": "no object"},
        {"type": "user_transcript"},
    ):
        conversation.agent_event(Event(event))
    conversation.tool_output("t1", "closed")
    assert texts_of(conversation) == [
        "Are you open?", None, "closed", "No, on Sundays", INTERRUPTED, "Fine.", "Goodbye.", UNANSWERED,
    ]  # fmt: skip


def test_events_of_the_call_carry_them() -> None:
    conversation = Conversation()
    said = {"type": "user_transcript", "transcript": "Are you open?"}
    message = {"type": "agent:event", "data": said}
    conversation.agent_event(AgentEvent("/event", said, "user_transcript", raw=message))
    tool_call = {"tool_call_id": "a", "name": "f"}
    conversation.agent_event(Event({"type": "agent:tool-call", **tool_call, "data": tool_call}))
    assert conversation.items == [CallerSaid("Are you open?")]


@pytest.mark.parametrize("event", [7, Event({"type": "call:status"}), {"type": "agent:event", "data": 7}])
def test_what_is_no_event_is_passed_over(event: Any) -> None:
    conversation = Conversation()
    conversation.agent_event(event)
    assert conversation.items == []


# --- other processes, and mistakes -----------------------------------------------------------------------------


def test_a_conversation_goes_on_in_another_process() -> None:
    conversation = long_conversation(None)
    state = json.loads(json.dumps(conversation.snapshot()))
    restored = Conversation.restore(state, shorten=keep_last(3))
    assert restored.items == conversation.items
    restored.caller("Still there?")
    assert len(restored.items) < 4


@pytest.mark.parametrize(
    "state",
    [
        None,
        {},
        {"version": 2, "instructions": "", "items": []},
        {"instructions": "", "items": [{"type": "x"}]},
    ],
)
def test_other_state_is_refused(state: Any) -> None:
    with pytest.raises(InvalidSnapshot, match="state of a conversation"):
        Conversation.restore(state)


@pytest.mark.parametrize("text", [None, 7, b"x", ["x"]])
def test_what_is_no_text_is_refused(text: Any) -> None:
    conversation = Conversation()
    for say in (conversation.caller, conversation.agent, conversation.note):
        with pytest.raises(LocalProtocolError, match="is a text, not a"):
            say(text)
    assert conversation.items == []


def test_what_is_no_json_becomes_text() -> None:
    conversation = Conversation()
    conversation.tools([CalledTool("a", "f", {"when": {1, 2}})])
    conversation.tool_output("a", object())
    conversation.snapshot()
    check_all(conversation)
