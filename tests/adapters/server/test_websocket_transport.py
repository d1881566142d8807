"""The rules of a websocket transport, on a byte stream that does what the test says."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_anyio._byte_streams import ByteReceiver
from jambonz_anyio._frames import CloseFrame, FrameEvent, Ping, Pong, frame_parser
from jambonz_anyio._limits import ServerLimits
from jambonz_anyio._transport import Closed, Peer
from jambonz_anyio._websocket import WebSocketTransport, checked_close_code
from jambonz_core.errors import LocalProtocolError

pytestmark = pytest.mark.anyio


class FakeStream:
    """A byte stream whose kernel takes what the test lets it take."""

    address = "198.51.100.7:4000"

    def __init__(self) -> None:
        self.receiver: ByteReceiver | None = None
        self.taken = b""
        self.kept: list[bytes] = []
        self.jammed = False
        self.wake = anyio.Event()
        self.pumping = anyio.Event()
        self.stopped = False
        self.aborted = False
        self.closed = False
        self.finished = False
        self.peer_lingers = False
        self.error: str | None = None

    async def pump(self, receiver: ByteReceiver) -> None:
        self.receiver = receiver
        self.pumping.set()
        while not self.stopped and not self.aborted and self.error is None:
            self.wake = anyio.Event()
            await self.wake.wait()
        if self.error is not None:
            receiver.ended(self.error)

    def stop(self) -> None:
        self.stopped = True
        self.wake.set()

    def write(self, data: bytes) -> bool:
        if self.aborted:
            return False
        if self.jammed:
            self.kept.append(data)
            return False
        self.taken += data
        return True

    @property
    def unsent(self) -> int:
        return sum(map(len, self.kept))

    async def finish(self) -> None:
        self.finished = True
        if self.peer_lingers:
            await anyio.sleep_forever()

    def abort(self) -> None:
        self.aborted = True
        self.wake.set()

    async def aclose(self) -> None:
        self.abort()
        self.closed = True

    # For the test -------------------------------------------------------------------------------------------

    def unjam(self) -> None:
        """The kernel takes what was kept, and as much as comes."""
        self.jammed = False
        self.take_kept()

    def take_kept(self) -> None:
        """The kernel takes what was kept, and no more."""
        self.taken += b"".join(self.kept)
        self.kept.clear()
        assert self.receiver is not None
        self.receiver.writable()

    def end(self, error: str = "") -> None:
        self.error = error
        self.wake.set()


class Scene:
    """A transport on a fake stream, its sink, and a client's parser to talk through."""

    def __init__(self, recording_sink: Any, parser: str, early: bytes = b"", **limits: Any) -> None:
        self.stream = FakeStream()
        self.limits = ServerLimits(**limits)
        make = frame_parser(parser)
        self.client = make(client=True, message_bytes=1_000_000)
        frames = make(client=False, message_bytes=self.limits.message_bytes)
        self.transport = WebSocketTransport(self.stream, frames, Peer("/x"), self.limits, early)
        self.sink = recording_sink
        self.result: Closed | None = None
        self._seen = 0

    async def run(self) -> None:
        self.result = await self.transport.run(self.sink)

    def receive(self, data: bytes) -> None:
        assert self.stream.receiver is not None
        self.stream.receiver.received(data)

    def said(self) -> list[FrameEvent]:
        """What the other side has been sent since it was asked last."""
        data = self.stream.taken[self._seen :]
        self._seen = len(self.stream.taken)
        return self.client.feed(data)


@pytest.fixture
def scene(recording_sink: Any) -> Any:
    def make(parser: str = "wsproto", early: bytes = b"", **limits: Any) -> Scene:
        return Scene(recording_sink, parser, early, **limits)

    return make


async def running(scene: Scene, tasks: Any) -> Scene:
    tasks.start_soon(scene.run)
    await scene.stream.pumping.wait()
    return scene


async def test_messages_both_ways(scene: Any, parser: str) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        await running(it, tasks)
        it.receive(it.client.message("hello") + it.client.message(b"\1\2"))
        assert it.sink.frames == ["hello", b"\1\2"]
        it.transport.push("there")
        it.transport.push(b"\3\4")
        assert it.said() == ["there", b"\3\4"]
        assert it.transport.backlog == 0
        it.stream.end()
    assert it.result == Closed(1006, "the connection ended without a close frame")
    assert it.sink.ends == [it.result]
    assert it.stream.closed


