"""Byte streams for the event loops that we know from inside: asyncio, uvloop and trio.

This file alone may import them. It holds nothing but what the portable implementation (see `byte_streams`,
whose rules and tests these share) cannot do as fast. There is one stream, on a bare non-blocking socket: a
write is a `send()` right where it is asked for, and a read is a callback of whoever watches the sockets. That
is

* on asyncio and uvloop the loop, by `add_reader()` and `add_writer()`: no transport and protocol in between,
  no read buffer for each read, and nothing is reconfigured around a read, as it is in anyio's streams;
* on trio one task for all connections of a server. trio's own `wait_readable()` would cost each frame a
  system call and a task switch.

The loop, or that task, watches the sockets of a server as one, and reads them in rounds while many are busy
(see `watched_sockets`). A client has one socket, which asyncio's loop watches itself.

TLS is left to the portable implementation, and so are Windows' loops, whose sockets nobody can watch like
this.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from math import inf
from typing import Any, Protocol, TypeAlias
from weakref import ref

import anyio
from anyio.abc import TaskGroup

from .byte_streams import (
    READ_BYTES,
    ByteReceiver,
    ByteStream,
    Listener,
    PortableStreams,
    SocketListener,
    Streams,
    describe,
    peer_address,
    tune,
)
from .watched_sockets import Callback, Rounds, WatchedSockets, can_be_watched

logger = logging.getLogger("jambonz_anyio.server")


class _ReadBuffer(threading.local):
    """Shared by all connections of a thread: the receiver is done with it before anything else can run."""

    def __init__(self) -> None:
        self.view = memoryview(bytearray(READ_BYTES))


_READ_BUFFER = _ReadBuffer()


class Watcher(Protocol):
    """Calls back when a socket can be read or written. An asyncio event loop is one."""

    def add_reader(self, fd: int, callback: Callback) -> object:
        """Call whenever there is something to read, until `remove_reader()`."""

    def remove_reader(self, fd: int) -> object:
        """Call the reader's callback no more."""

    def add_writer(self, fd: int, callback: Callback) -> object:
        """Call whenever there is room to write, until `remove_writer()`."""

    def remove_writer(self, fd: int) -> object:
        """Call the writer's callback no more."""


def fast_streams(round_seconds: float | None = None) -> Streams | None:
    """The fast streams for the event loop that runs here, if there are any."""
    trio: Any = sys.modules.get("trio")
    if trio is not None and trio.lowlevel.in_trio_task():
        return SocketStreams("trio", round_seconds) if can_be_watched() else None
    proactor: Any = getattr(asyncio, "ProactorEventLoop", None)
    if proactor is not None and isinstance(asyncio.get_running_loop(), proactor):
        return None
    _name_the_loop()
    return SocketStreams("asyncio", round_seconds)


def _name_the_loop() -> None:
    """Have anyio know the event loop in its callbacks, too.

    Under `anyio.run()` it does. Under `asyncio.run()` it asks sniffio, where that is installed, and sniffio
    knows asyncio inside of tasks only, unless it was told. Callbacks run with the context in which the socket
    was given to the loop, and so do the connections, whose tasks begin below the caller's.
    """
    try:
        from sniffio import current_async_library_cvar
    except ImportError:
        return
    if current_async_library_cvar.get() is None:
        current_async_library_cvar.set("asyncio")


