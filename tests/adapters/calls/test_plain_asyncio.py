"""Serving without anyio's runner, under `asyncio.run()`, as many programs do; and on one loop after the other."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, AudioStream, Call, Chain
from jambonz_anyio._net.client import open_websocket
from jambonz_anyio._net.memory import open_memory_websocket


class Sink:
    """Collects what comes, for one task to wait for."""

    def __init__(self) -> None:
        self.frames: asyncio.Queue[Any] = asyncio.Queue()

    def frame(self, data: str | bytes) -> None:
        self.frames.put_nowait(data)

    def receipt(self, count: int) -> None: ...

    def closed(self, closed: Any) -> None: ...


@pytest.mark.parametrize("streams", ["fast", "portable"])
def test_frames_that_come_in_callbacks_of_the_loop_start_handlers(streams: str) -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        @call.on("/echo")
        async def echo(heard: Any) -> Chain[None]:
            return call.say(text=heard.digits)

        await call.gather(input=["digits"], actionHook="/echo").send()

    @app.audio("/audio")
    async def audio(stream: AudioStream) -> None:
        async for pcm in stream:
            await stream.send(pcm)

    async def program() -> None:
        from anyio import create_task_group

        async with create_task_group() as tasks:

            async def run(*, task_status: Any) -> None:
                await app.serve(port=0, streams=streams, task_status=task_status)

            server = await tasks.start(run)
            url = f"ws://127.0.0.1:{server.port}"
            sink = Sink()
            async with open_websocket(f"{url}/", subprotocols=("ws.jambonz.org",)) as transport:
                tasks.start_soon(transport.run, sink)
                for message in (
                    {"type": "session:new", "msgid": "1", "call_sid": "c", "data": {"call_sid": "c"}},
                    {
                        "type": "verb:hook",
                        "msgid": "2",
                        "hook": "/echo",
                        "data": {"reason": "dtmfDetected", "digits": "5"},
                    },
                ):
                    transport.push(json.dumps(message))
                    answer = json.loads(await asyncio.wait_for(sink.frames.get(), 5))
                    assert answer["msgid"] == message["msgid"]
                assert answer["data"] == [{"verb": "say", "text": "5"}]
                transport.abort()
            async with open_websocket(f"{url}/audio", subprotocols=("audio.drachtio.org",)) as transport:
                tasks.start_soon(transport.run, sink)
                transport.push('{"callSid": "c", "sampleRate": 8000}')
                transport.push(bytes(320))
                assert await asyncio.wait_for(sink.frames.get(), 5) == bytes(320)
                transport.abort()
            tasks.cancel_scope.cancel()

    asyncio.run(program())


def test_an_app_may_run_again_on_another_event_loop() -> None:
    app = App()
    heard: list[bytes] = []

    @app.audio("/audio")
    async def listen(stream: AudioStream) -> None:
        async for pcm in stream:
            heard.append(pcm)

    async def play() -> None:
        async with open_memory_websocket(app, "/audio", subprotocols=("audio.drachtio.org",)) as transport:
            transport.push('{"callSid": "call-1", "sampleRate": 8000, "mixType": "mono"}')
            await anyio.wait_all_tasks_blocked()
            transport.push(b"ab")
            await anyio.wait_all_tasks_blocked()
            await transport.close()
            await transport.run(Sink())

    for backend in ("asyncio", "trio", "asyncio"):
        anyio.run(play, backend=backend)
    assert heard == [b"ab"] * 3


@pytest.mark.parametrize("use_uvloop", [False, True])
def test_a_handler_that_goes_on_where_sockets_are_read_ends_the_process_as_everywhere(
    use_uvloop: bool,
) -> None:
    app = App()

    @app.audio("/audio")
    async def leave(stream: AudioStream) -> None:
        async for _ in stream:
            raise SystemExit(3)

    async def program() -> None:
        async with anyio.create_task_group() as tasks:
            server = await tasks.start(partial(app.serve, port=0))
            url = f"ws://127.0.0.1:{server.port}/audio"
            async with open_websocket(url, subprotocols=("audio.drachtio.org",)) as transport:
                tasks.start_soon(transport.run, Sink())
                transport.push('{"callSid": "c", "sampleRate": 8000}')
                await anyio.wait_all_tasks_blocked()
                transport.push(bytes(320))
                await anyio.sleep(5)

    with pytest.raises(SystemExit) as caught:
        anyio.run(program, backend_options={"use_uvloop": use_uvloop})
    assert caught.value.code == 3