async def test_what_came_behind_the_upgrade_is_not_lost(scene: Any, parser: str) -> None:
    client = frame_parser(parser)(client=True, message_bytes=1000)
    it = scene(parser, early=client.message("early") + client.message("bird")[:3])
    async with anyio.create_task_group() as tasks:
        await running(it, tasks)
        assert it.sink.frames == ["early"]
        it.stream.end("reset")
    assert it.result == Closed(1006, "reset")


async def test_an_early_close_needs_no_reading(scene: Any, parser: str) -> None:
    client = frame_parser(parser)(client=True, message_bytes=1000)
    it = scene(parser, early=client.close(1001, "bye"))
    assert await it.transport.run(it.sink) == Closed(1001, "bye")
    assert it.said() == [CloseFrame(1001)]
    assert not it.stream.pumping.is_set()


async def test_the_peer_closes(scene: Any, parser: str) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        await running(it, tasks)
        it.receive(it.client.message("last") + it.client.close(1000, "done") + it.client.message("late"))
        it.receive(b"\0\0\0")
    assert it.result == Closed(1000, "done")
    assert it.sink.frames == ["last"]
    assert it.said() == [CloseFrame(1000)]
    assert it.stream.finished
    assert it.stream.closed


async def test_a_close_without_a_code_is_answered_in_kind(scene: Any, parser: str) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        await running(it, tasks)
        it.receive(it.client.close(1005))
    assert it.result == Closed(1005)
    assert it.said() == [CloseFrame(1005)]


async def test_a_frame_error_after_the_handshake_closes_and_does_not_hang(scene: Any, parser: str) -> None:
    it = scene(parser)
    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            await running(it, tasks)
            it.receive(b"\x83\x80\0\0\0\0")
    assert it.result is not None
    assert (it.result.code, it.result.local) == (1002, True)
    [close] = it.said()
    assert isinstance(close, CloseFrame)
    assert close.code == 1002


@pytest.mark.parametrize("message", ["x" * 101, b"x" * 101])
async def test_a_message_above_the_limit_closes_with_1009(scene: Any, parser: str, message: Any) -> None:
    it = scene(parser, message_bytes=100)
    async with anyio.create_task_group() as tasks:
        await running(it, tasks)
        it.receive(it.client.message(message))
    assert it.result == Closed(1009, "message_bytes (100) passed", local=True)
    [close] = it.said()
    assert close == CloseFrame(1009, "message_bytes (100) passed")
    assert it.sink.frames == []


async def test_a_fault_while_we_close_sends_no_second_close(scene: Any, parser: str) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        await running(it, tasks)
        tasks.start_soon(it.transport.close, 1012)
        await anyio.wait_all_tasks_blocked()
        it.receive(b"\x83\x80\0\0\0\0")
    assert it.result == Closed(1012, "", local=True)
    assert it.said() == [CloseFrame(1012)]


async def test_we_close(scene: Any, parser: str) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        await running(it, tasks)
        it.transport.push("before")
        tasks.start_soon(it.transport.close, 1012, "restart")
        await anyio.wait_all_tasks_blocked()
        it.transport.push("after")
        assert it.said() == ["before", CloseFrame(1012, "restart")]
        assert it.sink.ends == []
        # The peer may go on talking until it has seen our close; and a second close changes nothing.
        it.receive(it.client.message("still here"))
        tasks.start_soon(it.transport.close, 1000)
        it.receive(it.client.ping(b"alive?"))
        it.receive(it.client.close(1012))
    assert it.result == Closed(1012, "restart", local=True)
    assert it.sink.frames == ["still here"]
    assert it.stream.taken.endswith(b"\x8a\x06alive?")
    taken = it.stream.taken
    await it.transport.close(1000)
    it.transport.abort()
    it.transport.push("to nobody")
    assert it.stream.taken == taken


async def test_a_close_before_anybody_reads_reads_by_itself(scene: Any, parser: str) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(it.transport.close, 1001)
        await it.stream.pumping.wait()
        assert it.said() == [CloseFrame(1001)]
        it.receive(it.client.message("nobody wants this"))
        it.receive(it.client.close(1001))
    assert it.stream.closed
    # Whoever reads now learns how it ended.
    assert await it.transport.run(it.sink) == Closed(1001, local=True)
    assert it.sink.ends == [Closed(1001, local=True)]
    with pytest.raises(LocalProtocolError, match="once"):
        await it.transport.run(it.sink)


