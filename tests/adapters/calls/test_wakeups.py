"""What waits for audio: a task that goes on right where it is woken, again and again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import partial

import anyio
import pytest
from anyio.lowlevel import checkpoint

from jambonz_anyio import App, AudioStream
from jambonz_anyio._call.event_loop import EventLoop, Wakeup

from .test_audio_streams import open_audio_on_a_socket

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]

in_asyncio = pytest.mark.parametrize(
    "anyio_backend",
    [("asyncio", {"use_uvloop": False}), ("asyncio", {"use_uvloop": True})],
    ids=["asyncio", "uvloop"],
)

whose: ContextVar[str] = ContextVar("whose", default="nobody's")


class Waiter:
    """A task that waits for such a wake-up, and what happened in which order."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.wakeup: Wakeup = EventLoop().new_wakeup()

    async def wait(self) -> None:
        whose.set("the task's")
        await self.wakeup
        self.steps.append(f"went on in {whose.get()} context")

    def wake(self) -> None:
        self.wakeup.wake()
        self.steps.append(f"was woken in {whose.get()} context")


async def in_a_callback(function: Callable[[], None], backend: str) -> None:
    """Call it where sockets are read: a callback of asyncio's loop, and a task of trio."""
    if backend == "trio":
        function()
    else:
        asyncio.get_running_loop().call_soon(function)
    await anyio.wait_all_tasks_blocked()


async def test_in_a_callback_of_asyncio_the_task_goes_on_at_once(anyio_backend_name: str) -> None:
    waiter = Waiter()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(waiter.wait)
        await anyio.wait_all_tasks_blocked()
        assert waiter.wakeup.waits
        await in_a_callback(waiter.wake, anyio_backend_name)
    expected = ["went on in the task's context", "was woken in nobody's context"]
    assert waiter.steps == (expected if anyio_backend_name == "asyncio" else expected[::-1])
    assert not waiter.wakeup.spent


async def test_in_another_task_it_goes_on_in_the_next_turn(anyio_backend_name: str) -> None:
    waiter = Waiter()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(waiter.wait)
        await anyio.wait_all_tasks_blocked()
        waiter.wake()
        assert not waiter.wakeup.waits
        assert waiter.wakeup.spent == (anyio_backend_name == "asyncio")
    assert waiter.steps == ["was woken in nobody's context", "went on in the task's context"]


async def test_it_is_waited_for_again_and_again(anyio_backend_name: str) -> None:
    wakeup, times = EventLoop().new_wakeup(), 0

    async def wait() -> None:
        nonlocal times
        for _ in range(100):
            await wakeup
            times += 1

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(wait)
        await anyio.wait_all_tasks_blocked()
        for number in range(100):
            await in_a_callback(wakeup.wake, anyio_backend_name)
            assert times == number + 1
    assert not wakeup.waits


async def test_who_is_cancelled_waits_no_more() -> None:
    waiter = Waiter()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(waiter.wait)
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    assert not waiter.wakeup.waits
    assert waiter.steps == []


async def test_a_scope_knows_its_own_cancellation_again() -> None:
    wakeup = EventLoop().new_wakeup()

    async def cancel(scope: anyio.CancelScope) -> None:
        await anyio.wait_all_tasks_blocked()
        scope.cancel()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(cancel, tasks.cancel_scope)
        await wakeup  # in the task that has the group, which tells by the message whose cancellation this is
    assert not wakeup.waits


async def test_a_task_that_was_let_go_can_still_be_cancelled() -> None:
    waiter = Waiter()

    async def wait() -> None:
        await waiter.wait()
        await checkpoint()
        waiter.steps.append("was not cancelled")

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(wait)
        await anyio.wait_all_tasks_blocked()
        waiter.wake()
        tasks.cancel_scope.cancel()
    assert "was not cancelled" not in waiter.steps


async def test_what_the_task_raises_is_its_own(anyio_backend_name: str) -> None:
    waiter = Waiter()

    async def fail() -> None:
        await waiter.wakeup
        raise ValueError("of the task")

    async def run() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(fail)
            await anyio.wait_all_tasks_blocked()
            with anyio.CancelScope(shield=True):
                await in_a_callback(waiter.wake, anyio_backend_name)

    with pytest.raises(ExceptionGroup) as caught:
        await run()
    assert caught.group_contains(ValueError, match="of the task")
    assert waiter.steps == ["was woken in nobody's context"]


