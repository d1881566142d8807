"""Clients that others wrote, against each parser and each kind of stream."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

import anyio
import pytest
import trio_websocket
import websockets
import websockets.asyncio.client
from websockets.typing import Subprotocol

from jambonz_anyio._net.transport import Closed

pytestmark = pytest.mark.anyio


class Peer(Protocol):
    """What both have in common."""

    subprotocol: str

    async def send(self, data: str | bytes) -> None: ...
    async def fragments(self, *parts: str) -> None: ...
    async def receive(self) -> str | bytes: ...
    async def ping(self) -> None: ...
    async def close(self, code: int, reason: str) -> None: ...
    async def closed(self) -> tuple[int, str]: ...


class WebsocketsPeer:
    def __init__(self, connection: websockets.asyncio.client.ClientConnection) -> None:
        self._connection = connection
        self.subprotocol = str(connection.subprotocol)

    async def send(self, data: str | bytes) -> None:
        await self._connection.send(data)

    async def fragments(self, *parts: str) -> None:
        await self._connection.send(parts)

    async def receive(self) -> str | bytes:
        return await self._connection.recv()

    async def ping(self) -> None:
        await (await self._connection.ping())

    async def close(self, code: int, reason: str) -> None:
        await self._connection.close(code, reason)

    async def closed(self) -> tuple[int, str]:
        await self._connection.wait_closed()
        return self._connection.close_code or 0, self._connection.close_reason or ""


class TrioWebsocketPeer:
    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.subprotocol = str(connection.subprotocol)

    async def send(self, data: str | bytes) -> None:
        await self._connection.send_message(data)

    async def fragments(self, *parts: str) -> None:
        await self._connection.send_message("".join(parts))  # it writes no fragments

    async def receive(self) -> str | bytes:
        message: str | bytes = await self._connection.get_message()
        return message

    async def ping(self) -> None:
        await self._connection.ping(b"alive?")

    async def close(self, code: int, reason: str) -> None:
        await self._connection.aclose(code, reason)

    async def closed(self) -> tuple[int, str]:
        with pytest.raises(trio_websocket.ConnectionClosed):
            await self._connection.get_message()
        ended = self._connection.closed
        return int(ended.code), ended.reason or ""


@pytest.fixture
def dial(anyio_backend: Any) -> Any:
    """Open a websocket with the client of the backend's world."""

    @asynccontextmanager
    async def open_one(url: str, tls: ssl.SSLContext | None = None) -> AsyncIterator[Peer]:
        offered = ["audio.drachtio.org", "ws.jambonz.org"]
        if anyio_backend[0] == "trio":
            async with trio_websocket.open_websocket_url(
                url, ssl_context=tls, subprotocols=offered
            ) as theirs:
                yield TrioWebsocketPeer(theirs)
            # It leaves its socket to the garbage collector when the server was the first to close.
            await theirs._stream.aclose()
        else:
            names = [Subprotocol(name) for name in offered]
            async with websockets.asyncio.client.connect(
                url, ssl=tls, subprotocols=names, ping_interval=None, proxy=None
            ) as connection:
                yield WebsocketsPeer(connection)

    return open_one


async def test_a_conversation(start_server: Any, dial: Any, streams: str, parser: str) -> None:
    async with start_server(streams=streams, parser=parser) as running:
        async with dial(running.url + "/a?b=c") as peer:
            assert peer.subprotocol == "audio.drachtio.org"
            for message in ("", "hé", "x" * 200_000, b"", b"\0" * 320, b"\1" * 70_000):
                await peer.send(message)
                assert await peer.receive() == message
            await peer.ping()
            await peer.fragments("in ", "several ", "pieces")
            assert await peer.receive() == "in several pieces"
            await peer.close(1000, "bye")
        with anyio.fail_after(5):
            await running.application.finished.wait()
        assert running.application.results == [Closed(1000, "bye")]
        assert running.application.requests[0].subprotocols == ("audio.drachtio.org", "ws.jambonz.org")
        assert running.application.transports[0].peer.subprotocol == "audio.drachtio.org"
        assert running.application.transports[0].peer.query == "b=c"


async def test_the_server_closes(start_server: Any, dial: Any, streams: str, parser: str) -> None:
    async with start_server(streams=streams, parser=parser) as running, dial(running.url) as peer:
        await running.application.opened.wait()
        with anyio.fail_after(5):
            await running.application.transports[0].close(1012, "elsewhere, please")
            assert await peer.closed() == (1012, "elsewhere, please")


async def test_a_message_above_the_limit(start_server: Any, dial: Any, streams: str, parser: str) -> None:
    async with start_server(streams=streams, parser=parser, limits={"message_bytes": 1000}) as running:
        async with dial(running.url) as peer:
            await peer.send("x" * 1001)
            with anyio.fail_after(5):
                assert await peer.closed() == (1009, "message_bytes (1000) passed")


async def test_over_tls(
    start_server: Any,
    dial: Any,
    streams: str,
    parser: str,
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
) -> None:
    async with start_server(streams=streams, parser=parser, tls=server_tls) as running:
        async with dial(f"wss://localhost:{running.server.port}/", client_tls) as peer:
            for message in ("secret", b"\0" * 320, b"\1" * 300_000):
                await peer.send(message)
                assert await peer.receive() == message
            assert running.application.transports[0].peer.secure
            await peer.close(1000, "")
        with anyio.fail_after(5):
            await running.application.finished.wait()
        assert running.application.results == [Closed(1000)]
