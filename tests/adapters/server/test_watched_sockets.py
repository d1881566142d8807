"""Sockets that are watched as one, and read in rounds while many are busy."""

from __future__ import annotations

import contextvars
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from functools import partial
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jambonz_anyio import ServerLimits
from jambonz_anyio._net.byte_streams import READ_BYTES, ByteStream
from jambonz_anyio._net.client import open_websocket
from jambonz_anyio._net.fast_streams import LoopSockets, SocketStreams, TrioSockets, fast_streams
from jambonz_anyio._net.server import Server
from jambonz_anyio._net.watched_sockets import (
    BUSY_LOOKS,
    BUSY_SECONDS,
    QUIET_ROUNDS,
    SOCKETS_WORTH_A_ROUND,
    Ready,
    Rounds,
    WatchedSockets,
)

anyio_test = pytest.mark.anyio

SECONDS = 0.001


def found(*sockets: int) -> Ready:
    """What a look has found: these can be read."""
    return [(fd, 1) for fd in sockets]


def busy_rounds() -> Rounds:
    """Rounds that have just begun."""
    rounds = Rounds()
    answers = [rounds.looked(found(look), 0.0001 * look) for look in range(BUSY_LOOKS)]
    assert answers == [False] * (BUSY_LOOKS - 1) + [True]
    return rounds


# When there are rounds --------------------------------------------------------------------------------------


def test_many_looks_that_find_many_sockets_begin_rounds() -> None:
    rounds = busy_rounds()
    assert all(rounds.looked(found(1, 2, 3), 1.0 + look) for look in range(1000))


def test_looks_that_find_many_at_once_begin_none() -> None:
    """A processor without rest reads many sockets in each turn anyway."""
    rounds = Rounds()
    everybody = found(*range(500))
    assert not any(rounds.looked(everybody, look * 0.0006) for look in range(1000))


def test_a_clock_that_stands_still_begins_none() -> None:
    rounds = Rounds()
    assert not any(rounds.looked(found(look), 7.0) for look in range(1000))


def test_rounds_that_find_little_end() -> None:
    rounds = busy_rounds()
    little = found(*range(SOCKETS_WORTH_A_ROUND - 1))
    much = found(*range(SOCKETS_WORTH_A_ROUND))
    for _ in range(QUIET_ROUNDS - 1):
        assert rounds.looked(little, 1.0)
    assert rounds.looked(much, 1.0)
    for _ in range(QUIET_ROUNDS - 1):
        assert rounds.looked(little, 1.0)
    assert not rounds.looked(little, 1.0)
    # And they do not begin at once again.
    assert not rounds.looked(much, 1.0)


looks_of_a_server = st.lists(
    st.tuples(st.integers(0, 400), st.lists(st.integers(3, 14), max_size=6, unique=True)), max_size=60
)


@given(looks_of_a_server)
def test_rounds_begin_and_end_as_the_table_says(looks: list[tuple[int, list[int]]]) -> None:
    """Beside a model that keeps all that ever happened."""
    rounds = Rounds()
    now = 0
    window: list[tuple[int, list[int]]] = []
    rounds_found: list[int] | None = None
    for microseconds, sockets in looks:
        now += 5 * microseconds
        going = rounds.looked(found(*sockets), now / 1e6)
        if rounds_found is not None:
            rounds_found.append(len(sockets))
            last = rounds_found[-QUIET_ROUNDS:]
            ended = len(last) == QUIET_ROUNDS and max(last) < SOCKETS_WORTH_A_ROUND
            assert going is not ended
            if ended:
                rounds_found = None
            continue
        if window and now / 1e6 - window[0][0] / 1e6 > BUSY_SECONDS:
            window = []
        window.append((now, sockets))
        different = {fd for _, ready in window for fd in ready}
        assert going is (len(window) >= BUSY_LOOKS and len(different) >= BUSY_LOOKS and now > window[0][0])
        if going:
            window, rounds_found = [], []


