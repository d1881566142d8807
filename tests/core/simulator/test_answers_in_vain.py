"""Answers to hooks that a real server drops, or refuses, with a line in its log at most."""

from __future__ import annotations

from typing import Any

import pytest

from jambonz_core.simulator import Answer, LeaveQueue, Speak, TakeFromQueue, Warned
from jambonz_core.verbs.profiles import Profile

SAY = {"verb": "say", "text": "Fifteen chars.."}
TARGET = [{"type": "phone", "number": "4712"}]
REFUSED = [{"verb": "sing"}]

ENDING_BY_THEMSELVES = [
    {"verb": "play", "url": "http://x/a.wav"},
    {"verb": "gather", "input": ["digits"], "timeout": 1},
    {"verb": "listen", "url": "/s", "maxLength": 1},
    {"verb": "dial", "target": TARGET, "timeout": 1},
    {"verb": "dequeue", "name": "q", "timeout": 1},
    {"verb": "message", "from": "1", "to": "2", "text": "Hello"},
]


@pytest.mark.parametrize("verb", ENDING_BY_THEMSELVES, ids=lambda verb: str(verb["verb"]))
def test_a_refused_answer_to_an_action_hook_is_named(
    bench: Any, profile: Profile, verb: dict[str, Any]
) -> None:
    call = bench(profile=profile)
    call.begin({**verb, "actionHook": "/done"}, {"verb": "pause", "length": 9})
    call.run(3.0)
    call.ack(call.hook("/done"), REFUSED)
    assert call.warnings() == ["invalid-verbs"]
    (warning,) = call.all(Warned)
    assert f"the action hook of {verb['verb']}" in warning.text
    assert call.engine.running == "pause"


def test_verbs_for_a_dial_that_was_replaced_are_dropped(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "dial", "target": TARGET, "actionHook": "/done"})
    call.run(1.0)
    call.act(Answer("b1"))
    call.run(1.0)
    call.command("redirect", [{"verb": "pause", "length": 9}])
    call.ack(call.hook("/done"), [SAY])
    assert call.warnings() == ["verbs-dropped"]
    assert call.engine.running == "pause"


def test_verbs_for_an_enqueue_are_run_unless_it_was_replaced(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "enqueue", "name": "q", "actionHook": "/done"})
    call.act(TakeFromQueue("q"))
    call.run(1.0)
    call.act(LeaveQueue("q"))
    call.ack(call.hook("/done"), [SAY])
    assert (call.warnings(), call.engine.running) == ([], "say")
    call.command("redirect", [{"verb": "enqueue", "name": "q", "actionHook": "/again"}])
    call.command("redirect", [SAY])
    call.ack(call.hook("/again"), [{"verb": "pause"}])
    assert (call.warnings(), call.engine.running) == (["verbs-dropped"], "say")


def test_verbs_for_a_partial_result_are_dropped(bench: Any) -> None:
    call = bench()
    gather = {"verb": "gather", "input": ["speech"], "actionHook": "/g", "partialResultHook": "/p"}
    call.begin(gather)
    call.act(Speak("one two three four", duration=2.0))
    call.run(1.2)
    call.ack(call.hook("/p"), [SAY])
    assert call.warnings() == ["verbs-dropped"]
    assert call.engine.running == "gather"


def test_verbs_for_a_transcription_inside_a_dial_are_dropped(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "dial", "target": TARGET, "transcribe": {"transcriptionHook": "/t"}})
    call.run(1.0)
    call.act(Answer("b1"))
    call.run(1.0)
    call.act(Speak("hello there", leg="b1"))
    call.run(3.0)
    call.ack(call.hook("/t"), [SAY])
    assert call.warnings() == ["verbs-dropped"]
    assert call.engine.running == "dial"
