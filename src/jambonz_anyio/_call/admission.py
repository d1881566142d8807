"""What is decided before a connection is accepted, and what plain HTTP requests are answered.

A websocket is refused with a clear status while it still is an HTTP request: 400 without a subprotocol that
is spoken here, 401 without the right credentials, 403 when the `authorize` hook says no or a browser's page
is not expected, 404 for a path that nobody serves. The check of credentials comes first, for every method:
who has none learns nothing about paths. In their place an audio connection may show the token of a call
(`call_tokens`), and is let in by that alone. Only the paths of health are for everybody, what the portal asks
for by OPTIONS, and webhooks for those who can sign.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import anyio

from jambonz_core.wire.call_token import token_of
from jambonz_core.wire.limits import AUDIO_SUBPROTOCOL, CONTROL_SUBPROTOCOL

from .._net.reached import is_worth_a_line
from .._net.transport import AcceptedCall, Admission, HttpRequest, HttpResponse, Peer, Transport
from ..webhooks import answer_webhook, is_signed
from .app_context import AppContext, AudioRoute, CallRoute, WebhookRoute
from .audio_serving import FindCall, serve_audio
from .call_lines import Refusals
from .dispatcher import ADULTING, ConnectionDispatcher
from .routes import Match, RouteTable

if TYPE_CHECKING:
    from ..call import Call

Credentials: TypeAlias = tuple[str, str]
Authorize: TypeAlias = Callable[[HttpRequest], Any]

_UNKNOWN = HttpResponse(
    401,
    b"credentials are missing or wrong\n",
    headers=(("WWW-Authenticate", 'Basic realm="jambonz"'),),
)


class Admissions:
    """Decides which requests of an application's server become calls, audio streams or answers."""

    def __init__(
        self,
        context: AppContext,
        *,
        calls: RouteTable[CallRoute],
        streams: RouteTable[AudioRoute],
        webhooks: RouteTable[WebhookRoute],
        dispatcher: ConnectionDispatcher,
        auth: Credentials | Callable[[str, str], bool] | None,
        authorize: Authorize | None,
        origins: Iterable[str],
        health_path: str | None,
        readiness_path: str | None,
    ) -> None:
        self._context = context
        self._calls = calls
        self._streams = streams
        self._webhooks = webhooks
        self._dispatcher = dispatcher
        self._auth = auth
        self._authorize = authorize
        self._origins = frozenset(origin.lower() for origin in origins)
        self._refusals = Refusals(context.logger)
        self._strays = 0
        """How many streams came whose call another process has."""
        self._probes = {path for path in (health_path, readiness_path) if path}

    async def admit(self, request: HttpRequest) -> Admission | HttpResponse:
        """Decide on an upgrade request, and tell of it if it is refused."""
        decision = await self._decide(request)
        if isinstance(decision, HttpResponse):
            routes: RouteTable[Any] = (
                self._calls if CONTROL_SUBPROTOCOL in request.subprotocols else self._streams
            )
            self._refusals.tell(request, decision, (route.pattern for route in routes))
        return decision

    async def _decide(self, request: HttpRequest) -> Admission | HttpResponse:
        offered = request.subprotocols
        if CONTROL_SUBPROTOCOL in offered:
            request = _without_adulting(request)
        request, token = _without_token(request)
        call = self._dispatcher.registry.having(token) if token else None
        if CONTROL_SUBPROTOCOL not in offered and self._context.tokens.given_here(token):
            return self._admit_by_token(request, call)
        foreign = bool(token) and CONTROL_SUBPROTOCOL not in offered
        if not self._known(request):
            if foreign:
                self._astray()
            return _UNKNOWN
        if CONTROL_SUBPROTOCOL in offered and not self._expected(request):
            return HttpResponse(403, b"pages of this origin are not expected here\n")
        verdict = await self._ask(request)
        if isinstance(verdict, HttpResponse):
            if foreign:
                self._astray()
            return verdict
        peer = replace(request.peer, authorized=verdict)
        path = peer.path
        if CONTROL_SUBPROTOCOL in offered:
            match = self._calls.match(path) or self._adulting(path)
            if match is not None:
                child = partial(self._child, path, match)
                serve = partial(self._dispatcher.serve, match.target, match.params, child, call, token)
                return Admission(CONTROL_SUBPROTOCOL, self._logged(serve), peer)
        if AUDIO_SUBPROTOCOL in offered:
            stream = self._streams.match(path)
            if stream is not None:
                return self._attend(stream, self._finder(foreign=foreign), peer)
        if CONTROL_SUBPROTOCOL in offered or AUDIO_SUBPROTOCOL in offered:
            return HttpResponse(404, b"nothing is served at this path with this subprotocol\n")
        expected = f"a subprotocol is needed: {CONTROL_SUBPROTOCOL} or {AUDIO_SUBPROTOCOL}\n"
        return HttpResponse(400, expected.encode())

    def _admit_by_token(self, request: HttpRequest, call: Call | None) -> Admission | HttpResponse:
        """Decide on an audio connection by its token alone: what it shows besides tells nothing more."""
        if call is None or call.ended:
            self._context.logger.warning("An audio connection shows a token of no call; it is refused")
            return _UNKNOWN
        stream = self._streams.match(request.peer.path)
        if AUDIO_SUBPROTOCOL not in request.subprotocols or stream is None:
            return HttpResponse(404, b"nothing is served at this path with this subprotocol\n")

        def find(identity: Hashable, call_sid: str) -> Call:
            # A leg of it that is a call of its own may have been given the address.
            return next((child for child in call.children if child.call_sid == call_sid), call)

        return self._attend(stream, find, request.peer)

    def _finder(self, *, foreign: bool) -> FindCall:
        """How the call of an audio connection is found that shows no token, or one of another process."""
        find = self._dispatcher.registry.find

        def find_or_tell(identity: Hashable, call_sid: str) -> Call | None:
            call = find(identity, call_sid)
            if call is None:
                self._astray()
            return call

        return find_or_tell if foreign else find

    def _astray(self) -> None:
        """Say that a stream has come to the wrong process; not each time, for anybody can do that."""
        self._strays += 1
        if is_worth_a_line(self._strays):
            self._context.logger.warning(
                "An audio stream has come to this process with the token of another one, which has its call "
                "(time %d). Behind a balancer each process needs an address of its own for audio: "
                "App(advertise=...), JAMBONZ_ADVERTISE, or jambonz run --advertise",
                self._strays,
            )

    def _attend(self, stream: Match[AudioRoute], find: FindCall, peer: Peer) -> Admission:
        serve = partial(serve_audio, self._context, stream, find)
        return Admission(AUDIO_SUBPROTOCOL, self._logged(serve), peer)

    def _logged(self, serve: AcceptedCall) -> AcceptedCall:
        """`serve`, with what is said in the log if that is wanted."""
        if not self._context.log_content:
            return serve
        from .content_log import LoggedTransport

        async def logged(transport: Transport) -> None:
            await serve(LoggedTransport(transport, self._context.logger))

        return logged

    def _known(self, request: HttpRequest) -> bool:
        auth, given = self._auth, request.peer.credentials
        if auth is None:
            return True
        if given is None:
            return False
        if callable(auth):
            return bool(auth(*given))
        # Both are compared, whatever the first comparison says: the time it takes tells nothing.
        matches = [
            hmac.compare_digest(mine.encode(), theirs.encode("utf-8", "surrogatepass"))
            for mine, theirs in zip(auth, given, strict=True)
        ]
        return all(matches)

    def _expected(self, request: HttpRequest) -> bool:
        """Whether a request comes from jambonz, or from a page that the application expects.

        A browser sends the origin of the page, and on its own the credentials that it knows. jambonz sends no
        origin with calls; its media server does with audio.
        """
        origin = request.peer.headers.get("origin")
        return origin is None or "*" in self._origins or origin.lower() in self._origins

    async def _ask(self, request: HttpRequest) -> HttpResponse | Hashable:
        """What the `authorize` hook refuses with, or whose connection it says that this is, if it does."""
        if self._authorize is None:
            return None
        context = self._context
        verdict: Any = None
        try:
            with anyio.move_on_after(context.limits.admission_seconds) as patience:
                verdict = await context.threads.invoke(self._authorize, request)
        except Exception:
            context.logger.exception("The authorize hook failed; the connection is refused")
            return HttpResponse(500, b"the connection could not be authorized\n")
        if patience.cancelled_caught:
            context.logger.error("CallLimits.admission_seconds is reached: the connection is refused")
            return HttpResponse(503, b"authorizing took too long\n")
        if isinstance(verdict, HttpResponse):
            return verdict
        if not verdict:
            return HttpResponse(403, b"not authorized\n")
        try:
            hash(verdict)
        except TypeError:
            context.logger.exception(
                "The authorize hook returned a %s, which cannot tell whose connection this is: it must be "
                "hashable, or True; the connection is refused",
                type(verdict).__name__,
            )
            return HttpResponse(500, b"the connection could not be authorized\n")
        return None if verdict is True else verdict

    def _adulting(self, path: str) -> Match[CallRoute] | None:
        """The route of a leg that becomes a call, where nobody serves its path in particular.

        Its verbs were given beforehand, so its parent's handler is not run for it: the parent hears of it,
        and the handlers of hooks are the parent's path's.
        """
        if not path.rstrip("/").endswith(ADULTING):
            return None
        match = self._calls.match(path.rstrip("/")[: -len(ADULTING)] or "/")
        return None if match is None else _child_of(match)

    def _child(self, path: str, match: Match[CallRoute]) -> Match[CallRoute]:
        """The route of a leg that becomes a call, where its path is its parent's: see `ADULTING`."""
        own = self._calls.match(path.rstrip("/") + ADULTING)
        served = own is not None and own.target.pattern.endswith(ADULTING)
        return own if own is not None and served else _child_of(match)

    # --- plain requests ---------------------------------------------------------------------------------

    async def respond(self, request: HttpRequest) -> HttpResponse:
        """Answer a plain request by a probe or a webhook handler."""
        path = request.peer.path
        if request.method in ("GET", "HEAD") and path in self._probes:
            return HttpResponse(200, b"ok\n")
        webhook = self._webhooks.match(path)
        served = self._calls.match(path) or self._streams.match(path)
        if request.method == "OPTIONS" and (webhook or served):
            body = self._context.environment.body
            return HttpResponse(204) if body is None else HttpResponse(200, body, "application/json")
        if not self._known(request) and not (webhook is not None and is_signed(webhook.target, request)):
            return _UNKNOWN
        if webhook is not None:
            return await answer_webhook(self._context, webhook, request)
        if served:
            return HttpResponse(426, b"a websocket is served here\n", headers=(("Upgrade", "websocket"),))
        return HttpResponse(404, b"nothing is served at this path\n")


def _child_of(match: Match[CallRoute]) -> Match[CallRoute]:
    route = match.target
    return Match(CallRoute(route.pattern + ADULTING, hooks=route.hooks, on_return="stay"), match.params)


def _without_token(request: HttpRequest) -> tuple[HttpRequest, str]:
    """A request without the token of a call in its query, which nobody else is to see; and the token."""
    query, token = token_of(request.peer.query)
    return (replace(request, peer=replace(request.peer, query=query)), token) if token else (request, "")


def _without_adulting(request: HttpRequest) -> HttpRequest:
    """A request with the query that the application's URL has: see `ADULTING`."""
    query = request.peer.query
    if not query.endswith(ADULTING):
        return request
    return replace(request, peer=replace(request.peer, query=query.removesuffix(ADULTING)))
