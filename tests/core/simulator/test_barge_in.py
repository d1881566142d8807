"""Background barge-in: when the caller may interrupt, what is told, and what happens to the stack."""

from __future__ import annotations

from typing import Any

import pytest

from jambonz_core.simulator import PressKeys, Speak

SAY = {"verb": "say", "text": "x" * 150}  # ten seconds
LONG = {"verb": "pause", "length": 60}


def config(**barge_in: Any) -> dict[str, Any]:
    return {
        "verb": "config",
        "ttsStream": {"enable": True},
        "bargeIn": {"enable": True, "actionHook": "/h", **barge_in},
    }


OFF = {"verb": "config", "bargeIn": {"enable": False}}


def streaming(call: Any) -> list[str]:
    return [m["data"]["event_type"] for m in call.messages if m["type"] == "tts:streaming-event"]


def test_the_caller_interrupts_and_the_stack_is_cleared(bench: Any) -> None:
    call = bench()
    call.begin(config(), SAY, SAY, seconds=1.0)
    call.act(Speak("wait a moment please", duration=2.0, interims=4))
    call.run(0.6)
    assert streaming(call) == ["stream_open", "user_interruption"]
    assert (call.engine.running, call.engine.queued) == ("", [])
    assert len(call.spoken()) == 1
    call.run(3.0)
    assert call.hook("/h")["data"]["speech"]["alternatives"][0]["transcript"] == "wait a moment please"
    assert streaming(call).count("user_interruption") == 1
    call.ack(call.hook("/h"), [LONG])
    assert call.engine.running == "pause"
    # Not sticky: it happens once.
    call.act(Speak("again"))
    call.run(3.0)
    assert call.engine.running == "pause"


def test_enough_words_are_needed_or_the_final_result(bench: Any) -> None:
    call = bench()
    call.begin(config(minBargeinWordCount=3), SAY, seconds=1.0)
    call.act(Speak("one two", duration=1.0, interims=2))
    call.run(1.2)
    assert call.engine.running == "say"
    call.run(0.4)
    assert call.engine.running == ""
    assert streaming(call)[-1] == "user_interruption"


def test_voice_alone_is_enough_without_a_word_count(bench: Any) -> None:
    call = bench()
    call.begin(config(minBargeinWordCount=0), SAY, seconds=1.0)
    call.act(Speak("hm", duration=5.0))
    assert call.engine.running == ""


def test_it_is_announced_also_when_nothing_plays(bench: Any) -> None:
    call = bench()
    call.begin(config(), seconds=1.0)
    call.act(Speak("hello there"))
    call.run(3.0)
    assert streaming(call) == ["stream_open", "user_interruption"]


def test_a_sticky_one_listens_again_after_its_hook_was_acked(bench: Any) -> None:
    call = bench()
    call.begin(config(sticky=True), SAY, seconds=1.0)
    call.act(Speak("first"))
    call.run(2.0)
    first = call.hook("/h")
    call.act(Speak("unheard", duration=0.5))  # the ack is owed, so nobody listens
    call.run(2.0)
    assert call.hook("/h") is first
    call.ack(first, [SAY])
    call.run(1.0)
    call.act(Speak("second"))
    call.run(2.0)
    assert call.hook("/h")["data"]["speech"]["alternatives"][0]["transcript"] == "second"
    assert call.engine.running == ""
    assert streaming(call).count("user_interruption") == 2


def test_after_a_single_run_a_new_one_no_longer_clears_the_stack(bench: Any) -> None:
    call = bench()
    call.begin(config(), seconds=1.0)
    call.act(Speak("first"))
    call.run(2.0)
    call.ack(call.hook("/h"), [config(), SAY, LONG])
    call.run(1.0)
    call.act(Speak("second"))
    call.run(1.5)
    assert streaming(call).count("user_interruption") == 2
    assert call.engine.running == "pause"  # the text was cut, but the rest of the stack went on
    assert call.hook("/h")["data"]["speech"]["alternatives"][0]["transcript"] == "second"


