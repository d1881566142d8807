"""Calling over real sockets: whatever listens at a URL, in whatever language it is written."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urljoin

from anyio.abc import TaskGroup

from jambonz_core.simulator import Connect
from jambonz_core.simulator import HttpRequest as Wanted

from ..transport import HttpResponse, Transport, UpgradeRefused, http_request, open_websocket
from .dialers import signed

REDIRECTS = 2
"""How many redirects the server follows before it gives up."""


class SocketDialer:
    """Opens what the engine asks for at the URLs it names. `tls` is for servers with certificates of their
    own."""

    def __init__(self, *, tls: ssl.SSLContext | None = None, secret: str | None = None) -> None:
        self.serving: int = 0
        """How many websockets are open. What another process does behind them is not known here."""
        self._tls = tls
        self._secret = secret
        self._changed: Callable[[], None] = lambda: None

    def begin(
        self, tasks: TaskGroup, failed: Callable[[BaseException], None], changed: Callable[[], None]
    ) -> None:
        """Nothing outlives a connection here, but who ends the call waits until the last one is closed."""
        self._changed = changed

    @asynccontextmanager
    async def websocket(self, wanted: Connect) -> AsyncIterator[Transport]:
        """Open a websocket, and follow redirects as the server does."""
        url = wanted.url
        async with AsyncExitStack() as stack:
            for redirect in range(REDIRECTS + 1):
                attempt = open_websocket(
                    url,
                    subprotocols=[wanted.subprotocol],
                    credentials=wanted.credentials,
                    headers=wanted.headers,
                    tls=self._tls,
                )
                try:
                    transport = await stack.enter_async_context(attempt)
                except UpgradeRefused as refused:
                    location = dict(refused.response.headers).get("location", "")
                    if not 300 <= refused.response.status < 400 or not location or redirect == REDIRECTS:
                        raise
                    url = urljoin(url, location)
                else:
                    self.serving += 1
                    try:
                        yield transport
                    finally:
                        self.serving -= 1
                        self._changed()
                    return

    async def request(self, wanted: Wanted) -> HttpResponse:
        """Send a request to the application's webhook and return the answer."""
        headers = {
            name: value
            for name, value in signed(wanted, self._secret).items()
            if name.lower() != "content-type"  # goes with the body
        }
        return await http_request(
            wanted.method,
            wanted.url,
            body=wanted.body.encode(),
            credentials=wanted.credentials,
            headers=headers,
            tls=self._tls,
        )