class SocketStream:
    """A stream on a bare socket. Made by `SocketStreams`."""

    __slots__ = (
        "_broken",
        "_buffer",
        "_dead",
        "_drained",
        "_error",
        "_fd",
        "_pumping",
        "_raised",
        "_reading",
        "_recv_into",
        "_send",
        "_sock",
        "_told_here",
        "_unsent",
        "_watched",
        "_watcher",
        "_writing",
        "address",
        "receiver",
    )

    def __init__(self, sock: socket.socket, watcher: Watcher) -> None:
        self.address = peer_address(sock)
        self._sock = sock
        self._fd = sock.fileno()
        self._send = sock.send
        self._recv_into = sock.recv_into
        self._watcher = watcher
        self._buffer = _READ_BUFFER.view
        self.receiver: ByteReceiver | None = None
        self._pumping: anyio.Event | None = None
        self._reading = False
        """Whether somebody reads and wants more; asked for every frame, so it is no question to an event."""
        self._told_here = False
        """Whether nobody waits in `pump()`, and the receiver is told of the end in a callback."""
        self._watched = False
        self._unsent = bytearray()
        self._writing = False
        self._drained: anyio.Event | None = None
        self._error: str | None = None
        """How the stream ended; empty when the peer has sent all it had."""
        self._raised: BaseException | None = None
        self._broken = False
        self._dead = False

    @property
    def unsent(self) -> int:
        """Bytes written and not yet taken by the kernel."""
        return len(self._unsent)

    async def pump(self, receiver: ByteReceiver) -> None:
        """Have the socket read until `stop()`, the end or `abort()`."""
        self._told_here = False
        if self._read_on(receiver):
            self._pumping = anyio.Event()
            try:
                await self._pumping.wait()
            finally:
                self._reading = False
                self._pumping = None
        if self._raised is not None:
            raised, self._raised = self._raised, None
            raise raised
        if self._error is not None:
            receiver.ended(self._error)

    def watch(self, receiver: ByteReceiver) -> bool:
        """Have the socket read until `stop()`, the end or `abort()`, without a task that waits for it."""
        self._told_here = True
        if not self._read_on(receiver) and self._error is not None:
            receiver.ended(self._error)
        return True

    def _read_on(self, receiver: ByteReceiver) -> bool:
        """Have the watcher call back. False: there is nothing to read any more."""
        self.receiver = receiver
        if self._error is not None or self._dead:
            return False
        self._reading = True
        if not self._watched:
            self._watched = True
            self._watcher.add_reader(self._fd, self._readable)
        return True

    def stop(self) -> None:
        """Make `pump()` return after the chunk in hand."""
        # The socket stays watched: most often the next `pump()` follows before anything comes.
        self._rest()

    def write(self, data: bytes) -> bool:
        """Send; False when something is kept and the caller should hold back."""
        if self._unsent or self._broken:
            if not self._broken:
                self._unsent += data
            return False
        try:
            sent = self._send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError as exc:
            self._break(exc)
            return False
        if sent == len(data):
            return True
        self._unsent += memoryview(data)[sent:]
        self._writing = True
        self._watcher.add_writer(self._fd, self._writable)
        return False

    async def finish(self) -> None:
        """Send what is kept, then the end of our side, and read and drop until the peer's side ends too."""
        while self._unsent:
            self._drained = anyio.Event()
            await self._drained.wait()
        if self._error is None and not self._broken:
            try:
                self._sock.shutdown(socket.SHUT_WR)
            except OSError:
                return
            await self.pump(_DROP)

    def abort(self) -> None:
        """Cut the connection."""
        if not self._dead:
            self._dead = self._broken = True
            self._unwatch()
            self._forget_unsent()
            self._sock.close()
            self._rest()

    async def aclose(self) -> None:
        """Cut the connection and give everything back."""
        self.abort()
        self.receiver = None  # receivers know their stream: without this circle both go by themselves

    def _readable(self) -> bool:
        """Read what has come; the watcher calls this when there is something. True: there may be more."""
        if not self._reading:
            self._unwatch()
            return False
        try:
            size = self._recv_into(self._buffer)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError as exc:
            self._end(describe(exc))
            return False
        if not size:
            self._end("")
            return False
        try:
            self.receiver.received(self._buffer[:size])  # type: ignore[union-attr]  # who reads has set it
        except BaseException as exc:
            self._failed(exc)
        return size == READ_BYTES

    def _writable(self) -> None:
        """Send what waits; the watcher calls this when there is room."""
        if not self._writing:
            return
        try:
            sent = self._send(self._unsent)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as exc:
            self._break(exc)
            return
        del self._unsent[:sent]
        if self._unsent:
            return
        self._forget_unsent()
        if self.receiver is not None:
            try:
                self.receiver.writable()
            except BaseException as exc:
                self._failed(exc)

    def _failed(self, error: BaseException) -> None:
        """The receiver has raised, which receivers do not do. That belongs to the task that pumps."""
        if not self._told_here:
            self._raised = error
            self.abort()
            return
        if isinstance(error, Exception):
            logger.error("a connection failed", exc_info=error)
        self._end("it could not be read")
        self.abort()
        if not isinstance(error, Exception):
            raise error

    def _end(self, error: str) -> None:
        """Stop reading: the peer has ended its side, or the connection broke."""
        self._error = error
        self._unwatch()
        told_now = self._told_here and self._reading
        self._rest()
        if told_now and self.receiver is not None:
            self.receiver.ended(error)

    def _rest(self) -> None:
        """Stop reading and let `pump` return."""
        self._reading = False
        if self._pumping is not None:
            self._pumping.set()

    def _break(self, error: OSError) -> None:
        """Nothing more can be sent. What the peer sent before, its close frame perhaps, can still be read."""
        self._broken = True
        self._forget_unsent()
        if not isinstance(error, (BrokenPipeError, ConnectionResetError)):
            self._end(describe(error))
            self.abort()

    def _forget_unsent(self) -> None:
        """All was sent, or nothing more can be."""
        self._unsent.clear()
        if self._writing:
            self._writing = False
            self._watcher.remove_writer(self._fd)
        if self._drained is not None:
            self._drained.set()

    def _unwatch(self) -> None:
        if self._watched:
            self._watched = False
            self._watcher.remove_reader(self._fd)


