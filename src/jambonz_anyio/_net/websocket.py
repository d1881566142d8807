"""One websocket on a byte stream: the transport of the socket server and of the client.

Strategy. Nothing here waits for the socket. Bytes come in by callback, go through the frame parser, and
complete messages go straight into the sink. A pushed frame goes straight to the kernel while that takes
everything; from the first time it does not, frames queue here, whole, and follow in batches as the kernel
takes them. The rules:

1. How it ends is for the machine in `closing`; here is only how a close travels.
2. Pings are answered here, whatever the application does, and before what comes behind them is handed on. Of
   those that come while the socket is jammed only the last `PONGS_KEPT` are, as RFC 6455 allows.
3. A close frame goes after all text that was pushed before, and does not wait for audio.
4. After the last frame our side of the connection ends, and what the peer still sends is read and dropped:
   were the socket closed with unread bytes, the kernel would send a reset and could take our close frame with
   it. That, and every other wait for a peer, is bounded by `close_seconds`.
5. A task that only waits for the event loop to call back takes a quarter of what an idle call has in memory.
   So a server's connection is read without one where that can be (`start()`). What does take its time then -
   more messages at once than belong into one turn of the loop, a large one, the end - has a task meanwhile.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import anyio
from anyio.lowlevel import checkpoint

from jambonz_core.wire.errors import LocalProtocolError

from ..limits import ServerLimits
from .byte_streams import WRITE_BYTES, ByteStream
from .closing import ABNORMAL, ConnectionInput, ConnectionState, Endings, ReadsItself, checked_close_code
from .frame_queue import FrameQueue
from .frames import CloseFrame, Fault, FrameEvent, FrameParser, Ping, Pong
from .large_messages import LARGE_BYTES, turn_for_large_message
from .receipts import ReceiptCounter
from .transport import Closed, FrameSink, Peer

logger = logging.getLogger("jambonz_anyio.server")

FRAMES_PER_TURN = 64
"""How many frames of one connection are handed on in one turn of the event loop. The others wait, and nothing
more is read of it meanwhile: a flood of small frames starves nobody."""

HEADER_BYTES = 10
"""The longest header of a frame that a server sends."""

PONGS_KEPT = 16
"""A flood of pings does not become a flood of pongs that wait."""

_OPEN = ConnectionState.OPEN


class WebSocketTransport(ReadsItself):
    """A `Transport` on a byte stream, from the moment the upgrade was answered.

    `early` are bytes that came behind the upgrade request in the same read. Without `receipts` nothing is
    believed of a pong but that the peer lives: a proxy may have sent it. With `pongs_in_line` pongs overtake
    nothing: who gets one has been told everything that was pushed before it. Only with the `endings` of a
    server can it be read without a task.
    """

    __slots__ = (
        "_begun",
        "_begun_since",
        "_early",
        "_endings",
        "_heard",
        "_left",
        "_limits",
        "_message",
        "_parser",
        "_peer",
        "_pinged",
        "_pongs",
        "_pongs_in_line",
        "_pushed",
        "_queue",
        "_reading",
        "_ready",
        "_receipts",
        "_rest",
        "_silent_since",
        "_stalled_since",
        "_started",
        "_stream",
        "_unsent",
        "_whole",
        "receipts",
        "when_over",
        "when_unfinished",
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
        endings: Endings | None = None,
    ) -> None:
        super().__init__()
        self._stream = stream
        self._parser = parser
        # Bound once: these run for every frame.
        self._whole = parser.whole
        self._message = parser.message
        self._peer = peer
        self._limits = limits
        self._early = early
        self._queue: FrameQueue[bytes] = FrameQueue(limits)
        self._pushed = 0
        """Messages that were pushed; what receipts count."""
        self._receipts = ReceiptCounter()
        self.receipts: bool = receipts
        """Whether a pong proves that the peer has read."""
        self._endings = endings
        self._started: Endings | None = None
        """By whom the end is told, where no task reads, but the event loop by itself."""
        self._left: anyio.Event | None = None
        """Set when nothing is left of a connection that was started; there once it is over."""
        self._reading = False
        self._rest: Sequence[FrameEvent] = ()
        """What has come and is handed on in later turns of the event loop."""
        # From now on it is told when the stream takes writes again, also before anybody reads.
        stream.receiver = self
        self._ready = stream.unsent == 0
        self._pongs: Sequence[bytes] = ()
        self._pongs_in_line = pongs_in_line
        self.when_over: Callable[[WebSocketTransport], None] | None = None
        """Called once, when the connection is over."""
        self.when_unfinished: Callable[[int], None] | None = None
        """Told of bytes that have come and completed no message."""
        # What the keeper looks at, see `check()`.
        self._heard = True
        self._pinged = False
        self._begun = False
        self._begun_since: float | None = None
        self._silent_since: float | None = None
        self._unsent = 0
        self._stalled_since = 0.0

    @property
    def peer(self) -> Peer:
        """What is known of the other end."""
        return self._peer

    @property
    def backlog(self) -> int:
        """Bytes pushed and not yet taken by the socket."""
        return 0 if self._ready else self._queue.size + self._stream.unsent

    def fits(self, size: int) -> bool:
        """Whether a message of so many bytes could be pushed now without cutting the connection."""
        return self._ready or self._closing.state is not _OPEN or self._queue.fits(size + HEADER_BYTES)

    @property
    def unfinished(self) -> int:
        """Bytes that have come of a message that is not whole yet, or is large and waits for its turn."""
        waiting = self._rest[0] if self._rest else b""
        return self._parser.unfinished + (len(waiting) if isinstance(waiting, (bytes, str)) else 0)

    def cut(self, why: str) -> None:
        """Cut the connection, because of a limit that was reached."""
        self._cut(why)

    async def _read(self) -> None:
        if self._reading:
            await self._closing.wait()
            return
        self._reading = True
        stream = self._stream
        try:
            try:
                if self._early:
                    early, self._early = self._early, b""
                    self.received(early)
                await self._hand_on_rest()
                while self._closing.outcome is None:
                    await stream.pump(self)
                    if not self._rest:
                        break
                    await self._hand_on_rest()
                await self._closing.tell_in_turn()
            finally:
                self._cut("cancelled")
                self._closing.tell()
            outcome = self._closing.outcome
            if outcome is not None and outcome.code != ABNORMAL:
                with anyio.move_on_after(self._limits.close_seconds):
                    await stream.finish()
        finally:
            await stream.aclose()

    # Reading without a task ---------------------------------------------------------------------------------

    def start(self, sink: FrameSink) -> bool:
        """Read from now on, like `run()`, without a task. False: here it takes one."""
        if self._endings is None or self._reading or not self._stream.watch(self):
            return False
        self._started = self._endings
        self._claim(sink)
        if self._closing.outcome is not None:
            self._started.add(self._tell)
        elif self._early:
            early, self._early = self._early, b""
            self.received(early)
        return True

    async def _read_rest(self) -> None:
        """Hand on what was too much for a callback, and have the event loop read on."""
        try:
            await self._hand_on_rest()
        except Exception:
            logger.exception("a connection failed")
            self._cut("it could not be read")
        except BaseException:
            self._cut("cancelled")
            raise
        else:
            if self._closing.outcome is None:
                self._stream.watch(self)

    def _tell(self) -> None:
        """The connection is over, and it is its turn to tell."""
        outcome, started = self._closing.outcome, self._started
        try:
            self._closing.tell()
        finally:
            if started is not None and outcome is not None and outcome.code != ABNORMAL:
                started.tasks.start_soon(self._part, name="jambonz close")
            else:
                self._leave()

    async def _part(self) -> None:
        """Let the peer read our last words."""
        try:
            with anyio.move_on_after(self._limits.close_seconds):
                await self._stream.finish()
        finally:
            self._leave()

    def _leave(self) -> None:
        """Nothing is left to do for the peer."""
        self._stream.abort()
        self._asked = self._closes = None
        if self._left is not None:
            self._left.set()

    async def _until_left(self) -> None:
        """Wait for the end of a connection that no task reads, until nothing is left of it."""
        try:
            with anyio.move_on_after(self._limits.close_seconds):
                await self._closing.wait()
            self._cut("close_seconds passed")
            if self._left is not None:
                await self._left.wait()
        except BaseException:  # cancelled: then nobody waits for anything
            self._cut("cancelled")
            self._closing.tell()
            self._leave()
            raise

    # Sending ------------------------------------------------------------------------------------------------

    def push(self, frame: str | bytes, *, receipt: bool = False) -> bool:
        """Send a message, now or as soon as the socket takes it."""
        try:
            data = self._message(frame)
        except UnicodeEncodeError as exc:
            raise LocalProtocolError("text with a lone surrogate cannot travel as UTF-8") from exc
        if self._closing.state is not _OPEN:
            return False
        self._pushed += 1
        if self._ready:
            if receipt and self.receipts:
                data += self._ping()
            self._ready = self._stream.write(data)
            return True
        queue = self._queue
        if not queue.add(data, len(data), audio=not isinstance(frame, str)):
            self._cut(queue.full)
            return False
        if receipt:
            self.ask_receipt()
        return queue.size < self._limits.high_water_bytes

    def ask_receipt(self) -> None:
        """Send a ping behind everything that was pushed."""
        open_ = self._closing.state is _OPEN
        if self.receipts and open_ and not self._receipts.awaits(self._pushed):
            if self._ready:
                self._ready = self._stream.write(self._ping())
            else:
                # One for each message at most, so it counts for nothing: a full queue cannot refuse it.
                self._queue.add(self._ping(), 0)

    def _ping(self) -> bytes:
        return self._parser.ping(self._receipts.ask(self._pushed))

    def drop_audio(self) -> None:
        """Drop the audio that waits to be sent."""
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
        if self._started is not None:
            self.start_close(code, reason)
            await self._until_left()
            return
        if self._closing.outcome is not None:
            return
        self.start_close(code, reason)
        try:
            with anyio.move_on_after(self._limits.close_seconds):
                await self._read()
        finally:
            # Too late, or cancelled while it waited.
            self._cut("close_seconds passed")

    def start_close(self, code: int, reason: str = "") -> None:
        """Send a close frame and let `run()` wait for the answer. The first one counts."""
        if not self._begin_close(code, reason):
            return
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
        if self._pongs:
            pongs = b"".join(self._pongs)
            self._pongs = ()
            if not stream.write(pongs):
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
        message = self._whole(data)
        if message is not None:
            self._heard = True
            self._closing.sink.frame(message)
            return
        if self._closing.outcome is not None:
            return
        pong = self._parser.whole_pong(data)
        if pong is not None:
            self._heard = True
            self._proved(pong)
            return
        events = self._parser.feed(data)
        if events:
            self._heard = True
        else:
            self._begun = True
            if self.when_unfinished is not None:
                self.when_unfinished(len(data))
        if len(events) > FRAMES_PER_TURN:
            self._rest = events[FRAMES_PER_TURN:]
            del events[FRAMES_PER_TURN:]
            self._stream.stop()
        self._hand_on(events)
        if self._rest and self._started is not None:
            self._started.tasks.start_soon(self._read_rest, name="jambonz reader")

    async def _hand_on_rest(self) -> None:
        """Hand on what is left of the latest bytes, so much in each turn of the event loop."""
        closing = self._closing
        while self._rest and closing.outcome is None:
            first = self._rest[0]
            if isinstance(first, (bytes, str)) and len(first) > LARGE_BYTES:
                async with turn_for_large_message():
                    if closing.outcome is None:
                        self._rest = self._rest[1:]
                        closing.sink.frame(first)
                continue
            await checkpoint()
            events = self._rest
            self._rest = events[FRAMES_PER_TURN:]
            self._hand_on(events[:FRAMES_PER_TURN])

    def _hand_on(self, events: Sequence[FrameEvent]) -> None:
        closing = self._closing
        sink = closing.sink
        for event in events:
            if isinstance(event, (bytes, str)):
                if len(event) > LARGE_BYTES:
                    # It has to wait for its turn, and with it what came behind it.
                    self._rest = [*events[events.index(event) :], *self._rest]
                    self._stream.stop()
                    return
                sink.frame(event)
                if closing.outcome is not None:  # aborted by what the frame said
                    return
            elif isinstance(event, Ping):
                self._answer(event)
            elif isinstance(event, Pong):
                self._proved(event.payload)
                if closing.outcome is not None:
                    return
            elif isinstance(event, CloseFrame):
                closed = Closed(event.code, event.reason)
                self._last_word(ConnectionInput.CLOSED, closed, self._parser.close(event.code))
                return
            elif isinstance(event, Fault):
                closed = Closed(event.code, event.reason, local=True)
                self._last_word(ConnectionInput.FAULT, closed, self._parser.close(event.code, event.reason))
                return

    def ended(self, error: str) -> None:
        """The stream ended without a close frame."""
        why = error or "the connection ended without a close frame"
        self._end(ConnectionInput.LOST, Closed(ABNORMAL, why))
        self._stream.stop()

    def _proved(self, pong: bytes) -> None:
        """The peer has answered a ping, and has read what went before it."""
        read = self._receipts.answered(pong)
        if read is not None and self.receipts:
            self._closing.sink.receipt(read)

    def _answer(self, ping: Ping) -> None:
        if self._asked is not None:
            self._asked()
        pong = self._parser.pong(ping.payload)
        if self._ready:
            self._ready = self._stream.write(pong)
        elif not self._pongs_in_line:
            self._pongs = [*self._pongs, pong][-PONGS_KEPT:]
        elif not self._queue.add(pong, len(pong)):
            self._cut(self._queue.full)

    # Ending -------------------------------------------------------------------------------------------------

    def _last_word(self, what: ConnectionInput, closed: Closed, close_frame: bytes) -> None:
        """The peer closed, answered our close, or sent nonsense: a close frame unless it went already."""
        unsaid = self._closing.state is _OPEN
        self._end(what, closed)
        if unsaid:
            self._stream.write(close_frame)
        self._stream.stop()

    def _cut(self, why: str) -> None:
        if self._end(ConnectionInput.CUT, Closed(ABNORMAL, why, local=True)):
            self._stream.abort()

    def _end(self, what: ConnectionInput, closed: Closed) -> bool:
        """The connection is over, for this reason unless it was over before."""
        if not self._closing.end(what, closed):
            return False
        self._queue.clear()
        self._ready = False
        self._parser.end()
        if self.when_over is not None:
            self.when_over(self)
        if self._started is not None:
            self._left = anyio.Event()
            self._started.add(self._tell)
        return True

    def check(self, now: float) -> None:
        """Ping a silent peer, cut one that is gone, that takes nothing, or whose message never ends.

        Called every other second, or more often where a limit is short. Bytes that complete nothing pass for
        a sign of life for `message_seconds`.
        """
        if self._closing.outcome is not None:
            return
        limits = self._limits
        if self._heard or self._silent_since is None:
            self._heard = self._begun = self._pinged = False
            self._begun_since = None
            self._silent_since = now
        elif self._begun:
            self._begun = False
            if self._begun_since is None:
                self._begun_since = now
            elif limits.message_seconds is not None and now - self._begun_since >= limits.message_seconds:
                self._cut(f"no whole message within message_seconds ({limits.message_seconds:g})")
                return
            self._pinged = False
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
