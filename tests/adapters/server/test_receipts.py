"""Receipts: a pong proves that the peer has read what was pushed before its ping."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from jambonz_anyio._net.client import open_websocket
from jambonz_anyio._net.frames import Ping, Pong
from jambonz_anyio._net.memory import memory_connection
from jambonz_anyio._net.transport import Admission, Closed, HttpRequest, HttpResponse, Transport
from jambonz_anyio.limits import ServerLimits

pytestmark = pytest.mark.anyio


async def test_a_pong_proves_what_went_before_its_ping(scene: Any, parser: str) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        it.transport.push("one")
        it.transport.push("two")
        it.transport.ask_receipt()
        it.transport.push("three")
        assert it.said() == ["one", "two", Ping(b"1"), "three"]
        it.receive(it.client.message("heard before") + it.client.pong(b"1") + it.client.message("and after"))
        assert it.sink.receipts == [(2, 1)]
        it.transport.ask_receipt()
        assert it.said() == [Ping(b"2")]
        it.receive(it.client.pong(b"2"))
        assert it.sink.receipts == [(2, 1), (3, 2)]
        it.stream.end()


async def test_a_message_and_its_ping_are_one_write(scene: Any, parser: str) -> None:
    it = scene(parser)
    writes: list[bytes] = []
    write = it.stream.write

    def keep(data: bytes) -> bool:
        writes.append(data)
        return bool(write(data))

    it.stream.write = keep
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        it.transport.push("ack", receipt=True)
        assert len(writes) == 1
        assert it.said() == ["ack", Ping(b"1")]
        it.stream.end()


async def test_asked_again_without_news_one_ping_is_enough_until_it_is_answered(
    scene: Any, parser: str
) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        it.transport.push("one")
        for _ in range(3):
            it.transport.ask_receipt()
        assert it.said() == ["one", Ping(b"1")]
        it.receive(it.client.pong(b"1"))
        # Answered: a new question is a new round trip, and what the peer said before its answer is heard.
        it.transport.ask_receipt()
        assert it.said() == [Ping(b"2")]
        it.receive(it.client.message("meanwhile") + it.client.pong(b"2"))
        assert it.sink.receipts == [(1, 0), (1, 1)]
        it.stream.end()


async def test_one_pong_answers_all_pings_before_it_and_late_ones_prove_nothing(
    scene: Any, parser: str
) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        for number in range(4):
            it.transport.push(str(number), receipt=True)
        it.receive(it.client.pong(b"3"))
        it.receive(it.client.pong(b"1") + it.client.pong(b"3"))
        assert it.sink.receipts == [(3, 0)]
        it.receive(it.client.pong(b"4"))
        assert it.sink.receipts == [(3, 0), (4, 0)]
        it.stream.end()


@pytest.mark.parametrize(
    "payload", [b"", b"0", b"3", b"01", b" 1", b"-1", b"x", b"9" * 125, b"\xff", b"\xb2"]
)
async def test_a_pong_that_answers_no_ping_proves_only_that_the_peer_lives(
    scene: Any, parser: str, payload: bytes
) -> None:
    it = scene(parser, ping_seconds=10)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        it.transport.check(100)
        it.transport.check(101)
        it.transport.push("one", receipt=True)
        it.transport.check(111)
        it.said()
        it.receive(it.client.pong(payload))
        assert it.sink.receipts == []
        it.transport.check(112)
        it.transport.check(121)
        assert it.result is None
        it.stream.end()


async def test_pings_that_keep_alive_and_receipts_share_one_counter(scene: Any, parser: str) -> None:
    it = scene(parser, ping_seconds=10)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        it.transport.push("one", receipt=True)
        it.transport.push("two")
        it.transport.check(100)
        it.transport.check(110)
        assert it.said() == ["one", Ping(b"1"), "two", Ping(b"2")]
        # The peer answers the latest only, which nobody asked for.
        it.receive(it.client.pong(b"2"))
        assert it.sink.receipts == [(2, 0)]
        it.stream.end()


async def test_while_jammed_the_ping_waits_behind_its_frames_and_pongs_overtake(
    scene: Any, parser: str
) -> None:
    it = scene(parser, outbox_bytes=100)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        it.stream.jammed = True
        it.transport.push("in the kernel")
        it.transport.push("x" * 90)
        it.transport.ask_receipt()
        it.transport.push("last", receipt=True)
        it.receive(it.client.ping(b"?"))
        it.stream.unjam()
        assert it.said() == ["in the kernel", Pong(b"?"), "x" * 90, Ping(b"1"), "last", Ping(b"2")]
        it.stream.end()


async def test_a_peer_that_never_answers_costs_no_memory(scene: Any) -> None:
    it = scene()
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        for number in range(1000):
            it.transport.push(str(number), receipt=True)
        assert len(it.transport._receipts._waiting) == it.transport._receipts.KEPT
        it.receive(it.client.pong(b"1"))
        assert it.sink.receipts == []
        it.receive(it.client.pong(b"1000"))
        assert it.sink.receipts == [(1000, 0)]
        it.stream.end()


async def test_without_receipts_a_pong_is_believed_nothing(scene: Any, parser: str) -> None:
    it = scene(parser, receipts=False, ping_seconds=10)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        assert not it.transport.receipts
        it.transport.push("one", receipt=True)
        it.transport.ask_receipt()
        assert it.said() == ["one"]
        it.transport.check(100)
        it.transport.check(110)
        assert it.said() == [Ping(b"1")]
        it.receive(it.client.pong(b"1"))
        assert it.sink.receipts == []
        it.stream.end()


async def test_a_closing_connection_asks_nothing(scene: Any, parser: str) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        it.transport.push("one")
        it.transport.start_close(1012)
        it.transport.ask_receipt()
        assert [type(each).__name__ for each in it.said()] == ["str", "CloseFrame"]
        it.stream.end()
        await it.stream.wake.wait()
    it.transport.ask_receipt()
    assert it.said() == []


async def test_a_receipt_may_abort_the_connection_it_came_on(scene: Any, parser: str) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        it.transport.push("one", receipt=True)
        it.sink.receipt = lambda count: it.transport.abort()
        it.receive(it.client.pong(b"1") + it.client.message("too late"))
    assert it.sink.frames == []
    assert it.result.code == 1006


class Asking:
    """Serves a websocket that asks for a receipt after each of a few messages."""

    def __init__(self, make_sink: Any) -> None:
        self.make_sink = make_sink
        self.sink: Any = None
        self.receipts = False
        self.opened = anyio.Event()

    async def admit(self, request: HttpRequest) -> Admission | HttpResponse:
        return Admission("", self.serve)

    async def respond(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(404)

    async def serve(self, transport: Transport) -> None:
        self.sink = self.make_sink()
        self.receipts = transport.receipts
        for number in range(3):
            transport.push(str(number))
            transport.ask_receipt()
        self.opened.set()
        await transport.run(self.sink)


@pytest.mark.parametrize("receipts", [True, False])
async def test_over_real_sockets(
    start_server: Any, make_sink: Any, streams: str, parser: str, receipts: bool
) -> None:
    application = Asking(make_sink)
    async with start_server(
        application=application, receipts=receipts, streams=streams, parser=parser
    ) as running:
        async with open_websocket(running.url, streams=streams, parser=parser) as client:
            await application.opened.wait()
            assert application.receipts == receipts
            seen = make_sink()

            def answer() -> None:
                # The client's pong comes when its sink has taken everything, and behind what that sends.
                client.push(f"read {len(seen.frames)}")

            seen.on_frame = answer
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(client.run, seen)
                await application.sink.until(lambda: len(application.sink.frames) == 3)
                if receipts:
                    await application.sink.until(lambda: application.sink.receipts[-1:] == [(3, 3)])
                await client.close()
            assert seen.frames == ["0", "1", "2"]
    if not receipts:
        assert application.sink.receipts == []


async def test_a_client_s_pongs_go_behind_what_it_has_pushed(scene: Any, parser: str) -> None:
    it = scene(parser, pongs_in_line=True, outbox_bytes=100)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        it.stream.jammed = True
        it.transport.push("in the kernel")
        it.receive(it.client.message("a hook"))
        it.transport.push("its answer")
        it.receive(it.client.ping(b"1"))
        it.transport.push("later")
        it.stream.unjam()
        assert it.said() == ["in the kernel", "its answer", Pong(b"1"), "later"]
        it.stream.jammed = True
        it.transport.push("in the kernel")
        for _ in range(100):
            it.receive(it.client.ping(b"1"))
    assert it.result == Closed(1006, "outbox_bytes (100) reached", local=True)


# In memory --------------------------------------------------------------------------------------------------


async def test_in_memory_a_ping_is_answered_when_everything_before_it_was_taken(make_sink: Any) -> None:
    app, phone = memory_connection()
    at_app, at_phone = make_sink(), make_sink()
    at_phone.on_frame = lambda: phone.push("heard")
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(app.run, at_app)
        app.push("one", receipt=True)
        app.push("two")
        await anyio.wait_all_tasks_blocked()
        # Nobody reads at the other end.
        assert at_app.receipts == []
        tasks.start_soon(phone.run, at_phone)
        await anyio.wait_all_tasks_blocked()
        assert at_app.receipts == [(1, 1)]
        app.ask_receipt()
        app.ask_receipt()
        await anyio.wait_all_tasks_blocked()
        assert at_app.receipts == [(1, 1), (2, 2)]
        app.connection.cut()


async def test_in_memory_pongs_can_be_held_back_and_lost(make_sink: Any) -> None:
    app, phone = memory_connection()
    at_app, at_phone = make_sink(), make_sink()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(app.run, at_app)
        tasks.start_soon(phone.run, at_phone)
        app.connection.hold_pongs()
        app.push("one", receipt=True)
        app.push("two", receipt=True)
        await anyio.wait_all_tasks_blocked()
        assert at_phone.frames == ["one", "two"]
        assert at_app.receipts == []
        app.connection.hold_pongs(False)
        await anyio.wait_all_tasks_blocked()
        assert at_app.receipts == [(2, 0)]
        app.connection.lose_pongs()
        app.push("three", receipt=True)
        await anyio.wait_all_tasks_blocked()
        app.connection.lose_pongs(False)
        await anyio.wait_all_tasks_blocked()
        assert at_app.receipts == [(2, 0)]
        app.push("four", receipt=True)
        await anyio.wait_all_tasks_blocked()
        assert at_app.receipts == [(2, 0), (4, 0)]
        app.connection.cut()


async def test_in_memory_what_was_swallowed_is_never_proved(make_sink: Any) -> None:
    app, phone = memory_connection()
    at_app, at_phone = make_sink(), make_sink()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(app.run, at_app)
        tasks.start_soon(phone.run, at_phone)
        app.connection.lose()
        app.push("swallowed", receipt=True)
        app.connection.lose(False)
        app.push("arrives", receipt=True)
        app.ask_receipt()
        await anyio.wait_all_tasks_blocked()
        assert at_phone.frames == ["arrives"]
        assert at_app.receipts == []
        app.connection.cut()


async def test_in_memory_without_receipts(make_sink: Any) -> None:
    app, phone = memory_connection(limits=ServerLimits(), receipts=False)
    at_app, at_phone = make_sink(), make_sink()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(app.run, at_app)
        tasks.start_soon(phone.run, at_phone)
        assert not app.receipts
        app.push("one", receipt=True)
        app.ask_receipt()
        await anyio.wait_all_tasks_blocked()
        assert at_phone.frames == ["one"]
        assert at_app.receipts == []
        app.connection.cut()
