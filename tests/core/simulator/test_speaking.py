"""What the caller hears: `say`, `play`, `dtmf`, `dub`, and text that is streamed."""

from __future__ import annotations

from typing import Any

import pytest

from jambonz_core.simulator import (
    CallSetup,
    DigitsSent,
    HangUp,
    Played,
    RefuseTokens,
    SimulatorOptions,
    SlowVendor,
    Speak,
    SpeechStarted,
    Spoken,
    TtsFailure,
    VendorDown,
    VendorUp,
)
from jambonz_core.simulator.verbs.speech import pieces, rounds
from jambonz_core.verbs.profiles import V0_9, V10

LONG = {"verb": "pause", "length": 60}
STREAM = {"verb": "config", "ttsStream": {"enable": True}}
FIFTEEN = "Fifteen chars.."


def results(call: Any) -> list[dict[str, Any]]:
    return [m["data"] for m in call.messages if m["type"] == "tts:tokens-result"]


def streaming(call: Any) -> list[str]:
    return [m["data"]["event_type"] for m in call.messages if m["type"] == "tts:streaming-event"]


def tokens(call: Any, id: int, text: str) -> None:
    call.command("tts:tokens", {"id": id, "tokens": text})


# --- say ----------------------------------------------------------------------------------------------------


def test_text_is_heard_at_so_many_characters_a_second(bench: Any) -> None:
    call = bench(options=SimulatorOptions(characters_per_second=5))
    call.begin({"verb": "say", "text": FIFTEEN}, seconds=0.2)
    assert [event.text for event in call.all(SpeechStarted)] == [FIFTEEN]
    call.run(2.7)
    assert call.spoken() == []
    call.run(0.3)
    assert call.spoken() == [FIFTEEN]


def test_what_is_cut_off_was_heard_in_part(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "say", "text": "x" * 150}, seconds=2.06)
    call.command("redirect", [LONG])
    (spoken,) = call.all(Spoken)
    assert spoken.cut
    assert len(spoken.text) == 150
    assert len(spoken.heard) == 30


def test_several_texts_are_spoken_in_turn_by_the_open_server_and_one_of_them_by_v10(bench: Any) -> None:
    say = {"verb": "say", "text": ["One.", "Two."]}
    oss, v10 = bench(profile=V0_9), bench(profile=V10)
    oss.begin(say, seconds=3.0)
    v10.begin(say, say, say, seconds=3.0)
    assert oss.spoken() == ["One.", "Two."]
    assert v10.spoken() == ["One.", "Two.", "One."]


@pytest.mark.parametrize(
    ("profile", "loop", "times"), [(V0_9, 3, 3), (V0_9, 0, 1), (V10, 0, 9), (V10, "forever", 9)]
)
def test_loops(bench: Any, profile: Any, loop: Any, times: int) -> None:
    call = bench(profile=profile)
    call.begin({"verb": "say", "text": FIFTEEN, "loop": loop}, seconds=9.5)
    assert len(call.spoken()) == times


def test_a_loop_over_nothing_ends(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "say", "text": "", "loop": "forever"}, LONG)
    assert call.engine.running == "pause"
    assert list(rounds("soon", zero_is_forever=False)) == [0]


def test_sounds_and_silence_inside_text(bench: Any) -> None:
    call = bench(profile=V0_9, options=SimulatorOptions(clips={"https://x/a.wav": 3.0}))
    call.begin({"verb": "say", "text": ["silence_stream://1500", "https://x/a.wav"]}, seconds=10.0)
    assert [(event.url, event.seconds) for event in call.all(Played)] == [
        ("silence_stream://1500", 1.5),
        ("https://x/a.wav", 3.0),
    ]


def test_text_that_cannot_be_rendered(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "answer"}, LONG)
    call.act(TtsFailure("no voice"))
    call.command(
        "redirect", [{"verb": "say", "id": "s", "text": "unheard"}, {"verb": "say", "text": "heard"}]
    )
    error = call.message("jambonz:error")["data"]
    assert error == {
        "msg": "TTS error",
        "details": "no voice",
        "failover": "not available",
        "verb": "say",
        "id": "s",
    }
    call.run(2.0)
    assert call.spoken() == ["heard"]


def test_the_fallback_vendor_takes_over_once_and_for_good(bench: Any) -> None:
    setup = CallSetup(synthesizer={"vendor": "google", "fallback_vendor": "deepgram", "language": "en-US"})
    call = bench(setup=setup)
    call.begin({"verb": "answer"}, LONG)
    call.act(TtsFailure(count=2))
    call.command("redirect", [{"verb": "say", "text": "one"}, {"verb": "say", "text": "two"}, LONG])
    call.run(2.0)
    assert call.spoken() == ["one"]
    failovers = [m["data"]["failover"] for m in call.messages if m["type"] == "jambonz:error"]
    assert failovers == ["in progress", "not available"]


