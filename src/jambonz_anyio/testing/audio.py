"""Sound for tests: made, read from files, and looked at. All of it is L16 little-endian mono, as the wire has
it.

Nothing here is random: the same arguments give the same samples, so a test that compares them is repeatable.
"""

from __future__ import annotations

import math
import sys
import wave
from array import array
from collections.abc import Iterable
from os import PathLike

RATE = 8000
"""The rate of a telephone, and of an audio stream that asks for no other."""

_FULL = 32767


def silence(seconds: float, *, sample_rate: int = RATE) -> bytes:
    """Nothing, for so long.

    >>> silence(0.001)
    b'\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00'
    """
    return bytes(2 * round(seconds * sample_rate))


def tone(hertz: float, seconds: float, *, sample_rate: int = RATE, level: float = -12.0) -> bytes:
    """A sine tone, `level` decibels below the loudest."""
    peak = _FULL * 10 ** (level / 20)
    step = 2 * math.pi * hertz / sample_rate
    return _bytes(round(peak * math.sin(step * n)) for n in range(round(seconds * sample_rate)))


def babble(seconds: float, *, sample_rate: int = RATE, level: float = -15.0, seed: int = 1) -> bytes:
    """Something like speech: four syllables a second, each a buzz of a voice and its overtones, with pauses
    between.

    A detector of voices takes it for one. Nobody understands it.
    """
    peak = _FULL * 10 ** (level / 20)
    state = seed
    pitch = 120.0
    phase = 0.0
    samples = []
    syllable = max(round(sample_rate / 4), 1)
    for n in range(round(seconds * sample_rate)):
        place = n % syllable
        if place == 0:
            # A generator of the simplest kind chooses the pitch of each syllable.
            state = (state * 1103515245 + 12345) % 2**31
            pitch = 90.0 + state % 90
        phase += 2 * math.pi * pitch / sample_rate
        voice = (
            math.sin(phase) + math.sin(2 * phase) / 2 + math.sin(5 * phase) / 3 + math.sin(9 * phase) / 5
        ) / 2.04  # Silent for the last fifth of a syllable.
        envelope = math.sin(math.pi * min(place / (0.8 * syllable), 1.0))
        samples.append(round(peak * voice * envelope))
    return _bytes(samples)


def read_wav(path: str | PathLike[str], *, sample_rate: int | None = None) -> bytes:
    """The samples of a 16-bit WAV file, mixed to one channel, and brought to `sample_rate` when that is
    given.
    """
    with wave.open(str(path), "rb") as file:
        if file.getsampwidth() != 2:
            raise ValueError(f"{path} has {8 * file.getsampwidth()}-bit samples, and only 16 can be read")
        channels, rate = file.getnchannels(), file.getframerate()
        samples = samples_of(file.readframes(file.getnframes()))
    mono = [sum(samples[n : n + channels]) // channels for n in range(0, len(samples), channels)]
    if sample_rate is None or sample_rate == rate:
        return _bytes(mono)
    return _bytes(_resampled(mono, rate, sample_rate))


def write_wav(path: str | PathLike[str], pcm: bytes, *, sample_rate: int = RATE) -> None:
    """Write samples to a WAV file, for instance to listen to what a test has heard."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        file.writeframes(pcm)


def samples_of(pcm: bytes) -> array[int]:
    """The samples as numbers; an odd byte at the end is left away."""
    samples = array("h")
    samples.frombytes(pcm[: len(pcm) // 2 * 2])
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def loudness(pcm: bytes) -> float:
    """How loud it is on average, in decibels below the loudest; minus infinity for silence.

    >>> round(loudness(tone(440, 0.1, level=-12)), 1)
    -15.0
    """
    samples = samples_of(pcm)
    power = sum(sample * sample for sample in samples) / max(len(samples), 1)
    return 10 * math.log10(power / _FULL**2) if power else -math.inf


def has_tone(pcm: bytes, hertz: float, *, sample_rate: int = RATE, share: float = 0.5) -> bool:
    """Whether at least such a share of the sound's power is this tone.

    >>> has_tone(tone(440, 0.1), 440), has_tone(tone(440, 0.1), 1000)
    (True, False)
    """
    samples = samples_of(pcm)
    power = sum(sample * sample for sample in samples)
    if not power:
        return False
    step = 2 * math.pi * hertz / sample_rate
    real = sum(sample * math.cos(step * n) for n, sample in enumerate(samples))
    imaginary = sum(sample * math.sin(step * n) for n, sample in enumerate(samples))
    return 2 * (real**2 + imaginary**2) / (len(samples) * power) >= share


def assert_heard(heard: bytes, expected: bytes, *, tolerance: int = 2) -> None:
    """Fail unless `expected` was heard, whole and without gaps, with nothing but silence around it.

    Samples may differ by `tolerance`: the library alters some by one, because the server takes the value −1
    for a mark. Silence in front and behind is what padding leaves.
    """
    ours, theirs = _stripped(samples_of(heard)), _stripped(samples_of(expected))
    if len(ours) != len(theirs):
        raise AssertionError(
            f"expected {len(theirs)} samples between the silences, and heard {len(ours)}"
            f" ({len(heard) // 2} with silence)"
        )
    for position, (sample, wanted) in enumerate(zip(ours, theirs, strict=True)):
        if abs(sample - wanted) > tolerance:
            raise AssertionError(f"sample {position} of {len(theirs)} is {sample}, and {wanted} was expected")


def _stripped(samples: array[int]) -> array[int]:
    """Without silence at both ends. The values that stand in for −1 count as silence there."""
    loud = [position for position, sample in enumerate(samples) if abs(sample) > 2]
    return samples[loud[0] : loud[-1] + 1] if loud else array("h")


def _resampled(samples: list[int], rate: int, wanted: int) -> list[int]:
    """By straight lines between the samples: good enough to be heard as the same."""
    length = len(samples) * wanted // rate
    result = []
    for n in range(length):
        place = n * rate / wanted
        left = int(place)
        right = min(left + 1, len(samples) - 1)
        result.append(round(samples[left] + (samples[right] - samples[left]) * (place - left)))
    return result


def _bytes(samples: Iterable[int]) -> bytes:
    values = array("h", samples)
    if sys.byteorder == "big":
        values.byteswap()
    return bytes(values)
