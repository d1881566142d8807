"""A future that has its task go on right where it is set, which is what waits for audio."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import ContextVar

import anyio
import pytest
from anyio.lowlevel import checkpoint

from jambonz_anyio import App, AudioStream
from jambonz_anyio._call.event_loop import EventLoop, Future

from .test_audio_streams import open_audio_on_a_socket

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]

whose: ContextVar[str] = ContextVar("whose", default="nobody's")


class Waiter:
    """A task that waits for such a future, and what happened in which order."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.future: Future = EventLoop().new_direct_future()

    async def wait(self) -> None:
        whose.set("the task's")
        await self.future
        self.steps.append(f"went on in {whose.get()} context")

    def set(self) -> None:
        self.future.set_result(None)
        self.steps.append(f"was set in {whose.get()} context")


async def in_a_callback(function: Callable[[], None], backend: str) -> None:
    """Call it where sockets are read: a callback of asyncio's loop, and a task of trio."""
    if backend == "trio":
        function()
    else:
        asyncio.get_running_loop().call_soon(function)
    await anyio.wait_all_tasks_blocked()


def at_once(backend: str) -> bool:
    """Whether this is asyncio's own loop: a turn of uvloop's costs too little to be saved."""
    return backend == "asyncio" and isinstance(asyncio.get_running_loop(), asyncio.BaseEventLoop)


async def test_in_a_callback_of_asyncio_the_task_goes_on_at_once(anyio_backend_name: str) -> None:
    waiter = Waiter()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(waiter.wait)
        await anyio.wait_all_tasks_blocked()
        assert not waiter.future.done()
        await in_a_callback(waiter.set, anyio_backend_name)
    expected = ["went on in the task's context", "was set in nobody's context"]
    assert waiter.steps == (expected if at_once(anyio_backend_name) else expected[::-1])


async def test_in_another_task_it_goes_on_in_the_next_turn() -> None:
    waiter = Waiter()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(waiter.wait)
        await anyio.wait_all_tasks_blocked()
        waiter.set()
        assert waiter.future.done()
    assert waiter.steps == ["was set in nobody's context", "went on in the task's context"]


async def test_who_is_cancelled_waits_no_more(anyio_backend_name: str) -> None:
    waiter = Waiter()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(waiter.wait)
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    assert waiter.future.done()
    assert waiter.steps == []


async def test_a_scope_knows_its_own_cancellation_again() -> None:
    future: Future = EventLoop().new_direct_future()

    async def cancel(scope: anyio.CancelScope) -> None:
        await anyio.wait_all_tasks_blocked()
        scope.cancel()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(cancel, tasks.cancel_scope)
        await future  # in the task that has the group, which tells by the message whose cancellation this is
    assert future.done()


async def test_a_task_that_was_let_go_can_still_be_cancelled() -> None:
    waiter = Waiter()

    async def wait() -> None:
        await waiter.wait()
        await checkpoint()
        waiter.steps.append("was not cancelled")

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(wait)
        await anyio.wait_all_tasks_blocked()
        waiter.set()
        tasks.cancel_scope.cancel()
    assert "was not cancelled" not in waiter.steps


async def test_what_the_task_raises_is_its_own(anyio_backend_name: str) -> None:
    waiter = Waiter()

    async def fail() -> None:
        await waiter.future
        raise ValueError("of the task")

    async def run() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(fail)
            await anyio.wait_all_tasks_blocked()
            with anyio.CancelScope(shield=True):
                await in_a_callback(waiter.set, anyio_backend_name)

    with pytest.raises(ExceptionGroup) as caught:
        await run()
    assert caught.group_contains(ValueError, match="of the task")
    assert waiter.steps == ["was set in nobody's context"]


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
