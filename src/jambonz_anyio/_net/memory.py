"""A websocket without a socket: two transports that face each other in memory.

`testing` and many tests run calls over this. It keeps the rules of the seam (see `transport`) exactly and
adds what a network does to a connection, on demand and at a definite point: `cut()` breaks it, `lose()`
swallows frames without either side noticing, `hold_pongs()` and `lose_pongs()` withhold receipts. Nothing
here reads a clock but the close handshake, so that under virtual time a run is repeatable.

What a connection breaks with lies in flight as well, behind what was sent before it.

A frame that is pushed lies in flight until the other side's `run()` hands it over: `push()` never calls the
other side's sink, so two protocol machines that answer each other never nest.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from enum import Enum

import anyio

from jambonz_core.wire.errors import LocalProtocolError

from ..limits import ServerLimits
from .closing import (
    ABNORMAL,
    GOING_AWAY,
    INTERNAL_ERROR,
    TOO_BIG,
    ConnectionInput,
    ConnectionState,
    ReadsItself,
    checked_close_code,
)
from .frame_queue import FrameQueue
from .frames import Ping, Pong, payload_size
from .receipts import ReceiptCounter
from .transport import (
    Admission,
    Application,
    Closed,
    HttpRequest,
    HttpResponse,
    Peer,
    UpgradeRefused,
)


class MemoryConnection:
    """What the two ends share: whether it still stands, and what the network does to it."""

    def __init__(self) -> None:
        self._ends: tuple[MemoryTransport, MemoryTransport] | tuple[()] = ()
        self._lossy: bool = False
        self._pongs = "answer"

    def cut(self, *, deliver: bool = False) -> None:
        """Break the connection: both sides see 1006. What is in flight is lost, or arrives first with
        `deliver`."""
        for end in self._ends:
            end._break(deliver=deliver)

    def lose(self, losing: bool = True) -> None:
        """From now on swallow whatever is pushed, on both sides, without a word: a half-open connection."""
        self._lossy = losing

    def hold_pongs(self, holding: bool = True) -> None:
        """From now on keep pongs back, on both sides; with False, send what was kept and answer as usual.

        Of several pongs that were kept back only the latest is sent, as RFC 6455 allows.
        """
        self._pongs = "hold" if holding else "answer"
        if not holding:
            for end in self._ends:
                end._release_pong()

    def lose_pongs(self, losing: bool = True) -> None:
        """From now on no ping is answered, on both sides, and those that were held back are lost too."""
        self._pongs = "lose" if losing else "answer"
        for end in self._ends:
            end._held_pong = None


class _Broken(Enum):
    """The end of what is in flight on a connection that broke."""

    BROKEN = "broken"


BROKEN = _Broken.BROKEN


class MemoryTransport(ReadsItself):
    """One end of a connection in memory. A `Transport`."""

    def __init__(
        self, connection: MemoryConnection, peer: Peer, limits: ServerLimits, *, receipts: bool = True
    ) -> None:
        super().__init__()
        self.connection = connection
        """The cable: `cut()`, `lose()`, `hold_pongs()`, `lose_pongs()`."""
        self.receipts = receipts
        """Whether `ask_receipt()` does anything."""
        self._peer = peer
        self._limits = limits
        self._other: MemoryTransport = self
        self._queue: FrameQueue[str | bytes | Ping | Pong | Closed | _Broken] = FrameQueue(limits)
        self._pushed = 0
        self._receipts = ReceiptCounter()
        self._held_pong: Pong | None = None
        self._lost = False
        """Whether a message was swallowed: no ping behind it will ever be answered."""
        self._arrived = anyio.Event()
        self._reading = False
        self._broken = False
        """Whether what is pushed from here on reaches nobody."""

    @property
    def peer(self) -> Peer:
        """What is known of the other end."""
        return self._peer

    @property
    def backlog(self) -> int:
        """Bytes pushed that the other side has not been handed yet."""
        return self._queue.size

    def fits(self, size: int) -> bool:
        """Whether a message of so many bytes could be pushed now without cutting the connection."""
        return self._ending or self._queue.fits(size)

    async def _read(self) -> None:
        if self._reading:
            await self._closing.wait()
            return
        self._reading = True
        try:
            while self._closing.outcome is None:
                self._deliver()
                if self._closing.outcome is None:
                    self._arrived = anyio.Event()
                    await self._arrived.wait()
        finally:
            self._cut("cancelled")
            self._closing.tell()

    def push(self, frame: str | bytes, *, receipt: bool = False) -> bool:
        """Send a frame to the other end, which takes it when it reads."""
        audio = not isinstance(frame, str)
        try:
            size = payload_size(frame)
        except UnicodeEncodeError as exc:
            raise LocalProtocolError("text with a lone surrogate cannot travel as UTF-8") from exc
        if self._ending:
            return False
        self._pushed += 1
        if self.connection._lossy:
            self._lost = True
        elif not self._queue.add(frame, size, audio=audio):
            self._cut(self._queue.full)
            return False
        else:
            self._other._wake()
        if receipt:
            self.ask_receipt()
        return self._queue.size < self._limits.high_water_bytes

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
        self._cut("aborted")

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close, and wait until the other side has taken everything before the close and the close itself."""
        checked_close_code(code)
        self.start_close(code, reason)
        try:
            with anyio.move_on_after(self._limits.close_seconds):
                await self._read()
        finally:
            self._cut("close_seconds passed")

    def start_close(self, code: int, reason: str = "") -> None:
        """Put a close in flight and let `run()` wait for the answer. The first one counts."""
        if not self._broken and self._begin_close(code, reason):
            self._queue.drop_audio()
            self._queue.shut()
            self._put(Closed(code, reason))

    @property
    def _ending(self) -> bool:
        """Whether nothing more goes out from here."""
        return self._closing.state is not ConnectionState.OPEN or self._broken

    def _put(self, frame: Ping | Pong | Closed) -> None:
        """Put a frame of the protocol in flight. It has no size of its own: a full queue cannot refuse it."""
        if not self.connection._lossy and not self._broken:
            self._queue.add(frame, 0)
            self._other._wake()

    def _answer(self, ping: Ping) -> None:
        if self._asked is not None:
            self._asked()
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
        while arriving and self._closing.outcome is None:
            self._take(arriving.take())

    def _take(self, frame: str | bytes | Ping | Pong | Closed | _Broken) -> None:
        if isinstance(frame, Closed):
            if self._closing.state is ConnectionState.OPEN:
                # The answer to a close is a close, behind what is in flight already.
                self._put(Closed(frame.code))
            self._end(ConnectionInput.CLOSED, frame)
        elif isinstance(frame, _Broken):
            self._end(ConnectionInput.LOST, Closed(ABNORMAL, "connection lost"))
        elif isinstance(frame, Ping):
            self._answer(frame)
        elif isinstance(frame, Pong):
            read = self._receipts.answered(frame.payload)
            if read is not None:
                self._closing.sink.receipt(read)
        elif payload_size(frame) > self._limits.message_bytes:
            reason = f"message_bytes ({self._limits.message_bytes}) passed"
            if self._closing.state is ConnectionState.OPEN:
                self._put(Closed(TOO_BIG, reason))
            self._end(ConnectionInput.FAULT, Closed(TOO_BIG, reason, local=True))
        else:
            self._closing.sink.frame(frame)

    def _cut(self, why: str) -> None:
        if self._end(ConnectionInput.CUT, Closed(ABNORMAL, why, local=True)) and not self.connection._lossy:
            self._break(deliver=True)

    def _break(self, *, deliver: bool) -> None:
        """Nothing more arrives from here; the other side learns of it, behind what still does."""
        if not self._broken:
            self._broken = True
            if not deliver:
                self._queue.clear()
            self._queue.shut()
            self._queue.add(BROKEN, 0)
            self._other._wake()

    def _end(self, what: ConnectionInput, closed: Closed) -> bool:
        """It is over, for this reason unless it was over before. What is in flight from here stays so."""
        if not self._closing.end(what, closed):
            return False
        self._queue.shut()
        self._wake()
        return True


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
    connection._ends = (at_app, at_peer)
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
    peer = decision.peer_of(request)
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
