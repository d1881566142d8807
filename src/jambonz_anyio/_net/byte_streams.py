"""Bytes in and out of one connection: the interface, and its implementation over anyio.

A reader calls back into a receiver rather than being awaited for every chunk, and a write never waits: what
makes the difference between 15 and 60 microseconds a frame is how often a task is switched and the poller
reconfigured. The rules, for every implementation:

1. `pump()` reads and calls `receiver.received()` until the receiver calls `stop()`, the stream ends, or it is
   aborted or cancelled. Between two calls of `pump()` nothing is read. One task pumps at a time.
2. `write()` takes everything, and what the kernel does not take at once is kept. When it returns False,
   something is kept: hold back (a few bytes more, such as a close frame, do no harm) until
   `receiver.writable()`.
3. `pump()` calls `receiver.ended()`, last of all, when the stream has ended or broken, also if it had before.
4. A write that was begun and could not be finished aborts the stream.
5. `aclose()` gives everything back at once, whatever the peer does, and may be called at any time and again.
6. `watch()` is `pump()` for who does not wait: where the event loop calls back, no task is needed to read. It
   returns at once, and what `pump()` says when it returns, the receiver is told in a callback.

This module is portable. `fast_streams` has the same things for the event loops that we know from inside, and
passes the same tests.
"""

from __future__ import annotations

import errno
import os
import socket
import ssl
from collections.abc import Awaitable, Callable
from os import PathLike, fspath
from typing import Any, Protocol

import anyio
from anyio.abc import ByteStream as AnyioByteStream
from anyio.abc import SocketAttribute, TaskGroup
from anyio.streams.tls import TLSStream

BACKLOG = 1024
"""Connections that the kernel keeps until they are accepted."""

READ_BYTES = 16384
"""How much is read at once. It is also how long one connection can keep the others waiting: a hostile one
fills it with frames of six bytes."""

WRITE_BYTES = 65536
"""The most bytes that are joined into one write."""

NEXT_ADDRESS_SECONDS = 0.25
"""How long one address of a host may take before the next one is tried as well, as RFC 8305 has it."""

UNSENT_BYTES = 32768
"""How much the kernel may keep unsent of a TCP connection. Without it the kernel takes megabytes for a slow
peer, audio could not be dropped any more when it is to stop, and pongs would wait behind it."""

TEMPORARY_ACCEPT_ERRORS = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.ECONNABORTED, errno.EPROTO}
)
"""Errors of `accept()` after which listening goes on: we are out of something, or the client has left."""


class ByteReceiver(Protocol):
    """Takes the bytes of a stream. None of its methods may block or raise."""

    def received(self, data: bytes | memoryview) -> None:
        """Take a chunk. A memoryview is only good during this call."""

    def ended(self, error: str) -> None:
        """Nothing more will come: the peer has sent all it had (`error` is empty), or it broke."""

    def writable(self) -> None:
        """Everything written so far was taken: writing may go on."""


class ByteStream(Protocol):
    """One connection, once its TLS handshake is through."""

    address: str
    """`host:port` of the peer; empty for a Unix socket."""
    receiver: ByteReceiver | None
    """Who is told of `writable()`; `pump()` sets it."""

    async def pump(self, receiver: ByteReceiver) -> None:
        """Read until `stop()`, the end or `abort()`."""

    def watch(self, receiver: ByteReceiver) -> bool:
        """Read like `pump()`, without a task that waits. False: this stream cannot."""
        ...

    def stop(self) -> None:
        """Make `pump()` return after the chunk in hand."""

    def write(self, data: bytes) -> bool:
        """Send; False when something is kept and the caller should hold back."""
        ...

    @property
    def unsent(self) -> int:
        """Bytes written and not yet taken by the kernel."""
        ...

    async def finish(self) -> None:
        """Send what is kept, then the end of our side, and read and drop until the peer's side ends too."""

    def abort(self) -> None:
        """Cut the connection. A running `pump()` returns."""

    async def aclose(self) -> None:
        """Cut the connection and give everything back."""


