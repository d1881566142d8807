"""The seam between moving bytes and talking jambonz.

A transport is one accepted websocket. A session above it cannot tell a socket server, an ASGI host and a
pair in memory apart, and a transport knows nothing of calls. Frames come in through a *sink* rather than a
queue that somebody polls: whoever reads the socket (a task, or the event loop's own callback) calls
`sink.frame()` synchronously, so that a frame costs no task switch before the protocol core has seen it. The
rules:

1. `sink.frame()`, `sink.receipt()` and `sink.closed()` never block and never raise, and they always run in
   the event loop's thread. They may wake tasks, but run application code for audio alone: the function of
   `on_audio()`, and on asyncio and uvloop the task that waits for a frame, up to where it waits again. So
   anything may have been done with the transport when `sink.frame()` returns.
2. `sink.closed()` is called exactly once, last, before `run()` or, after `start()`, `close()` returns or
   raises.
3. `push()` is synchronous: it never blocks and never cuts a frame. What does not fit the socket at once waits
   in a bounded queue, in the order in which it was pushed; nothing but pongs overtakes it. Pushing on a
   closed transport does nothing: the session learns of it through `closed()`. Passing the bound
   (`ServerLimits.outbox_bytes`) cuts the connection. `push()` raises only for text that is not valid Unicode.
4. Only the transport writes to the socket. A write that could not be finished poisons the connection.
5. Cancelling `run()` aborts the connection, and so does cancelling `close()`.
6. `close()` sends what was pushed before it, but does not wait for audio: binary frames that still wait are
   dropped. It may be called before, during or after `run()`.
7. A server that drains closes what is left with 1012, so `run()` returns `Closed(1012, local=True)`. What
   serves the connection then has `ServerLimits.close_seconds` to return before it is cancelled.
8. A receipt is the proof that the peer has read. A websocket peer answers a ping when it has handed on every
   frame before it, so a ping goes behind what was pushed, and `sink.receipt(n)` says that the first `n`
   frames were read. Receipts and the pings that keep a connection alive share one counter: a pong proves
   everything before its ping, so a peer may answer only the latest; a pong that answers no ping proves only
   that the peer lives. Where nobody asks, nothing is sent and nothing is kept.
9. What serves a connection should end it. If it returns with the connection open, the server closes with
   1001, and with 1011 if it raises; never with 1000, after which jambonz would not come back.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from jambonz_core.wire.errors import JambonzError


@dataclass(frozen=True, slots=True)
class Closed:
    """How a connection ended."""

    code: int
    """The close code, or 1006 when the connection ended without one."""
    reason: str = ""
    local: bool = False
    """True when this side closed or aborted it."""


@dataclass(frozen=True, slots=True)
class Peer:
    """What is known of the other end of a connection before the first frame."""

    path: str
    """The path of the upgrade request, percent-decoded, without the query."""
    query: str = field(default="", repr=False)
    """The query of the upgrade request; it may hold a token, so no repr shows it."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Request headers, names in lower case."""
    subprotocol: str = ""
    address: str = ""
    """`host:port` of the client, or empty for a Unix socket or memory."""
    credentials: tuple[str, str] | None = field(default=None, repr=False)
    """User name and password of HTTP Basic authentication, when given."""
    secure: bool = False
    at_limit: bool = False
    """Whether the server is full, and has let this one in because it may be that of a detached call."""
    authorized: Hashable = field(default=None, repr=False)
    """What the application's `authorize` returned, where that says whose connection it is."""

    @property
    def identity(self) -> Hashable:
        """Whose connection it is, as far as that is proved; None for one that anybody could have opened.

        Only connections of one identity can have to do with each other.
        """
        if self.authorized is not None:
            return "authorized", self.authorized
        return None if self.credentials is None else ("credentials", *self.credentials)


class FrameSink(Protocol):
    """Whoever wants the frames of a transport.

    One that has a method `asked()` is told before a ping of the peer is answered: the pong says that what
    came before it was handed on. Simulated servers do then what they had put off. One that has a method
    `closes()` is told before this side closes the connection, and may still push something.
    """

    def frame(self, data: str | bytes) -> None:
        """Take one complete message."""

    def receipt(self, count: int) -> None:
        """Learn that the peer has read the first `count` frames that were pushed on this transport.

        It comes in order with the frames: what the peer sent before its pong was handed over before.
        """

    def closed(self, closed: Closed) -> None:
        """Learn that nothing more will come."""


