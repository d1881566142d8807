"""The rules of byte streams, for each implementation on each event loop."""

from __future__ import annotations

import errno
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeAlias

import anyio
import anyio.lowlevel
import pytest
from anyio.abc import TaskGroup

from jambonz_anyio._net.byte_streams import (
    ByteStream,
    Incoming,
    bind,
    connect_socket,
    describe,
    peer_address,
)
from jambonz_anyio._net.fast_streams import fast_streams
from jambonz_anyio._net.server import choose_streams
from jambonz_core.wire.errors import LocalProtocolError

pytestmark = pytest.mark.anyio


class Receiver:
    """Keeps what comes, and stops the pump when it has as much as is wanted."""

    def __init__(self, stream: ByteStream, enough: int | None = None) -> None:
        self.stream = stream
        self.enough = enough
        self.data = b""
        self.ends: list[str] = []
        self.drains = 0
        self.drained = anyio.Event()
        self.arrived = anyio.Event()

    def received(self, data: bytes | memoryview) -> None:
        assert not self.ends
        self.data += bytes(data)
        self.arrived.set()
        if self.enough is not None and len(self.data) >= self.enough:
            self.stream.stop()

    def ended(self, error: str) -> None:
        self.ends.append(error)

    def writable(self) -> None:
        assert self.stream.unsent == 0
        self.drains += 1
        self.drained.set()


class Pair:
    """A stream, the bare socket at its other end, and the task group of its writers."""

    def __init__(self, stream: ByteStream, peer: socket.socket, tasks: TaskGroup) -> None:
        self.stream = stream
        self.peer = peer
        self.tasks = tasks

    async def send(self, data: bytes) -> None:
        await anyio.to_thread.run_sync(self.peer.sendall, data)

    async def take(self, size: int) -> bytes:
        def read() -> bytes:
            data = b""
            while len(data) < size and (chunk := self.peer.recv(min(65536, size - len(data)))):
                data += chunk
            return data

        with anyio.fail_after(10):
            return await anyio.to_thread.run_sync(read, abandon_on_cancel=True)


OpenPair: TypeAlias = Callable[[], AbstractAsyncContextManager[Pair]]


@pytest.fixture
def open_pair(streams: str) -> OpenPair:
    @asynccontextmanager
    async def open_one() -> AsyncIterator[Pair]:
        chosen = choose_streams(streams)
        [sock] = await bind("127.0.0.1", 0, None)
        address = sock.getsockname()
        listener = await chosen.listener(sock, None)
        peer = socket.create_connection(address, timeout=10)
        try:
            async with anyio.create_task_group() as tasks:
                stream = await (await listener.accept()).open(tasks)
                await listener.aclose()
                try:
                    yield Pair(stream, peer, tasks)
                finally:
                    await stream.aclose()
                tasks.cancel_scope.cancel()
        finally:
            peer.close()

    return open_one


async def test_a_pump_stops_and_goes_on_and_loses_nothing(open_pair: OpenPair) -> None:
    async with open_pair() as pair:
        assert pair.stream.address == "{}:{}".format(*pair.peer.getsockname())
        first = Receiver(pair.stream, enough=3)
        pair.peer.sendall(b"one")
        await pair.stream.pump(first)
        assert first.data == b"one"
        pair.peer.sendall(b"two")
        # Between two pumps nothing is read, however long it takes.
        await anyio.wait_all_tasks_blocked()
        assert first.data == b"one"
        second = Receiver(pair.stream)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(pair.stream.pump, second)
            await second.arrived.wait()
            pair.peer.sendall(b"three")
            pair.peer.shutdown(socket.SHUT_WR)
        assert second.data == b"twothree"
        assert second.ends == [""]
        assert first.ends == []