class Incoming(Protocol):
    """An accepted socket, before anything was read from it."""

    async def open(self, tasks: TaskGroup) -> ByteStream:
        """Shake hands (TLS) and make it a stream, whose background writes run in `tasks`.

        Raises OSError when that fails, `ssl.SSLError` among them.
        """
        ...

    async def aclose(self) -> None:
        """Drop the connection."""


class Listener(Protocol):
    """A socket that accepts connections."""

    async def accept(self) -> Incoming:
        """Wait for the next client. Raises OSError."""
        ...

    async def aclose(self) -> None:
        """Stop listening and close the socket."""


class Streams(Protocol):
    """One way to have byte streams."""

    name: str

    def listener(self, sock: socket.socket, tls: ssl.SSLContext | None) -> Awaitable[Listener]:
        """Accept from a bound, listening, non-blocking socket, which is the listener's from now on."""
        ...

    def connect(
        self, sock: socket.socket, tls: ssl.SSLContext | None, hostname: str, tasks: TaskGroup
    ) -> Awaitable[ByteStream]:
        """Make a stream of a connected, non-blocking socket, which is the stream's from now on."""
        ...

    def close(self) -> None:
        """Give back what the streams have in common, when the last of them has ended."""


def describe(error: BaseException) -> str:
    """What went wrong with a connection, in words that carry nothing that a peer has sent."""
    # anyio tells "all attempts failed", and which failure it was in the cause, or in a group of causes.
    while not (isinstance(error, OSError) and error.strerror):
        if isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        elif error.__cause__ is not None:
            error = error.__cause__
        else:
            return type(error).__name__
    if isinstance(error, ConnectionError) and error.errno is not None:
        return os.strerror(error.errno)  # asyncio puts the address into its own text
    return error.strerror


def peer_address(sock: socket.socket) -> str:
    """`host:port` of the other end, or nothing."""
    try:
        name = sock.getpeername()
    except OSError:
        return ""
    return f"{name[0]}:{name[1]}" if isinstance(name, tuple) else ""


def tune(sock: socket.socket) -> None:
    """Settings for small frames that matter at once. None of them is needed, so none may fail."""
    if sock.family in {socket.AF_INET, socket.AF_INET6}:
        for option, value in (
            (socket.TCP_NODELAY, 1),
            (getattr(socket, "TCP_NOTSENT_LOWAT", None), UNSENT_BYTES),
        ):
            if option is not None:
                try:
                    sock.setsockopt(socket.IPPROTO_TCP, option, value)
                except OSError:
                    pass


# The portable implementation --------------------------------------------------------------------------------


