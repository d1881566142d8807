"""Sixteen-bit samples as bytes: whole samples, equal frames, silence, and the sample that means something
else.

All audio of the protocol is L16: signed 16-bit little-endian, one channel, or two interleaved ones. The wire
promises nothing about where a message ends: it may cut a sample in half.
"""

from __future__ import annotations

from functools import lru_cache

from jambonz_core.wire.errors import LocalProtocolError

SAMPLE_BYTES = 2
MARK_SAMPLE = b"\xff\xff"
"""The sample -1, which is a mark in the server's playout buffer."""


def owned(audio: object) -> bytes:
    """Audio as bytes that nobody else changes: a buffer of the program's may be filled again before it is
    sent.

    >>> owned(memoryview(b"abcd"))
    b'abcd'
    """
    if isinstance(audio, bytes):
        return audio
    try:
        return bytes(memoryview(audio))  # type: ignore[arg-type]  # which of these it is shows here
    except TypeError:
        raise LocalProtocolError(f"audio is bytes, and this is {type(audio).__name__}") from None


class SampleAligner:
    """Gives whole samples (of all channels), and keeps the rest for the next bytes.

    >>> aligner = SampleAligner(2)
    >>> aligner.feed(b"abc"), aligner.feed(b"d")
    (b'ab', b'cd')
    """

    __slots__ = ("_carry", "_width")

    def __init__(self, width: int = SAMPLE_BYTES) -> None:
        self._width = width
        self._carry = b""

    def feed(self, data: bytes) -> bytes:
        """All whole samples that are there now."""
        if not self._carry and not len(data) % self._width:
            return data
        data = self._carry + data
        whole = len(data) - len(data) % self._width
        self._carry = data[whole:]
        return data[:whole]

    def finish(self) -> bytes:
        """The last sample, filled up with zeros, if a part of one is left."""
        carry, self._carry = self._carry, b""
        return carry + bytes(-len(carry) % self._width)


class FrameCutter:
    """Cuts audio into frames of one length, however it arrives.

    The server usually sends 20 ms in a message, and joins several when it is busy. A voice activity
    detector or an encoder wants frames of exactly its own length.

    >>> cutter = FrameCutter(milliseconds=10, sample_rate=8000)
    >>> [len(frame) for frame in cutter.feed(bytes(400))], len(cutter.rest())
    ([160, 160], 80)
    """

    __slots__ = ("_buffer", "frame_bytes")

    def __init__(self, *, milliseconds: float, sample_rate: int, channels: int = 1) -> None:
        samples = round(sample_rate * milliseconds / 1000)
        if samples < 1:
            raise ValueError(f"a frame of {milliseconds} ms has no sample at {sample_rate} Hz")
        self.frame_bytes: int = samples * SAMPLE_BYTES * channels
        """The size of a frame."""
        self._buffer = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The frames that are complete now."""
        size = self.frame_bytes
        if not self._buffer and len(data) == size:
            return [data]
        data = self._buffer + data
        whole = len(data) - len(data) % size
        self._buffer = data[whole:]
        return [data[at : at + size] for at in range(0, whole, size)]

    def rest(self) -> bytes:
        """The rest of an incomplete frame; the cutter is empty afterwards."""
        rest, self._buffer = self._buffer, b""
        return rest


def silence(seconds: float, sample_rate: int, channels: int = 1) -> bytes:
    """Digital silence of at least that length.

    >>> len(silence(0.02, 8000))
    320
    """
    return bytes(-int(-seconds * sample_rate // 1) * SAMPLE_BYTES * channels)


def pcm_seconds(size: int, sample_rate: int, channels: int = 1) -> float:
    """How long that many bytes play."""
    return size / (sample_rate * SAMPLE_BYTES * channels)


def without_mark_samples(data: bytes) -> bytes:
    """The same audio with every sample of -1 replaced by -2, which nobody can hear.

    In the server's playout buffer the sample -1 is a mark. `data` holds whole samples, so only a pair of
    bytes at an even place is a sample: `bytes.replace` would also change the end of one sample and the
    beginning of the next.

    The audio is taken as one large number, in which all samples are looked at in a handful of operations.
    In the complement, a sample of -1 is zero; adding 0x7fff to the low 15 bits of a sample sets its top
    bit unless they are zero, and never reaches the next sample. On 20 ms at 8 kHz that takes 1.5 µs,
    whatever the samples are; a search from match to match takes 13 µs when the line is quiet and full of
    such samples.

    >>> without_mark_samples(b"\\x00\\xff\\xff\\x00\\xff\\xff") == b"\\x00\\xff\\xff\\x00\\xfe\\xff"
    True
    """
    if data.find(MARK_SAMPLE) < 0:
        return data
    size = len(data)
    low, top = _lanes(size)
    audio = int.from_bytes(data, "little")
    complement = audio ^ (low | top)
    marks = ((((complement & low) + low) | complement) & top) ^ top
    return (audio - (marks >> 15)).to_bytes(size, "little")


@lru_cache(maxsize=32)
def _lanes(size: int) -> tuple[int, int]:
    """Masks for that many bytes: the low 15 bits of every sample, and the top bit of every sample."""
    samples = size // SAMPLE_BYTES
    return int.from_bytes(b"\xff\x7f" * samples, "little"), int.from_bytes(b"\x00\x80" * samples, "little")
