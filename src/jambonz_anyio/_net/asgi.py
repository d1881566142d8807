"""An application under an ASGI server: uvicorn, `hypercorn -k trio`, or mounted inside FastAPI or Starlette.

`App` is an ASGI application by itself, through this. The host owns the sockets here, and with them some of
the limits: the handshake's time, the size of headers and of single messages on the wire, pings, keep-alive
and shutdown are the host's to set. What still holds of `ServerLimits`: `calls`, `requests`, `body_bytes`,
`bodies_bytes`, `message_bytes`, `outbox_bytes`, `outbox_frames`, `high_water_bytes`, `write_seconds`,
`close_seconds`, and `handshake_seconds` for the application's decision.

Four things that ASGI cannot do. It cannot close a connection without an answer, after which jambonz would go
on trying to bring its call back. It sends no pings for an application, so there are no receipts. It cannot
cut a connection: `abort()` closes with 1012 instead, which has the same effect on jambonz. And a refused
websocket has its status and body only where the host supports the extension `websocket.http.response`;
elsewhere every refusal is a bare 403.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import replace
from typing import Any, TypeAlias

import anyio
from anyio.abc import TaskGroup
from anyio.lowlevel import checkpoint

from jambonz_core.wire.errors import LocalProtocolError
from jambonz_core.wire.limits import CONTROL_SUBPROTOCOL

from ..limits import ServerLimits
from .closing import (
    ABNORMAL,
    GOING_AWAY,
    INTERNAL_ERROR,
    SERVICE_RESTART,
    TOO_BIG,
    Closing,
    ConnectionInput,
    ConnectionState,
    checked_close_code,
)
from .frame_queue import FrameQueue
from .frames import NO_STATUS, payload_size
from .http import peer_of, refusal
from .large_messages import LARGE_BYTES, turn_for_large_message
from .reached import LimitsReached
from .shared_bytes import SharedBytes
from .transport import (
    Admission,
    Application,
    Closed,
    FrameSink,
    HttpRequest,
    HttpResponse,
    Peer,
    detached_calls,
)
from .websocket import FRAMES_PER_TURN

logger = logging.getLogger("jambonz_anyio.server")

Message: TypeAlias = MutableMapping[str, Any]
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]


def route_path(scope: Scope) -> str:
    """The path below where the application is mounted.

    >>> route_path({"path": "/voice/calls", "root_path": "/voice"})
    '/calls'
    """
    path: str = scope["path"]
    root: str = scope.get("root_path", "").rstrip("/")
    if root and (path == root or path.startswith(root + "/")):
        path = path[len(root) :]
    return path or "/"


def peer_of_scope(scope: Scope) -> Peer:
    """What an ASGI host tells of the other end."""
    client = scope.get("client")
    headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]]
    return replace(
        peer_of("/", headers, f"{client[0]}:{client[1]}" if client else ""),
        # The host has split and decoded the request's target.
        path=route_path(scope),
        query=scope.get("query_string", b"").decode("latin-1"),
        secure=scope.get("scheme") in {"https", "wss"},
    )


class AsgiTransport:
    """A `Transport` on a websocket that an ASGI host has accepted."""

    receipts = False
    """An application of an ASGI host can send no ping."""

    def __init__(
        self, receive: Receive, send: Send, peer: Peer, limits: ServerLimits, tasks: TaskGroup
    ) -> None:
        self._receive = receive
        self._send = send
        self._peer = peer
        self._limits = limits
        self._tasks = tasks
        self._queue: FrameQueue[Message] = FrameQueue(limits)
        self._in_hand = 0
        self._writing = False
        self._reading: anyio.CancelScope | None = None
        self._closing = Closing()

    @property
    def peer(self) -> Peer:
        """What is known of the other end."""
        return self._peer

    @property
    def backlog(self) -> int:
        """Bytes pushed and not yet taken by the host."""
        return self._queue.size + self._in_hand

    def fits(self, size: int) -> bool:
        """Whether a message of so many bytes could be pushed now without cutting the connection."""
        return self._closing.state is not ConnectionState.OPEN or self._queue.fits(size)

    async def run(self, sink: FrameSink) -> Closed:
        """Take messages from the host until the connection is over, handing every one to `sink`."""
        self._closing.claim(sink)
        taken = 0
        try:
            with anyio.CancelScope() as self._reading:
                while self._closing.outcome is None:
                    await self._take()
                    taken += 1
                    if not taken % FRAMES_PER_TURN:
                        # A host that has many messages at hand gives them without a pause.
                        await checkpoint()
            await self._closing.tell_in_turn()
        finally:
            self._cut("cancelled")
            self._closing.tell()
        return await self._closing.wait()

    async def _take(self) -> None:
        try:
            message = await self._receive()
        except Exception as exc:
            # A host may raise what it likes when its connection broke.
            logger.debug("the ASGI host failed to receive: %s", type(exc).__name__)
            self._end(ConnectionInput.LOST, Closed(ABNORMAL, "the host lost the connection"))
            return
        if message["type"] == "websocket.disconnect":
            code = message.get("code") or NO_STATUS
            # No client restarts a service: that is the host, which goes down and has told the client so. It
            # waits for what it runs, and a call that waited for its connection to come back would hold it up.
            closed = Closed(code, message.get("reason") or "", local=code == SERVICE_RESTART)
            self._end(ConnectionInput.CLOSED, closed)
        elif message["type"] == "websocket.receive" and self._closing.outcome is None:
            text = message.get("text")
            data: str | bytes = text if text is not None else bytes(message["bytes"])
            if payload_size(data) > self._limits.message_bytes:
                self.start_close(TOO_BIG, f"message_bytes ({self._limits.message_bytes}) passed")
            elif len(data) > LARGE_BYTES:
                async with turn_for_large_message():
                    self._closing.sink.frame(data)
            else:
                self._closing.sink.frame(data)

    def push(self, frame: str | bytes, *, receipt: bool = False) -> bool:
        """Send a message as soon as the host takes it."""
        try:
            size = payload_size(frame)
        except UnicodeEncodeError as exc:
            raise LocalProtocolError("text with a lone surrogate cannot travel as UTF-8") from exc
        message: Message = {"type": "websocket.send", "text" if isinstance(frame, str) else "bytes": frame}
        if self._closing.state is not ConnectionState.OPEN:
            return False
        if not self._queue.add(message, size, audio=not isinstance(frame, str)):
            self._cut(self._queue.full)
            return False
        self._wake()
        return self._queue.size < self._limits.high_water_bytes

    def ask_receipt(self) -> None:
        """Nothing: there are no receipts here."""

    def drop_audio(self) -> None:
        """Forget the audio that the host has not taken yet."""
        self._queue.drop_audio()

    async def room(self) -> None:
        """Wait until little waits for the host, or the connection is over."""
        await self._queue.room()

    def abort(self) -> None:
        """End the connection at once: as nearly as ASGI can."""
        self._cut("aborted")

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close politely, within `close_seconds`."""
        checked_close_code(code)
        self.start_close(code, reason)
        try:
            with anyio.move_on_after(self._limits.close_seconds):
                await self._closing.wait()
        finally:
            self._end(ConnectionInput.CUT, Closed(ABNORMAL, "close_seconds passed", local=True))

    def start_close(self, code: int, reason: str = "") -> None:
        """Queue the close behind the text that waits. The first one counts."""
        if self._closing.begin(code, reason):
            self._queue.shut()
            self._queue.drop_audio()
            self._queue.add({"type": "websocket.close", "code": code, "reason": reason}, 0)
            self._wake()

    def _wake(self) -> None:
        if not self._writing:
            self._writing = True
            self._tasks.start_soon(self._write_out, name="jambonz writer")

    async def _write_out(self) -> None:
        """Hand messages to the host, one after the other, while there are some."""
        limits = self._limits
        try:
            while self._queue:
                before = self._queue.size
                message = self._queue.take()
                self._in_hand = before - self._queue.size
                sent = False
                with anyio.move_on_after(limits.write_seconds):
                    await self._send(message)
                    sent = True
                if not sent:
                    # The host may have sent part of it: nothing can follow.
                    why = f"took nothing for write_seconds ({limits.write_seconds:g})"
                    self._end(ConnectionInput.CUT, Closed(ABNORMAL, why, local=True))
                elif message["type"] == "websocket.close":
                    self._end(ConnectionInput.CLOSED, Closed(message["code"], message["reason"], local=True))
        except Exception as exc:
            logger.debug("the ASGI host failed to send: %s", type(exc).__name__)
            self._end(ConnectionInput.LOST, Closed(ABNORMAL, "the host lost the connection"))
        finally:
            self._in_hand = 0
            self._writing = False

    def _cut(self, why: str) -> None:
        if self._end(ConnectionInput.CUT, Closed(ABNORMAL, why, local=True)):
            # The session is told that it is over; the host is asked to make it true.
            self._queue.add({"type": "websocket.close", "code": SERVICE_RESTART, "reason": ""}, 0)
            self._wake()

    def _end(self, what: ConnectionInput, closed: Closed) -> bool:
        """Take note that the connection is over, for this reason unless it was over before."""
        if not self._closing.end(what, closed):
            return False
        self._queue.clear()
        if self._reading is not None:
            self._reading.cancel()
        return True