async def test_who_reads_while_a_close_does_gets_the_rest(scene: Any, parser: str) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(it.transport.close, 1001)
        await it.stream.pumping.wait()
        it.receive(it.client.message("nobody is here"))
        tasks.start_soon(it.run)
        await anyio.wait_all_tasks_blocked()
        it.receive(it.client.message("somebody is"))
        it.receive(it.client.close(1001))
    assert it.sink.frames == ["somebody is"]
    assert it.sink.ends == [Closed(1001, local=True)]


async def test_cancelling_who_reads_while_a_close_does(scene: Any, parser: str) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(it.transport.close, 1001)
        await it.stream.pumping.wait()
        with anyio.move_on_after(0.01):
            await it.run()
        assert it.sink.ends == [Closed(1001, local=True)]
        it.stream.end()


@pytest.mark.parametrize("reading", [True, False])
async def test_a_peer_that_never_answers_our_close_is_cut(scene: Any, parser: str, reading: bool) -> None:
    it = scene(parser, close_seconds=0.05)
    async with anyio.create_task_group() as tasks:
        if reading:
            await running(it, tasks)
        with anyio.fail_after(5):
            await it.transport.close(1012, "restart")
    assert it.stream.aborted
    assert it.stream.closed
    if reading:
        # What we chose is what it ended with, whatever became of it.
        assert it.result == Closed(1012, "restart", local=True)


async def test_a_peer_that_does_not_go_after_its_close_is_cut(scene: Any, parser: str) -> None:
    it = scene(parser, close_seconds=0.05)
    it.stream.peer_lingers = True
    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            await running(it, tasks)
            it.receive(it.client.close(1000))
    assert it.result == Closed(1000)
    assert it.stream.closed


async def test_cancelling_a_close_cuts(scene: Any) -> None:
    it = scene()
    async with anyio.create_task_group() as tasks:
        await running(it, tasks)
        with anyio.move_on_after(0.01):
            await it.transport.close(1012)
    assert it.stream.aborted
    assert it.result == Closed(1012, "", local=True)


async def test_cancelling_run_cuts_and_tells_the_sink(scene: Any) -> None:
    it = scene()
    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as tasks:
            await running(it, tasks)
            scope.cancel()
    assert it.stream.closed
    assert it.sink.ends == [Closed(1006, "cancelled", local=True)]


async def test_aborting(scene: Any) -> None:
    it = scene()
    async with anyio.create_task_group() as tasks:
        await running(it, tasks)
        it.transport.abort()
    assert it.result == Closed(1006, "aborted", local=True)
    assert it.stream.taken == b""
    assert it.stream.closed


async def test_what_a_frame_says_may_abort_the_connection(scene: Any, parser: str) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        await running(it, tasks)
        it.sink.on_frame = it.transport.abort
        it.receive(it.client.message("one") + it.client.message("two"))
    assert it.sink.frames == ["one"]


async def test_two_readers_are_refused(scene: Any) -> None:
    it = scene()
    async with anyio.create_task_group() as tasks:
        await running(it, tasks)
        with pytest.raises(LocalProtocolError, match="once"):
            await it.transport.run(it.sink)
        it.stream.end()


async def test_half_a_character_is_refused_where_it_is_pushed(scene: Any, parser: str) -> None:
    it = scene(parser)
    with pytest.raises(LocalProtocolError, match="surrogate"):
        it.transport.push("\ud800")


# A socket that does not take everything ---------------------------------------------------------------------


async def test_urgent_frames_overtake_audio_and_never_each_other(scene: Any, parser: str) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        await running(it, tasks)
        it.stream.jammed = True
        it.transport.push(b"in the kernel already")
        for number in range(3):
            it.transport.push(b"pcm %d" % number)
            it.transport.push(f"mark {number}", urgent=True)
        assert it.transport.backlog > 0
        it.stream.unjam()
        assert it.said() == [
            b"in the kernel already",
            *["mark 0", "mark 1", "mark 2"],
            *[b"pcm 0", b"pcm 1", b"pcm 2"],
        ]
        assert it.transport.backlog == 0
        it.transport.push("straight through again")
        assert it.said() == ["straight through again"]
        it.stream.end()


