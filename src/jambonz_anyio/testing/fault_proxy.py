"""A TCP proxy on which things go wrong, between a simulated server and an application that serves sockets.

It knows of websockets only where frames begin. What goes wrong where is in `faults`; here the bytes are
moved, with sockets of its own: to reset a connection, or to send one byte by itself, is not something that
streams offer.
"""

from __future__ import annotations

import errno
import socket
import struct
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import anyio
from anyio.abc import TaskGroup
from anyio.lowlevel import checkpoint

from .faults import End, Fault, FaultPlan, FaultyStream, Forward, Wait

READ_BYTES = 65536
LINGER_SECONDS = 1.0
"""How long a connection that was cut is still read, so that its end is a close and no reset."""

_RESET = struct.pack("ii", 1, 0)
"""With this lingering a socket is reset when it is closed."""

_GONE = (OSError, anyio.ClosedResourceError)


@dataclass(frozen=True, slots=True)
class FaultSeen:
    """A fault that has happened."""

    target: str
    """What the request of the connection asked for."""
    connection: int
    """How often that had been asked for before."""
    fault: Fault


class FaultProxy:
    """Listens on a port of its own and passes everything on to an application, but for what goes wrong."""

    def __init__(
        self, host: str, port: int, plan: FaultPlan, *, on_fault: Callable[[FaultSeen], None] = lambda _: None
    ) -> None:
        self.connections: int = 0
        """How many connections were made."""
        self.counts: Counter[str] = Counter()
        """How often each kind of fault has happened."""
        self._address = (host, port)
        self._plan = plan
        self._on_fault = on_fault
        self._asked: Counter[str] = Counter()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self._listener.setblocking(False)

    @property
    def port(self) -> int:
        """The port of 127.0.0.1 on which it listens."""
        port: int = self._listener.getsockname()[1]
        return port

    async def run(self) -> None:
        """Serve until it is cancelled."""
        try:
            async with anyio.create_task_group() as tasks:
                while True:
                    await anyio.wait_readable(self._listener)
                    with suppress(BlockingIOError, ConnectionError):
                        while True:
                            client, _ = self._listener.accept()
                            tasks.start_soon(self._serve, client)
        finally:
            self._listener.close()

    def forget(self, target: str) -> None:
        """Count the connections of a target anew; for those who proxy very many."""
        del self._asked[target]

    async def _serve(self, client: socket.socket) -> None:
        self.connections += 1
        server: socket.socket | None = None
        try:
            _prepare(client)
            head = await _first_line(client)
            if head is None:
                return
            server = await _connect(self._address)
            target = _target(head)
            earlier, self._asked[target] = self._asked[target], self._asked[target] + 1
            faults = self._plan(target, earlier)

            def happened(fault: Fault) -> None:
                self.counts[fault.kind] += 1
                self._on_fault(FaultSeen(target, earlier, fault))

            to_app = FaultyStream([one for one in faults if one.direction == "to_app"], on_fault=happened)
            to_server = FaultyStream(
                [one for one in faults if one.direction == "to_server"], on_fault=happened
            )
            connection = _Connection(client, server)
            async with anyio.create_task_group() as tasks:
                connection.tasks = tasks
                tasks.start_soon(connection.pump, client, server, to_app, head)
                tasks.start_soon(connection.pump, server, client, to_server)
            await connection.end()
        except _GONE:
            # Nobody is there, or whoever was there has gone in the middle.
            _reset(client)
        finally:
            for sock in (client, server):
                if sock is not None:
                    sock.close()