class AsgiApplication:
    """Makes an ASGI 3 application of an `Application`.

    `running` is entered at the host's lifespan startup and left at its shutdown. A host that mounts this
    below a path of its own runs no lifespan for it.
    """

    def __init__(
        self,
        application: Application,
        *,
        running: Callable[[], AbstractAsyncContextManager[Any]] | None = None,
        limits: ServerLimits | None = None,
    ) -> None:
        self._application = application
        self._running = running
        self._limits = limits or ServerLimits()
        self._calls = 0
        self._requests = 0
        self._bodies = SharedBytes(self._limits.bodies_bytes)
        self._reached = LimitsReached()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, request or lifespan."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        else:
            raise LocalProtocolError(f"ASGI scope of an unknown type: {scope['type']!r}")

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        started = False
        try:
            async with AsyncExitStack() as stack:
                if self._running is not None:
                    await stack.enter_async_context(self._running())
                await send({"type": "lifespan.startup.complete"})
                started = True
                await receive()
        except Exception as exc:
            logger.exception("the application failed to %s", "stop" if started else "start")
            step = "shutdown" if started else "startup"
            await send({"type": f"lifespan.{step}.failed", "message": type(exc).__name__})
        else:
            await send({"type": "lifespan.shutdown.complete"})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        limits, body = self._limits, bytearray()
        try:
            more = True
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return
                piece = message.get("body", b"")
                more = message.get("more_body", False)
                if len(body) + len(piece) > limits.body_bytes:
                    await _respond(send, refusal(413, f"body_bytes ({limits.body_bytes}) passed"), "http")
                    return
                if not self._bodies.take(len(piece)):
                    self._reached.tell("bodies_bytes", limits.bodies_bytes)
                    why = f"bodies_bytes ({limits.bodies_bytes}) reached"
                    await _respond(send, refusal(503, why, ("Retry-After", "1")), "http")
                    return
                body += piece
            response = await self._answer(HttpRequest(scope["method"], peer_of_scope(scope), bytes(body)))
        finally:
            self._bodies.give_back(len(body))
        # For HEAD, hosts leave the body out by themselves.
        await _respond(send, response, "http")

    async def _answer(self, request: HttpRequest) -> HttpResponse:
        limits = self._limits
        if self._requests >= limits.requests:
            self._reached.tell("requests", limits.requests)
            return refusal(503, f"requests ({limits.requests}) reached", ("Retry-After", "1"))
        self._requests += 1
        try:
            return await self._application.respond(request)
        except Exception:
            logger.exception("the application failed to respond to %s", request.method)
            return refusal(500, "the application failed")
        finally:
            self._requests -= 1

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (await receive())["type"] != "websocket.connect":
            return
        request = HttpRequest(
            "GET", peer_of_scope(scope), subprotocols=tuple(scope.get("subprotocols") or ())
        )
        calls = self._limits.calls
        if self._calls + detached_calls(self._application) >= calls:
            # Places of detached calls are left, for connections of calls, which may be theirs.
            if self._calls >= calls or CONTROL_SUBPROTOCOL not in request.subprotocols:
                self._reached.tell("calls", calls)
                await _deny(scope, send, refusal(503, f"calls ({calls}) reached", ("Retry-After", "1")))
                return
            request = replace(request, peer=replace(request.peer, at_limit=True))
        self._calls += 1
        try:
            decision = await self._decide(request)
            if isinstance(decision, HttpResponse):
                await _deny(scope, send, decision)
                return
            await send({"type": "websocket.accept", "subprotocol": decision.subprotocol or None})
            peer = decision.peer_of(request)
            async with anyio.create_task_group() as tasks:
                await self._serve(decision, AsgiTransport(receive, send, peer, self._limits, tasks))
                tasks.cancel_scope.cancel()
        finally:
            self._calls -= 1

    async def _decide(self, request: HttpRequest) -> Admission | HttpResponse:
        limits = self._limits
        try:
            with anyio.move_on_after(limits.handshake_seconds):
                return await self._application.admit(request)
        except Exception:
            logger.exception("the application failed to admit a websocket")
            return refusal(500, "the application failed")
        return refusal(503, f"handshake_seconds ({limits.handshake_seconds:g}) passed")

    async def _serve(self, admission: Admission, transport: AsgiTransport) -> None:
        code = SERVICE_RESTART
        try:
            await admission.serve(transport)
            code = GOING_AWAY
        except Exception:
            logger.exception("the application failed to serve a websocket")
            code = INTERNAL_ERROR
        finally:
            await transport.close(code)


async def _respond(send: Send, response: HttpResponse, kind: str) -> None:
    headers: list[tuple[bytes, bytes]] = []
    if response.status not in {204, 304}:
        headers.append((b"content-type", response.content_type.encode("latin-1")))
        headers.append((b"content-length", str(len(response.body)).encode()))
    headers += [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    await send({"type": f"{kind}.response.start", "status": response.status, "headers": headers})
    await send({"type": f"{kind}.response.body", "body": response.body})


async def _deny(scope: Scope, send: Send, response: HttpResponse) -> None:
    """Refuse a websocket, with as much as the host can tell."""
    if "websocket.http.response" in (scope.get("extensions") or {}):
        await _respond(send, response, "websocket.http")
    else:
        await send({"type": "websocket.close"})
