"""What was pushed and not yet taken: two lanes, one bound.

Each transport has one outbox. Frames in the urgent lane overtake those in the bulk lane and never each
other. The outbox holds whole frames, never bytes of one that was begun: what a socket took half of is the
socket's affair.
"""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

import anyio

FrameT = TypeVar("FrameT")


class Outbox(Generic[FrameT]):
    """Frames that wait, with their sizes."""

    __slots__ = ("_bulk", "_high_water", "_open", "_room", "_urgent", "bound", "size")

    def __init__(self, *, high_water: int, bound: int) -> None:
        self._urgent: deque[tuple[FrameT, int, bool]] = deque()
        self._bulk: deque[tuple[FrameT, int, bool]] = deque()
        self._high_water = high_water
        self._room: anyio.Event | None = None
        self._open = True
        self.bound = bound
        self.size = 0
        """Bytes that wait."""

    def __bool__(self) -> bool:
        return bool(self._urgent or self._bulk)

    def add(self, frame: FrameT, size: int, *, urgent: bool = False, audio: bool = False) -> bool:
        """Put a frame at the end of its lane. False: it would pass the bound and was not taken."""
        if self.size + size > self.bound:
            return False
        (self._urgent if urgent else self._bulk).append((frame, size, audio))
        self.size += size
        return True

    def take(self) -> FrameT:
        """The next frame. Raises IndexError when there is none."""
        frame, size, _ = (self._urgent or self._bulk).popleft()
        self.size -= size
        if self._room is not None and self.size < self._high_water:
            self._release()
        return frame

    def drop_audio(self) -> None:
        """Forget the audio of the bulk lane: a closing handshake does not wait for it."""
        kept = deque(item for item in self._bulk if not item[2])
        self.size -= sum(item[1] for item in self._bulk) - sum(item[1] for item in kept)
        self._bulk = kept

    def clear(self) -> None:
        """Forget everything, for good."""
        self._urgent.clear()
        self._bulk.clear()
        self.size = 0
        self.shut()

    def shut(self) -> None:
        """Let everybody go who waits for room, now and later: the connection takes nothing more."""
        self._open = False
        self._release()

    async def room(self) -> None:
        """Wait until less than the high-water mark waits; at once when that is so already."""
        while self.size >= self._high_water and self._open:
            if self._room is None:
                self._room = anyio.Event()
            await self._room.wait()

    def _release(self) -> None:
        if self._room is not None:
            self._room.set()
            self._room = None
