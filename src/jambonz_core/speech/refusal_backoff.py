"""How long to wait when the server refuses text: until the next offer, until a flush, and until it is enough.

The pauses between offers grow to a second. A flush is due when nothing but refusals came for a while,
because the buffer may hold text that nothing else moves; and again, as long as that lasts. One acceptance
ends all of it.
"""

from __future__ import annotations

from .flow_limits import FlowLimits

_LONGEST_PAUSE = 1.0


class RefusalBackoff:
    """The timers of text that was refused."""

    __slots__ = ("_limits", "flush_at", "give_up_at", "refusals", "retry_at")

    def __init__(self, limits: FlowLimits) -> None:
        self._limits = limits
        self.refusals: int = 0
        """How many refusals came since text was accepted last."""
        self.retry_at: float | None = None
        self.flush_at: float | None = None
        self.give_up_at: float | None = None

    @property
    def deadline(self) -> float | None:
        """The time at which the first of the timers is due."""
        timers = (self.retry_at, self.flush_at, self.give_up_at)
        return min((timer for timer in timers if timer is not None), default=None)

    def refused(self, now: float) -> None:
        """Wait longer than before, because the server's buffer is full."""
        shortest = self._limits.resume_seconds
        pause = shortest * 2.0 ** min(self.refusals, 10)
        self.retry_at = now + min(pause, max(shortest, _LONGEST_PAUSE))
        self.refusals += 1
        if self.give_up_at is None:
            self._begin(now)

    def pause(self, now: float, seconds: float) -> None:
        """Wait for something else than room."""
        self.retry_at = now + seconds

    def connected(self, now: float) -> None:
        """There is a new connection, perhaps with another clock: the next offer is due, the rest begins
        anew.
        """
        self.retry_at = now
        if self.give_up_at is not None:
            self._begin(now)

    def offered(self) -> None:
        """The next offer may leave; the other timers go on until it is accepted."""
        self.retry_at = None

    def flushed(self, now: float) -> None:
        """Take note that the flush was sent."""
        self.flush_at = now + self._limits.stall_seconds

    def over(self) -> None:
        """Text was accepted, or there is none any more."""
        self.refusals = 0
        self.retry_at = self.flush_at = self.give_up_at = None

    def _begin(self, now: float) -> None:
        self.flush_at = now + self._limits.stall_seconds
        self.give_up_at = now + self._limits.give_up_seconds
