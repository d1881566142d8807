"""What can be seen of a call at one instant, and what an event tells of a text that begins."""

from __future__ import annotations

from typing import Any

from jambonz_core.simulator import Answer, Ring, Speak, SpeechStarted


def test_a_call_that_is_not_answered(bench: Any) -> None:
    now = bench().engine.situation
    [caller] = now.parties
    assert (caller.leg, caller.number, caller.state, caller.talks_to) == ("caller", "", "trying", "")
    assert (caller.hears, caller.speaks, caller.words_are_heard, caller.keys_are_heard) == (False,) * 4
    assert (now.running, now.queued, now.beside, now.idle) == ((), (), (), False)
    assert now.party("b1") is None


def test_a_gather_tells_what_it_takes_and_until_when(bench: Any) -> None:
    call = bench()
    gather = {"verb": "gather", "input": ["speech", "digits"], "timeout": 5, "say": {"text": "x" * 15}}
    call.begin(
        {"verb": "answer"}, {**gather, "actionHook": "/g"}, {"verb": "pause", "length": 2}, seconds=0.5
    )
    [verb] = call.engine.situation.running
    # Its time begins to run when its prompt is over.
    assert (verb.verb, verb.leg, verb.listens_to, verb.until) == (
        "gather",
        "caller",
        ("speech", "digits"),
        None,
    )
    [queued] = call.engine.situation.queued
    assert (queued.verb, queued.until, queued.spec["length"]) == ("pause", None, 2)
    caller = call.engine.situation.party("caller")
    assert caller.hears
    assert caller.words_are_heard
    assert caller.keys_are_heard
    call.run(1.0)
    [verb] = call.engine.situation.running
    assert verb.until is not None
    assert abs(verb.until - 6.05) < 0.02
    call.act(Speak("one two"))
    assert call.engine.situation.party("caller").speaks
    call.run(2.0)
    # It has its answer, and waits for that of its hook.
    [verb] = call.engine.situation.running
    assert (verb.verb, verb.until) == ("gather", None)


def test_a_pause_tells_when_it_is_over_and_an_idle_call_that_it_is(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "answer"}, {"verb": "pause", "length": 2}, seconds=1.0)
    [pause] = call.engine.situation.running
    assert pause.until is not None
    assert abs(pause.until - 2.05) < 0.02
    call.run(2.0)
    now = call.engine.situation
    assert (now.running, now.idle) == ((), True)


def test_barge_in_runs_beside_the_verbs(bench: Any) -> None:
    call = bench()
    barge_in = {"enable": True, "input": ["digits"], "actionHook": "/b"}
    call.begin({"verb": "config", "bargeIn": barge_in}, {"verb": "answer"}, seconds=0.5)
    [beside] = call.engine.situation.beside
    assert beside.verb == "bargeIn"
    caller = call.engine.situation.party("caller")
    assert (caller.words_are_heard, caller.keys_are_heard) == (False, True)


def test_parties_who_are_dialled_and_what_they_hear_of_each_other(bench: Any) -> None:
    call = bench()
    target = [{"type": "phone", "number": "+4712"}]
    call.begin({"verb": "dial", "target": target, "actionHook": "/d"}, seconds=0.1)
    called = call.engine.situation.party("b1")
    assert (called.number, called.state) == ("+4712", "trying")
    call.act(Ring())
    assert call.engine.situation.party("b1").state == "ringing"
    call.act(Answer())
    call.run(0.2)
    assert call.engine.situation.party("b1").talks_to == "caller"
    call.act(Speak("Hello there", duration=4.0))
    started = call.all(SpeechStarted)[-1]
    assert started == SpeechStarted("b1", "Hello there", 4.0, "caller")


def test_a_text_tells_how_long_it_takes_and_whether_it_is_streamed(bench: Any) -> None:
    call = bench()
    call.begin(
        {"verb": "say", "text": "x" * 30}, {"verb": "say", "text": "Bye.", "stream": True}, seconds=3.0
    )
    spoken, streamed = call.all(SpeechStarted)
    assert (spoken.seconds, spoken.speaker, spoken.streamed) == (2.0, "", False)
    assert (streamed.text, streamed.streamed) == ("Bye.", True)
