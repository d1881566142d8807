"""Plain HTTP and refused upgrades: every bound with its name, and a clear status before the upgrade."""

from __future__ import annotations

import base64
from typing import Any

import anyio
import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_anyio._net.http import basic_credentials, split_target

pytestmark = pytest.mark.anyio

UPGRADE = (
    b"GET /x HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
)
KEY = b"dGhlIHNhbXBsZSBub25jZQ=="


class Client:
    """A connection that says what it is told to, byte for byte."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.h11 = h11.Connection(h11.CLIENT)
        self.ended = False

    async def send(self, data: bytes) -> None:
        await self.stream.send(data)

    async def response(self, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
        """Read the next response."""
        if self.h11.our_state is h11.DONE and self.h11.their_state is h11.DONE:
            self.h11.start_next_cycle()
        self.h11.send(h11.Request(method=method, target="/", headers=[("Host", "h")]))
        self.h11.send(h11.EndOfMessage())
        head: Any = None
        body = b""
        with anyio.fail_after(5):
            while True:
                event = self.h11.next_event()
                if event is h11.NEED_DATA:
                    self.h11.receive_data(await self.read())
                elif isinstance(event, h11.Response):
                    head = event
                elif isinstance(event, h11.Data):
                    body += event.data
                elif isinstance(event, h11.EndOfMessage):
                    return head.status_code, {n.decode(): v.decode() for n, v in head.headers}, body

    async def read(self) -> bytes:
        try:
            return bytes(await self.stream.receive())
        except anyio.EndOfStream:
            self.ended = True
            return b""

    async def is_closed(self) -> bool:
        """Wait until the server has closed."""
        with anyio.fail_after(5):
            while not self.ended:
                assert await self.read() == b""
        return True


@pytest.fixture
def client(start_server: Any) -> Any:
    """Runs a test's steps on one connection to a server with these limits."""

    async def play(steps: Any, streams: str = "fast", **settings: Any) -> Any:
        async with start_server(streams=streams, **settings) as running:
            async with await anyio.connect_tcp("127.0.0.1", running.server.port) as stream:
                await steps(Client(stream), running)
        return running

    return play


async def test_a_request_and_its_answer(client: Any, streams: str) -> None:
    async def steps(it: Client, running: Any) -> None:
        await it.send(
            b"POST /hook?x=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nX-Odd: a\r\nX-Odd: b\r\n\r\nhello"
        )
        status, headers, body = await it.response()
        assert (status, body) == (200, b"POST hello")
        assert headers["content-length"] == "10"
        assert "date" in headers
        [request] = running.application.requests
        assert request.body == b"hello"
        assert request.peer.path == "/hook"
        assert request.peer.query == "x=1"
        assert request.peer.headers["x-odd"] == "a, b"
        assert request.peer.address.startswith("127.0.0.1:")
        assert request.peer.credentials is None
        assert not request.peer.secure
        assert request.subprotocols == ()

    await client(steps, streams)


async def test_byte_by_byte(client: Any, streams: str) -> None:
    async def steps(it: Client, running: Any) -> None:
        for byte in b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n":
            await it.send(bytes([byte]))
        assert (await it.response())[2] == b"POST hi"

    await client(steps, streams)


async def test_several_requests_on_a_connection_one_behind_the_other(client: Any, streams: str) -> None:
    async def steps(it: Client, running: Any) -> None:
        one = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n"
        await it.send(one + b"1" + one + b"2" + one + b"3")
        for expected in (b"POST 1", b"POST 2", b"POST 3"):
            assert (await it.response())[2] == expected
        await it.send(one + b"4")
        assert (await it.response())[2] == b"POST 4"

    await client(steps, streams)


