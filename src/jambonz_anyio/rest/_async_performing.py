"""Performing requests on asyncio and trio."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import anyio

from jambonz_anyio.rest._exchange import ClientClosed, Exchange, httpx_module, network_errors
from jambonz_core.rest.paging import Walk
from jambonz_core.rest.request import Request, Response, Steps
from jambonz_core.rest.retry import RetryPolicy
from jambonz_core.wire.errors import RestError

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")


class AsyncPerformer:
    """Sends requests over one pool of connections, and again when that is safe."""

    def __init__(
        self,
        exchange: Exchange,
        policy: RetryPolicy,
        *,
        sleep: Callable[[float], Awaitable[None]],
        chance: Callable[[], float],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._exchange = exchange
        self._policy = policy
        self._sleep = sleep
        self._chance = chance
        self._transport = transport
        self._client: httpx.AsyncClient | None = None
        self._closed = False

    async def send(self, request: Request[T]) -> T:
        """Perform one request, with retries."""
        attempts = self._policy.start(request.retry)
        while True:
            try:
                return request.result(await self._attempt(request), secrets=self._exchange.secrets)
            except RestError as error:
                delay = attempts.failed(error, self._chance())
                if delay is None:
                    if attempts.failures > 1:
                        error.add_note(f"tried {attempts.failures} times, waiting {attempts.waited:.1f} s")
                    raise
            await self._sleep(delay)

    async def run(self, steps: Steps[T]) -> T:
        """Perform an operation of several requests."""
        try:
            request = next(steps)
            while True:
                try:
                    result = await self.send(request)
                except RestError as error:
                    request = steps.throw(error)
                else:
                    request = steps.send(result)
        except StopIteration as end:
            outcome: T = end.value
            return outcome
        finally:
            steps.close()

    def walk(self, walk: Walk[T]) -> AsyncRows[T]:
        """Go through pages."""
        return AsyncRows(walk, self)

    async def aclose(self) -> None:
        """Close the pool. A request that is under way fails; later ones are refused."""
        self._closed = True
        client, self._client = self._client, None
        if client is not None:
            # Closing sockets is quick but not instant: it must also happen when the scope is being cancelled.
            with anyio.CancelScope(shield=True):
                await client.aclose()

    async def _attempt(self, request: Request[Any]) -> Response:
        exchange = self._exchange
        if self._closed:
            raise ClientClosed(f"{request.operation}: the client is closed")
        if self._client is None:
            options = exchange.client_options()
            self._client = httpx_module().AsyncClient(transport=self._transport, **options)
        client = self._client
        assert client is not None
        try:
            with anyio.fail_after(exchange.timeouts.total):
                return await self._exchange_once(client, request)
        except TimeoutError:
            raise exchange.too_slow(request) from None
        except network_errors() as error:
            raise exchange.failure(request, error) from error

    async def _exchange_once(self, client: httpx.AsyncClient, request: Request[Any]) -> Response:
        exchange = self._exchange
        answer = await client.send(exchange.build(client, request), stream=True)
        try:
            body = bytearray()
            with anyio.CancelScope() as enough:
                async for piece in answer.aiter_bytes():
                    if not exchange.collect(body, piece):
                        # Not a `break`: httpx stacks generators here, and only an exception that comes out of
                        # the innermost one ends them all properly.
                        enough.cancel()
            if enough.cancel_called:
                raise exchange.too_large(request)
            return exchange.response(answer.status_code, answer.reason_phrase, answer.headers, body)
        finally:
            with anyio.CancelScope(shield=True):
                await answer.aclose()


class AsyncRows(AsyncIterator[T], Generic[T]):
    """Rows of all pages, fetched as they are needed: ``async for row in client.recent_calls.iterate(): …``.

    Not a generator, so that a loop may be left at any point with nothing to clean up.
    """

    def __init__(self, walk: Walk[T], performer: AsyncPerformer) -> None:
        self._walk = walk
        self._performer = performer
        self._rows: deque[T] = deque()

    @property
    def total(self) -> int | None:
        """Rows in all, as the server told with the latest page; None before the first."""
        return self._walk.total

    def __aiter__(self) -> AsyncRows[T]:
        return self

    async def __anext__(self) -> T:
        while not self._rows:
            request = self._walk.next_request()
            if request is None:
                raise StopAsyncIteration
            self._rows.extend(self._walk.received(await self._performer.send(request)))
        return self._rows.popleft()

    async def all(self) -> list[T]:
        """The rest of them, as a list."""
        return [row async for row in self]