def test_the_record_of_what_was_rendered(bench: Any) -> None:
    call = bench()
    synthesizer = {"vendor": "google", "language": "de-DE", "voice": "x"}
    call.begin(
        {"verb": "config", "notifyEvents": True}, {"verb": "say", "text": "Hallo", "synthesizer": synthesizer}
    )
    data = call.message("verb:status", event="synthesized-audio")["data"]
    assert (data["vendor"], data["language"], data["characters"]) == ("google", "de-DE", 5)


# --- play ---------------------------------------------------------------------------------------------------


def playback(call: Any) -> list[str]:
    events = [m["data"]["event"] for m in call.messages if m["type"] == "verb:status"]
    return [event for event in events if event not in {"starting", "finished"}]


def notified(bench: Any, verb: dict[str, Any]) -> Any:
    call = bench(profile=V0_9)
    call.begin({"verb": "answer"}, {"verb": "config", "notifyEvents": True}, verb, seconds=0.1)
    return call


def test_every_text_is_told_of_by_itself(bench: Any) -> None:
    call = notified(bench, {"verb": "say", "text": ["Fifteen chars..", "And these."]})
    call.run(3.0)
    assert playback(call) == ["synthesized-audio"] * 2 + ["start-playback"] + ["stop-playback"] * 2
    characters = [m["data"].get("characters") for m in call.messages if m["type"] == "verb:status"]
    assert [count for count in characters if count] == [15, 10]


@pytest.mark.parametrize(
    ("after", "end"), [(0.5, ["stop-playback", "kill-playback"]), (1.5, ["stop-playback", "kill-playback"])]
)
def test_a_text_that_is_cut_off_is_told_of_once(bench: Any, after: float, end: list[str]) -> None:
    call = notified(bench, {"verb": "say", "text": ["Fifteen chars..", "Fifteen chars.."]})
    call.run(after)
    call.command("redirect", [LONG])
    call.run(1.0)
    assert playback(call) == ["synthesized-audio"] * 2 + ["start-playback", *end]


def test_a_sound_that_is_cut_off_is_told_of(bench: Any) -> None:
    call = notified(bench, {"verb": "play", "url": "http://x/a.wav"})
    call.command("redirect", [LONG])
    assert playback(call) == ["start-playback", "kill-playback"]


def test_nothing_is_told_of_streamed_text(bench: Any) -> None:
    call = notified(bench, {"verb": "say", "text": "Some text.", "stream": True})
    call.run(0.3)
    call.command("redirect", [LONG])
    assert playback(call) == []


def test_play_reports_how_long_it_was(bench: Any) -> None:
    call = bench(options=SimulatorOptions(clips={"http://x/b.wav": 1.5}))
    urls = ["http://x/a.wav", "http://x/b.wav"]
    call.begin({"verb": "play", "id": "p", "url": urls, "loop": 2, "actionHook": "/p"}, seconds=7.2)
    data = call.hook("/p")["data"]
    assert data["reason"] == "playCompleted"
    assert (data["playback_seconds"], data["playback_milliseconds"]) == (7, 7000)
    assert data["playback_last_offset_pos"] == "56000"
    assert data["verb_id"] == "p"
    assert [event.url for event in call.all(Played)] == urls * 2


def test_a_missing_file(bench: Any) -> None:
    call = bench(options=SimulatorOptions(clips={"http://x/none.wav": 0}))
    call.begin({"verb": "play", "url": "http://x/none.wav", "actionHook": "/p"}, LONG)
    data = call.hook("/p")["data"]
    assert (data["status"], data["reason"]) == ("fail", "playFailed")
    call.ack(call.hook("/p"), [])
    assert call.engine.running == "pause"


def test_a_limit_and_a_kill(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "play", "url": "http://x/a.wav", "timeoutSecs": 1, "actionHook": "/p"}, seconds=1.2)
    assert call.hook("/p")["data"]["playback_seconds"] == 1
    killed = bench()
    killed.begin({"verb": "play", "url": "http://x/a.wav", "actionHook": "/p"}, seconds=1.06)
    killed.act(HangUp())
    assert killed.hook("/p")["data"]["playback_milliseconds"] == 1015
    assert killed.statuses()[-1] == "completed"


# --- keys and tracks ----------------------------------------------------------------------------------------


