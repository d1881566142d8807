"""The transports of this package keep the rules that are published for every transport."""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any

import anyio
import pytest
from anyio.abc import SocketAttribute, TaskGroup

from jambonz_anyio import ServerLimits
from jambonz_anyio._net.asgi import AsgiApplication
from jambonz_anyio._net.frames import CloseFrame, Ping
from jambonz_anyio._net.parsers import frame_parser
from jambonz_anyio._net.server import serve
from jambonz_anyio.testing.transports import TRANSPORT_CHECKS, TransportPeer
from jambonz_anyio.transport import (
    Admission,
    Closed,
    FrameSink,
    HttpRequest,
    HttpResponse,
    MemoryTransport,
    Transport,
    memory_connection,
)

pytestmark = pytest.mark.anyio

Opened = AbstractAsyncContextManager[tuple[Transport, TransportPeer]]


class Handing:
    """An application that hands its one transport over, and serves it no further."""

    def __init__(self) -> None:
        self.transport: Transport | None = None
        self.accepted = anyio.Event()
        self.released = anyio.Event()

    async def admit(self, request: HttpRequest) -> Admission | HttpResponse:
        return Admission("", self.serve)

    async def respond(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(404)

    async def serve(self, transport: Transport) -> None:
        self.transport = transport
        self.accepted.set()
        await self.released.wait()

    async def given(self) -> Transport:
        with anyio.fail_after(5):
            await self.accepted.wait()
        assert self.transport is not None
        return self.transport


class Arrivals:
    """What came at the peer, for a test to wait for."""

    def __init__(self) -> None:
        self._arrived: deque[str | bytes | Closed] = deque()
        self._news = anyio.Event()
        self._over = False

    def frame(self, data: str | bytes | Closed) -> None:
        self._arrived.append(data)
        self._news.set()

    def receipt(self, count: int) -> None:
        raise AssertionError("nobody asked")

    def closed(self, closed: Closed) -> None:
        if not self._over:
            self._over = True
            self.frame(closed)

    async def receive(self) -> str | bytes | Closed:
        while not self._arrived:
            self._news = anyio.Event()
            await self._news.wait()
        return self._arrived.popleft()


class MemoryPeer(Arrivals):
    """The other end of a connection in memory."""

    def __init__(self, transport: Any, tasks: TaskGroup) -> None:
        super().__init__()
        self._transport = transport
        self._tasks = tasks

    async def start_reading(self) -> None:
        self._tasks.start_soon(self._transport.run, self)

    async def send(self, message: str | bytes) -> None:
        self._transport.push(message)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        self._transport.start_close(code, reason)

    async def vanish(self) -> None:
        self._transport.connection.cut(deliver=True)


@asynccontextmanager
async def in_memory(
    limits: ServerLimits, *, receipts: bool
) -> AsyncIterator[tuple[Transport, TransportPeer]]:
    app_side, peer_side = memory_connection(limits=limits, receipts=receipts)
    async with anyio.create_task_group() as tasks:
        peer = MemoryPeer(peer_side, tasks)
        yield app_side, peer
        tasks.cancel_scope.cancel()


class SocketPeer(Arrivals):
    """A client that reads only when it is told to, on a parser and a bare socket."""

    def __init__(self, stream: anyio.abc.ByteStream, parser: Any, tasks: TaskGroup) -> None:
        super().__init__()
        self._stream = stream
        self._parser = parser
        self._tasks = tasks
        self._writing = anyio.Lock()

    async def start_reading(self) -> None:
        self._tasks.start_soon(self._read)

    async def _write(self, data: bytes) -> None:
        async with self._writing:
            await self._stream.send(data)

    async def _read(self) -> None:
        try:
            while True:
                for event in self._parser.feed(await self._stream.receive()):
                    if isinstance(event, (str, bytes)):
                        self.frame(event)
                    elif isinstance(event, Ping):
                        await self._write(self._parser.pong(event.payload))
                    elif isinstance(event, CloseFrame):
                        self.closed(Closed(event.code, event.reason))
                        await self._write(self._parser.close(event.code))
        except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
            self.closed(Closed(1006))
            await anyio.aclose_forcefully(self._stream)

    async def send(self, message: str | bytes) -> None:
        await self._write(self._parser.message(message))

    async def close(self, code: int = 1000, reason: str = "") -> None:
        await self._write(self._parser.close(code, reason))

    async def vanish(self) -> None:
        await anyio.aclose_forcefully(self._stream)


@asynccontextmanager
async def on_a_socket(
    limits: ServerLimits, *, streams: str, parser: str, receipts: bool
) -> AsyncIterator[tuple[Transport, TransportPeer]]:
    application = Handing()
    settings: dict[str, Any] = {"streams": streams, "parser": parser, "receipts": receipts}
    async with anyio.create_task_group() as tasks:
        server = await tasks.start(partial(serve, application, limits=limits, port=0, **settings))
        async with await anyio.connect_tcp("127.0.0.1", server.port) as stream:
            # Or the kernel would go on taking more than anybody reads.
            stream.extra(SocketAttribute.raw_socket).setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32_768)
            await stream.send(
                b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
            )
            transport = await application.given()
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += await stream.receive(1)
            frames = frame_parser("wsproto")(client=True, message_bytes=1_000_000)
            peer = SocketPeer(stream, frames, tasks)
            yield transport, peer
            application.released.set()
            tasks.cancel_scope.cancel()