@given(st.lists(st.tuples(st.floats(0, 0.003), st.sets(st.integers(3, 2 + BUSY_LOOKS - 1))), max_size=200))
def test_few_connections_never_begin_rounds(looks: list[tuple[float, set[int]]]) -> None:
    rounds = Rounds()
    now = 0.0
    for seconds, sockets in looks:
        now += seconds
        assert not rounds.looked(found(*sockets), now)


# Who is told ------------------------------------------------------------------------------------------------


@contextmanager
def socket_pairs(count: int) -> Iterator[list[tuple[socket.socket, socket.socket]]]:
    """Ours, which do not block, each with its peer."""
    with ExitStack() as stack:
        pairs = [socket.socketpair() for _ in range(count)]
        for ours, peer in pairs:
            stack.enter_context(ours)
            stack.enter_context(peer)
            ours.setblocking(False)
        yield pairs


changes = st.tuples(st.integers(0, 2), st.sampled_from(["reader", "writer"]), st.booleans())


@settings(deadline=None)
@given(st.lists(st.one_of(changes, st.integers(0, 2)), max_size=30))
def test_who_is_told_is_who_wanted_to_know(steps: list[tuple[int, str, bool] | int]) -> None:
    """Each step is an interest that begins or ends, or a byte that comes."""
    told: list[tuple[int, str]] = []
    wanted: set[tuple[int, str]] = set()
    come: set[int] = set()
    watched = WatchedSockets()
    try:
        with socket_pairs(3) as pairs:
            for step in steps:
                if isinstance(step, int):
                    pairs[step][1].send(b"x")
                    come.add(step)
                else:
                    which, what, begins = step
                    fd = pairs[which][0].fileno()
                    if begins:
                        wanted.add((which, what))
                        getattr(watched, f"add_{what}")(fd, partial(told.append, (which, what)))
                    else:
                        wanted.discard((which, what))
                        getattr(watched, f"remove_{what}")(fd)
                told.clear()
                watched.call_back(watched.ready())
                assert sorted(told) == sorted(
                    (which, what) for which, what in wanted if what == "writer" or which in come
                )
    finally:
        watched.close()


def test_the_end_is_told_to_whoever_there_is() -> None:
    for what in ("reader", "writer"):
        watched = WatchedSockets()
        with socket_pairs(1) as [(ours, peer)]:
            told: list[str] = []
            getattr(watched, f"add_{what}")(ours.fileno(), partial(told.append, "told"))
            peer.close()
            watched.call_back(watched.ready())
            assert told == ["told"]
        watched.close()


def test_a_socket_that_cannot_be_watched_leaves_nothing_behind() -> None:
    watched = WatchedSockets()
    with open(os.devnull) as file:
        for add, remove in (
            (watched.add_reader, watched.remove_reader),
            (watched.add_writer, watched.remove_writer),
        ):
            with pytest.raises(OSError):
                add(file.fileno(), print)
            remove(file.fileno())
    with socket_pairs(1) as [(ours, peer)]:
        told: list[str] = []
        watched.add_reader(ours.fileno(), partial(told.append, "told"))
        gone = ours.fileno()
        ours.close()
        watched.remove_reader(gone)  # the kernel has forgotten it
        # The next one with the same number.
        other, its_peer = socket.socketpair()
        with other, its_peer:
            watched.add_reader(other.fileno(), partial(told.append, "other"))
            its_peer.send(b"x")
            peer.close()
            watched.call_back(watched.ready())
            assert told == ["other"]
            watched.close()
            watched.add_reader(other.fileno(), print)
            watched.remove_reader(other.fileno())


