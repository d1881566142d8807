"""The media server's playout buffer and clip player, quirk by quirk."""

from __future__ import annotations

import struct
from base64 import b64encode
from typing import Any

import pytest

from jambonz_core.audio import (
    AudioPlayed,
    AudioUnheard,
    ClipOver,
    ClipStarted,
    JambonzAudioEvent,
    MarkCleared,
    MarkPlayed,
    PlayoutOptions,
)
from jambonz_core.audio.clip_player import ClipPlayer
from jambonz_core.audio.playout import PlayoutBuffer

MS20 = bytes(320)


def run(playout: PlayoutBuffer, until: float) -> list[tuple[str, float]]:
    """Let time pass; marks with the moment at which they were played or cleared."""
    marks = []
    while playout.deadline is not None and playout.deadline <= until:
        now = playout.deadline
        marks += [(event.name, now) for event in playout.tick(now) if isinstance(event, MarkPlayed)]
    return marks


def heard(events: list[JambonzAudioEvent]) -> bytes:
    return b"".join(event.pcm for event in events if isinstance(event, AudioPlayed))


def test_nothing_plays_before_160_milliseconds_are_there_and_then_eighty_are_enough() -> None:
    playout = PlayoutBuffer(sample_rate=8000)
    playout.feed(MS20 * 7, 0.0)
    assert playout.deadline is None
    playout.feed(MS20, 0.1)
    assert playout.deadline == 0.1
    assert heard(playout.tick(1.0)) == MS20 * 8
    playout.feed(MS20 * 3, 1.0)
    assert playout.deadline is None
    playout.feed(MS20, 1.0)
    assert heard(playout.tick(2.0)) == MS20 * 4


def test_a_tail_shorter_than_eighty_milliseconds_stays_unheard() -> None:
    playout = PlayoutBuffer(sample_rate=8000)
    playout.feed(MS20 * 8, 0.0)
    playout.feed(MS20 * 3, 0.0)
    assert heard(playout.tick(1.0)) == MS20 * 8
    assert playout.buffered_seconds == 0.06
    playout.feed(MS20, 1.0)
    assert heard(playout.tick(2.0)) == MS20 * 4


def test_it_plays_twenty_milliseconds_at_a_time() -> None:
    playout = PlayoutBuffer(sample_rate=8000)
    playout.feed(MS20 * 8, 0.0)
    assert heard(playout.tick(0.019)) == MS20
    assert heard(playout.tick(0.041)) == MS20 * 2


def test_a_mark_with_audio_behind_it_is_reported_where_it_is() -> None:
    playout = PlayoutBuffer(sample_rate=8000)
    playout.feed(MS20 * 8, 0.0)
    assert playout.mark("a", 0.0) == []
    playout.feed(MS20 * 8, 0.0)
    ((name, at),) = run(playout, 1.0)
    assert (name, round(at, 6)) == ("a", 0.16)


def test_a_mark_at_the_end_is_reported_when_nothing_is_left_to_play() -> None:
    playout = PlayoutBuffer(sample_rate=8000)
    playout.feed(MS20 * 8, 0.0)
    for name in ("a", "b"):
        playout.mark(name, 0.0)
    assert [(name, round(at, 6)) for name, at in run(playout, 1.0)] == [("a", 0.16), ("b", 0.18)]
    assert playout.deadline is None


def test_a_mark_behind_audio_that_is_held_back_is_reported_too_early() -> None:
    playout = PlayoutBuffer(sample_rate=8000)
    playout.feed(MS20 * 7, 0.0)
    playout.mark("a", 0.0)
    assert run(playout, 0.02) == [("a", 0.02)]
    assert playout.buffered_seconds == 0.14


def test_a_mark_with_little_audio_behind_it_waits_and_holds_up_later_ones() -> None:
    playout = PlayoutBuffer(sample_rate=8000)
    playout.feed(MS20 * 8, 0.0)
    playout.mark("a", 0.0)
    playout.feed(MS20, 0.0)
    playout.mark("b", 0.0)
    assert run(playout, 1.0) == []
    playout.feed(MS20 * 3, 1.0)
    assert [name for name, _ in run(playout, 2.0)] == ["a", "b"]


def test_a_mark_with_nothing_buffered_fires_in_the_next_20_ms() -> None:
    playout = PlayoutBuffer(sample_rate=8000)
    assert playout.mark("a", 0.0) == []
    assert playout.tick(0.0) == []
    assert playout.tick(0.02) == [MarkPlayed("a")]


