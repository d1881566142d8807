"""Websocket frames, sans IO: one interface, whichever library is behind it.

A parser takes bytes and returns what they mean; it answers nothing by itself and knows no connection. That
leaves one set of rules (in `websocket`) for pings, closes and limits, whichever library takes the frames
apart: wsproto (`wsproto_frames`) or, with the extra `fast`, `websockets` (`fast_frames`). Whole messages take
a short way past both (`whole_frames`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

NO_STATUS = 1005
"""Stands for a close frame without a code; never on the wire."""

PROTOCOL_ERROR = 1002
INVALID_TEXT = 1007
TOO_BIG = 1009


@dataclass(frozen=True, slots=True)
class Ping:
    """The peer wants a pong with the same payload."""

    payload: bytes = b""


@dataclass(frozen=True, slots=True)
class Pong:
    """The peer has sent a pong, so it is alive."""

    payload: bytes = b""


@dataclass(frozen=True, slots=True)
class CloseFrame:
    """The peer closes, or answers our close. The last event of a parser."""

    code: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What came is not a websocket, or passes a limit: close with `code`. The last event of a parser."""

    code: int
    reason: str


FrameEvent: TypeAlias = "str | bytes | Ping | Pong | CloseFrame | Fault"
"""A text message, a binary message, or one of the four above."""


class FrameParser(Protocol):
    """Takes frames apart and puts them together, for one connection."""

    def whole(self, data: bytes | memoryview) -> bytes | str | None:
        """The short way for the usual read: the message that these bytes are, and nothing else.

        None, with nothing taken, where they are something else, or may be: then they are for `feed()`.
        """
        ...

    def whole_pong(self, data: bytes | memoryview) -> bytes | None:
        """The payload of the pong that these bytes are, and nothing else. None: `feed()` them."""
        ...

    def feed(self, data: bytes | memoryview) -> list[FrameEvent]:
        """What these bytes complete, in order. After `CloseFrame` or `Fault`: nothing, whatever comes."""
        ...

    @property
    def unfinished(self) -> int:
        """How many bytes are here of a message that is not whole yet."""
        ...

    def end(self) -> None:
        """Take nothing more, and keep nothing of what has come."""
        ...

    def message(self, data: bytes | str) -> bytes:
        """The one frame that carries a message: binary for bytes, text for str.

        Raises UnicodeEncodeError for text with a lone surrogate.
        """
        ...

    def ping(self, payload: bytes = b"") -> bytes:
        """A ping frame."""
        ...

    def pong(self, payload: bytes) -> bytes:
        """A pong frame."""
        ...

    def close(self, code: int, reason: str = "") -> bytes:
        """A close frame; without a body for 1005. A long reason is cut."""
        ...


class ParserFactory(Protocol):
    """Makes a parser for a new connection."""

    def __call__(self, *, client: bool, message_bytes: int) -> FrameParser:
        """A parser for that side of a connection, with that limit to incoming messages."""
        ...


def payload_size(message: str | bytes) -> int:
    """Bytes that a message takes on the wire: `message_bytes` and `outbox_bytes` count these.

    Raises UnicodeEncodeError for text with a lone surrogate.
    """
    if isinstance(message, str) and not message.isascii():
        return len(message.encode())
    return len(message)
