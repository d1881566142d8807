"""An application: which handler serves which path, and what all of its calls share.

`App` is tables of routes with a few settings. It knows nothing of sockets: a server (`serve`), an ASGI host
(the app itself is an ASGI application) or a test in memory asks it whether to admit a connection, and hands
it the transport. What is decided before a connection is accepted is in `admission`.
"""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from os import PathLike
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import anyio

from jambonz_core.call import CallOptions
from jambonz_core.verbs.profiles import Profile
from jambonz_core.webhooks.environment import Environment
from jambonz_core.webhooks.signature import checked_secrets
from jambonz_core.wire.errors import LocalProtocolError
from jambonz_core.wire.registry import Registry

from ._call.admission import Admissions, Authorize, Credentials
from ._call.app_context import AppContext, AudioRoute, CallRoute, OnReturn, WebhookRoute
from ._call.call_tokens import CallTokens, advertised
from ._call.dispatcher import ConnectionDispatcher
from ._call.invoke import Threads, checked_event, checked_handler, checked_path, unwrap
from ._call.on_call_path import CallPathHandlers
from ._call.routes import RouteTable
from ._call.schema_files import read_schemas
from ._call.tool_runs import add_tools
from ._call.tool_webhook import ToolWebhook
from .chain import verbs_from
from .limits import CallLimits, ServerLimits
from .stores import MemoryStore, Store

if TYPE_CHECKING:
    from typing import Unpack

    from jambonz_core.rest.placing import NewCallFields

    from ._net.asgi import AsgiApplication
    from ._net.server import Server, ServerSettings
    from ._net.transport import Admission, HttpRequest, HttpResponse
    from .call import AudioStream, Call
    from .journals import Journals
    from .rest import JambonzClient
    from .rest.place import Placing
    from .tools.tool_functions import AnyTool
    from .webhooks import WebhookRequest

# What handlers get, so that type checkers refuse one with other parameters. Each decorator gives back the
# handler as it was: a coroutine function or a plain one, whatever it returns.
CallHandlerT = TypeVar("CallHandlerT", bound="Callable[[Call], object]")
AudioHandlerT = TypeVar("AudioHandlerT", bound="Callable[[AudioStream], object]")
WebhookHandlerT = TypeVar("WebhookHandlerT", bound="Callable[[WebhookRequest], object]")
ErrorHandlerT = TypeVar("ErrorHandlerT", bound="Callable[[Call | AudioStream, Exception], object]")
Lifespan: TypeAlias = Callable[["App"], AbstractAsyncContextManager[Any]]

ADVERTISE = "JAMBONZ_ADVERTISE"
"""The environment variable that says where jambonz reaches this process."""


class CallPath(CallPathHandlers):
    """The calls of one path: a decorator for their handler, and the place to register handlers for all of
    them.

    ```python
    menu = app.call("/menu")


    @menu
    async def begin(call: Call) -> None:
        await call.gather(input=["digits"], numDigits=1, actionHook="/chosen").send()


    @menu.on("/chosen")
    async def chosen(call: Call, choice) -> Chain:
        return call.say(text=f"You pressed {choice.digits}.").hangup()
    ```
    """

    def __init__(self, route: CallRoute, registry: Registry) -> None:
        self._route = route
        self._registry = registry

    def __call__(self, handler: CallHandlerT) -> CallHandlerT:
        """Make `handler(call)` the handler of the path's calls."""
        if self._route.handler is not None:
            raise LocalProtocolError(f"the path {self._route.pattern} has a handler already")
        self._route.handler = checked_handler(handler, f"app.call({self._route.pattern!r})", "the call")
        return handler

    def tools(
        self, path: str, tools: Iterable[AnyTool], *, vendor: str = "", logger: logging.Logger | None = None
    ) -> None:
        """`Call.tools` for all calls of this path, those that another process began included."""
        add_tools(self._route.tools, path, tools, vendor=vendor, logger=logger)

    def _on(self, name: str, handler: Any, /) -> Any:
        checked_event(name, self._registry)
        if handler is None:
            return partial(self._on, name)
        self._route.hooks[name] = checked_handler(handler, f"on({name!r})", "the call", "what has come")
        return handler