class _Drop:
    """Receives what nobody wants."""

    def received(self, data: bytes | memoryview) -> None:
        """Drop the bytes."""

    def ended(self, error: str) -> None:
        """Do nothing: `pump` returns by itself."""

    def writable(self) -> None:
        """Do nothing, because nothing waits to be written."""


_DROP = _Drop()


def loop_clock(loop: Any) -> Callable[[], float] | None:
    """The clock of an asyncio event loop, without the method around it where that is Python's own.

    None for what is no such loop.
    """
    clock: Callable[[], float] | None = getattr(loop, "time", None)
    return time.monotonic if getattr(type(loop), "time", None) is asyncio.BaseEventLoop.time else clock


CancellationCheck: TypeAlias = Callable[[], bool]
"""Tells whether the running task is cancelled, so that its next checkpoint raises."""


def cancellation_check() -> CancellationCheck:
    """The check for the event loop that runs here.

    anyio says it too, by `checkpoint_if_cancelled()`, at the price of a coroutine and of a look-up in a weak
    dictionary; here a token or an audio frame asks. Where a version of anyio or trio keeps its state
    elsewhere, the slow way is taken.
    """
    trio: Any = sys.modules.get("trio")
    if trio is not None and trio.lowlevel.in_trio_task():
        check = _trio_check(trio.lowlevel.current_task)
    else:
        states: Any = getattr(sys.modules.get("anyio._backends._asyncio"), "_task_states", None)
        check = _asyncio_check(getattr(states, "data", None))
    try:
        check()
    except (AttributeError, TypeError):
        return _cancelled
    return check


def cancellation_check_inside(scope: anyio.CancelScope, check: CancellationCheck) -> CancellationCheck:
    """The check for what runs inside of a scope that the running task has just entered.

    Nearly always that task asks, and is in no scope of its own; then there is nothing to look at but `scope`
    and what is around it. Whoever knows that only others cancel those, and that it yields before long, need
    not look there. In all other cases, and under trio, this is `check`.
    """
    scopes_inside: set[object] | None = getattr(scope, "_child_scopes", None)
    if scopes_inside is None:
        return check
    current_task = current_task_getter()
    task = current_task()

    def cancelled() -> bool:
        return False if current_task() is task and not scopes_inside else check()

    return cancelled


def cancellation_around() -> CancellationCheck:
    """The check for all that is around the running task just now, whatever it or others enter later.

    Whoever serves a connection asks by it whether it was told to stop, from anywhere.
    """
    trio: Any = sys.modules.get("trio")
    try:
        if trio is not None and trio.lowlevel.in_trio_task():
            return partial(getattr, trio.lowlevel.current_task()._cancel_status, "effectively_cancelled")
        states: Any = getattr(sys.modules.get("anyio._backends._asyncio"), "_task_states", None)
        scope = states.data[ref(current_task_getter()())].cancel_scope
    except (AttributeError, KeyError, TypeError):
        # This version of anyio or trio keeps its state elsewhere.
        return anyio.get_current_task().has_pending_cancellation
    return partial(_asyncio_cancelled, scope)


def _trio_check(current_task: Callable[[], Any]) -> CancellationCheck:
    def cancelled() -> bool:
        return current_task()._cancel_status.effectively_cancelled  # type: ignore[no-any-return]

    return cancelled


def current_task_getter() -> Callable[[], Any]:
    """`asyncio.current_task`, for the loop that runs here. It gives None inside of a callback."""
    if sys.version_info >= (3, 12):
        return asyncio.current_task
    # Before it was written in C, it was two calls more.
    tasks: Any = asyncio.tasks
    return partial(tasks._current_tasks.get, asyncio.get_running_loop())


def _asyncio_check(states: Any) -> CancellationCheck:
    current_task = current_task_getter()

    def cancelled() -> bool:
        state = states.get(ref(current_task()))
        return _asyncio_cancelled(state.cancel_scope if state is not None else None)

    return cancelled


def _asyncio_cancelled(scope: Any) -> bool:
    """Whether a scope of anyio's on asyncio is cancelled, or one around it."""
    while scope is not None:
        if scope._cancel_called:
            return True
        if scope._shield:
            return False
        scope = scope._parent_scope
    return False


def _cancelled() -> bool:
    return anyio.current_effective_deadline() == -inf


