"""What the async and the sync client share of talking HTTP: everything but the waiting.

httpx is an optional dependency, so this is the one module that imports it, when a client is used first. Its
exceptions are sorted here by the only question that matters for trying again: can the request have reached
the server? Its loggers name URLs at most; the API key is in a header that httpx never logs.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any

from jambonz_core.rest.errors import InvalidRequest, NotSent, OutcomeUnknown, UnexpectedAnswer
from jambonz_core.rest.request import Request, Response
from jambonz_core.rest.settings import Connection, Timeouts
from jambonz_core.wire.errors import JambonzError, LocalProtocolError, RestError

if TYPE_CHECKING:
    import httpx

CONNECTIONS = 20
"""In one client's pool. More requests than that wait for a free one, `Timeouts.pool` seconds at most."""

KEEP_ALIVE_SECONDS = 3.0
"""How long an idle connection is kept. The API server (Node) drops them after five, and nobody knows what
becomes of a request that meets such a drop."""

ANSWER_BYTES = 64 * 1024 * 1024
"""The largest answer that is read: recordings and captures are the large ones."""


class ClientClosed(LocalProtocolError):
    """The client was closed; make another one."""


def httpx_module() -> ModuleType:
    """httpx, or a plain error that says how to get it."""
    try:
        import httpx
    except ImportError:
        raise JambonzError(
            "the REST client needs httpx, which is not installed: pip install 'jambonz-anyio[rest]'"
        ) from None
    return httpx


class Exchange:
    """Where to, with which key and how patiently; and what httpx says in our words."""

    def __init__(self, connection: Connection, timeouts: Timeouts) -> None:
        self.connection = connection
        self.timeouts = timeouts
        self.secrets = (connection.api_key,)

    def client_options(self) -> dict[str, Any]:
        """How to make the httpx client of either kind."""
        lib = httpx_module()
        return {
            "limits": lib.Limits(max_connections=CONNECTIONS, keepalive_expiry=KEEP_ALIVE_SECONDS),
            "headers": self.connection.headers,
            "follow_redirects": False,
        }

    def build(self, client: Any, request: Request[Any]) -> httpx.Request:
        """The request as httpx wants it."""
        lib = httpx_module()
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
        """What an exception of httpx means for the request.

        The messages of httpx are not passed on: h11 quotes header lines in some of them.
        """
        lib = httpx_module()
        timed_out, _ = self.timeouts.reading(request.pace)
        where = self.connection.base_url
        operation = request.operation
        if isinstance(error, lib.ConnectTimeout):
            said = f"no connection to {where} within {self.timeouts.connect:g} s"
            return NotSent(said, operation=operation, timed_out="connect")
        if isinstance(error, lib.PoolTimeout):
            said = f"all {CONNECTIONS} connections were busy for {self.timeouts.pool:g} s"
            return NotSent(said, operation=operation, timed_out="pool")
        if isinstance(error, (lib.ConnectError, lib.ProxyError, lib.UnsupportedProtocol)):
            return NotSent(f"no connection to {where}: {type(error).__name__}", operation=operation)
        if isinstance(error, lib.ReadTimeout):
            said = f"no answer within {self.timeouts.reading(request.pace)[1]:g} s"
            return OutcomeUnknown(said, operation=operation, timed_out=timed_out)
        if isinstance(error, lib.WriteTimeout):
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
        """The complete answer."""
        return Response(status, bytes(body), {name.lower(): headers[name] for name in headers}, reason)


def network_errors() -> tuple[type[Exception], ...]:
    """What httpx raises when a request fails for reasons of the network or of the other side.

    `StreamError` and `InvalidURL` are not of its tree; `OSError` is what TLS set-up lets through.
    """
    lib = httpx_module()
    return (lib.HTTPError, lib.StreamError, lib.InvalidURL, OSError)
