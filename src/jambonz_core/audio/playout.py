"""The media server's playout buffer for streamed audio, as it behaves, quirks included.

It is the other half of every test of the marks, and the simulator's ear. Time is an argument.

1. Nothing plays before 80 ms are there. Then pieces of 40 ms are taken, one after the other; less than a
   piece stays in the buffer until more comes.
2. A mark is a sample of -1 in the buffer and a name on a list. It is placed when the buffer is next
   touched: by more audio, or by the next piece. With nothing buffered it is reported at once.
3. While the list is not empty, every sample of -1 that passes is taken for a mark: it is lost from the
   audio, and the first name of the list is reported.
4. The list holds 30 names; more are dropped without a word.
5. `killAudio` empties the buffer and reports every name as cleared. `clearMarks` empties the list and
   reports nothing. Both leave a count of marks to swallow: samples that pass without a report. It is used
   up by what was placed and is still in the buffer; where nothing is, it falls on later marks.
6. Where rates differ, resampling can destroy the sample of a mark: its name stays on the list.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from jambonz_core.wire.limits import MARKS_OUTSTANDING

from .jambonz_events import AudioPlayed, AudioUnheard, JambonzAudioEvent, MarkCleared, MarkPlayed
from .pcm import SAMPLE_BYTES, SampleAligner, pcm_seconds

_MARK = b"\xff\xff"


@dataclass(frozen=True, slots=True)
class PlayoutOptions:
    """How the playout buffer behaves; times in seconds."""

    prebuffer_seconds: float = 0.080
    """How much must be there before anything plays."""
    piece_seconds: float = 0.040
    """How much is taken at a time."""
    swallows: bool = True
    """Whether `killAudio` and `clearMarks` leave marks to swallow."""
    clear_reports: bool = False
    """Whether `clearMarks` reports every mark as cleared, as the documentation has it."""
    destroys_every: int = 0
    """Every how many marks one is destroyed by resampling; 0 for none."""


class PlayoutBuffer:
    """Streamed audio on its way to the caller's ear.

    >>> playout = PlayoutBuffer(sample_rate=8000)
    >>> playout.feed(bytes(1280), now=0.0)
    []
    >>> playout.mark("half", now=0.0), playout.feed(bytes(640), now=0.0)
    ([], [])
    >>> [type(event).__name__ for event in playout.tick(now=0.2)]
    ['AudioPlayed', 'AudioPlayed', 'AudioPlayed', 'MarkPlayed']
    """

    def __init__(self, *, sample_rate: int, options: PlayoutOptions | None = None) -> None:
        self.options = options or PlayoutOptions()
        self.sample_rate = sample_rate
        self.names: deque[str] = deque()
        """Marks that were not reported."""
        self.swallow = 0
        """Marks that will pass without a report."""
        self._buffer = bytearray()
        self._unplaced = 0
        self._placed = 0
        self._aligner = SampleAligner()
        self._primed = False
        self._next_at: float | None = None

    @property
    def buffered_seconds(self) -> float:
        """How much waits."""
        return pcm_seconds(len(self._buffer), self.sample_rate)

    @property
    def deadline(self) -> float | None:
        """When the next piece is taken."""
        return self._next_at

    def feed(self, data: bytes, now: float) -> list[JambonzAudioEvent]:
        """Audio from the application."""
        self._place()
        self._buffer += self._aligner.feed(data)
        needed = self.options.piece_seconds if self._primed else self.options.prebuffer_seconds
        if self._next_at is None and len(self._buffer) >= self._bytes(needed):
            self._primed = True
            self._next_at = now
        return []

    def mark(self, name: str, now: float) -> list[JambonzAudioEvent]:
        """A mark behind what was fed."""
        if len(self.names) >= MARKS_OUTSTANDING:
            return [AudioUnheard(f"mark {name!r} is dropped: {MARKS_OUTSTANDING} are outstanding")]
        if not self._buffer and not self._unplaced:
            return [MarkPlayed(name)]
        self.names.append(name)
        self._unplaced += 1
        return []

    def kill(self, now: float) -> list[JambonzAudioEvent]:
        """Stop, and forget everything."""
        cleared: list[JambonzAudioEvent] = [MarkCleared(name) for name in self.names]
        if self.options.swallows:
            self.swallow += min(self._placed, len(self.names))
        self.names.clear()
        self._buffer.clear()
        self._unplaced = self._placed = 0
        self._aligner = SampleAligner()
        self._primed = False
        self._next_at = None
        return cleared

    def clear_marks(self, now: float) -> list[JambonzAudioEvent]:
        """Forget the marks; the audio plays on."""
        cleared: list[JambonzAudioEvent] = [MarkCleared(name) for name in self.names]
        if self.options.swallows:
            self.swallow += len(self.names)
        self.names.clear()
        self._unplaced = 0
        return cleared if self.options.clear_reports else []

    def tick(self, now: float) -> list[JambonzAudioEvent]:
        """Play what time has come for."""
        events: list[JambonzAudioEvent] = []
        while self._next_at is not None and self._next_at <= now:
            events += self._take()
        return events

    def _bytes(self, seconds: float) -> int:
        return round(seconds * self.sample_rate) * SAMPLE_BYTES

    def _place(self) -> None:
        for _ in range(self._unplaced):
            self._placed += 1
            every = self.options.destroys_every
            if not every or self._placed % every:
                self._buffer += _MARK
        self._unplaced = 0

    def _take(self) -> list[JambonzAudioEvent]:
        self._place()
        size = self._bytes(self.options.piece_seconds)
        if len(self._buffer) < size or self._next_at is None:
            self._next_at = None
            return []
        self._next_at += self.options.piece_seconds
        piece = bytes(self._buffer[:size])
        del self._buffer[:size]
        events: list[JambonzAudioEvent] = []
        played = bytearray()
        for at in range(0, size, SAMPLE_BYTES):
            sample = piece[at : at + SAMPLE_BYTES]
            if sample != _MARK or not self.names:
                played += sample
            elif self.swallow:
                self.swallow -= 1
            else:
                events.append(MarkPlayed(self.names.popleft()))
        return [AudioPlayed(bytes(played)), *events]
