"""Every bound that a server and a call keep, each with a name.

`ServerLimits` bounds what connections may cost, `CallLimits` what calls may. A bound that is hit says so by
its name: in the body of a refusal, in the reason of a close frame, in an exception, or in a log line. The
defaults suit one process on a small machine with jambonz as its only honest client.
"""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLimits:
    """What one server, and each connection to it, may cost.

    >>> ServerLimits(calls=200, ping_seconds=None).calls
    200
    """

    handshake_seconds: float = 10.0
    """From the accepted socket to the answer to its first request: TLS, header, body and the application's
    decision. A client that trickles its header byte by byte is cut off here."""
    keep_alive_seconds: float = 15.0
    """How long a plain HTTP connection may sit between two requests."""
    header_bytes: int = 16 * 1024
    """Request line and headers together; more is refused with 431."""
    body_bytes: int = 1024 * 1024
    """Body of a plain request; more is refused with 413."""
    bodies_bytes: int = 64 * 1024 * 1024
    """What the bodies of all plain requests hold that come in or are being answered; one that would pass this
    is refused with 503."""
    message_bytes: int = 1024 * 1024
    """One websocket message, however many frames it spans; more closes the connection with 1009."""
    unfinished_bytes: int = 64 * 1024 * 1024
    """What has come, on all websockets, of messages that are not whole yet, or are large and wait for their
    turn. It is looked at every other second or so, and whenever an eighth of it has come; those with the
    largest are cut until the others fit."""
    calls: int = 5000
    """Websockets at once, control and audio together, and calls that wait for their connection to come back;
    more are closed without an answer, so that jambonz tries again, or, for audio, refused with 503."""
    requests: int = 1000
    """Plain requests that are being answered at once; more are refused with 503."""
    handshakes: int = 512
    """Connections at once that are not websockets (yet), or were refused and are closing. One more takes the
    place of the one that has been at it longest, so that clients who never finish cannot keep others out."""
    ping_seconds: float | None = 20.0
    """A connection that was silent this long is pinged; silent for as long again, it is cut. None: never."""
    outbox_bytes: int = 4 * 1024 * 1024
    """What may wait for a peer that does not read; more cuts the connection."""
    outbox_frames: int = 32 * 1024
    """Messages that may wait for it; one more cuts the connection."""
    high_water_bytes: int = 64 * 1024
    """What may wait before `room()` makes a sender wait."""
    message_seconds: float | None = 30.0
    """How long bytes may come without completing anything, before the connection is cut: they are no sign of
    life. None: for ever."""
    write_seconds: float | None = 30.0
    """How long a peer may take nothing while something waits for it, before it is cut. None: for ever."""
    close_seconds: float = 5.0
    """How long a closing handshake may take before the connection is cut."""

    def __post_init__(self) -> None:
        _check(self)


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
    handlers_bytes: int = 1024 * 1024
    """What the hooks and events that wait for a handler may hold, as they came on the wire."""
    inbox: int = 64
    """Hooks that wait in an iterator of `hooks()`; when one more comes, the oldest is dropped and logged."""
    inbox_bytes: int = 1024 * 1024
    """What these may hold, as they came on the wire; the oldest are dropped and logged."""
    events: int = 256
    """Events that wait in an iterator of `events()`; when one more comes, the oldest is dropped and logged.
    """
    events_bytes: int = 1024 * 1024
    """What these may hold, as they came on the wire; the oldest are dropped and logged."""
    opening_messages: int = 256
    """Messages that a connection may send before its call is found; one more, and it is cut. jambonz sends a
    handful at most."""
    opening_bytes: int = 2 * 1024 * 1024
    """What these may hold; more cuts the connection."""
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
    audio_bytes: int = 2 * 1024 * 1024
    """What these frames may hold: ten seconds of 48 kHz stereo. The oldest are dropped."""
    stream_end_seconds: float = 30.0
    """How long the handler of an audio stream may go on when its connection is over."""
    store_seconds: float = 2.0
    """How long the store may take to answer one request. What it fails to answer is asked again later, and
    the call goes on meanwhile."""
    admission_seconds: float = 5.0
    """How long the token hook may take to decide on a connection."""

    def __post_init__(self) -> None:
        _check(self)


def _check(limits: ServerLimits | CallLimits) -> None:
    """Every limit is a positive number. Some of the server's may also be None: no limit."""
    for limit in fields(limits):
        value: float | None = getattr(limits, limit.name)
        if value is None and isinstance(limits, ServerLimits):
            continue
        if value is None or value <= 0:
            raise ValueError(f"{type(limits).__name__}.{limit.name} must be positive, not {value!r}")
