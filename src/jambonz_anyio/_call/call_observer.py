"""What is told of calls to somebody who looks on from inside: the seam that telemetry is attached to.

Without an observer nothing of this is called, and a call pays for one comparison where it would be. What an
observer is told of, it is told in the middle of a call's work: it must be quick, and must not raise.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from jambonz_core.call.commands import Command
from jambonz_core.wire.event import Event

B3_CHARACTERS = 128
"""So much is kept of the trace context that a server sends."""


@dataclass(frozen=True, slots=True)
class ObservedCall:
    """A call that begins to be served here."""

    call_sid: str
    path: str
    """The pattern of its path."""
    session: dict[str, Any]
    """The first payload of the call, where it is known."""
    b3: str
    """The trace context of the server's first message here, or nothing."""
    resumed: bool
    """Whether it had begun elsewhere."""
    trace: str
    """What `CallObserver.trace` was in the process that has saved the call."""
    clock: Callable[[], float]
    """The clock of the event loop."""


class CallObserver(Protocol):
    """Looks on at one call."""

    @property
    def trace(self) -> str:
        """What another process is to know that goes on with the call."""
        ...

    def heard(self, event: Event) -> None:
        """Something has happened on the call."""

    def done(self, command: Command) -> None:
        """The core has taken a command, and what could leave has left, or waits a moment (`departures`)."""

    def enter(self) -> None:
        """A task of the call begins to run: this one."""

    def inside(self, what: str, id: str, hook: str = "") -> AbstractContextManager[object]:
        """The time in which this task works on a hook (its message's id) or a tool call (its id and hook)."""
        ...

    def ended(self, reason: str, error: Exception | None) -> None:
        """The call is over here."""


class AppObserver(Protocol):
    """Looks on at everything of an application."""

    def began(self, call: ObservedCall) -> CallObserver | None:
        """A call begins to be served; None where nobody wants to know of it."""

    def audio_dropped(self, limit: str) -> None:
        """A frame of audio was dropped, because nobody has taken it."""

    def store_asked(self, operation: str, outcome: str, seconds: float) -> None:
        """The store has answered, or failed: ``claim``, ``save`` or ``end``; ``ok``, ``refused`` or
        ``failed``.
        """


def b3_of(event: Event) -> str:
    """The trace context that came with a message."""
    raw = event.raw or {}
    data = raw.get("data")
    b3 = raw.get("b3") or (data.get("b3") if isinstance(data, dict) else None)
    return b3[:B3_CHARACTERS] if isinstance(b3, str) else ""
