"""Performing requests in plain threads: the twin of `_async_performing`, which blocks instead of awaiting."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from jambonz_anyio.rest._exchange import ClientClosed, Exchange, httpx_module, network_errors
from jambonz_core.rest.paging import Walk
from jambonz_core.rest.request import Request, Response, Steps
from jambonz_core.rest.retry import RetryPolicy
from jambonz_core.wire.errors import RestError

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")


class SyncPerformer:
    """Sends requests over one pool of connections, and again when that is safe."""

    def __init__(
        self,
        exchange: Exchange,
        policy: RetryPolicy,
        *,
        sleep: Callable[[float], None],
        chance: Callable[[], float],
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._exchange = exchange
        self._policy = policy
        self._sleep = sleep
        self._chance = chance
        self._transport = transport
        self._client: httpx.Client | None = None
        self._making = Lock()
        self._closed = False

    def send(self, request: Request[T]) -> T:
        """Perform one request, with retries."""
        attempts = self._policy.start(request.retry)
        while True:
            try:
                return request.result(self._attempt(request), secrets=self._exchange.secrets)
            except RestError as error:
                delay = attempts.failed(error, self._chance())
                if delay is None:
                    if attempts.failures > 1:
                        error.add_note(f"tried {attempts.failures} times, waiting {attempts.waited:.1f} s")
                    raise
            self._sleep(delay)

    def run(self, steps: Steps[T]) -> T:
        """Perform an operation of several requests."""
        try:
            request = next(steps)
            while True:
                try:
                    result = self.send(request)
                except RestError as error:
                    request = steps.throw(error)
                else:
                    request = steps.send(result)
        except StopIteration as end:
            outcome: T = end.value
            return outcome
        finally:
            steps.close()

    def walk(self, walk: Walk[T]) -> SyncRows[T]:
        """Go through pages."""
        return SyncRows(walk, self)

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
                options = exchange.client_options()
                self._client = httpx_module().Client(transport=self._transport, **options)
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
            self._rows.extend(self._walk.received(self._performer.send(request)))
        return self._rows.popleft()

    def all(self) -> list[T]:
        """The rest of them, as a list."""
        return list(self)
