"""What clients have sent and nobody has taken is bounded for the server as a whole, and said by its name."""

from __future__ import annotations

import itertools
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from jambonz_anyio._net.client import http_request, open_websocket
from jambonz_anyio._net.frame_queue import FrameQueue
from jambonz_anyio._net.frames import Ping
from jambonz_anyio._net.parsers import frame_parser
from jambonz_anyio._net.reached import LimitsReached
from jambonz_anyio._net.transport import Closed, UpgradeRefused
from jambonz_anyio._net.websocket import FRAMES_PER_TURN
from jambonz_anyio.limits import ServerLimits

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def raw(running: Any) -> AsyncIterator[Any]:
    async with await anyio.connect_tcp("127.0.0.1", running.server.port) as stream:
        yield stream


async def until(true: Any) -> None:
    with anyio.fail_after(10):
        while not true():
            await anyio.lowlevel.checkpoint()


def post(size: int) -> bytes:
    return b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % size


# --- bodies of plain requests ---------------------------------------------------------------------------------


async def test_bodies_that_come_in_are_bounded_for_the_whole_server(
    start_server: Any, streams: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with start_server(streams=streams, limits={"bodies_bytes": 100_000}) as running:
        server = running.server
        async with AsyncExitStack() as stack:
            slow = [await stack.enter_async_context(raw(running)) for _ in range(4)]
            for number, stream in enumerate(slow[:3], 1):
                await stream.send(post(50_000) + b"x" * 30_000)
                await until(lambda number=number: server._bodies.held == number * 30_000)
            await slow[3].send(post(50_000) + b"x" * 30_000)
            answer = await slow[3].receive()
            assert answer.startswith(b"HTTP/1.1 503 ")
            assert b"bodies_bytes (100000) reached" in answer
            # What was refused is held no longer, and those who were before it go on.
            assert server._bodies.held == 90_000
            await slow[0].aclose()
            await until(lambda: server._bodies.held == 60_000)
            await slow[1].send(b"x" * 20_000)
            assert (await slow[1].receive()).startswith(b"HTTP/1.1 200 ")
        await until(lambda: server._bodies.held == 0)
        assert server.reached.counts == {"bodies_bytes": 1}
        assert caplog.text.count("ServerLimits.bodies_bytes (100000) is reached") == 1


async def test_a_body_counts_until_its_request_was_answered(start_server: Any) -> None:
    async with start_server(limits={"bodies_bytes": 100_000}) as running:
        http = running.url.replace("ws", "http")
        async with anyio.create_task_group() as tasks, raw(running) as stream:
            await stream.send(post(80_000).replace(b" / ", b" /hold ") + b"x" * 80_000)
            await running.application.holding.wait()
            refused = await http_request("POST", http + "/", body=b"x" * 40_000)
            assert refused.status == 503
            running.application.release.set()
            assert (await stream.receive()).startswith(b"HTTP/1.1 200 ")
            await until(lambda: running.server._bodies.held == 0)
            tasks.cancel_scope.cancel()
        assert (await http_request("POST", http + "/", body=b"x" * 40_000)).status == 200


async def test_a_body_that_is_too_long_by_itself_is_held_no_longer(start_server: Any) -> None:
    async with start_server(limits={"body_bytes": 10_000}) as running, raw(running) as stream:
        await stream.send(b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1770\r\n")
        await stream.send(b"x" * 6000 + b"\r\n1770\r\n" + b"x" * 6000 + b"\r\n")
        assert (await stream.receive()).startswith(b"HTTP/1.1 413 ")
        assert running.server._bodies.held == 0


# --- who is refused and does not leave ------------------------------------------------------------------------


async def test_a_refused_connection_counts_as_a_handshake_until_it_is_closed(
    start_server: Any, streams: str
) -> None:
    limits = {"handshakes": 3, "close_seconds": 30.0}
    async with start_server(streams=streams, limits=limits) as running:
        async with AsyncExitStack() as stack:
            lingering = []
            for _ in range(8):
                stream = await stack.enter_async_context(raw(running))
                await stream.send(b"CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n")
                assert (await stream.receive()).startswith(b"HTTP/1.1 405 ")
                lingering.append(stream)
            await until(lambda: running.server._serving <= 3)
            assert running.server.reached.counts["handshakes"] >= 5
        await until(lambda: running.server._serving == 0)


async def test_a_drain_lets_the_last_answer_be_taken(start_server: Any) -> None:
    async with start_server(limits={"close_seconds": 30.0}) as running, raw(running) as stream:
        await stream.send(b"CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n")
        await until(lambda: any(each._finishing for each in running.server._handshakes))
        running.server.start_drain()
        assert (await stream.receive()).startswith(b"HTTP/1.1 405 ")
        with pytest.raises(anyio.EndOfStream):
            await stream.receive()


# --- messages that never end ----------------------------------------------------------------------------------


async def test_messages_that_are_not_whole_are_bounded_for_the_whole_server(
    start_server: Any, streams: str, parser: str
) -> None:
    limits = {"unfinished_bytes": 250_000, "ping_seconds": 0.2}
    async with start_server(streams=streams, parser=parser, limits=limits) as running:
        async with AsyncExitStack() as stack:
            clients = []
            for size in (100_000, 120_000, 90_000):
                stream = await stack.enter_async_context(raw(running))
                await stream.send(
                    b"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
                )
                await stream.receive()
                # Half of a message, in a frame that says that another one follows.
                length = size.to_bytes(8, "big")
                await stream.send(b"\x02\xff" + length + bytes(4) + b"x" * size)
                clients.append(stream)
            with anyio.fail_after(10):
                await running.application.finished.wait()
            [closed] = running.application.results
            assert closed.reason == "unfinished_bytes (250000) reached"
            assert len(running.application.sinks) == 3
            assert running.server.calls == 2
            assert running.server.reached.counts == {"unfinished_bytes": 1}


@pytest.mark.parametrize("name", ["wsproto", "websockets"])
async def test_a_parser_tells_what_it_has_of_a_message(name: str) -> None:
    parser = frame_parser(name)(client=False, message_bytes=1_000_000)
    assert parser.unfinished == 0
    assert parser.feed(b"\x02\xfe\x10\x00" + bytes(4) + b"x" * 4096) == []
    assert parser.unfinished == 4096
    assert parser.feed(b"\x00\xfe\x10\x00" + bytes(4) + b"x" * 1000) == []
    assert parser.unfinished >= 5000
    assert parser.feed(b"x" * 3096) == []
    assert parser.feed(b"\x80\x80" + bytes(4)) == [b"x" * 8192]
    assert parser.unfinished == 0


# --- so many frames in one turn -------------------------------------------------------------------------------


async def test_so_many_frames_of_one_connection_are_handed_on_in_one_turn(scene: Any, parser: str) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        it.receive(b"".join(it.client.message(str(number)) for number in range(3 * FRAMES_PER_TURN)))
        assert len(it.sink.frames) == FRAMES_PER_TURN
        assert it.stream.stopped
        await it.sink.until(lambda: len(it.sink.frames) == 3 * FRAMES_PER_TURN)
        assert it.sink.frames == [str(number) for number in range(3 * FRAMES_PER_TURN)]
        # And then it reads on.
        it.stream.pumping = anyio.Event()
        await anyio.wait_all_tasks_blocked()
        assert not it.stream.stopped
        it.receive(it.client.message("more"))
        assert it.sink.frames[-1] == "more"
        it.stream.end()
    assert it.result == Closed(1006, "the connection ended without a close frame")


async def test_frames_of_the_first_bytes_are_handed_on_in_turns_too(recording_sink: Any, scene: Any) -> None:
    client = frame_parser("wsproto")(client=True, message_bytes=1000)
    early = b"".join(client.message("x") for _ in range(2 * FRAMES_PER_TURN)) + client.close(1000)
    it = scene(early=early)
    await it.run()
    assert len(it.sink.frames) == 2 * FRAMES_PER_TURN
    assert it.result == Closed(1000)


async def test_a_connection_that_is_aborted_hands_on_nothing_of_the_rest(scene: Any, parser: str) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        it.receive(b"".join(it.client.message("x") for _ in range(2 * FRAMES_PER_TURN)))
        it.transport.abort()
    assert len(it.sink.frames) == FRAMES_PER_TURN


async def test_others_are_served_between_the_turns_of_a_flood(start_server: Any, streams: str) -> None:
    async with start_server(streams=streams) as running:
        async with open_websocket(running.url + "/") as client:
            seen: list[int] = []
            async with anyio.create_task_group() as tasks:

                async def look_on() -> None:
                    while True:
                        seen.append(len(running.application.sinks[0].frames))
                        await anyio.lowlevel.checkpoint()

                await running.application.opened.wait()
                tasks.start_soon(look_on)
                for _ in range(5000):
                    client.push("")
                await until(lambda: seen and seen[-1] == 5000)
                tasks.cancel_scope.cancel()
            # On trio a turn of the loop may begin with the reader and end with it.
            steps = [after - before for before, after in itertools.pairwise(seen)]
            assert max(steps) <= 2 * FRAMES_PER_TURN
            client.abort()


# --- what waits to be sent ------------------------------------------------------------------------------------


async def test_frames_that_wait_are_bounded_in_number_too(scene: Any) -> None:
    it = scene(outbox_frames=3)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        it.stream.jammed = True
        for number in range(4):
            it.transport.push(str(number))
        assert it.result is None
        assert it.transport.backlog > 0
        it.transport.push("one more")
    assert it.result == Closed(1006, "outbox_frames (3) reached", local=True)


def test_frames_of_the_protocol_are_always_taken() -> None:
    queue: FrameQueue[Any] = FrameQueue(ServerLimits(outbox_frames=1, outbox_bytes=10))
    assert queue.add("x", 1)
    assert queue.add(Ping(), 0)
    assert not queue.add("y", 1)
    assert queue.full == "outbox_frames (1) reached"
    assert (queue.take(), queue.take()) == ("x", Ping())
    assert not queue.add("y" * 11, 11)
    assert queue.full == "outbox_bytes (10) reached"


# --- saying so ------------------------------------------------------------------------------------------------


def test_a_limit_that_is_reached_all_the_time_fills_no_log(caplog: pytest.LogCaptureFixture) -> None:
    reached = LimitsReached()
    with caplog.at_level(logging.WARNING):
        for _ in range(2500):
            reached.tell("calls", 7)
    assert reached.counts == {"calls": 2500}
    assert [record.getMessage() for record in caplog.records] == [
        f"ServerLimits.calls (7) is reached, time {count}" for count in (1, 10, 100, 1000)
    ]


async def test_refused_upgrades_and_requests_are_counted(start_server: Any) -> None:
    async with start_server(limits={"calls": 1}) as running, open_websocket(running.url + "/"):
        for _ in range(3):
            with pytest.raises(UpgradeRefused):
                async with open_websocket(running.url + "/"):
                    pass
        assert running.server.reached.counts == {"calls": 3}