def test_keys_for_the_far_end_take_their_time(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "dtmf", "dtmf": "12", "duration": 250}, LONG, seconds=1.7)
    assert call.all(DigitsSent) == [DigitsSent("caller", "12")]
    assert call.engine.running == "dtmf"
    call.run(0.2)
    assert call.engine.running == "pause"


def test_a_second_track_does_not_block(bench: Any) -> None:
    call = bench()
    dub = {"verb": "dub", "track": "music"}
    call.begin(
        {"verb": "answer"},
        {**dub, "action": "addTrack"},
        {**dub, "action": "playOnTrack", "play": "http://x/m.wav"},
        {**dub, "action": "sayOnTrack", "say": {"text": "psst"}},
        LONG,
    )
    assert call.engine.running == "pause"
    call.command("dub", {"track": "music", "action": "sayOnTrack", "say": "hey"})
    call.run(5.0)
    assert sorted(call.spoken()) == ["hey", "psst"]
    assert [event.url for event in call.all(Played)] == ["http://x/m.wav"]


# --- streaming ----------------------------------------------------------------------------------------------


def test_streamed_text_is_heard_sentence_by_sentence(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "answer"}, STREAM, seconds=0.5)
    assert streaming(call) == ["stream_open"]
    tokens(call, 1, "Good morning. How are ")
    tokens(call, 2, "you?")
    assert results(call) == [{"id": 1, "status": "ok"}, {"id": 2, "status": "ok"}]
    call.run(5.0)
    assert call.spoken() == ["Good morning.", " How are you?"]


def test_a_stream_before_the_call_is_answered_is_warned_about(bench: Any) -> None:
    call = bench()
    call.begin(STREAM)
    assert call.warnings() == ["stream-before-answer"]


def test_a_vendor_that_cannot_stream(bench: Any) -> None:
    setup = CallSetup(synthesizer={"vendor": "polly", "language": "en-US"})
    call = bench(setup=setup)
    call.begin({"verb": "answer"}, STREAM)
    assert streaming(call) == ["stream_closed"]
    assert call.warnings() == ["vendor-cannot-stream"]
    config = {**STREAM, "synthesizer": {"vendor": "rimelabs", "voice": "x"}}
    call.command("config", {name: value for name, value in config.items() if name != "verb"})
    call.run(1.0)
    assert streaming(call) == ["stream_closed", "stream_open"]


@pytest.mark.parametrize(("profile", "opened"), [(V0_9, "stream_closed"), (V10, "stream_open")])
def test_a_voice_inside_tts_stream(bench: Any, profile: Any, opened: str) -> None:
    setup = CallSetup(synthesizer={"vendor": "polly", "language": "en-US"})
    call = bench(setup=setup, profile=profile)
    inner = {"vendor": "cartesia", "voice": "x"}
    call.begin(
        {"verb": "answer"}, {"verb": "config", "ttsStream": {"enable": True, "synthesizer": inner}}, seconds=1
    )
    assert streaming(call) == [opened]


def test_switching_the_stream_off(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "answer"}, STREAM, seconds=1)
    call.command("config", {"ttsStream": {"enable": False}})
    call.command("config", {"ttsStream": {"enable": False}})
    assert streaming(call) == ["stream_open", "stream_closed"]


def test_the_caller_interrupts_streamed_text(bench: Any) -> None:
    call = bench()
    barge_in = {"enable": True, "sticky": True, "actionHook": "/h"}
    call.begin({"verb": "config", "trackTtsPlayout": True, "bargeIn": barge_in}, STREAM, seconds=0.5)
    tokens(call, 1, "A first sentence that is long enough. A second one.")
    call.run(0.5)
    call.act(Speak("stop", duration=0.5))
    call.run(0.6)
    events = [m["data"] for m in call.messages if m["type"] == "tts:streaming-event"]
    assert events[1] == {"event_type": "user_interruption"}
    [heard] = call.spoken()
    assert 0 < len(heard) < len("A first sentence that is long enough.")
    assert "A first sentence that is long enough.".startswith(heard)
    assert events[2] == {"event_type": "tts_spoken", "text": heard, "bargein": True}


def test_halves_of_a_character_meet_again(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "answer"}, STREAM, seconds=0.5)
    call.take(
        call.engine.receive_together(
            call.socket,
            [
                '{"type":"command","command":"tts:tokens","data":{"id":1,"tokens":"ok \\ud83d"}}',
                '{"type":"command","command":"tts:tokens","data":{"id":2,"tokens":"\\ude00."}}',
            ],
            call.now,
        )
    )
    call.run(2.0)
    assert call.spoken() == ["ok 😀."]


