"""Cancellation: peers that hang in the middle of each step, then the state is asserted."""

from __future__ import annotations

import ssl
from typing import Any

import anyio
import pytest

from jambonz_anyio._net.client import http_request, open_websocket
from jambonz_anyio._net.transport import Closed
from jambonz_anyio.limits import ServerLimits
from jambonz_core.wire.errors import ConnectionLost

pytestmark = pytest.mark.anyio


async def until_idle(running: Any) -> None:
    """The server has given back what its connections had."""
    with anyio.fail_after(5):
        while running.server._serving or running.server.calls or running.server._handshakes:
            await anyio.wait_all_tasks_blocked()
    assert running.server._admitting == running.server._answering == 0


# The server's side, with a peer that hangs ------------------------------------------------------------------


@pytest.mark.parametrize("step", ["nothing", "half a header", "half a body", "admit", "respond"])
async def test_cancelled_in_the_handshake(start_server: Any, streams: str, step: str) -> None:
    said = {
        "nothing": b"",
        "half a header": b"GET / HTTP/1.1\r\nHo",
        "half a body": b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf",
        "admit": b"GET /hold HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
        "respond": b"GET /hold HTTP/1.1\r\nHost: h\r\n\r\n",
    }
    async with start_server(streams=streams) as running:
        async with await anyio.connect_tcp("127.0.0.1", running.server.port) as stream:
            if said[step]:
                await stream.send(said[step])
            if step in {"admit", "respond"}:
                await running.application.holding.wait()
            else:
                with anyio.fail_after(5):
                    while not running.server._handshakes:
                        await anyio.wait_all_tasks_blocked()
            running.tasks.cancel_scope.cancel()
            with anyio.CancelScope(shield=True), anyio.fail_after(5):
                with pytest.raises((anyio.EndOfStream, anyio.BrokenResourceError)):
                    await stream.receive()
                await until_idle(running)


async def test_cancelled_while_it_reads(start_server: Any, streams: str, parser: str) -> None:
    async with start_server(streams=streams, parser=parser) as running:
        async with open_websocket(running.url + "/") as client:
            client.push("hello")
            await running.application.opened.wait()
            running.tasks.cancel_scope.cancel()
            with anyio.CancelScope(shield=True):
                await until_idle(running)
            assert running.application.sinks[0].ends == [Closed(1006, "cancelled", local=True)]
            client.abort()


async def test_cancelled_in_the_middle_of_a_frame_that_goes_out(
    start_server: Any, streams: str, recording_sink: Any
) -> None:
    """The peer takes nothing: part of the frame is gone, the rest never follows, and nothing else does."""
    async with start_server(streams=streams) as running:
        async with open_websocket(running.url + "/") as client:
            await running.application.opened.wait()
            transport = running.application.transports[0]
            for _ in range(30):
                transport.push(b"x" * 100_000)
            assert transport.backlog > 0
            await anyio.wait_all_tasks_blocked()
            running.tasks.cancel_scope.cancel()
            with anyio.CancelScope(shield=True):
                await until_idle(running)
                transport.push("to nobody")
                assert transport.backlog == 0
                assert (await client.run(recording_sink)).code == 1006
            assert len(recording_sink.frames) < 30
            assert all(frame == b"x" * 100_000 for frame in recording_sink.frames)


@pytest.mark.parametrize("who", ["run", "close"])
async def test_cancelled_while_it_closes(start_server: Any, streams: str, who: str) -> None:
    """The peer has our close frame and does not answer."""
    async with start_server(streams=streams, limits={"close_seconds": 60}) as running:
        async with open_websocket(running.url + "/") as client:
            await running.application.opened.wait()
            await anyio.wait_all_tasks_blocked()
            transport = running.application.transports[0]
            if who == "close":
                with anyio.move_on_after(0.05):
                    await transport.close(1012)
            else:
                transport.start_close(1012)
                await anyio.wait_all_tasks_blocked()
                running.tasks.cancel_scope.cancel()
            with anyio.CancelScope(shield=True), anyio.fail_after(5):
                await running.application.finished.wait()
                await until_idle(running)
            assert running.application.sinks[0].ends == [Closed(1012, "", local=True)]
            client.abort()


