"""The face of the official SDKs: sessions and services with `on`, `send` and `reply`, and raw dicts.

It is a thin layer over `Call`, for programs and habits that come from there. What it does differently from
`Call` is what people know:

* verbs gather in the session until `send()` or `reply()`. To keep handlers that overlap apart, each handler
  has a gathering of its own, and so have the tasks that it starts;
* handlers get plain dicts, and several may be registered for one name; they run one after the other. A
  handler may be a plain function: it runs in the event loop, as people are used to, and must not block;
* `send()` in a handler of a hook answers the hook, as `reply()` does. Elsewhere it queues;
* a call is not hung up because its handlers have returned.

Everything else is `Call`'s: a lost connection is survived, replies answer their own hook, text is never
stale, and a handler's exception ends its call and no other.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Self, overload

from anyio.lowlevel import checkpoint, checkpoint_if_cancelled

from jambonz_core.verbs.builder import VerbBuilder
from jambonz_core.verbs.declared import VerbMethods
from jambonz_core.verbs.payload_base import Payload
from jambonz_core.wire.errors import LocalProtocolError

from ..commands import AgentUpdate
from ..session_fields import SessionFields
from .injected_commands import InjectedCommands

if TYPE_CHECKING:
    import jambonz_core.call as core

    from ..call import Call

Handler = Callable[..., Any]
Data = dict[str, Any]
Verbs = list[Data]


class _Gathering:
    """The verbs that one handler has said and not sent yet."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.verbs = VerbBuilder(session.call.profile)

    def take(self) -> VerbBuilder:
        verbs, self.verbs = self.verbs, VerbBuilder(self.session.call.profile)
        return verbs


_gathering: ContextVar[_Gathering | None] = ContextVar("jambonz_gathering", default=None)


class Session(VerbMethods, InjectedCommands, SessionFields):
    """One call, as the official SDKs have it.

    ```python
    async def handle(session: Session) -> None:
        session.on("/echo", partial(on_echo, session))
        session.gather(input=["speech"], actionHook="/echo", say={"text": "Say something."})
        await session.send()
    ```
    """

    def __init__(self, call: Call) -> None:
        self.call = call
        """The call behind this face."""
        self.data: dict[str, Any] = call.data
        """The payload with which the call began; of the redirect, after one."""
        self.locals: dict[str, Any] = call.locals
        """For the program: whatever belongs to this call. It stays in this process."""
        self._profile = call.profile
        self._handlers: dict[str, list[Handler]] = {}
        self._outside_handlers = _Gathering(self)

    # --- verbs ------------------------------------------------------------------------------------------

    @property
    def _gathered(self) -> _Gathering:
        mine = _gathering.get()
        return mine if mine is not None and mine.session is self else self._outside_handlers

    def _add(self, verb: str, given: Mapping[str, Any] | None, fields: dict[str, Any]) -> Self:
        self._gathered.verbs.verb(verb, given, **fields)
        return self

    def to_list(self) -> Verbs:
        """The verbs that were gathered; the gathering is empty then."""
        return self._gathered.take().build()

    async def send(self, **options: Any) -> None:
        """Send what was gathered: as the first answer of the call, as the answer to a hook, or to be
        queued."""
        await checkpoint_if_cancelled()
        verbs = self._gathered.take()
        hook = self.call.current_hook
        if hook is not None and not hook.answered:
            await hook.reply(verbs)
        else:
            await self.call.send(verbs)

    async def reply(self, **options: Any) -> None:
        """Answer the hook whose handler runs. Where no hook waits for an answer, the verbs replace what
        runs."""
        await checkpoint_if_cancelled()
        verbs = self._gathered.take()
        hook = self.call.current_hook
        if hook is not None and not hook.answered:
            await hook.reply(verbs)
        elif not verbs:
            await checkpoint()
        elif self.call.awaits_answer:
            await self.call.send(verbs)
        else:
            await self.call.chain(verbs).replace()

    # --- events -----------------------------------------------------------------------------------------

    @overload
    def on(self, event: Literal["verb:hook"], handler: Callable[[str, Data], object]) -> Session: ...
    @overload
    def on(self, event: Literal["close"], handler: Callable[[int, str], object]) -> Session: ...
    @overload
    def on(self, event: Literal["error"], handler: Callable[[Exception], object]) -> Session: ...
    @overload
    def on(self, event: Literal["session:adulting"], handler: Callable[[Call], object]) -> Session: ...
    @overload
    def on(self, event: str, handler: Callable[[Data], object]) -> Session: ...
    def on(self, event: str, handler: Handler) -> Session:
        """Call `handler` with the payload, a dict, whenever a hook of this path or an event of this name
        comes.

        Besides those there are ``verb:hook`` (hook and payload, for paths without a handler), ``close`` (code
        and reason) and ``error`` (an exception).
        """
        _checked(handler)
        if event not in self._handlers and event not in ("close", "error"):
            self.call.on(event, partial(self._emit_payload, event))
        self._handlers.setdefault(event, []).append(handler)
        return self

    async def emit(self, event: str, *arguments: Any) -> bool:
        """Call the handlers of an event. False: there is none."""
        await checkpoint()
        return await self._emit(event, *arguments)

    async def _emit(self, event: str, *arguments: Any) -> bool:
        handlers = self._handlers.get(event, ())
        for handler in handlers:
            await self._run(handler, *arguments)
        return bool(handlers)

    async def _run(self, handler: Handler, *arguments: Any) -> None:
        """Call a handler with a gathering of its own."""
        token = _gathering.set(_Gathering(self))
        try:
            result = handler(*arguments)
            if inspect.isawaitable(result):
                await result
        finally:
            _gathering.reset(token)

    async def _emit_payload(self, event: str, payload: Any) -> None:
        data = dict(payload.raw) if isinstance(payload, Payload) else payload
        hook = self.call.current_hook
        if event == "verb:hook":
            await self._emit(event, hook.path if hook is not None else "", data)
        else:
            await self._emit(event, data)
            if isinstance(data, dict) and event == f"tts:{data.get('event_type')}":
                # Who asked for one kind of these has taken it from those who asked for all.
                await self._emit("tts:streaming-event", data)

    # --- streamed text ----------------------------------------------------------------------------------

    async def send_tts_tokens(self, text: str, *, id: int | None = None, **options: Any) -> None:
        """Stream text, and wait until the server has taken it, or never will."""
        await self.call.send_tts_tokens(text)

    async def flush_tts_tokens(self, **options: Any) -> None:
        """Have all streamed text spoken, without waiting for the end of its sentence."""
        await self.call.flush_tts_tokens()

    async def clear_tts_tokens(self) -> None:
        """Forget all streamed text that is not spoken yet."""
        await self.call.clear_tts_tokens()

    @property
    def is_tts_paused(self) -> bool:
        """Whether the server has as much text as it takes at the moment."""
        return self.call.is_tts_paused

    # --- commands ---------------------------------------------------------------------------------------

    @property
    def _leg(self) -> str:
        return ""

    async def _command(self, command: core.LiveCommand) -> None:
        await self.call.send_command(command)

    def _verbs(self, verbs: Any) -> Verbs:
        return self.call.chain(verbs).take()

    async def tool_output(self, tool_call_id: str, result: Any, *, is_error: bool = False) -> Session:  # type: ignore[override]  # the official SDK's returns itself
        """Answer a tool call of an `llm` or `agent` verb."""
        await super().tool_output(tool_call_id, result, is_error=is_error)
        return self

    async def update_agent(self, type: AgentUpdate | Mapping[str, Any], /, **fields: Any) -> None:
        """Change a running `agent` verb: all in one dict with its `type`, or by keywords."""
        await super().update_agent(type, **fields)


