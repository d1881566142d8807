"""The media server's end of an audio connection."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_core.audio import (
    AudioClosed,
    AudioJambonz,
    AudioPlayed,
    AudioUnheard,
    ClipOver,
    ClipStarted,
    DisconnectWanted,
    Hear,
    MarkCleared,
    MarkPlayed,
    PauseListening,
    PressKey,
    ResumeListening,
)
from jambonz_core.wire.errors import LocalProtocolError


def connected(**settings: Any) -> AudioJambonz:
    audio = AudioJambonz({"callSid": "c1"}, **settings)
    audio.connected(0.0)
    audio.outgoing()
    return audio


def told(audio: AudioJambonz) -> list[Any]:
    return [json.loads(frame) if isinstance(frame, str) else frame for frame in audio.outgoing()]


def tell(audio: AudioJambonz, now: float = 0.0, **message: Any) -> list[Any]:
    return list(audio.receive(json.dumps(message), now))


def test_the_metadata_of_the_verb_is_merged_last() -> None:
    audio = AudioJambonz(
        {"callSid": "c1", "from": "+1"}, metadata={"from": "me", "x": {"y": 1}}, mix_type="stereo"
    )
    audio.connected(0.0)
    assert told(audio) == [
        {"sampleRate": 8000, "mixType": "stereo", "callSid": "c1", "from": "me", "x": {"y": 1}}
    ]


def test_metadata_has_a_limit() -> None:
    with pytest.raises(LocalProtocolError, match="8192"):
        AudioJambonz({}, metadata={"x": "y" * 9000}).connected(0.0)


def test_what_happens_on_the_call_is_told_unless_it_is_paused() -> None:
    audio = connected()
    audio.do(Hear(b"\x01\x02"), 0.0)
    audio.do(PauseListening(), 0.0)
    audio.do(Hear(b"\x03\x04"), 0.0)
    audio.do(PressKey("5"), 0.0)
    audio.do(ResumeListening(), 0.0)
    audio.do(Hear(b"\x05\x06"), 0.0)
    assert told(audio) == [b"\x01\x02", {"event": "dtmf", "dtmf": "5", "duration": "1600"}, b"\x05\x06"]


def test_keys_are_not_told_unless_wanted() -> None:
    audio = connected(pass_dtmf=False)
    audio.do(PressKey("5"), 0.0)
    assert told(audio) == []


def streaming() -> AudioJambonz:
    return connected(streaming=True, playback_rate=8000)


def test_streamed_audio_is_heard_and_its_marks_are_told() -> None:
    audio = streaming()
    events = audio.receive(bytes(2560), 0.0)
    assert audio.deadline == 0.02
    events += tell(audio, type="mark", data={"name": "a"})
    events += audio.receive(bytes(1280), 0.0)
    events += audio.tick(1.0)
    # The sample of the mark is not heard.
    assert sum(len(event.pcm) for event in events if isinstance(event, AudioPlayed)) == 3840
    assert [event for event in events if not isinstance(event, AudioPlayed)] == [MarkPlayed("a")]
    assert told(audio) == [{"type": "mark", "data": {"name": "a", "event": "playout"}}]


def test_a_mark_with_nothing_to_play_is_told_in_the_next_20_ms() -> None:
    audio = streaming()
    assert tell(audio, type="mark", data={"name": "a"}) == []
    assert audio.tick(0.02) == [MarkPlayed("a")]
    assert told(audio) == [{"type": "mark", "data": {"name": "a", "event": "playout"}}]


def test_a_kill_tells_every_mark() -> None:
    audio = streaming()
    audio.receive(bytes(2560), 0.0)
    tell(audio, type="mark", data={"name": "a"})
    assert tell(audio, type="killAudio") == []
    assert audio.tick(0.02) == [MarkCleared("a")]
    assert told(audio) == [{"type": "mark", "data": {"name": "a", "event": "cleared"}}]


def test_marks_are_cleared_without_a_word() -> None:
    audio = streaming()
    audio.receive(bytes(2560), 0.0)
    tell(audio, type="mark", data={"name": "a"})
    assert tell(audio, type="clearMarks") == []
    assert told(audio) == []


def test_streamed_audio_without_a_rate_is_silent_and_its_marks_are_never_told() -> None:
    audio = connected(streaming=True)
    (unheard,) = audio.receive(bytes(2560), 0.0)
    assert isinstance(unheard, AudioUnheard)
    assert "sampleRate" in unheard.what
    assert audio.receive(bytes(2560), 0.0) == []  # said once
    assert tell(audio, type="mark", data={"name": "a"}) == []
    assert audio.tick(5.0) == []
    assert told(audio) == []


def test_a_clip_is_played_and_its_end_is_told() -> None:
    audio = connected()
    data = {"audioContent": "AAAAAA==", "audioContentType": "raw", "sampleRate": 8000, "id": "x"}
    (start,) = tell(audio, type="playAudio", data=data)
    assert start == ClipStarted("x", bytes(4), data)
    assert audio.deadline == 2 / 8000
    assert audio.tick(1.0) == [ClipOver("x", 2 / 8000)]
    assert told(audio) == [
        {
            "type": "playDone",
            "data": {
                "id": "x",
                "playbackSeconds": "0",
                "playbackMilliseconds": "0",
                "playbackLastOffsetPos": "0",
            },
        }
    ]


def test_a_clip_without_an_id_is_told_without_one() -> None:
    audio = connected()
    tell(audio, type="playAudio", data={"audioContentType": "raw", "sampleRate": 8000})
    audio.tick(0.0)
    (done,) = told(audio)
    assert "id" not in done["data"]


@pytest.mark.parametrize(
    ("streaming", "bidirectional", "frame"),
    [
        (True, True, '{"type": "playAudio"}'),
        (False, False, '{"type": "playAudio"}'),
        (False, True, '{"type": "mark"}'),
        (True, False, '{"type": "mark"}'),
        (False, True, b"\x00\x00"),
        (True, False, b"\x00\x00"),
        (True, True, '{"type": "transcription"}'),
        (True, True, "nonsense"),
    ],
)
def test_what_does_not_fit_is_dropped_without_a_word(
    streaming: bool, bidirectional: bool, frame: str | bytes
) -> None:
    audio = connected(streaming=streaming, bidirectional=bidirectional)
    (dropped,) = audio.receive(frame, 0.0)
    assert isinstance(dropped, AudioUnheard)
    assert told(audio) == []


def test_a_disconnect_is_for_the_adapter() -> None:
    assert tell(connected(), type="disconnect") == [DisconnectWanted()]


def test_what_is_no_command_is_refused() -> None:
    with pytest.raises(LocalProtocolError, match="'stop' does not happen"):
        connected().do("stop", 0.0)  # type: ignore[arg-type]  # the point of the test


def test_the_end() -> None:
    audio = connected(streaming=True)
    audio.receive(bytes(1280), 0.0)
    audio.do(Hear(bytes(2)), 0.0)
    assert audio.lost(1000, 0.0) == [AudioClosed(1000)]
    assert audio.deadline is None
    assert told(audio) == []


@given(
    st.lists(
        st.binary(max_size=9)
        | st.text(max_size=20)
        | st.fixed_dictionaries(
            {"type": st.sampled_from(["mark", "playAudio", "killAudio", "clearMarks", "x"])},
            optional={
                "data": st.dictionaries(
                    st.sampled_from(["name", "audioContent", "audioContentType", "sampleRate", "queuePlay"]),
                    st.sampled_from(["raw", "wav", 8000, True, None, "AAAA", "é", []]),
                )
                | st.integers()
            },
        ).map(json.dumps),
        max_size=12,
    ),
    st.booleans(),
)
def test_whatever_an_application_sends_makes_no_exception(frames: list[str | bytes], streaming: bool) -> None:
    audio = connected(streaming=streaming)
    for number, frame in enumerate(frames):
        audio.receive(frame, number * 0.05)
    told(audio)
