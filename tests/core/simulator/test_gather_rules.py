"""`gather`: timers, digits, speech, prompts, and its oddities."""

from __future__ import annotations

from typing import Any

import pytest

from jambonz_core.simulator import HangUp, Played, PressKeys, SimulatorOptions, Speak, Spoken, SttFailure
from jambonz_core.verbs.profiles import V0_9

LONG = {"verb": "pause", "length": 60}
ANSWERED = 0.06
"""Seconds until a verb that answers the call runs."""


def gathering(bench: Any, *after: dict[str, Any], **properties: Any) -> Any:
    call = bench(profile=V0_9)
    call.begin({"verb": "answer"}, {"verb": "gather", "actionHook": "/g", **properties}, *after, seconds=0.1)
    return call


def result(call: Any) -> dict[str, Any]:
    data = call.hook("/g")["data"]
    return {name: data[name] for name in ("reason", "digits", "details") if name in data}


def transcript(call: Any) -> str:
    return str(call.hook("/g")["data"]["speech"]["alternatives"][0]["transcript"])


# --- time ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("timeout", "seconds"), [({}, 15), ({"timeout": 3}, 3)])
def test_it_times_out(bench: Any, timeout: dict[str, int], seconds: float) -> None:
    call = gathering(bench, **timeout)
    call.run(seconds - 0.2)
    assert "verb:hook" not in call.types()
    call.run(0.3)
    assert result(call) == {"reason": "timeout"}


def test_no_timeout_at_all(bench: Any) -> None:
    call = gathering(bench, timeout=0)
    call.run(600)
    assert "verb:hook" not in call.types()


def test_the_timer_starts_when_the_prompt_ends(bench: Any) -> None:
    call = gathering(bench, timeout=1, say={"text": "x" * 30})  # two seconds
    call.run(2.5)
    assert "verb:hook" not in call.types()
    call.run(0.6)
    assert result(call) == {"reason": "timeout"}


def test_interim_speech_restarts_the_timer(bench: Any) -> None:
    call = gathering(bench, input=["speech"], timeout=1)
    call.act(Speak("one two three four five six", duration=3.0, interims=6))
    call.run(4.0)
    assert transcript(call) == "one two three four five six"


# --- digits -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", ["numDigits", "maxDigits"])
def test_as_many_digits_as_wanted(bench: Any, limit: str) -> None:
    call = gathering(bench, **{limit: 3})
    call.act(PressKeys("1234"))
    call.run(1.0)
    assert result(call) == {"reason": "dtmfDetected", "digits": "123"}


def test_the_key_that_ends_it_is_not_among_the_digits(bench: Any) -> None:
    call = gathering(bench, finishOnKey="#")
    call.act(PressKeys("12#"))
    call.run(1.0)
    assert result(call) == {"reason": "dtmfDetected", "digits": "12"}
    alone = gathering(bench, finishOnKey="#")
    alone.act(PressKeys("#"))
    assert result(alone) == {"reason": "dtmfDetected", "digits": ""}


def test_the_pause_between_digits_works_only_with_a_minimum(bench: Any) -> None:
    without = gathering(bench, interDigitTimeout=1, timeout=5)
    without.act(PressKeys("12"))
    without.run(4.0)
    assert "verb:hook" not in without.types()
    without.run(2.0)
    assert result(without) == {"reason": "timeout"}  # and the digits count for nothing
    with_minimum = gathering(bench, interDigitTimeout=1, minDigits=2, timeout=5)
    with_minimum.act(PressKeys("12"))
    with_minimum.run(1.3)
    assert result(with_minimum) == {"reason": "dtmfDetected", "digits": "12"}


@pytest.mark.parametrize(
    ("pressed", "expected"),
    [("12", {"reason": "dtmfDetected", "digits": "12"}), ("1", {"reason": "timeout"})],
)
def test_digits_at_the_time_out(bench: Any, pressed: str, expected: dict[str, str]) -> None:
    call = gathering(bench, minDigits=2, timeout=2)
    call.act(PressKeys(pressed))
    call.run(3.0)
    assert result(call) == expected


def test_the_first_digit_ends_recognition(bench: Any) -> None:
    call = gathering(bench, input=["speech", "digits"], numDigits=2, timeout=10)
    call.act(PressKeys("1"))
    call.act(Speak("never heard"))
    call.run(5.0)
    assert "verb:hook" not in call.types()
    call.act(PressKeys("2"))
    assert result(call) == {"reason": "dtmfDetected", "digits": "12"}
    call.act(PressKeys("3"))  # after the end, nothing happens


