"""The media server's playout of streamed audio, as it behaves, quirks included.

It is the other half of every test of the marks, and the simulator's ear. Time is an argument.

1. Audio goes through two buffers. In the first one it waits until 160 ms are there; then all of it moves to
   the second one, and from then on 80 ms are enough to move. The second one plays, 20 ms at a time.
2. So what is less than 80 ms (160 ms at the beginning) stays unheard until more comes, also when the second
   buffer is empty.
3. A mark waits until more audio comes. Then it is put before that audio, as a sample of -1, and its name on a
   list. Where none comes within 20 ms, it is reported as soon as the second buffer is empty, whatever the
   first one holds, one mark every 20 ms; but not while the list holds a name.
4. While the list is not empty, every sample of -1 that is played is taken for a mark: it is lost from the
   audio, and the first name of the list is reported.
5. 30 names may be on the list or waiting; more are dropped without a word.
6. `killAudio` empties the second buffer (not the first one) at the next 20 ms, and reports every name as
   cleared. `clearMarks` forgets all names and reports nothing. Both leave marks to swallow: the names of the
   list, and with `clearMarks` those that waited as well. The next samples of -1 use these up, before any name
   is reported; and while there are some, no waiting mark is reported without audio behind it.
7. Where rates differ, resampling can destroy the sample of a mark: its name stays on the list.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from jambonz_core.wire.limits import MARKS_OUTSTANDING, PLAYOUT_FIRST_SECONDS, PLAYOUT_MORE_SECONDS

from .jambonz_events import AudioPlayed, AudioUnheard, JambonzAudioEvent, MarkCleared, MarkPlayed
from .pcm import SAMPLE_BYTES, SampleAligner, pcm_seconds

_MARK = b"\xff\xff"


@dataclass(frozen=True, slots=True)
class PlayoutOptions:
    """How the playout behaves; times in seconds."""

    first_seconds: float = PLAYOUT_FIRST_SECONDS
    """Seconds of audio that must be there before anything plays."""
    more_seconds: float = PLAYOUT_MORE_SECONDS
    """Seconds of audio that must be there after that before they play as well."""
    frame_seconds: float = 0.020
    """Seconds of audio that are played at a time."""
    swallows: bool = True
    """Whether `killAudio` and `clearMarks` leave marks to swallow."""
    clear_reports: bool = False
    """Whether `clearMarks` reports every mark as cleared, as the documentation has it."""
    destroys_every: int = 0
    """Every how many marks one is destroyed by resampling; 0 for none."""


class PlayoutBuffer:
    """Streamed audio on its way to the caller's ear.

    >>> playout = PlayoutBuffer(sample_rate=8000)
    >>> playout.feed(bytes(2560), now=0.0)
    []
    >>> playout.mark("half", now=0.0), playout.feed(bytes(1280), now=0.0)
    ([], [])
    >>> [event.name for event in playout.tick(now=1.0) if isinstance(event, MarkPlayed)]
    ['half']
    """

    def __init__(self, *, sample_rate: int, options: PlayoutOptions | None = None) -> None:
        self.options: PlayoutOptions = options or PlayoutOptions()
        self.sample_rate = sample_rate
        self.swallow: int = 0
        """Marks that will pass without a report."""
        self._waiting = bytearray()
        """Audio of the application that is not playing yet; it collects here first."""
        self._playing = bytearray()
        """Audio from which the player takes its next frames."""
        self._needed = self._bytes(self.options.first_seconds)
        """How many bytes `_waiting` must hold before they move to `_playing`."""
        self._listed: deque[str] = deque()
        """The names of the marks that are samples by now."""
        self._unplaced: deque[str] = deque()
        """The names of the marks that still wait for audio."""
        self._placed = 0
        self._kill = False
        self._aligner = SampleAligner()
        self._last_frame = -math.inf
        self._next_at: float | None = None

    @property
    def names(self) -> list[str]:
        """Marks that were not reported."""
        return [*self._listed, *self._unplaced]

    @property
    def buffered_seconds(self) -> float:
        """How many seconds of audio wait to be played."""
        return pcm_seconds(len(self._waiting) + len(self._playing), self.sample_rate)

    @property
    def deadline(self) -> float | None:
        """When the next 20 ms are played."""
        return self._next_at

    def feed(self, data: bytes, now: float) -> list[JambonzAudioEvent]:
        """Take audio from the application."""
        self._place()
        self._waiting += self._aligner.feed(data)
        if len(self._waiting) >= self._needed:
            self._needed = self._bytes(self.options.more_seconds)
            self._playing += self._waiting
            self._waiting.clear()
            self._wake(now)
        return []

    def mark(self, name: str, now: float) -> list[JambonzAudioEvent]:
        """Set a mark behind the audio that was fed so far."""
        if len(self._listed) + len(self._unplaced) >= MARKS_OUTSTANDING:
            return [AudioUnheard(f"mark {name!r} is dropped: {MARKS_OUTSTANDING} are outstanding")]
        self._unplaced.append(name)
        self._wake(now)
        return []

    def kill(self, now: float) -> list[JambonzAudioEvent]:
        """Stop, and forget what was to be played, at the next 20 ms."""
        self._kill = True
        self._wake(now)
        return []

    def clear_marks(self, now: float) -> list[JambonzAudioEvent]:
        """Forget the marks; the audio plays on."""
        cleared: list[JambonzAudioEvent] = [MarkCleared(name) for name in self.names]
        if self.options.swallows:
            self.swallow += len(cleared)
        self._listed.clear()
        self._unplaced.clear()
        return cleared if self.options.clear_reports else []

    def tick(self, now: float) -> list[JambonzAudioEvent]:
        """Play the frames that are due at `now`."""
        events: list[JambonzAudioEvent] = []
        while self._next_at is not None and self._next_at <= now:
            self._last_frame = self._next_at
            self._next_at = None
            events += self._frame()
            self._wake(self._last_frame)
        return events

    def _bytes(self, seconds: float) -> int:
        return round(seconds * self.sample_rate) * SAMPLE_BYTES

    def _wake(self, now: float) -> None:
        """See whether the next 20 ms bring anything."""
        if self._next_at is not None:
            return
        if self._playing or self._kill:
            self._next_at = max(now, self._last_frame + self.options.frame_seconds)
        elif self._unplaced and not self._listed and not self.swallow:
            # Not at once: the audio that it stands before may have come in the same read.
            self._next_at = max(now, self._last_frame) + self.options.frame_seconds

    def _place(self) -> None:
        while self._unplaced:
            self._placed += 1
            every = self.options.destroys_every
            if not every or self._placed % every:
                self._waiting += _MARK
            self._listed.append(self._unplaced.popleft())

    def _frame(self) -> list[JambonzAudioEvent]:
        if self._kill:
            return self._killed()
        size = min(len(self._playing), self._bytes(self.options.frame_seconds))
        frame = bytes(self._playing[:size])
        del self._playing[:size]
        if self._listed or self.swallow:
            return self._without_marks(frame)
        if frame:
            return [AudioPlayed(frame)]
        return [MarkPlayed(self._unplaced.popleft())] if self._unplaced else []

    def _without_marks(self, frame: bytes) -> list[JambonzAudioEvent]:
        if frame and _MARK not in frame:
            return [AudioPlayed(frame)]
        marks: list[JambonzAudioEvent] = []
        played = bytearray()
        for at in range(0, len(frame), SAMPLE_BYTES):
            sample = frame[at : at + SAMPLE_BYTES]
            if sample != _MARK:
                played += sample
            elif self.swallow:
                self.swallow -= 1
            elif self._listed:
                marks.append(MarkPlayed(self._listed.popleft()))
        return [AudioPlayed(bytes(played)), *marks] if played else marks

    def _killed(self) -> list[JambonzAudioEvent]:
        self._kill = False
        cleared: list[JambonzAudioEvent] = [MarkCleared(name) for name in self.names]
        if self.options.swallows:
            self.swallow += len(self._listed)
        self._listed.clear()
        self._unplaced.clear()
        self._playing.clear()
        return cleared
