"""One accepted socket, from its first byte to its last: HTTP requests, and perhaps one websocket.

Everything up to the websocket has a deadline, and nothing that goes wrong here reaches another connection:
whatever an application raises is logged and answered, and ends where it began.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

import anyio
from anyio.abc import TaskGroup
from anyio.lowlevel import checkpoint

from jambonz_core.wire.limits import CONTROL_SUBPROTOCOL

from ..limits import ServerLimits
from .byte_streams import ByteStream, Incoming, describe
from .closing import GOING_AWAY, INTERNAL_ERROR, SERVICE_RESTART, Endings
from .frames import ParserFactory
from .http import HttpConnection, HttpFault, Upgrade, refusal
from .reached import LimitsReached
from .shared_bytes import SharedBytes
from .transport import AcceptedCall, Admission, Application, HttpRequest, HttpResponse
from .websocket import WebSocketTransport

logger = logging.getLogger("jambonz_anyio.server")


class ServerState(Protocol):
    """What the connections of a server share: its limits, and how much of them is taken."""

    _limits: ServerLimits
    _parser: ParserFactory
    _application: Application
    _secure: bool
    _receipts: bool
    draining: bool
    _closing: bool
    """Whether what is still open is being closed."""
    _bodies: SharedBytes
    """What the bodies of plain requests hold together."""
    reached: LimitsReached
    _endings: Endings
    """The websockets that are over and have not told."""

    def _begin_handshake(self, connection: Connection) -> None:
        """Count a connection that reads a request; one too many pushes out the oldest."""

    def _end_handshake(self, connection: Connection) -> None:
        """Stop counting a connection that has its request, or has given up."""

    def _begin_request(self) -> bool:
        """Take a place for a plain request. False: too many are being answered."""
        ...

    def _end_request(self) -> None:
        """Give the place of a plain request back."""

    @property
    def _full(self) -> bool:
        """Whether no place is free that no detached call may come back to."""
        ...

    def _begin_call(self, *, control: bool) -> bool:
        """Take a place for a websocket that is about to be admitted. False: too many are open."""
        ...

    def _refused_call(self) -> None:
        """Give the place of a websocket back that was not admitted."""

    def _opened_call(self, transport: WebSocketTransport) -> None:
        """Keep an admitted websocket until its `when_over`, and close it when the server drains."""

    def _left(self) -> None:
        """Take note that a connection is over."""

    def _probe(self, request: HttpRequest) -> HttpResponse | None:
        """The answer to a request for health or readiness, if it is one."""


class Connection:
    """Serves one accepted socket."""

    __slots__ = (
        "_admitted",
        "_answered",
        "_finishing",
        "_given_up",
        "_incoming",
        "_own",
        "_scope",
        "_server",
        "_tasks",
    )

    def __init__(self, incoming: Incoming, server: ServerState, tasks: TaskGroup, *, own: bool) -> None:
        self._incoming = incoming
        self._admitted: AcceptedCall | None = None
        """What is to serve the websocket that was opened, until it does."""
        self._server = server
        self._tasks = tasks
        self._scope: anyio.CancelScope | None = None
        self._given_up = False
        self._answered = False
        """Whether a request of this connection was answered."""
        self._own = own
        """Whether it came to this process on purpose: its streams have to, even while the server drains."""
        self._finishing = False
        """Whether the last answer was given, and the peer is to take it."""

    def drain(self) -> None:
        """Read no more requests, but the first one: who has just connected would be cut off for nothing.

        The last answer may still be taken, within its time.
        """
        if self._answered and not self._finishing:
            self.give_up()

    def give_up(self) -> None:
        """Stop reading a request, or waiting for the peer, and close."""
        self._given_up = True
        if self._scope is not None:
            self._scope.cancel()

    async def serve(self) -> None:
        """Until the connection is over. Raises nothing but cancellation.

        This is the root of the task that calls run in: whatever wakes them passes through here, so it is kept
        flat.
        """
        stream: ByteStream | None = None
        try:
            with self._deadline(self._server._limits.handshake_seconds):
                stream = await self._incoming.open(self._tasks)
            if stream is None:
                return
            transport = await self._until_upgrade(stream)
            if transport is not None:
                code = SERVICE_RESTART
                try:
                    await self._serving()(transport)
                    code = GOING_AWAY
                except Exception:
                    logger.exception("the application failed to serve a websocket")
                    code = INTERNAL_ERROR
                finally:
                    # Cancelled, this sends the close frame if the socket takes it at once, and cuts.
                    await transport.close(code)
        except OSError as exc:
            logger.debug("handshake failed: %s", describe(exc))
        except Exception:
            logger.exception("a connection failed")
        finally:
            try:
                await (self._incoming if stream is None else stream).aclose()
            finally:
                self._server._left()

    async def _until_upgrade(self, stream: ByteStream) -> WebSocketTransport | None:
        """Answer plain requests until one of them opens a websocket, or there are no more."""
        limits = self._server._limits
        http = HttpConnection(stream, limits, self._server._bodies, secure=self._server._secure)
        try:
            return await self._answer_until_upgrade(http, stream)
        finally:
            http.forget_body()

    async def _answer_until_upgrade(
        self, http: HttpConnection, stream: ByteStream
    ) -> WebSocketTransport | None:
        limits = self._server._limits
        patience = limits.handshake_seconds
        while True:
            last = False
            try:
                with self._deadline(patience) as scope:
                    request = await http.next_request()
                if scope.cancelled_caught:
                    if self._given_up or not http.begun:
                        return None
                    last = True
                    response = refusal(408, "handshake_seconds passed before the request was complete")
                elif request is None:
                    # It may have ended only its own side, and still wait for the last answer.
                    break
                elif isinstance(request, Upgrade):
                    opened = await self._upgrade(request, stream)
                    if not isinstance(opened, HttpResponse):
                        return opened
                    if opened.status == 503 and CONTROL_SUBPROTOCOL in request.request.subprotocols:
                        # An HTTP answer, whatever it says, makes jambonz give up a call that it tries to
                        # bring back. After a connection that just closes it tries again.
                        self._server.reached.turned_away(opened)
                        return None
                    response = opened
                else:
                    response = await self._respond(request)
            except HttpFault as fault:
                response, last = fault.response, True
                if response.status == 503:
                    self._server.reached.tell("bodies_bytes", limits.bodies_bytes)
            try:
                more = http.answer(response, close=last or self._server.draining)
            except ValueError:
                logger.exception("an application's response cannot be sent")
                return None
            if not more:
                break
            self._answered = True
            patience = limits.keep_alive_seconds
            # A hundred requests in one packet hold up nobody, and their answers do not pile up. All of the
            # waiting is inside: a drain that began anywhere else would not find this connection.
            with self._deadline(patience) as scope:
                await checkpoint()
                await http.room()
            if scope.cancelled_caught:
                return None
        http.forget_body()
        self._finishing = True
        with self._deadline(limits.close_seconds):
            await stream.finish()
        return None

    async def _respond(self, request: HttpRequest) -> HttpResponse:
        server = self._server
        probe = server._probe(request)
        if probe is not None:
            return probe
        if not server._begin_request():
            server.reached.tell("requests", server._limits.requests)
            return refusal(503, f"requests ({server._limits.requests}) reached", ("Retry-After", "1"))
        try:
            return await server._application.respond(request)
        except Exception:
            logger.exception("the application failed to respond to %s", request.method)
            return refusal(500, "the application failed")
        finally:
            server._end_request()

    async def _upgrade(self, upgrade: Upgrade, stream: ByteStream) -> WebSocketTransport | HttpResponse:
        server = self._server
        request = upgrade.request
        control = CONTROL_SUBPROTOCOL in request.subprotocols
        if server._closing or (server.draining and (self._answered or (self._own and control))):
            return refusal(503, "draining", ("Retry-After", "1"))
        if server._full:
            request = replace(request, peer=replace(request.peer, at_limit=True))
            upgrade = replace(upgrade, request=request)
        if not server._begin_call(control=control):
            server.reached.tell("calls", server._limits.calls)
            return refusal(503, f"calls ({server._limits.calls}) reached", ("Retry-After", "1"))
        opened: WebSocketTransport | HttpResponse
        opened = refusal(503, f"handshake_seconds ({server._limits.handshake_seconds:g}) passed")
        try:
            with anyio.move_on_after(server._limits.handshake_seconds):
                opened = self._accept(await server._application.admit(request), upgrade, stream)
        except Exception:
            logger.exception("the application failed to admit a websocket")
            opened = refusal(500, "the application failed")
        finally:
            if isinstance(opened, HttpResponse):
                server._refused_call()
        return opened

    def _accept(
        self, decision: Admission | HttpResponse, upgrade: Upgrade, stream: ByteStream
    ) -> WebSocketTransport | HttpResponse:
        if isinstance(decision, HttpResponse):
            return decision
        server = self._server
        stream.write(upgrade.accept(decision.subprotocol))
        peer = decision.peer_of(upgrade.request)
        parser = server._parser(client=False, message_bytes=server._limits.message_bytes)
        transport = WebSocketTransport(
            stream,
            parser,
            peer,
            server._limits,
            upgrade.early,
            receipts=server._receipts,
            endings=server._endings,
        )
        server._opened_call(transport)
        self._admitted = decision.serve
        return transport

    def _serving(self) -> AcceptedCall:
        """What serves the websocket. It lives as long as a call, and nothing of how it was chosen does."""
        serving, self._admitted = self._admitted, None
        assert serving is not None
        return serving

    @contextmanager
    def _deadline(self, seconds: float) -> Iterator[anyio.CancelScope]:
        """Reading a request, or closing: with a time limit, and until somebody says `give_up()`."""
        with anyio.move_on_after(seconds) as scope:
            self._scope = scope
            self._server._begin_handshake(self)
            try:
                yield scope
            finally:
                self._scope = None
                self._server._end_handshake(self)