class Service:
    """The calls of one path, as the official SDKs have it: what `make_service(path=…)` returns.

    Events are ``session:new`` and ``session:redirect``, both with the `Session`, and ``error`` with an
    exception.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        """The path that it serves."""
        self._handlers: dict[str, list[Handler]] = {}

    @overload
    def on(
        self, event: Literal["session:new", "session:redirect"], handler: Callable[[Session], object]
    ) -> Service: ...
    @overload
    def on(self, event: Literal["error"], handler: Callable[[Exception], object]) -> Service: ...
    def on(self, event: str, handler: Handler) -> Service:
        """Call `handler` when this happens."""
        self._handlers.setdefault(event, []).append(_checked(handler))
        return self

    async def _serve_call(self, call: Call) -> None:
        """The handler of the path's calls."""
        session = Session(call)

        async def redirected(payload: Any) -> None:
            session.data = dict(payload.raw)
            for handler in self._handlers["session:redirect"]:
                await session._run(handler, session)

        async def ended(call: Call) -> None:
            if call.error is not None:
                await session._emit("error", call.error)
                for handler in self._handlers.get("error", ()):
                    await session._run(handler, call.error)
            graceful = call.end_reason in ("completed", "closed")
            await session._emit("close", 1000 if graceful else 1006, call.end_reason)

        call.on_end(ended)
        if "session:redirect" in self._handlers:
            call.on("session:redirect", redirected)
        opening = "session:new"
        if call.opened_by == "session:redirect" and "session:redirect" in self._handlers:
            opening = "session:redirect"
        for handler in self._handlers.get(opening, ()):
            await session._run(handler, session)


def _checked(handler: Handler) -> Handler:
    """`handler`, if it can be called."""
    if callable(handler):
        return handler
    raise LocalProtocolError(f"on() takes a function, not {type(handler).__name__}")
