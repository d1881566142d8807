"""Performing requests: on asyncio and trio, and in plain threads.

What comes next is decided by `jambonz_core.rest.performing`; here is only what waits or blocks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import anyio

from jambonz_anyio.rest._exchange import ClientClosed, Exchange
from jambonz_anyio.rest.http_library import network_errors
from jambonz_core.rest.paging import Walk
from jambonz_core.rest.performing import Wait
from jambonz_core.rest.request import Request, Response, Steps
from jambonz_core.wire.errors import RestError

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")


class AsyncPerformer:
    """Sends requests over one pool of connections, and again when that is safe."""

    def __init__(self, exchange: Exchange, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._exchange = exchange
        self._sleep = sleep
        self._client: httpx.AsyncClient | None = None
        self._closed = False

    async def perform(self, described: Request[T] | Steps[T]) -> T:
        """Carry out an operation of one request or of several."""
        going = self._exchange.performance(described)
        while (step := going.step) is not None:
            if isinstance(step, Wait):
                await self._sleep(step.seconds)
                going.waited()
                continue
            try:
                response = await self._attempt(step)
            except RestError as error:
                going.failed(error)
            else:
                going.answered(response)
        return going.result()

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
            self._client = exchange.library.AsyncClient(**exchange.client_options())
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


class SyncPerformer:
    """Performs operations in plain threads: it blocks instead of awaiting."""

    def __init__(self, exchange: Exchange, sleep: Callable[[float], None]) -> None:
        self._exchange = exchange
        self._sleep = sleep
        self._client: httpx.Client | None = None
        self._making = Lock()
        self._closed = False

    def perform(self, described: Request[T] | Steps[T]) -> T:
        """Carry out an operation of one request or of several."""
        going = self._exchange.performance(described)
        while (step := going.step) is not None:
            if isinstance(step, Wait):
                self._sleep(step.seconds)
                going.waited()
                continue
            try:
                response = self._attempt(step)
            except RestError as error:
                going.failed(error)
            else:
                going.answered(response)
        return going.result()

    def close(self) -> None:
        """Close the pool. Later requests are refused."""
        self._closed = True
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _attempt(self, request: Request[Any]) -> Response:
        exchange = self._exchange
        if self._closed:
            raise ClientClosed(f"{request.operation}: the client is closed")
        with self._making:
            if self._client is None:
                self._client = exchange.library.Client(**exchange.client_options())
            client = self._client
        assert client is not None
        try:
            return self._exchange_once(client, request, monotonic() + exchange.timeouts.total)
        except network_errors() as error:
            raise exchange.failure(request, error) from error

    def _exchange_once(self, client: httpx.Client, request: Request[Any], deadline: float) -> Response:
        exchange = self._exchange
        answer = client.send(exchange.build(client, request), stream=True)
        try:
            body = bytearray()
            for piece in answer.iter_bytes():
                if not exchange.collect(body, piece):
                    raise exchange.too_large(request)
                # Nothing can interrupt a blocking read, but each one has its own limit.
                if monotonic() > deadline:
                    raise exchange.too_slow(request)
            return exchange.response(answer.status_code, answer.reason_phrase, answer.headers, body)
        finally:
            answer.close()


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
            self._rows.extend(self._walk.received(await self._performer.perform(request)))
        return self._rows.popleft()

    async def all(self) -> list[T]:
        """Fetch the remaining rows and return them as a list."""
        return [row async for row in self]


class SyncRows(Iterator[T], Generic[T]):
    """Rows of all pages, fetched as they are needed: ``for row in client.recent_calls.iterate(): …``."""

    def __init__(self, walk: Walk[T], performer: SyncPerformer) -> None:
        self._walk = walk
        self._performer = performer
        self._rows: deque[T] = deque()

    @property
    def total(self) -> int | None:
        """Rows in all, as the server told with the latest page; None before the first."""
        return self._walk.total

    def __iter__(self) -> SyncRows[T]:
        return self

    def __next__(self) -> T:
        while not self._rows:
            request = self._walk.next_request()
            if request is None:
                raise StopIteration
            self._rows.extend(self._walk.received(self._performer.perform(request)))
        return self._rows.popleft()

    def all(self) -> list[T]:
        """Fetch the remaining rows and return them as a list."""
        return list(self)
