"""The server: sockets, the connections on them, and how it all ends.

`serve()` runs inside the caller's task group and owns everything it starts. A server is listening, then
draining, then over; what a drain may take is known before it begins.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import ssl
from collections.abc import AsyncIterator, Iterable, Sequence
from os import PathLike
from typing import TypedDict

import anyio
from anyio.abc import TaskGroup, TaskStatus
from anyio.lowlevel import checkpoint

from jambonz_core.wire.errors import LocalProtocolError

from ..limits import ServerLimits
from .byte_streams import TEMPORARY_ACCEPT_ERRORS, Listener, PortableStreams, Streams, bind, describe
from .closing import SERVICE_RESTART, Endings
from .connection import Connection
from .frames import ParserFactory
from .http import refusal
from .parsers import frame_parser
from .reached import LimitsReached
from .shared_bytes import SharedBytes
from .transport import Application, HttpRequest, HttpResponse, detached_calls
from .websocket import WebSocketTransport

logger = logging.getLogger("jambonz_anyio.server")

ACCEPT_PAUSE_SECONDS = 0.1
"""When the process is out of file descriptors or memory, how long until the next client is accepted."""

LOOK_SECONDS = 2.0
"""So often it is looked whether a connection is silent, or stands still: every call pays for it, also where
nothing happens. Where a limit is short, that is done eight times while it lasts.
"""

TRANSPORTS_PER_TURN = 64
"""How many websockets are closed, or looked after, in one turn of the event loop."""


ROUND_SECONDS = 0.001
"""How far apart rounds are. Event loops count milliseconds, so less is not to be had."""

LONGEST_ROUND_SECONDS = 0.020
"""A frame of audio, as a rule: what comes later comes too late."""


def choose_streams(name: str = "auto", round_seconds: float | None = None) -> Streams:
    """The byte streams of that name: `portable`, `fast`, or `auto` for fast where there is such a thing."""
    if name not in {"auto", "portable", "fast"}:
        raise LocalProtocolError(f"no streams are called {name!r}: it is 'auto', 'portable' or 'fast'")
    if name != "portable":
        from .fast_streams import fast_streams

        fast = fast_streams(round_seconds)
        if fast is not None:
            return fast
        if name == "fast":
            raise LocalProtocolError("there are no fast streams for this event loop")
    return PortableStreams()


class ServerSettings(TypedDict, total=False):
    """The settings of a `Server`, and whom `serve` is to tell that it listens: what `App.serve` passes on."""

    host: str | None
    port: int
    path: str | PathLike[str] | None
    sockets: Sequence[socket.socket] | None
    own_sockets: Sequence[socket.socket]
    tls: ssl.SSLContext | None
    limits: ServerLimits | None
    parser: str
    streams: str
    round_seconds: float | None
    handle_signals: bool
    drain_seconds: float
    health_path: str | None
    readiness_path: str | None
    receipts: bool
    task_status: TaskStatus[Server]


class Server:
    """Serves one application on its sockets.

    `host` None means every interface, `port` 0 any free one; `path` is a Unix socket instead of both, and
    `sockets` are some that listen already, perhaps in other processes too. `own_sockets` listen besides, and
    only here: they are served until the last call is over, so that audio finds its call while the server
    drains. The server closes both. `tls` is a context for servers.

    `parser` is `auto`, `wsproto` or `websockets`; `streams` is `auto`, `fast` or `portable`. With
    `handle_signals`, SIGINT and SIGTERM drain, and a second one ends it at once.

    While many connections are busy, their sockets are read in rounds that are `round_seconds` apart: what
    comes waits for about as long at most, and costs less. With None each is read as soon as something comes.

    With `receipts`, a pong proves that jambonz has read what went before its ping. Say `receipts=False`
    behind a proxy that answers pings by itself.

    Requests for `health_path` and `readiness_path` are answered here; None leaves them to the application.
    """

    def __init__(
        self,
        application: Application,
        *,
        host: str | None = "127.0.0.1",
        port: int = 3000,
        path: str | PathLike[str] | None = None,
        sockets: Sequence[socket.socket] | None = None,
        own_sockets: Sequence[socket.socket] = (),
        tls: ssl.SSLContext | None = None,
        limits: ServerLimits | None = None,
        parser: str = "auto",
        streams: str = "auto",
        round_seconds: float | None = ROUND_SECONDS,
        handle_signals: bool = False,
        drain_seconds: float = 30.0,
        health_path: str | None = "/health",
        readiness_path: str | None = "/ready",
        receipts: bool = True,
    ) -> None:
        self._application = application
        self._limits: ServerLimits = limits or ServerLimits()
        self._parser: ParserFactory = frame_parser(parser)
        self._secure: bool = tls is not None
        self._receipts = receipts
        """Whether pongs prove that the peer has read."""
        self.draining: bool = False
        """Whether `drain()` was called: nothing new is accepted."""
        self.drain_seconds = drain_seconds
        """How long calls may go on after that, unless `drain()` says otherwise."""
        self.warming: bool = False
        """Whether something that new calls need is not there yet: it is not ready, whatever else it does."""
        self.addresses: list[str] = []
        """Where it listens: `host:port`, or the path of the Unix socket."""
        self.port: int = port
        """The port, once it is bound; the first one if `port` was 0 and `host` has several addresses."""
        self._host = host
        self._path = path
        self._sockets = sockets
        self._own_sockets = own_sockets
        self._tls = tls
        self._stream_kind = streams
        if round_seconds is not None and not ROUND_SECONDS <= round_seconds <= LONGEST_ROUND_SECONDS:
            raise ValueError(
                f"round_seconds must be between {ROUND_SECONDS} and {LONGEST_ROUND_SECONDS}, or None, not "
                f"{round_seconds!r}"
            )
        self._round_seconds = round_seconds
        self._handle_signals = handle_signals
        self._health_path = health_path
        self._readiness_path = readiness_path
        self._bodies: SharedBytes = SharedBytes(self._limits.bodies_bytes)
        """What the bodies of plain requests hold together."""
        self.reached: LimitsReached = LimitsReached()
        """Which limits were reached, and how often."""
        # In the order they came: the first is the one that has been at it longest.
        self._handshakes: dict[Connection, None] = {}
        self._transports: dict[WebSocketTransport, None] = {}
        self._admitting = 0
        self._answering = 0
        self._serving = 0
        self._unfinished_since = 0
        """Bytes that have completed no message since it was last looked how many there are."""
        self._endings: Endings
        """The websockets that are over and have not told, once it runs."""
        self._closing = False
        """Whether calls had their time to finish, and what is still open is being closed."""
        self._listening: anyio.CancelScope | None = None
        # Entered while calls finish; `start_drain()` may move its deadline.
        self._drain_scope = anyio.CancelScope()
        self._changed = anyio.Event()
        self._over = anyio.Event()
        # Bound once for all websockets.
        self._when_gone = self._gone
        self._when_unfinished = self._unfinished

    @property
    def ready(self) -> bool:
        """Whether the server takes calls: it listens, nothing is missing, and one more would fit."""
        return bool(self.addresses) and not (self.warming or self.draining or self._full)

    @property
    def calls(self) -> int:
        """Websockets that are open now."""
        return len(self._transports)

    # Running ------------------------------------------------------------------------------------------------

    async def run(self, *, task_status: TaskStatus[Server] = anyio.TASK_STATUS_IGNORED) -> None:
        """Serve until `drain()` is through or this is cancelled. Reports itself once it listens."""
        streams = choose_streams(self._stream_kind, self._round_seconds)
        try:
            await self._run(streams, task_status)
        finally:
            streams.close()

    async def _run(self, streams: Streams, task_status: TaskStatus[Server]) -> None:
        if self._sockets is None:
            sockets = await bind(self._host, self.port, self._path)
        else:
            sockets = list(self._sockets)
        own = list(self._own_sockets)
        listeners: list[Listener] = []
        own_listeners: list[Listener] = []
        try:
            self.addresses = [_name(sock) for sock in sockets]
            name = sockets[0].getsockname()
            if isinstance(name, tuple):
                self.port = name[1]
            for waiting, listening in ((sockets, listeners), (own, own_listeners)):
                while waiting:
                    waiting[0].setblocking(False)
                    listening.append(await streams.listener(waiting.pop(0), self._tls))
            async with anyio.create_task_group() as tasks:
                self._endings = Endings(tasks)
                tasks.start_soon(self._keep, name="jambonz keeper")
                if self._handle_signals:
                    # Before anybody is told that it listens: whoever knows may send one at once.
                    await tasks.start(self._watch_signals, tasks.cancel_scope, name="jambonz signals")
                logger.info("listening on %s (%s streams)", ", ".join(self.addresses), streams.name)
                for listener in own_listeners:
                    tasks.start_soon(self._accept, listener, tasks, True, name="jambonz own listener")
                async with anyio.create_task_group() as accepting:
                    self._listening = accepting.cancel_scope
                    if self.draining:
                        self._listening.cancel()
                    for listener in listeners:
                        accepting.start_soon(self._accept, listener, tasks, False, name="jambonz listener")
                    task_status.started(self)
                await _close(listeners)
                await self._finish_calls()
                tasks.cancel_scope.cancel()
        finally:
            self.addresses = []
            for sock in (*sockets, *own):
                sock.close()
            with anyio.CancelScope(shield=True):
                await _close((*listeners, *own_listeners))
            if self._path is not None:
                _unlink(self._path)
            self._over.set()
            logger.info("stopped")

    def start_drain(self, seconds: float | None = None) -> None:
        """Accept nothing more; after `seconds` close what is left, so that jambonz takes it elsewhere.

        Called again, it only sets the time left.
        """
        self._drain_scope.deadline = anyio.current_time() + (
            self.drain_seconds if seconds is None else seconds
        )
        if self.draining:
            return
        self.draining = True
        logger.info("draining: %d websockets are open", self.calls)
        if self._listening is not None:
            self._listening.cancel()
        for connection in list(self._handshakes):
            connection.drain()

    async def drain(self, seconds: float | None = None) -> None:
        """`start_drain()`, and wait until the server is over. Inside a call it would wait for itself."""
        self.start_drain(seconds)
        await self._over.wait()

    async def _accept(self, listener: Listener, tasks: TaskGroup, own: bool) -> None:
        while True:
            try:
                incoming = await listener.accept()
            except OSError as exc:
                if exc.errno not in TEMPORARY_ACCEPT_ERRORS:
                    raise
                logger.warning("cannot accept a connection: %s", describe(exc))
                await anyio.sleep(ACCEPT_PAUSE_SECONDS)
                continue
            self._serving += 1
            tasks.start_soon(Connection(incoming, self, tasks, own=own).serve, name="jambonz connection")

    async def _keep(self) -> None:
        """The one timer of all connections."""
        limits = self._limits
        bounds = (limits.ping_seconds, limits.message_seconds, limits.write_seconds)
        period = min([LOOK_SECONDS, *(seconds / 8 for seconds in bounds if seconds is not None)])
        while True:
            await anyio.sleep(period)
            now = anyio.current_time()
            async for transport in self._in_turns():
                transport.check(now)
            self._bound_unfinished()

    def _unfinished(self, size: int) -> None:
        """Look at messages that are not whole as soon as much has come of them, not only when it is time."""
        self._unfinished_since += size
        if self._unfinished_since > self._limits.unfinished_bytes // 8:
            self._bound_unfinished()

    def _bound_unfinished(self) -> None:
        """Cut those who have sent most of messages that are not whole, until what the others have fits."""
        self._unfinished_since = 0
        most = self._limits.unfinished_bytes
        held = sum(transport.unfinished for transport in self._transports)
        if held <= most:
            return
        for transport in sorted(self._transports, key=lambda transport: transport.unfinished, reverse=True):
            if held <= most:
                break
            held -= transport.unfinished
            self.reached.tell("unfinished_bytes", most)
            transport.cut(f"unfinished_bytes ({most}) reached")

    async def _watch_signals(
        self, everything: anyio.CancelScope, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED
    ) -> None:
        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
            task_status.started()
            async for number in signals:
                logger.info("received %s", signal.Signals(number).name)
                if self.draining:
                    everything.cancel()
                else:
                    self.start_drain()

    async def _finish_calls(self) -> None:
        """The second half of a drain: let calls finish, close what is left, then give up."""
        with self._drain_scope:
            while self._serving:
                await self._change()
        self._closing = True
        if self._transports:
            logger.warning("drain_seconds passed: closing %d websockets", self.calls)
            async for transport in self._in_turns():
                transport.start_close(SERVICE_RESTART, "service restart")
            with anyio.move_on_after(self._limits.close_seconds):
                while self._transports:
                    await self._change()
            # Those whose peer does not answer. What serves them still learns of it, and may put things in
            # order.
            async for transport in self._in_turns():
                transport.abort()
        with anyio.move_on_after(self._limits.close_seconds):
            while self._serving:
                await self._change()
        if self._serving:
            logger.warning("close_seconds passed: cancelling %d connections", self._serving)

    async def _in_turns(self) -> AsyncIterator[WebSocketTransport]:
        """All websockets, a few in each turn of the event loop: there may be thousands."""
        for number, transport in enumerate(list(self._transports), 1):
            yield transport
            if not number % TRANSPORTS_PER_TURN:
                await checkpoint()

    async def _change(self) -> None:
        self._changed = anyio.Event()
        await self._changed.wait()

    # What connections have in common, see `ServerState` -----------------------------------------------------

    def _begin_handshake(self, connection: Connection) -> None:
        """Count a connection that reads a request; one too many pushes out the oldest."""
        if len(self._handshakes) >= self._limits.handshakes:
            oldest = next(iter(self._handshakes))
            del self._handshakes[oldest]
            oldest.give_up()
            self.reached.tell("handshakes", self._limits.handshakes)
        self._handshakes[connection] = None

    def _end_handshake(self, connection: Connection) -> None:
        """Stop counting a connection that has its request, or has given up."""
        self._handshakes.pop(connection, None)

    def _left(self) -> None:
        """Take note that a connection is over."""
        self._serving -= 1
        self._changed.set()

    def _begin_request(self) -> bool:
        """Take a place for a plain request. False: too many are being answered."""
        if self._answering >= self._limits.requests:
            return False
        self._answering += 1
        return True

    def _end_request(self) -> None:
        """Give the place of a plain request back."""
        self._answering -= 1

    @property
    def _full(self) -> bool:
        """Whether no place is free, but those of detached calls."""
        calls = self._admitting + len(self._transports) + detached_calls(self._application)
        return calls >= self._limits.calls

    def _begin_call(self, *, control: bool) -> bool:
        """Take a place for a websocket that is about to be admitted. False: too many are open.

        When it is full, those of detached calls are left: for connections of calls, which may be theirs.
        """
        if self._admitting + len(self._transports) >= self._limits.calls or (self._full and not control):
            return False
        self._admitting += 1
        return True

    def _refused_call(self) -> None:
        """Give the place of a websocket back that was not admitted."""
        self._admitting -= 1

    def _opened_call(self, transport: WebSocketTransport) -> None:
        """Keep an admitted websocket until its `when_over`, and close it when the server drains."""
        self._admitting -= 1
        self._transports[transport] = None
        transport.when_over = self._when_gone
        transport.when_unfinished = self._when_unfinished

    def _gone(self, transport: WebSocketTransport) -> None:
        self._transports.pop(transport, None)
        self._changed.set()

    def _probe(self, request: HttpRequest) -> HttpResponse | None:
        """The answer to a request for health or readiness, if it is one."""
        if request.method in {"GET", "HEAD"}:
            if request.peer.path == self._health_path:
                return HttpResponse(200, b"ok\n")
            if request.peer.path == self._readiness_path:
                return HttpResponse(200, b"ready\n") if self.ready else refusal(503, "not ready")
        return None


async def serve(
    application: Application,
    *,
    host: str | None = "127.0.0.1",
    port: int = 3000,
    path: str | PathLike[str] | None = None,
    sockets: Sequence[socket.socket] | None = None,
    own_sockets: Sequence[socket.socket] = (),
    tls: ssl.SSLContext | None = None,
    limits: ServerLimits | None = None,
    parser: str = "auto",
    streams: str = "auto",
    round_seconds: float | None = ROUND_SECONDS,
    handle_signals: bool = False,
    drain_seconds: float = 30.0,
    health_path: str | None = "/health",
    readiness_path: str | None = "/ready",
    receipts: bool = True,
    task_status: TaskStatus[Server] = anyio.TASK_STATUS_IGNORED,
) -> None:
    """Serve an application until the server is drained or this is cancelled; see `Server` for what each
    setting is.

    Inside a task group of the caller's, `start()` gives the `Server` once it listens::

        async with anyio.create_task_group() as tasks:
            server = await tasks.start(partial(serve, app, port=0))
            ...
            await server.drain(seconds=20)
    """
    server = Server(
        application,
        host=host,
        port=port,
        path=path,
        sockets=sockets,
        own_sockets=own_sockets,
        tls=tls,
        limits=limits,
        parser=parser,
        streams=streams,
        round_seconds=round_seconds,
        handle_signals=handle_signals,
        drain_seconds=drain_seconds,
        health_path=health_path,
        readiness_path=readiness_path,
        receipts=receipts,
    )
    await server.run(task_status=task_status)


async def _close(listeners: Iterable[Listener]) -> None:
    for listener in listeners:
        await listener.aclose()


def _name(sock: socket.socket) -> str:
    """Where a bound socket can be reached."""
    name = sock.getsockname()
    if not isinstance(name, tuple):
        return os.fsdecode(name)
    return f"[{name[0]}]:{name[1]}" if ":" in name[0] else f"{name[0]}:{name[1]}"


def _unlink(path: str | PathLike[str]) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass
