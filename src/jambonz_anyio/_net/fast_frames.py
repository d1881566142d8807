"""Frames by the sans-IO half of `websockets`, which unmasks in C: the extra `fast`.

Chosen by measurement (`benchmarks/parsers.py`): taking one masked frame of 320 bytes apart and putting its
echo together costs 10 microseconds with wsproto and 4.5 with `websockets` alone. picows is faster, but it is
bound to asyncio's transports and has no sans-IO interface; nor has aiohttp's parser, which wants a queue, a
protocol and a loop.

What comes by the thousand, and nothing else, takes a shorter way here: a whole, unfragmented message in, and
any message out on the server's side. That costs 0.8 together, and a property test holds it equal to the
long way.

`websockets` answers pings and closes by itself; its answers are thrown away, because `_websocket` decides
when and whether. It checks no UTF-8, so that is done here.
"""

from __future__ import annotations

import logging
import struct
from typing import cast

from websockets.exceptions import PayloadTooBig, ProtocolError
from websockets.frames import BINARY, CLOSE, CONT, PING, PONG, TEXT, Close
from websockets.frames import Frame as WebsocketsFrame
from websockets.protocol import Protocol, Side

from .frames import (
    INVALID_TEXT,
    NO_STATUS,
    PROTOCOL_ERROR,
    TOO_BIG,
    CloseFrame,
    Fault,
    FrameEvent,
    Ping,
    Pong,
)

# `websockets` logs what frames hold. The content of calls goes into no log, so its logger is one that says
# nothing.
_SILENT = logging.Logger("websockets of jambonz_anyio", level=logging.CRITICAL + 1)

try:
    from websockets.speedups import apply_mask
except ImportError:  # a platform without wheels
    from websockets.utils import apply_mask as _apply_mask

    def apply_mask(data: bytes | bytearray | memoryview, mask: bytes | bytearray) -> bytes:
        """As the one in C, which takes any buffer."""
        return _apply_mask(bytes(data), bytes(mask))


_REASON_BYTES = 123

_BINARY_FINAL = 0x82
_TEXT_FINAL = 0x81
_MASKED = 0x80
_SHORT = 126
_LONG = 65536
_SHORT_HEADER = 6
_LONG_HEADER = 8
_pack_header = struct.Struct("!BBH").pack