class _Connection:
    """The two sockets of one connection, and how it ends."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.sockets = (client, server)
        self.tasks: TaskGroup | None = None
        self.fault: Fault | None = None
        """What has ended it."""

    async def pump(
        self, source: socket.socket, sink: socket.socket, stream: FaultyStream, early: bytes = b""
    ) -> None:
        """Move the bytes of one direction until it ends, or a fault ends both."""
        try:
            data = early or await self._read(source, stream)
            while data:
                for step in stream.feed(data):
                    match step:
                        case Forward():
                            await _send(sink, step.data)
                        case Wait():
                            await anyio.sleep(step.seconds)
                        case End():
                            self._stop(step.fault)
                            await checkpoint()
                            return
                data = await self._read(source, stream)
            sink.shutdown(socket.SHUT_WR)
        except _GONE:
            self._stop(Fault("reset"))

    async def _read(self, source: socket.socket, stream: FaultyStream) -> bytes:
        while True:
            await anyio.wait_readable(source)
            if stream.collect_seconds:
                await anyio.sleep(stream.collect_seconds)
            with suppress(BlockingIOError):
                return source.recv(READ_BYTES)

    def _stop(self, fault: Fault) -> None:
        """Stop moving anything; the first fault counts."""
        if self.fault is None:
            self.fault = fault
        assert self.tasks is not None
        self.tasks.cancel_scope.cancel()

    async def end(self) -> None:
        """Do to both sides what the fault says."""
        if self.fault is None:
            return
        if self.fault.kind == "cut":
            for sock in self.sockets:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_WR)
            await self._swallow(LINGER_SECONDS, until_closed=True)
            return
        if self.fault.kind == "half-open":
            await self._swallow(self.fault.seconds, until_closed=False)
        for sock in self.sockets:
            _reset(sock)

    async def _swallow(self, seconds: float, *, until_closed: bool) -> None:
        """Take what comes and pass nothing on."""
        with anyio.move_on_after(seconds):
            async with anyio.create_task_group() as tasks:
                for sock in self.sockets:
                    tasks.start_soon(_drain, sock)
            if not until_closed:
                await anyio.sleep_forever()


async def _drain(sock: socket.socket) -> None:
    with suppress(*_GONE):
        while True:
            await anyio.wait_readable(sock)
            with suppress(BlockingIOError):
                if not sock.recv(READ_BYTES):
                    return


def _prepare(sock: socket.socket) -> None:
    sock.setblocking(False)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


async def _connect(address: tuple[str, int]) -> socket.socket:
    sock = socket.socket()
    try:
        _prepare(sock)
        if sock.connect_ex(address) not in (0, errno.EINPROGRESS):
            raise ConnectionRefusedError
        await anyio.wait_writable(sock)
        error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            raise OSError(error, "cannot connect")
    except BaseException:
        sock.close()
        raise
    return sock


async def _first_line(sock: socket.socket) -> bytes | None:
    """What a client says first, at least the line of its request. None: it went without one."""
    head = b""
    while b"\r\n" not in head and len(head) < READ_BYTES:
        await anyio.wait_readable(sock)
        with suppress(BlockingIOError):
            data = sock.recv(READ_BYTES)
            if not data:
                return None
            head += data
    return head


def _target(head: bytes) -> str:
    words = head.partition(b"\r\n")[0].split()
    return words[1].decode("ascii", "replace") if len(words) > 1 else ""


async def _send(sock: socket.socket, data: bytes) -> None:
    view = memoryview(data)
    while view:
        try:
            view = view[sock.send(view) :]
        except BlockingIOError:
            await anyio.wait_writable(sock)


def _reset(sock: socket.socket) -> None:
    """Close it so that the other side gets a reset."""
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


@asynccontextmanager
async def bad_network(
    url: str, faults: FaultPlan, *, on_fault: Callable[[FaultSeen], None] = lambda _: None
) -> AsyncIterator[tuple[str, FaultProxy]]:
    """Put a bad network before an application: gives the URL to call in place of `url`, and the proxy.

    ```python
    async with bad_network("ws://127.0.0.1:3000/", random_faults(seed=7)) as (url, proxy):
        async with dial_url(url, options=HURRIED) as phone:
            await phone.hears("Hello!")
    ```

    `faults` gives each connection what goes wrong on it (`random_faults`, or a function of your own).
    `on_fault` is called with each that happens. TLS is not spoken: a fault has its place in the bytes.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"ws", "http"} or not parts.hostname:
        raise ValueError(f"a bad network is put before ws:// and http:// URLs, not {url!r}")
    [(*_, address), *_] = await anyio.getaddrinfo(
        parts.hostname, parts.port or 80, family=socket.AF_INET, type=socket.SOCK_STREAM
    )
    proxy = FaultProxy(str(address[0]), int(address[1]), faults, on_fault=on_fault)
    login, at, _ = parts.netloc.rpartition("@")
    before = url.replace(parts.netloc, f"{login}{at}127.0.0.1:{proxy.port}", 1)
    failed: Exception | None = None
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(proxy.run, name="a bad network")
        try:
            yield before, proxy
        except Exception as error:
            # Out of the task group as it is, and not as a group of one.
            failed = error
        tasks.cancel_scope.cancel()
    if failed is not None:
        raise failed