async def test_an_end_that_came_between_two_pumps_is_told_to_the_second(open_pair: OpenPair) -> None:
    async with open_pair() as pair:
        first = Receiver(pair.stream, enough=1)
        pair.peer.sendall(b"x")
        await pair.stream.pump(first)
        pair.peer.shutdown(socket.SHUT_WR)
        for _ in range(2):
            late = Receiver(pair.stream)
            with anyio.fail_after(5):
                await pair.stream.pump(late)
            assert late.ends == [""]


async def test_a_broken_connection_ends_the_pump_with_what_is_wrong(open_pair: OpenPair) -> None:
    async with open_pair() as pair:
        receiver = Receiver(pair.stream)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(pair.stream.pump, receiver)
            await anyio.wait_all_tasks_blocked()
            # With this option a close is a reset.
            pair.peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            pair.peer.close()
        [error] = receiver.ends
        assert error


async def test_a_stream_that_was_given_back_holds_its_receiver_no_more(open_pair: OpenPair) -> None:
    async with open_pair() as pair:
        receiver = Receiver(pair.stream)
        pair.tasks.start_soon(pair.stream.pump, receiver)
        await anyio.wait_all_tasks_blocked()
        assert pair.stream.receiver is receiver
        await pair.stream.aclose()
        assert pair.stream.receiver is None


async def test_writing_never_waits_and_says_when_to_hold_back(open_pair: OpenPair) -> None:
    async with open_pair() as pair:
        receiver = Receiver(pair.stream)
        pair.tasks.start_soon(pair.stream.pump, receiver)
        await anyio.wait_all_tasks_blocked()
        chunk = b"abcdefgh" * 8192
        written = 0
        while written < 64 * len(chunk):
            pair.stream.write(chunk)
            written += len(chunk)
        assert not pair.stream.write(b"x")
        assert pair.stream.unsent > 0
        receiver.drained = anyio.Event()
        data = await pair.take(written + 1)
        assert data == chunk * 64 + b"x"
        with anyio.fail_after(5):
            await receiver.drained.wait()
        assert pair.stream.unsent == 0


async def test_finish_sends_what_is_kept_and_waits_for_the_other_side(open_pair: OpenPair) -> None:
    async with open_pair() as pair:
        await pair.stream.pump(_stopped(pair))
        data = b"z" * 4_000_000
        pair.stream.write(data)
        done = anyio.Event()

        async def finish() -> None:
            await pair.stream.finish()
            done.set()

        pair.tasks.start_soon(finish)
        assert await pair.take(len(data)) == data
        assert await pair.take(1) == b""
        await anyio.wait_all_tasks_blocked()
        assert not done.is_set()
        pair.peer.sendall(b"dropped")
        pair.peer.close()
        with anyio.fail_after(5):
            await done.wait()


def _stopped(pair: Pair) -> Receiver:
    """A receiver that has had its byte already, so that its pump ends at once."""
    pair.peer.sendall(b"!")
    return Receiver(pair.stream, enough=1)


async def test_finish_on_a_broken_connection_returns(open_pair: OpenPair) -> None:
    async with open_pair() as pair:
        pair.stream.abort()
        with anyio.fail_after(5):
            await pair.stream.finish()
        assert not pair.stream.write(b"nobody takes it")
        assert pair.stream.unsent == 0


async def test_finish_on_a_connection_that_was_reset_returns(open_pair: OpenPair) -> None:
    """Each event loop has learned of the reset by itself, and says so in its own way."""
    async with open_pair() as pair:
        await pair.stream.pump(_stopped(pair))
        reset = struct.pack("ii", 1, 0)
        pair.peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
        pair.peer.close()
        # A loop may take this and find out afterwards.
        pair.stream.write(b"to nobody")
        for _ in range(10):
            await anyio.wait_all_tasks_blocked()
        with anyio.fail_after(5):
            await pair.stream.finish()