class App:
    """Calls, audio streams and webhooks by their paths.

    ```python
    app = App(last_words="Sorry, something went wrong.")


    @app.call("/")
    async def hello(call: Call) -> None:
        await call.say(text="Hello!").hangup().send()
    ```

    Paths may have parameters, wildcards and prefixes: see `routes`.
    """

    def __init__(
        self,
        *,
        env_vars: Mapping[str, Mapping[str, Any]] | None = None,
        profile: Profile | str = "v10",
        schemas: str | PathLike[str] | Iterable[Mapping[str, Any]] | None = None,
        options: CallOptions | None = None,
        limits: CallLimits | None = None,
        store: Store | None = None,
        last_words: Any = None,
        auth: Credentials | Callable[[str, str], bool] | None = None,
        authorize: Authorize | None = None,
        origins: str | Iterable[str] = (),
        webhook_secret: str | bytes | Iterable[str | bytes] | None = None,
        on_return: OnReturn = "hangup",
        lifespan: Lifespan | None = None,
        logger: logging.Logger | None = None,
        log_content: bool = False,
        journals: Journals | None = None,
        advertise: str | None = None,
        health_path: str | None = "/health",
        readiness_path: str | None = "/ready",
    ) -> None:
        """Make an application.

        Args:
            env_vars: Variables that the jambonz portal offers to fill in, by name: each with `type` and
                `description`, and perhaps `default`, `enum`, `required` and more. Calls have them in
                `call.env`.
            profile: The server's version: ``v10``, or ``0.9`` for the open-source server.
            schemas: More schemas of verbs than the library's own: a directory of ``*.schema.json`` files, or
                parsed schemas.
            options: How the protocol is kept: deadlines, sizes, the grace for a reconnect.
            limits: What a call may use; see `CallLimits`.
            store: Where processes that share calls keep whose they are, and what was saved of them; see
                `stores`.
            last_words: What a caller hears when a handler failed, before the hangup: a text, or verbs.
            auth: User name and password that jambonz must show, or a function of both. A webhook may show its
                signature instead.
            authorize: Decides about each connection before it is accepted: a function of the `HttpRequest`,
                whose value must be true. It may also return an `HttpResponse` to refuse with. Any other value
                than `True` is the identity of the connection, as credentials are otherwise: a hashable that
                is equal for all connections of one tenant and for no others. Only connections of one identity
                can have to do with each other's calls. An audio connection with the token of a call is
                not asked about.
            origins: Web pages that may open calls from a browser, such as ``https://phone.example.com``;
                ``*`` for all. jambonz says no origin where it opens a call, so by default a connection that
                says one is refused. Audio streams are not asked: the media server says one.
            webhook_secret: The account's webhook secret, or all that are valid now. An empty list or a blank
                secret is refused: only a webhook's own ``unsigned=True`` switches checking off.
            on_return: What happens when a handler has returned and nothing else can act on its call:
                ``hangup`` behind the verbs that are queued, or ``stay``.
            lifespan: A context manager of the app, entered before the first call and left after the last.
            logger: In place of ``jambonz_anyio``.
            log_content: Log the messages of connections as they come and go, at level DEBUG. They hold what
                callers say, and credentials that are sent to the server.
            journals: Where a journal of each call goes, such as a `JournalDirectory`; None for nowhere.
            advertise: Where jambonz reaches this very process, and no other of the application:
                ``wss://worker-3.example/``. Audio streams are sent there, and so find their call. By default
                it is what the environment variable ``JAMBONZ_ADVERTISE`` says; without either, jambonz opens
                streams where it has opened the call, which may be at a balancer.
            health_path: Answers 200 as long as the process serves; None for no such path.
            readiness_path: Answers 200 as long as new calls are welcome, and 503 when the server is full or
                drains; None for no such path. Under an ASGI host, which alone knows that, it answers 200.
        """
        if isinstance(profile, str):
            profile = Profile(profile)
        if schemas is not None:
            profile = profile.with_schemas(read_schemas(schemas))
        if isinstance(last_words, str):
            last_words = {"verb": "say", "text": last_words}
        limits = limits or CallLimits()
        self._context: AppContext = AppContext(
            profile=profile,
            options=options or CallOptions(),
            limits=limits,
            store=store if store is not None else MemoryStore(),
            store_given=store is not None,
            last_words=verbs_from(last_words, profile),
            logger=logger or logging.getLogger("jambonz_anyio"),
            threads=Threads(limits.threads),
            log_content=log_content,
            journals=journals,
            tokens=CallTokens(os.environ.get(ADVERTISE) if advertise is None else advertise),
            environment=Environment(env_vars),
        )
        """What the calls share."""
        self._on_return: OnReturn = on_return
        self._health_path = health_path
        self._readiness_path = readiness_path
        self._call_routes = RouteTable[CallRoute]()
        self._audio_routes = RouteTable[AudioRoute]()
        self._webhook_routes = RouteTable[WebhookRoute]()
        self._webhook_secrets = None if webhook_secret is None else checked_secrets(webhook_secret)
        self._asgi: AsgiApplication | None = None
        self._lifespans: list[Lifespan] = [] if lifespan is None else [lifespan]
        self._dispatcher = ConnectionDispatcher(self._context)
        self._admissions = Admissions(
            self._context,
            calls=self._call_routes,
            streams=self._audio_routes,
            webhooks=self._webhook_routes,
            dispatcher=self._dispatcher,
            auth=auth,
            authorize=authorize,
            origins=(origins,) if isinstance(origins, str) else origins,
            health_path=health_path,
            readiness_path=readiness_path,
        )

    # --- what it serves ---------------------------------------------------------------------------------

    def call(self, path: str, *, on_return: OnReturn | None = None) -> CallPath:
        """Serve the calls of a path: a decorator for their handler."""
        checked_path(path, "@app.call")
        route = CallRoute(path, on_return=on_return or self._on_return)
        self._call_routes.add(path, route)
        return CallPath(route, self.profile.registry)

    def audio(self, path: str, *, streaming: bool | None = None) -> Callable[[AudioHandlerT], AudioHandlerT]:
        """Serve the audio streams of a path: a decorator for a handler of an `AudioStream`.

        Args:
            path: What the `url` of a `listen` verb says.
            streaming: The verb's `bidirectionalAudio.streaming`. When it is told, playing in the other mode
                is refused here, where jambonz would drop it without a word.
        """
        checked_path(path, "@app.audio")
        route = AudioRoute(path, streaming=streaming)
        self._audio_routes.add(path, route)

        def decorate(handler: AudioHandlerT) -> AudioHandlerT:
            route.handler = checked_handler(handler, f"app.audio({path!r})", "the stream")
            return handler

        return decorate

    def webhook(
        self,
        path: str,
        *,
        secret: str | bytes | Iterable[str | bytes] | None = None,
        unsigned: bool = False,
        allow_get: bool = False,
    ) -> Callable[[WebhookHandlerT], WebhookHandlerT]:
        """Answer the webhooks of a path: a decorator for a function of a `WebhookRequest`.

        Args:
            path: Where jambonz posts.
            secret: In place of the app's `webhook_secret`: one, or all that are valid now.
            unsigned: Believe everybody who posts here; for networks that prove the sender in another way.
            allow_get: Take requests with GET too, which cannot be proven.
        """
        checked_path(path, "@app.webhook")
        if unsigned and secret is not None:
            raise LocalProtocolError(
                f"the webhook {path} has a secret and is unsigned: which of them is meant?"
            )
        secrets = self._webhook_secrets if secret is None else checked_secrets(secret)
        if secrets is None and not unsigned:
            raise LocalProtocolError(
                f"the webhook {path} has no secret to check its requests with: give App a webhook_secret, "
                "or say unsigned=True"
            )
        route = WebhookRoute(path, secrets=None if unsigned else secrets, allow_get=allow_get)
        self._webhook_routes.add(path, route)

        def decorate(handler: WebhookHandlerT) -> WebhookHandlerT:
            route.handler = checked_handler(handler, f"app.webhook({path!r})", "the request")
            return handler

        return decorate

    def tools(
        self, path: str, tools: Iterable[AnyTool], *, vendor: str = "", logger: logging.Logger | None = None
    ) -> None:
        """`Call.tools` for all calls of the app, those that another process began included."""
        add_tools(self._context.tools, path, tools, vendor=vendor, logger=logger)

    def tool_webhook(
        self,
        path: str,
        tools: Iterable[AnyTool],
        *,
        vendor: str = "",
        secret: str | bytes | Iterable[str | bytes] | None = None,
        unsigned: bool = False,
        otherwise: Callable[[WebhookRequest], object] | None = None,
    ) -> None:
        """Answer the tool hooks that jambonz posts to a path, for calls that are served over webhooks.

        A tool has at most 8 seconds, because jambonz waits for 10. It can neither have the call nor steer it,
        and its filler is not said: over webhooks there is only the answer.

        Args:
            path: The verb's `toolHook`.
            tools: Made by `jambonz_anyio.tools.tool`, or plain functions, from which it makes them.
            vendor: The vendor of the `llm` verb. The open-source server wants the output in its shape.
            secret: In place of the app's `webhook_secret`: one, or all that are valid now.
            unsigned: Believe everybody who posts here; for networks that prove the sender in another way.
            otherwise: Answers for names that are not among these tools: a function of the `WebhookRequest`.
        """
        webhook = ToolWebhook(self._context, path, tools, vendor, otherwise)
        self.webhook(path, secret=secret, unsigned=unsigned)(webhook)

    def on_resume(self, handler: CallHandlerT) -> CallHandlerT:
        """Go on with calls that another process began: `handler(call)`, with `call.state` as it was saved.

        It is empty when nothing was saved, of a call that had begun all the same. `call.saved_at` tells how
        old the state is, and `call.unproved` what may not have reached jambonz.

        Without one, a call whose process died gets its last words and is hung up.
        """
        self._context.on_resume = checked_handler(handler, "app.on_resume()", "the call")
        return handler

    def on_error(self, function: ErrorHandlerT) -> ErrorHandlerT:
        """Call `function(call, exception)` when a handler has failed. `call` may also be an `AudioStream`."""
        self._context.on_error.append(
            checked_handler(function, "app.on_error()", "the call", "the exception")
        )
        return function

    def lifespan(self, function: Callable[[App], AsyncIterator[Any]]) -> Callable[[App], AsyncIterator[Any]]:
        """Run code before the first call and after the last: a decorator for an async generator of the app.

        ```python
        @app.lifespan
        async def database(app: App) -> AsyncIterator[None]:
            async with connect() as app_state:
                yield
        ```
        """
        self._lifespans.append(asynccontextmanager(function))
        return function

    @property
    def calls(self) -> Mapping[str, Call]:
        """The live calls of this process, by `call_sid`.

        Where two identities have a call of the same id, it is the one of whoever was there first.
        """
        return MappingProxyType(self._dispatcher.registry.shown)

    @property
    def detached(self) -> int:
        """How many calls wait for jambonz to connect them again. The server counts them as calls."""
        return len(self._context.detached)

    @property
    def store_failures(self) -> Mapping[str, int]:
        """How often something about the store has failed since the app was made, for a metric of each kind.

        ``claim``, ``save`` and ``end`` raised, or took longer than `CallLimits.store_seconds`; a ``snapshot``
        could not be written, as of a state that is no JSON; ``hints`` were not to be had, and the store was
        not to ``open``. The mapping is always the present state. No call ends because of any of these.
        """
        return MappingProxyType(self._dispatcher.stored.failures)

    @property
    def routes(self) -> Mapping[str, list[str]]:
        """The paths that are served: those for calls, for audio streams and for webhooks.

        >>> app = App()
        >>> app.call("/agent") and app.routes
        {'call': ['/agent'], 'audio': [], 'webhook': []}
        """
        return {
            "call": [route.pattern for route in self._call_routes],
            "audio": [stream.pattern for stream in self._audio_routes],
            "webhook": [webhook.pattern for webhook in self._webhook_routes],
        }

    @property
    def env_vars(self) -> Mapping[str, Mapping[str, Any]]:
        """The variables that the application declares for the portal, by name.

        >>> App(env_vars={"GREETING": {"type": "string", "description": "First words"}}).env_vars
        {'GREETING': {'type': 'string', 'description': 'First words'}}
        """
        return self._context.environment.declarations

    @property
    def profile(self) -> Profile:
        """The server's version, as far as it decides what may be sent."""
        return self._context.profile

    @property
    def journals(self) -> Journals | None:
        """Where a journal of each call goes. It may be changed; calls that come from then on go there."""
        return self._context.journals

    @journals.setter
    def journals(self, journals: Journals | None) -> None:
        self._context.journals = journals

    @property
    def advertise(self) -> str | None:
        """Where jambonz reaches this very process. It may be changed, for streams that begin then."""
        return self._context.tokens.advertise or None

    @advertise.setter
    def advertise(self, url: str | None) -> None:
        self._context.tokens.advertise = "" if url is None else advertised(url)

    @property
    def store(self) -> Store:
        """Where processes that share calls keep them. It may be changed until the app serves."""
        return self._context.store

    @store.setter
    def store(self, store: Store) -> None:
        self._context.store, self._context.store_given = store, True

    def place(
        self, client: JambonzClient, opts: Mapping[str, Any] | None = None, **fields: Unpack[NewCallFields]
    ) -> Placing[Call]:
        """Place a call over REST, and have it for a block once it is answered.

        ```python
        async with app.place(client, to={"type": "phone", "number": "+1555"}, **fields) as call:
            await call.say(text="Hello!").done()
        ```

        The call's hook must lead to this process. The path's handler is not run: the block is in its place.
        Raises `CallFailed` when nobody answers. When the block is left, and nothing else can act on the call,
        it is hung up behind what is queued; an exception in the block hangs up at once.
        """
        from .rest.place import place
        from .rest.placements import Placements

        if self._dispatcher.placements is None:
            self._dispatcher.placements = Placements(lambda call: call.hangup())
        return place(self._dispatcher.placements, client, opts, **fields)

    # --- serving it -------------------------------------------------------------------------------------

    @asynccontextmanager
    async def running(self) -> AsyncIterator[App]:
        """The time in which the app serves: enters the store and the lifespans, and keeps the clock of calls.

        `serve` and the ASGI lifespan do this. Who brings connections in another way wraps that in it, so that
        the lifespans are entered; calls themselves also work without.
        """
        async with AsyncExitStack() as stack:
            store = self._context.store
            if isinstance(store, AbstractAsyncContextManager):
                await stack.enter_async_context(store)
            for lifespan in self._lifespans:
                await stack.enter_async_context(lifespan(self))
            failure: BaseException | None = None
            try:
                async with anyio.create_task_group() as tasks:
                    if self._context.shares_calls:
                        tasks.start_soon(self._dispatcher.stored.listen)
                    timers, hosts = self._context.timers, self._dispatcher.stored.hosts
                    before, self._context.home = self._context.home, tasks
                    try:
                        with timers.hosted_by(tasks), hosts.opened_for_all():
                            yield self
                    finally:
                        self._context.home = before
                    tasks.cancel_scope.cancel()
            except BaseExceptionGroup as group:
                # Nothing but the block's own exception can be in it.
                failure = unwrap(group)
            if failure is not None:
                raise failure

    async def serve(self, **settings: Unpack[ServerSettings]) -> None:
        """Serve on sockets until drained or cancelled. Settings are those of `jambonz_anyio.Server`.

        ```python
        anyio.run(partial(app.serve, host="0.0.0.0", port=3000))
        ```
        """
        from ._net.server import serve

        settings.setdefault("health_path", self._health_path)
        settings.setdefault("readiness_path", self._readiness_path)
        async with self.running():
            await serve(self, **settings)

    @asynccontextmanager
    async def serving(self, **settings: Unpack[ServerSettings]) -> AsyncIterator[Server]:
        """`serve` beside a block, which gets the `Server` once it listens.

        ```python
        async with app.serving(port=0) as server:
            print(server.port)
            await anyio.sleep_forever()
        ```

        When the block is left, the server stops; calls that are still there are closed, and jambonz takes
        them elsewhere. Call `server.drain(seconds)` in the block to let them finish.
        """
        failure: BaseException | None = None
        try:
            async with anyio.create_task_group() as tasks:
                server = await tasks.start(partial(self.serve, **settings))
                try:
                    yield server
                except Exception as error:
                    failure = error  # when the lifespans are left, for which it is no error
                await server.drain(0)
        except BaseExceptionGroup as group:
            # What kept the server from starting, or ended it.
            failure = failure or unwrap(group)
        if failure is not None:
            raise failure

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve under an ASGI host: ``uvicorn module:app``, or mounted inside another application."""
        if self._asgi is None:
            self._asgi = self.asgi()
        await self._asgi(scope, receive, send)

    def asgi(self, *, limits: ServerLimits | None = None) -> AsgiApplication:
        """This app as an ASGI application with other `ServerLimits`, those of them that hold there."""
        from ._net.asgi import AsgiApplication

        return AsgiApplication(self, running=self.running, limits=limits)

    async def admit(self, request: HttpRequest) -> Admission | HttpResponse:
        """Decide on a connection before it is accepted. For servers."""
        return await self._admissions.admit(request)

    async def respond(self, request: HttpRequest) -> HttpResponse:
        """Answer a plain HTTP request. For servers."""
        return await self._admissions.respond(request)
