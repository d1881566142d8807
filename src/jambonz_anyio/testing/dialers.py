"""How a simulated server reaches an application: in memory, or over sockets.

The engine asks for websockets and HTTP requests by URL. A dialer opens them. `MemoryDialer` leads to
application objects and needs neither ports nor threads, which also makes it repeatable; `SocketDialer` leads
to whatever listens at the URL, written in whatever language.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol
from urllib.parse import unquote, urlsplit

import anyio
from anyio.abc import TaskGroup

from jambonz_core.simulator import Connect
from jambonz_core.simulator import HttpRequest as Wanted
from jambonz_core.webhooks.signature import HEADER as SIGNATURE
from jambonz_core.webhooks.signature import sign

from ..transport import (
    Admission,
    Application,
    HttpRequest,
    HttpResponse,
    MemoryTransport,
    Peer,
    Transport,
    UpgradeRefused,
    memory_connection,
)

GOING_AWAY = 1001
INTERNAL_ERROR = 1011
SERVICE_RESTART = 1012

CLOSE_SECONDS = 5.0
"""How long what serves a connection may take to return when its server drains."""


class Dialer(Protocol):
    """Opens what the engine asks for."""

    def begin(
        self, tasks: TaskGroup, failed: Callable[[BaseException], None], changed: Callable[[], None]
    ) -> None:
        """The call begins.

        Tasks that outlive a connection go into `tasks`, and their errors to `failed`; `changed` is to be
        called when `serving` has changed.
        """

    def websocket(self, wanted: Connect) -> AbstractAsyncContextManager[Transport]:
        """Open a websocket. Raises `UpgradeRefused`, or `OSError` when nobody is there."""
        ...

    async def request(self, wanted: Wanted) -> HttpResponse:
        """Make an HTTP request. Raises `OSError` when nobody is there."""
        ...

    @property
    def serving(self) -> int:
        """How many connections an application in this process is still serving."""
        ...


class NobodyThere(OSError):
    """No application in memory has this host."""


class MemoryDialer:
    """Leads to applications in this process.

    `application` is everybody's answer at `host`; `hosts` has further ones by host name, for hooks and
    streams with absolute URLs. Anything else is refused, as an unknown host would be.
    """

    def __init__(
        self,
        application: Application,
        *,
        host: str,
        hosts: Mapping[str, Application] | None = None,
        secret: str | None = None,
    ) -> None:
        self.host = host
        self._secret = secret
        self._applications = {host: application, **(hosts or {})}
        self._tasks: TaskGroup | None = None
        self._failed: Callable[[BaseException], None] = lambda _: None
        self._changed: Callable[[], None] = lambda: None
        self._serving: dict[MemoryTransport, anyio.CancelScope] = {}

    def begin(
        self, tasks: TaskGroup, failed: Callable[[BaseException], None], changed: Callable[[], None]
    ) -> None:
        """Take what the call needs of its driver, at its beginning."""
        self._tasks = tasks
        self._failed = failed
        self._changed = changed

    @property
    def serving(self) -> int:
        """How many connections the application has not let go of."""
        return len(self._serving)

    @asynccontextmanager
    async def websocket(self, wanted: Connect) -> AsyncIterator[Transport]:
        """Open a websocket to an application.

        What serves it goes on when this block is left: a call outlives its connections, and the task of the
        first one is its home.
        """
        url = urlsplit(wanted.url)
        peer = _peer(wanted.url, wanted.headers, wanted.credentials)
        application = self._find(url.netloc)
        request = HttpRequest("GET", peer, subprotocols=(wanted.subprotocol,))
        decision = await application.admit(request)
        if isinstance(decision, HttpResponse):
            raise UpgradeRefused(decision)
        app_side, phone_side = memory_connection(decision.peer_of(request))
        assert self._tasks is not None
        self._tasks.start_soon(self._serve, decision, app_side)
        try:
            yield phone_side
        finally:
            phone_side.abort()

    async def request(self, wanted: Wanted) -> HttpResponse:
        """Send a request to the application's webhook and return the answer."""
        peer = _peer(wanted.url, signed(wanted, self._secret), wanted.credentials)
        application = self._find(urlsplit(wanted.url).netloc)
        return await application.respond(HttpRequest(wanted.method, peer, wanted.body.encode()))

    def move_to(self, application: Application, *, drained: bool) -> None:
        """From now on another process has the application's place.

        The old one is told with close code 1012 and has a moment to write down what it knows, when it is
        `drained`; else it dies at once.
        """
        self._applications[self.host] = application
        for transport, scope in list(self._serving.items()):
            if drained:
                assert self._tasks is not None
                self._tasks.start_soon(transport.close, SERVICE_RESTART)
                scope.deadline = anyio.current_time() + CLOSE_SECONDS
            else:
                scope.cancel()

    def _find(self, host: str) -> Application:
        application = self._applications.get(host)
        if application is None:
            raise NobodyThere(
                f"there is no application {host!r} in this test; give dial() one with hosts={{{host!r}: …}}"
            )
        return application

    async def _serve(self, admission: Admission, transport: MemoryTransport) -> None:
        code = INTERNAL_ERROR
        with anyio.CancelScope() as scope:
            self._serving[transport] = scope
            try:
                await admission.serve(transport)
                code = GOING_AWAY
            except Exception as error:
                self._failed(error)
            finally:
                del self._serving[transport]
                self._changed()
                if scope.cancel_called:
                    transport.abort()
        # The server's rule for an application that leaves its connection open.
        await transport.close(code)


def signed(wanted: Wanted, secret: str | None) -> Mapping[str, str]:
    """The headers of a webhook, with a signature when there is a secret."""
    if secret is None:
        return wanted.headers
    signature = sign(wanted.body.encode(), secret, timestamp=int(time.time()))
    return {**wanted.headers, SIGNATURE: signature}


def _peer(url: str, headers: Mapping[str, str], credentials: tuple[str, str] | None) -> Peer:
    """What an application sees of the server behind a request."""
    parts = urlsplit(url)
    return Peer(
        unquote(parts.path) or "/",
        parts.query,
        {"host": parts.netloc, **{name.lower(): value for name, value in headers.items()}},
        credentials=credentials,
        secure=parts.scheme in {"wss", "https"},
    )