async def test_abort_wakes_the_pump_and_what_waits_to_be_sent_is_dropped(open_pair: OpenPair) -> None:
    async with open_pair() as pair:
        receiver = Receiver(pair.stream)
        finished = anyio.Event()

        async def pump() -> None:
            await pair.stream.pump(receiver)
            finished.set()

        pair.tasks.start_soon(pump)
        await anyio.wait_all_tasks_blocked()
        pair.stream.write(b"q" * 8_000_000)
        pair.stream.abort()
        with anyio.fail_after(5):
            await finished.wait()
        await pair.stream.aclose()
        await pair.stream.aclose()
        assert pair.stream.unsent == 0
        assert receiver.ends in ([], ["a write was cancelled"])


async def test_cancelling_a_pump_stops_reading_and_nothing_else(open_pair: OpenPair) -> None:
    """A request that took too long is still answered."""
    async with open_pair() as pair:
        receiver = Receiver(pair.stream)
        with anyio.move_on_after(0.01):
            await pair.stream.pump(receiver)
        pair.stream.write(b"too late")
        assert await pair.take(8) == b"too late"
        pair.peer.sendall(b"sorry")
        again = Receiver(pair.stream, enough=5)
        with anyio.fail_after(5):
            await pair.stream.pump(again)
        assert (receiver.data, again.data) == (b"", b"sorry")


async def test_cancelling_a_write_poisons_the_connection(open_pair: OpenPair) -> None:
    """Part of a chunk is on its way: whatever came next would be taken for the rest of it."""
    async with open_pair() as pair:
        receiver = Receiver(pair.stream)
        pair.tasks.start_soon(pair.stream.pump, receiver)
        await anyio.wait_all_tasks_blocked()
        pair.stream.write(b"q" * 8_000_000)
        await anyio.wait_all_tasks_blocked()
        # What writes is cancelled with the task group, if it is a task; else the owner of the stream cuts it.
        pair.tasks.cancel_scope.cancel()
        with anyio.CancelScope(shield=True):
            await anyio.wait_all_tasks_blocked()
            if pair.stream.unsent:
                pair.stream.abort()
            assert not pair.stream.write(b"more")
            assert pair.stream.unsent == 0
            await pair.stream.aclose()
            assert len(await pair.take(8_000_001)) < 8_000_000


async def test_what_a_peer_sent_before_it_went_can_still_be_read(open_pair: OpenPair) -> None:
    """Its close frame may be there while our writes already fail."""
    async with open_pair() as pair:
        await pair.stream.pump(_stopped(pair))
        pair.peer.sendall(b"last words")
        pair.peer.close()
        for _ in range(3):
            pair.stream.write(b"too late")
            await anyio.wait_all_tasks_blocked()
        receiver = Receiver(pair.stream)
        with anyio.fail_after(5):
            await pair.stream.pump(receiver)
        assert receiver.data in (b"last words", b"")
        assert len(receiver.ends) == 1


async def test_what_a_receiver_raises_comes_out_of_the_pump(open_pair: OpenPair) -> None:
    """It never should; if it does, it must not be lost in an event loop, nor reach another connection."""

    class Broken(Receiver):
        def received(self, data: bytes | memoryview) -> None:
            raise ZeroDivisionError

    async with open_pair() as pair:
        pair.peer.sendall(b"x")
        with pytest.raises(ZeroDivisionError):
            await pair.stream.pump(Broken(pair.stream))


async def test_streams_have_names(streams: str) -> None:
    if streams == "portable":
        assert choose_streams("portable").name == "portable"
        return
    fast = fast_streams()
    assert fast is not None
    assert choose_streams("auto").name == choose_streams("fast").name == fast.name
    assert fast.name in {"asyncio", "trio"}
    with pytest.raises(LocalProtocolError, match="'quick'"):
        choose_streams("quick")


async def test_without_fast_streams_the_portable_ones_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jambonz_anyio._net.fast_streams.fast_streams", lambda round_seconds: None)
    assert choose_streams("auto").name == "portable"
    with pytest.raises(LocalProtocolError, match="event loop"):
        choose_streams("fast")


