"""One websocket on a byte stream: the transport of the socket server and of the client.

Strategy. Nothing here waits for the socket. Bytes come in by callback, go through the frame parser, and
complete messages go straight into the sink. A pushed frame goes straight to the kernel while that takes
everything; from the first time it does not, frames queue here, whole, and follow in batches as the kernel
takes them. The rules:

1. A connection is open, then closing (our close frame was pushed, the peer's is awaited), then over.
   `_closed` is set at the moment it is over, and decides what `run()` returns; nothing reaches the sink after
   it.
2. When this side starts to close, the code that it chose is the outcome, however the peer takes it.
3. Pings are answered here, whatever the application does. Of those that come at once, or while the socket is
   jammed, only the latest is, as RFC 6455 allows: a flood of pings does not become a flood of pongs.
4. A close frame goes after all text that was pushed before, and does not wait for audio.
5. After the last frame our side of the connection ends, and what the peer still sends is read and dropped:
   were the socket closed with unread bytes, the kernel would send a reset and could take our close frame with
   it. That, and every other wait for a peer, is bounded by `close_seconds`.
"""

from __future__ import annotations

from collections.abc import Callable

import anyio

from jambonz_core.wire.errors import LocalProtocolError

from ..limits import ServerLimits
from .byte_streams import WRITE_BYTES, ByteStream
from .frame_queue import FrameQueue
from .frames import CloseFrame, Fault, FrameParser, Ping, Pong
from .receipts import ReceiptCounter
from .transport import Closed, FrameSink, Peer

ABNORMAL = 1006
NOT_ON_THE_WIRE = frozenset({1004, 1005, 1006, 1015})


def checked_close_code(code: int) -> int:
    """The code, if a close frame may carry it.

    >>> checked_close_code(1012)
    1012
    """
    if not 1000 <= code < 5000 or code in NOT_ON_THE_WIRE or 1015 < code < 3000:
        raise LocalProtocolError(f"{code} is not a code that a close frame may carry")
    return code


class Nobody:
    """A sink for frames that nobody wants."""

    def frame(self, data: str | bytes) -> None:
        """Drop it."""

    def receipt(self, count: int) -> None:
        """Nobody asked."""

    def closed(self, closed: Closed) -> None:
        """Drop it too."""


NOBODY = Nobody()


