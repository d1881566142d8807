"""One HTTP exchange with the REST API, described and not performed.

A `Request` is a value: what to send, which statuses mean success, how to read the answer, and whether asking
again can do harm. Whoever performs it needs an HTTP library and nothing else of this package: send `method`,
`url_path` and `content` with the caller's credentials, wrap what comes back in a `Response`, and call
`Request.result()`, which returns the parsed answer or raises the matching `RestError`. The clients in
`jambonz_anyio` are two such performers; `jambonz_core.rest.performing` has what a third one needs.

Operations that take more than one exchange are generators (`Steps`): they yield requests, are sent the
results or have the error thrown in, and return the outcome. So their decisions are pure too, and the same for
sync and async.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Generic, TypeAlias, TypeVar
from urllib.parse import quote, urlencode

from jambonz_core.rest.errors import InvalidRequest, Misshapen, error_for, unexpected
from jambonz_core.rest.secrecy import secret_values
from jambonz_core.wire.errors import MessageTooLarge, RestError

T = TypeVar("T")

Steps: TypeAlias = Generator["Request[Any]", Any, T]
"""An operation of several exchanges, decided step by step."""

Rows: TypeAlias = list[T]
"""`list`, for classes that have a method of that name."""

BODY_BYTES = 100 * 1024
"""The API server reads no larger request body (413)."""

OK = frozenset({200})
CREATED = frozenset({200, 201})
ACCEPTED = frozenset({200, 202, 204})
NO_CONTENT = frozenset({200, 202, 204})


class Retry(Enum):
    """May this request be sent again after a failure that proves it was not carried out?"""

    WHEN_NOT_CARRIED_OUT = "when-not-carried-out"
    """Yes: no connection, 429 and 480. Never after anything that leaves a doubt."""
    NEVER = "never"
    """No: what it does cannot be taken back, and the caller should decide."""


class Pace(Enum):
    """Which of the client's time-outs applies to waiting for the answer."""

    USUAL = "usual"
    SLOW = "slow"
    """The server asks somebody else first: a speech vendor, the user's own application."""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer as the HTTP library got it, read to its end."""

    status: int
    content: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The answer's headers, their names in lower case."""
    reason: str = ""

    @property
    def content_type(self) -> str:
        """The media type without its parameters, in lower case; empty when there is none."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Request(Generic[T]):
    """A request to the server, and how its answer is read."""

    operation: str
    """What this does, by the name of the client's method: ``calls.create``. Errors begin with it."""
    method: str
    path: str
    """Below the base URL, percent-encoded, beginning with ``/v1/``."""
    parse: Callable[[Response], T] = field(repr=False)
    """Reads an answer with one of the `expected` statuses."""
    params: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: Any = field(default=None, repr=False)
    """A JSON value; None when nothing is sent. Not in the repr: it holds passwords and what callers say."""
    expected: frozenset[int] = OK
    retry: Retry = Retry.WHEN_NOT_CARRIED_OUT
    pace: Pace = Pace.USUAL
    hints: Mapping[int, str] = field(default_factory=dict, repr=False)
    """For this operation, the likely cause behind a status that does not tell it."""
    content: bytes | None = field(init=False, repr=False, compare=False, default=None)
    """The body as it is sent. Made at once, so what is wrong with it is told in the line that wrote it."""

    def __post_init__(self) -> None:
        if self.body is not None:
            object.__setattr__(self, "content", _encode(self.operation, self.body))

    @property
    def url_path(self) -> str:
        """The path with its query string."""
        return f"{self.path}?{urlencode(self.params, quote_via=quote)}" if self.params else self.path

    def result(self, response: Response, *, secrets: tuple[str, ...] = ()) -> T:
        """Read the answer, or raise what it means.

        `secrets` are strings that must not appear in an error, such as the API key; those in the request's
        own body are known already.
        """
        if response.status not in self.expected:
            raise self.error(response, secrets=secrets)
        try:
            return self.parse(response)
        except Misshapen as fault:
            raise unexpected(
                fault,
                operation=self.operation,
                status=response.status,
                content=response.content,
                secrets=(*secrets, *secret_values(self.body)),
            ) from None

    def error(self, response: Response, *, secrets: tuple[str, ...] = ()) -> RestError:
        """The error that this answer is."""
        return error_for(
            operation=self.operation,
            status=response.status,
            reason=response.reason,
            content=response.content,
            content_type=response.content_type,
            headers=response.headers,
            hint=self.hints.get(response.status, ""),
            secrets=(*secrets, *secret_values(self.body)),
        )


def _encode(operation: str, body: Any) -> bytes:
    try:
        # ASCII escapes keep lone surrogates legal; the server's JSON parser has no NaN.
        content = json.dumps(body, allow_nan=False, separators=(",", ":")).encode("ascii")
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidRequest(f"{operation}: the body is not JSON: {error}") from None
    if len(content) > BODY_BYTES:
        raise MessageTooLarge(
            f"{operation}: the body has {len(content)} bytes, the API accepts {BODY_BYTES}",
            part=operation,
            size=len(content),
            limit=BODY_BYTES,
        )
    return content