class Transport(Protocol):
    """One websocket connection, already accepted.

    One that has a method `start(sink)` can be read without a task, where the event loop itself calls back:
    that begins to read and returns True, or returns False where it cannot be, and then `run()` is called.
    What was started ends by `close()`, which returns when nothing is left of the connection.
    """

    @property
    def peer(self) -> Peer:
        """What is known of the other end."""
        ...

    async def run(self, sink: FrameSink) -> Closed:
        """Read until the connection is over, handing every message to `sink`. May be called once.

        Where the event loop calls back, the task that is in here sleeps. Let it be the one with the deep
        stack, and have what is woken for every frame begin in a task of its own: each waking passes through
        all the coroutines between a task's root and where it waits.
        """
        ...

    @property
    def receipts(self) -> bool:
        """Whether this transport can prove that its peer has read: whether `ask_receipt()` does anything."""
        ...

    def push(self, frame: str | bytes, *, receipt: bool = False) -> bool:
        """Send a message, now or as soon as the socket takes it.

        With `receipt`, `ask_receipt()` is done as well, in the same write. False: `room()` is to be awaited
        before more is sent, because too much waits already, or because the connection is closing or over.
        """
        ...

    def ask_receipt(self) -> None:
        """Have the peer prove that it has read everything that was pushed so far; see `FrameSink.receipt()`.

        A ping follows what was pushed, unless one that nothing has been pushed behind is still to be
        answered: its pong proves as much. Nothing happens on a transport without receipts, or when the
        connection is closing.
        """

    def drop_audio(self) -> None:
        """Forget the binary messages that wait to be sent: what follows says that nobody is to hear them.

        For receipts they count as pushed and, once what follows them was read, as read.
        """

    @property
    def backlog(self) -> int:
        """Bytes pushed and not yet taken by the socket."""
        ...

    def fits(self, size: int) -> bool:
        """Whether a message of so many bytes could be pushed now without cutting the connection.

        On one that is closing or over there is nothing to cut: what is pushed there is forgotten.
        """
        ...

    async def room(self) -> None:
        """Wait until less than `high_water_bytes` wait to be sent, or the connection is closing or over.

        With room on a connection that stands, it returns at once, without a checkpoint: a loop that sends
        pays nothing for it. On one that is closing or over it returns after a checkpoint, always: a loop that
        goes on sending there lets others run, and can be cancelled.
        """

    def abort(self) -> None:
        """Cut the connection without a close frame."""

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close politely, within the transport's own time limit; never raises for a dead connection."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One HTTP request, with its body when it has one. An upgrade request has none."""

    method: str
    peer: Peer
    body: bytes = field(default=b"", repr=False)
    subprotocols: tuple[str, ...] = ()
    """The subprotocols that the client offers, in order; empty for a plain request."""


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """The answer to a plain request, or to an upgrade that is refused."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


class UpgradeRefused(JambonzError):
    """The other side answered an upgrade request with something else than a websocket. Only clients see
    it."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__(f"the upgrade was refused with status {response.status}")
        self.response = response


class AcceptedCall(Protocol):
    """What runs a websocket once it was accepted."""

    async def __call__(self, transport: Transport) -> None:
        """Serve the connection until it is over."""


@dataclass(frozen=True, slots=True)
class Admission:
    """The decision to accept an upgrade: with which subprotocol, and what serves it then."""

    subprotocol: str
    serve: AcceptedCall
    peer: Peer | None = None
    """What the application knows of the other end, where that is not what the request said."""

    def peer_of(self, request: HttpRequest) -> Peer:
        """What the transport of an accepted request is to know of the other end."""
        return replace(self.peer or request.peer, subprotocol=self.subprotocol)


class Application(Protocol):
    """What a server must know of an application. `App` is one; a server never imports it.

    One that keeps calls without a connection has a number `detached` of them; see `detached_calls`.
    """

    async def admit(self, request: HttpRequest) -> Admission | HttpResponse:
        """Decide on an upgrade request, before anything was accepted."""
        ...

    async def respond(self, request: HttpRequest) -> HttpResponse:
        """Answer a plain HTTP request."""
        ...


def detached_calls(application: Application) -> int:
    """How many calls of an application wait for their connection to come back. They count as calls."""
    detached: int = getattr(application, "detached", 0)
    return detached
