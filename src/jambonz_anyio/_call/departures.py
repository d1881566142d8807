"""Answers of handlers that were woken together, and leave together.

Where many calls are busy, one turn of the event loop reads the hooks of several, and the next runs their
handlers. Were each answer sent as soon as its handler has returned it, a handler would run between each two:
the server falls asleep and is woken for each, and sending finds nothing of its own in the processor's caches.
So what a handler returns waits while others are about to begin that were woken before, and leaves when the
last of them begins. A handler that is alone waits for nobody, and what a handler sends before it returns
never waits.

An answer that waits is one that the protocol core has taken, and the connection has not. Whatever else is
sent on its call leaves behind it, and takes it along.
"""

from __future__ import annotations

import logging
from time import monotonic
from typing import Protocol

_logger = logging.getLogger("jambonz_anyio")

LONGEST_WAIT_SECONDS = 0.001
"""Behind so much time, an answer waits for no other handler than the one that runs."""


class Departs(Protocol):
    """What has an answer that waits."""

    def depart(self) -> None:
        """Send it, if it has not left meanwhile."""


class Departures:
    """The answers that wait, of one application."""

    __slots__ = ("_since", "expected", "waiting")

    def __init__(self) -> None:
        self.expected: int = 0
        """Handlers that were woken and have not begun, in tasks that were there before: one that was only
        started may never begin. Counted by `HandlerPool`."""
        self.waiting: list[Departs] = []
        self._since = 0.0
        """When the first of them began to wait."""

    def look(self) -> None:
        """A handler that was expected begins: send what waits, if that was the last, or the wait is long."""
        # Not by the clock of the event loop, which on uvloop stands still while handlers run.
        if not self.expected or monotonic() - self._since > LONGEST_WAIT_SECONDS:
            self.leave()

    def wait(self, answered: Departs) -> None:
        """Have an answer leave with the others."""
        if not self.waiting:
            self._since = monotonic()
        self.waiting.append(answered)

    def leave(self) -> None:
        """Send all that waits."""
        waiting, self.waiting = self.waiting, []
        for answered in waiting:
            try:
                answered.depart()
            except Exception:
                # The handler of another call begins here, and it is none of its business.
                _logger.exception("An answer could not be sent")
