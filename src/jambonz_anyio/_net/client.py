"""The other end: a websocket client and plain HTTP requests, on the pieces that the server is made of.

jambonz is the client of an application, so an application needs none of this. It is what the test kit's
telephone is made of, and what tests and the command line ask a running server with.
"""

from __future__ import annotations

import base64
import ssl
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from os import PathLike
from urllib.parse import unquote, urlsplit

import anyio
import h11
from anyio.abc import TaskGroup
from wsproto.utilities import generate_accept_token, generate_nonce

from jambonz_core.wire.errors import ConnectionLost, LocalProtocolError

from ..limits import ServerLimits
from .byte_streams import ByteStream, connect_socket, describe
from .parsers import frame_parser
from .server import choose_streams
from .transport import HttpResponse, Peer, UpgradeRefused
from .websocket import WebSocketTransport

_SECURE = {"ws": False, "http": False, "wss": True, "https": True}


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a URL points, and how to get there."""

    host: str
    port: int
    tls: ssl.SSLContext | None
    request_target: str
    authority: str
    credentials: tuple[str, str] | None

    @classmethod
    def of(cls, url: str, credentials: tuple[str, str] | None, tls: ssl.SSLContext | None) -> _Target:
        """Read a URL. Raises LocalProtocolError."""
        parts = urlsplit(url)
        if parts.scheme not in _SECURE or not parts.hostname:
            raise LocalProtocolError(f"not a ws, wss, http or https URL: {url!r}")
        secure = _SECURE[parts.scheme]
        if credentials is None and parts.username is not None:
            credentials = (unquote(parts.username), unquote(parts.password or ""))
        return cls(
            host=parts.hostname,
            port=parts.port or (443 if secure else 80),
            tls=(tls or ssl.create_default_context()) if secure else None,
            request_target=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
            authority=parts.netloc.rpartition("@")[2],
            credentials=credentials,
        )

    def headers(self) -> list[tuple[str, str]]:
        """What every request there carries."""
        headers = [("Host", self.authority)]
        if self.credentials is not None:
            token = base64.b64encode(":".join(self.credentials).encode()).decode()
            headers.append(("Authorization", f"Basic {token}"))
        return headers


class _Exchange:
    """One request and its response. A `ByteReceiver`."""

    def __init__(self, stream: ByteStream, limits: ServerLimits) -> None:
        self._stream = stream
        self._limits = limits
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=limits.header_bytes)
        self._head: h11.Response | h11.InformationalResponse | None = None
        self._body = bytearray()
        self._complete = False
        self._trouble = ""

    async def ask(
        self, method: str, target: str, headers: list[tuple[str, str]], body: bytes
    ) -> HttpResponse:
        """Send the request and wait for the response. Raises ConnectionLost."""
        try:
            request = h11.Request(method=method, target=target, headers=headers)
            data = self._h11.send(request) or b""
            if body:
                data += self._h11.send(h11.Data(data=body)) or b""
            data += self._h11.send(h11.EndOfMessage()) or b""
        except h11.LocalProtocolError as exc:
            raise LocalProtocolError(f"not a request that HTTP can carry: {exc}") from exc
        self._stream.write(data)
        await self._stream.pump(self)
        if self._head is None or not self._complete:
            raise ConnectionLost(self._trouble or "the server closed the connection before it answered")
        named = {name.decode("ascii"): value.decode("latin-1") for name, value in self._head.headers}
        kind = named.get("content-type", "")
        return HttpResponse(self._head.status_code, bytes(self._body), kind, tuple(named.items()))

    @property
    def early(self) -> bytes:
        """What came behind the response."""
        return self._h11.trailing_data[0]

    def received(self, data: bytes | memoryview) -> None:
        """Take bytes from the stream."""
        self._h11.receive_data(bytes(data))
        self._parse()

    def ended(self, error: str) -> None:
        """The server has said all it had; that may be what ends its response."""
        self._trouble = self._trouble or error
        if self._head is not None and not self._complete and not self._trouble:
            self._h11.receive_data(b"")
            self._parse()

    def writable(self) -> None:
        """Do nothing: an exchange never waits for room to write."""

    def _parse(self) -> None:
        try:
            while not self._complete:
                event = self._h11.next_event()
                if isinstance(event, h11.Response):
                    self._head = event
                elif isinstance(event, h11.InformationalResponse):
                    if event.status_code == 101:
                        self._head = event
                        self._complete = True
                elif isinstance(event, h11.Data):
                    self._body += event.data
                    if len(self._body) > self._limits.body_bytes:
                        self._trouble = f"the response passes body_bytes ({self._limits.body_bytes})"
                        break
                elif isinstance(event, h11.EndOfMessage):
                    self._complete = True
                else:
                    return
        except h11.RemoteProtocolError:
            self._trouble = "the server's answer is not valid HTTP"
        self._stream.stop()


@dataclass(frozen=True, slots=True)
class _Means:
    """The address, TLS and proxy by which a request travels."""

    target: _Target
    path: str | PathLike[str] | None
    streams: str
    limits: ServerLimits


async def _connect(how: _Means, tasks: TaskGroup) -> ByteStream:
    target = how.target
    sock = await connect_socket(target.host, target.port, how.path)
    try:
        return await choose_streams(how.streams).connect(sock, target.tls, target.host, tasks)
    except BaseException:
        sock.close()
        raise


@asynccontextmanager
async def _exchange(
    method: str, how: _Means, headers: list[tuple[str, str]], body: bytes = b""
) -> AsyncIterator[tuple[HttpResponse, ByteStream, bytes]]:
    """Ask, and hold the connection open: the response, the stream, and what came behind the response."""
    limits = how.limits
    failed: Exception | None = None
    async with anyio.create_task_group() as tasks:
        stream: ByteStream | None = None
        try:
            try:
                with anyio.fail_after(limits.handshake_seconds):
                    stream = await _connect(how, tasks)
                    exchange = _Exchange(stream, limits)
                    wanted = [*how.target.headers(), *headers]
                    response = await exchange.ask(method, how.target.request_target, wanted, body)
            except TimeoutError as exc:
                why = f"no answer within handshake_seconds ({limits.handshake_seconds:g})"
                raise ConnectionLost(why) from exc
            except OSError as exc:
                raise ConnectionLost(f"cannot connect to {how.target.authority}: {describe(exc)}") from exc
            yield response, stream, exchange.early
        except Exception as exc:
            # Out of the task group as it is, and not as a group of one.
            failed = exc
        finally:
            if stream is not None:
                await stream.aclose()
            tasks.cancel_scope.cancel()
    if failed is not None:
        raise failed


@asynccontextmanager
async def open_websocket(
    url: str,
    *,
    subprotocols: Iterable[str] = (),
    credentials: tuple[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    path: str | PathLike[str] | None = None,
    tls: ssl.SSLContext | None = None,
    limits: ServerLimits | None = None,
    parser: str = "auto",
    streams: str = "portable",
) -> AsyncIterator[WebSocketTransport]:
    """Open a websocket; a `Transport`, which is closed with 1000 when the block is left, or cut by an
    exception.

    `path` is a Unix socket to connect to instead of the URL's host. `transport.peer` is the server: its
    subprotocol is the one that was agreed on, its headers are those of the response. Like jambonz, it answers
    a ping when its sink has taken every message before it, and behind everything that was pushed by then.

    Raises `UpgradeRefused`, which has the response, when the server answers with anything but a websocket,
    and `ConnectionLost` when it cannot be reached or breaks off::

        async with open_websocket("ws://127.0.0.1:3000/", subprotocols=["ws.jambonz.org"]) as transport:
            transport.push('{"type": "session:new"}')
            await transport.run(sink)
    """
    how = _Means(_Target.of(url, credentials, tls), path, streams, limits or ServerLimits())
    offered = list(subprotocols)
    nonce = generate_nonce()
    wanted = [
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", nonce.decode("ascii")),
        ("Sec-WebSocket-Version", "13"),
        *([("Sec-WebSocket-Protocol", ", ".join(offered))] if offered else []),
        *(headers or {}).items(),
    ]
    async with _exchange("GET", how, wanted) as (response, stream, early):
        named = dict(response.headers)
        agreed = named.get("sec-websocket-protocol", "")
        if response.status != 101:
            raise UpgradeRefused(response)
        if named.get("sec-websocket-accept", "").encode() != generate_accept_token(nonce):
            raise ConnectionLost("the server's Sec-WebSocket-Accept does not belong to this request")
        if agreed and agreed not in offered:
            raise ConnectionLost(f"the server chose a subprotocol that was not offered: {agreed!r}")
        frames = frame_parser(parser)(client=True, message_bytes=how.limits.message_bytes)
        server = Peer(
            path="",
            headers=named,
            subprotocol=agreed,
            address=stream.address,
            secure=how.target.tls is not None,
        )
        transport = WebSocketTransport(stream, frames, server, how.limits, early, pongs_in_line=True)
        yield transport
        await transport.close()


async def http_request(
    method: str,
    url: str,
    *,
    body: bytes = b"",
    content_type: str = "application/json",
    credentials: tuple[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    path: str | PathLike[str] | None = None,
    tls: ssl.SSLContext | None = None,
    limits: ServerLimits | None = None,
    streams: str = "portable",
) -> HttpResponse:
    """Make one plain request on a connection of its own. Raises `ConnectionLost`.

    The names of the response's headers are in lower case.
    """
    how = _Means(_Target.of(url, credentials, tls), path, streams, limits or ServerLimits())
    wanted = [("Connection", "close"), *(headers or {}).items()]
    if body:
        wanted += [("Content-Type", content_type), ("Content-Length", str(len(body)))]
    async with _exchange(method, how, wanted, body) as (response, _, _):
        return response