def test_keys_mean_nothing_to_a_gather_for_speech(bench: Any) -> None:
    call = gathering(bench, input=["speech"], timeout=2)
    call.act(PressKeys("1"))
    call.run(3.0)
    assert result(call) == {"reason": "timeout"}


# --- speech -------------------------------------------------------------------------------------------------


def test_the_payload_of_speech(bench: Any) -> None:
    call = gathering(bench, input=["speech"], id="g1")
    call.act(Speak("good morning", confidence=0.8))
    call.run(2.0)
    data = call.hook("/g")["data"]
    assert (data["reason"], data["verb_id"], data["call_status"]) == ("speechDetected", "g1", "in-progress")
    speech = data["speech"]
    assert speech["language_code"] == "en-US"
    assert (speech["channel_tag"], speech["is_final"]) == (1, True)
    assert speech["alternatives"] == [{"confidence": 0.8, "transcript": "good morning"}]
    assert speech["vendor"]["name"] == "deepgram"
    assert speech["vendor"]["evt"]["is_final"] is True  # the vendor's own keys are rewritten too


def test_the_recognizer_of_the_verb_wins(bench: Any) -> None:
    call = gathering(bench, input=["speech"], recognizer={"vendor": "google", "language": "de-DE"})
    call.act(Speak("guten Tag"))
    call.run(2.0)
    speech = call.hook("/g")["data"]["speech"]
    assert (speech["vendor"]["name"], speech["language_code"]) == ("google", "de-DE")


def test_low_confidence(bench: Any) -> None:
    recognizer = {"vendor": "default", "minConfidence": 0.7}
    call = gathering(bench, input=["speech"], recognizer=recognizer)
    call.act(Speak("mumble", confidence=0.4))
    call.run(2.0)
    assert result(call) == {"reason": "stt-low-confidence"}


def test_partial_results_want_an_ack_that_means_nothing(bench: Any) -> None:
    call = gathering(bench, LONG, input=["speech"], partialResultHook="/partial", id="g1")
    call.act(Speak("one two three four", duration=2.0, interims=2))
    call.run(1.1)
    partial = call.hook("/partial")
    assert partial["data"]["speech"]["is_final"] is False
    assert partial["data"]["speech"]["alternatives"][0]["transcript"] == "one two"
    assert partial["data"]["verb_id"] == "g1"
    assert "fs_sip_address" in partial["data"]
    call.ack(partial, [{"verb": "hangup"}])
    call.run(2.0)
    assert call.engine.queued == ["pause"]


def test_what_was_said_before_it_listened_is_not_heard(bench: Any) -> None:
    call = bench()
    call.begin(
        {"verb": "answer"},
        {"verb": "pause", "length": 1.2},
        {"verb": "gather", "input": ["speech"], "actionHook": "/g"},
    )
    call.act(Speak("one two three four", duration=2.0, interims=4))
    call.run(5.0)
    assert transcript(call) == "three four"


def test_speech_during_the_prompt(bench: Any) -> None:
    prompt = {"say": {"text": "x" * 60}}  # four seconds
    heard = gathering(bench, input=["speech"], **prompt)
    heard.act(Speak("hello"))
    heard.run(1.0)
    assert transcript(heard) == "hello"
    assert heard.spoken()[-1] != "x" * 60  # at the end the prompt is cut
    deaf = gathering(bench, input=["speech"], listenDuringPrompt=False, timeout=1, **prompt)
    deaf.act(Speak("hello"))
    deaf.run(6.0)
    assert result(deaf) == {"reason": "timeout"}


def test_speech_cuts_the_prompt_with_bargein(bench: Any) -> None:
    call = gathering(bench, input=["speech"], bargein=True, minBargeinWordCount=2, say={"text": "x" * 60})
    call.act(Speak("one two three four", duration=2.0, interims=4))
    call.run(0.6)
    assert call.spoken() == []
    call.run(0.5)
    assert len(call.spoken()) == 1


def test_voice_alone_cuts_the_prompt_when_no_words_are_needed(bench: Any) -> None:
    call = gathering(bench, input=["speech"], bargein=True, minBargeinWordCount=0, say={"text": "x" * 60})
    call.run(1.0)
    call.act(Speak("hello"))
    assert len(call.spoken()) == 1


@pytest.mark.parametrize(("properties", "cut"), [({}, True), ({"dtmfBargein": False}, False)])
def test_a_digit_cuts_the_prompt(bench: Any, properties: dict[str, Any], cut: bool) -> None:
    call = gathering(bench, numDigits=2, play={"url": "http://x/long.wav"}, **properties)
    call.run(0.5)
    call.act(PressKeys("1"))
    assert bool(call.all(Played)) is cut


