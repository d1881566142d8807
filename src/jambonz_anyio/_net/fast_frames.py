"""Frames by the sans-IO half of `websockets`, which unmasks in C: the extra `fast`.

Chosen by measurement (`benchmarks/parsers.py`): taking one masked frame of 320 bytes apart and putting its
echo together costs 10 microseconds with wsproto and 4.5 with `websockets` alone. The short way that whole
messages take past both, it is 0.8 with the function in C that unmasks here. picows is faster, but it is bound
to asyncio's transports and has no sans-IO interface; nor has aiohttp's parser, which wants a queue, a
protocol and a loop.

`websockets` answers pings and closes by itself; its answers are thrown away, because `websocket` decides when
and whether. It checks no UTF-8, takes lengths in any form, and wants no close inside of a message: these
three are seen to here and in `whole_frames`.
"""

from __future__ import annotations

import logging
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
from .whole_frames import WholeFrames

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

MOST_IDLE = 16
"""How many parsers without a message in them are kept for the next message that needs one."""

_IDLE: dict[tuple[bool, int], list[Protocol]] = {}
"""Those parsers, by their side and the longest message that they take."""

_text_decoder = getincrementaldecoder("utf-8")


class WebsocketsParser(WholeFrames):
    """Frames by `websockets`."""

    __slots__ = ("_decoder", "_protocol")

    def __init__(self, *, client: bool, message_bytes: int) -> None:
        super().__init__(apply_mask, client=client, message_bytes=message_bytes)
        self._protocol: Protocol | None = None
        self._decoder: IncrementalDecoder | None = None
        """What finds out, piece by piece, whether a text that spans frames is one."""

    def _take_apart(self, data: bytes | memoryview, events: list[FrameEvent]) -> None:
        protocol = self._protocol = self._protocol or self._borrowed()
        protocol.receive_data(data)  # type: ignore[arg-type]  # any buffer
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
                return
        if protocol.parser_exc is not None:
            if protocol.close_rcvd is not None:
                # A good close frame, inside of a message: `websockets` wants the message to be whole first,
                # but a control frame may come at any time.
                events.append(self._closed(protocol.close_rcvd))
            else:
                events.append(self._judged(protocol.parser_exc))

    def _borrowed(self) -> Protocol:
        idle = _IDLE.get((self._client, self._limit))
        if idle:
            return idle.pop()
        side = Side.CLIENT if self._client else Side.SERVER
        return Protocol(side, max_size=self._limit, logger=_SILENT)

    def _give_back(self) -> None:
        if self._protocol is not None and not self._over:
            idle = _IDLE.setdefault((self._client, self._limit), [])
            if len(idle) < MOST_IDLE:
                idle.append(self._protocol)
            self._protocol = None

    @property
    def unfinished(self) -> int:
        """How many bytes are here of a message that is not whole yet, about."""
        held = 0 if self._protocol is None else len(self._protocol.reader.buffer)
        return len(self._begun or b"") + held

    def end(self) -> None:
        """Take nothing more, and keep nothing of what has come."""
        super().end()
        if self._protocol is not None:
            # It is in a circle with its generator: until the collector came by, it would keep what it has.
            self._protocol.reader.buffer.clear()
            self._protocol = None

    def _closed(self, close: Close) -> CloseFrame:
        self._over = True
        return CloseFrame(int(close.code), close.reason)

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

    def _judged(self, error: Exception) -> Fault:
        if isinstance(error, PayloadTooBig):
            return self._fault(TOO_BIG, f"message_bytes ({self._limit}) passed")
        if isinstance(error, UnicodeDecodeError):
            return self._fault(INVALID_TEXT, "the reason of a close is not valid UTF-8")
        reason = str(error) if isinstance(error, ProtocolError) else "unreadable frame"
        return self._fault(PROTOCOL_ERROR, reason)

    def _put_together(self, data: bytes | str) -> bytes:
        opcode, body = (TEXT, data.encode()) if isinstance(data, str) else (BINARY, data)
        return WebsocketsFrame(opcode, body).serialize(mask=self._client)

    def _control(self, opcode: int, payload: bytes) -> bytes:
        return WebsocketsFrame(Opcode(opcode), payload).serialize(mask=self._client)

    def close(self, code: int, reason: str = "") -> bytes:
        """A close frame."""
        body = b""
        if code != NO_STATUS:
            short = reason.encode()[:_REASON_BYTES].decode(errors="ignore")
            body = Close(code, short).serialize()
        return WebsocketsFrame(CLOSE, body).serialize(mask=self._client)
