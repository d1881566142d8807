"""A websocket whose socket does not take everything, and what the keeper finds out about its peer."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_anyio._net.frames import CloseFrame, FrameEvent, Ping, Pong
from jambonz_anyio._net.parsers import frame_parser
from jambonz_anyio._net.transport import Closed, Peer
from jambonz_anyio._net.websocket import PONGS_KEPT, WebSocketTransport
from jambonz_anyio.limits import ServerLimits

pytestmark = pytest.mark.anyio


async def test_what_waits_keeps_its_order_and_marks_stay_behind_their_audio(scene: Any, parser: str) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        it.stream.jammed = True
        it.transport.push(b"in the kernel already")
        for number in range(3):
            it.transport.push(b"pcm %d" % number)
            it.transport.push(f"mark {number}")
        assert it.transport.backlog > 0
        it.stream.unjam()
        assert it.said() == [
            b"in the kernel already",
            *[b"pcm 0", "mark 0"],
            *[b"pcm 1", "mark 1"],
            *[b"pcm 2", "mark 2"],
        ]
        assert it.transport.backlog == 0
        it.transport.push("straight through again")
        assert it.said() == ["straight through again"]
        it.stream.end()


async def test_audio_that_waits_can_be_dropped(scene: Any, parser: str) -> None:
    it = scene(parser, high_water_bytes=1000)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        it.stream.jammed = True
        it.transport.push(b"in the kernel already")
        it.transport.push(b"pcm" * 1000)
        it.transport.push("mark")
        it.transport.push(b"pcm" * 1000)
        waiting = anyio.Event()

        async def wait() -> None:
            await it.transport.room()
            waiting.set()

        tasks.start_soon(wait)
        await anyio.wait_all_tasks_blocked()
        assert not waiting.is_set()
        it.transport.drop_audio()
        with anyio.fail_after(5):
            await waiting.wait()
        it.transport.push("kill", receipt=True)
        it.transport.push(b"new audio")
        it.stream.unjam()
        kept = ["mark", "kill", Ping(b"1"), b"new audio"]
        assert it.said() == [b"in the kernel already", *kept]
        # What was dropped need not be read: it counts as read once what followed it was.
        it.receive(it.client.pong(b"1"))
        assert it.sink.receipts == [(5, 0)]
        it.stream.end()


@pytest.mark.parametrize("how", ["closing", "over"])
async def test_room_on_a_connection_that_takes_nothing_more_lets_others_run(scene: Any, how: str) -> None:
    """Whoever loops on it neither stops the event loop nor escapes cancellation."""
    it = scene()
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        if how == "closing":
            it.transport.start_close(1001)
        else:
            it.transport.abort()
        others: list[int] = []

        async def run() -> None:
            for number in range(3):
                others.append(number)
                await anyio.lowlevel.checkpoint()

        with anyio.CancelScope() as scope:
            tasks.start_soon(run)
            while len(others) < 3:
                it.transport.push(b"to nobody")
                await it.transport.room()
            scope.cancel()
            await it.transport.room()
            raise AssertionError("room() was not cancelled")
        it.stream.end()


async def test_room_is_waited_for_above_the_high_water_mark(scene: Any) -> None:
    it = scene(high_water_bytes=1000)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
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
        await it.start(tasks)
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
        await it.start(tasks)
        it.stream.jammed = True
        for _ in range(5):
            it.transport.push(b"y" * 400)
    assert it.result == Closed(1006, "outbox_bytes (1000) reached", local=True)


async def test_large_backlogs_go_out_in_several_writes(scene: Any, parser: str) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
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
        await it.start(tasks)
        it.stream.jammed = True
        it.transport.push(b"begun")
        it.transport.push("a command")
        it.transport.push(b"audio" * 1000)
        it.transport.push("kill")
        it.transport.push("another" * 600)
        tasks.start_soon(it.transport.close, 1012)
        await anyio.wait_all_tasks_blocked()
        it.stream.unjam()
        assert it.said() == [b"begun", "a command", "kill", "another" * 600, CloseFrame(1012)]
        it.receive(it.client.close(1012))


async def test_pings_are_answered_and_while_jammed_only_the_last_few_are(scene: Any, parser: str) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        it.receive(it.client.ping(b"1"))
        it.receive(it.client.ping(b"2") + it.client.message("said in between") + it.client.ping(b"3"))
        assert it.said() == [Pong(b"1"), Pong(b"2"), Pong(b"3")]
        it.stream.jammed = True
        it.transport.push("in the kernel")
        it.transport.push("waits")
        for number in range(1000):
            it.receive(it.client.ping(b"%d" % number))
        assert it.transport.backlog < 100
        it.stream.unjam()
        last = [Pong(b"%d" % number) for number in range(1000 - PONGS_KEPT, 1000)]
        assert it.said() == ["in the kernel", *last, "waits"]
        it.stream.end()


async def test_a_pong_that_jams_again_holds_the_rest_back(scene: Any, parser: str) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
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
        await it.start(tasks)
        for now in (100, 101, 109):
            it.transport.check(now)
        assert it.said() == []
        it.transport.check(111)
        assert it.said() == [Ping(b"1")]
        it.receive(it.client.pong(b"1"))
        it.transport.check(120)
        it.transport.check(129)
        assert it.said() == []
        it.transport.check(130)
        assert it.said() == [Ping(b"2")]
        it.transport.check(140)
    assert it.result == Closed(1006, "silent for twice ping_seconds (10)", local=True)
    it.transport.check(200)


async def test_bytes_that_complete_nothing_are_a_sign_of_life_for_a_while(scene: Any, parser: str) -> None:
    it = scene(parser, ping_seconds=10, message_seconds=30, write_seconds=None)
    message = it.client.message("x" * 200)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        it.transport.check(100)
        # A long message on a slow way is no silence, and may take its time.
        for now in range(105, 130, 5):
            it.receive(message[:1])
            message = message[1:]
            it.transport.check(now)
        it.receive(message)
        it.transport.check(134)
        assert it.said() == []
        assert it.sink.frames == ["x" * 200]
        message = it.client.message("x" * 200)
        for now in range(140, 170, 5):
            it.receive(message[:1])
            message = message[1:]
            it.transport.check(now)
        assert it.result is None
        it.receive(message[:1])
        it.transport.check(170)
    assert it.result == Closed(1006, "no whole message within message_seconds (30)", local=True)


async def test_silence_in_the_middle_of_a_message_is_silence(scene: Any, parser: str) -> None:
    it = scene(parser, ping_seconds=10, message_seconds=None, write_seconds=None)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        it.transport.check(100)
        for now in (200, 300):
            it.receive(it.client.message("x" * 200)[now // 100 - 2 :][:1])
            it.transport.check(now)
        for now in (310, 320):
            assert it.result is None
            it.transport.check(now)
    assert it.result == Closed(1006, "silent for twice ping_seconds (10)", local=True)


async def test_without_ping_seconds_silence_is_golden(scene: Any) -> None:
    it = scene(ping_seconds=None)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        for now in range(0, 10_000, 100):
            it.transport.check(now)
        assert it.said() == []
        it.stream.end()


async def test_a_peer_that_takes_nothing_is_cut(scene: Any) -> None:
    it = scene(ping_seconds=None, write_seconds=30)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
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
        await it.start(tasks)
        it.stream.jammed = True
        it.transport.push("x")
        kept = list(it.stream.kept)
        it.transport.check(100)
        it.transport.check(111)
        assert it.stream.kept == kept
        it.stream.end()


@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("push"), st.integers(0, 3000), st.booleans()),
            st.tuples(st.just("ask"), st.just(0), st.just(False)),
            st.tuples(st.just("take"), st.just(0), st.just(False)),
        ),
        max_size=60,
    ),
    high_water=st.integers(1, 5000),
)
def test_whatever_is_pushed_arrives_whole_in_order_and_every_ping_behind_what_it_proves(
    make_stream: Any, make_sink: Any, steps: list[tuple[str, int, bool]], high_water: int
) -> None:
    async def play() -> None:
        stream = make_stream()
        limits = ServerLimits(high_water_bytes=high_water)
        transport = WebSocketTransport(
            stream, frame_parser("websockets")(client=False, message_bytes=100), Peer("/"), limits
        )
        stream.receiver = transport
        stream.jammed = True
        sink = make_sink()
        transport._closing.claim(sink)
        pushed: list[FrameEvent] = []
        for number, (step, size, receipt) in enumerate(steps):
            if step == "push":
                frame = b"%d " % number + bytes(size)
                pushed.append(frame)
                transport.push(frame, receipt=receipt)
            elif step == "ask":
                transport.ask_receipt()
            elif stream.kept:
                stream.take_kept()
        stream.jammed = False
        if stream.kept:
            stream.take_kept()
        got = frame_parser("wsproto")(client=True, message_bytes=10_000).feed(stream.taken)
        assert [each for each in got if not isinstance(each, Ping)] == pushed
        assert transport.backlog == 0
        read = 0
        client = frame_parser("wsproto")(client=True, message_bytes=100)
        for each in got:
            if isinstance(each, Ping):
                transport.received(client.pong(each.payload))
                assert sink.receipts.pop() == (read, 0)
            else:
                read += 1
        assert sink.receipts == []

    anyio.run(play)