async def test_loops_whose_sockets_cannot_be_watched_have_no_fast_streams(
    monkeypatch: pytest.MonkeyPatch, anyio_backend: Any
) -> None:
    if anyio_backend[0] == "trio":
        monkeypatch.delattr("select.epoll")
    else:
        # On Windows the loop is a proactor's.
        monkeypatch.setattr("asyncio.ProactorEventLoop", object, raising=False)
    assert fast_streams() is None


@pytest.mark.parametrize("listening", [("127.0.0.2",), ("127.0.0.3",), ("127.0.0.2", "127.0.0.3"), ()])
async def test_connecting_to_whichever_address_of_a_host_answers(
    monkeypatch: pytest.MonkeyPatch, listening: tuple[str, ...]
) -> None:
    port = 0
    sockets = []
    for address in listening:
        [sock] = await bind(address, port, None)
        port = sock.getsockname()[1]
        sockets.append(sock)

    async def addresses(host: str, *_: Any, **__: Any) -> list[Any]:
        stream = (socket.AF_INET, socket.SOCK_STREAM, 0, "")
        return [(*stream, (address, port or 9)) for address in ("127.0.0.2", "127.0.0.3")]

    monkeypatch.setattr(anyio, "getaddrinfo", addresses)
    try:
        if listening:
            connected = await connect_socket("somewhere", port, None)
            assert connected.getpeername()[0] == listening[0]
            connected.close()
        else:
            with pytest.raises(ConnectionRefusedError):
                await connect_socket("somewhere", port, None)
    finally:
        for sock in sockets:
            sock.close()


async def test_connecting_and_binding_over_a_unix_socket(tmp_path: Any, streams: str) -> None:
    where = tmp_path / "socket"
    chosen = choose_streams(streams)
    [sock] = await bind(None, 0, where)
    listener = await chosen.listener(sock, None)
    async with anyio.create_task_group() as tasks:
        client = await chosen.connect(await connect_socket("", 0, where), None, "", tasks)
        server = await (await listener.accept()).open(tasks)
        await listener.aclose()
        await listener.aclose()
        assert client.address == server.address == ""
        receiver = Receiver(server, enough=2)
        client.write(b"hi")
        await server.pump(receiver)
        assert receiver.data == b"hi"
        await client.aclose()
        await server.aclose()
        tasks.cancel_scope.cancel()


async def test_a_host_of_none_binds_every_interface() -> None:
    sockets = await bind(None, 0, None)
    try:
        assert all(sock.getsockname()[0] in {"::", "0.0.0.0"} for sock in sockets)
        assert all(not sock.getblocking() for sock in sockets)
    finally:
        for sock in sockets:
            sock.close()


def test_errors_are_described_without_what_a_peer_has_sent() -> None:
    assert (
        describe(ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"))
        == "Connection reset by peer"
    )
    outer = anyio.BrokenResourceError("secret")
    outer.__cause__ = OSError(errno.EPIPE, "Broken pipe")
    assert describe(outer) == "Broken pipe"
    assert describe(ValueError("secret")) == "ValueError"


def test_an_unconnected_socket_has_no_address() -> None:
    with socket.socket() as sock:
        assert peer_address(sock) == ""


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("kind", ["portable", "auto"])
async def test_a_listener_that_is_cancelled_takes_no_connection_with_it(kind: str, secure: bool) -> None:
    """In whatever step of it: the connection is returned, or waits for whoever listens next."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH) if secure else None
    [sock] = await bind("127.0.0.1", 0, None)
    sock.setblocking(False)
    listener = await choose_streams(kind).listener(sock, tls)
    taken: list[Incoming] = []

    async def accept() -> None:
        taken.append(await listener.accept())

    for steps in range(12):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(accept)
            await anyio.wait_all_tasks_blocked()
            with socket.create_connection(sock.getsockname()):
                for _ in range(steps):
                    await anyio.lowlevel.checkpoint()
                tasks.cancel_scope.cancel()
        with anyio.fail_after(5):
            if not taken:
                await accept()
        await taken.pop().aclose()
    await listener.aclose()
