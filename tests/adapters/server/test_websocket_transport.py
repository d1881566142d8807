"""The rules of a websocket transport, on a byte stream that does what the test says."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from jambonz_anyio._net.closing import checked_close_code
from jambonz_anyio._net.frames import CloseFrame
from jambonz_anyio._net.parsers import frame_parser
from jambonz_anyio._net.transport import Closed
from jambonz_core.wire.errors import LocalProtocolError

pytestmark = pytest.mark.anyio


async def test_messages_both_ways(scene: Any, parser: str) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
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
        await it.start(tasks)
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
        await it.start(tasks)
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
        await it.start(tasks)
        it.receive(it.client.close(1005))
    assert it.result == Closed(1005)
    assert it.said() == [CloseFrame(1005)]


async def test_a_frame_error_after_the_handshake_closes_and_does_not_hang(scene: Any, parser: str) -> None:
    it = scene(parser)
    with anyio.fail_after(5):
        async with anyio.create_task_group() as tasks:
            await it.start(tasks)
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
        await it.start(tasks)
        it.receive(it.client.message(message))
    assert it.result == Closed(1009, "message_bytes (100) passed", local=True)
    [close] = it.said()
    assert close == CloseFrame(1009, "message_bytes (100) passed")
    assert it.sink.frames == []


async def test_a_fault_while_we_close_sends_no_second_close(scene: Any, parser: str) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        tasks.start_soon(it.transport.close, 1012)
        await anyio.wait_all_tasks_blocked()
        it.receive(b"\x83\x80\0\0\0\0")
    assert it.result == Closed(1012, "", local=True)
    assert it.said() == [CloseFrame(1012)]


async def test_we_close(scene: Any, parser: str) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
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


async def test_who_wants_to_know_may_say_something_before_the_close(scene: Any, parser: str) -> None:
    it = scene(parser)
    it.sink.closes = lambda: it.transport.push("last words")
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        for _ in range(2):
            it.transport.start_close(1012, "restart")
        assert it.said() == ["last words", CloseFrame(1012, "restart")]
        it.receive(it.client.close(1012))
    it.transport.start_close(1012)
    assert it.said() == []


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
            await it.start(tasks)
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
            await it.start(tasks)
            it.receive(it.client.close(1000))
    assert it.result == Closed(1000)
    assert it.stream.closed


async def test_cancelling_a_close_cuts(scene: Any) -> None:
    it = scene()
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        with anyio.move_on_after(0.01):
            await it.transport.close(1012)
    assert it.stream.aborted
    assert it.result == Closed(1012, "", local=True)


async def test_cancelling_run_cuts_and_tells_the_sink(scene: Any) -> None:
    it = scene()
    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as tasks:
            await it.start(tasks)
            scope.cancel()
    assert it.stream.closed
    # Where the event loop reads, what serves the connection has closed it, as a server does.
    how = Closed(1000, local=True) if it.stream.watchable else Closed(1006, "cancelled", local=True)
    assert it.sink.ends == [how]


async def test_aborting(scene: Any) -> None:
    it = scene()
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        it.transport.abort()
    assert it.result == Closed(1006, "aborted", local=True)
    assert it.stream.taken == b""
    assert it.stream.closed


async def test_what_a_frame_says_may_abort_the_connection(scene: Any, parser: str) -> None:
    it = scene(parser)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        it.sink.on_frame = it.transport.abort
        it.receive(it.client.message("one") + it.client.message("two"))
    assert it.sink.frames == ["one"]


async def test_two_readers_are_refused(scene: Any) -> None:
    it = scene()
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        with pytest.raises(LocalProtocolError, match="once"):
            await it.transport.run(it.sink)
        it.stream.end()


async def test_half_a_character_is_refused_where_it_is_pushed(scene: Any, parser: str) -> None:
    it = scene(parser)
    with pytest.raises(LocalProtocolError, match="surrogate"):
        it.transport.push("\ud800")


def test_codes_that_a_close_frame_may_carry() -> None:
    for code in (1000, 1001, 1012, 1014, 3000, 4999):
        assert checked_close_code(code) == code
    for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000):
        with pytest.raises(LocalProtocolError, match=str(code)):
            checked_close_code(code)
