"""Samples stay whole, frames have their length, and no sample means something else."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_core.audio.pcm import FrameCutter, SampleAligner, pcm_seconds, silence, without_mark_samples

messages = st.lists(st.binary(max_size=40), max_size=20)
samples = st.lists(st.sampled_from([-1, -2, 0, 255, -256, -257, 32767, -32768]) | st.integers(-32768, 32767))


@given(messages, st.sampled_from([2, 4]))
def test_an_aligner_gives_whole_samples_and_loses_none(parts: list[bytes], width: int) -> None:
    aligner = SampleAligner(width)
    out = [aligner.feed(part) for part in parts]
    assert all(len(part) % width == 0 for part in out)
    rest = aligner.finish()
    assert len(rest) in (0, width)
    joined = b"".join(parts)
    assert b"".join(out) + rest == joined + bytes(-len(joined) % width)
    assert aligner.finish() == b""


def test_a_message_of_whole_samples_is_not_copied() -> None:
    data = bytes(320)
    assert SampleAligner().feed(data) is data


@given(messages)
def test_a_cutter_gives_frames_of_one_length_and_loses_nothing(parts: list[bytes]) -> None:
    cutter = FrameCutter(milliseconds=1, sample_rate=3000)
    frames = [frame for part in parts for frame in cutter.feed(part)]
    assert {len(frame) for frame in frames} <= {6}
    assert b"".join(frames) + cutter.rest() == b"".join(parts)
    assert cutter.rest() == b""


def test_a_cutter_hands_on_what_has_the_right_length_already() -> None:
    data = bytes(640)
    (frame,) = FrameCutter(milliseconds=20, sample_rate=8000, channels=2).feed(data)
    assert frame is data


def test_a_frame_without_a_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="no sample"):
        FrameCutter(milliseconds=0.01, sample_rate=8000)


@given(samples)
def test_a_sample_of_minus_one_becomes_minus_two_and_no_other_changes(values: list[int]) -> None:
    data = struct.pack(f"<{len(values)}h", *values)
    expected = struct.pack(f"<{len(values)}h", *(-2 if value == -1 else value for value in values))
    assert without_mark_samples(data) == expected


def test_two_samples_that_only_look_like_it_are_left_alone() -> None:
    data = struct.pack("<2h", -256, 255)
    assert b"\xff\xff" in data
    assert without_mark_samples(data) == data


def test_audio_without_such_samples_is_not_copied() -> None:
    data = bytes(320)
    assert without_mark_samples(data) is data


def test_silence_and_its_length() -> None:
    assert silence(0.16, 16000) == bytes(5120)
    assert len(silence(0.0001, 8000)) == 2
    assert silence(0, 8000) == b""
    assert pcm_seconds(640, 8000, channels=2) == 0.02
