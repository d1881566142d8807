"""Server-sent events, taken apart: the form in which servers of language models stream their answers.

Bytes go in as they come, cut anywhere, also in the middle of a character. Lines end with CR, LF or both; an
event ends with an empty line, or with the stream. A size bounds what one event may take, for a server that
never ends a line must not fill the memory.
"""

from __future__ import annotations

from msgspec import Struct

from jambonz_core.wire.errors import ModelFailed

EVENT_BYTES = 1024 * 1024
"""What one event may have. Those of language models have some hundred bytes, a whole answer some thousand."""


class ServerEvent(Struct, frozen=True):
    """One event of a stream."""

    data: str
    event: str = ""
    """The name of the event; most servers give none."""


class SseReader:
    """Finds the events in a stream of bytes.

    >>> reader = SseReader()
    >>> reader.feed(b'data: {"a"'), reader.feed(b": 1}\\n\\n: a comment")
    ([], [ServerEvent(data='{"a": 1}', event='')])
    >>> reader.end()
    []
    """

    def __init__(self, event_bytes: int = EVENT_BYTES) -> None:
        self._most = event_bytes
        self._line = bytearray()
        self._after_cr = False
        self._data: list[str] = []
        self._event = ""
        self._kept = 0
        """The bytes of the event that is being read, but for its last line."""
        self._first = True

    def feed(self, data: bytes) -> list[ServerEvent]:
        """Take the next bytes; returned are the events that are complete with them."""
        if not data:
            return []
        if self._after_cr:
            data = data.removeprefix(b"\n")
        self._after_cr = data.endswith(b"\r")
        # A line feed behind a carriage return ends the same line; only those two end lines, and neither is
        # part of another character in UTF-8.
        pieces = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        events: list[ServerEvent] = []
        for piece in pieces[:-1]:
            self._collect(piece)
            line = bytes(self._line)
            self._line.clear()
            self._take(line, events)
        self._collect(pieces[-1])
        return events

    def end(self) -> list[ServerEvent]:
        """The stream is over: what stands in it without an empty line behind it is the last event."""
        events: list[ServerEvent] = []
        self._take(bytes(self._line), events)
        self._line.clear()
        self._take(b"", events)
        return events

    def _collect(self, piece: bytes) -> None:
        if self._kept + len(self._line) + len(piece) > self._most:
            raise ModelFailed(f"the model's server sent an event of more than {self._most} bytes")
        self._line += piece

    def _take(self, raw: bytes, events: list[ServerEvent]) -> None:
        """Take one line."""
        line = raw.decode("utf-8", "replace")
        if self._first:
            self._first = False
            line = line.removeprefix("\ufeff")
        if not line:
            if self._data:
                events.append(ServerEvent("\n".join(self._data), self._event))
            self._data, self._event, self._kept = [], "", 0
            return
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
            self._kept += len(raw)
        elif name == "event":
            self._event = value
