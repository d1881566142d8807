"""Bare sockets, and watchers that call back at odd moments: here the test is the watcher."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Iterator

import anyio
import pytest

from jambonz_anyio._net.byte_streams import ByteStream
from jambonz_anyio._net.fast_streams import SocketStream

pytestmark = pytest.mark.anyio


class Receiver:
    """Keeps what comes, and stops the pump when it has as much as is wanted."""

    def __init__(self, stream: ByteStream, enough: int | None = None) -> None:
        self.stream = stream
        self.enough = enough
        self.data = b""
        self.ends: list[str] = []

    def received(self, data: bytes | memoryview) -> None:
        self.data += bytes(data)
        if self.enough is not None and len(self.data) >= self.enough:
            self.stream.stop()

    def ended(self, error: str) -> None:
        self.ends.append(error)

    def writable(self) -> None:
        assert self.stream.unsent == 0


class Watched:
    """A socket stream whose watcher is the test, and the socket at its other end."""

    def __init__(self) -> None:
        ours, self.peer = socket.socketpair()
        ours.setblocking(False)
        self.callbacks: dict[str, Callable[[], object]] = {}
        self.stream = SocketStream(ours, self)

    def add_reader(self, fd: int, callback: Callable[[], object]) -> None:
        self.callbacks["read"] = callback

    def remove_reader(self, fd: int) -> None:
        del self.callbacks["read"]

    def add_writer(self, fd: int, callback: Callable[[], object]) -> None:
        self.callbacks["write"] = callback

    def remove_writer(self, fd: int) -> None:
        del self.callbacks["write"]


@pytest.fixture
def watched() -> Iterator[Watched]:
    it = Watched()
    yield it
    it.stream.abort()
    it.peer.close()


async def test_a_call_too_many_of_a_watcher_does_no_harm(watched: Watched) -> None:
    """Selectors report what was true a moment ago."""
    receiver = Receiver(watched.stream)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(watched.stream.pump, receiver)
        await anyio.wait_all_tasks_blocked()
        readable = watched.callbacks["read"]
        readable()  # and there is nothing
        watched.stream.write(b"x" * 1_000_000)
        writable = watched.callbacks["write"]
        writable()  # and there is no room
        assert watched.stream.unsent
        watched.stream.abort()
        assert watched.callbacks == {}
        writable()
        readable()
    assert receiver.data == b""
    assert receiver.ends == []


async def test_data_between_two_pumps_is_left_in_the_socket(watched: Watched) -> None:
    watched.peer.sendall(b"one")
    first = Receiver(watched.stream, enough=3)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(watched.stream.pump, first)
        await anyio.wait_all_tasks_blocked()
        watched.callbacks["read"]()
    watched.peer.sendall(b"two")
    # It was still watched, to spare the poller a change; now it is not, or the loop would spin.
    watched.callbacks["read"]()
    assert watched.callbacks == {}
    second = Receiver(watched.stream, enough=3)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(watched.stream.pump, second)
        await anyio.wait_all_tasks_blocked()
        watched.callbacks["read"]()
    assert (first.data, second.data) == (b"one", b"two")


@pytest.mark.parametrize(
    "error", [BrokenPipeError(errno.EPIPE, "Broken pipe"), OSError(errno.EIO, "I/O error")]
)
@pytest.mark.parametrize("at_once", [True, False])
async def test_a_write_that_fails(watched: Watched, error: OSError, at_once: bool) -> None:
    receiver = Receiver(watched.stream)

    def fail(data: bytes) -> int:
        raise error

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(watched.stream.pump, receiver)
        await anyio.wait_all_tasks_blocked()
        if not at_once:
            watched.stream.write(b"x" * 1_000_000)
        watched.stream._send = fail  # type: ignore[assignment]  # a kernel that fails
        if at_once:
            assert not watched.stream.write(b"x")
        else:
            watched.callbacks["write"]()
        assert not watched.stream.write(b"nothing goes out any more")
        assert watched.stream.unsent == 0
        if isinstance(error, BrokenPipeError):
            # The peer has gone; what it said before can still be read.
            watched.peer.sendall(b"last words")
            watched.callbacks["read"]()
            watched.peer.close()
            watched.callbacks["read"]()
    if isinstance(error, BrokenPipeError):
        assert receiver.data == b"last words"
        assert len(receiver.ends) == 1
    else:
        assert (receiver.data, receiver.ends) == (b"", ["I/O error"])


async def test_what_a_receiver_raises_when_it_may_write_comes_out_of_the_pump(watched: Watched) -> None:
    class Broken(Receiver):
        def writable(self) -> None:
            raise ZeroDivisionError

    async def pump() -> None:
        with pytest.raises(ZeroDivisionError):
            await watched.stream.pump(Broken(watched.stream))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(pump)
        await anyio.wait_all_tasks_blocked()
        watched.stream.write(b"x" * 1_000_000)
        watched.peer.setblocking(False)
        while "write" in watched.callbacks:
            while True:
                try:
                    watched.peer.recv(65536)
                except BlockingIOError:
                    break
            watched.callbacks["write"]()


async def test_ending_a_socket_that_is_gone_already(watched: Watched) -> None:
    watched.peer.close()
    watched.stream._sock.close()
    await watched.stream.finish()


async def test_watched_without_a_pump_it_reads_and_tells_of_the_end(watched: Watched) -> None:
    receiver = Receiver(watched.stream, enough=3)
    assert watched.stream.watch(receiver)
    watched.peer.sendall(b"one")
    watched.callbacks["read"]()
    assert receiver.data == b"one"
    watched.peer.sendall(b"two")
    watched.callbacks["read"]()  # it was stopped
    assert watched.callbacks == {}
    assert watched.stream.watch(receiver)
    watched.callbacks["read"]()
    assert receiver.data == b"onetwo"
    receiver.enough = None
    assert watched.stream.watch(receiver)
    watched.peer.close()
    assert receiver.ends == []
    watched.callbacks["read"]()
    assert receiver.ends == [""]
    assert watched.stream.watch(receiver)  # as often as it is asked
    assert receiver.ends == ["", ""]


async def test_what_breaks_while_it_is_stopped_is_told_when_it_is_watched_again(watched: Watched) -> None:
    receiver = Receiver(watched.stream)
    assert watched.stream.watch(receiver)
    watched.stream.stop()

    def fail(data: bytes) -> int:
        raise OSError(errno.EIO, "I/O error")

    watched.stream._send = fail  # type: ignore[assignment]  # a kernel that fails
    assert not watched.stream.write(b"x")
    assert receiver.ends == []
    assert watched.stream.watch(receiver)
    assert receiver.ends == ["I/O error"]


@pytest.mark.parametrize("error", [ValueError("receivers do not raise"), KeyboardInterrupt()])
@pytest.mark.parametrize("what", ["received", "writable"])
async def test_a_receiver_that_raises_loses_its_stream(
    watched: Watched, error: BaseException, what: str, caplog: pytest.LogCaptureFixture
) -> None:
    receiver = Receiver(watched.stream)

    def fail(*_: object) -> None:
        raise error

    setattr(receiver, what, fail)
    assert watched.stream.watch(receiver)
    if what == "received":
        watched.peer.sendall(b"one")
        happens = watched.callbacks["read"]
    else:
        watched.stream.write(b"x" * 1_000_000)
        watched.peer.setblocking(False)
        happens = watched.callbacks["write"]
    try:
        while not receiver.ends:
            happens()
            if what == "writable":
                watched.peer.recv(1_000_000)
    except KeyboardInterrupt:
        assert isinstance(error, KeyboardInterrupt)
    assert receiver.ends == ["it could not be read"]
    assert watched.callbacks == {}
    assert ("a connection failed" in caplog.text) is isinstance(error, ValueError)
