"""The server's text buffer: what becomes of streamed text between the application and the speech vendor.

One buffer serves a call. Text comes in by `tts:tokens` commands and leaves in chunks for the vendor; the
rules of the chunks decide when a caller hears something, and the rules of fullness decide what an
application may send. They are reproduced here as the open server has them, odd corners included, because a
sender is only right if it is right against these:

1. A message that would take the buffer above 1000 UTF-16 code units is refused whole (`full`). The first
   refusal announces `stream_paused`; `stream_resumed` follows when a *sentence or word chunk* leaves 200 or
   less. A flush that drains the buffer skips that check, a clear ends the pause silently, and closing the
   stream forgets the text but not the pause.
2. Whitespace alone, into an empty buffer, is thrown away and answered `ok`.
3. A chunk ends at the last sentence end; after a second without news, at the last white space. A mark after a
   digit ends nothing, nor does one with no text before it. A lone unfinished word waits for a flush.
4. A flush behind text is only a marker. It is acted on when the buffer is next looked at: with the next
   text, or by the timer. A flush while the vendor connection is being made is kept; before that, or after a
   failure, it is lost.
5. A result is sent when the buffer has been looked at, and so after the vendor took what the text
   completed. With a slow vendor a refusal therefore overtakes an earlier acceptance.
6. Without an open stream, text is held and answered `ok`; it is spoken once a stream connects, even before
   `stream_open` is announced.

The machine stands alone, so that a sender can be tested against it without a call around it:

>>> buffer = TokenBuffer()
>>> buffer.open(0.0)
[Streaming(event_type='stream_open')]
>>> buffer.offer({"id": 1, "tokens": "Hello there. How"}, 0.0)
[ToVendor(text='Hello there.'), Result(data={'id': 1, 'status': 'ok'})]
>>> buffer.flush(0.1)
[]
>>> buffer.tick(1.0)
[ToVendor(text=' How'), VendorFlush()]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeAlias

from ...wire.limits import TOKENS_HIGH_WATER, TOKENS_LOW_WATER
from ..processes import Future, Scheduler, Steps, Timer

STREAMING_VENDORS = frozenset({"deepgram", "cartesia", "elevenlabs", "rimelabs", "google"})
"""Vendors whose speech can be streamed, besides every ``custom:…`` one."""

IDLE_SECONDS = 1.0
"""Without new text for this long, whole words are spoken though their sentence has not ended."""

# White space as JavaScript has it; Python's own idea of it differs in six characters.
_WHITE = r"[\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]"
_SENTENCE_END = re.compile(rf"[.!?؟۔](?={_WHITE}|\Z)|[。！？]|\n\n")
_SPACE = re.compile(rf"{_WHITE}+")
_BLANK = re.compile(rf"{_WHITE}*")


def streams(vendor: str) -> bool:
    """Whether text can be streamed to this speech vendor at all."""
    return vendor in STREAMING_VENDORS or vendor.startswith("custom:")


@dataclass(frozen=True, slots=True)
class Result:
    """The body of a `tts:tokens-result`."""

    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Streaming:
    """A `tts:streaming-event`, by its type."""

    event_type: str


@dataclass(frozen=True, slots=True)
class ToVendor:
    """Text that left the buffer and will be spoken."""

    text: str


@dataclass(frozen=True, slots=True)
class VendorFlush:
    """The vendor was told to speak what it has."""


@dataclass(frozen=True, slots=True)
class VendorClear:
    """The vendor was told to drop what it has not yet spoken."""


@dataclass(frozen=True, slots=True)
class Unheard:
    """Something was ignored that the application may have counted on; a real server would only log it."""

    what: str


BufferEvent: TypeAlias = Result | Streaming | ToVendor | VendorFlush | VendorClear | Unheard


class VendorState(Enum):
    """The connection to the speech vendor."""

    NOT_CONNECTED = "not connected"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    FAILED = "failed"


class _Flush(Enum):
    MARK = "flush"


def code_units(text: str) -> int:
    """The length of `text` as the server counts it: UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def is_blank(text: str) -> bool:
    """Whether the server takes `text` for white space only."""
    return _BLANK.fullmatch(text) is not None


def sentence_end(text: str) -> int:
    """Where the last complete sentence of `text` ends, or -1.

    >>> sentence_end("It costs 3.50 now. Do you")
    18
    >>> sentence_end("Call 911. ")
    -1
    """
    end = -1
    for match in _SENTENCE_END.finditer(text):
        at = match.start()
        if not is_blank(text[:at]) and (match.group() == "\n\n" or text[at - 1] not in "0123456789"):
            end = match.end()
    return end