async def test_a_peer_that_does_not_go_after_the_close(start_server: Any, streams: str) -> None:
    """It has sent its close and been sent ours, and keeps the connection open."""
    async with start_server(streams=streams, limits={"close_seconds": 0.1}) as running:
        async with await anyio.connect_tcp("127.0.0.1", running.server.port) as stream:
            await stream.send(
                b"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
                b"\x88\x82\0\0\0\0\x03\xe8"
            )
            with anyio.fail_after(5):
                await running.application.finished.wait()
                await until_idle(running)
        assert running.application.results == [Closed(1000)]


async def test_nobody_reads_and_the_call_is_cancelled(start_server: Any, streams: str) -> None:
    async with start_server(streams=streams) as running:
        async with open_websocket(running.url + "/unread") as client:
            await running.application.opened.wait()
            running.tasks.cancel_scope.cancel()
            with anyio.CancelScope(shield=True):
                await until_idle(running)
            client.abort()


@pytest.mark.parametrize("streams", ["portable", "fast"])
async def test_a_tls_handshake_that_never_comes(
    start_server: Any, streams: str, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    async with start_server(streams=streams, tls=server_tls, limits={"handshake_seconds": 0.3}) as running:
        async with await anyio.connect_tcp("127.0.0.1", running.server.port) as stream:
            await stream.send(b"\x16\x03")
            # Meanwhile others are served.
            url = f"https://localhost:{running.server.port}/"
            assert (await http_request("GET", url, tls=client_tls)).status == 200
            with anyio.fail_after(5), pytest.raises((anyio.EndOfStream, anyio.BrokenResourceError)):
                await stream.receive()
            await until_idle(running)


async def test_a_tls_handshake_that_is_none(
    start_server: Any, streams: str, server_tls: ssl.SSLContext
) -> None:
    async with start_server(streams=streams, tls=server_tls) as running:
        async with await anyio.connect_tcp("127.0.0.1", running.server.port) as stream:
            await stream.send(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            with anyio.fail_after(5):
                try:
                    while True:
                        await stream.receive()
                except (anyio.EndOfStream, anyio.BrokenResourceError):
                    pass
            await until_idle(running)


# The client's side, with a server that hangs ----------------------------------------------------------------


async def silent_server(tasks: Any, answer: bytes = b"") -> int:
    """A server that says that, whatever it is asked, and nothing more."""
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")

    async def serve(stream: Any) -> None:
        async with stream:
            await stream.receive()
            if answer:
                await stream.send(answer)
            try:
                while True:
                    await stream.receive()
            except (anyio.EndOfStream, anyio.BrokenResourceError):
                pass

    async def run() -> None:
        async with listener:
            await listener.serve(serve)

    tasks.start_soon(run)
    return int(listener.extra(anyio.abc.SocketAttribute.local_port))


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 101 Switch", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"]
)
async def test_a_server_that_never_answers(streams: str, answer: bytes) -> None:
    async with anyio.create_task_group() as tasks:
        port = await silent_server(tasks, answer)
        limits = ServerLimits(handshake_seconds=0.1)
        with pytest.raises(ConnectionLost, match=r"handshake_seconds \(0.1\)"):
            async with open_websocket(f"ws://127.0.0.1:{port}/", limits=limits, streams=streams):
                pass
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 101 Switch"])
async def test_a_client_cancelled_in_its_handshake(streams: str, answer: bytes) -> None:
    async with anyio.create_task_group() as tasks:
        port = await silent_server(tasks, answer)
        with anyio.move_on_after(0.1) as scope:
            async with open_websocket(f"ws://127.0.0.1:{port}/", streams=streams):
                pass
        assert scope.cancelled_caught
        tasks.cancel_scope.cancel()


async def test_a_client_cancelled_while_it_is_open(start_server: Any, streams: str) -> None:
    async with start_server(streams=streams) as running:
        with anyio.move_on_after(0.1) as scope:
            async with open_websocket(running.url + "/", streams=streams) as client:
                client.push("hello")
                await anyio.sleep_forever()
        assert scope.cancelled_caught
        with anyio.fail_after(5):
            await running.application.finished.wait()
        assert running.application.results[0].code == 1006
