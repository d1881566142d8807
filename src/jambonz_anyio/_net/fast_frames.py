"""Frames by the sans-IO half of `websockets`, which unmasks in C: the extra `fast`.

Chosen by measurement (`benchmarks/parsers.py`): taking one masked frame of 320 bytes apart and putting its
echo together costs 10 microseconds with wsproto and 4.5 with `websockets` alone. picows is faster, but it is
bound to asyncio's transports and has no sans-IO interface; nor has aiohttp's parser, which wants a queue, a
protocol and a loop.

What comes by the thousand, and nothing else, takes a shorter way here: a whole, unfragmented message in, and
any message out on the server's side. That costs 0.8 together, and a property test holds it equal to the
long way.

`websockets` answers pings and closes by itself; its answers are thrown away, because `websocket` decides when
and whether. It checks no UTF-8, takes lengths in any form, and wants no close inside of a message: these
three are seen to here.
"""

from __future__ import annotations

import logging
import struct
from codecs import IncrementalDecoder, getincrementaldecoder
from typing import cast

from websockets.exceptions import PayloadTooBig, ProtocolError
from websockets.frames import Close, Opcode
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
        """Mask bytes without the function in C, taking any buffer as it does."""
        return _apply_mask(bytes(data), bytes(mask))


# The enumeration's own names: those of the module have changed between versions.
CONT, TEXT, BINARY = Opcode.CONT, Opcode.TEXT, Opcode.BINARY
CLOSE, PING, PONG = Opcode.CLOSE, Opcode.PING, Opcode.PONG

_REASON_BYTES = 123

_BINARY_FINAL = 0x82
_TEXT_FINAL = 0x81
_MASKED = 0x80
_LENGTH = 0x7F
_SHORT = 126
_LONG = 65536
_SHORT_HEADER = 6
_LONG_HEADER = 8
_pack_header = struct.Struct("!BBH").pack
_text_decoder = getincrementaldecoder("utf-8")


class WebsocketsParser:
    """Frames by `websockets`."""

    __slots__ = ("_begun", "_decoder", "_head", "_left", "_limit", "_mask", "_over", "_protocol")

    def __init__(self, *, client: bool, message_bytes: int) -> None:
        self._protocol = Protocol(
            Side.CLIENT if client else Side.SERVER, max_size=message_bytes, logger=_SILENT
        )
        self._mask = client
        self._limit = message_bytes
        self._begun: bytearray | None = None
        """The beginning of a message that spans frames. Many tiny ones take no more than their bytes."""
        self._decoder: IncrementalDecoder | None = None
        """What finds out, piece by piece, whether a text that spans frames is one."""
        self._over = False
        self._left = 0
        """Bytes that are still to come of the frame that `websockets` has part of."""
        self._head = b""
        """The beginning of a frame's header."""

    def feed(self, data: bytes | memoryview) -> list[FrameEvent]:
        """What these bytes complete, in order."""
        events: list[FrameEvent] = []
        if self._over:
            return events
        if self._head:
            data = self._head + data
            self._head = b""
        size = len(data)
        if not self._left and not self._mask:
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
                    if length < _SHORT:
                        break
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
        good = self._good(data, size)
        protocol = self._protocol
        protocol.receive_data(data if good == size else data[:good])  # type: ignore[arg-type]  # any buffer
        # Past the handshake, all its events are frames. The branches are in the order of how often they come.
        for frame in cast("list[WebsocketsFrame]", protocol.events_received()):
            opcode = frame.opcode
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
                events.append(self._closed(Close.parse(frame.data)))
            elif (whole := self._piece(frame)) is not None:
                events.append(whole)
            if self._over:
                return events
        if protocol.parser_exc is not None:
            if protocol.close_rcvd is not None:
                # A good close frame, inside of a message: `websockets` wants the message to be whole first,
                # but a control frame may come at any time.
                events.append(self._closed(protocol.close_rcvd))
            else:
                events.append(self._fault(protocol.parser_exc))
        elif good < size and not self._head:
            events.append(self._fault(ProtocolError("a length that is longer than needed")))
        return events

    @property
    def unfinished(self) -> int:
        """How many bytes are here of a message that is not whole yet, about."""
        return len(self._begun or b"") + len(self._protocol.reader.buffer)

    def end(self) -> None:
        """Take nothing more, and keep nothing of what has come."""
        self._over = True
        self._begun = None
        self._protocol.reader.buffer.clear()

    def _good(self, data: bytes | memoryview, size: int) -> int:
        """How many of these bytes `websockets` may have: it takes lengths in any form, RFC 6455 the shortest.

        Where the last header is not whole, its bytes are kept for the next time.
        """
        at = self._left
        while at + 1 < size:
            second = data[at + 1]
            length = second & _LENGTH
            start = at + 2
            if length == _SHORT:
                start += 2
                if start > size:
                    break
                length = data[at + 2] << 8 | data[at + 3]
                if length < _SHORT:
                    return at
            elif length == _LENGTH:
                start += 8
                if start > size:
                    break
                length = int.from_bytes(data[at + 2 : start], "big")
                if length < _LONG:
                    return at
            at = start + length + (4 if second & _MASKED else 0)
        if at < size:
            self._left = 0
            self._head = bytes(data[at:])
            return at
        self._left = at - size
        return size

    def _closed(self, close: Close) -> CloseFrame:
        self._over = True
        return CloseFrame(int(close.code), close.reason)

    def _decoded(self, data: bytes | bytearray | memoryview) -> str | Fault:
        try:
            return str(data, "utf-8")
        except UnicodeDecodeError:
            return self._no_text()

    def _no_text(self) -> Fault:
        self.end()
        return Fault(INVALID_TEXT, "text is not valid UTF-8")

    def _piece(self, frame: WebsocketsFrame) -> FrameEvent | None:
        """A part of a message that spans frames; their order and total size were checked before."""
        if frame.opcode is not CONT or self._begun is None:
            self._decoder = _text_decoder() if frame.opcode is TEXT else None
            self._begun = bytearray()
        if self._decoder is not None:
            # As soon as it can be no text any more, and not only when it is whole.
            try:
                self._decoder.decode(frame.data, frame.fin)
            except UnicodeDecodeError:
                return self._no_text()
        self._begun += frame.data
        if not frame.fin:
            return None
        whole, self._begun = self._begun, None
        return bytes(whole) if self._decoder is None else str(whole, "utf-8")

    def _fault(self, error: Exception) -> Fault:
        self.end()
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
