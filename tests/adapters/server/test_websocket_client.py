"""The client that the telephone of the test kit is made of."""

from __future__ import annotations

import ssl
from typing import Any

import anyio
import pytest

from jambonz_anyio._net.client import http_request, open_websocket
from jambonz_anyio._net.transport import Closed, UpgradeRefused
from jambonz_anyio.limits import ServerLimits
from jambonz_core.wire.errors import ConnectionLost, LocalProtocolError

pytestmark = pytest.mark.anyio


async def test_open_talk_close(start_server: Any, streams: str, parser: str, recording_sink: Any) -> None:
    async with start_server() as running:
        url = running.url.replace("://", "://me:p%40ss@") + "/a%20b?c=d"
        async with open_websocket(
            url, subprotocols=["x", "y"], headers={"X-Mine": "1"}, streams=streams, parser=parser
        ) as client:
            assert client.peer.subprotocol == "x"
            assert client.peer.headers["upgrade"] == "websocket"
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(client.run, recording_sink)
                client.push("hello")
                client.push(b"\1" * 200_000)
                await recording_sink.until(lambda: len(recording_sink.frames) == 2)
                await client.close(1000, "enough")
        assert recording_sink.frames == ["hello", b"\1" * 200_000]
        assert recording_sink.ends == [Closed(1000, "enough", local=True)]
        [request] = running.application.requests
        assert request.peer.credentials == ("me", "p@ss")
        assert request.peer.headers["x-mine"] == "1"
        assert request.peer.path == "/a b"
        assert running.application.results == [Closed(1000, "enough")]


async def test_leaving_the_block_closes_and_failing_in_it_cuts(start_server: Any, streams: str) -> None:
    async with start_server() as running:
        async with open_websocket(running.url, streams=streams, credentials=("me", "pass")):
            pass
        with anyio.fail_after(5):
            await running.application.finished.wait()
        running.application.finished = anyio.Event()
        with pytest.raises(ZeroDivisionError):
            async with open_websocket(running.url, streams=streams):
                _ = 1 / 0
        with anyio.fail_after(5):
            await running.application.finished.wait()
        assert [closed.code for closed in running.application.results] == [1000, 1006]
        assert running.application.requests[0].peer.credentials == ("me", "pass")
        assert running.application.requests[1].peer.credentials is None


async def test_a_refusal_carries_its_response(start_server: Any, streams: str) -> None:
    async with start_server() as running:
        with pytest.raises(UpgradeRefused, match="401") as refused:
            async with open_websocket(running.url + "/refuse", streams=streams):
                pass
        response = refused.value.response
        assert (response.status, response.body) == (401, b"who are you\n")
        assert dict(response.headers)["www-authenticate"].startswith("Basic")


async def test_plain_requests(start_server: Any, streams: str) -> None:
    async with start_server() as running:
        url = running.url.replace("ws", "http") + "/"
        answer = await http_request("POST", url, body=b"{}", streams=streams, headers={"X-Mine": "1"})
        assert (answer.status, answer.body) == (200, b"POST {}")
        assert answer.content_type == "text/plain; charset=utf-8"
        assert (await http_request("OPTIONS", url)).body == b"OPTIONS "
        assert (await http_request("HEAD", url)).body == b""
        assert running.application.requests[0].peer.headers["content-type"] == "application/json"
        assert running.application.requests[0].peer.headers["x-mine"] == "1"


async def test_over_tls(
    start_server: Any, streams: str, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    async with start_server(tls=server_tls, streams=streams) as running:
        where = f"localhost:{running.server.port}/"
        assert (await http_request("GET", f"https://{where}", tls=client_tls, streams=streams)).status == 200
        async with open_websocket(f"wss://{where}", tls=client_tls, streams=streams) as client:
            assert client.peer.secure
        with pytest.raises(ConnectionLost, match="cannot connect"):
            await http_request("GET", f"https://{where}", streams=streams)  # a CA that nobody knows


async def test_nobody_listens() -> None:
    with pytest.raises(ConnectionLost, match=r"cannot connect to 127\.0\.0\.1:1"):
        await http_request("GET", "http://127.0.0.1:1/")


@pytest.mark.parametrize("url", ["ftp://host/", "ws:///path", "host:80", ""])
async def test_urls_that_are_none(url: str) -> None:
    with pytest.raises(LocalProtocolError, match="not a ws"):
        await http_request("GET", url)


async def test_a_request_that_http_cannot_carry(start_server: Any) -> None:
    async with start_server() as running:
        with pytest.raises(LocalProtocolError, match="HTTP can carry"):
            await http_request("GET", running.url.replace("ws", "http"), headers={"X": "a\r\nb"})


ANSWERS = {
    "nothing": (b"", "closed the connection before it answered"),
    "junk": (b"\0\0\0\0\r\n\r\n", "not valid HTTP"),
    "half": (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "not valid HTTP"),
    "endless": (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 2000, r"body_bytes \(1000\)"),
}


async def answering(tasks: Any, answer: bytes) -> str:
    """A server that says that and goes; where it is."""
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")

    async def serve(stream: Any) -> None:
        async with stream:
            await stream.receive()
            if answer:
                await stream.send(answer)

    async def run() -> None:
        async with listener:
            await listener.serve(serve)

    tasks.start_soon(run)
    return f"ws://127.0.0.1:{listener.extra(anyio.abc.SocketAttribute.local_port)}/"


@pytest.mark.parametrize("case", ANSWERS)
async def test_answers_that_are_none(streams: str, case: str) -> None:
    answer, text = ANSWERS[case]
    async with anyio.create_task_group() as tasks:
        url = await answering(tasks, answer)
        with pytest.raises(ConnectionLost, match=text):
            await http_request("GET", url, streams=streams, limits=ServerLimits(body_bytes=1000))
        tasks.cancel_scope.cancel()


async def test_an_answer_that_ends_with_the_connection(streams: str) -> None:
    async with anyio.create_task_group() as tasks:
        url = await answering(tasks, b"HTTP/1.0 200 OK\r\n\r\nall of it")
        assert (await http_request("GET", url, streams=streams)).body == b"all of it"
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize(
    ("header", "text"),
    [(b"Sec-WebSocket-Accept: bm8=", "does not belong"), (b"Sec-WebSocket-Protocol: z", "does not belong")],
)
async def test_a_websocket_that_is_none(header: bytes, text: str) -> None:
    answer = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" + header
    async with anyio.create_task_group() as tasks:
        url = await answering(tasks, answer + b"\r\n\r\n")
        with pytest.raises(ConnectionLost, match=text):
            async with open_websocket(url):
                pass
        tasks.cancel_scope.cancel()


async def test_a_subprotocol_that_was_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jambonz_anyio._net.client.generate_nonce", lambda: b"dGhlIHNhbXBsZSBub25jZQ==")
    async with anyio.create_task_group() as tasks:
        url = await answering(
            tasks,
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: z\r\n\r\n",
        )
        with pytest.raises(ConnectionLost, match="not offered: 'z'"):
            async with open_websocket(url, subprotocols=["x"]):
                pass
        tasks.cancel_scope.cancel()
