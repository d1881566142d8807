"""The short way of a frame parser, which whole messages take past the library that takes frames apart.

What comes by the thousand is a whole message in one masked, unfragmented frame, or a pong, and what leaves by
the thousand is a message of a server or its ping, which are not masked at all. All of them are a few bytes of
header and the payload. The libraries have a state machine for them; here they take a third to a sixth of its
time, which `benchmarks/parsers.py` measures, and property tests hold the two ways equal.

Everything else is the library's, from the first byte of its frame to the last: closes, fragments, frames of
which only a part is here, all that is wrong, and all that clients read and write. So where frames begin is
counted for these as well. That finds what the libraries disagree about, too: a length that is longer than RFC
6455 has it is refused here.

Between two messages a library's parser knows nothing that a new one would not. So there is one only while a
message is in it: most connections of a server are quiet, and never need one.

A frame of audio, a hook and a pong nearly always come alone in one read, and have ways shorter still:
`whole()` and `whole_pong()`.
"""

from __future__ import annotations

import struct
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

from .frames import INVALID_TEXT, PROTOCOL_ERROR, Fault, FrameEvent, Ping, Pong
from .large_messages import LARGE_BYTES

Unmask: TypeAlias = Callable[[bytes | memoryview, bytes], bytes]
"""Takes a payload and the four bytes that it is masked with."""

_BINARY_FINAL = 0x82
_TEXT_FINAL = 0x81
_PING = 0x89
_PONG = 0x8A
_WHOLE = frozenset({_BINARY_FINAL, _TEXT_FINAL, _PING, _PONG})
_OPCODE = 0x0F
_MASKED = 0x80
_LENGTH = 0x7F
_SHORT = 126
_LONG = 65536
_SHORT_HEADER = 6
_LONG_HEADER = 8
_SHORTEST = _LONG_HEADER + _SHORT
_MASKED_BINARY = _BINARY_FINAL << 8 | _MASKED | _SHORT
"""The first two bytes of a whole, masked, binary message of 126 bytes or more."""
_MASKED_TEXT = _TEXT_FINAL << 8 | _MASKED | _SHORT
"""The same of a text."""
_header_of = struct.Struct("!HH4s").unpack_from
_pack_header = struct.Struct("!BBH").pack


@lru_cache(maxsize=64)
def _binary_header(size: int) -> bytes:
    """The header of a binary message of a server, of a size that takes two bytes."""
    return _pack_header(_BINARY_FINAL, _SHORT, size)


