"""Virtual time stands still for a thread, also when the one who waits for it does so inside a context manager."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import anyio
import anyio.to_thread
import pytest

from jambonz_anyio import App, Call
from jambonz_anyio.testing import dial, run
from jambonz_anyio.transport import HttpRequest

pytestmark = pytest.mark.parametrize("backend", ["asyncio", "trio"])

Backend = Literal["asyncio", "trio"]


def test_a_thread_behind_an_async_context_manager(backend: Backend) -> None:
    release = threading.Event()

    @asynccontextmanager
    async def managed() -> AsyncIterator[None]:
        await anyio.to_thread.run_sync(release.wait)
        yield

    async def main() -> None:
        async with anyio.create_task_group() as tasks:

            async def later() -> None:
                await anyio.sleep(0.01)
                release.set()

            tasks.start_soon(later)
            with anyio.fail_after(3600):
                async with managed():
                    assert anyio.current_time() < 60

    run(main, backend=backend)


def test_a_plain_function_decides_about_connections(backend: Backend) -> None:
    def decide(request: HttpRequest) -> bool:
        return request.peer.path != "/closed"

    app = App(authorize=decide)

    @app.call("*")
    async def hello(call: Call) -> None:
        await call.say(text="Hello!").hangup().send()

    async def main() -> None:
        async with dial(app, "/open") as phone:
            await phone.hears("Hello!")
        async with dial(app, "/closed") as phone:
            await phone.call_ends("failed")

    run(main, backend=backend)
