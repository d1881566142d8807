"""What several connections write in one turn of the event loop, and what leaves together.

Where many calls are busy, one turn of the event loop reads the hooks of several, and the next runs their
handlers. Were each answer sent as soon as its handler has given it, a handler would run between each two: the
peer falls asleep and is woken for each, and sending finds nothing of its own in the processor's caches. So
while handlers are about to run that were woken together, what the others write waits for them, and leaves
when the last of them begins. A handler that is alone waits for nobody.
"""

from __future__ import annotations

import time
from contextvars import Context, copy_context
from typing import Protocol

from anyio.lowlevel import RunVar

LONGEST_WAIT_SECONDS = 0.001
"""What waits longer leaves with the next write, though more handlers are about to run."""


class Departs(Protocol):
    """What holds back what was written to it."""

    def depart(self) -> None:
        """Send it, if that was not done meanwhile."""


class Departures:
    """What waits to leave, on one event loop."""

    __slots__ = ("_since", "_waiting", "context", "expected", "gathers")

    def __init__(self) -> None:
        self.expected: int = 0
        """Handlers that were woken and have not begun. Who wakes one adds it; it tells by `begins()`."""
        self.gathers: bool = False
        """Whether what is written is to `wait()`: some of the handlers have begun, and some have not."""
        self.context: Context = copy_context()
        """The context of no call in particular. What waits leaves while some other call's handler begins."""
        self._waiting: list[Departs] = []
        self._since = 0.0
        """When the first of them began to wait."""

    def begins(self) -> None:
        """A handler that was expected begins."""
        self.expected -= 1
        self.gathers = self.expected > 0
        if self._waiting and not self.gathers:
            self.leave()

    def wait(self, stream: Departs) -> None:
        """Have something leave with the others."""
        waiting, now = self._waiting, time.monotonic()
        waiting.append(stream)
        if len(waiting) == 1:
            self._since = now
        elif now - self._since > LONGEST_WAIT_SECONDS:
            self.leave()

    def leave(self) -> None:
        """Send all that waits."""
        waiting, self._waiting = self._waiting, []
        for stream in waiting:
            stream.depart()


_OF_THE_LOOP: RunVar[Departures] = RunVar("jambonz departures")


def departures_here() -> Departures:
    """Those of the event loop that runs here."""
    try:
        return _OF_THE_LOOP.get()
    except LookupError:
        made = Departures()
        _OF_THE_LOOP.set(made)
        return made
