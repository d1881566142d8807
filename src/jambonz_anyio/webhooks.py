"""Answering webhooks: who may ask, what they ask, and what they get.

A request that does not prove where it comes from is refused before its body is parsed, and before anybody's
code sees it. The reason in the answer is one of a few fixed words.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jambonz_core.verbs.payload_base import Payload
from jambonz_core.webhooks.signature import SignatureFault, check_signature
from jambonz_core.wire.codec import decode, encode
from jambonz_core.wire.errors import RemoteProtocolError

from ._call.app_context import AppContext, WebhookRoute
from ._call.payloads import by_shape
from ._call.routes import Match
from ._net.large_messages import LARGE_BYTES, turn_for_large_message
from ._net.transport import HttpRequest, HttpResponse
from .chain import verbs_from


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """One webhook that jambonz called."""

    method: str
    path: str
    params: Mapping[str, str]
    """The segments of the path that the route captured, by name."""
    data: dict[str, Any]
    """The payload; empty for a hook called with GET."""
    headers: Mapping[str, str]
    """The request's headers, their names in lower case."""
    query: str = ""
    body: bytes = field(default=b"", repr=False)
    """The payload's bytes as they came."""

    @property
    def payload(self) -> Payload:
        """The payload, typed by what it looks like."""
        return by_shape(self.data).from_payload(self.data)


async def answer_webhook(
    context: AppContext, match: Match[WebhookRoute], request: HttpRequest
) -> HttpResponse:
    """Check a request, run its handler, and make its answer."""
    route, peer = match.target, request.peer
    allowed = ("POST", "GET") if route.allow_get else ("POST",)
    if request.method not in allowed or route.handler is None:
        return HttpResponse(
            405, b"method not allowed\n", headers=(("Allow", ", ".join(("OPTIONS", *allowed))),)
        )
    if route.secrets is not None:
        fault = _signature_fault(route.secrets, request, allow_get=route.allow_get)
        if fault is not None:
            context.logger.warning("The webhook %s refused a request: %s", route.pattern, fault.value)
            return HttpResponse(403, f"signature: {fault.value}\n".encode())
    try:
        # The signature of a GET covers no body of its own: what came as one is nobody's word.
        data = await _body_of(request) if request.body and request.method != "GET" else {}
    except RemoteProtocolError:
        return HttpResponse(400, b"the body is not a JSON object\n")
    asked = WebhookRequest(
        request.method, peer.path, match.params, data, peer.headers, peer.query, request.body
    )
    try:
        answer = await context.threads.invoke(route.handler, asked)
        return _response(context, answer)
    except Exception:
        sid = data.get("call_sid", "")
        context.logger.exception("The webhook %s failed", route.pattern, extra={"call_sid": sid})
        return HttpResponse(500, b"the handler failed\n")


async def _body_of(request: HttpRequest) -> dict[str, Any]:
    """The body, parsed; a large one when it is its turn."""
    if len(request.body) <= LARGE_BYTES:
        return decode(request.body)
    async with turn_for_large_message():
        return decode(request.body)


def is_signed(route: WebhookRoute, request: HttpRequest) -> bool:
    """Whether a request shows that its sender knows the secret of a webhook that has one. GET cannot."""
    secrets = route.secrets
    return secrets is not None and _signature_fault(secrets, request, allow_get=False) is None


def _signature_fault(
    secrets: tuple[bytes, ...], request: HttpRequest, *, allow_get: bool
) -> SignatureFault | None:
    return check_signature(
        request.peer.headers.get("jambonz-signature"),
        request.body,
        secrets,
        now=time.time(),
        method=request.method,
        allow_get=allow_get,
    )


def _response(context: AppContext, answer: Any) -> HttpResponse:
    if isinstance(answer, HttpResponse):
        return answer
    if answer is None:
        return HttpResponse(200, b"[]", "application/json")
    if isinstance(answer, dict) and "verb" not in answer:
        # What some hooks want instead of verbs: an object.
        return HttpResponse(200, encode(answer).encode(), "application/json")
    verbs = verbs_from(answer, context.profile)
    return HttpResponse(200, encode(verbs).encode(), "application/json")