@asynccontextmanager
async def quiet_stream() -> AsyncIterator[AudioStream]:
    """A stream whose handler does nothing."""
    app, streams, begun, done = App(), list[AudioStream](), anyio.Event(), anyio.Event()

    @app.audio("/audio")
    async def keep(stream: AudioStream) -> None:
        streams.append(stream)
        begun.set()
        await done.wait()

    async with open_audio_on_a_socket(app) as server:
        server.begin()
        await begun.wait()
        [stream] = streams
        yield stream
        done.set()
        await server.until(lambda: server.closed_as is not None)


async def test_another_task_may_read_right_after_the_first_was_cancelled(anyio_backend_name: str) -> None:
    """Before the first has gone on, and so has learned of it: the cancellation must not reach the second."""
    heard: list[tuple[str, bytes]] = []

    async def read(who: str, scope: anyio.CancelScope) -> None:
        with scope:
            heard.append((who, await anext(stream)))

    async with quiet_stream() as stream, anyio.create_task_group() as tasks:
        first, second = anyio.CancelScope(), anyio.CancelScope()
        tasks.start_soon(read, "first", first)
        await anyio.wait_all_tasks_blocked()
        first.cancel()
        tasks.start_soon(read, "second", second)
        await anyio.wait_all_tasks_blocked()
        await in_a_callback(partial(stream._frame, b"\1\0"), anyio_backend_name)
        assert heard == [("second", b"\1\0")]
        assert first.cancelled_caught
        assert not second.cancelled_caught


@in_asyncio
async def test_a_reader_that_is_cancelled_after_it_was_woken_is_the_one_that_is() -> None:
    """Where somebody else has taken its frame meanwhile, and waits for the next one."""
    heard: list[tuple[str, bytes]] = []

    async def read(scope: anyio.CancelScope) -> None:
        with scope:
            heard.append(("who was cancelled", await anext(stream)))

    async with quiet_stream() as stream, anyio.create_task_group() as tasks:
        scope = anyio.CancelScope()
        tasks.start_soon(read, scope)
        await anyio.wait_all_tasks_blocked()
        asyncio.get_running_loop().call_soon(scope.cancel)  # before the reader goes on, who
        stream._frame(b"\1\0")  # is woken by a task, and so goes on in the next turn
        heard.append(("the other", await anext(stream)))
        tasks.start_soon(in_a_callback, partial(stream._frame, b"\2\0"), "asyncio")
        heard.append(("the other", await anext(stream)))
    assert scope.cancelled_caught
    assert heard == [("the other", b"\1\0"), ("the other", b"\2\0")]


@in_asyncio
async def test_who_begins_to_wait_by_hand_and_stops_is_not_woken() -> None:
    async with quiet_stream() as stream, anyio.create_task_group() as tasks:
        tasks.start_soon(in_a_callback, partial(stream._frame, b"\1\0"), "asyncio")
        assert await anext(stream) == b"\1\0"
        begun = stream.__anext__()
        begun.send(None)
        begun.close()
        assert stream._wakeup is not None
        assert not stream._wakeup.waits  # or a frame would have the task go on that has waited before
        await in_a_callback(partial(stream._frame, b"\2\0"), "asyncio")
        assert await anext(stream) == b"\2\0"


async def test_a_handler_ends_in_the_middle_of_what_was_read_at_once() -> None:
    app, heard = App(), list[bytes]()

    @app.audio("/audio")
    async def two_frames(stream: AudioStream) -> None:
        heard.append(await anext(stream))
        heard.append(await anext(stream))

    async with open_audio_on_a_socket(app) as server:
        server.begin()
        for number in range(50):
            server.hear(bytes([number, 0]))
        await server.until(lambda: server.closed_as is not None)
        assert server.closed_as is not None
        assert server.closed_as.code == 1000
    assert heard == [b"\0\0", b"\1\0"]
