"""What the REST API's failures mean.

The server tells errors in five shapes: `{"msg"}`, `{"status": "fail", "message"}`, a status phrase as text,
an empty body, and HTML from whatever stands in front. `error_for` makes one typed error of each. Two more
kinds come from the performer of a request and never from an answer: `NotSent`, when nothing reached the
server, and `OutcomeUnknown`, when it did and no complete answer came back. The difference decides whether
asking again is safe.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, ClassVar

from jambonz_core.rest.secrecy import redacted
from jambonz_core.wire.errors import JambonzError, LocalProtocolError, RestError

_LONGEST_MESSAGE = 500
"""Characters of an answer that go into a message; the whole of it stays in `body`."""

_LONGEST_BODY = 64 * 1024
"""Characters of a text that an error keeps."""


class InvalidRequest(LocalProtocolError):
    """The server would refuse this request, or do something else than was asked for; nothing was sent."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field
        """The name of the argument that was refused."""


class BadRequest(RestError):
    """400 or 413: the server says that the request is wrong. It may also mean: not allowed."""


class NotAuthenticated(RestError):
    """401: the API key is missing, wrong, or for another server."""


class NotAllowed(RestError):
    """403: not for this key's account. It may also mean: no such thing."""


class NotFound(RestError):
    """404: no such thing, or not any more."""


class Conflict(RestError):
    """422: the state does not allow it now, the name is taken, or a quota is full."""


class RateLimited(RestError):
    """429: too many requests, counted by default over *all* users of the server; nothing was carried out."""

    not_carried_out: ClassVar[bool] = True


class NoFeatureServer(RestError):
    """480: no feature server is up to take the call; nothing was carried out."""

    not_carried_out: ClassVar[bool] = True


class ServerFailed(RestError):
    """5xx: the server failed, or hides behind a bare status what it thinks of the request."""


class UnexpectedAnswer(RestError):
    """An answer that is not what this API answers: another status, or a body that cannot be read."""


class Misshapen(ValueError):
    """What a parser of answers raises; `Request.result` makes an `UnexpectedAnswer` of it."""


class NoAnswer(RestError):
    """No complete answer came: either `NotSent` or `OutcomeUnknown`."""

    def __init__(self, message: str, *, operation: str = "", timed_out: str = "") -> None:
        super().__init__(message, operation=operation)
        self.timed_out = timed_out
        """The name of the time-out that ran out, if one did: a field of `Timeouts`."""


class NotSent(NoAnswer):
    """No connection could be made, so nothing reached the server."""

    not_carried_out: ClassVar[bool] = True


class OutcomeUnknown(NoAnswer):
    """The request was sent, at least in part, and no complete answer came: it may have been carried out."""


class CallFailed(JambonzError):
    """An outbound call did not come about: nobody answered, or it was refused on the way."""

    def __init__(
        self,
        message: str,
        *,
        call_sid: str = "",
        call_status: str = "",
        sip_status: int | None = None,
        sip_reason: str = "",
    ) -> None:
        super().__init__(message)
        self.call_sid = call_sid
        self.call_status = call_status
        """``busy``, ``no-answer`` or ``failed``; ``unknown`` when time ran out without any news."""
        self.sip_status = sip_status
        self.sip_reason = sip_reason


_BY_STATUS: Mapping[int, type[RestError]] = {
    400: BadRequest,
    401: NotAuthenticated,
    403: NotAllowed,
    404: NotFound,
    413: BadRequest,
    422: Conflict,
    429: RateLimited,
    480: NoFeatureServer,
}

_GENERAL_HINTS: Mapping[int, str] = {
    401: "check the API key, and that it belongs to this server",
    404: "an HTML page here means that this server does not know the path: look at the base URL",
    429: "the limit is shared by everybody on the server unless its operator changed that",
}


def error_for(
    *,
    operation: str,
    status: int,
    reason: str,
    content: bytes,
    content_type: str,
    headers: Mapping[str, str],
    hint: str = "",
    secrets: tuple[str, ...] = (),
) -> RestError:
    """The error that an answer with this status is, whatever shape its body has."""
    body = _read(content)
    html = "html" in content_type or _HTML.match(content) is not None
    message = _message(body, html=html) or reason or f"HTTP status {status}"
    kind = _BY_STATUS.get(status) or (ServerFailed if status >= 500 else UnexpectedAnswer)
    if 300 <= status < 400:
        hint = hint or "redirects are not followed: is the base URL http where the server wants https?"
    elif not hint and (status != 404 or html):
        hint = _GENERAL_HINTS.get(status, "")
    return kind(
        _clip(redacted(message, secrets), _LONGEST_MESSAGE),
        operation=operation,
        status=status,
        body=redacted(body, secrets),
        retry_after=_wait(status, headers),
        hint=hint,
    )


def unexpected(
    fault: Misshapen, *, operation: str, status: int, content: bytes, secrets: tuple[str, ...] = ()
) -> UnexpectedAnswer:
    """The error for an answer that says success and cannot be read."""
    return UnexpectedAnswer(
        str(fault), operation=operation, status=status, body=redacted(_read(content), secrets)
    )


def _read(content: bytes) -> Any:
    if not content:
        return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return _clip(content.decode("utf-8", "replace"), _LONGEST_BODY)


_HTML = re.compile(rb"\s*<(!doctype|html|head|body)", re.IGNORECASE)
_UNSEEN = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAGS = re.compile(r"<[^<>]*>")


def _message(body: Any, *, html: bool) -> str:
    """What the server says, from whichever shape."""
    if isinstance(body, dict):
        for key in ("msg", "message"):
            said = body.get(key)
            if isinstance(said, str) and said.strip():
                return " ".join(said.split())
        return ""
    if isinstance(body, str):
        text = _TAGS.sub(" ", _UNSEEN.sub(" ", body)) if html else body
        return " ".join(text.split())
    return ""


def _clip(text: Any, limit: int) -> str:
    shown = str(text)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def _wait(status: int, headers: Mapping[str, str]) -> float | None:
    """How long the server wants to be left alone. Every answer has `RateLimit-Reset`; only a 429 means it."""
    said = seconds(headers.get("retry-after"))
    return seconds(headers.get("ratelimit-reset")) if said is None and status == 429 else said


def seconds(text: str | None) -> float | None:
    """A header's whole seconds; None for anything else, a date among them: the core has no clock."""
    if text is None or not re.fullmatch(r"[0-9]{1,9}", text.strip()):
        return None
    return float(text)