class WebSocketTransport:
    """A `Transport` on a byte stream, from the moment the upgrade was answered.

    `early` are bytes that came behind the upgrade request in the same read. Without `receipts` nothing is
    believed of a pong but that the peer lives: a proxy may have sent it. With `pongs_in_line` pongs overtake
    nothing: who gets one has been told everything that was pushed before it.
    """

    __slots__ = (
        "_claimed",
        "_closed",
        "_closing",
        "_early",
        "_feed",
        "_heard",
        "_limits",
        "_message",
        "_over",
        "_parser",
        "_peer",
        "_pinged",
        "_pong",
        "_pongs_in_line",
        "_pushed",
        "_queue",
        "_reading",
        "_ready",
        "_receipts",
        "_silent_since",
        "_sink",
        "_stalled_since",
        "_stream",
        "_told",
        "_unsent",
        "receipts",
        "when_over",
    )

    def __init__(
        self,
        stream: ByteStream,
        parser: FrameParser,
        peer: Peer,
        limits: ServerLimits,
        early: bytes = b"",
        *,
        receipts: bool = True,
        pongs_in_line: bool = False,
    ) -> None:
        self._stream = stream
        self._parser = parser
        # Bound once: these two run for every frame.
        self._feed = parser.feed
        self._message = parser.message
        self._peer = peer
        self._limits = limits
        self._early = early
        self._queue: FrameQueue[bytes] = FrameQueue(
            high_water=limits.high_water_bytes, bound=limits.outbox_bytes
        )
        self._pushed = 0
        """Messages that were pushed; what receipts count."""
        self._receipts = ReceiptCounter()
        self.receipts = receipts
        """Whether a pong proves that the peer has read."""
        self._sink: FrameSink = NOBODY
        self._claimed = False
        self._reading = False
        self._told = False
        # From now on it is told when the stream takes writes again, also before anybody reads.
        stream.receiver = self
        self._ready = stream.unsent == 0
        self._closing: Closed | None = None
        self._closed: Closed | None = None
        self._over: anyio.Event | None = None
        self._pong: bytes | None = None
        self._pongs_in_line = pongs_in_line
        self.when_over: Callable[[WebSocketTransport], None] | None = None
        """Called once, when the connection is over."""
        # What the keeper looks at, see `check()`.
        self._heard = True
        self._pinged = False
        self._silent_since: float | None = None
        self._unsent = 0
        self._stalled_since = 0.0

    @property
    def peer(self) -> Peer:
        """The other end."""
        return self._peer

    @property
    def backlog(self) -> int:
        """Bytes pushed and not yet taken by the socket."""
        return 0 if self._ready else self._queue.size + self._stream.unsent

    async def run(self, sink: FrameSink) -> Closed:
        """Read until the connection is over, handing every message to `sink`."""
        if self._claimed:
            raise LocalProtocolError("this transport has a reader already: run() is called once")
        self._claimed = True
        self._sink = sink
        try:
            await self._read()
        finally:
            closed = self._cut("cancelled")
            self._tell()
        return closed

    async def _read(self) -> None:
        """Read until the connection is over. A `close()` before `run()` reads too: who comes second waits."""
        if self._reading:
            await self._until_over()
            return
        self._reading = True
        stream = self._stream
        try:
            try:
                if self._early:
                    early, self._early = self._early, b""
                    self.received(early)
                if self._closed is None:
                    await stream.pump(self)
            finally:
                closed = self._cut("cancelled")
                self._tell()
            if closed.code != ABNORMAL:
                with anyio.move_on_after(self._limits.close_seconds):
                    await stream.finish()
        finally:
            await stream.aclose()

    async def _until_over(self) -> None:
        while self._closed is None:
            if self._over is None:
                self._over = anyio.Event()
            await self._over.wait()

    def _tell(self) -> None:
        """Tell the sink that it is over: once, and as soon as there is a sink."""
        if self._claimed and not self._told and self._closed is not None:
            self._told = True
            self._sink.closed(self._closed)

    # Sending ------------------------------------------------------------------------------------------------

    def push(self, frame: str | bytes, *, receipt: bool = False) -> None:
        """Send a message, now or as soon as the socket takes it."""
        try:
            data = self._message(frame)
        except UnicodeEncodeError as exc:
            raise LocalProtocolError("text with a lone surrogate cannot travel as UTF-8") from exc
        if self._closing is not None or self._closed is not None:
            return
        self._pushed += 1
        if self._ready:
            if receipt and self.receipts:
                data += self._ping()
            self._ready = self._stream.write(data)
        elif not self._queue.add(data, len(data), audio=not isinstance(frame, str)):
            self._cut(f"outbox_bytes ({self._limits.outbox_bytes}) reached")
        elif receipt:
            self.ask_receipt()

    def ask_receipt(self) -> None:
        """Send a ping behind everything that was pushed."""
        if (
            self.receipts
            and self._closing is None
            and self._closed is None
            and not self._receipts.awaits(self._pushed)
        ):
            if self._ready:
                self._ready = self._stream.write(self._ping())
            else:
                # One for each message at most, so it counts for nothing: a full queue cannot refuse it.
                self._queue.add(self._ping(), 0)

    def _ping(self) -> bytes:
        return self._parser.ping(self._receipts.ask(self._pushed))

    def drop_audio(self) -> None:
        """Forget the audio that waits."""
        self._queue.drop_audio()

    async def room(self) -> None:
        """Wait until little waits to be sent, or the connection is over."""
        await self._queue.room()

    def abort(self) -> None:
        """Cut the connection without a close frame."""
        self._cut("aborted")

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close politely, within `close_seconds`."""
        checked_close_code(code)
        if self._closed is not None:
            return
        self.start_close(code, reason)
        try:
            with anyio.move_on_after(self._limits.close_seconds):
                await (self._until_over() if self._reading else self._read())
        finally:
            # Too late, or cancelled while it waited.
            self._cut("close_seconds passed")

    def start_close(self, code: int, reason: str = "") -> None:
        """Send a close frame and let `run()` wait for the answer. The first one counts."""
        if self._closing is not None or self._closed is not None:
            return
        self._closing = Closed(code, reason, local=True)
        frame = self._parser.close(code, reason)
        self._queue.shut()
        self._queue.drop_audio()
        if self._ready:
            self._ready = self._stream.write(frame)
        else:
            # It counts for nothing, so that a full queue cannot refuse it.
            self._queue.add(frame, 0)

    def writable(self) -> None:
        """The stream took everything: send what waits, as much at once as makes one good write."""
        queue = self._queue
        stream = self._stream
        if self._pong is not None:
            payload, self._pong = self._pong, None
            if not stream.write(self._parser.pong(payload)):
                return
        while queue:
            batch = [queue.take()]
            size = len(batch[0])
            while queue and size < WRITE_BYTES:
                batch.append(queue.take())
                size += len(batch[-1])
            if not stream.write(b"".join(batch)):
                return
        self._ready = True

    # Receiving ----------------------------------------------------------------------------------------------

    def received(self, data: bytes | memoryview) -> None:
        """Take bytes from the stream."""
        if self._closed is not None:
            return
        self._heard = True
        sink = self._sink
        ping: Ping | None = None
        for event in self._feed(data):
            if isinstance(event, (bytes, str)):
                sink.frame(event)
                if self._closed is not None:  # aborted by what the frame said
                    return
            elif isinstance(event, Ping):
                ping = event
            elif isinstance(event, Pong):
                read = self._receipts.answered(event.payload)
                if read is not None and self.receipts:
                    sink.receipt(read)
                    if self._closed is not None:
                        return
            elif isinstance(event, CloseFrame):
                if self._closing is None:
                    self._end(Closed(event.code, event.reason), self._parser.close(event.code))
                else:
                    self._end(self._closing)
                return
            elif isinstance(event, Fault):
                last = b"" if self._closing is not None else self._parser.close(event.code, event.reason)
                self._end(Closed(event.code, event.reason, local=True), last)
                return
        if ping is not None:
            self._answer(ping)

    def ended(self, error: str) -> None:
        """The stream ended without a close frame."""
        if self._closed is None:
            self._finish(Closed(ABNORMAL, error or "the connection ended without a close frame"))
            self._stream.stop()

    def _answer(self, ping: Ping) -> None:
        if self._ready:
            self._ready = self._stream.write(self._parser.pong(ping.payload))
        elif not self._pongs_in_line:
            self._pong = ping.payload
        elif not self._queue.add(pong := self._parser.pong(ping.payload), len(pong)):
            self._cut(f"outbox_bytes ({self._limits.outbox_bytes}) reached")

    # Ending -------------------------------------------------------------------------------------------------

    def _end(self, closed: Closed, last_frame: bytes = b"") -> None:
        """The peer closed, answered our close, or sent nonsense: one last frame, and nothing more is read."""
        self._finish(closed)
        if last_frame:
            self._stream.write(last_frame)
        self._stream.stop()

    def _cut(self, why: str) -> Closed:
        if self._closed is None:
            self._finish(Closed(ABNORMAL, why, local=True))
            self._stream.abort()
        return self._finish(Closed(ABNORMAL))

    def _finish(self, closed: Closed) -> Closed:
        """The connection is over, for this reason unless it was over before."""
        if self._closed is None:
            self._closed = closed if self._closing is None else self._closing
            self._queue.clear()
            self._ready = False
            if self._over is not None:
                self._over.set()
            if self.when_over is not None:
                self.when_over(self)
        return self._closed

    def check(self, now: float) -> None:
        """Ping a silent peer, cut one that is gone or that takes nothing. Called every second or so."""
        if self._closed is not None:
            return
        limits = self._limits
        if self._heard or self._silent_since is None:
            self._heard = self._pinged = False
            self._silent_since = now
        elif limits.ping_seconds is not None and now - self._silent_since >= limits.ping_seconds:
            if self._pinged:
                self._cut(f"silent for twice ping_seconds ({limits.ping_seconds:g})")
                return
            self._pinged = True
            self._silent_since = now
            if self._ready:
                self._ready = self._stream.write(self._ping())
        unsent = self._stream.unsent
        if not unsent or unsent != self._unsent:
            self._unsent = unsent
            self._stalled_since = now
        elif limits.write_seconds is not None and now - self._stalled_since >= limits.write_seconds:
            self._cut(f"took nothing for write_seconds ({limits.write_seconds:g})")
