"""A websocket without a socket: two transports that face each other in memory.

`testing` and many tests run calls over this. It keeps the rules of the seam (see `transport`) exactly and
adds what a network does to a connection, on demand and at a definite point: `cut()` breaks it, `lose()`
swallows frames without either side noticing, `hold_pongs()` and `lose_pongs()` withhold receipts. Nothing
here reads a clock but the close handshake, so that under virtual time a run is repeatable.

A frame that is pushed lies in flight until the other side's `run()` hands it over: `push()` never calls the
other side's sink, so two protocol machines that answer each other never nest.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager

import anyio

from jambonz_core.wire.errors import LocalProtocolError

from ..limits import ServerLimits
from .frame_queue import FrameQueue
from .frames import Ping, Pong, payload_size
from .receipts import ReceiptCounter
from .transport import (
    Admission,
    Application,
    Closed,
    FrameSink,
    HttpRequest,
    HttpResponse,
    Peer,
    UpgradeRefused,
)
from .websocket import NOBODY, checked_close_code

ABNORMAL = 1006
GOING_AWAY = 1001
TOO_BIG = 1009
INTERNAL_ERROR = 1011


class MemoryConnection:
    """What the two ends share: whether it still stands, and what the network does to it."""

    def __init__(self) -> None:
        self.ends: tuple[MemoryTransport, MemoryTransport] | tuple[()] = ()
        self.lossy = False
        self._pongs = "answer"

    def cut(self, *, deliver: bool = False) -> None:
        """Break the connection: both sides see 1006. What is in flight is lost, or arrives first with
        `deliver`."""
        for end in self.ends:
            end._break(Closed(ABNORMAL, "connection lost"), deliver=deliver)

    def lose(self, losing: bool = True) -> None:
        """From now on swallow whatever is pushed, on both sides, without a word: a half-open connection."""
        self.lossy = losing

    def hold_pongs(self, holding: bool = True) -> None:
        """From now on keep pongs back, on both sides; with False, send what was kept and answer as usual.

        Of several pongs that were kept back only the latest is sent, as RFC 6455 allows.
        """
        self._pongs = "hold" if holding else "answer"
        if not holding:
            for end in self.ends:
                end._release_pong()

    def lose_pongs(self, losing: bool = True) -> None:
        """From now on no ping is answered, on both sides, and those that were held back are lost too."""
        self._pongs = "lose" if losing else "answer"
        for end in self.ends:
            end._held_pong = None


class MemoryTransport:
    """One end of a connection in memory. A `Transport`."""

    def __init__(
        self, connection: MemoryConnection, peer: Peer, limits: ServerLimits, *, receipts: bool = True
    ) -> None:
        self.connection = connection
        """The cable: `cut()`, `lose()`, `hold_pongs()`, `lose_pongs()`."""
        self.receipts = receipts
        """Whether `ask_receipt()` does anything."""
        self._peer = peer
        self._limits = limits
        self._other: MemoryTransport = self
        self._queue: FrameQueue[str | bytes | Ping | Pong | Closed] = FrameQueue(
            high_water=limits.high_water_bytes, bound=limits.outbox_bytes
        )
        self._pushed = 0
        self._receipts = ReceiptCounter()
        self._held_pong: Pong | None = None
        self._lost = False
        """Whether a message was swallowed: no ping behind it will ever be answered."""
        self._arrived = anyio.Event()
        self._over = anyio.Event()
        self._closed: Closed | None = None
        """Why nothing more will come; set when everything before it was handed over."""
        self._broken: Closed | None = None
        """Why the connection broke, while frames in flight may still have to be handed over."""
        self._closing: Closed | None = None
        self._sink: FrameSink = NOBODY
        self._claimed = False
        self._reading = False
        self._told = False

    @property
    def peer(self) -> Peer:
        """The other end."""
        return self._peer

    @property
    def backlog(self) -> int:
        """Bytes pushed that the other side has not been handed yet."""
        return self._queue.size

    async def run(self, sink: FrameSink) -> Closed:
        """Hand over frames as they come in, until the connection is over."""
        if self._claimed:
            raise LocalProtocolError("this transport has a reader already: run() is called once")
        self._claimed = True
        self._sink = sink
        try:
            await self._read()
        finally:
            self._abort("cancelled")
            closed = self._finish(Closed(ABNORMAL, "cancelled", local=True))
            self._tell()
        return closed

    async def _read(self) -> None:
        """Take what comes until it is over. A `close()` before `run()` does too: who comes second waits."""
        if self._reading:
            await self._over.wait()
            return
        self._reading = True
        try:
            while self._closed is None:
                self._deliver()
                if self._closed is None:
                    self._arrived = anyio.Event()
                    await self._arrived.wait()
        finally:
            self._abort("cancelled")
            self._finish(Closed(ABNORMAL, "cancelled", local=True))
            self._tell()

    def _tell(self) -> None:
        """Tell the sink that it is over: once, and as soon as there is a sink."""
        if self._claimed and not self._told and self._closed is not None:
            self._told = True
            self._sink.closed(self._closed)

    def push(self, frame: str | bytes, *, receipt: bool = False) -> None:
        """Put a frame in flight."""
        audio = not isinstance(frame, str)
        try:
            size = payload_size(frame)
        except UnicodeEncodeError as exc:
            raise LocalProtocolError("text with a lone surrogate cannot travel as UTF-8") from exc
        if self._ending:
            return
        self._pushed += 1
        if self.connection.lossy:
            self._lost = True
        elif not self._queue.add(frame, size, audio=audio):
            self._abort(f"outbox_bytes ({self._limits.outbox_bytes}) reached")
        else:
            self._other._wake()
        if receipt:
            self.ask_receipt()

    def ask_receipt(self) -> None:
        """Put a ping in flight behind everything that was pushed."""
        if self.receipts and not self._ending and not self._receipts.awaits(self._pushed):
            ping = Ping(self._receipts.ask(self._pushed))
            if not self._lost:
                self._put(ping)

    def drop_audio(self) -> None:
        """Forget the audio in flight: in memory none of it has gone yet."""
        self._queue.drop_audio()

    async def room(self) -> None:
        """Wait until less than `high_water_bytes` are in flight, or the connection is over."""
        await self._queue.room()

    def abort(self) -> None:
        """Cut the connection; the other side sees 1006."""
        self._abort("aborted")

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close, and wait until the other side has taken everything before the close and the close itself."""
        checked_close_code(code)
        if self._closed is None and self._broken is None:
            if self._closing is None:
                self._closing = Closed(code, reason, local=True)
                self._queue.drop_audio()
                self._queue.shut()
                self._put(Closed(code, reason))
            with anyio.move_on_after(self._limits.close_seconds):
                await self._read()
            if self._closed is None:
                self._abort("close_seconds passed")
                self._finish(Closed(ABNORMAL, "close_seconds passed", local=True))

    @property
    def _ending(self) -> bool:
        """Whether nothing more goes out from here."""
        return self._closing is not None or self._broken is not None or self._closed is not None

    def _put(self, frame: Ping | Pong | Closed) -> None:
        """Put a frame of the protocol in flight. It has no size of its own: a full queue cannot refuse it."""
        if not self.connection.lossy:
            self._queue.add(frame, 0)
            self._other._wake()

    def _answer(self, ping: Ping) -> None:
        how = self.connection._pongs
        if how != "lose" and not self._ending:
            self._held_pong = Pong(ping.payload)
            if how == "answer":
                self._release_pong()

    def _release_pong(self) -> None:
        if self._held_pong is not None and not self._ending:
            pong, self._held_pong = self._held_pong, None
            self._put(pong)

    def _wake(self) -> None:
        self._arrived.set()

    def _deliver(self) -> None:
        """Hand over what the other side has put in flight."""
        arriving = self._other._queue
        while arriving and self._closed is None:
            frame = arriving.take()
            if isinstance(frame, Closed):
                if self._closing is None:
                    # The answer to a close is a close, behind what is in flight already.
                    self._put(Closed(frame.code))
                self._finish(frame)
            elif isinstance(frame, Ping):
                self._answer(frame)
            elif isinstance(frame, Pong):
                read = self._receipts.answered(frame.payload)
                if read is not None:
                    self._sink.receipt(read)
            elif payload_size(frame) > self._limits.message_bytes:
                reason = f"message_bytes ({self._limits.message_bytes}) passed"
                self._finish(Closed(TOO_BIG, reason, local=True))
                self._other._break(Closed(TOO_BIG, reason), deliver=True)
            else:
                self._sink.frame(frame)
        if self._broken is not None:
            self._finish(self._broken)

    def _finish(self, closed: Closed) -> Closed:
        """It is over, for this reason unless it was over before. What is in flight from here stays so."""
        if self._closed is None:
            self._closed = closed if self._closing is None else self._closing
            self._queue.shut()
            self._over.set()
            self._wake()
        return self._closed

    def _abort(self, why: str) -> None:
        if self._closed is None:
            self._break(Closed(ABNORMAL, why, local=True), deliver=False)
            if not self.connection.lossy:
                self._other._break(Closed(ABNORMAL, "connection lost"), deliver=True)

    def _break(self, closed: Closed, *, deliver: bool) -> None:
        """The connection is gone; with `deliver`, what the other side sent before still arrives here."""
        if self._closed is None and self._broken is None:
            self._broken = closed
            self._queue.shut()
            if not deliver:
                self._other._queue.clear()
            self._wake()