def word_end(text: str) -> int:
    """Where the last word that is surely complete ends, or -1."""
    end = -1
    for match in _SPACE.finditer(text):
        end = match.start()
    return end


class TokenBuffer:
    """The text buffer of one call.

    Alone, every method returns the events it caused, and `deadline`/`tick` drive the timers. Inside the
    call engine it shares the engine's `scheduler` and reports through `emit` instead.
    """

    def __init__(
        self,
        *,
        vendor: str = "deepgram",
        connect_seconds: float = 0.0,
        push_seconds: float = 0.0,
        scheduler: Scheduler | None = None,
        emit: Callable[[BufferEvent], None] | None = None,
    ) -> None:
        self.vendor = vendor
        self.connect_seconds = connect_seconds
        """How long the vendor takes to accept a connection."""
        self.push_seconds = push_seconds
        """How long the vendor takes to accept one chunk; a slow vendor is what fills the buffer."""
        self.vendor_up: bool = True
        """Whether the vendor can be reached; a connection attempt meets this."""
        self.state: VendorState = VendorState.NOT_CONNECTED
        self.is_open: bool = False
        """Whether something of the call wants text right now; without, text is held."""
        self.full: bool = False
        self.size: int = 0
        """How many UTF-16 code units wait."""
        self._scheduler = scheduler or Scheduler()
        self._collected: list[BufferEvent] = []
        self._emit = emit or self._collected.append
        self._queue: list[str | _Flush] = []
        self._timer: Timer | None = None
        self._last_text = 0.0
        self._vendor_free = 0.0
        self._connection = 0

    @property
    def deadline(self) -> float | None:
        """When `tick` is due. Of use only to a buffer that stands alone."""
        return self._scheduler.deadline

    @property
    def held(self) -> str:
        """The text that waits for the vendor."""
        return "".join(item for item in self._queue if isinstance(item, str))

    def tick(self, now: float) -> list[BufferEvent]:
        """Do what is due at `now`."""
        self._scheduler.advance(now)
        return self._taken()

    def open(self, now: float) -> list[BufferEvent]:
        """A stream begins: `ttsStream`, a streaming `say`, or a `gather` with one inside."""
        self._at(now)
        self.is_open = True
        if self.state is VendorState.CONNECTED:
            self._look()
        elif self.state is not VendorState.CONNECTING:
            self._connect()
        return self._taken()

    def suspend(self, now: float) -> list[BufferEvent]:
        """A streaming `say` ended by itself: nothing wants text any more, but the vendor stays connected."""
        self._at(now)
        self.is_open = False
        return self._taken()

    def close(self, now: float) -> list[BufferEvent]:
        """The stream is torn down: a streaming `say` was killed, or `ttsStream` switched off."""
        self._at(now)
        self.is_open = False
        self._drop()
        self._connection += 1
        self.state = VendorState.NOT_CONNECTED
        self._emit(Streaming("stream_closed"))
        return self._taken()

    def vendor_failed(self, now: float) -> list[BufferEvent]:
        """The vendor went away. The application learns of it from the results of later text only."""
        self._at(now)
        self.vendor_up = False
        if self.state is not VendorState.NOT_CONNECTED:
            self._fail()
        return self._taken()

    def offer(self, data: Mapping[str, Any], now: float) -> list[BufferEvent]:
        """Take the data of a `tts:tokens` command."""
        self._at(now)
        id, tokens = data.get("id"), data.get("tokens")
        if id is None:
            self._emit(Unheard("tts:tokens without an id gets no result"))
        elif not isinstance(tokens, str):
            self._emit(Result({"id": id, "status": "failed", "reason": "missing tokens"}))
        else:
            self._scheduler.spawn(self._accept(id, tokens))
            self._scheduler.run()
        return self._taken()

    def put(self, text: str) -> Future[str | None]:
        """Text of a streaming `say`: settles with None when taken, or with the reason of the refusal."""
        return self._scheduler.spawn(self._buffer(text))

    def flush(self, now: float) -> list[BufferEvent]:
        """Perform the application's `tts:flush`."""
        self._at(now)
        if self.state is VendorState.CONNECTED and not self._queue:
            self._emit(VendorFlush())
        elif self.state in {VendorState.CONNECTED, VendorState.CONNECTING}:
            if not self._queue or self._queue[-1] is not _Flush.MARK:
                self._queue.append(_Flush.MARK)
        else:
            self._emit(Unheard(f"tts:flush is ignored: the speech vendor is {self.state.value}"))
        return self._taken()

    def clear(self, now: float) -> list[BufferEvent]:
        """Perform the application's `tts:clear`."""
        self._at(now)
        if self.state is VendorState.CONNECTED:
            self._clear()
        else:
            self._emit(Unheard(f"tts:clear is ignored: the speech vendor is {self.state.value}"))
        return self._taken()

    def interrupt(self, now: float) -> list[BufferEvent]:
        """A barge-in: announced first, then cleared. Text still on its way arrives after this, and is
        spoken.
        """
        self._at(now)
        self._emit(Streaming("user_interruption"))
        if self.state is VendorState.CONNECTED:
            self._clear()
        return self._taken()

    # The buffer's own life.

    def _at(self, now: float) -> None:
        if now > self._scheduler.now:
            self._scheduler.advance(now)

    def _taken(self) -> list[BufferEvent]:
        collected = self._collected[:]
        self._collected.clear()
        return collected

    def _connect(self) -> None:
        self.state = VendorState.CONNECTING
        self._connection += 1
        if self.connect_seconds:
            connection = self._connection
            self._scheduler.after(self.connect_seconds, lambda: self._connect_ends(connection))
        else:
            self._connect_ends(self._connection)

    def _connect_ends(self, connection: int) -> None:
        if connection != self._connection:
            return
        if not self.vendor_up:
            self._fail()
            return
        self.state = VendorState.CONNECTED
        self._look()
        self._emit(Streaming("stream_open"))

    def _fail(self) -> None:
        self._connection += 1
        self.state = VendorState.FAILED
        self._drop()

    def _clear(self) -> None:
        self._drop()
        self.full = False
        self._emit(VendorClear())

    def _drop(self) -> None:
        self._queue.clear()
        self.size = 0
        self._stop_timer()

    def _accept(self, id: Any, tokens: str) -> Steps[None]:
        reason = yield from self._buffer(tokens)
        outcome = {"status": "ok"} if reason is None else {"status": "failed", "reason": reason}
        self._emit(Result({"id": id, **outcome}))

    def _buffer(self, text: str) -> Steps[str | None]:
        if self.state is VendorState.FAILED:
            return f"connection to {self.vendor} failed"
        if self.size == 0 and is_blank(text):
            return None
        units = code_units(text)
        if self.size + units > TOKENS_HIGH_WATER:
            if not self.full:
                self.full = True
                self._emit(Streaming("stream_paused"))
            return "full"
        self._queue.append(text)
        self.size += units
        self._last_text = self._scheduler.now
        yield from self._feed()
        return None

    def _look(self) -> None:
        self._scheduler.spawn(self._feed())

    def _feed(self, *, idle: bool = False) -> Steps[None]:
        """Send what may be sent. Several of these can be under way at once, each waiting for the vendor."""
        while self.is_open and self.state is VendorState.CONNECTED:
            while _Flush.MARK in self._queue:
                yield from self._send_up_to(self._queue.index(_Flush.MARK))
            text = self.held
            end = sentence_end(text)
            if end <= 0 and idle:
                end = word_end(text)
            if end <= 0:
                self._set_timer()
                return
            idle = False
            connection = self._connection
            yield from self._send(self._take(text, end))
            if connection == self._connection and self.full and self.size <= TOKENS_LOW_WATER:
                self.full = False
                self._emit(Streaming("stream_resumed"))

    def _send_up_to(self, marker: int) -> Steps[None]:
        text = "".join(item for item in self._queue[:marker] if isinstance(item, str))
        del self._queue[: marker + 1]
        self.size -= code_units(text)
        if text:
            yield from self._send(text)
        self._emit(VendorFlush())

    def _take(self, text: str, end: int) -> str:
        rest = text[end:]
        self._queue = [rest] if rest else []
        self.size = code_units(rest)
        return text[:end]

    def _send(self, text: str) -> Steps[None]:
        """Hand over a chunk. The vendor takes one after the other, each in its own time."""
        self._emit(ToVendor(text))
        if self.push_seconds:
            now = self._scheduler.now
            self._vendor_free = max(self._vendor_free, now) + self.push_seconds
            yield self._vendor_free - now

    def _set_timer(self) -> None:
        if self.size == 0:
            self._stop_timer()
        elif self._timer is None:
            self._timer = self._scheduler.after(IDLE_SECONDS, self._idle)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _idle(self) -> None:
        self._timer = None
        if self._scheduler.now - self._last_text < IDLE_SECONDS:
            self._set_timer()
        else:
            self._scheduler.spawn(self._feed(idle=True))
