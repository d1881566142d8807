"""Sound for tests: made, read, and looked at."""

from __future__ import annotations

import math
import wave
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_anyio.testing import audio


@given(st.floats(0.0, 0.2), st.sampled_from([8000, 16000, 24000]))
def test_everything_is_as_long_as_it_was_asked_to_be(seconds: float, rate: int) -> None:
    size = 2 * round(seconds * rate)
    assert len(audio.silence(seconds, sample_rate=rate)) == size
    assert len(audio.tone(440, seconds, sample_rate=rate)) == size
    assert len(audio.babble(seconds, sample_rate=rate)) == size


def test_a_tone_is_as_loud_and_as_high_as_it_says() -> None:
    sound = audio.tone(1000, 0.2, level=-6)
    assert audio.loudness(sound) == pytest.approx(-9, abs=0.1)  # a sine's average is 3 dB below its peak
    assert audio.has_tone(sound, 1000)
    assert not audio.has_tone(sound, 600)
    assert not audio.has_tone(audio.silence(0.1), 1000)


def test_silence_has_no_loudness() -> None:
    assert audio.loudness(audio.silence(0.1)) == -math.inf
    assert audio.loudness(b"") == -math.inf


def test_babble_has_syllables_and_pauses_and_is_repeatable() -> None:
    sound = audio.babble(1.0)
    assert sound == audio.babble(1.0)
    assert sound != audio.babble(1.0, seed=2)
    pauses = [audio.loudness(sound[2 * start : 2 * (start + 400)]) for start in range(1600, 8000, 2000)]
    loud = [audio.loudness(sound[2 * start : 2 * (start + 400)]) for start in range(600, 8000, 2000)]
    assert max(pauses) < min(loud) - 20


def test_a_file_comes_back_as_it_was_written(tmp_path: Path) -> None:
    sound = audio.babble(0.1)
    audio.write_wav(tmp_path / "a.wav", sound)
    assert audio.read_wav(tmp_path / "a.wav") == sound


def test_a_file_is_mixed_and_brought_to_another_rate(tmp_path: Path) -> None:
    left, right = audio.tone(400, 0.5, sample_rate=16000), audio.silence(0.5, sample_rate=16000)
    with wave.open(str(tmp_path / "stereo.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(16000)
        pairs = zip(audio.samples_of(left), audio.samples_of(right), strict=True)
        file.writeframes(
            b"".join(sample.to_bytes(2, "little", signed=True) for pair in pairs for sample in pair)
        )
    sound = audio.read_wav(tmp_path / "stereo.wav", sample_rate=8000)
    assert len(sound) == 2 * 4000
    assert audio.has_tone(sound, 400, share=0.95)
    assert audio.loudness(sound) == pytest.approx(audio.loudness(left) - 6, abs=0.2)


def test_a_file_with_other_samples_is_refused(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "8bit.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(b"\x80" * 10)
    with pytest.raises(ValueError, match="8-bit"):
        audio.read_wav(tmp_path / "8bit.wav")


def test_what_was_heard_may_have_silence_around_it_and_a_hair_of_difference() -> None:
    sound = audio.tone(440, 0.05)
    bent = b"".join(
        (sample - 1 if sample == -1 else sample).to_bytes(2, "little", signed=True)
        for sample in audio.samples_of(sound)
    )
    audio.assert_heard(audio.silence(0.1) + bent + audio.silence(0.2), sound)
    with pytest.raises(AssertionError, match="samples between the silences"):
        audio.assert_heard(sound[: len(sound) // 2], sound)
    with pytest.raises(AssertionError, match="was expected"):
        audio.assert_heard(audio.tone(450, 0.05, level=-11), audio.tone(450, 0.05))
    audio.assert_heard(audio.silence(1), b"")


def test_an_odd_byte_is_left_away() -> None:
    assert list(audio.samples_of(b"\x01\x00\x02")) == [1]