def test_a_mark_and_the_audio_behind_it_may_come_in_one_read() -> None:
    playout = PlayoutBuffer(sample_rate=8000)
    playout.feed(MS20, 0.0)
    playout.mark("a", 1.0)
    assert playout.tick(1.0) == []
    playout.feed(MS20, 1.0)
    assert run(playout, 1.0) == [], "neither is heard yet"
    playout.feed(MS20 * 6, 2.0)
    assert [name for name, _ in run(playout, 2.0)] == ["a"]


def test_the_thirty_first_mark_is_dropped() -> None:
    playout = PlayoutBuffer(sample_rate=8000)
    playout.feed(MS20, 0.0)
    for number in range(30):
        assert playout.mark(str(number), 0.0) == []
    (dropped,) = playout.mark("30", 0.0)
    assert isinstance(dropped, AudioUnheard)


def test_a_sample_of_minus_one_is_taken_for_a_mark_and_lost() -> None:
    playout = PlayoutBuffer(sample_rate=8000)
    playout.feed(struct.pack("<2h", 5, -1) + bytes(2556), 0.0)
    playout.mark("a", 0.0)
    playout.feed(MS20 * 4, 0.0)
    assert MarkPlayed("a") in playout.tick(0.0)  # and not 160 ms later
    playout.tick(1.0)
    assert playout.names == []
    playout.mark("b", 1.0)
    playout.feed(struct.pack("<2h", 5, -1) + bytes(1276), 1.0)
    events = playout.tick(2.0)
    assert [event for event in events if isinstance(event, MarkPlayed)] == [MarkPlayed("b")]
    assert struct.pack("<h", -1) not in heard(events)


def test_without_marks_it_is_a_sample_like_any_other() -> None:
    playout = PlayoutBuffer(sample_rate=8000)
    loud = struct.pack("<h", -1) * 1280
    playout.feed(loud, 0.0)
    assert heard(playout.tick(1.0)) == loud


def test_a_kill_clears_every_mark_and_swallows_later_ones() -> None:
    playout = PlayoutBuffer(sample_rate=8000)
    playout.feed(MS20 * 8, 0.0)
    playout.mark("a", 0.0)
    playout.feed(MS20 * 4, 0.0)
    playout.mark("z", 0.0)
    assert playout.kill(0.0) == []
    assert playout.tick(0.0) == [MarkCleared("a"), MarkCleared("z")]
    assert (playout.buffered_seconds, playout.deadline) == (0, None)
    playout.feed(MS20 * 4, 1.0)
    playout.mark("b", 1.0)
    playout.feed(MS20 * 4, 1.0)
    playout.mark("c", 1.0)
    playout.feed(MS20 * 4, 1.0)
    # The sample of b is swallowed; where c is, the first name of the list is reported.
    assert [name for name, _ in run(playout, 2.0)] == ["b"]
    assert playout.names == ["c"]


def test_a_kill_takes_effect_with_the_next_twenty_milliseconds_and_leaves_what_is_held_back() -> None:
    playout = PlayoutBuffer(sample_rate=8000)
    playout.feed(MS20 * 8, 0.0)
    playout.feed(MS20, 0.0)
    assert heard(playout.tick(0.0)) == MS20
    playout.kill(0.005)
    assert playout.deadline == 0.02
    assert playout.tick(0.02) == []
    assert playout.buffered_seconds == 0.02
    playout.feed(MS20 * 3, 1.0)
    assert heard(playout.tick(2.0)) == MS20 * 4


def test_after_a_kill_a_mark_at_the_end_is_not_reported() -> None:
    playout = PlayoutBuffer(sample_rate=8000)
    playout.feed(MS20 * 8, 0.0)
    playout.mark("a", 0.0)
    playout.feed(MS20 * 4, 0.0)
    playout.kill(0.0)
    playout.tick(0.0)
    playout.mark("b", 1.0)
    assert playout.deadline is None


def test_clearing_marks_reports_nothing_and_swallows_what_was_not_placed() -> None:
    playout = PlayoutBuffer(sample_rate=8000)
    playout.feed(MS20, 0.0)
    playout.mark("a", 0.0)
    assert playout.clear_marks(0.0) == []
    playout.mark("b", 0.0)
    playout.feed(MS20 * 8, 0.0)
    assert run(playout, 1.0) == []
    assert playout.names == ["b"]


