"""Nothing that an application sends, and nothing that anybody does, makes the engine raise or stop."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_core.simulator import (
    Answer,
    Busy,
    CallSetup,
    DropConnection,
    Finished,
    HangUp,
    Hold,
    JoinConference,
    LeaveConference,
    LeaveQueue,
    ModelCallsTool,
    ModelEnds,
    ModelSends,
    ModelTurn,
    NotifyTransfer,
    PressKeys,
    ReachMachine,
    Refer,
    RefuseTransfer,
    SendAudio,
    SendSip,
    SimulatorOptions,
    SlowVendor,
    Speak,
    SttFailure,
    TakeFromQueue,
    TtsFailure,
    UpdateCall,
    VendorDown,
    VendorUp,
    WaitInQueue,
    Warned,
)
from jambonz_core.simulator.app_commands import HANDLERS
from jambonz_core.simulator.verbs.verb_classes import CLASSES
from jambonz_core.verbs.profiles import V0_9, V10

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)

GOOD: dict[str, dict[str, Any]] = {
    "agent": {"llm": {"vendor": "openai", "llmOptions": {}}, "eventHook": "/e"},
    "alert": {"message": "m"},
    "answer": {},
    "conference": {"name": "c", "waitHook": "/w", "startConferenceOnEnter": False},
    "config": {
        "bargeIn": {"enable": True, "sticky": True, "actionHook": "/b"},
        "ttsStream": {"enable": True},
    },
    "dequeue": {"name": "q", "timeout": 2},
    "dial": {
        "target": [
            {"type": "phone", "number": "1"},
            {"type": "phone", "number": "2", "confirmHook": {"url": "/c"}},
        ],
        "timeout": 2,
        "referHook": "/refer",
        "onHoldHook": "/hold",
        "dtmfHook": "/d",
        "dtmfCapture": ["1"],
        "amd": {"actionHook": "/amd"},
        "listen": {"url": "/audio"},
        "transcribe": {"transcriptionHook": "/t", "recognizer": {"vendor": "default"}},
    },
    "dtmf": {"dtmf": "1"},
    "dub": {"action": "addTrack", "track": "t"},
    "enqueue": {"name": "q", "waitHook": "/w"},
    "gather": {
        "input": ["speech", "digits"],
        "timeout": 2,
        "say": {"text": "a prompt"},
        "partialResultHook": "/p",
    },
    "hangup": {},
    "leave": {},
    "listen": {"url": "/audio", "maxLength": 2},
    "llm": {"vendor": "openai", "llmOptions": {}, "eventHook": "/e"},
    "message": {"from": "1", "to": "2", "text": "t"},
    "pause": {"length": 1},
    "play": {"url": "http://x/y.wav"},
    "redirect": {"actionHook": "/r"},
    "say": {"text": "Some text. And more", "stream": True},
    "sip:decline": {"status": 480},
    "sip:refer": {"referTo": "sip:x@y", "eventHook": "/e"},
    "sip:request": {"method": "INFO"},
    "tag": {"data": {}},
    "transcribe": {"transcriptionHook": "/t", "recognizer": {"vendor": "default", "interim": True}},
    "transfer": {"mode": "warm", "target": [{"type": "phone", "number": "1"}], "timeout": 1},
}

_HOOKED = {
    "agent",
    "conference",
    "dequeue",
    "dial",
    "enqueue",
    "gather",
    "listen",
    "llm",
    "message",
    "play",
} | {
    "sip:refer",
    "sip:request",
    "transfer",
}


def _verb(name: str) -> dict[str, Any]:
    hook = {"actionHook": "/h"} if name in _HOOKED else {}
    return {"verb": name, **GOOD[name], **hook}


VERBS = st.lists(st.sampled_from(sorted(GOOD)).map(_verb), max_size=4)
ANSWERS: st.SearchStrategy[Any] = st.just([]) | VERBS | VERBS | JSON

STEPS = st.one_of(
    st.tuples(st.just("ack"), st.tuples(st.sampled_from([0, -1]), ANSWERS)),
    st.tuples(st.just("redirect"), ANSWERS),
    st.tuples(st.just("queue"), VERBS),
    st.tuples(st.just("command"), st.tuples(st.sampled_from(sorted(HANDLERS)), JSON)),
    st.tuples(
        st.just("rest"),
        st.dictionaries(st.sampled_from(["call_hook", "tag", "whisper", "record", "dub"]), JSON),
    ),
    st.tuples(st.just("children"), st.just({"child_call_hook": "/child"})),
    st.tuples(st.just("tokens"), st.text(max_size=30)),
    st.tuples(st.just("wait"), st.sampled_from([0.001, 0.3, 2.0, 6.0])),
    st.tuples(
        st.just("act"),
        st.sampled_from(
            [
                Speak("one two three"),
                PressKeys("12#"),
                HangUp(),
                SttFailure(),
                VendorDown(),
                ModelEnds(),
                DropConnection(),
                DropConnection(1000),
                Answer("b1"),
                Answer("b2"),
                Busy("b2"),
                HangUp("b1"),
                HangUp("b2"),
                Refer("sip:x@y"),
                Refer("sip:x@y", leg="b1"),
                Hold(),
                Hold("b1"),
                Hold("b1", on=False),
                SendSip("INFO", "x"),
                SendSip("INFO", "x", leg="b1"),
                Speak("four five", leg="b1"),
                PressKeys("1", leg="b1"),
                SendAudio(bytes(320)),
                ReachMachine("amd_machine_detected"),
                JoinConference("c"),
                LeaveConference("c"),
                WaitInQueue("q"),
                TakeFromQueue("q"),
                LeaveQueue("q"),
                NotifyTransfer(100),
                NotifyTransfer(200),
                RefuseTransfer(603),
                ModelSends({"type": "x"}),
                ModelCallsTool("tool"),
                ModelTurn("An answer."),
                SlowVendor(0.5),
                VendorUp(),
                TtsFailure(),
            ]
        ),
    ),
)


@pytest.mark.parametrize("profile", [V0_9, V10], ids=["0.9", "v10"])
@given(first=st.none() | VERBS, steps=st.lists(STEPS, max_size=20), outbound=st.booleans())
def test_whatever_happens_the_call_comes_to_an_end(
    bench: Any, profile: Any, first: Any, steps: Any, outbound: bool
) -> None:
    setup = CallSetup(direction="outbound" if outbound else "inbound")
    call = bench(profile=profile, setup=setup, options=SimulatorOptions(pick_up_seconds=0.1))
    acked: set[str] = set()
    call.run(0.7)
    if first:
        acked.add(call.message("session:new")["msgid"])
        call.begin(*first)
    for what, value in steps:
        if what == "ack":
            which, value = value
            owed = [m for m in call.messages if m["type"] in _OWED and m["msgid"] not in acked]
            if owed:
                acked.add(owed[which]["msgid"])
                call.ack(owed[which], value)
        elif what in {"redirect", "queue"}:
            call.command("redirect", value, queue=what == "queue")
        elif what == "children":
            call.command("redirect", value)
        elif what == "command":
            call.command(*value)
        elif what == "rest":
            call.act(UpdateCall(value))
        elif what == "tokens":
            call.command("tts:tokens", {"id": 1, "tokens": value})
        elif what == "wait":
            call.run(value)
        else:
            call.act(value)
    call.act(HangUp())
    for leg in call.engine.independent:
        call.act(HangUp(leg))
    for _ in range(20):
        for message in list(call.messages):
            if message["type"] in _OWED and message["msgid"] not in acked:
                acked.add(message["msgid"])
                call.ack(message, [])
        call.run(5.0)
    assert call.engine.over
    assert call.engine.running == ""
    assert call.engine.independent == []
    told = [type(event) for event in call.events if not isinstance(event, Warned)]
    assert (told.count(Finished), told[-1]) == (1, Finished)
    assert call.engine.deadline is None


_OWED = {
    "session:new",
    "session:reconnect",
    "session:redirect",
    "session:adulting",
    "dial:confirm",
    "verb:hook",
}


@given(frames=st.lists(st.binary(max_size=40) | st.text(max_size=40) | JSON.map(json.dumps), max_size=5))
def test_any_frame_can_come(bench: Any, frames: list[Any]) -> None:
    call = bench()
    call.begin({"verb": "pause", "length": 1})
    call.take(call.engine.receive_together(call.socket, frames, call.now))
    call.run(2.0)


@given(
    st.sampled_from(sorted(GOOD)),
    st.dictionaries(st.sampled_from(["id", "text", "url", "x", "say"]), JSON, max_size=2),
)
def test_any_property_is_refused_or_understood(bench: Any, verb: str, more: dict[str, Any]) -> None:
    for profile in (V0_9, V10):
        call = bench(profile=profile)
        call.begin({"verb": verb, **GOOD[verb], **more}, seconds=3.0)
        call.act(HangUp())


def test_every_verb_is_among_the_examples() -> None:
    assert set(GOOD) == set(CLASSES) - {"dialogflow", "lex", "rasa"}


@given(st.text(max_size=40) | st.binary(max_size=40), st.sampled_from([200, 204, 404]))
def test_any_http_answer_can_come(bench: Any, body: Any, status: int) -> None:
    call = bench(url="http://app.example/", connect=False)
    call.take(call.engine.http_answered(1, status, body, 0.1))
    call.run(1.0)
