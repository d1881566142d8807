"""What the async and the sync client share of talking HTTP: everything but the waiting.

The exceptions of httpx2 and httpx are sorted here by the only question that matters for trying again: can the
request have reached the server? Their loggers name URLs at most; the API key is in a header that they never
log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

from jambonz_anyio.rest.http_library import checked_library, http_library
from jambonz_core.rest.errors import InvalidRequest, NotSent, OutcomeUnknown, UnexpectedAnswer
from jambonz_core.rest.performing import Performance
from jambonz_core.rest.request import Request, Response, Steps
from jambonz_core.rest.retry import NO_RETRIES, RetryPolicy
from jambonz_core.rest.settings import Connection, Timeouts
from jambonz_core.wire.errors import LocalProtocolError, RestError

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")

CONNECTIONS = 20
"""In one client's pool. More requests than that wait for a free one, `Timeouts.pool` seconds at most."""

KEEP_ALIVE_SECONDS = 3.0
"""How long an idle connection is kept. The API server (Node) drops them after five, and nobody knows what
becomes of a request that meets such a drop."""

ANSWER_BYTES = 64 * 1024 * 1024
"""The largest answer that is read: recordings and captures are the large ones."""


class ClientClosed(LocalProtocolError):
    """The client was closed; make another one."""


class Exchange:
    """Where to, with which key, how patiently and by what; and what the HTTP library says in our words."""

    def __init__(
        self,
        connection: Connection,
        *,
        timeouts: Timeouts | None,
        retries: RetryPolicy | bool,
        chance: Callable[[], float],
        http: ModuleType | None,
        transport: Any,
    ) -> None:
        self.connection = connection
        self.timeouts = timeouts or Timeouts()
        if not isinstance(retries, RetryPolicy):
            retries = RetryPolicy() if retries else NO_RETRIES
        self._policy = retries
        self._chance = chance
        self._http = checked_library(http)
        self._transport = transport

    @cached_property
    def library(self) -> ModuleType:
        """httpx2 or httpx; a plain error when there is neither."""
        return http_library(self._http, transport=self._transport)

    def performance(self, described: Request[T] | Steps[T]) -> Performance[T]:
        """The steps of an operation, ready to be performed."""
        return Performance(described, self._policy, self._chance, secrets=(self.connection.api_key,))

    def client_options(self) -> dict[str, Any]:
        """How to make the library's client of either kind."""
        lib = self.library
        return {
            "transport": self._transport,
            "limits": lib.Limits(max_connections=CONNECTIONS, keepalive_expiry=KEEP_ALIVE_SECONDS),
            "headers": self.connection.headers,
            "follow_redirects": False,
        }

    def build(self, client: Any, request: Request[Any]) -> httpx.Request:
        """The request as the library wants it."""
        lib = self.library
        _, read = self.timeouts.reading(request.pace)
        try:
            built: httpx.Request = client.build_request(
                request.method,
                self.connection.base_url + request.url_path,
                content=request.content,
                headers={"content-type": "application/json"} if request.content is not None else {},
                timeout=lib.Timeout(
                    connect=self.timeouts.connect,
                    write=self.timeouts.write,
                    read=read,
                    pool=self.timeouts.pool,
                ),
            )
        except (lib.InvalidURL, ValueError, TypeError) as error:
            raise InvalidRequest(f"{request.operation}: {type(error).__name__} in the URL") from None
        return built

    def failure(self, request: Request[Any], error: Exception) -> RestError:
        """What an exception of the library means for the request.

        Its messages are not passed on: h11 quotes header lines in some of them.
        """
        # By name, because both libraries call them the same.
        kinds = {kind.__name__ for kind in type(error).__mro__}
        timed_out, seconds = self.timeouts.reading(request.pace)
        where = self.connection.base_url
        operation = request.operation
        if "ConnectTimeout" in kinds:
            said = f"no connection to {where} within {self.timeouts.connect:g} s"
            return NotSent(said, operation=operation, timed_out="connect")
        if "PoolTimeout" in kinds:
            said = f"all {CONNECTIONS} connections were busy for {self.timeouts.pool:g} s"
            return NotSent(said, operation=operation, timed_out="pool")
        if kinds & {"ConnectError", "ProxyError", "UnsupportedProtocol"}:
            return NotSent(f"no connection to {where}: {type(error).__name__}", operation=operation)
        if "ReadTimeout" in kinds:
            said = f"no answer within {seconds:g} s"
            return OutcomeUnknown(said, operation=operation, timed_out=timed_out)
        if "WriteTimeout" in kinds:
            said = f"the request could not be written for {self.timeouts.write:g} s"
            return OutcomeUnknown(said, operation=operation, timed_out="write")
        said = f"the connection broke before the answer was complete ({type(error).__name__})"
        return OutcomeUnknown(said, operation=operation)

    def too_slow(self, request: Request[Any]) -> OutcomeUnknown:
        """The error when one try as a whole took too long."""
        said = f"not finished within {self.timeouts.total:g} s"
        return OutcomeUnknown(said, operation=request.operation, timed_out="total")

    def collect(self, body: bytearray, piece: bytes) -> bool:
        """Add a piece of the answer's body; False when it is too much."""
        body += piece
        return len(body) <= ANSWER_BYTES

    def too_large(self, request: Request[Any]) -> UnexpectedAnswer:
        """The error for an answer that nobody could have meant."""
        return UnexpectedAnswer(
            f"the answer is larger than {ANSWER_BYTES} bytes", operation=request.operation
        )

    def response(self, status: int, reason: str, headers: Mapping[str, str], body: bytearray) -> Response:
        """The answer as the core reads it."""
        return Response(status, bytes(body), {name.lower(): headers[name] for name in headers}, reason)
