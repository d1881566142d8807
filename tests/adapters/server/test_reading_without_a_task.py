"""A connection that the event loop reads, and no task: what is other than with a task. The rest has the same tests."""

from __future__ import annotations

import logging
from typing import Any

import anyio
import pytest

from jambonz_anyio._net.closing import Endings
from jambonz_anyio._net.frames import CloseFrame
from jambonz_anyio._net.large_messages import LARGE_BYTES
from jambonz_anyio._net.transport import Closed
from jambonz_anyio._net.websocket import FRAMES_PER_TURN
from jambonz_core.wire.errors import LocalProtocolError

pytestmark = pytest.mark.anyio


@pytest.fixture
def started(scene: Any) -> Any:
    """Makes a scene that is read without a task, whoever asks for the other one."""

    def make(**settings: Any) -> Any:
        it = scene(**settings)
        it.stream.watchable = True
        return it

    return make


async def test_a_stream_that_is_pumped_is_not_started(scene: Any) -> None:
    it = scene()
    it.stream.watchable = False
    async with anyio.create_task_group() as tasks:
        it.transport._endings = Endings(tasks)
        assert not it.transport.start(it.sink)
        tasks.start_soon(it.run)
        await it.stream.pumping.wait()
        assert not it.transport.start(it.sink)  # nor while a task reads
        it.stream.end()


async def test_without_a_server_it_is_not_started(started: Any) -> None:
    it = started()
    assert not it.transport.start(it.sink)
    it.transport.abort()


async def test_it_is_started_or_run_once(started: Any) -> None:
    it = started()
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        with pytest.raises(LocalProtocolError, match="has a reader already"):
            await it.transport.run(it.sink)
        it.stream.end()


async def test_one_that_is_over_says_so(started: Any) -> None:
    it = started()
    it.transport.abort()
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
    assert it.result == Closed(1006, "aborted", local=True)


async def test_the_end_is_told_in_turn_and_not_where_it_happens(started: Any) -> None:
    it = started()
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        it.stream.end("reset")
        assert it.sink.ends == []
        assert not it.transport.push("into the void")
    assert it.sink.ends == [Closed(1006, "reset")]


async def test_many_messages_at_once_are_handed_on_in_turns(started: Any) -> None:
    it = started()
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        it.receive(b"".join(it.client.message(str(number)) for number in range(3 * FRAMES_PER_TURN)))
        assert len(it.sink.frames) == FRAMES_PER_TURN
        assert it.stream.stopped
        await anyio.wait_all_tasks_blocked()
        assert it.sink.frames == [str(number) for number in range(3 * FRAMES_PER_TURN)]
        assert not it.stream.stopped
        it.receive(it.client.message("and on"))
        assert it.sink.frames[-1] == "and on"
        it.stream.end()


async def test_a_large_message_waits_for_its_turn(started: Any) -> None:
    it = started(message_bytes=2 * LARGE_BYTES)
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        it.receive(it.client.message("x" * (LARGE_BYTES + 1)) + it.client.message("behind"))
        assert it.sink.frames == []
        await anyio.wait_all_tasks_blocked()
        assert it.sink.frames[1:] == ["behind"]
        it.stream.end()


async def test_cut_between_two_turns_it_hands_on_nothing_more(started: Any) -> None:
    it = started()
    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        it.receive(b"".join(it.client.message(str(number)) for number in range(3 * FRAMES_PER_TURN)))
        it.transport.abort()
    assert len(it.sink.frames) == FRAMES_PER_TURN


async def test_a_sink_that_raises_costs_its_connection_alone(
    started: Any, caplog: pytest.LogCaptureFixture
) -> None:
    it = started()

    def fail() -> None:
        raise ValueError("sinks do not raise")

    async with anyio.create_task_group() as tasks:
        await it.start(tasks)
        it.receive(b"".join(it.client.message(str(number)) for number in range(FRAMES_PER_TURN + 1)))
        it.sink.on_frame = fail
        with caplog.at_level(logging.ERROR, "jambonz_anyio.server"):
            await it.sink.over()
    assert it.result == Closed(1006, "it could not be read", local=True)
    assert "a connection failed" in caplog.text


async def test_an_end_that_cannot_be_told_leaves_nothing_behind(
    started: Any, caplog: pytest.LogCaptureFixture
) -> None:
    it = started()

    def fail(closed: Closed) -> None:
        raise ValueError("sinks do not raise")

    it.sink.closed = fail
    async with anyio.create_task_group() as tasks:
        it.transport._endings = Endings(tasks)
        assert it.transport.start(it.sink)
        it.stream.end()
        await it.transport.close()
    assert it.stream.aborted
    assert "the end of a connection could not be told" in caplog.text


async def test_closed_while_the_peer_lingers(started: Any) -> None:
    it = started(close_seconds=0.01)
    it.stream.peer_lingers = True
    async with anyio.create_task_group() as tasks:
        it.transport._endings = Endings(tasks)
        assert it.transport.start(it.sink)
        it.receive(it.client.close(1000))
        await it.transport.close(1001)  # returns when nothing is left of it
        assert it.stream.aborted
    assert it.sink.ends == [Closed(1000)]
    assert it.said() == [CloseFrame(1000)]


async def test_cancelled_while_the_peer_lingers(started: Any) -> None:
    it = started()
    it.stream.peer_lingers = True
    async with anyio.create_task_group() as tasks:
        it.transport._endings = Endings(tasks)
        assert it.transport.start(it.sink)
        it.receive(it.client.close(1000))
        with anyio.move_on_after(0.01) as patience:
            await it.transport.close(1001)
        assert patience.cancelled_caught
        assert it.stream.aborted
        tasks.cancel_scope.cancel()
    assert it.sink.ends == [Closed(1000)]


async def test_cancelled_between_two_turns_it_is_cut(started: Any) -> None:
    it = started()
    async with anyio.create_task_group() as tasks:
        it.transport._endings = Endings(tasks)
        assert it.transport.start(it.sink)
        it.receive(b"".join(it.client.message(str(number)) for number in range(3 * FRAMES_PER_TURN)))
        tasks.cancel_scope.cancel()
    assert it.stream.aborted
    assert it.transport._closing.outcome == Closed(1006, "cancelled", local=True)
