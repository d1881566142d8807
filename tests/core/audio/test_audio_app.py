"""The application's end of an audio connection."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jambonz_core.audio import (
    AudioApp,
    AudioEvent,
    AudioFrame,
    AudioLimitReached,
    AudioOptions,
    AudioOver,
    AudioStarted,
    BadAudioMessage,
    ClearMarks,
    Disconnect,
    Dtmf,
    EndUtterance,
    KillAudio,
    MarkSettled,
    PlayClip,
    PlayDone,
    PlayOutcome,
    SendAudio,
    SetMark,
    UnknownAudioMessage,
)
from jambonz_core.wire.errors import (
    CallEnded,
    LocalProtocolError,
    MessageTooLarge,
    QueueFull,
    WrongPlaybackMode,
)

DEFAULT = AudioOptions()
METADATA = {"callSid": "c1", "sampleRate": 16000, "mixType": "mono", "from": "+1", "purpose": "test"}


def started(*, streaming: bool | None = True, options: AudioOptions = DEFAULT, **metadata: Any) -> AudioApp:
    """A stream whose first frame came."""
    audio = AudioApp(options=options, streaming=streaming)
    audio.connected(0.0)
    audio.receive(json.dumps(METADATA | metadata), 0.0)
    return audio


def sent(audio: AudioApp) -> list[Any]:
    """What leaves: objects for text, lengths for PCM."""
    return [json.loads(frame) if isinstance(frame, str) else len(frame) for frame in audio.outgoing()]


def mark(name: str) -> dict[str, Any]:
    return {"type": "mark", "data": {"name": name}}


# --- what comes -----------------------------------------------------------------------------------------------


def test_the_first_frame_is_the_metadata_whatever_is_in_it() -> None:
    audio = AudioApp()
    assert not audio.started
    metadata = METADATA | {"type": "mark", "mixType": "stereo", "sampleRate": "24000"}
    assert audio.receive(json.dumps(metadata), 0.0) == [
        AudioStarted("c1", 24000, 2, "stereo", metadata, raw=metadata)
    ]
    assert (audio.started, audio.sample_rate, audio.channels) == (True, 24000, 2)


@pytest.mark.parametrize("rate", [None, "fast", "-1", 0, 1e9, [], True, 0.5, "9" * 5000])
def test_metadata_that_makes_no_sense_does_no_harm(rate: Any) -> None:
    audio = AudioApp()
    (event,) = audio.receive(json.dumps({"sampleRate": rate, "callSid": 1, "mixType": None}), 0.0)
    assert event == AudioStarted("", 8000, 1, "mono", event.raw or {}, raw=event.raw)


def test_pcm_comes_in_whole_samples() -> None:
    audio = started()
    assert audio.receive(b"\x01\x02\x03", 0.0) == [AudioFrame(b"\x01\x02")]
    assert audio.receive(b"", 0.0) == []
    assert audio.receive_pcm(b"\x04") == b"\x03\x04"


def test_a_message_of_whole_samples_is_its_own_pcm_until_one_is_cut() -> None:
    audio = started(mixType="stereo")
    assert audio.whole_bytes == 4
    pcm = bytes(8)
    assert audio.receive_pcm(pcm) is pcm
    assert audio.receive_pcm(bytes(7)) == bytes(4)
    assert all(size % audio.whole_bytes for size in range(1, 10_000))
    assert audio.receive_pcm(b"") == b""
    assert audio.receive_pcm(bytes(1)) == bytes(4)
    assert all(size % audio.whole_bytes for size in range(1, 10_000))


def test_pcm_of_two_channels_comes_in_whole_pairs() -> None:
    audio = started(mixType="stereo")
    assert audio.receive(bytes(6), 0.0) == [AudioFrame(bytes(4))]
    assert audio.receive(bytes(2), 0.0) == [AudioFrame(bytes(4))]


def test_pcm_before_the_metadata_is_delivered_all_the_same() -> None:
    assert AudioApp().receive(bytes(2), 0.0) == [AudioFrame(bytes(2))]


@pytest.mark.parametrize(
    ("duration", "seconds"), [("1600", 0.2), (800, 0.1), (None, None), ("long", None), (0, None)]
)
def test_a_key(duration: Any, seconds: float | None) -> None:
    message = {"event": "dtmf", "dtmf": "5", "duration": duration}
    assert started().receive(json.dumps(message), 0.0) == [Dtmf("5", seconds, raw=message)]


@pytest.mark.parametrize("message", [{}, {"type": "new"}, {"event": "new"}, {"type": ["mark"]}])
def test_unknown_messages_survive_as_data(message: dict[str, Any]) -> None:
    assert started().receive(json.dumps(message), 0.0) == [UnknownAudioMessage(raw=message)]


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "1", '{"type":'])
def test_a_bad_frame_is_an_event_and_the_stream_goes_on(text: str) -> None:
    audio = AudioApp()
    (bad,) = audio.receive(text, 0.0)
    assert isinstance(bad, BadAudioMessage)
    assert bad.text == text
    # It would lead to the frames of whoever called, one of which holds the event: nothing would ever be freed.
    error = bad.error
    assert (error.__traceback__, error.__context__, error.__cause__) == (None, None, None)
    assert isinstance(audio.receive(json.dumps(METADATA), 0.0)[0], AudioStarted)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
shaped = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["mark", "playDone", "dtmf"]) | json_values,
        "event": st.just("dtmf") | json_values,
        "data": st.fixed_dictionaries(
            {}, optional={"name": json_values, "event": json_values, "id": json_values}
        )
        | json_values,
        "dtmf": json_values,
        "duration": json_values,
        "sampleRate": json_values,
        "mixType": json_values,
    },
)


@given(
    st.lists(
        st.binary(max_size=9) | st.text(max_size=20) | (json_values | shaped).map(json.dumps), max_size=12
    )
)
@example(["{", b"\x01", '{"type":"mark"}', '{"type":"mark","data":{"name":"a","event":"playout"}}'])
@example(['{"sampleRate":"1e3","mixType":"stereo"}', b"\x01\x02\x03", b"\x04\x05"])
@example(["{}", '{"type":"playDone","data":null}', '{"type":"mark","data":{"name":["a"],"event":{}}}'])
@example(["{}", '{"event":"dtmf"}', '{"event":"dtmf","dtmf":5,"duration":1e400}', "\ud800", "[" * 100_000])
def test_whatever_a_peer_sends_makes_events_and_no_exception(frames: list[str | bytes]) -> None:
    audio = AudioApp(streaming=True)
    audio.do(SetMark("a"), 0.0)
    events: list[AudioEvent] = []
    for frame in frames:
        events += audio.receive(frame, 0.0)
    assert all(isinstance(event, AudioEvent) for event in events)
    pcm = b"".join(event.pcm for event in events if isinstance(event, AudioFrame))
    assert len(pcm) % 2 == 0


# --- sending PCM ----------------------------------------------------------------------------------------------


def test_pcm_leaves_in_whole_samples() -> None:
    audio = started()
    audio.do(SendAudio(b"\x01\x02\x03"), 0.0)
    audio.do(SendAudio(b"\x04"), 0.0)
    audio.do(SendAudio(b"\x05"), 0.0)
    assert audio.outgoing() == [b"\x01\x02", b"\x03\x04"]


@given(st.lists(st.sampled_from([0xFF, 0xFE, 0x00]), max_size=40), st.lists(st.integers(1, 5), max_size=20))
def test_no_sample_is_taken_for_a_mark_wherever_messages_end(values: list[int], sizes: list[int]) -> None:
    data, audio = bytes(values), started()
    rest = data
    for size in sizes:
        audio.send_pcm(rest[:size], 0.0)
        rest = rest[size:]
    audio.send_pcm(rest, 0.0)
    out = b"".join(frame for frame in audio.outgoing() if isinstance(frame, bytes))
    assert len(out) == len(data) - len(data) % 2
    for at in range(0, len(out), 2):
        sample = data[at : at + 2]
        assert out[at : at + 2] == (b"\xfe\xff" if sample == b"\xff\xff" else sample)


def test_a_user_who_sets_no_marks_can_have_the_samples_as_they_are() -> None:
    audio = started(options=AudioOptions(keep_mark_samples=True))
    audio.send_pcm(b"\xff\xff", 0.0)
    assert audio.outgoing() == [b"\xff\xff"]


def test_the_time_of_playing_is_computed_from_what_was_sent() -> None:
    audio = started(options=AudioOptions(playback_rate=8000))
    audio.send_pcm(bytes(16000), 5.0)
    audio.send_pcm(bytes(8000), 5.2)
    assert audio.playing_until == 6.5
    audio.do(KillAudio(), 5.3)
    assert audio.playing_until == 5.3


def test_the_end_of_an_utterance_is_silence_behind_its_audio() -> None:
    audio = started(options=AudioOptions(playback_rate=8000))
    audio.do(SendAudio(bytes(321)), 0.0)
    audio.do(EndUtterance(), 0.0)
    # Half a sample is filled up; 160 ms of silence follow.
    assert sent(audio) == [320, 2562]
    audio.do(EndUtterance(), 0.0)
    assert sent(audio) == []


def test_a_mark_at_the_end_of_an_utterance_comes_before_the_silence() -> None:
    audio = started()
    audio.do(EndUtterance(mark="done"), 0.0)
    assert sent(audio) == [mark("done"), 5120]


# --- the mode of playing --------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [SendAudio(bytes(2)), EndUtterance(), EndUtterance("x"), SetMark("x")])
def test_streaming_commands_are_refused_where_playback_is_not_streaming(command: Any) -> None:
    audio = started(streaming=False)
    with pytest.raises(WrongPlaybackMode, match="streaming"):
        audio.do(command, 0.0)
    assert audio.outgoing() == []


def test_clips_are_refused_where_playback_is_streaming() -> None:
    with pytest.raises(WrongPlaybackMode, match="SendAudio"):
        started().do(PlayClip(bytes(2)), 0.0)


def test_where_the_mode_is_not_known_both_are_sent() -> None:
    audio = started(streaming=None)
    audio.do(SendAudio(bytes(2)), 0.0)
    audio.do(PlayClip(bytes(2)), 0.0)
    assert len(sent(audio)) == 2


# --- clips ----------------------------------------------------------------------------------------------------


def test_a_clip_and_its_end() -> None:
    audio = started(streaming=False)
    assert audio.do(PlayClip(b"\x01\x02", id="greeting", text="Hi", queue=True), 0.0) == []
    (message,) = sent(audio)
    assert b64decode(message["data"].pop("audioContent")) == b"\x01\x02"
    assert message == {
        "type": "playAudio",
        "data": {
            "audioContentType": "raw",
            "id": "greeting",
            "sampleRate": 16000,
            "queuePlay": True,
            "textContent": "Hi",
        },
    }
    done = {"type": "playDone", "data": {"id": "greeting", "playbackSeconds": "1"}}
    assert audio.receive(json.dumps(done), 1.0) == [
        PlayDone("greeting", PlayOutcome.PLAYED, done["data"], raw=done)  # type: ignore[arg-type]  # a JSON object
    ]


def test_clips_without_an_id_get_a_number_and_a_wav_file_no_rate() -> None:
    audio = started(streaming=False)
    audio.do(PlayClip(bytes(2)), 0.0)
    audio.do(PlayClip(bytes(50), content_type="wav", queue=True), 0.0)
    first, second = sent(audio)
    assert (first["data"]["id"], second["data"]["id"]) == ("clip-1", "clip-2")
    assert "queuePlay" not in first["data"]
    assert "sampleRate" not in second["data"]


def test_an_eleventh_waiting_clip_is_refused() -> None:
    audio = started(streaming=False)
    for _ in range(11):
        audio.do(PlayClip(bytes(2), queue=True), 0.0)
    with pytest.raises(QueueFull, match="10 clips"):
        audio.do(PlayClip(bytes(2), queue=True), 0.0)
    assert len(audio.outgoing()) == 11
    assert len(audio.do(PlayClip(bytes(2)), 0.0)) == 10


def test_a_clip_that_would_be_cut_off_is_refused_with_its_size() -> None:
    audio = started(streaming=False)
    with pytest.raises(MessageTooLarge, match="in parts") as caught:
        audio.do(PlayClip(bytes(500_000)), 0.0)
    assert (caught.value.part, caught.value.limit) == ("playAudio", 650 * 1024)
    assert caught.value.size > caught.value.limit
    assert audio.outgoing() == []
    assert audio.deadline is None


@pytest.mark.parametrize(
    "clip",
    [PlayClip(b"", content_type="mp3"), PlayClip(b"", sample_rate=11025), PlayClip(b"", sample_rate=1)],
)
def test_clips_that_the_server_cannot_play_are_refused(clip: PlayClip) -> None:
    with pytest.raises(LocalProtocolError):
        started(streaming=False).do(clip, 0.0)


# --- marks ----------------------------------------------------------------------------------------------------


def test_a_mark_is_settled_by_its_report() -> None:
    audio = started()
    audio.do(SendAudio(bytes(32000)), 0.0)
    assert audio.do(SetMark("a"), 0.0) == []
    assert sent(audio) == [32000, mark("a")]
    message = {"type": "mark", "data": {"name": "a", "event": "playout"}}
    assert audio.receive(json.dumps(message), 1.1) == [MarkSettled("a", PlayOutcome.PLAYED)]


def test_the_thirty_first_mark_waits_for_a_place() -> None:
    audio = started()
    for number in range(31):
        audio.do(SetMark(str(number)), 0.0)
    assert len(sent(audio)) == 30
    audio.receive(json.dumps({"type": "mark", "data": {"name": "0", "event": "playout"}}), 0.1)
    assert sent(audio) == [mark("30")]


def test_audio_that_ran_out_with_a_mark_open_is_followed_by_silence_and_then_given_up() -> None:
    audio = started()
    audio.do(SendAudio(bytes(32000)), 0.0)
    audio.do(SetMark("a"), 0.0)
    sent(audio)
    assert audio.deadline == 1.2
    assert audio.tick(1.2) == []
    assert sent(audio) == [5120]
    assert audio.deadline == 3.0
    assert audio.tick(3.0) == [MarkSettled("a", PlayOutcome.UNKNOWN)]
    assert audio.deadline is None


def test_no_silence_is_sent_into_audio_that_goes_on() -> None:
    audio = started()
    audio.do(SendAudio(bytes(32000)), 0.0)
    audio.do(SetMark("a"), 0.0)
    audio.do(SendAudio(bytes(32000)), 0.5)
    sent(audio)
    audio.tick(1.2)
    assert sent(audio) == []
    assert audio.deadline == 2.2
    audio.receive(json.dumps({"type": "mark", "data": {"name": "a", "event": "playout"}}), 1.3)
    audio.tick(2.2)
    assert sent(audio) == []


# 5120 bytes are 160 ms of this stream's audio, and the server holds back whatever is less.


def test_a_mark_behind_audio_that_is_held_back_waits_for_more() -> None:
    audio = started()
    audio.do(SendAudio(bytes(5118)), 0.0)
    audio.do(SetMark("a"), 0.0)
    assert sent(audio) == [5118]
    # What leaves before the audio is not given past `outgoing()`.
    assert audio.pcm_to_send(bytes(1), 0.1) == b""
    assert sent(audio) == []
    assert audio.pcm_to_send(bytes(3), 0.1) == b""
    assert sent(audio) == [mark("a"), 4]
    assert audio.pcm_to_send(bytes(640), 0.1) == bytes(640)


def test_later_on_the_server_holds_back_only_eighty_milliseconds() -> None:
    audio = started()
    for size, waits in ((5120, False), (2558, True), (2, False), (2560, False), (640, True)):
        audio.do(SendAudio(bytes(size)), 0.0)
        sent(audio)
        audio.do(SetMark("a"), 0.0)
        assert (sent(audio) == []) is waits, size


def test_a_mark_that_waits_leaves_with_the_silence_when_nothing_more_comes() -> None:
    audio = started()
    audio.do(SendAudio(bytes(3200)), 0.0)
    audio.do(SetMark("a"), 0.0)
    sent(audio)
    assert audio.deadline == pytest.approx(0.3)
    audio.tick(audio.deadline or 0.0)
    assert sent(audio) == [mark("a"), 5120]


def test_a_mark_that_waits_leaves_with_the_end_of_the_utterance() -> None:
    audio = started()
    audio.do(SendAudio(bytes(3200)), 0.0)
    audio.do(SetMark("a"), 0.0)
    audio.do(EndUtterance(mark="b"), 0.0)
    assert sent(audio) == [3200, mark("a"), mark("b"), 5120]
    audio.do(SetMark("c"), 0.0)
    assert sent(audio) == [mark("c")]


def test_a_tail_shorter_than_what_the_server_holds_back_keeps_a_mark_waiting() -> None:
    audio = started(options=AudioOptions(tail_seconds=0.02))
    audio.do(SendAudio(bytes(640)), 0.0)
    audio.do(EndUtterance(), 0.0)
    sent(audio)
    audio.do(SetMark("a"), 0.0)
    assert sent(audio) == []


@pytest.mark.parametrize("command", [KillAudio(), ClearMarks()])
def test_a_mark_that_waits_is_cleared_like_any_other(command: Any) -> None:
    audio = started()
    audio.do(SendAudio(bytes(3200)), 0.0)
    audio.do(SetMark("a"), 0.0)
    assert audio.do(command, 0.0) == [MarkSettled("a", PlayOutcome.CLEARED)]
    assert audio.pcm_to_send(bytes(640), 0.1) == bytes(640)


def test_how_the_verb_plays_can_be_learnt_later() -> None:
    audio = started(streaming=None)
    audio.learn_playback(streaming=True, sample_rate=8000)
    assert (audio.streaming, audio.playback_rate) == (True, 8000)
    audio.do(SendAudio(bytes(2560)), 0.0)
    audio.do(SetMark("a"), 0.0)
    assert sent(audio) == [2560, mark("a")]
    audio.learn_playback(streaming=False)
    with pytest.raises(WrongPlaybackMode):
        audio.send_pcm(bytes(2), 0.0)


def test_a_rate_that_was_chosen_is_kept() -> None:
    audio = started(streaming=None, options=AudioOptions(playback_rate=24000))
    audio.learn_playback(streaming=True, sample_rate=8000)
    assert audio.playback_rate == 24000


def test_a_list_of_lost_marks_is_cleared_to_make_room() -> None:
    audio = started(options=AudioOptions(marks_outstanding=1))
    audio.do(SetMark("a"), 0.0)
    audio.tick(2.0)
    sent(audio)
    audio.do(SetMark("b"), 2.0)
    assert sent(audio) == [{"type": "clearMarks"}, mark("b")]


def test_clearing_marks() -> None:
    audio = started()
    audio.do(SetMark("a"), 0.0)
    assert audio.do(ClearMarks(), 0.0) == [MarkSettled("a", PlayOutcome.CLEARED)]
    assert sent(audio)[-1] == {"type": "clearMarks"}


# --- stopping -------------------------------------------------------------------------------------------------


def test_killing_audio_forgets_half_a_sample_and_what_is_owed() -> None:
    audio = started()
    audio.do(SendAudio(bytes(5121)), 0.0)
    audio.do(SetMark("a"), 0.0)
    assert audio.do(KillAudio(), 0.0) == []
    audio.do(SendAudio(b"\x01\x02"), 0.0)
    assert sent(audio) == [5120, mark("a"), {"type": "killAudio"}, 2]
    assert audio.receive('{"type":"mark","data":{"name":"a","event":"cleared"}}', 0.1) == [
        MarkSettled("a", PlayOutcome.CLEARED)
    ]


def test_killing_audio_stops_clips() -> None:
    audio = started(streaming=False)
    audio.do(PlayClip(bytes(32000)), 0.0)
    audio.do(PlayClip(bytes(32000), queue=True), 0.0)
    assert audio.do(KillAudio(), 0.5) == [PlayDone("clip-2", PlayOutcome.CLEARED, {})]
    assert audio.deadline == 2.5
    assert audio.tick(2.5) == [PlayDone("clip-1", PlayOutcome.CLEARED, {})]


def test_a_disconnect_leaves_the_rest_to_the_server() -> None:
    audio = started()
    assert audio.do(Disconnect(), 0.0) == []
    assert sent(audio) == [{"type": "disconnect"}]
    assert not audio.over


def test_what_is_no_command_is_refused() -> None:
    with pytest.raises(LocalProtocolError, match="'stop' is not a command"):
        started().do("stop", 0.0)  # type: ignore[arg-type]  # the point of the test


def test_the_end_settles_everything_and_takes_nothing_more() -> None:
    audio = started()
    audio.do(SetMark("a"), 0.0)
    assert audio.lost(1006, 0.1) == [MarkSettled("a", PlayOutcome.UNKNOWN), AudioOver(1006)]
    assert audio.outgoing() == []
    with pytest.raises(CallEnded):
        audio.do(SetMark("b"), 0.2)
    with pytest.raises(CallEnded):
        audio.send_pcm(bytes(2), 0.2)
    assert audio.deadline is None


def test_a_clip_of_bytes_that_can_change_is_copied() -> None:
    audio = started(streaming=False)
    buffer = bytearray(b"\x01\x02")
    audio.do(PlayClip(buffer, id="c"), 0.0)  # type: ignore[arg-type]  # what a careless program does
    buffer[0] = 9
    [frame] = audio.outgoing()
    assert isinstance(frame, str)
    assert b64decode(json.loads(frame)["data"]["audioContent"]) == b"\x01\x02"


def test_of_a_large_first_message_the_largest_fields_are_not_kept() -> None:
    audio = AudioApp(options=AudioOptions(metadata_bytes=1000))
    audio.connected(0.0)
    [begun, reached] = audio.receive(json.dumps({**METADATA, "large": "x" * 10_000}), 0.0)
    assert isinstance(begun, AudioStarted)
    assert begun.metadata == audio.metadata == METADATA
    assert (begun.call_sid, begun.sample_rate) == ("c1", 16000)
    assert reached == AudioLimitReached("AudioOptions.metadata_bytes", "of the first message: large")
    # So are those that have a meaning.
    audio = AudioApp(options=AudioOptions(metadata_bytes=1000))
    audio.connected(0.0)
    [begun, reached] = audio.receive(json.dumps({**METADATA, "callSid": "x" * 10_000}), 0.0)
    assert isinstance(begun, AudioStarted)
    assert begun.call_sid == ""
    # What only might be too large is measured.
    audio = AudioApp(options=AudioOptions(metadata_bytes=200))
    audio.connected(0.0)
    assert len(audio.receive(json.dumps(METADATA), 0.0)) == 1