def memory_connection(
    peer: Peer | None = None,
    *,
    limits: ServerLimits | None = None,
    peer_limits: ServerLimits | None = None,
    receipts: bool = True,
) -> tuple[MemoryTransport, MemoryTransport]:
    """Two transports that face each other: the application's, and its peer's.

    `peer` is what the application's end knows of the other one. `limits` hold at the application's end,
    `peer_limits` at the other (jambonz takes no more than 24 KiB a message: `message_bytes=24 * 1024`).
    Without `receipts` neither end can ask whether the other has read.

    >>> app_side, phone_side = memory_connection(Peer(path="/", subprotocol="ws.jambonz.org"))
    >>> app_side.push("[]")
    >>> app_side.backlog
    2
    """
    connection = MemoryConnection()
    at_app = MemoryTransport(connection, peer or Peer(path="/"), limits or ServerLimits(), receipts=receipts)
    phone = Peer(path="", subprotocol=at_app.peer.subprotocol)
    at_peer = MemoryTransport(connection, phone, peer_limits or ServerLimits(), receipts=receipts)
    at_app._other, at_peer._other = at_peer, at_app
    connection.ends = (at_app, at_peer)
    return at_app, at_peer


@asynccontextmanager
async def open_memory_websocket(
    application: Application,
    path: str = "/",
    *,
    query: str = "",
    subprotocols: Iterable[str] = (),
    credentials: tuple[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    limits: ServerLimits | None = None,
    peer_limits: ServerLimits | None = None,
    receipts: bool = True,
) -> AsyncIterator[MemoryTransport]:
    """Open a websocket to an application without a server: the counterpart of `open_websocket`.

    Raises `UpgradeRefused` when the application does not admit it. The application's side runs until the
    block is left, and is cancelled then; what it raises comes out of the block, in an exception group.
    """
    offered = tuple(subprotocols)
    request = HttpRequest(
        "GET", Peer(path, query, headers or {}, credentials=credentials), subprotocols=offered
    )
    decision = await application.admit(request)
    if isinstance(decision, HttpResponse):
        raise UpgradeRefused(decision)
    peer = Peer(path, query, headers or {}, decision.subprotocol, credentials=credentials)
    app_side, phone_side = memory_connection(peer, limits=limits, peer_limits=peer_limits, receipts=receipts)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_serve, decision, app_side)
        yield phone_side
        tasks.cancel_scope.cancel()


async def _serve(admission: Admission, transport: MemoryTransport) -> None:
    code = INTERNAL_ERROR
    try:
        await admission.serve(transport)
        code = GOING_AWAY
    finally:
        # The server's rule for an application that leaves its connection open.
        await transport.close(code)