def test_clearing_marks_as_the_documentation_has_it() -> None:
    options = PlayoutOptions(clear_reports=True, swallows=False)
    playout = PlayoutBuffer(sample_rate=8000, options=options)
    playout.feed(MS20, 0.0)
    playout.mark("a", 0.0)
    assert playout.clear_marks(0.0) == [MarkCleared("a")]
    playout.mark("b", 0.0)
    playout.feed(MS20, 0.0)
    playout.kill(0.0)
    assert playout.tick(0.02) == [MarkCleared("b")]
    assert playout.swallow == 0


def test_a_sample_of_a_mark_that_nobody_knows_any_more_is_lost() -> None:
    playout = PlayoutBuffer(sample_rate=8000, options=PlayoutOptions(swallows=False))
    playout.feed(MS20 * 8, 0.0)
    for name in ("a", "b"):
        playout.mark(name, 0.0)
        playout.feed(MS20 * 4, 0.0)
    playout.clear_marks(0.0)
    playout.mark("c", 0.0)
    playout.feed(MS20 * 4, 0.0)
    events = playout.tick(2.0)
    assert [event.name for event in events if isinstance(event, MarkPlayed)] == ["c"]


def test_resampling_destroys_marks() -> None:
    playout = PlayoutBuffer(sample_rate=8000, options=PlayoutOptions(destroys_every=2))
    playout.feed(MS20 * 8, 0.0)
    for name in ("a", "b"):
        playout.mark(name, 0.0)
        playout.feed(MS20 * 4, 0.0)
    playout.feed(MS20 * 4, 0.0)
    assert [name for name, _ in run(playout, 1.0)] == ["a"]
    assert playout.names == ["b"]


# --- clips ----------------------------------------------------------------------------------------------------


def clip(id: str, *, seconds: float = 1.0, queue: bool = False, **data: Any) -> dict[str, Any]:
    audio = b64encode(bytes(int(seconds * 16000))).decode()
    return {
        "id": id,
        "audioContent": audio,
        "audioContentType": "raw",
        "sampleRate": 8000,
        "queuePlay": queue,
    } | data


def play(player: ClipPlayer, data: dict[str, Any], now: float) -> list[str]:
    return names(player.play(data, 100, now))


def names(events: list[JambonzAudioEvent]) -> list[str]:
    return [
        f"{type(event).__name__} {event.id}" for event in events if isinstance(event, (ClipStarted, ClipOver))
    ]


def test_clips_play_one_after_the_other() -> None:
    player = ClipPlayer()
    assert play(player, clip("a", queue=True), 0.0) == ["ClipStarted a"]
    assert play(player, clip("b", queue=True), 0.1) == []
    assert player.deadline == 1.0
    assert names(player.tick(5.0)) == ["ClipOver a", "ClipStarted b", "ClipOver b"]
    assert player.deadline is None


def test_a_clip_that_is_not_queued_stops_the_others() -> None:
    player = ClipPlayer()
    play(player, clip("a"), 0.0)
    play(player, clip("b", queue=True), 0.0)
    events = player.play(clip("c"), 100, 0.25)
    assert names(events) == ["ClipOver a", "ClipStarted c"]
    assert events[0] == ClipOver("a", 0.25)
    assert names(player.kill(0.5)) == ["ClipOver c"]
    assert player.kill(0.5) == []


def test_an_eleventh_clip_may_wait_and_a_twelfth_vanishes() -> None:
    player = ClipPlayer()
    for number in range(12):
        player.play(clip(str(number), queue=True), 100, 0.0)
    (dropped,) = player.play(clip("12", queue=True), 100, 0.0)
    assert isinstance(dropped, AudioUnheard)


@pytest.mark.parametrize(
    "data",
    [
        clip("a", audioContentType="mp3"),
        clip("a", sampleRate=11025),
        clip("a", sampleRate=None),
        clip("a", audioContent="###"),
    ],
)
def test_what_cannot_be_played_is_dropped(data: dict[str, Any]) -> None:
    (dropped,) = ClipPlayer().play(data, 100, 0.0)
    assert isinstance(dropped, AudioUnheard)


def test_a_message_that_is_too_long_is_cut_off() -> None:
    (dropped,) = ClipPlayer().play(clip("a"), 650 * 1024 + 1, 0.0)
    assert isinstance(dropped, AudioUnheard)


def test_a_wav_clip_plays_as_long_as_its_header_says() -> None:
    audio = b"RIFF" + bytes(24) + (32000).to_bytes(4, "little") + bytes(31968)
    player = ClipPlayer()
    player.play(clip("a", audioContentType="wav", audioContent=b64encode(audio).decode()), 100, 0.0)
    assert player.deadline == 1.0
