"""What an application can do with an audio stream."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct


class SendAudio(Struct, frozen=True):
    """Play this PCM: 16-bit little-endian, one channel. Only in streaming playback. Half a sample at the end
    waits for the next.
    """

    pcm: bytes


class EndUtterance(Struct, frozen=True):
    """Nothing follows for now: silence is sent behind the audio, so that its last words are played too.

    With a name, a mark is set at the end of the audio, before that silence.
    """

    mark: str | None = None


class SetMark(Struct, frozen=True):
    """Report when everything that was sent before this was played. Only in streaming playback."""

    name: str


class ClearMarks(Struct, frozen=True):
    """Forget all marks; the audio plays on."""


class KillAudio(Struct, frozen=True):
    """Stop playing and forget what waits, audio and clips."""


class PlayClip(Struct, frozen=True):
    """Play a whole clip. Only where playback is not streaming."""

    audio: bytes
    content_type: str = "raw"
    """``raw`` for PCM of `sample_rate`, ``wav`` for a whole WAV file."""
    sample_rate: int | None = None
    """Of raw audio; the stream's own rate when left out."""
    id: str | None = None
    """Comes back in `PlayDone`. Without one, the clip gets a number."""
    queue: bool = False
    """False: stop what plays, forget what waits, and play this now. True: play it after those."""
    text: str | None = None
    """What the clip says, for the records; it is not spoken."""


class Disconnect(Struct, frozen=True):
    """End the `listen` verb; the call goes on with its next verb."""


AudioCommand: TypeAlias = SendAudio | EndUtterance | SetMark | ClearMarks | KillAudio | PlayClip | Disconnect