def test_verb_statuses_of_an_interruption(bench: Any) -> None:
    call = bench()
    call.begin(
        {"verb": "config", "notifyEvents": True},
        {"verb": "gather", "id": "g", "numDigits": 1, "say": {"text": "x" * 60}},
        seconds=0.5,
    )
    call.act(PressKeys("1"))
    data = call.message("verb:status", event="dtmf-bargein-detected")["data"]
    assert data == {
        "event": "dtmf-bargein-detected",
        "verb": "gather",
        "id": "g",
        "dtmf": "1",
        "duration": 100,
        "source": "rtp",
    }


def test_continuous_recognition_waits_for_quiet_and_merges(bench: Any) -> None:
    recognizer = {"vendor": "google", "asrTimeout": 2}
    call = gathering(bench, input=["speech"], recognizer=recognizer)
    call.act(Speak("one two", duration=1.0, confidence=0.5))
    call.run(2.0)
    call.act(Speak("three", duration=0.5, confidence=1.0))
    call.run(2.5)
    assert "verb:hook" not in call.types()
    call.run(1.0)
    speech = call.hook("/g")["data"]["speech"]
    assert speech["alternatives"] == [{"confidence": 0.75, "transcript": "one two three"}]
    assert len(speech["vendor"]["evt"]) == 2


def test_continuous_recognition_with_deepgram_waits_five_seconds_at_most(bench: Any) -> None:
    call = gathering(bench, input=["speech"], timeout=60, recognizer={"vendor": "deepgram", "asrTimeout": 30})
    call.act(Speak("hello", duration=0.5))
    call.run(5.5)
    assert "verb:hook" not in call.types()
    call.run(0.6)
    assert transcript(call) == "hello"


def test_a_digit_ends_continuous_recognition_a_second_later(bench: Any) -> None:
    recognizer = {"vendor": "google", "asrTimeout": 10, "asrDtmfTerminationDigit": "#"}
    call = gathering(bench, input=["speech"], timeout=60, recognizer=recognizer)
    call.act(Speak("hello", duration=0.5))
    call.run(2.0)
    call.act(PressKeys("#"))
    call.run(0.9)
    assert "verb:hook" not in call.types()
    call.run(0.2)
    assert transcript(call) == "hello"


def test_what_continuous_recognition_has_at_the_time_out(bench: Any) -> None:
    call = gathering(bench, input=["speech"], timeout=3, recognizer={"vendor": "google", "asrTimeout": 10})
    call.act(Speak("hello", duration=0.5))
    call.run(4.0)
    assert transcript(call) == "hello"


def test_a_digit_with_nothing_heard_ends_nothing(bench: Any) -> None:
    recognizer = {"vendor": "google", "asrTimeout": 10, "asrDtmfTerminationDigit": "#"}
    call = gathering(bench, input=["speech"], timeout=5, recognizer=recognizer)
    call.act(PressKeys("#"))
    call.run(2.0)
    assert "verb:hook" not in call.types()


def test_fast_recognition_promotes_the_last_interim(bench: Any) -> None:
    recognizer = {"vendor": "default", "fastRecognitionTimeout": 0.3}
    call = gathering(bench, input=["speech"], recognizer=recognizer)
    call.act(Speak("one two", duration=2.0, interims=2))
    call.run(1.4)
    assert transcript(call) == "one"


def test_recognition_fails(bench: Any) -> None:
    call = gathering(bench, input=["speech"], id="g1")
    call.act(SttFailure("no credentials"))
    error = call.message("jambonz:error")["data"]
    assert error == {
        "msg": "ASR error",
        "details": "no credentials",
        "failover": "not available",
        "verb": "gather",
        "id": "g1",
    }
    assert result(call) == {"reason": "error", "details": "no credentials"}


def test_latencies_when_they_were_asked_for(bench: Any) -> None:
    call = bench()
    call.begin(
        {"verb": "config", "notifySttLatency": True},
        {"verb": "gather", "input": ["speech"], "actionHook": "/g"},
    )
    call.act(Speak("hello", duration=1.0))
    call.run(3.0)
    data = call.hook("/g")["data"]
    assert data["stt_latency_ms"] == "500"
    assert {"stt_talkspurts", "stt_start_time", "stt_stop_time", "stt_usage"} <= set(data)


