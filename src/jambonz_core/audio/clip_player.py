"""The media server's player of whole clips, for a connection without streaming playback.

One clip plays; behind it wait ten, and the code admits an eleventh. A further one vanishes. A clip that
is not queued stops what plays and drops what waits; only what was playing is reported.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections import deque
from typing import Any

from jambonz_core.wire.limits import CLIPS_QUEUED, PLAY_AUDIO_BYTES, PLAY_AUDIO_RATES

from .audio_messages import number, text
from .clips import clip_seconds
from .jambonz_events import AudioUnheard, ClipOver, ClipStarted, JambonzAudioEvent


class _Clip:
    __slots__ = ("audio", "data", "id", "seconds")

    def __init__(self, data: dict[str, Any], audio: bytes, seconds: float) -> None:
        self.data = data
        self.id = text(data.get("id"))
        self.audio = audio
        self.seconds = seconds


class ClipPlayer:
    """Clips on their way to the caller's ear."""

    def __init__(self) -> None:
        self._playing: _Clip | None = None
        self._started_at = 0.0
        self._waiting: deque[_Clip] = deque()

    @property
    def deadline(self) -> float | None:
        """When the clip that plays is over."""
        return None if self._playing is None else self._started_at + self._playing.seconds

    def play(self, data: dict[str, Any], size: int, now: float) -> list[JambonzAudioEvent]:
        """Take the data of a `playAudio` message of `size` bytes."""
        if size > PLAY_AUDIO_BYTES:
            return [AudioUnheard(f"a playAudio message of {size} bytes is cut off at {PLAY_AUDIO_BYTES}")]
        clip = _read(data)
        if isinstance(clip, str):
            return [AudioUnheard(clip)]
        if data.get("queuePlay") is not True:
            return self.kill(now) + self._start(clip, now)
        if self._playing is None:
            return self._start(clip, now)
        if len(self._waiting) > CLIPS_QUEUED:
            return [AudioUnheard(f"clip {clip.id!r} is dropped: {len(self._waiting)} wait already")]
        self._waiting.append(clip)
        return []

    def kill(self, now: float) -> list[JambonzAudioEvent]:
        """Stop what plays, and drop what waits."""
        self._waiting.clear()
        if self._playing is None:
            return []
        clip, self._playing = self._playing, None
        return [ClipOver(clip.id, min(now - self._started_at, clip.seconds))]

    def tick(self, now: float) -> list[JambonzAudioEvent]:
        """End what time has come for, and start what waits."""
        events: list[JambonzAudioEvent] = []
        while self._playing is not None and (end := self._started_at + self._playing.seconds) <= now:
            events.append(ClipOver(self._playing.id, self._playing.seconds))
            self._playing = None
            if self._waiting:
                events += self._start(self._waiting.popleft(), end)
        return events

    def _start(self, clip: _Clip, now: float) -> list[JambonzAudioEvent]:
        self._playing = clip
        self._started_at = now
        return [ClipStarted(clip.id, clip.audio, clip.data)]


def _read(data: dict[str, Any]) -> _Clip | str:
    """The clip in the data, or why it cannot be played."""
    kind = data.get("audioContentType")
    rate = number(data.get("sampleRate"), 0)
    if kind not in ("raw", "wav", "wave"):
        return f"playAudio of an unknown audioContentType is ignored: {kind!r}"
    if kind == "raw" and rate not in PLAY_AUDIO_RATES:
        return f"playAudio of raw audio with {rate} samples per second is ignored"
    try:
        audio = b64decode(text(data.get("audioContent")), validate=True)
    except binascii.Error:
        return "playAudio is ignored: its audioContent is not base64"
    return _Clip(data, audio, clip_seconds(audio, rate if kind == "raw" else None))
