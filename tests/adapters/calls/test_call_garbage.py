"""A call that has ended is freed by reference counting: the cyclic collector, which stops the loop, finds nothing."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, AudioStream, Call
from jambonz_anyio.tools import tool

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]


@pytest.fixture(autouse=True)
def no_collector() -> Iterator[None]:
    """What is freed in these tests is freed without it."""
    gc.disable()
    yield
    gc.enable()


async def talks(call: Call) -> None:
    await call.gather(input=["speech"], actionHook="/heard").send()


async def registers(call: Call) -> None:
    """Functions that know the call, and that the call knows."""

    @call.on("/heard")
    async def heard(_: Any) -> None:
        await call.say(text="Yes?").send()

    @call.on_end
    def ended(over: Call) -> None:
        assert over is call

    @tool
    def hour() -> str:
        """Tell the time, in this call."""
        return call.call_sid

    call.tools("/tool", [hour])
    await call.gather(input=["speech"], actionHook="/heard").send()


async def iterates(call: Call) -> None:
    async with call.hooks("/heard") as hooks, call.events():
        await call.gather(input=["speech"], actionHook="/heard").send()
        async for _ in hooks:
            await call.say(text="Yes?").send()


async def speaks(call: Call) -> None:
    await call.config(ttsStream={"enable": True}).send()
    async with call.speak() as speech:
        await speech.write("Hello.")
    call.start_soon(anyio.sleep_forever)


class Freed:
    """What a call consisted of, of which nothing may be left."""

    def __init__(self) -> None:
        self.parts: dict[str, weakref.ref[Any]] = {}

    def watch(self, call: Call) -> None:
        runtime = call._runtime
        assert runtime.driver._connection is not None
        for name, part in {
            "call": call,
            "runtime": runtime,
            "handlers": runtime.pool,
            "receivers": runtime.receivers,
            "connection": runtime.driver._connection._news,
            "core": runtime.driver.core,
        }.items():
            try:
                self.parts[name] = weakref.ref(part)
            except TypeError:
                continue  # it has slots alone, and goes with what has it
        self.parts["log"] = weakref.ref(runtime.log)

    def _left(self) -> list[str]:
        return [name for name, part in self.parts.items() if part() is not None]

    async def check(self) -> None:
        # The tasks of the call go behind its end, and threads that have run a function of it.
        with anyio.move_on_after(5):
            while self._left():  # noqa: ASYNC110  # what is freed tells nobody
                await anyio.sleep(0.01)
        assert not self._left(), f"left to the collector: {', '.join(self._left())}"
        assert "call" in self.parts
        assert "runtime" in self.parts


@pytest.mark.parametrize("use", [talks, registers, iterates, speaks])
async def test_nothing_of_a_call_is_left_to_the_collector(
    hosting: Any, use: Callable[[Call], Awaitable[None]]
) -> None:
    app, freed = App(), Freed()
    path = app.call("/", on_return="stay")

    @path
    async def main(call: Call) -> None:
        freed.watch(call)
        await use(call)

    @path.on("/configured")
    async def configured(call: Call, _: Any) -> None:
        """One that the path has for all of its calls."""

    async with hosting(app) as host:
        async with host.phone() as phone:
            await phone.answered()
            phone.hook("/heard", {"reason": "speechDetected"})
            await anyio.wait_all_tasks_blocked()
            await phone.hang_up()
            await phone.wait_closed()
        del phone
        with anyio.fail_after(5):
            while app.calls:
                await anyio.wait_all_tasks_blocked()
        await freed.check()


async def test_nothing_of_an_audio_stream_is_left_to_the_collector(hosting: Any) -> None:
    app, freed = App(), Freed()
    streams: list[weakref.ref[AudioStream]] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        freed.watch(call)
        await call.listen(url="/audio").send()

    @app.audio("/audio")
    async def audio(stream: AudioStream) -> None:
        streams.append(weakref.ref(stream))
        assert stream.call is not None
        async for _ in stream:
            pass

    async with hosting(app) as host:
        async with host.phone() as phone:
            await phone.answered()
            async with host.audio() as media:
                media.transport.push(b"\0" * 320)
                await anyio.wait_all_tasks_blocked()
                while not streams:
                    await anyio.wait_all_tasks_blocked()
                await media.transport.close(1000)
                await media.wait_closed()
                await anyio.wait_all_tasks_blocked()
            await phone.hang_up()
            await phone.wait_closed()
        del phone, media
        with anyio.fail_after(5):
            while app.calls:
                await anyio.wait_all_tasks_blocked()
        await freed.check()
        assert [stream() for stream in streams] == [None]
