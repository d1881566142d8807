"""The ledger of clips: what plays, what waits behind it, and what the server dropped.

About ten clips may wait in the server's queue, and more vanish without a word, so an eleventh is refused
here. A clip without `queue` stops what plays and drops what waits; the server says nothing about what it
dropped. Every clip is reported once as `PlayDone`: with the server's report, or without one when it was
dropped or when none came in time.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from jambonz_core.wire.errors import QueueFull

from .audio_events import AudioEvent, PlayDone, PlayOutcome
from .options import AudioOptions
from .pcm import pcm_seconds


class _Clip:
    __slots__ = ("bound", "end", "id", "killed")

    def __init__(self, id: str, end: float, bound: float) -> None:
        self.id = id
        self.end = end
        self.bound = bound
        self.killed = False


class ClipLedger:
    """The clips of one audio stream that are not over."""

    def __init__(self, options: AudioOptions) -> None:
        self._options = options
        self._clips: deque[_Clip] = deque()

    @property
    def any(self) -> bool:
        """Whether there is any clip that may still be reported."""
        return bool(self._clips)

    @property
    def waiting(self) -> int:
        """How many clips play or wait to be played."""
        return sum(not clip.killed for clip in self._clips)

    @property
    def deadline(self) -> float | None:
        """The time at which `tick` is to be called, or None."""
        return min((clip.bound for clip in self._clips), default=None)

    def check_room(self) -> None:
        """Raise `QueueFull` when one more clip would be dropped by the server."""
        if self.waiting > self._options.clips_queued:
            raise QueueFull(
                f"{self._options.clips_queued} clips wait already, and the server drops more without a word; "
                "wait for a PlayDone"
            )

    def played(self, id: str, seconds: float, now: float, *, queue: bool) -> list[AudioEvent]:
        """Enter a clip that was just sent; without `queue` it replaces the clips before it."""
        events = [] if queue else self.killed(now)
        start = max((clip.end for clip in self._clips if not clip.killed), default=now)
        end = max(start, now) + seconds
        self._clips.append(_Clip(id, end, end + self._options.clip_slack))
        return events

    def reported(self, id: str, data: dict[str, Any], raw: dict[str, Any]) -> AudioEvent:
        """The server reported that a clip is over; perhaps one that this side knows nothing of."""
        clip = next((clip for clip in self._clips if clip.id == id), None)
        if clip is not None:
            self._clips.remove(clip)
        cut = clip is not None and clip.killed
        return PlayDone(id, PlayOutcome.CLEARED if cut else PlayOutcome.PLAYED, data, raw=raw)

    def killed(self, now: float) -> list[AudioEvent]:
        """What plays was stopped, and what waits was dropped. Only the first may still be reported."""
        events: list[AudioEvent] = []
        playing = next((clip for clip in self._clips if not clip.killed), None)
        for clip in [clip for clip in self._clips if not clip.killed]:
            if clip is playing:
                clip.killed = True
                clip.bound = now + self._options.kill_seconds
            else:
                self._clips.remove(clip)
                events.append(PlayDone(clip.id, PlayOutcome.CLEARED, {}))
        return events

    def tick(self, now: float) -> list[AudioEvent]:
        """Give up what is past its bound."""
        late = [clip for clip in self._clips if clip.bound <= now]
        for clip in late:
            self._clips.remove(clip)
        return [
            PlayDone(clip.id, PlayOutcome.CLEARED if clip.killed else PlayOutcome.UNKNOWN, {})
            for clip in late
        ]

    def close(self) -> list[AudioEvent]:
        """The connection is gone: no report will come any more."""
        events: list[AudioEvent] = [PlayDone(clip.id, PlayOutcome.UNKNOWN, {}) for clip in self._clips]
        self._clips.clear()
        return events


def clip_seconds(audio: bytes, sample_rate: int | None) -> float:
    """How long a clip plays: raw audio by its rate, a WAV file by the byte rate in its header.

    >>> clip_seconds(bytes(16000), 8000)
    1.0
    """
    if sample_rate is not None:
        return pcm_seconds(len(audio), sample_rate)
    byte_rate = int.from_bytes(audio[28:32], "little") if audio.startswith(b"RIFF") else 0
    return len(audio) / (byte_rate or 16000)
