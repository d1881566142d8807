"""A bad network between a server that echoes and a client, over real sockets."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call, serve
from jambonz_anyio.testing import HURRIED, Fault, FaultProxy, FaultSeen, bad_network, dial_url, random_faults
from jambonz_anyio.transport import http_request
from jambonz_core.simulator import ConnectionDropped
from jambonz_core.wire.errors import ConnectionLost

pytestmark = pytest.mark.anyio

HEAD = b"GET /x HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"
"""Of a request that the proxy takes for a websocket's; the echo takes it for anything."""


def always(*faults: Fault) -> Any:
    def plan(target: str, earlier: int) -> Sequence[Fault]:
        return faults

    return plan


@asynccontextmanager
async def echo(*faults: Fault) -> AsyncIterator[tuple[Any, FaultProxy]]:
    """A stream to a server that sends everything back, with these faults on the way."""

    async def serve_one(stream: Any) -> None:
        async with stream:
            try:
                async for data in stream:
                    await stream.send(data)
            except (anyio.BrokenResourceError, anyio.ClosedResourceError):
                pass

    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(listener.serve, serve_one)
            port = listener.extra(anyio.abc.SocketAttribute.local_port)
            async with bad_network(f"ws://127.0.0.1:{port}/x", always(*faults)) as (url, proxy):
                async with await anyio.connect_tcp("127.0.0.1", proxy.port) as stream:
                    assert url == f"ws://127.0.0.1:{proxy.port}/x"
                    yield stream, proxy
            tasks.cancel_scope.cancel()


async def rest(stream: Any) -> bytes:
    """What comes until the end; with a reset it ends in an exception."""
    data = b""
    with anyio.fail_after(5):
        while True:
            try:
                data += await stream.receive()
            except anyio.EndOfStream:
                return data


async def test_without_faults_everything_passes() -> None:
    async with echo() as (stream, proxy):
        await stream.send(HEAD)
        await stream.send(b"\x81\x02hi" * 50_000)
        with anyio.fail_after(60):
            data = b""
            while len(data) < len(HEAD) + 200_000:
                data += await stream.receive()
        assert data == HEAD + b"\x81\x02hi" * 50_000
        await stream.send_eof()
        assert await rest(stream) == b""
        assert proxy.connections == 1
        assert not proxy.counts


async def test_a_cut_closes_both_sides_behind_its_byte() -> None:
    async with echo(Fault("cut", "to_app", frame=1, byte=3)) as (stream, proxy):
        await stream.send(HEAD + b"\x81\x02hi")
        # What the echo had of it may or may not have come back; nothing behind it does, and it is no reset.
        assert (HEAD + b"\x81\x02h").startswith(await rest(stream))
        assert proxy.counts == {"cut": 1}


async def test_a_reset_is_one() -> None:
    async with echo(Fault("reset", "to_server", frame=1, byte=1)) as (stream, proxy):
        await stream.send(HEAD + b"\x81\x02hi")
        with pytest.raises(anyio.BrokenResourceError):
            await rest(stream)
        assert proxy.counts == {"reset": 1}


async def test_a_half_open_connection_takes_everything_and_gives_nothing_until_its_reset() -> None:
    async with echo(Fault("half-open", "to_app", frame=1, seconds=0.2)) as (stream, _):
        await stream.send(HEAD)
        assert await stream.receive() == HEAD
        began = anyio.current_time()
        await stream.send(b"\x81\x02hi")
        with pytest.raises(anyio.BrokenResourceError):
            await rest(stream)
        assert anyio.current_time() - began >= 0.19


async def test_a_stall_costs_time_and_no_bytes() -> None:
    async with echo(Fault("stall", "to_app", frame=1, byte=2, seconds=0.2)) as (stream, _):
        began = anyio.current_time()
        await stream.send(HEAD + b"\x81\x02hi")
        await stream.send_eof()
        assert await rest(stream) == HEAD + b"\x81\x02hi"
        assert anyio.current_time() - began >= 0.19


