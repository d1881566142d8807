"""Websocket frames, sans IO: one interface, and wsproto behind it as the default and the reference.

A parser takes bytes and returns what they mean; it answers nothing by itself and knows no connection. That
leaves one set of rules (in `_websocket`) for pings, closes and limits, whichever library takes the frames
apart.

What is absorbed here: wsproto reports a frame error as if the peer had closed, with its own state left open,
so that who waits for the close handshake waits for ever; it bounds no message; and it raises when it is fed
after the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeAlias

from wsproto.frame_protocol import Frame, FrameProtocol, Opcode, ParseFailed

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


class WsprotoParser:
    """Frames by wsproto.

    Its `FrameProtocol` is used rather than its `Connection`: the latter turns a frame error into something
    that looks like a close of the peer, and refuses to answer a ping once a close was sent.
    """

    def __init__(self, *, client: bool, message_bytes: int) -> None:
        self._protocol = FrameProtocol(client, [])
        self._limit = message_bytes
        self._begun = bytearray()
        """The beginning of a message that comes in pieces. Many tiny ones take no more than their bytes."""
        self._over = False

    def feed(self, data: bytes | memoryview) -> list[FrameEvent]:
        """What these bytes complete, in order."""
        events: list[FrameEvent] = []
        if self._over:
            return events
        self._protocol.receive_bytes(bytes(data))
        try:
            for frame in self._protocol.received_frames():
                event = self._event(frame)
                if event is not None:
                    events.append(event)
                if self._over:
                    break
        except ParseFailed as exc:
            # The text of a decoding error quotes the message: it is not passed on.
            reason = "text is not valid UTF-8" if exc.code == INVALID_TEXT else str(exc)
            events.append(self._fault(int(exc.code), reason))
        return events

    @property
    def unfinished(self) -> int:
        """How many bytes are here of a message that is not whole yet; a frame is handed out as it comes."""
        return len(self._begun)

    def end(self) -> None:
        """Take nothing more, and keep nothing of what has come."""
        self._over = True
        self._begun.clear()

    def _event(self, frame: Frame) -> FrameEvent | None:
        """What a frame means, or a part of one that wsproto hands out as it comes in."""
        payload = frame.payload
        if isinstance(payload, tuple):
            self._over = True
            return CloseFrame(int(payload[0]), payload[1])
        if isinstance(payload, str) or frame.opcode is Opcode.BINARY:
            return self._piece(payload, frame)
        return Ping(payload) if frame.opcode is Opcode.PING else Pong(payload)

    def _piece(self, piece: str | bytes, frame: Frame) -> FrameEvent | None:
        begun = self._begun
        if len(begun) + payload_size(piece) > self._limit:
            return self._fault(TOO_BIG, f"message_bytes ({self._limit}) passed")
        if frame.message_finished and not begun:
            return piece
        begun += piece.encode() if isinstance(piece, str) else piece
        if not frame.message_finished:
            return None
        whole = begun.decode() if isinstance(piece, str) else bytes(begun)
        begun.clear()
        return whole

    def _fault(self, code: int, reason: str) -> Fault:
        self.end()
        return Fault(code, reason)

    def message(self, data: bytes | str) -> bytes:
        """The one frame that carries a message."""
        return bytes(self._protocol.send_data(data))

    def ping(self, payload: bytes = b"") -> bytes:
        """A ping frame."""
        return bytes(self._protocol.ping(payload))

    def pong(self, payload: bytes) -> bytes:
        """A pong frame."""
        return bytes(self._protocol.pong(payload))

    def close(self, code: int, reason: str = "") -> bytes:
        """A close frame."""
        if code == NO_STATUS:
            return bytes(self._protocol.close())
        return bytes(self._protocol.close(code, reason))


def payload_size(message: str | bytes) -> int:
    """Bytes that a message takes on the wire: `message_bytes` and `outbox_bytes` count these.

    Raises UnicodeEncodeError for text with a lone surrogate.
    """
    if isinstance(message, str) and not message.isascii():
        return len(message.encode())
    return len(message)