class TrioSockets(WatchedSockets):
    """The sockets of a server under trio, in one task."""

    __slots__ = ("_round_seconds", "_started")

    def __init__(self, round_seconds: float | None) -> None:
        super().__init__()
        self._round_seconds = round_seconds
        self._started = False

    def start(self, tasks: TaskGroup) -> None:
        """Call back from now on, as long as that group lives."""
        if not self._started:
            self._started = True
            tasks.start_soon(self._run, name="jambonz sockets")

    async def _run(self) -> None:
        import trio
        from trio import lowlevel

        task = lowlevel.current_task()

        def go_on(_: object) -> lowlevel.Abort:
            lowlevel.reschedule(task)
            return lowlevel.Abort.FAILED

        rounds, seconds = Rounds(), self._round_seconds
        next_look: float | None = None
        try:
            while True:
                if next_look is None:
                    await lowlevel.wait_readable(self.fileno())
                else:
                    # `trio.sleep_until()` for two thirds of its CPU time: no exception has to end it. Who is
                    # cancelled from outside goes on as well, and learns of it here the next time.
                    await lowlevel.checkpoint_if_cancelled()
                    with trio.CancelScope(deadline=next_look):
                        await lowlevel.wait_task_rescheduled(go_on)
                ready = self.ready()
                now = trio.current_time()
                next_look = now + seconds if seconds is not None and rounds.looked(ready, now) else None
                if self.call_back(ready) and next_look is not None:
                    next_look = now
        finally:
            self.close()


class LoopSockets(WatchedSockets):
    """The sockets of a server under asyncio or uvloop, which watch all of them as one."""

    __slots__ = ("_loop", "_next_round", "_round_seconds", "_rounds")

    def __init__(self, round_seconds: float) -> None:
        super().__init__()
        self._loop = asyncio.get_running_loop()
        self._round_seconds = round_seconds
        self._rounds = Rounds()
        self._next_round: asyncio.Handle | None = None
        """What wakes it up while there are rounds."""
        self._loop.add_reader(self.fileno(), self._look)

    def add_reader(self, fd: int, callback: Callback) -> None:
        """Call whenever there is something to read, in the context in which the loop would."""
        super().add_reader(fd, partial(copy_context().run, callback))

    def add_writer(self, fd: int, callback: Callback) -> None:
        """Call whenever there is room to write, in the context in which the loop would."""
        super().add_writer(fd, partial(copy_context().run, callback))

    def close(self) -> None:
        """Watch nothing any more."""
        if self._next_round is not None:
            self._next_round.cancel()
        else:
            self._loop.remove_reader(self.fileno())
        super().close()

    def _look(self) -> None:
        """Call back for what is ready, and wait for more in the way that suits what was found."""
        ready = self.ready()
        # Before anybody is called back, who may raise.
        if self._rounds.looked(ready, self._loop.time()):
            if self._next_round is None:
                self._loop.remove_reader(self.fileno())
            self._next_round = self._loop.call_later(self._round_seconds, self._look)
        elif self._next_round is not None:
            self._next_round = None
            self._loop.add_reader(self.fileno(), self._look)
        if self.call_back(ready) and self._next_round is not None:
            self._next_round.cancel()
            self._next_round = self._loop.call_soon(self._look)


class _SocketIncoming:
    def __init__(self, sock: socket.socket, streams: SocketStreams) -> None:
        self._sock = sock
        self._streams = streams

    async def open(self, tasks: TaskGroup) -> ByteStream:
        return self._streams.stream(self._sock, tasks)

    async def aclose(self) -> None:
        self._sock.close()


class SocketStreams:
    """Byte streams on bare sockets; those with TLS are portable ones.

    With `round_seconds` their sockets are read in rounds while many are busy (see `watched_sockets`).
    """

    def __init__(self, name: str, round_seconds: float | None = None) -> None:
        self.name = name
        self._watcher: Watcher
        if name == "trio":
            self._watcher = TrioSockets(round_seconds)
        elif round_seconds is not None and can_be_watched():
            self._watcher = LoopSockets(round_seconds)
        else:
            self._watcher = asyncio.get_running_loop()

    def stream(self, sock: socket.socket, tasks: TaskGroup) -> SocketStream:
        """A stream of a connected, non-blocking socket."""
        tune(sock)
        if isinstance(self._watcher, TrioSockets):
            self._watcher.start(tasks)
        return SocketStream(sock, self._watcher)

    def close(self) -> None:
        """Give back what the streams have in common, when the last of them has ended."""
        if isinstance(self._watcher, WatchedSockets):
            self._watcher.close()

    async def listener(self, sock: socket.socket, tls: ssl.SSLContext | None) -> Listener:
        """Accept from a bound, listening socket."""
        if tls is not None:
            return await PortableStreams().listener(sock, tls)
        return SocketListener(sock, lambda accepted: _SocketIncoming(accepted, self))

    async def connect(
        self, sock: socket.socket, tls: ssl.SSLContext | None, hostname: str, tasks: TaskGroup
    ) -> ByteStream:
        """Make a stream of a connected socket."""
        if tls is not None:
            return await PortableStreams().connect(sock, tls, hostname, tasks)
        return self.stream(sock, tasks)
