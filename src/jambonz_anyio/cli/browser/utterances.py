"""Cutting a microphone's sound into what is said between two silences.

A recognizer wants whole sentences. What is loud begins one, and a short silence ends it; a little of what
came before the beginning belongs to it, because words begin softly.
"""

from __future__ import annotations

from collections import deque

from ...testing.audio import loudness

FRAME_SECONDS = 0.02

LOUD = -42.0
"""Decibels below the loudest above which a frame is a voice, where the room is quiet."""

ABOVE_ROOM = 12.0
"""Decibels by which a voice is louder than the room."""

BEGIN_SECONDS = 0.1
"""How long it has to be loud."""

END_SECONDS = 0.6
"""How long it has to be quiet again."""

BEFORE_SECONDS = 0.3

LONGEST_SECONDS = 20.0


class Utterances:
    """Takes sound as it comes, and gives back what was said."""

    def __init__(self, rate: int) -> None:
        self._size = 2 * round(rate * FRAME_SECONDS)
        self._rest = b""
        self._before: deque[bytes] = deque(maxlen=round(BEFORE_SECONDS / FRAME_SECONDS))
        self._said: list[bytes] | None = None
        self._loud = 0
        self._quiet = 0
        self._room = LOUD - ABOVE_ROOM

    def feed(self, pcm: bytes) -> list[bytes]:
        """Take a piece of sound. Returns what has been said, each up to the silence behind it."""
        self._rest += pcm
        found = []
        while len(self._rest) >= self._size:
            frame, self._rest = self._rest[: self._size], self._rest[self._size :]
            said = self._frame(frame)
            if said is not None:
                found.append(said)
        return found

    def _frame(self, frame: bytes) -> bytes | None:
        level = max(loudness(frame), -90.0)
        loud = level > max(LOUD, self._room + ABOVE_ROOM)
        if self._said is None:
            # The room is learned quickly when it gets quieter, and slowly when it gets louder.
            self._room += (level - self._room) * (0.3 if level < self._room else 0.01)
            self._before.append(frame)
            self._loud = self._loud + 1 if loud else 0
            if self._loud * FRAME_SECONDS >= BEGIN_SECONDS:
                self._said, self._quiet = list(self._before), 0
            return None
        self._said.append(frame)
        self._quiet = 0 if loud else self._quiet + 1
        over = self._quiet * FRAME_SECONDS >= END_SECONDS
        if not over and len(self._said) * FRAME_SECONDS < LONGEST_SECONDS:
            return None
        said, self._said, self._loud = self._said, None, 0
        self._before.clear()
        return b"".join(said)