# --- ends ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [None, [{"verb": "sing"}]])
def test_an_answer_that_does_not_come_or_is_bad(bench: Any, answer: Any) -> None:
    call = gathering(bench, LONG, timeout=1, id="g1")
    call.run(1.1)
    if answer is None:
        call.run(5.0)
    else:
        call.ack(call.hook("/g"), answer)
    error = call.message("jambonz:error")["data"]
    assert (error["msg"], error["verb"], error["id"]) == ("invalid actionHook response", "gather", "g1")
    assert ("details" in error) is (answer is not None)
    status = call.message("call:status")["data"]
    assert status["error"] == "invalid actionHook response"
    assert "reason" in status
    assert call.engine.running == "pause"


def test_without_a_hook_it_just_ends(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "gather", "timeout": 1}, LONG, seconds=2.0)
    assert call.engine.running == "pause"


def test_a_killed_gather_sends_no_hook(bench: Any) -> None:
    call = gathering(bench)
    call.command("redirect", [LONG])
    call.run(1.0)
    assert call.engine.running == "pause"
    hung_up = gathering(bench, say={"text": "x" * 60})
    hung_up.act(HangUp())
    assert "verb:hook" not in [*call.types(), *hung_up.types()]


def test_filler_noise_until_the_answer(bench: Any) -> None:
    noise = {"enable": True, "url": "http://x/typing.wav"}
    options = SimulatorOptions(clips={"http://x/typing.wav": 60.0})
    call = bench(options=options)
    call.begin({"verb": "gather", "timeout": 1, "actionHook": "/g", "fillerNoise": noise}, LONG, seconds=2.0)
    call.run(1.0)
    assert call.all(Played) == []
    call.ack(call.hook("/g"), [])
    (played,) = call.all(Played)
    assert played.cut


def test_the_input_dtmf_means_nothing(bench: Any) -> None:
    call = gathering(bench, input=["dtmf"], numDigits=1, timeout=2)
    call.act(PressKeys("1"))
    call.run(2.5)
    assert result(call) == {"reason": "timeout"}
    assert call.warnings() == ["gather-input-ignored"]


# --- what is told of barge-in --------------------------------------------------------------------------------


def statuses(call: Any) -> list[str]:
    """Events of `verb:status`, and hooks, in order."""
    told = [m for m in call.messages if m["type"] in {"verb:status", "verb:hook"}]
    return [m["data"].get("event", m.get("hook")) for m in told]


def notified(bench: Any, *verbs: dict[str, Any], **more: Any) -> Any:
    call = bench(**more)
    call.begin({"verb": "answer"}, {"verb": "config", "notifyEvents": True}, *verbs, seconds=0.2)
    return call


def test_a_key_is_told_of_once_without_a_prompt_as_well(bench: Any) -> None:
    call = notified(bench, {"verb": "gather", "numDigits": 2, "actionHook": "/g"})
    call.act(PressKeys("12"))
    call.run(1.0)
    assert statuses(call)[-2:] == ["dtmf-bargein-detected", "/g"]
    assert statuses(call).count("dtmf-bargein-detected") == 1


def test_speech_is_told_of_without_a_prompt_as_well(bench: Any) -> None:
    call = notified(bench, {"verb": "gather", "input": ["speech"], "bargein": True, "actionHook": "/g"})
    call.act(Speak("one two three four"))
    call.run(3.0)
    assert statuses(call)[-2:] == ["speech-bargein-detected", "/g"]


def test_a_prompt_is_told_to_be_killed_before_the_hook(bench: Any) -> None:
    call = notified(
        bench, {"verb": "gather", "numDigits": 1, "actionHook": "/g", "say": {"text": "x" * 60}}, LONG
    )
    call.run(1.0)
    call.act(PressKeys("1"))
    call.run(0.1)
    assert statuses(call)[-4:] == ["dtmf-bargein-detected", "stop-playback", "kill-playback", "/g"]
    call.ack(call.hook("/g"), [])
    assert statuses(call).count("kill-playback") == 1


@pytest.mark.parametrize("bargein", [True, False])
def test_a_barge_in_interrupts_text_that_is_streamed(bench: Any, bargein: bool) -> None:
    gather = {"verb": "gather", "input": ["speech"], "bargein": bargein, "actionHook": "/g"}
    call = bench()
    call.begin({"verb": "answer"}, {"verb": "config", "ttsStream": {"enable": True}}, gather, seconds=0.3)
    call.command("tts:tokens", {"id": 1, "tokens": "A long sentence that is spoken. " * 5})
    call.run(1.0)
    call.act(Speak("stop it please"))
    call.run(20.0)
    told = [m["data"]["event_type"] for m in call.messages if m["type"] == "tts:streaming-event"]
    assert ("user_interruption" in told) is bargein
    assert [event.cut for event in call.all(Spoken)][:1] == [bargein]
