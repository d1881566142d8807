"""What happened, told: transcripts, hooks, verbs; and the corners of the phone that no conversation reaches."""

from __future__ import annotations

from typing import Any

import pytest

import jambonz_anyio.testing as kit
from jambonz_anyio import App, Call
from jambonz_anyio.testing import (
    Acted,
    AppFailed,
    AppLogged,
    ExpectationFailed,
    FrameReceived,
    Noted,
    Record,
    dial,
    line_of,
)
from jambonz_anyio.testing.records import What, seen
from jambonz_anyio.testing.transcript import describe, transcript
from jambonz_core.simulator import (
    AbortConnection,
    Bridged,
    CallCompleted,
    ClipHeard,
    CommandTaken,
    Finished,
    HookAnswered,
    HookSent,
    HookUnanswered,
    LegChanged,
    MessageSent,
    Played,
    SendAudio,
    SipSent,
    SpeechStarted,
    Spoken,
    StatusSent,
    VerbEnded,
    VerbStarted,
    Warned,
)


@pytest.mark.parametrize(
    ("what", "line"),
    [
        (Played("caller", "a.mp3", 1.5, cut=True), "caller   hears a.mp3 (1.5 s, cut off)"),
        (Spoken("caller", "Hello", "", cut=True), "caller   hears nothing — cut off, the whole was “Hello”"),
        (ClipHeard("caller", "c1", 2.0), "caller   hears the clip c1 (2.0 s)"),
        (LegChanged("b1", "ringing", 180, "+47"), "b1       is ringing 180 (to +47)"),
        (Bridged("caller", "b1"), "caller   is connected to b1"),
        (CallCompleted("failed", 0), "caller   is gone: ended by failed after 0 s"),
        (SipSent("caller", "BYE"), "caller   gets SIP BYE"),
        (SipSent("caller", "BYE", {"X-Reason": "x"}), "caller   gets SIP BYE {'X-Reason': 'x'}"),
        (VerbStarted("say", "", "b1"), "b1       runs say"),
        (VerbEnded("say", "", "killed"), "call     say was killed"),
        (HookAnswered("verb:hook", "/a", [], 0.1), "hook     verb:hook /a → nothing to add (0.10 s)"),
        (
            HookAnswered("verb:hook", "/a", {"a": "b" * 200}, 0.1),
            f"hook     verb:hook /a → {{'a': '{'b' * 93}… (0.10 s)",
        ),
        (
            HookAnswered("verb:hook", "/a", [{"say": {"text": "x"}}], 0.1),
            "hook     verb:hook /a → [say] (0.10 s)",
        ),
        (HookUnanswered("session:new", "", "timeout"), "fault    session:new got no answer: timeout"),
        (MessageSent("jambonz:error", "", {"msg": "x"}), "fault    jambonz:error {'msg': 'x'}"),
        (MessageSent("tts:streaming-event", "", {"event_type": "stream_open"}), "stream   stream_open"),
        (Warned("a-code", "A text.", "A hint."), "fault    a-code: A text. A hint."),
        (AbortConnection(1), "network  cuts the connection"),
        (AppLogged("ERROR", "failed"), "app log  ERROR: failed"),
        (AppFailed(OSError("x")), "fault    the application failed: OSError('x')"),
        (Noted("a note"), "note     a note"),
    ],
)
def test_each_thing_has_a_line(what: What, line: str) -> None:
    assert line_of(Record(1.25, what)) == f"    1.25  {line}"


@pytest.mark.parametrize(
    "what",
    [
        StatusSent({}),
        Finished(),
        FrameReceived(1, "{}"),
        CommandTaken("tts:tokens", {"tokens": "x"}),
        VerbEnded("say", "", "finished"),
        VerbEnded("gather", "", "killed"),
        Acted(SendAudio(b"")),
    ],
)
def test_what_nobody_misses_has_none(what: What) -> None:
    assert describe(what) is None
    assert line_of(Record(0.0, what)) is None


def test_what_is_being_said_is_told_at_the_end() -> None:
    records = [Record(1.0, SpeechStarted("caller", "A long story")), Record(2.0, Noted("meanwhile"))]
    assert transcript(records).splitlines() == [
        "    2.00  note     meanwhile",
        "    1.00  caller   is hearing “A long story”",
    ]


def test_answers_find_their_hooks() -> None:
    result = seen(
        [
            Record(1.0, HookSent("verb:hook", "/a", {"n": 1}, "m1")),
            Record(2.0, HookSent("verb:hook", "/a", {"n": 2}, "m2")),
            Record(2.5, HookAnswered("verb:hook", "/a", ["two"], 0.5)),
            Record(6.0, HookUnanswered("verb:hook", "/a", "timeout")),
            Record(6.0, HookUnanswered("verb:hook", "/b", "timeout")),
            Record(6.0, HookAnswered("verb:hook", "/c", [], 0.5)),
            Record(7.0, VerbStarted("say", "x")),
            Record(8.0, VerbEnded("say", "x", "finished")),
            Record(8.0, VerbEnded("say", "y", "finished")),
            Record(9.0, CommandTaken("redirect", [])),
        ]
    )
    first, second = result.hooks
    assert (first.unanswered, first.answered) == ("timeout", False)
    assert (second.answer, second.latency, second.answered) == (["two"], 0.5, True)
    [verb] = result.verbs
    assert (verb.outcome, verb.at, verb.ended_at) == ("finished", 7.0, 8.0)
    assert len(result.commands) == 1


def test_sounds_come_with_the_package() -> None:
    assert kit.audio.RATE == 8000


app = App()


@app.call("/")
async def prompts(call: Call) -> None:
    await call.say(text="And again.", loop="forever").send()


@app.call("/llm")
async def llm(call: Call) -> None:
    await call.llm(
        vendor="openai", model="m", auth={"apiKey": "k"}, llmOptions={"response_create": {}}, toolHook="/tool"
    ).send()


async def test_a_prompt_that_never_ends_ends_patience(virtual_time: Any) -> None:
    async with dial(app, "/") as phone:
        with pytest.raises(ExpectationFailed, match="something is still being played"):
            await phone.says("hello", timeout=1)
        assert phone.at >= 600


async def test_nobody_can_speak_for_a_party_that_is_not_there(virtual_time: Any) -> None:
    async with dial(app, "/") as phone:
        with pytest.raises(ExpectationFailed, match="there is no b1"):
            await phone.party("b1").says("hello", timeout=1)


async def test_a_model_that_is_not_answered_or_updated(virtual_time: Any) -> None:
    async with dial(app, "/llm") as phone:
        with pytest.raises(ExpectationFailed, match="the output of the tool get_weather"):
            await phone.model.calls("get_weather")
        with pytest.raises(ExpectationFailed, match="the command llm:update"):
            await phone.model.is_updated()
