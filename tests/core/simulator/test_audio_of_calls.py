"""`listen` and `transcribe`, as verbs, in the background, and what ends them."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from jambonz_core.simulator import (
    AudioHeard,
    CallSetup,
    ClipHeard,
    Connect,
    HangUp,
    MarkReported,
    Played,
    PressKeys,
    SendAudio,
    SimulatorOptions,
    Speak,
    SttFailure,
)
from jambonz_core.verbs.profiles import V0_9

LONG = {"verb": "pause", "length": 60}


def listening(bench: Any, *after: dict[str, Any], **properties: Any) -> Any:
    call = bench()
    call.begin({"verb": "listen", "url": "/audio", "actionHook": "/end", **properties}, *after, seconds=0.2)
    return call


def texts(call: Any) -> list[dict[str, Any]]:
    return [json.loads(frame) for frame in call.audio if isinstance(frame, str)]


def send(call: Any, frame: Any) -> None:
    frame = json.dumps(frame) if isinstance(frame, dict) else frame
    call.take(call.engine.receive(call.audio_socket, frame, call.now))


def test_the_first_frame_describes_the_call(bench: Any) -> None:
    call = bench(setup=CallSetup(tag={"aB": 1}))
    auth = {"username": "u", "password": "p"}
    call.begin(
        {"verb": "listen", "url": "wss://audio.example/x", "metadata": {"to": "me"}, "wsAuth": auth},
        seconds=0.2,
    )
    connect = call.all(Connect)[-1]
    assert (connect.url, connect.subprotocol) == ("wss://audio.example/x", "audio.drachtio.org")
    assert connect.credentials == ("u", "p")
    (first,) = texts(call)
    assert (first["sampleRate"], first["mixType"], first["to"]) == (8000, "mono", "me")
    assert first["callSid"] == call.message("session:new")["data"]["call_sid"]
    assert first["customerData"] == {"aB": 1}


def test_a_relative_url_is_the_applications(bench: Any) -> None:
    call = listening(bench)
    assert call.all(Connect)[-1].url == "ws://app.example/audio"
    hooks = bench(url="https://app.example/voice", connect=False)
    hooks.take(hooks.engine.http_answered(1, 200, '[{"verb":"listen","url":"/audio"}]', 0.1))
    hooks.run(1.0)
    assert hooks.all(Connect)[-1].url == "wss://app.example/audio"


def test_sound_in_both_directions(bench: Any) -> None:
    both = {"enabled": True, "streaming": True, "sampleRate": 8000}
    call = listening(bench, bidirectionalAudio=both)
    call.act(SendAudio(b"\1\2" * 160))
    assert call.audio[-1] == b"\1\2" * 160
    send(call, b"\3\4" * 4480)
    send(call, {"type": "mark", "data": {"name": "end"}})
    send(call, b"\0\0" * 1280)  # a short tail would wait, and the mark behind it
    call.run(2.0)
    heard = b"".join(event.pcm for event in call.all(AudioHeard))
    assert heard.startswith(b"\3\4" * 4480)
    assert call.all(MarkReported) == [MarkReported("end", "playout")]
    send(call, b"\3\4" * 8000)
    send(call, {"type": "mark", "data": {"name": "late"}})
    send(call, {"type": "killAudio"})
    call.run(0.02)
    assert call.all(MarkReported)[-1] == MarkReported("late", "cleared")
    send(call, {"type": "playAudio", "data": {}})
    assert "audio-unheard" in call.warnings()


def test_a_beep_comes_first(bench: Any) -> None:
    call = listening(bench, playBeep=True)
    assert not call.all(Connect)[1:]
    call.run(1.0)
    assert [(played.url, played.seconds, played.cut) for played in call.all(Played)] == [("beep", 0.5, False)]
    assert call.all(Connect)[-1].subprotocol == "audio.drachtio.org"


def test_who_stops_the_beep_gets_no_stream(bench: Any) -> None:
    call = listening(bench, playBeep=True)
    call.command("redirect", [LONG])
    call.run(1.0)
    assert [played.cut for played in call.all(Played)] == [True]
    assert not call.all(Connect)[1:]
    assert "dial_call_duration" not in call.hook("/end")["data"]


def test_streamed_audio_without_a_rate_is_silent(bench: Any) -> None:
    call = listening(bench, bidirectionalAudio={"enabled": True, "streaming": True})
    for _ in range(2):
        send(call, b"\3\4" * 8000)
        send(call, {"type": "mark", "data": {"name": "end"}})
    call.run(5.0)
    assert call.all(AudioHeard) == []
    assert call.all(MarkReported) == []
    assert call.warnings() == ["audio-unheard"]


@pytest.mark.parametrize("own", [None, ("me", "mine")])
def test_a_relative_stream_has_the_applications_credentials_and_an_absolute_one_has_the_last_streams(
    bench: Any, own: Any
) -> None:
    call = bench(setup=CallSetup(credentials=("app", "secret")))
    auth = {} if own is None else {"wsAuth": {"username": own[0], "password": own[1]}}
    elsewhere = {"verb": "listen", "url": "wss://elsewhere.example/x", "maxLength": 1}
    relative = {"verb": "listen", "url": "/audio", "maxLength": 1}
    call.begin(elsewhere, relative, {**elsewhere, **auth}, LONG, seconds=4.0)
    streams = [event for event in call.all(Connect) if event.subprotocol.startswith("audio")]
    last = ("app", "secret") if own is None else own
    assert [event.credentials for event in streams] == [None, ("app", "secret"), last]
    assert call.warnings() == (["listen-credentials"] if own is None else [])


def sound(call: Any) -> list[bytes]:
    return [frame for frame in call.audio if isinstance(frame, bytes)]


def test_a_stream_carries_silence_and_a_buzz_for_speech(bench: Any) -> None:
    call = listening(bench, sampleRate=16000)
    call.run(1.0)
    frames = sound(call)
    assert 55 <= len(frames) <= 60
    assert set(frames) == {bytes(640)}
    call.act(Speak("good morning", duration=0.5))
    call.run(1.0)
    spoken = [frame for frame in sound(call)[len(frames) :] if any(frame)]
    assert 20 <= len(spoken) <= 60  # so long, and the half second after which it is understood
    call.command("listen:status", {"listen_status": "pause"})
    paused = len(sound(call))
    call.run(1.0)
    assert len(sound(call)) == paused


def test_sound_of_the_outside_takes_the_place_of_silence(bench: Any) -> None:
    call = listening(bench)
    before = len(sound(call))
    for _ in range(50):
        call.act(SendAudio(b"\1\2" * 160))
        call.run(0.02)
    assert sound(call)[before:] == [b"\1\2" * 160] * 50
    call.run(1.0)
    assert 38 <= len(sound(call)) - before - 50 <= 42  # silence again, after 0.2 s


@pytest.mark.parametrize(("mix", "frame"), [("mixed", 320), ("stereo", 640)])
def test_both_sides_in_one_stream(bench: Any, mix: str, frame: int) -> None:
    call = bench()
    config = {"verb": "config", "listen": {"enable": True, "url": "/audio", "mixType": mix}}
    call.begin({"verb": "answer"}, config, {"verb": "say", "text": "x" * 30}, LONG, seconds=0.2)
    call.run(1.0)
    assert {len(piece) for piece in sound(call)} == {frame}
    assert any(any(piece) for piece in sound(call))


def test_a_stream_without_silence(bench: Any) -> None:
    call = bench(options=SimulatorOptions(stream_silence=False))
    call.begin({"verb": "listen", "url": "/audio"}, seconds=2.0)
    assert sound(call) == []
    assert call.engine.deadline is None


def test_clips(bench: Any) -> None:
    call = listening(bench)
    content = base64.b64encode(b"\0\1" * 8000).decode()
    data = {"audioContentType": "raw", "sampleRate": 8000, "audioContent": content, "id": "c"}
    send(call, {"type": "playAudio", "data": data})
    call.run(2.0)
    (clip,) = call.all(ClipHeard)
    assert (clip.id, round(clip.seconds, 2)) == ("c", 1.0)
    assert call.all(AudioHeard)[0].sample_rate == 8000
    assert texts(call)[-1]["type"] == "playDone"


def test_keys_go_along_when_wanted(bench: Any) -> None:
    call = listening(bench, passDtmf=True)
    call.act(PressKeys("5"))
    assert texts(call)[-1] == {"event": "dtmf", "dtmf": "5", "duration": "800"}


@pytest.mark.parametrize("how", ["key", "length", "disconnect", "closed", "command"])
def test_ends(bench: Any, how: str) -> None:
    call = listening(bench, LONG, finishOnKey="#", maxLength=10 if how == "length" else 60)
    call.run(4.0)
    if how == "key":
        call.act(PressKeys("#"))
    elif how == "length":
        call.run(6.1)
    elif how == "disconnect":
        send(call, {"type": "disconnect"})
    elif how == "closed":
        call.take(call.engine.lost(call.audio_socket, 1000, call.now))
    else:
        call.command("redirect", [LONG])
    data = call.hook("/end")["data"]
    assert data["dial_call_duration"] == (10 if how == "length" else 4)
    assert data.get("digits", "") == ("#" if how == "key" else "")
    closes = [code for socket, code in call.closed if socket == call.audio_socket]
    assert closes == ([] if how == "closed" else [1000])
    call.ack(call.hook("/end"), [])
    assert call.engine.running == "pause"


def test_an_audio_stream_that_cannot_connect(bench: Any) -> None:
    call = bench(connect=False)
    call.take(call.engine.connected(call.socket, 0.0))
    call.begin({"verb": "listen", "url": "/audio", "actionHook": "/end"}, LONG, seconds=0.2)
    call.act(SendAudio(b"\0\0"))
    call.act(PressKeys("1"))
    call.take(call.engine.connect_failed(call.audio_socket, "ct", call.now))
    assert "dial_call_duration" not in call.hook("/end")["data"]
    assert call.warnings() == ["audio-not-connected"]


def test_metadata_that_has_no_room(bench: Any) -> None:
    call = listening(bench, LONG, metadata={"x": "y" * 9000})
    assert call.warnings() == ["metadata-too-large"]
    assert call.hook("/end")


def test_pausing(bench: Any) -> None:
    call = listening(bench)
    call.command("listen:status", {"listen_status": "pause"})
    before = len(call.audio)
    call.act(SendAudio(b"\0\0"))
    assert len(call.audio) == before
    call.command("stream:status", {"stream_status": "resume"})
    call.act(SendAudio(b"\0\0"))
    assert len(call.audio) == before + 1
    call.command("stream:status", {"stream_status": "move-to-room", "room": "team"})
    assert call.warnings() == []
    call.command("listen:status", {"listen_status": "silence"})
    assert call.warnings() == ["command-invalid"]


def test_a_whisper_beside_a_stream(bench: Any) -> None:
    call = listening(bench)
    call.command("whisper", {"whisper": {"verb": "say", "text": "psst"}})
    call.run(1.0)
    assert call.spoken() == ["psst"]


def test_listening_in_the_background(bench: Any) -> None:
    call = bench()
    config = {"verb": "config", "listen": {"enable": True, "url": "/audio", "actionHook": "/end"}}
    stop = {"verb": "config", "listen": {"enable": False}}
    call.begin({"verb": "answer"}, config, {"verb": "pause", "length": 5}, stop, LONG, seconds=1.0)
    assert call.engine.running == "pause"
    assert call.audio_socket
    call.run(5.0)
    assert (call.audio_socket, 1000) in call.closed
    ended = bench()
    ended.begin({"verb": "answer"}, config, LONG, seconds=1.0)
    ended.act(HangUp())
    assert (ended.audio_socket, 1000) in ended.closed


def test_a_background_stream_that_the_application_closes(bench: Any) -> None:
    call = bench()
    config = {"verb": "config", "listen": {"enable": True, "url": "/audio"}}
    call.begin({"verb": "answer"}, config, LONG, seconds=1.0)
    call.take(call.engine.lost(call.audio_socket, 1000, call.now))
    assert call.engine.running == "pause"
    call.command(
        "config", {"listen": {"enable": True, "url": "/audio"}, "stream": {"enable": True, "url": "/audio"}}
    )
    assert call.warnings() == ["config-stream-ignored"]


# --- transcribe ---------------------------------------------------------------------------------------------


def test_transcribing_blocks_and_every_result_wants_an_ack(bench: Any) -> None:
    call = bench(profile=V0_9)
    verb = {
        "verb": "transcribe",
        "id": "t",
        "transcriptionHook": "/t",
        "recognizer": {"vendor": "default", "interim": True},
        "translationHook": "/tr",
    }
    call.begin(verb, LONG, seconds=0.2)
    call.act(Speak("one two three four", duration=2.0, interims=2))
    call.run(3.0)
    heard = [m["data"]["speech"] for m in call.messages if m.get("hook") == "/t"]
    assert [(s["is_final"], s["alternatives"][0]["transcript"]) for s in heard] == [
        (False, "one two"),
        (False, "one two three four"),
        (True, "one two three four"),
    ]
    assert call.hook("/t")["data"]["local_sip_address"]
    assert "verb_id" not in call.hook("/t")["data"]
    assert call.hook("/tr")["data"]["translation"]["translation"] == "one two three four"
    assert call.engine.running == "transcribe"
    call.ack(call.hook("/t"), [LONG])
    assert call.engine.running == "pause"


def test_version_10_transcribes_in_the_background(bench: Any) -> None:
    call = bench()
    verb = {"verb": "transcribe", "transcriptionHook": "/t"}
    call.begin({"verb": "answer"}, verb, {"verb": "pause", "length": 10}, seconds=0.2)
    assert call.engine.running == "pause"
    call.act(Speak("heard"))
    call.run(2.0)
    call.ack(call.hook("/t"), [{**verb, "enable": False}, LONG])
    assert call.engine.running == "pause"
    seen = len(call.messages)
    call.act(Speak("unheard"))
    call.run(5.0)
    assert len(call.messages) == seen


@pytest.mark.parametrize("name", ["listen", "transcribe"])
def test_a_second_one_in_the_background_is_ignored(bench: Any, name: str) -> None:
    call = bench()
    hook = {"url": "/first"} if name == "listen" else {"transcriptionHook": "/first"}
    call.begin({"verb": "answer"}, {"verb": "config", name: {"enable": True, **hook}}, LONG, seconds=0.2)
    other = {"url": "/second"} if name == "listen" else {"transcriptionHook": "/second"}
    call.command("config", {name: {"enable": True, **other}})
    call.act(Speak("hello"))
    call.run(2.0)
    assert call.warnings() == ["task-already-on"]
    if name == "listen":
        assert [e.url for e in call.all(Connect) if e.url.endswith("second")] == []
    else:
        assert [m["hook"] for m in call.messages if m["type"] == "verb:hook"] == ["/first"]


def test_transcribing_in_the_background(bench: Any) -> None:
    call = bench()
    config = {"verb": "config", "transcribe": {"enable": True, "transcriptionHook": "/t"}}
    call.begin({"verb": "answer"}, config, LONG, seconds=0.2)
    call.command("transcribe:status", {"transcribe_status": "pause"})
    call.act(Speak("unheard"))
    call.run(2.0)
    assert "verb:hook" not in call.types()
    call.command("transcribe:status", {"transcribe_status": "resume"})
    call.act(Speak("heard"))
    call.run(2.0)
    call.ack(call.hook("/t"), [{"verb": "say", "text": "I see."}])  # background, and yet it replaces
    assert call.engine.running == "say"
    call.command("config", {"transcribe": {"enable": False}})
    call.run(1.0)


def test_a_killed_transcription_waits_for_a_last_result(bench: Any) -> None:
    call = bench(profile=V0_9)
    call.begin({"verb": "transcribe", "transcriptionHook": "/t"}, seconds=0.2)
    call.act(Speak("last words", duration=1.0))
    call.run(0.8)
    call.command("redirect", [LONG])
    assert call.engine.running == ""
    call.run(2.0)
    assert call.hook("/t")["data"]["speech"]["is_final"]
    assert call.engine.running == "pause"


def test_transcription_that_fails(bench: Any) -> None:
    call = bench()
    call.begin({"verb": "transcribe", "id": "t", "transcriptionHook": "/t"}, LONG, seconds=0.2)
    call.act(SttFailure())
    assert call.message("jambonz:error")["data"]["verb"] == "transcribe"
    assert call.engine.running == "pause"


@pytest.mark.parametrize("answer", [None, [{"verb": "sing"}]])
def test_answers_to_transcripts_that_are_no_good(bench: Any, answer: Any) -> None:
    call = bench(profile=V0_9)
    call.begin({"verb": "transcribe", "transcriptionHook": "/t"}, seconds=0.2)
    call.act(Speak("hello"))
    call.run(2.0)
    if answer is None:
        call.run(6.0)
    else:
        call.ack(call.hook("/t"), answer)
        assert call.warnings() == ["invalid-verbs"]
    assert call.engine.running == "transcribe"
