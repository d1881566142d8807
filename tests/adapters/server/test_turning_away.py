"""A server that is full or drains: connections of jambonz just close, and everybody else gets an answer.

jambonz gives a call up when an HTTP answer meets it as it tries to come back, and tries again when none does.
"""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from jambonz_anyio import App, Call, Server, ServerLimits
from jambonz_anyio._net.client import http_request, open_websocket
from jambonz_anyio._net.reached import TURNED_AWAY
from jambonz_anyio.testing import HURRIED, dial_url
from jambonz_core.wire.limits import AUDIO_SUBPROTOCOL, CONTROL_SUBPROTOCOL

pytestmark = pytest.mark.anyio


async def answer_to_an_upgrade(running: Any, path: str, subprotocol: str, *, drains: bool = False) -> bytes:
    """All that comes back for an upgrade request, until the connection is over.

    Whoever had connected before a drain has the first request answered. Here it was, when the drain begins.
    """
    answer = b""
    async with await anyio.connect_tcp("127.0.0.1", running.server.port) as stream:
        if drains:
            running.server.draining = False
            await stream.send(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            with anyio.fail_after(5):
                assert (await stream.receive()).startswith(b"HTTP/1.1 200 ")
            running.server.draining = True
        await stream.send(
            b"GET %b HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Protocol: %b\r\n\r\n" % (path.encode(), subprotocol.encode())
        )
        with anyio.fail_after(5):
            try:
                while not answer.endswith(b"\n") or b"\r\n\r\n" not in answer:
                    answer += await stream.receive()
            except (anyio.EndOfStream, anyio.BrokenResourceError):
                pass
    return answer


@pytest.mark.parametrize(
    ("why", "path"),
    [("draining", "/"), ("calls (1) reached", "/"), ("handshake_seconds (0.1) passed", "/hold")],
)
async def test_a_connection_of_jambonz_is_closed_without_an_answer(
    start_server: Any, streams: str, why: str, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    limits = {"handshake_seconds": 0.1} if path == "/hold" else {"calls": 1}
    async with start_server(streams=streams, limits=limits) as running, AsyncExitStack() as stack:
        if "calls" in why:
            await stack.enter_async_context(open_websocket(running.url + "/"))
        drains = why == "draining"
        with caplog.at_level(logging.WARNING):
            for _ in range(2):
                assert await answer_to_an_upgrade(running, path, CONTROL_SUBPROTOCOL, drains=drains) == b""
        lines = [
            record.getMessage() for record in caplog.records if "without an answer" in record.getMessage()
        ]
        assert lines == [
            f"{why}: a connection of jambonz is closed without an answer, so that it tries again, time 1"
        ]
        assert running.server.reached.counts[TURNED_AWAY] == 2
        # The media server never tries again, and whoever is not jambonz is told why.
        answer = await answer_to_an_upgrade(running, path, AUDIO_SUBPROTOCOL, drains=drains)
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert why.encode() in answer
        plain = await http_request("GET", running.url.replace("ws", "http") + "/")
        assert plain.status == 200
        running.server.draining = False


async def test_what_the_application_refuses_is_answered(start_server: Any) -> None:
    async with start_server() as running:
        answer = await answer_to_an_upgrade(running, "/refuse", CONTROL_SUBPROTOCOL)
        assert answer.startswith(b"HTTP/1.1 401 ")


async def test_a_call_comes_back_to_a_server_that_was_full() -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.say(text="Hello.").send()
        async for _ in call.hooks("/never"):
            pass

    async with anyio.create_task_group() as tasks:
        limits = ServerLimits(calls=1, close_seconds=0.1)
        server: Server = await tasks.start(partial(app.serve, port=0, limits=limits))
        url = f"ws://127.0.0.1:{server.port}/"
        async with dial_url(url, options=HURRIED) as phone:
            await phone.hears("Hello.")
            [call] = app.calls.values()
            phone.drops()
            with anyio.fail_after(10):
                while call.attached:
                    await anyio.lowlevel.checkpoint()
            async with open_websocket(url, subprotocols=(CONTROL_SUBPROTOCOL,)) as occupant:
                with anyio.fail_after(10):
                    while not server.reached.counts[TURNED_AWAY]:
                        await anyio.lowlevel.checkpoint()
                occupant.abort()
            await phone.comes_back()
            await call.say(text="Welcome back.").send()
            await phone.hears("Welcome back.", timeout=60)
        await server.drain(0)
