"""The call, as a program holds it.

A handler gets one of these and talks to a caller with it. The methods fall into groups, each explained where
it is built: verbs (`chain`), commands that act at once (`commands`), speech (`speech`), turns (`turns`),
hooks and events (`receivers`), and the call's own life, which is here. How a call ends and where exceptions
go stands in `runtime`.

Everything may be called from any task of the event loop that serves the call, also from outside the call's
scope: `app.calls[call_sid].hangup()` is fine. What waits outside the scope when the call ends gets
`CallEnded`; inside, it is cancelled with the scope.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Hashable, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeVar, TypeVarTuple, overload

from anyio.lowlevel import checkpoint

import jambonz_core.call as core
from jambonz_core.verbs.assembling import assemble
from jambonz_core.verbs.payload_base import Payload
from jambonz_core.wire.errors import CallEnded, LocalProtocolError
from jambonz_core.wire.event import Event
from jambonz_core.wire.events import CallStatus
from jambonz_core.wire.unproved import UnprovedWrite, UnsureChoice

from ._call.driver import CoreDriver
from ._call.held_hook import current_hook as running_hook
from ._call.invoke import checked, checked_event, checked_handler, checked_name
from ._call.on_call import CallHandlers
from ._call.receivers import Hook
from ._call.runtime import Runtime
from .audio import AudioConnection
from .chain import AnyVerbs, Chain, ChainVerbs, verbs_from
from .commands import LiveCommands
from .posted import Posted
from .session_fields import SessionFields

if TYPE_CHECKING:
    import logging

    import anyio

    from jambonz_core.verbs.profiles import Profile
    from jambonz_core.webhooks.environment import Env

    from ._call.app_context import AppContext, AudioRoute, CallRoute
    from ._call.call_log import CallLog
    from ._call.inbox import Inbox
    from ._call.own_tools import RunningTool
    from ._call.saved_call import CallKey
    from ._net.transport import Peer, Transport
    from .speech import Speech
    from .tools.tool_functions import AnyTool

EndHandlerT = TypeVar("EndHandlerT", bound="Callable[[Call], object]")
PayloadT = TypeVar("PayloadT", bound=Payload)
ArgsT = TypeVarTuple("ArgsT")


class Call(ChainVerbs, LiveCommands[Coroutine[Any, Any, None]], CallHandlers, SessionFields):
    """A live call.

    Attributes beside those below are the verbs, such as `call.say(…)`, the commands, such as `call.mute()`,
    and the fields of the session, such as `call.from_`.
    """

    __slots__ = (
        *("__weakref__", "_children", "_driver", "_env", "_profile", "_runtime", "_streams"),
        *("locals", "parent"),
    )

    def __init__(
        self,
        context: AppContext,
        route: CallRoute,
        core: core.AppCall,
        key: CallKey,
        peer: Peer,
        params: dict[str, str],
    ) -> None:
        self._runtime = Runtime(self, context, route, core, key, peer, params)
        self._driver: CoreDriver = self._runtime.driver
        self._profile: Profile = context.profile
        self._env: Env | None = None
        self._streams: tuple[AudioStream, ...] = ()
        """Those that are open, in the order in which they began."""
        self.locals: dict[str, Any] = {}
        """For the program: whatever belongs to this call. It stays in this process."""
        self._children: list[Call] | None = None
        self.parent: Call | None = None
        """The call that this one was a leg of, if it is still here."""

    # --- what it is -------------------------------------------------------------------------------------

    @property
    def children(self) -> list[Call]:
        """Legs of this call that became calls of their own, the latest 64."""
        if self._children is None:
            self._children = []
        return self._children

    @property
    def data(self) -> dict[str, Any]:
        """The payload with which the call began, as it came."""
        return self._driver.core.session

    @property
    def call_sid(self) -> str:
        """The id of this leg of the call."""
        return self._driver.core.call_sid

    @property
    def opened_by(self) -> str:
        """The message that the call began with here, such as ``session:new`` or ``session:redirect``."""
        return self._runtime.opened_by

    @property
    def state(self) -> dict[str, Any]:
        """For the program: what another process needs to go on with the call. JSON; see `checkpoint`."""
        return self._runtime.state

    @state.setter
    def state(self, state: dict[str, Any]) -> None:
        self._runtime.state = state

    @property
    def saved_at(self) -> float | None:
        """When the state was saved with which a call of another process goes on here: seconds since 1970, by
        the clock of that process. None for a call that began here.

        Of what happened to the call after that only those things are known that jambonz reports from now on.
        """
        return self._runtime.saved_at

    @property
    def unproved(self) -> tuple[UnprovedWrite, ...]:
        """What the other process had sent without a proof that jambonz has read it, and what becomes of each,
        as it was when the call came here. Events tell what is repeated or lost in the end. Empty for a call
        that began here.
        """
        return self._runtime.unproved

    @property
    def params(self) -> dict[str, str]:
        """What the path captured: for ``/tenants/{tenant}``, `call.params["tenant"]`."""
        return self._runtime.params

    @property
    def identity(self) -> Hashable:
        """What `authorize` returned for the call's first connection, if that was more than `True`."""
        return self._runtime.peer.authorized

    @property
    def env(self) -> Env:
        """The application's variables as declared in `App(env_vars=…)`: typed, with their defaults.

        Raises `InvalidEnvironment` when one that is required was not filled in, or makes no sense.
        """
        if self._env is None:
            self._env = self._runtime.context.environment.read(self.env_vars)
        return self._env

    @property
    def profile(self) -> Profile:
        """The version of the server that the call is on, as far as it decides what may be sent."""
        return self._profile

    @property
    def path(self) -> str:
        """The path that the call came in on."""
        return self._runtime.peer.path

    def url(self, path: str) -> str:
        """The address of a path of this application, for `listen` and `stream` verbs of this call.

        It carries the call's token, by which the audio connection is let in and finds this call. A relative
        address that the library sends gets the token anyway; this is for those that need a host before them.
        What stands in the address until it leaves is not the token itself. Where the app has an
        `advertise`, the address begins with that, and leads to this very process; otherwise it is a path.

        ```python
        await call.listen(url="wss://media.example.com" + call.url("/audio")).send()
        ```
        """
        if not path.startswith("/"):
            raise LocalProtocolError(f"a path of this application begins with a slash, and not like {path!r}")
        return self._driver.token.url(path)

    @property
    def log(self) -> CallLog:
        """A logger whose lines carry the `call_sid`."""
        return self._runtime.log

    @property
    def ended(self) -> bool:
        """Whether the call is over."""
        return self._runtime.over

    @property
    def end_reason(self) -> str:
        """Why it is over: ``completed``, ``closed``, ``expired``, ``moved``, ``given up``, ``superseded`` by
        a new call of its id, or ``internal error``. Empty while it is not."""
        return self._runtime.end_reason

    @property
    def error(self) -> Exception | None:
        """The exception that ended the call, if one did."""
        return self._runtime.error

    @property
    def attached(self) -> bool:
        """Whether there is a connection just now. Without one, what is sent waits for the server to come
        back."""
        return self._driver.core.attached

    @property
    def awaits_answer(self) -> bool:
        """Whether jambonz waits for the first verbs of the call, which what is sent becomes a part of."""
        return not self._driver.core.answered_first

    @property
    def early_statuses(self) -> list[CallStatus]:
        """What was reported of the call before it began, such as ringing."""
        return list(self._driver.core.early_statuses)

    def __repr__(self) -> str:
        return f"<Call {self.call_sid or 'without an id'} on {self.path}>"

    # --- verbs and commands -----------------------------------------------------------------------------

    @property
    def _leg(self) -> str:
        return ""

    def _add(self, verb: str, given: Mapping[str, Any] | None, fields: dict[str, Any]) -> Chain[Any]:
        return Chain(self._runtime, [assemble(verb, given, fields, self._profile)])

    async def _command(self, command: core.LiveCommand) -> None:
        await self._driver.order(command)

    def _verbs(self, verbs: Any) -> list[dict[str, Any]]:
        return verbs_from(verbs, self._driver.core.profile)

    def leg(self, call_sid: str) -> Leg:
        """Another leg of the call, to aim commands at."""
        return Leg(self._driver, call_sid)

    def chain(self, verbs: AnyVerbs | None = None) -> Chain[Any]:
        """A chain to add verbs to, perhaps with some in it: plain dicts, or another chain.

        ```python
        await call.chain([{"verb": "say", "text": "Hello"}]).hangup().send()
        ```
        """
        return Chain(self._runtime, self._verbs(verbs))

    async def send(self, verbs: AnyVerbs, *, if_unsure: UnsureChoice | None = None) -> None:
        """`call.chain(verbs).send()`: for verbs that are at hand as plain dicts."""
        await self.chain(verbs).send(if_unsure=if_unsure)

    @overload
    def post(self, command: core.WriteText) -> Posted[bool]: ...
    @overload
    def post(self, command: core.Command) -> Posted[object]: ...
    def post(self, command: core.Command) -> Posted[Any]:
        """Do something at once, without an `await`: any command of `jambonz_core.call`.

        What is wrong with the command is raised here. What is returned is a coroutine object, to be awaited,
        given to a task, or dropped. Awaited, it waits until there is room for more; for `WriteText` until the
        server has taken the text, and gives False where it was dropped before.

        ```python
        call.post(FlushText())
        call.post(Send(call.say(text="One moment.").take()))
        ```

        Raises `CallEnded` when the call is over, and `OutboxFull` when far more was sent than jambonz reads:
        a program that awaits does not get there. One that tries again and again without a pause is given the
        exception now and then when it awaits, so that it holds up nobody.
        """
        try:
            if self._runtime.over:
                raise CallEnded(f"the call {self.call_sid} is over")
            if isinstance(command, core.WriteText) and command.speech is None and command.ticket is None:
                return self._runtime.speeches.post(command.text)
            return self._driver.post(command)
        except LocalProtocolError as error:
            return self._driver.loop.refused(error)

    # --- speech -----------------------------------------------------------------------------------------

    def speak(self) -> AbstractAsyncContextManager[Speech]:
        """Stream text to the caller, inside a block that an interruption ends; see `speech`.

        The session needs a text stream: `config(ttsStream={"enable": True})` first.
        """
        return self._runtime.speeches.speak()

    async def send_tts_tokens(self, text: str) -> bool:
        """Stream text without a block, and wait until the server has taken it.

        False: it was dropped before, by an interruption, by `clear_tts_tokens`, or at the end of the call.
        """
        return await self._runtime.speeches.say(text)

    async def flush_tts_tokens(self) -> None:
        """Have all streamed text spoken, without waiting for the end of its sentence."""
        await self._driver.order(core.FlushText())

    async def clear_tts_tokens(self) -> None:
        """Forget all streamed text that is not spoken yet."""
        await self._driver.order(core.ClearText())

    @property
    def is_tts_paused(self) -> bool:
        """Whether as much text waits as may, so that `send_tts_tokens` would wait.

        Whether the *server* takes no text is `is_tts_refused`. The official SDKs, and `Session` with them,
        call that `is_tts_paused`.
        """
        return self._runtime.speeches.paused

    @property
    def is_tts_refused(self) -> bool:
        """Whether the server takes no text at the moment: between its `stream_paused` and `stream_resumed`,
        and while it refuses what is offered. Text may be sent all the same; it waits."""
        return self._runtime.speeches.refused

    # --- turns ------------------------------------------------------------------------------------------

    async def turns(self, path: str, answer: Callable[[Any], Awaitable[object]]) -> None:
        """Run `answer` for each hook of `path`; a newer hook cancels the answer to the one before.

        ```python
        async def answer(heard) -> None:
            async with call.speak() as speech:
                await speech.feed(llm(heard.transcript))

        await call.turns("/heard", answer)
        ```

        Does not return before the call ends, unless `answer` raises.
        """
        checked_handler(answer, "turns()", "what was heard")
        await self._driver.checkpoint()
        await self._runtime.turns.run(self.hooks(path), answer)

    def turn(self) -> AbstractAsyncContextManager[anyio.CancelScope]:
        """A turn by hand: entering it cancels the one before and waits for its end."""
        return self._runtime.turns.hold(self._runtime.turns.claim())

    # --- hooks and events -------------------------------------------------------------------------------

    def _on(self, name: str, handler: Any, /) -> Any:
        checked_event(name, self._profile.registry)
        if handler is None:
            return partial(self._on, name)
        self._runtime.receivers.register(name, checked_handler(handler, f"on({name!r})", "what has come"))
        return handler

    def off(self, name: str) -> None:
        """Take back what `on` registered."""
        self._runtime.receivers.unregister(name)

    @property
    def current_hook(self) -> Hook | None:
        """The hook whose handler runs here, which `reply()` answers; None outside of handlers of hooks."""
        held = running_hook.get()
        if held is None or held.driver is not self._driver:
            return None
        return Hook(held, self._runtime.sent.payload(held.event))

    @overload
    def hooks(self, path: str) -> Inbox[Any]: ...
    @overload
    def hooks(self, path: str, kind: type[PayloadT]) -> Inbox[PayloadT]: ...
    @overload
    def hooks(self, path: str, *, hold: Literal[True]) -> Inbox[Hook]: ...
    @overload
    def hooks(self, path: str, *, hold: bool) -> Inbox[Any]: ...
    def hooks(self, path: str, kind: type[Payload] | None = None, *, hold: bool = False) -> Inbox[Any]:
        """The hooks of a path, to be iterated over: their payloads.

        ```python
        async for heard in call.hooks("/heard", GatherResult):
            print(heard.transcript)
        ```

        With `kind`, each payload is read as that class, and type checkers know it. Without, its class is that
        of the verb which named the path. Only the hooks of a `confirmHook` come as `Hook` objects
        in any case, for nobody but the program may answer them.

        They were answered with `[]` already. With `hold=True` they are not: what comes are `Hook` objects,
        each of which waits for its `reply()`, until the core gives one at the deadline.
        """
        return self._runtime.receivers.inbox(checked_name(path, "hooks()"), kind, hold=hold)

    def events(self) -> Inbox[Event]:
        """Everything that happens on the call and is nobody else's hook, to be iterated over."""
        return self._runtime.receivers.watch()

    # --- tools ------------------------------------------------------------------------------------------

    def tools(
        self, path: str, tools: Iterable[AnyTool], *, vendor: str = "", logger: logging.Logger | None = None
    ) -> None:
        """Run these tools when the model of an `llm` or `agent` verb with the `toolHook` `path` calls them.

        ```python
        @tool
        async def opening_hours(day: str) -> str:
            \"\"\"Tell when the shop is open.\"\"\"
            return hours[day]


        call.tools("/tool", [opening_hours])
        await call.agent(llm={…, "llmOptions": {"tools": [opening_hours.schema]}}, toolHook="/tool").send()
        ```

        Each tool call gets one output: what the tool returns, or an error when it raises, takes too long,
        gets arguments that do not fit, or does not exist. A name that is not among these tools goes to the
        `on` handler of the path, if there is one. Tools that the path has already stay. Raises
        `LocalProtocolError` for a name that repeats.

        Args:
            path: The verb's `toolHook`.
            tools: Made by `jambonz_anyio.tools.tool`, or plain functions, from which it makes them.
            vendor: The vendor of the `llm` verb, for a verb on the open-source server that was not sent from
                here.
            logger: Where exceptions of tools are logged, in place of `call.log`.
        """
        self._runtime.with_tools().add(path, tools, vendor=vendor, logger=logger)

    async def update_tools(self, path: str, tools: Iterable[AnyTool]) -> None:
        """Exchange the tools of a path while the verb runs, and tell the model of them.

        A tool that runs just now goes on, and its output is sent. Raises `LocalProtocolError` where a model
        cannot be told of other tools in mid-call.
        """
        await self._runtime.with_tools().update(path, tools)

    def tool_run(
        self, name: str, arguments: Mapping[str, Any] | None = None, *, tool_call_id: str = ""
    ) -> AbstractContextManager[RunningTool]:
        """Tell of a tool that your program runs by itself: in the call's events, its traces and its journal.

        `Tool.run` with a `call` does that already, and so does a `VoiceAgent`. This is for what is no `Tool`.

        ```python
        with call.tool_run("search", {"query": query}) as tool:
            found = await search(query)
            if not found:
                tool.outcome = "error"
        ```

        Args:
            name: What the tool is called.
            arguments: What it is called with: plain JSON.
            tool_call_id: The id that your model has given its call. Without one, the library numbers it.
        """
        return self._runtime.tool_run(name, arguments or {}, tool_call_id)

    # --- its life ---------------------------------------------------------------------------------------

    def start_soon(
        self, function: Callable[[*ArgsT], Awaitable[object]], *args: *ArgsT, name: object = None
    ) -> None:
        """Start a task that ends with the call at the latest, and whose exception ends the call."""
        self._runtime.start_soon(checked(function, "start_soon()"), *args, name=name)

    def on_end(self, function: EndHandlerT) -> EndHandlerT:
        """Call `function(call)` when the call is over, whatever the reason. Five seconds for all of them."""
        self._runtime.on_end(checked_handler(function, "on_end()", "the call"))
        return function

    async def wait_ended(self) -> str:
        """Wait for the end of the call, from outside of it, and tell the reason."""
        return await self._runtime.wait_over()

    async def checkpoint(self) -> None:
        """Save what another process needs to go on with the call: `call.state`, and the protocol's state.

        In an application that has a store of its own or an `on_resume`, it is saved without being asked after
        the first answer, when the connection is lost, and before the record would expire.
        """
        await self._runtime.save()

    # --- audio ------------------------------------------------------------------------------------------

    @property
    def audio(self) -> AudioStream | None:
        """The newest audio stream of the call in this process, or None."""
        return self._streams[-1] if self._streams else None

    @property
    def audio_streams(self) -> list[AudioStream]:
        """All audio streams of the call that are open in this process, in the order in which they began."""
        return list(self._streams)

    async def wait_audio(self) -> AudioStream:
        """The newest audio stream of the call, as soon as there is one in this process.

        ```python
        await call.listen(url="/audio", bidirectionalAudio={"streaming": True}).send()
        stream = await call.wait_audio()
        ```
        """
        await checkpoint()
        while not self._streams:
            if self.ended:
                raise CallEnded("the call ended before an audio stream began")
            await self._runtime.stream_news.wait()
        return self._streams[-1]

    @contextmanager
    def _carry(self, stream: AudioStream) -> Iterator[None]:
        """The time in which an audio stream of the call is open."""
        with self._runtime.keep_alive():
            self._streams = *self._streams, stream
            self._runtime.stream_news.notify()
            try:
                yield
            finally:
                self._streams = tuple(other for other in self._streams if other is not stream)

    def keep_alive(self) -> AbstractContextManager[None]:
        """Do not hang up while this block runs, though the handler has returned and nothing else can act.

        For those who act on a call from outside, through `app.calls`.
        """
        return self._runtime.keep_alive()


class Leg(LiveCommands[Coroutine[Any, Any, None]]):
    """Another leg of a call, to aim commands at."""

    __slots__ = ("_driver", "call_sid")

    def __init__(self, driver: CoreDriver, call_sid: str) -> None:
        self._driver = driver
        self.call_sid: str = call_sid
        """The leg's id, as `dial` reports it in `dial_call_sid`."""

    @property
    def _leg(self) -> str:
        return self.call_sid

    async def _command(self, command: core.LiveCommand) -> None:
        await self._driver.order(command)

    def _verbs(self, verbs: Any) -> list[dict[str, Any]]:
        return verbs_from(verbs, self._driver.core.profile)


class AudioStream(AudioConnection):
    """One audio connection of a call. See `audio` for how it behaves.

    It stands here, beside the call, because the two know each other.
    """

    __slots__ = ("call",)

    def __init__(
        self, context: AppContext, route: AudioRoute, params: dict[str, str], transport: Transport
    ) -> None:
        super().__init__(context, route, params, transport)
        self.call: Call | None = None
        """The call that the stream belongs to, when it is in this process."""