async def test_room_is_waited_for_above_the_high_water_mark(scene: Any) -> None:
    it = scene(high_water_bytes=1000)
    async with anyio.create_task_group() as tasks:
        await running(it, tasks)
        it.stream.jammed = True
        await it.transport.room()
        it.transport.push(b"x")
        for _ in range(3):
            it.transport.push(b"y" * 500)
        waited: list[str] = []

        async def wait(name: str) -> None:
            await it.transport.room()
            waited.append(name)

        tasks.start_soon(wait, "one")
        tasks.start_soon(wait, "two")
        await anyio.wait_all_tasks_blocked()
        assert waited == []
        it.stream.take_kept()
        await anyio.wait_all_tasks_blocked()
        assert sorted(waited) == ["one", "two"]
        it.stream.end()


@pytest.mark.parametrize("end", ["abort", "close", "peer"])
async def test_the_end_lets_everybody_go_who_waits_for_room(scene: Any, end: str) -> None:
    it = scene(high_water_bytes=10, close_seconds=0.05)
    async with anyio.create_task_group() as tasks:
        await running(it, tasks)
        it.stream.jammed = True
        for _ in range(2):
            it.transport.push("y" * 500)
        tasks.start_soon(it.transport.room)
        await anyio.wait_all_tasks_blocked()
        if end == "abort":
            it.transport.abort()
        elif end == "close":
            await it.transport.close(1001)
        else:
            it.stream.end()
        with anyio.fail_after(5):
            await it.transport.room()


async def test_a_full_outbox_cuts_the_connection_and_says_its_name(scene: Any) -> None:
    it = scene(outbox_bytes=1000)
    async with anyio.create_task_group() as tasks:
        await running(it, tasks)
        it.stream.jammed = True
        for _ in range(5):
            it.transport.push(b"y" * 400)
    assert it.result == Closed(1006, "outbox_bytes (1000) reached", local=True)


async def test_large_backlogs_go_out_in_several_writes(scene: Any, parser: str) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        await running(it, tasks)
        it.stream.jammed = True
        frames = [bytes([number]) * 1000 for number in range(200)]
        for frame in frames:
            it.transport.push(frame)
        sizes = []
        while it.transport.backlog:
            it.stream.take_kept()
            sizes.append(it.stream.unsent)
        assert max(sizes) < 70_000
        assert it.said() == frames
        it.stream.end()


async def test_a_close_goes_behind_text_and_does_not_wait_for_audio(scene: Any, parser: str) -> None:
    it = scene(parser, outbox_bytes=10_000)
    async with anyio.create_task_group() as tasks:
        await running(it, tasks)
        it.stream.jammed = True
        it.transport.push(b"begun")
        it.transport.push("a command")
        it.transport.push(b"audio" * 1000)
        it.transport.push("kill", urgent=True)
        it.transport.push("another" * 600)
        tasks.start_soon(it.transport.close, 1012)
        await anyio.wait_all_tasks_blocked()
        it.stream.unjam()
        assert it.said() == [b"begun", "kill", "a command", "another" * 600, CloseFrame(1012)]
        it.receive(it.client.close(1012))


async def test_pings_are_answered_and_while_jammed_only_the_last_one_is(scene: Any, parser: str) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        await running(it, tasks)
        it.receive(it.client.ping(b"1"))
        it.receive(it.client.ping(b"2") + it.client.message("said in between") + it.client.ping(b"3"))
        assert it.said() == [Pong(b"1"), Pong(b"3")]
        it.stream.jammed = True
        it.transport.push("in the kernel")
        it.transport.push("waits")
        for number in range(1000):
            it.receive(it.client.ping(b"%d" % number))
        assert it.transport.backlog < 100
        it.stream.unjam()
        assert it.said() == ["in the kernel", Pong(b"999"), "waits"]
        it.stream.end()


async def test_a_pong_that_jams_again_holds_the_rest_back(scene: Any, parser: str) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        await running(it, tasks)
        it.stream.jammed = True
        it.transport.push("in the kernel")
        it.transport.push("waits")
        it.receive(it.client.ping(b"?"))
        it.stream.take_kept()
        assert it.said() == ["in the kernel"]
        it.stream.take_kept()
        assert it.said() == [Pong(b"?")]
        it.stream.unjam()
        assert it.said() == ["waits"]
        it.stream.end()


