"""Every bound that a session keeps, each with a name.

`ServerLimits` bounds what a connection may cost; these bound what a call may. One that is hit says so by its
name, in a log line or an exception.
"""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits:
    """What one call may use, and how long its end may take. `None` is no value: each of them is bounded.

    >>> CallLimits(handlers=4).handlers
    4
    """

    handlers: int = 16
    """Handlers of one call that run at once."""
    handlers_waiting: int = 64
    """Hooks that wait for a handler to become free; one more is answered `[]` and reported."""
    inbox: int = 64
    """Hooks that wait in an iterator of `hooks()`;

    when one more comes, the oldest is dropped and reported.
    """
    events: int = 256
    """Events that wait in an iterator of `events()`;

    when one more comes, the oldest is dropped and reported.
    """
    early_statuses: int = 64
    """Statuses that come before the call itself and are kept for it; the oldest are dropped first."""
    log_lines: int = 100
    """Log lines about what a server has sent in one call, or on one audio stream; more are not written."""
    threads: int = 40
    """Plain functions that run in threads at once, in the whole application."""
    opening_seconds: float = 30.0
    """How long a new connection may say nothing at all."""
    ringing_seconds: float = 900.0
    """How long a connection may report an outbound call that is not answered yet."""
    last_words_seconds: float = 10.0
    """How long a call may take to end after its handler failed."""
    on_end_seconds: float = 5.0
    """What all `on_end` functions of a call have together."""
    audio_frames: int = 500
    """Audio frames that wait to be taken, ten seconds as a rule; when one more comes, the oldest is
    dropped."""
    stream_end_seconds: float = 30.0
    """How long the handler of an audio stream may go on when its connection is over."""
    admission_seconds: float = 5.0
    """How long the token hook may take to decide on a connection."""

    def __post_init__(self) -> None:
        for limit in fields(self):
            value = getattr(self, limit.name)
            if value <= 0:
                raise ValueError(f"CallLimits.{limit.name} must be positive, not {value!r}")