class AsgiPeer(Arrivals):
    """An ASGI host with one connection, which takes nothing until it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self._for_app: deque[dict[str, Any]] = deque([{"type": "websocket.connect"}])
        self._said = anyio.Event()
        self._taking = anyio.Event()

    async def app_receives(self) -> dict[str, Any]:
        while not self._for_app:
            self._said = anyio.Event()
            await self._said.wait()
        return self._for_app.popleft()

    async def app_sends(self, message: Any) -> None:
        if message["type"] == "websocket.accept":
            return
        await self._taking.wait()
        if message["type"] == "websocket.send":
            text = message.get("text")
            self.frame(text if text is not None else message["bytes"])
        else:
            assert message["type"] == "websocket.close"
            self.closed(Closed(message["code"], message["reason"]))

    async def start_reading(self) -> None:
        self._taking.set()

    async def send(self, message: str | bytes) -> None:
        kind = "text" if isinstance(message, str) else "bytes"
        self._say({"type": "websocket.receive", kind: message})

    async def close(self, code: int = 1000, reason: str = "") -> None:
        self._say({"type": "websocket.disconnect", "code": code, "reason": reason})

    def _say(self, message: dict[str, Any]) -> None:
        self._for_app.append(message)
        self._said.set()

    async def vanish(self) -> None:
        await self.close(1006)


@asynccontextmanager
async def under_asgi(limits: ServerLimits) -> AsyncIterator[tuple[Transport, TransportPeer]]:
    application = Handing()
    asgi = AsgiApplication(application, limits=limits)
    peer = AsgiPeer()
    scope = {"type": "websocket", "path": "/", "headers": [], "scheme": "ws", "subprotocols": []}
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(asgi, scope, peer.app_receives, peer.app_sends)
        yield await application.given(), peer
        application.released.set()
        tasks.cancel_scope.cancel()


WAYS: dict[str, Callable[[ServerLimits], Opened]] = {
    **{
        f"socket-{streams}-{parser}": partial(on_a_socket, streams=streams, parser=parser, receipts=True)
        for streams in ("portable", "fast")
        for parser in ("wsproto", "websockets")
    },
    "socket-without-receipts": partial(on_a_socket, streams="auto", parser="auto", receipts=False),
    "memory": partial(in_memory, receipts=True),
    "memory-without-receipts": partial(in_memory, receipts=False),
    "asgi": under_asgi,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("check", TRANSPORT_CHECKS, ids=lambda check: check.__name__)
async def test_every_transport_keeps_every_rule(check: Any, way: str) -> None:
    await check(WAYS[way])


# What breaks a rule is found ------------------------------------------------------------------------------


class Forgetful(MemoryTransport):
    """A transport that does not tell the sink of its end."""

    async def run(self, sink: FrameSink) -> Closed:
        class Deaf(Arrivals):
            frame = staticmethod(sink.frame)  # type: ignore[assignment]

        return await super().run(Deaf())


class Reordering(MemoryTransport):
    """A transport on which text overtakes audio."""

    def push(self, frame: str | bytes, *, receipt: bool = False) -> bool:
        room = super().push(frame, receipt=receipt)
        waiting = self._queue._frames or ()
        self._queue._frames = deque(sorted(waiting, key=lambda item: item[2]))
        return room


class Hoarding(MemoryTransport):
    """Drops no audio, and does not tell what waits."""

    def drop_audio(self) -> None:
        pass

    @property
    def backlog(self) -> int:
        return 0


class Spinning(MemoryTransport):
    """A transport that always has room."""

    async def room(self) -> None:
        pass


class Waiting(MemoryTransport):
    """Has room after a checkpoint."""

    async def room(self) -> None:
        await anyio.lowlevel.checkpoint()
        await super().room()


class Credulous(MemoryTransport):
    """Takes what it has sent for read."""

    def ask_receipt(self) -> None:
        self._closing.sink.receipt(self._pushed)


class Polite(MemoryTransport):
    """Ends everything as if all were well, and closes with whatever it is told."""

    def abort(self) -> None:
        self.start_close(1000)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        self.start_close(code, reason)


class Careless(MemoryTransport):
    """Has no limits, and takes what is no text."""

    def __init__(self, connection: Any, peer: Any, limits: ServerLimits, **more: Any) -> None:
        super().__init__(connection, peer, ServerLimits(), **more)

    def push(self, frame: str | bytes, *, receipt: bool = False) -> bool:
        return frame == "\ud800" or super().push(frame, receipt=receipt)


class Flattering(MemoryTransport):
    """Always asks for more."""

    def fits(self, size: int) -> bool:
        return True

    def push(self, frame: str | bytes, *, receipt: bool = False) -> bool:
        super().push(frame, receipt=receipt)
        return True


BREAKS: dict[type[MemoryTransport], set[str]] = {
    Forgetful: {"the_peer_closes", "the_peer_vanishes", "cancelling_run_aborts", "closing_without_running"},
    Reordering: {"what_is_pushed_arrives_in_order"},
    Hoarding: {"audio_that_waits_can_be_dropped"},
    Spinning: {
        "a_connection_that_takes_nothing_more_has_room_after_a_checkpoint",
        "room_waits_for_a_peer_that_does_not_read",
    },
    Flattering: {
        "a_connection_that_takes_nothing_more_has_room_after_a_checkpoint",
        "room_waits_for_a_peer_that_does_not_read",
        "what_fits_cuts_nothing",
    },
    Waiting: {"room_returns_at_once_while_there_is_some"},
    Credulous: {"receipts_prove_what_was_read"},
    Polite: {"aborting", "codes_that_no_close_may_carry_are_refused"},
    Careless: {
        "a_message_above_the_limit_ends_it_with_1009",
        "half_a_character_is_refused",
        "more_than_outbox_bytes_cuts_it",
    },
}


@pytest.mark.parametrize(
    ("kind", "name"),
    [(kind, name) for kind, names in BREAKS.items() for name in sorted(names)],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
async def test_a_transport_that_breaks_a_rule_is_found(
    kind: type[MemoryTransport], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jambonz_anyio._net.memory.MemoryTransport", kind)
    monkeypatch.setattr("jambonz_anyio.testing.transports.SECONDS", 0.05)
    [check] = [check for check in TRANSPORT_CHECKS if getattr(check, "__name__", "") == name]
    with pytest.raises((AssertionError, TimeoutError, BaseExceptionGroup)) as raised:
        await check(partial(in_memory, receipts=True))
    broken = raised.value
    if isinstance(broken, BaseExceptionGroup):
        assert broken.split((AssertionError, TimeoutError))[1] is None