def test_one_callback_may_end_the_interest_of_the_next() -> None:
    watched = WatchedSockets()
    with socket_pairs(2) as pairs:
        numbers = [ours.fileno() for ours, _ in pairs]
        told: list[int] = []

        def only(fd: int) -> Callable[[], None]:
            def callback() -> None:
                told.append(fd)
                for each in numbers:
                    watched.remove_reader(each)

            return callback

        for fd, (_, peer) in zip(numbers, pairs, strict=True):
            watched.add_reader(fd, only(fd))
            peer.send(b"x")
        ready = watched.ready()
        assert len(ready) == 2
        watched.call_back(ready)
        assert len(told) == 1
        watched.close()
        watched.call_back(ready)  # what was ready a moment ago
        assert len(told) == 1


# On each event loop -----------------------------------------------------------------------------------------


class Receiver:
    """Keeps what comes."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.ends: list[str] = []
        self.on_data: Callable[[], None] = lambda: None

    def received(self, data: bytes | memoryview) -> None:
        self.data += data
        self.on_data()

    def ended(self, error: str) -> None:
        self.ends.append(error)

    def writable(self) -> None: ...


class Connection:
    """One stream of a server, and the socket at its other end."""

    def __init__(self, stream: ByteStream, peer: socket.socket) -> None:
        self.stream = stream
        self.peer = peer
        self.receiver = Receiver()
        self.sent = bytearray()
        assert stream.watch(self.receiver)

    def send(self, data: bytes) -> None:
        """As the peer."""
        self.peer.sendall(data)
        self.sent += data


class Connections:
    """Many connections of one server, whose sockets are read in rounds."""

    def __init__(self, streams: Any, tasks: Any) -> None:
        self._streams = streams
        self._tasks = tasks
        self.all: list[Connection] = []
        self.rounds: list[bool] = []
        """Whether the next look belonged into a round, behind each look."""
        self.batches: list[int] = []
        """How many sockets each look has found."""
        self.looked = anyio.Event()

    def open(self) -> Connection:
        ours, peer = socket.socketpair()
        ours.setblocking(False)
        self.all.append(Connection(self._streams.stream(ours, self._tasks), peer))
        return self.all[-1]

    async def make_busy(self) -> None:
        """Have the peers send until there are rounds, which find much."""
        with anyio.fail_after(20):
            turn = 0
            while not (self.rounds and self.rounds[-1] and self.batches[-1] > 5):
                self.all[turn % len(self.all)].send(b"%d," % turn)
                turn += 1
                await anyio.lowlevel.checkpoint()

    async def until(self, true: Callable[[], object]) -> None:
        """Wait until that holds; it is asked behind each look."""
        with anyio.fail_after(20):
            while not true():
                await self.looked.wait()


@pytest.fixture
async def connections(anyio_backend: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Connections]:
    async with opened_connections(monkeypatch, 12) as opened:
        yield opened


@asynccontextmanager
async def opened_connections(monkeypatch: pytest.MonkeyPatch, count: int) -> AsyncIterator[Connections]:
    streams = fast_streams(SECONDS)
    assert streams is not None
    async with anyio.create_task_group() as tasks:
        opened = Connections(streams, tasks)
        looked, call_back = Rounds.looked, WatchedSockets.call_back

        def seen_look(self: Rounds, ready: Ready, now: float) -> bool:
            opened.rounds.append(looked(self, ready, now))
            return opened.rounds[-1]

        def seen_batch(self: WatchedSockets, ready: Ready) -> bool:
            opened.batches.append(len(ready))
            more_left = call_back(self, ready)
            opened.looked.set()
            opened.looked = anyio.Event()
            return more_left

        monkeypatch.setattr(Rounds, "looked", seen_look)
        monkeypatch.setattr(WatchedSockets, "call_back", seen_batch)
        for _ in range(count):
            opened.open()
        yield opened
        for connection in opened.all:
            await connection.stream.aclose()
            connection.peer.close()
        tasks.cancel_scope.cancel()
    streams.close()


@anyio_test
async def test_busy_sockets_are_read_in_rounds_and_none_is_left_out(connections: Connections) -> None:
    await connections.make_busy()
    await connections.until(lambda: all(each.receiver.data == each.sent for each in connections.all))
    # And when they are quiet again, each is read as soon as it has something.
    await connections.until(lambda: not connections.rounds[-1])
    looks = len(connections.rounds)
    connections.all[0].send(b"alone")
    await connections.until(lambda: connections.all[0].receiver.data.endswith(b"alone"))
    assert connections.rounds[looks:] == [False]


@anyio_test
async def test_a_connection_that_is_alone_is_never_read_in_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened_connections(monkeypatch, 1) as opened:
        [only] = opened.all
        for turn in range(500):
            only.send(b"%d," % turn)
            while only.receiver.data != only.sent:
                await anyio.lowlevel.checkpoint()
        assert not any(opened.rounds)


@anyio_test
async def test_what_does_not_fit_follows_in_rounds(connections: Connections) -> None:
    slow = connections.all[0]
    much = bytes(2_000_000)
    assert not slow.stream.write(much)
    await connections.make_busy()
    slow.peer.setblocking(False)
    got = 0
    with anyio.fail_after(20):
        while got < len(much):
            for each in connections.all[1:]:
                each.send(b"x")
            try:
                got += len(slow.peer.recv(65536))
            except BlockingIOError:
                await anyio.sleep(0.001)
    assert slow.stream.unsent == 0


@anyio_test
async def test_what_is_large_does_not_wait_for_a_round_with_each_piece(connections: Connections) -> None:
    large = connections.all[0]
    large.peer.setblocking(False)
    pieces = 256
    await connections.make_busy()
    waited = 0

    async def count_rounds() -> None:
        nonlocal waited
        while True:
            await anyio.sleep(SECONDS)
            waited += 1

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(count_rounds)
        left = memoryview(bytes(pieces * READ_BYTES))
        begun = len(large.receiver.data)
        while left:
            for each in connections.all[1:]:
                each.send(b"x")
            try:
                left = left[large.peer.send(left) :]
            except BlockingIOError:
                pass
            await anyio.lowlevel.checkpoint()
        await connections.until(lambda: len(large.receiver.data) - begun == pieces * READ_BYTES)
        tasks.cancel_scope.cancel()
    assert waited < pieces / 2


@anyio_test
async def test_the_end_of_a_connection_is_noticed_in_rounds(connections: Connections) -> None:
    await connections.make_busy()
    gone = connections.all[3]
    gone.peer.close()
    await connections.until(lambda: gone.receiver.ends)
    assert gone.receiver.data == gone.sent


@anyio_test
async def test_connections_may_all_end_in_a_round_and_others_come(connections: Connections) -> None:
    await connections.make_busy()

    ended = anyio.Event()

    def end_all() -> None:
        for each in connections.all:
            each.stream.abort()
        ended.set()

    connections.all[0].receiver.on_data = end_all
    connections.all[0].send(b"x")
    with anyio.fail_after(5):
        await ended.wait()
    later = connections.open()
    later.send(b"later")
    await connections.until(lambda: later.receiver.data == b"later")


@anyio_test
async def test_one_that_fails_in_a_round_holds_up_nobody(
    connections: Connections, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise ValueError("receivers do not raise")

    for each in connections.all[::3]:
        each.receiver.on_data = fail
    for each in connections.all[::3]:
        each.send(b"x")
    others = [each for index, each in enumerate(connections.all) if index % 3]
    for turn in range(300):
        others[turn % len(others)].send(b"%d," % turn)
        await anyio.lowlevel.checkpoint()
    await connections.until(lambda: all(each.receiver.data == each.sent for each in others))
    assert all(each.receiver.ends == ["it could not be read"] for each in connections.all[::3])


in_asyncio = pytest.mark.parametrize(
    "anyio_backend",
    [("asyncio", {"use_uvloop": False}), ("asyncio", {"use_uvloop": True})],
    ids=["asyncio", "uvloop"],
)


@anyio_test
@in_asyncio
async def test_what_is_told_is_told_in_the_context_of_who_asked() -> None:
    watcher = LoopSockets(SECONDS)
    name: contextvars.ContextVar[str] = contextvars.ContextVar("name", default="nobody")
    told: set[tuple[str, str]] = set()
    all_told = anyio.Event()
    with socket_pairs(2) as [(first, first_peer), (second, _)]:
        for who, sock, begin, end in (
            ("first", first, watcher.add_reader, watcher.remove_reader),
            ("second", second, watcher.add_writer, watcher.remove_writer),
        ):
            token = name.set(who)

            def callback(who: str = who, fd: int = sock.fileno(), end: Callable[[int], None] = end) -> None:
                told.add((who, name.get()))
                name.set("changed")
                end(fd)
                if len(told) == 2:
                    all_told.set()

            begin(sock.fileno(), callback)
            name.reset(token)
        first_peer.send(b"x")
        with anyio.fail_after(5):
            await all_told.wait()
    assert told == {("first", "first"), ("second", "second")}
    assert name.get() == "nobody"
    watcher.close()


@anyio_test
@pytest.mark.parametrize("anyio_backend", ["trio"])
async def test_who_is_cancelled_looks_no_more_also_where_rounds_go_on() -> None:
    """Each socket has something to be read all the time, and nobody reads it."""
    watcher = TrioSockets(SECONDS)
    looks, looked_often = 0, anyio.Event()

    def look_on() -> None:
        nonlocal looks
        looks += 1
        if looks == 200:
            looked_often.set()
        if looks > 2000:
            raise RuntimeError("it was cancelled long ago")

    with socket_pairs(BUSY_LOOKS) as pairs:
        for sock, peer in pairs:
            peer.send(b"x")
            watcher.add_reader(sock.fileno(), look_on)
        async with anyio.create_task_group() as tasks:
            watcher.start(tasks)
            await looked_often.wait()
            tasks.cancel_scope.cancel()
    assert looks < 2000


@anyio_test
@in_asyncio
async def test_where_there_is_no_epoll_the_loop_watches_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("select.epoll")
    streams = fast_streams(SECONDS)
    assert isinstance(streams, SocketStreams)
    assert not isinstance(streams._watcher, WatchedSockets)


# In a server ------------------------------------------------------------------------------------------------


@anyio_test
@pytest.mark.parametrize("round_seconds", [0.001, 0.005, None])
async def test_busy_websockets_lose_nothing_and_keep_their_order(
    start_server: Any, round_seconds: float | None
) -> None:
    class Client:
        def __init__(self) -> None:
            self.got: list[str | bytes] = []
            self.all_came = anyio.Event()

        def frame(self, data: str | bytes) -> None:
            self.got.append(data)
            if data == "end":
                self.all_came.set()

        def receipt(self, count: int) -> None: ...

        def closed(self, closed: object) -> None: ...

    async def talk(url: str, number: int) -> None:
        async with open_websocket(url) as client, anyio.create_task_group() as tasks:
            sink = Client()
            tasks.start_soon(client.run, sink)
            said = [f"{number}: {turn}" for turn in range(200)]
            for words in said:
                client.push(words)
                await anyio.lowlevel.checkpoint()
            client.push("end")
            with anyio.fail_after(30):
                await sink.all_came.wait()
            assert sink.got == [*said, "end"]
            await client.close()

    async with start_server(streams="fast", round_seconds=round_seconds) as running:
        async with anyio.create_task_group() as tasks:
            for number in range(16):
                tasks.start_soon(talk, running.url + "/", number)


@pytest.mark.parametrize("seconds", [0, -1.0, 0.0005, 1, float("inf"), float("nan")])
def test_rounds_take_some_time(seconds: float) -> None:
    with pytest.raises(ValueError, match="round_seconds"):
        Server(object(), round_seconds=seconds, limits=ServerLimits())  # type: ignore[arg-type]  # it is not run
