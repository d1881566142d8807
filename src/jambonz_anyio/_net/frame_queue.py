"""What was pushed and not yet taken: one line, in order, with a bound.

Each transport has one queue. It holds whole frames, never bytes of one that was begun: what a socket took
half of is the socket's affair.
"""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

import anyio
from anyio.lowlevel import checkpoint

from ..limits import ServerLimits

FrameT = TypeVar("FrameT")


class FrameQueue(Generic[FrameT]):
    """Frames that wait to be sent, with their sizes."""

    __slots__ = ("_frames", "_high_water", "_open", "_room", "bound", "most", "size")

    def __init__(self, limits: ServerLimits) -> None:
        # Made when the first frame has to wait: most never do, and a deque takes 700 bytes.
        self._frames: deque[tuple[FrameT, int, bool]] | None = None
        self._high_water = limits.high_water_bytes
        self._room: anyio.Event | None = None
        self._open = True
        self.bound = limits.outbox_bytes
        self.most = limits.outbox_frames
        self.size = 0
        """How many bytes wait in the queue."""

    def __bool__(self) -> bool:
        return bool(self._frames)

    def add(self, frame: FrameT, size: int, *, audio: bool = False) -> bool:
        """Put a frame behind the others. False: it would pass the bound and was not taken.

        A frame of size 0 is always taken: those that belong to the protocol, each of them at most once for
        each message.
        """
        if size and not self.fits(size):
            return False
        if self._frames is None:
            self._frames = deque()
        self._frames.append((frame, size, audio))
        self.size += size
        return True

    def fits(self, size: int) -> bool:
        """Whether a frame of that size would be taken."""
        return self.size + size <= self.bound and len(self._frames or ()) < self.most

    @property
    def full(self) -> str:
        """Which bound a frame was not taken for."""
        if len(self._frames or ()) >= self.most:
            return f"outbox_frames ({self.most}) reached"
        return f"outbox_bytes ({self.bound}) reached"

    def take(self) -> FrameT:
        """The next frame. Raises IndexError when there is none."""
        if self._frames is None:
            raise IndexError("no frame waits")
        frame, size, _ = self._frames.popleft()
        self.size -= size
        if self._room is not None and self.size < self._high_water:
            self._release()
        return frame

    def drop_audio(self) -> None:
        """Forget the audio that waits."""
        kept = deque(item for item in self._frames or () if not item[2])
        self.size = sum(item[1] for item in kept)
        self._frames = kept
        if self._room is not None and self.size < self._high_water:
            self._release()

    def clear(self) -> None:
        """Forget everything, for good."""
        self._frames = None
        self.size = 0
        self.shut()

    def shut(self) -> None:
        """Let everybody go who waits for room, now and later: the connection takes nothing more."""
        self._open = False
        self._release()

    async def room(self) -> None:
        """Wait until less than the high-water mark waits; see `Transport.room()`."""
        if not self._open:
            await checkpoint()
        while self.size >= self._high_water and self._open:
            if self._room is None:
                self._room = anyio.Event()
            await self._room.wait()

    def _release(self) -> None:
        if self._room is not None:
            self._room.set()
            self._room = None