@pytest.mark.parametrize("properties", [{"input": ["digits"], "numDigits": 1}, {"dtmfBargein": True}])
def test_keys_interrupt_too(bench: Any, properties: dict[str, Any]) -> None:
    call = bench()
    call.begin(config(**properties), SAY, seconds=1.0)
    call.act(PressKeys("5"))
    assert call.engine.running == ""
    assert ("verb:hook" in call.types()) is ("numDigits" in properties)


def test_switching_it_off_announces_an_interruption_that_was_none(bench: Any) -> None:
    call = bench()
    call.begin(config(), LONG, seconds=1.0)
    call.command("config", {"bargeIn": {"enable": False}})
    assert streaming(call) == ["stream_open", "user_interruption"]
    call.act(Speak("hello"))
    call.run(2.0)
    assert call.engine.running == "pause"
    call.command("config", {"bargeIn": {"enable": False}})
    assert streaming(call) == ["stream_open", "user_interruption"]


def test_the_stack_is_cleared_up_to_where_barge_in_ends_anyway(bench: Any) -> None:
    call = bench()
    call.begin(config(), SAY, SAY, OFF, LONG, seconds=1.0)
    call.act(Speak("hello there"))
    call.run(0.9)
    assert call.engine.running == "pause"
    call.run(2.0)
    assert call.hook("/h")  # it was not switched off: the rest of the sentence was heard


def test_a_gather_is_skipped_while_it_is_on(bench: Any) -> None:
    call = bench()
    gather = {"verb": "gather", "input": ["speech"], "timeout": 3, "actionHook": "/g"}
    call.begin({"verb": "config", "notifyEvents": True}, config(), gather, LONG, seconds=1.0)
    assert "gather-skipped" in call.warnings()
    assert call.engine.running == "pause"
    assert call.message("verb:status", name="gather")["data"]["event"] == "finished"
    call.run(3.0)
    assert call.hook("/h")["data"]["reason"] == "timeout"  # its time limit has moved
    assert call.engine.running == ""


def test_a_gather_that_needs_more_ends_barge_in(bench: Any) -> None:
    call = bench()
    gather = {"verb": "gather", "input": ["speech"], "timeout": 3, "actionHook": "/g"}
    call.begin(config(input=["digits"]), gather, seconds=1.0)
    assert call.engine.running == "gather"
    assert "user_interruption" in streaming(call)


def test_asking_twice_for_the_same_input_changes_nothing(bench: Any) -> None:
    call = bench()
    call.begin(config(), config(actionHook="/other"), seconds=1.0)
    assert call.warnings() == ["barge-in-already-on"]
    call.command("config", {"bargeIn": {"enable": True, "input": ["speech", "digits"], "actionHook": "/new"}})
    call.act(Speak("hello"))
    call.run(2.0)
    assert call.hook("/new")


def test_partial_hooks_are_accepted_and_never_called(bench: Any) -> None:
    call = bench()
    call.begin(config(partialResultHook="/partial"), seconds=1.0)
    call.act(Speak("hello there", duration=2.0))
    call.run(1.5)
    assert call.warnings() == ["partial-hook-ignored"]
    assert "verb:hook" not in call.types()


def test_webhook_applications_keep_their_stack(bench: Any) -> None:
    call = bench(url="http://app.example/voice", connect=False)
    number = call.events[-1].number
    body = (
        '[{"verb":"config","bargeIn":{"enable":true}},{"verb":"say","text":"'
        + "x" * 150
        + '"},'
        + ('{"verb":"pause","length":60}]')
    )
    call.take(call.engine.http_answered(number, 200, body, 0.1))
    call.run(1.0)
    call.act(Speak("hello there"))
    call.run(1.0)
    assert call.engine.running == "pause"
    assert len(call.spoken()) == 1