async def test_a_stream_that_was_jammed_from_the_start(scene: Any, parser: str) -> None:
    """The answer to the upgrade is still on its way, and nobody reads yet."""
    it = scene(parser)
    it.stream.jammed = True
    it.stream.write(b"")
    it.stream.kept.append(b"HTTP/1.1 101 Switching Protocols")
    transport = WebSocketTransport(
        it.stream, frame_parser(parser)(client=False, message_bytes=100), Peer("/"), it.limits
    )
    transport.push("queued")
    assert transport.backlog > len("queued")
    it.stream.kept.clear()
    it.stream.unjam()
    assert it.said() == ["queued"]


# What the keeper does ---------------------------------------------------------------------------------------


async def test_a_silent_peer_is_pinged_and_cut(scene: Any, parser: str) -> None:
    it = scene(parser, ping_seconds=10, write_seconds=None)
    async with anyio.create_task_group() as tasks:
        await running(it, tasks)
        for now in (100, 101, 109):
            it.transport.check(now)
        assert it.said() == []
        it.transport.check(111)
        assert it.said() == [Ping()]
        it.receive(it.client.pong(b""))
        it.transport.check(120)
        it.transport.check(129)
        assert it.said() == []
        it.transport.check(130)
        assert it.said() == [Ping()]
        it.transport.check(140)
    assert it.result == Closed(1006, "silent for twice ping_seconds (10)", local=True)
    it.transport.check(200)


async def test_without_ping_seconds_silence_is_golden(scene: Any) -> None:
    it = scene(ping_seconds=None)
    async with anyio.create_task_group() as tasks:
        await running(it, tasks)
        for now in range(0, 10_000, 100):
            it.transport.check(now)
        assert it.said() == []
        it.stream.end()


async def test_a_peer_that_takes_nothing_is_cut(scene: Any) -> None:
    it = scene(ping_seconds=None, write_seconds=30)
    async with anyio.create_task_group() as tasks:
        await running(it, tasks)
        it.stream.jammed = True
        it.transport.push("x" * 100)
        it.transport.check(100)
        it.stream.kept[0] = it.stream.kept[0][10:]
        it.transport.check(125)
        it.transport.check(150)
        assert it.result is None
        it.transport.check(156)
    assert it.result == Closed(1006, "took nothing for write_seconds (30)", local=True)


async def test_a_jammed_peer_is_not_pinged_on_top(scene: Any) -> None:
    it = scene(ping_seconds=10, write_seconds=None)
    async with anyio.create_task_group() as tasks:
        await running(it, tasks)
        it.stream.jammed = True
        it.transport.push("x")
        kept = list(it.stream.kept)
        it.transport.check(100)
        it.transport.check(111)
        assert it.stream.kept == kept
        it.stream.end()


def test_codes_that_a_close_frame_may_carry() -> None:
    for code in (1000, 1001, 1012, 1014, 3000, 4999):
        assert checked_close_code(code) == code
    for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000):
        with pytest.raises(LocalProtocolError, match=str(code)):
            checked_close_code(code)


@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("push"), st.integers(0, 3000), st.booleans()),
            st.tuples(st.just("take"), st.just(0), st.just(False)),
        ),
        max_size=60,
    ),
    high_water=st.integers(1, 5000),
)
def test_whatever_is_pushed_arrives_whole_and_in_the_order_of_its_lane(
    steps: list[tuple[str, int, bool]], high_water: int
) -> None:
    async def play() -> None:
        stream = FakeStream()
        limits = ServerLimits(high_water_bytes=high_water)
        transport = WebSocketTransport(
            stream, frame_parser("websockets")(client=False, message_bytes=100), Peer("/"), limits
        )
        stream.receiver = transport
        stream.jammed = True
        pushed: dict[bool, list[FrameEvent]] = {True: [], False: []}
        for number, (step, size, urgent) in enumerate(steps):
            if step == "push":
                frame = b"%d " % number + bytes(size)
                pushed[urgent].append(frame)
                transport.push(frame, urgent=urgent)
            elif stream.kept:
                stream.take_kept()
        stream.jammed = False
        if stream.kept:
            stream.take_kept()
        got = frame_parser("wsproto")(client=True, message_bytes=10_000).feed(stream.taken)
        assert sorted(map(repr, got)) == sorted(map(repr, pushed[True] + pushed[False]))
        for lane in pushed.values():
            assert [each for each in got if each in lane] == lane
        assert transport.backlog == 0

    anyio.run(play)