async def test_splitting_sends_piece_by_piece_and_coalescing_at_once() -> None:
    async with echo(
        Fault("split", "to_app", frame=0, size=7), Fault("coalesce", "to_server", frame=0, seconds=0.3)
    ) as (stream, _):
        await stream.send(HEAD + b"\x81\x02hi" * 20)
        data = b""
        with anyio.fail_after(5):
            pieces = 0
            while len(data) < len(HEAD) + 80:
                data += await stream.receive()
                pieces += 1
        assert data == HEAD + b"\x81\x02hi" * 20
        # The first read came before the fault did.
        assert pieces <= 3


async def test_an_application_that_is_not_there_is_a_reset() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        async with bad_network(f"http://127.0.0.1:{unused.getsockname()[1]}", always()) as (url, proxy):
            with pytest.raises(ConnectionLost):
                await http_request("GET", url + "/")
            assert proxy.connections == 1


async def test_connections_of_one_target_are_counted() -> None:
    asked: list[tuple[str, int]] = []
    seen: list[FaultSeen] = []

    def plan(target: str, earlier: int) -> list[Fault]:
        asked.append((target, earlier))
        return [Fault("reset", "to_server", frame=0)]

    app = App()
    async with anyio.create_task_group() as tasks:
        server = await tasks.start(partial(serve, app, port=0))
        async with bad_network(f"http://127.0.0.1:{server.port}", plan, on_fault=seen.append) as (url, proxy):
            for target in ("/a?b=c", "/a?b=c", "/d"):
                with pytest.raises(ConnectionLost):
                    await http_request("GET", url + target)
            proxy.forget("/a?b=c")
            with pytest.raises(ConnectionLost):
                await http_request("GET", url + "/a?b=c")
        tasks.cancel_scope.cancel()
    assert asked == [("/a?b=c", 0), ("/a?b=c", 1), ("/d", 0), ("/a?b=c", 0)]
    assert [(one.target, one.connection) for one in seen] == asked


async def test_what_the_block_raises_comes_out_as_it_is() -> None:
    with pytest.raises(LookupError):
        async with bad_network("ws://127.0.0.1:1/", always()):
            raise LookupError
    for url in ("wss://127.0.0.1/", "ws:///", "/"):
        with pytest.raises(ValueError, match="ws:// and http://"):
            async with bad_network(url, always()):
                pass


app = App()


@app.call("/")
async def echo_words(call: Call) -> None:
    chain = call.say(text="Hello!")
    while True:
        heard = await chain.gather(input=["speech"], timeout=10).result()
        chain = call.say(text=f"You said: {heard.transcript}")


@asynccontextmanager
async def serving() -> AsyncIterator[str]:
    async with anyio.create_task_group() as tasks:
        server = await tasks.start(partial(serve, app, port=0))
        yield f"127.0.0.1:{server.port}"
        tasks.cancel_scope.cancel()


async def test_a_call_through_a_bad_network_tells_what_went_wrong() -> None:
    def first_only(target: str, earlier: int) -> list[Fault]:
        # The third message is the hook of the gather: the connection is reset in its middle.
        return [Fault("reset", "to_app", frame=3, byte=10)] if not earlier else []

    async with serving() as address:
        async with dial_url(f"ws://{address}/", options=HURRIED, faults=first_only) as phone:
            await phone.hears("Hello!")
            await phone.says("good morning", pause=0.05)
            await phone.sees(ConnectionDropped)
            await phone.comes_back()
        assert "on the way: reset in frame 3, byte 10, to the application" in phone.transcript


async def test_lost_pongs_end_no_call() -> None:
    plan = always(Fault("lost-pongs", "to_app", frame=0), Fault("split", "to_server", size=5))
    async with serving() as address:
        async with dial_url(f"ws://{address}/", options=HURRIED, faults=plan) as phone:
            await phone.hears("Hello!")
            await phone.says("good morning", pause=0.05)
            await phone.hears("You said: good morning", timeout=10)


async def test_random_faults_can_be_dialled_through() -> None:
    plan = random_faults(3, kinds=("split", "coalesce", "delay"), chance=1)
    async with serving() as address:
        async with dial_url(f"ws://{address}/", options=HURRIED, faults=plan) as phone:
            await phone.hears("Hello!")