class WholeFrames(ABC):
    """A `FrameParser`, but for what its library does."""

    __slots__ = (
        "_begun",
        "_between",
        "_client",
        "_head",
        "_left",
        "_limit",
        "_over",
        "_short_limit",
        "_unmask",
    )

    def __init__(self, unmask: Unmask, *, client: bool, message_bytes: int) -> None:
        self._unmask = unmask
        self._client = client
        self._limit = message_bytes
        self._short_limit = min(message_bytes, LARGE_BYTES)
        """What is longer and may be had at all waits for its turn, see `large_messages`."""
        self._begun: bytearray | None = None
        """The beginning of a message that comes in pieces. Many tiny ones take no more than their bytes."""
        self._over = False
        self._between = not client
        """Whether the next byte begins a message of a client, so that it may go past the library."""
        self._left = 0
        """Bytes that are still to come of the frame that the library has part of."""
        self._head = b""
        """The beginning of a frame's header."""

    def whole(self, data: bytes | memoryview) -> bytes | str | None:
        """The message that these bytes are, with nothing before it or behind. None: `feed()` them."""
        size = len(data)
        if not self._between or size < _SHORTEST:
            return None
        first, length, mask = _header_of(data)
        if length != size - _LONG_HEADER or length > self._short_limit:
            return None
        if first == _MASKED_BINARY:
            return self._unmask(data[_LONG_HEADER:], mask)
        if first != _MASKED_TEXT:
            return None
        try:
            return str(self._unmask(data[_LONG_HEADER:], mask), "utf-8")
        except UnicodeDecodeError:
            return None  # what is wrong with it is told there

    def whole_pong(self, data: bytes | memoryview) -> bytes | None:
        """The payload of the pong that these bytes are, and nothing else. None: `feed()` them."""
        size = len(data) - _SHORT_HEADER
        if not self._between or not 0 <= size < _SHORT or size > self._limit:
            return None
        if data[0] != _PONG or data[1] != _MASKED | size:
            return None
        return self._unmask(data[_SHORT_HEADER:], bytes(data[2:_SHORT_HEADER]))

    def feed(self, data: bytes | memoryview) -> list[FrameEvent]:
        """What these bytes complete, in order."""
        events: list[FrameEvent] = []
        if self._over:
            return events
        if self._head:
            data = self._head + data
            self._head = b""
        size = len(data)
        if not self._left and not self._client and self._begun is None:
            # Whole, masked, unfragmented messages come off the front; the library gets the rest.
            while size >= _SHORT_HEADER:
                first = data[0]
                if first not in _WHOLE:
                    break
                length = data[1] - _MASKED
                start = _SHORT_HEADER
                if length == _SHORT:
                    if size < _LONG_HEADER or first > _BINARY_FINAL:
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
                body = self._unmask(data[start:end], bytes(data[start - 4 : start]))
                if first == _BINARY_FINAL:
                    events.append(body)
                elif first == _TEXT_FINAL:
                    events.append(self._decoded(body))
                else:
                    events.append(Pong(body) if first == _PONG else Ping(body))
                if end == size or self._over:
                    self._between = not self._over
                    return events
                data = data[end:]
                size -= end
        good = self._good(data, size)
        if good:
            self._take_apart(data if good == size else data[:good], events)
            if not self._left and self._begun is None:
                self._give_back()
        if good < size and not self._head and not self._over:
            events.append(self._fault(PROTOCOL_ERROR, "a length that is longer than needed"))
        self._between = self._begins_anew()
        return events

    def message(self, data: bytes | str) -> bytes:
        """The one frame that carries a message."""
        # Audio, which has few lengths. To find that it is no text takes `isinstance()` three times as long.
        if type(data) is bytes and _SHORT <= len(data) < _LONG and not self._client:
            return _binary_header(len(data)) + data
        if isinstance(data, str):
            first, body = _TEXT_FINAL, data.encode()
        else:
            first, body = _BINARY_FINAL, data
        size = len(body)
        if not self._client and size < _LONG:
            if size < _SHORT:
                return bytes((first, size)) + body
            return _pack_header(first, _SHORT, size) + body
        return self._put_together(data)

    def ping(self, payload: bytes = b"") -> bytes:
        """A ping frame."""
        return self._control_frame(_PING, payload)

    def pong(self, payload: bytes) -> bytes:
        """A pong frame."""
        return self._control_frame(_PONG, payload)

    def _control_frame(self, first: int, payload: bytes) -> bytes:
        if self._client:
            return self._control(first & _OPCODE, payload)
        return bytes((first, len(payload))) + payload

    def end(self) -> None:
        """Take nothing more, and keep nothing of what has come."""
        self._over = True
        self._between = False
        self._begun = None

    @abstractmethod
    def _take_apart(self, data: bytes | memoryview, events: list[FrameEvent]) -> None:
        """Have the library take these bytes apart; what they complete goes behind `events`."""

    @abstractmethod
    def _put_together(self, data: bytes | str) -> bytes:
        """The frame of a message, by the library."""

    @abstractmethod
    def _control(self, opcode: int, payload: bytes) -> bytes:
        """A ping or pong of a client, by the library."""

    @abstractmethod
    def _give_back(self) -> None:
        """No frame is begun and no message: let go of the library's parser."""

    def _begins_anew(self) -> bool:
        part_is_here = self._left or self._head or self._begun is not None
        return not (self._client or self._over or part_is_here)

    def _good(self, data: bytes | memoryview, size: int) -> int:
        """How many of these bytes the library may have: RFC 6455 wants lengths in their shortest form.

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

    def _decoded(self, data: bytes | bytearray | memoryview) -> str | Fault:
        try:
            return str(data, "utf-8")
        except UnicodeDecodeError:
            return self._no_text()

    def _no_text(self) -> Fault:
        # The text of a decoding error quotes the message: it is not passed on.
        return self._fault(INVALID_TEXT, "text is not valid UTF-8")

    def _fault(self, code: int, reason: str) -> Fault:
        self.end()
        return Fault(code, reason)