class WebsocketsParser:
    """Frames by `websockets`."""

    __slots__ = (
        "_begun",
        "_inside",
        "_limit",
        "_mask",
        "_over",
        "_protocol",
        "_text",
    )

    def __init__(self, *, client: bool, message_bytes: int) -> None:
        self._protocol = Protocol(
            Side.CLIENT if client else Side.SERVER, max_size=message_bytes, logger=_SILENT
        )
        self._mask = client
        self._limit = message_bytes
        self._begun: bytearray | None = None
        """The beginning of a message that spans frames. Many tiny ones take no more than their bytes."""
        self._text = False
        self._over = False
        self._inside = 0
        """Bytes given to `websockets` and not seen again in a frame: at 0 it stands between two frames."""

    def feed(self, data: bytes | memoryview) -> list[FrameEvent]:
        """What these bytes complete, in order."""
        events: list[FrameEvent] = []
        if self._over:
            return events
        size = len(data)
        if not self._inside and not self._mask:
            # Whole, masked, unfragmented messages come off the front; `websockets` gets the rest.
            while size >= _SHORT_HEADER and self._begun is None:
                first = data[0]
                if first != _BINARY_FINAL and first != _TEXT_FINAL:
                    break
                length = data[1] - _MASKED
                start = _SHORT_HEADER
                if length == _SHORT:
                    if size < _LONG_HEADER:
                        break
                    length = data[2] << 8 | data[3]
                    start = _LONG_HEADER
                elif not 0 <= length < _SHORT:
                    break
                end = start + length
                if end > size or length > self._limit:
                    break
                body = apply_mask(data[start:end], data[start - 4 : start])  # type: ignore[arg-type]  # any buffer
                events.append(body if first == _BINARY_FINAL else self._decoded(body))
                if end == size or self._over:
                    return events
                data = data[end:]
                size -= end
        self._inside += size
        protocol = self._protocol
        protocol.receive_data(data)  # type: ignore[arg-type]  # a bytearray takes a memoryview just as well
        # Past the handshake, all its events are frames. The branches are in the order of how often they come.
        for frame in cast("list[WebsocketsFrame]", protocol.events_received()):
            opcode = frame.opcode
            self._inside -= self._wire_size(len(frame.data))
            if opcode is BINARY and frame.fin:
                events.append(bytes(frame.data))
            elif opcode is TEXT and frame.fin:
                events.append(self._decoded(frame.data))
            elif opcode is PING:
                protocol.data_to_send()
                events.append(Ping(bytes(frame.data)))
            elif opcode is PONG:
                events.append(Pong(bytes(frame.data)))
            elif opcode is CLOSE:
                protocol.data_to_send()
                self._over = True
                close = Close.parse(frame.data)
                events.append(CloseFrame(int(close.code), close.reason))
            elif (whole := self._piece(frame)) is not None:
                events.append(whole)
            if self._over:
                return events
        if protocol.parser_exc is not None:
            events.append(self._fault(protocol.parser_exc))
        return events

    def _wire_size(self, length: int) -> int:
        """How long a frame was, if its length was written as short as it can be; less otherwise."""
        header = 2 if length < _SHORT else 4 if length < _LONG else 10
        return header + length + (0 if self._mask else 4)

    def _decoded(self, data: bytes | bytearray | memoryview) -> str | Fault:
        try:
            return str(data, "utf-8")
        except UnicodeDecodeError:
            self._over = True
            return Fault(INVALID_TEXT, "text is not valid UTF-8")

    def _piece(self, frame: WebsocketsFrame) -> FrameEvent | None:
        """A part of a message that spans frames; their order and total size were checked before."""
        if frame.opcode is not CONT or self._begun is None:
            self._text = frame.opcode is TEXT
            self._begun = bytearray()
        self._begun += frame.data
        if not frame.fin:
            return None
        whole, self._begun = self._begun, None
        return self._decoded(whole) if self._text else bytes(whole)

    def _fault(self, error: Exception) -> Fault:
        self._over = True
        self._begun = None
        if isinstance(error, PayloadTooBig):
            return Fault(TOO_BIG, f"message_bytes ({self._limit}) passed")
        if isinstance(error, UnicodeDecodeError):
            return Fault(INVALID_TEXT, "the reason of a close is not valid UTF-8")
        return Fault(PROTOCOL_ERROR, str(error) if isinstance(error, ProtocolError) else "unreadable frame")

    def message(self, data: bytes | str) -> bytes:
        """The one frame that carries a message."""
        first, body = (_TEXT_FINAL, data.encode()) if isinstance(data, str) else (_BINARY_FINAL, data)
        size = len(body)
        if not self._mask and size < _LONG:
            if size < _SHORT:
                return bytes((first, size)) + body
            return _pack_header(first, _SHORT, size) + body
        return WebsocketsFrame(TEXT if first == _TEXT_FINAL else BINARY, body).serialize(mask=self._mask)

    def ping(self, payload: bytes = b"") -> bytes:
        """A ping frame."""
        return WebsocketsFrame(PING, payload).serialize(mask=self._mask)

    def pong(self, payload: bytes) -> bytes:
        """A pong frame."""
        return WebsocketsFrame(PONG, payload).serialize(mask=self._mask)

    def close(self, code: int, reason: str = "") -> bytes:
        """A close frame."""
        body = b""
        if code != NO_STATUS:
            short = reason.encode()[:_REASON_BYTES].decode(errors="ignore")
            body = Close(code, short).serialize()
        return WebsocketsFrame(CLOSE, body).serialize(mask=self._mask)