class PortableStream:
    """A stream over any anyio byte stream. A task that writes lives only while something is to be written."""

    def __init__(self, stream: AnyioByteStream, tasks: TaskGroup, address: str) -> None:
        self.address = address
        self._stream = stream
        self._tasks = tasks
        self.receiver: ByteReceiver | None = None
        self._unsent = bytearray()
        self._in_hand = 0
        self._writing = False
        self._idle: anyio.Event | None = None
        self._stopped = False
        self._error: str | None = None
        """How the stream ended; empty when the peer has sent all it had."""
        self._dead = False
        self._pumping = anyio.CancelScope()

    @property
    def unsent(self) -> int:
        """Bytes written and not yet taken by the kernel."""
        return len(self._unsent) + self._in_hand

    async def pump(self, receiver: ByteReceiver) -> None:
        """Read until `stop()`, the end or `abort()`."""
        self.receiver = receiver
        self._stopped = False
        with anyio.CancelScope() as self._pumping:
            while not self._stopped and self._error is None and not self._dead:
                data = await self._receive()
                if data and not self._dead:
                    receiver.received(data)
        if self._error is not None:
            receiver.ended(self._error)

    def watch(self, receiver: ByteReceiver) -> bool:
        """False: whoever reads this stream waits for it."""
        return False

    def stop(self) -> None:
        """Make `pump()` return after the chunk in hand."""
        self._stopped = True

    def write(self, data: bytes) -> bool:
        """Keep the data and wake the writer."""
        if not self._dead:
            self._unsent += data
            if not self._writing:
                self._writing = True
                self._tasks.start_soon(self._write_out, name="jambonz writer")
        return False

    async def finish(self) -> None:
        """Send what is kept, then the end of our side, and read and drop until the peer's side ends too."""
        while self._writing:
            self._idle = anyio.Event()
            await self._idle.wait()
        if not self._dead:
            try:
                await self._stream.send_eof()
            except (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
                return
            except RuntimeError:
                # TLS cannot end one direction alone; anyio says so with NotImplementedError. And uvloop calls
                # it a RuntimeError when the last write has found out that the peer is gone.
                return
            while self._error is None and not self._dead:
                await self._receive()

    def abort(self) -> None:
        """Cut the connection. A running `pump()` returns."""
        self._dead = True
        self._unsent.clear()
        self._pumping.cancel()

    async def aclose(self) -> None:
        """Cut the connection and give everything back."""
        self.abort()
        self.receiver = None  # receivers know their stream: without this circle both go by themselves
        with anyio.CancelScope(shield=True):
            try:
                await anyio.aclose_forcefully(self._stream)
            except (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError):
                pass

    async def _receive(self) -> bytes:
        """One chunk; nothing at the end of the stream."""
        try:
            return await self._stream.receive(READ_BYTES)
        except anyio.EndOfStream:
            self._end("")
        except (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError) as exc:
            self._end(describe(exc))
        return b""

    def _end(self, error: str) -> None:
        if self._error is None:
            self._error = error

    async def _write_out(self) -> None:
        try:
            while self._unsent:
                chunk = bytes(self._unsent)
                self._in_hand = len(chunk)
                self._unsent.clear()
                await self._stream.send(chunk)
                self._in_hand = 0
                if not self._unsent and self.receiver is not None and not self._dead:
                    self.receiver.writable()
        except (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError) as exc:
            self._end(describe(exc))
            self.abort()
        except BaseException:
            # Cancelled in the middle of a chunk: the peer has part of a frame, and no more can follow it.
            self._end("a write was cancelled")
            self.abort()
            raise
        finally:
            self._writing = False
            self._in_hand = 0
            if self._idle is not None:
                self._idle.set()


class SocketListener:
    """Accepts from a listening socket. `incoming` says what becomes of each socket.

    Nothing is awaited between the moment in which a connection is taken from the kernel and the one in which
    it is returned. Whoever is cancelled in between, as a drain does it, would reset a connection that another
    process could have had.
    """

    def __init__(self, sock: socket.socket, incoming: Callable[[socket.socket], Incoming]) -> None:
        self._sock = sock
        self._incoming = incoming

    async def accept(self) -> Incoming:
        """Wait for the next client. Raises OSError."""
        while True:
            await anyio.wait_readable(self._sock)
            try:
                sock, _ = self._sock.accept()
            except (BlockingIOError, InterruptedError):
                continue
            sock.setblocking(False)
            return self._incoming(sock)

    async def aclose(self) -> None:
        """Stop listening and close the socket."""
        if self._sock.fileno() >= 0:
            anyio.notify_closing(self._sock)
            self._sock.close()


async def _stream_of(sock: socket.socket) -> AnyioByteStream:
    """A stream over a connected socket. Raises OSError when it is connected no more."""
    try:
        if sock.family == socket.AF_UNIX:
            return await anyio.abc.UNIXSocketStream.from_socket(sock)
        return await anyio.abc.SocketStream.from_socket(sock)
    except ValueError as gone:
        raise _gone() from gone


class _PortableIncoming:
    def __init__(self, sock: socket.socket, tls: ssl.SSLContext | None) -> None:
        self._sock = sock
        self._tls = tls
        self._stream: AnyioByteStream | None = None

    async def open(self, tasks: TaskGroup) -> ByteStream:
        address = peer_address(self._sock)
        tune(self._sock)
        stream = self._stream = await _stream_of(self._sock)
        if self._tls is None:
            return PortableStream(stream, tasks, address)
        try:
            wrapped = await TLSStream.wrap(
                stream, server_side=True, ssl_context=self._tls, standard_compatible=False
            )
        except (anyio.BrokenResourceError, anyio.EndOfStream) as exc:
            raise ConnectionError(describe(exc)) from exc
        return PortableStream(wrapped, tasks, address)

    async def aclose(self) -> None:
        if self._stream is None:
            self._sock.close()
        else:
            await anyio.aclose_forcefully(self._stream)


class PortableStreams:
    """Byte streams over anyio alone: every backend, and the reference for the fast ones."""

    name = "portable"

    async def listener(self, sock: socket.socket, tls: ssl.SSLContext | None) -> Listener:
        """Accept from a bound, listening socket."""
        return SocketListener(sock, lambda accepted: _PortableIncoming(accepted, tls))

    async def connect(
        self, sock: socket.socket, tls: ssl.SSLContext | None, hostname: str, tasks: TaskGroup
    ) -> ByteStream:
        """Make a stream of a connected socket."""
        address = peer_address(sock)
        tune(sock)
        stream = await _stream_of(sock)
        if tls is None:
            return PortableStream(stream, tasks, address)
        try:
            wrapped = await TLSStream.wrap(
                stream, hostname=hostname, ssl_context=tls, standard_compatible=False
            )
        except BaseException as exc:
            await anyio.aclose_forcefully(stream)
            if isinstance(exc, (anyio.BrokenResourceError, anyio.EndOfStream)):
                raise ConnectionError(describe(exc)) from exc
            raise
        return PortableStream(wrapped, tasks, address)

    def close(self) -> None:
        """Nothing: these have nothing in common."""


# Binding ----------------------------------------------------------------------------------------------------


async def bind(host: str | None, port: int, path: str | PathLike[str] | None) -> list[socket.socket]:
    """Listening, non-blocking sockets: one Unix socket at `path`, or one for each address of `host`.

    A `host` of None means every interface. A socket that was left behind at `path` is replaced.
    """
    listener: Any
    if path is not None:
        listener = await anyio.create_unix_listener(path, backlog=BACKLOG)
        listeners = [listener]
    else:
        listener = await anyio.create_tcp_listener(local_host=host, local_port=port, backlog=BACKLOG)
        listeners = listener.listeners
    # anyio knows how to bind, and each of our streams how to accept: only the bare sockets change hands.
    sockets = [each.extra(SocketAttribute.raw_socket).dup() for each in listeners]
    await listener.aclose()
    return sockets


def _gone() -> OSError:
    """What anyio calls a ValueError: the peer has reset the connection before it could be used."""
    return OSError(errno.ENOTCONN, os.strerror(errno.ENOTCONN))


async def connect_socket(host: str, port: int, path: str | PathLike[str] | None) -> socket.socket:
    """A connected, non-blocking socket. Raises OSError.

    Of several addresses of a host each has a quarter of a second before the next one is tried beside it.
    """
    # anyio's own function gives a stream, from which older versions give no socket back without closing it.
    if path is not None:
        return await _connected(socket.AF_UNIX, fspath(path))
    addresses = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    winners: list[socket.socket] = []
    failures: list[OSError] = []

    async def attempt(family: int, address: Any, over: anyio.Event) -> None:
        try:
            winners.append(await _connected(family, address))
            tasks.cancel_scope.cancel()
        except OSError as error:
            failures.append(error)
        over.set()

    try:
        async with anyio.create_task_group() as tasks:
            for family, _, _, _, address in addresses:
                over = anyio.Event()
                tasks.start_soon(attempt, family, address, over)
                with anyio.move_on_after(NEXT_ADDRESS_SECONDS):
                    await over.wait()
    except BaseException:
        for sock in winners:
            sock.close()
        raise
    if not winners:
        raise failures[0]
    for sock in winners[1:]:
        sock.close()
    return winners[0]


async def _connected(family: int, address: Any) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        try:
            sock.connect(address)
        except BlockingIOError:
            await anyio.wait_writable(sock)
            trouble = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if trouble:
                raise OSError(trouble, os.strerror(trouble)) from None
    except BaseException:
        sock.close()
        raise
    return sock
