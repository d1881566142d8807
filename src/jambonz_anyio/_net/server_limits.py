"""Every bound that a server keeps, each with a name.

A bound that is hit says so by its name: in the body of a refusal, in the reason of a close frame, in a log
line. The defaults suit one process on a small machine with jambonz as its only honest client.
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
    message_bytes: int = 1024 * 1024
    """One websocket message, however many frames it spans; more closes the connection with 1009."""
    calls: int = 5000
    """Websockets at once, control and audio together; more are refused with 503."""
    requests: int = 1000
    """Plain requests that are being answered at once; more are refused with 503."""
    handshakes: int = 512
    """Connections at once that are not websockets (yet). One more takes the place of the one that has been
    at it longest, so that clients who never finish cannot keep others out."""
    ping_seconds: float | None = 20.0
    """A connection that was silent this long is pinged; silent for as long again, it is cut. None: never."""
    outbox_bytes: int = 4 * 1024 * 1024
    """What may wait for a peer that does not read; more cuts the connection."""
    high_water_bytes: int = 64 * 1024
    """What may wait before `room()` makes a sender wait."""
    write_seconds: float | None = 30.0
    """How long a peer may take nothing while something waits for it, before it is cut. None: for ever."""
    close_seconds: float = 5.0
    """How long a closing handshake may take before the connection is cut."""

    def __post_init__(self) -> None:
        for limit in fields(self):
            value = getattr(self, limit.name)
            if value is not None and value <= 0:
                raise ValueError(f"ServerLimits.{limit.name} must be positive, not {value!r}")