def test_without_a_stream_text_is_held(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "answer"}, LONG)
    tokens(call, 1, "Held back. ")
    call.command("tts:flush")
    call.command("tts:clear")
    assert results(call) == [{"id": 1, "status": "ok"}]
    assert call.warnings() == ["stream-command-ignored", "stream-command-ignored"]
    call.command("config", {"ttsStream": {"enable": True}})
    call.run(2.0)
    assert call.spoken() == ["Held back."]


def test_tokens_without_an_id_or_without_text(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "answer"}, STREAM)
    call.command("tts:tokens", {"tokens": "x"})
    call.command("tts:tokens", {"id": 1})
    assert results(call) == [{"id": 1, "status": "failed", "reason": "missing tokens"}]


def test_vendors_that_fail_and_refusals_to_order(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "answer"}, STREAM, seconds=1)
    call.act(RefuseTokens(2))
    tokens(call, 1, "a. ")
    tokens(call, 2, "b. ")
    tokens(call, 3, "c. ")
    assert [one["status"] for one in results(call)] == ["failed", "failed", "ok"]
    assert streaming(call) == ["stream_open", "stream_paused", "stream_resumed"]
    call.act(VendorDown())
    tokens(call, 4, "d. ")
    assert results(call)[-1]["reason"] == "connection to deepgram failed"
    call.act(VendorUp())
    call.command("config", {"ttsStream": {"enable": True}})
    call.act(SlowVendor(1.0))
    call.run(0.5)
    tokens(call, 5, "e. ")
    assert results(call)[-1]["id"] == 4
    call.run(1.0)
    assert results(call)[-1] == {"id": 5, "status": "ok"}


def test_streaming_say_with_text(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "say", "stream": True, "text": "One sentence. " * 100}, LONG, seconds=5.0)
    assert streaming(call)[:3] == ["stream_paused", "stream_resumed", "stream_open"]
    assert call.engine.running == "say"
    call.run(120.0)
    assert "".join(call.spoken()).strip() == ("One sentence. " * 100).strip()
    assert call.engine.running == "pause"
    assert "stream_closed" not in streaming(call)


def test_streaming_say_that_waits_for_tokens(bench: Any) -> None:
    call = bench()
    say = {"verb": "say", "stream": True}
    call.begin(say, say, LONG, seconds=30.0)
    assert call.engine.running == "say"
    tokens(call, 1, "From the model.")
    call.command("tts:flush")
    call.run(2.0)
    assert call.spoken() == ["From the model."]
    assert (call.engine.running, call.engine.queued) == ("say", ["pause"])
    assert streaming(call) == ["stream_open"]  # the vendor stays connected; the second one is not announced
    call.command("redirect", [LONG])
    assert streaming(call) == ["stream_open", "stream_closed"]
    assert call.engine.running == "pause"


def test_a_killed_streaming_say_under_a_background_stream_clears_only(bench: Any) -> None:
    call = bench()
    call.begin(
        {"verb": "answer"}, STREAM, {"verb": "say", "stream": True, "text": "Some text. " * 20}, seconds=1.0
    )
    call.command("redirect", [LONG])
    assert streaming(call) == ["stream_open"]
    assert call.spoken()[-1] != ""


def test_streaming_by_configuration_and_its_limits(bench: Any) -> None:
    call = bench()
    call.begin(
        {"verb": "config", "autoStreamTts": True}, {"verb": "say", "text": "Short one."}, LONG, seconds=3.0
    )
    assert streaming(call) == ["stream_open"]
    assert call.spoken() == ["Short one."]
    full = bench()
    full.begin({"verb": "answer"}, LONG)
    tokens(full, 1, "x" * 999)
    full.command("redirect", [{"verb": "say", "stream": True, "text": "y" * 10}, LONG])
    full.run(60.0)
    assert "say-text-dropped" in full.warnings()
    assert pieces("x" * 1000) == ["x" * 900, "x" * 100]
    assert pieces("ab " * 400, 900) == ["ab " * 300, "ab " * 100]


def test_a_streaming_say_of_a_vendor_that_cannot(bench: Any) -> None:
    call = bench(setup=CallSetup(synthesizer={"vendor": "polly"}))
    call.begin({"verb": "say", "stream": True, "text": "x"}, LONG)
    assert call.engine.running == "pause"
    assert streaming(call) == ["stream_closed"]


def test_a_streaming_say_in_a_webhook_application_ends_the_call(bench: Any) -> None:
    call = bench(url="http://app.example/", connect=False)
    call.take(call.engine.http_answered(1, 200, '[{"verb":"say","stream":true,"text":"x"}]', 0.1))
    call.run(1.0)
    assert "verb-failed" in call.warnings()
    assert call.engine.over