async def test_a_client_that_wants_to_close_is_closed(client: Any, streams: str) -> None:
    async def steps(it: Client, running: Any) -> None:
        await it.send(b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        assert (await it.response())[0] == 200
        assert await it.is_closed()

    await client(steps, streams)


async def test_a_client_that_only_listens_on_gets_its_answer(client: Any, streams: str) -> None:
    """It has ended its side of the connection behind the request."""

    async def steps(it: Client, running: Any) -> None:
        await it.send(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi")
        await it.stream.send_eof()
        assert (await it.response())[2] == b"POST hi"
        assert await it.is_closed()

    await client(steps, streams)


async def test_head_and_no_content_have_no_body(client: Any) -> None:
    async def steps(it: Client, running: Any) -> None:
        await it.send(b"HEAD / HTTP/1.1\r\nHost: h\r\n\r\n")
        status, headers, body = await it.response("HEAD")
        assert (status, headers["content-length"], body) == (200, "5", b"")
        await it.send(b"GET /nothing HTTP/1.1\r\nHost: h\r\n\r\n")
        status, headers, body = await it.response()
        assert (status, body) == (204, b"")
        assert "content-length" not in headers

    await client(steps)


async def test_a_client_that_asks_whether_to_send_its_body(client: Any) -> None:
    async def steps(it: Client, running: Any) -> None:
        await it.send(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        assert (await it.read()).startswith(b"HTTP/1.1 100 ")
        await it.send(b"hi")
        assert (await it.response())[2] == b"POST hi"

    await client(steps)


async def test_a_body_that_is_announced_too_large_is_not_even_asked_for(client: Any) -> None:
    async def steps(it: Client, running: Any) -> None:
        await it.send(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\nExpect: 100-continue\r\n\r\n")
        status, headers, body = await it.response()
        assert (status, headers["connection"]) == (413, "close")
        assert b"body_bytes (100)" in body
        assert await it.is_closed()

    await client(steps, limits={"body_bytes": 100})


REFUSED = {
    "large body in chunks": (
        b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n96\r\n"
        + b"x" * 150
        + b"\r\n0\r\n\r\n",
        413,
        b"body_bytes (100)",
    ),
    "large header at once": (
        b"GET / HTTP/1.1\r\nHost: h\r\nX-Large: " + b"x" * 1000 + b"\r\n\r\n",
        431,
        b"header_bytes (500)",
    ),
    "endless header": (b"GET / HTTP/1.1\r\nHost: h\r\nX-Endless: " + b"x" * 5000, 431, b"header_bytes (500)"),
    "endless request line": (b"GET /" + b"x" * 5000, 431, b"header_bytes (500)"),
    "no HTTP at all": (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400, b"not a valid HTTP request"),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400, b"not a valid HTTP request"),
    "two lengths": (
        b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        400,
        b"not a valid HTTP request",
    ),
    "an encoding that nobody knows": (
        b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n",
        501,
        b"not a valid HTTP request",
    ),
    "a proxy's request": (b"CONNECT elsewhere:443 HTTP/1.1\r\nHost: h\r\n\r\n", 405, b"not a proxy"),
    "another websocket version": (
        UPGRADE.replace(b"Version: 13", b"Version: 8") + b"\r\n",
        426,
        b"only websocket version 13",
    ),
    "no websocket version": (
        UPGRADE.replace(b"Sec-WebSocket-Version: 13\r\n", b"") + b"\r\n",
        400,
        b"Sec-WebSocket-Version",
    ),
    "no key": (UPGRADE.replace(b"Sec-WebSocket-Key", b"X-Key") + b"\r\n", 400, b"Sec-WebSocket-Key"),
    "an empty key": (UPGRADE.replace(KEY, b"") + b"\r\n", 400, b"Sec-WebSocket-Key"),
    "a key that is no base64": (UPGRADE.replace(KEY, b"dGhlIHNhbXBsZSBub25jZ!==") + b"\r\n", 400, b"base64"),
    "a key that is too short": (UPGRADE.replace(KEY, b"dGhlIHNhbXBsZSBub25j") + b"\r\n", 400, b"16 bytes"),
    "a key that is too long": (UPGRADE.replace(KEY, KEY[:-2] + b"ZZZZ") + b"\r\n", 400, b"16 bytes"),
    "two keys": (UPGRADE + b"Sec-WebSocket-Key: " + KEY + b"\r\n\r\n", 400, b"said once"),
    "two versions": (UPGRADE + b"Sec-WebSocket-Version: 13\r\n\r\n", 400, b"said once"),
    "a length and an encoding": (
        b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
        b"never both",
    ),
    "an encoding in HTTP/1.0": (
        b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
        b"never both",
    ),
    "upgrade without Connection": (
        UPGRADE.replace(b"Connection: Upgrade", b"Connection: keep-alive") + b"\r\n",
        400,
        b"Connection",
    ),
    "upgrade by POST": (
        UPGRADE.replace(b"GET", b"POST") + b"Content-Length: 0\r\n\r\n",
        400,
        b"a websocket begins with GET",
    ),
    "upgrade with a body": (UPGRADE + b"Content-Length: 2\r\n\r\nhi", 400, b"an upgrade request has no body"),
    "upgrade with an odd host": (
        UPGRADE.replace(b"Host: h", b"Host: xn--\xff") + b"\r\n",
        400,
        b"",
    ),
    "upgrade with an odd subprotocol": (
        UPGRADE + b"Sec-WebSocket-Protocol: \xe9\r\n\r\n",
        400,
        b"not a valid upgrade request",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_refused_before_anybody_looks(client: Any, streams: str, case: str) -> None:
    wire, expected, text = REFUSED[case]

    async def steps(it: Client, running: Any) -> None:
        await it.send(wire)
        status, headers, body = await it.response()
        assert status == expected
        assert text in body
        assert headers["content-type"].startswith("text/plain")
        if status == 426:
            assert headers["sec-websocket-version"] == "13"
        assert await it.is_closed()
        assert running.application.requests == []

    await client(steps, streams, limits={"body_bytes": 100, "header_bytes": 500})


async def test_http_1_0_knows_no_upgrade(client: Any, streams: str) -> None:
    """The wish is ignored, and the request is one like any other."""

    async def steps(it: Client, running: Any) -> None:
        await it.send(UPGRADE.replace(b"HTTP/1.1", b"HTTP/1.0") + b"\r\n")
        assert (await it.response())[::2] == (200, b"GET ")
        assert await it.is_closed()
        assert running.application.transports == []
        assert running.application.requests[0].subprotocols == ()

    await client(steps, streams)


@pytest.mark.parametrize(
    "headers",
    [
        b"Upgrade: WebSocket\r\nConnection: keep-alive, upgrade\r\n",
        b"Upgrade: h2c, websocket\r\nConnection: Upgrade\r\nConnection: keep-alive\r\n",
        b"Upgrade: h2c\r\nUpgrade: websocket\r\nConnection: keep-alive\r\nConnection: Upgrade\r\n",
    ],
)
async def test_lists_in_headers_may_be_written_in_any_way(client: Any, headers: bytes) -> None:
    async def steps(it: Client, running: Any) -> None:
        await it.send(UPGRADE.replace(b"Upgrade: websocket\r\nConnection: Upgrade\r\n", headers) + b"\r\n")
        assert (await it.read()).startswith(b"HTTP/1.1 101 ")

    await client(steps)


async def test_what_the_application_refuses_keeps_the_connection(client: Any) -> None:
    async def steps(it: Client, running: Any) -> None:
        await it.send(UPGRADE.replace(b"/x", b"/refuse") + b"\r\n")
        status, headers, body = await it.response()
        assert (status, body) == (401, b"who are you\n")
        assert headers["www-authenticate"].startswith("Basic")
        await it.send(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        assert (await it.response())[0] == 200

    await client(steps)


@pytest.mark.parametrize("path", ["/fail", "/unoffered"])
async def test_an_application_that_fails_to_admit_is_an_error_of_its_own(
    client: Any, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def steps(it: Client, running: Any) -> None:
        await it.send(UPGRADE.replace(b"/x", path.encode()) + b"Sec-WebSocket-Protocol: a\r\n\r\n")
        assert (await it.response())[0] == 500
        assert running.server.calls == 0
        assert running.server.ready

    await client(steps)
    assert "failed to admit" in caplog.text


async def test_an_application_that_fails_to_respond(client: Any, caplog: pytest.LogCaptureFixture) -> None:
    async def steps(it: Client, running: Any) -> None:
        await it.send(b"GET /fail?token=secret HTTP/1.1\r\nHost: h\r\n\r\n")
        assert (await it.response())[0] == 500
        await it.send(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        assert (await it.response())[0] == 200

    await client(steps)
    assert "failed to respond to GET" in caplog.text
    assert "secret" not in caplog.text


async def test_a_response_that_http_cannot_carry(client: Any, caplog: pytest.LogCaptureFixture) -> None:
    async def steps(it: Client, running: Any) -> None:
        await it.send(b"GET /unsendable HTTP/1.1\r\nHost: h\r\n\r\n")
        assert await it.is_closed()

    await client(steps)
    assert "response cannot be sent" in caplog.text


async def test_frames_behind_the_upgrade_request_are_not_lost(client: Any, streams: str, parser: str) -> None:
    async def steps(it: Client, running: Any) -> None:
        await it.send(UPGRADE + b"\r\n" + b"\x81\x82\0\0\0\0hi")
        with anyio.fail_after(5):
            answer = b""
            while not answer.endswith(b"\r\n\r\n\x81\x02hi"):
                answer += await it.read()
        assert answer.startswith(b"HTTP/1.1 101 ")
        assert b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in answer

    await client(steps, streams, parser=parser)


async def test_a_client_that_leaves_in_the_middle_is_forgotten(client: Any, streams: str) -> None:
    async def steps(it: Client, running: Any) -> None:
        await it.send(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf")
        await it.stream.send_eof()
        assert await it.is_closed()
        assert running.application.requests == []

    await client(steps, streams)


@pytest.mark.parametrize(
    ("path", "status"), [("/health", 200), ("/ready", 200), ("/live", 200), ("/traffic", 200), ("/none", 200)]
)
async def test_health_and_readiness(client: Any, path: str, status: int) -> None:
    mine = {"health_path": "/live", "readiness_path": "/traffic"} if path in {"/live", "/traffic"} else {}

    async def steps(it: Client, running: Any) -> None:
        await it.send(b"GET %s HTTP/1.1\r\nHost: h\r\n\r\n" % path.encode())
        assert (await it.response())[0] == status
        asked = [request.peer.path for request in running.application.requests]
        assert asked == ([path] if path == "/none" else [])

    await client(steps, **mine)


async def test_probes_can_be_left_to_the_application(client: Any) -> None:
    async def steps(it: Client, running: Any) -> None:
        for path in (b"/health", b"/ready"):
            await it.send(b"GET " + path + b" HTTP/1.1\r\nHost: h\r\n\r\n")
            assert (await it.response())[2] == b"GET "

    await client(steps, health_path=None, readiness_path=None)


# Reading what a request says --------------------------------------------------------------------------------


@given(user=st.text().filter(lambda name: ":" not in name), password=st.text())
def test_basic_credentials_are_read_as_they_were_written(user: str, password: str) -> None:
    token = base64.b64encode(f"{user}:{password}".encode(errors="surrogatepass")).decode()
    try:
        f"{user}{password}".encode()
    except UnicodeEncodeError:
        assert basic_credentials(f"Basic {token}") is None
    else:
        assert basic_credentials(f"Basic {token}") == (user, password)
        assert basic_credentials(f"bAsIc  {token} ") == (user, password)


@pytest.mark.parametrize(
    "header",
    ["", "Basic", "Basic !!!", "Bearer abc", "Basic " + base64.b64encode(b"no colon").decode(), "Basic é"],
)
def test_other_credentials_are_none(header: str) -> None:
    assert basic_credentials(header) is None


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/", "/", ""),
        ("/a%20b%2Fc?x=%20&y", "/a b/c", "x=%20&y"),
        ("/a?b?c", "/a", "b?c"),
        ("http://host:80/a?b", "/a", "b"),
        ("http://host", "/", ""),
        ("*", "*", ""),
        ("/%ff", "/�", ""),
        ("//double", "//double", ""),
    ],
)
def test_targets(target: str, path: str, query: str) -> None:
    assert split_target(target) == (path, query)
