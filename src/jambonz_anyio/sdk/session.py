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
from typing import TYPE_CHECKING, Any, Self

from jambonz_core.call.commands import Replace, Send
from jambonz_core.verbs.assembling import assemble
from jambonz_core.verbs.declared import VerbMethods
from jambonz_core.verbs.payload_base import Payload

from .._call.command_methods import AgentUpdate
from .._call.handlers import current_hook
from .._call.invoke import checked, checked_name
from .._call.session_fields import SessionFields
from .injected_commands import InjectedCommands

if TYPE_CHECKING:
    import jambonz_core.call as core

    from .._call.runtime import Runtime
    from ..call import Call

Handler = Callable[..., Any]
Verbs = list[dict[str, Any]]

_gathering: ContextVar[tuple[Session, Verbs] | None] = ContextVar("jambonz_gathering", default=None)


class Session(VerbMethods, InjectedCommands, SessionFields):
    """One call, as the official SDKs have it.

    ```python
    async def handle(session: Session) -> None:
        session.on("/echo", partial(on_echo, session))
        session.gather(input=["speech"], actionHook="/echo", say={"text": "Say something."})
        await session.send()
    ```
    """

    def __init__(self, call: Call, runtime: Runtime) -> None:
        self.call = call
        """The call behind this face."""
        self.data: dict[str, Any] = runtime.core.session
        """The payload with which the call began; of the redirect, after one."""
        self.locals: dict[str, Any] = call.locals
        self._runtime = runtime
        self._profile = runtime.profile
        self._handlers: dict[str, list[Handler]] = {}
        self._verbs_gathered: Verbs = []

    # --- verbs ------------------------------------------------------------------------------------------

    @property
    def _gathered(self) -> Verbs:
        mine = _gathering.get()
        return mine[1] if mine is not None and mine[0] is self else self._verbs_gathered

    def _add(self, verb: str, given: Mapping[str, Any] | None, fields: dict[str, Any]) -> Self:
        self._gathered.append(assemble(verb, given, fields, self._profile))
        return self

    def to_list(self) -> Verbs:
        """The verbs that were gathered; the gathering is empty then."""
        gathered = self._gathered
        verbs = list(gathered)
        gathered.clear()
        return verbs

    async def send(self, **options: Any) -> None:
        """Send what was gathered: as the first answer of the call, as the answer to a hook, or to be
        queued."""
        await self._runtime.checkpoint()
        verbs = self.to_list()
        if not self._answer(verbs):
            self._runtime.do(Send(verbs))
        await self._runtime.room()

    async def reply(self, **options: Any) -> None:
        """Answer the hook whose handler runs. Where no hook waits for an answer, the verbs replace what
        runs."""
        await self._runtime.checkpoint()
        verbs = self.to_list()
        if not self._answer(verbs) and verbs:
            self._runtime.do(Replace(verbs) if self._runtime.core.answered_first else Send(verbs))
        await self._runtime.room()

    def _answer(self, verbs: Verbs) -> bool:
        hook = current_hook.get()
        if hook is None or hook.answered or not hook._belongs_to(self._runtime):
            return False
        hook._answer(verbs)
        return True

    # --- events -----------------------------------------------------------------------------------------

    def on(self, event: str, handler: Handler) -> Session:
        """Call `handler` with the payload, a dict, whenever a hook of this path or an event of this name
        comes.

        Besides those there are ``verb:hook`` (hook and payload, for paths without a handler), ``close`` (code
        and reason) and ``error`` (an exception).
        """
        handlers = self._handlers.setdefault(checked_name(event, "on()"), [])
        handlers.append(checked(handler, "on()"))
        if len(handlers) == 1 and event not in ("close", "error"):
            self.call.on(event, partial(self._emit_payload, event))
        return self

    async def emit(self, event: str, *arguments: Any) -> bool:
        """Call the handlers of an event. False: there is none."""
        await self._runtime.checkpoint()
        handlers = self._handlers.get(event, ())
        for handler in handlers:
            await self.run(handler, *arguments)
        return bool(handlers)

    async def run(self, handler: Handler, *arguments: Any) -> None:
        """Call a handler with a gathering of its own."""
        await self._runtime.checkpoint()
        token = _gathering.set((self, []))
        try:
            result = handler(*arguments)
            if inspect.isawaitable(result):
                await result
        finally:
            _gathering.reset(token)

    async def _emit_payload(self, event: str, payload: Any) -> None:
        data = dict(payload.raw) if isinstance(payload, Payload) else payload
        hook = current_hook.get()
        if event == "verb:hook":
            await self.emit(event, hook.path if hook is not None else "", data)
        else:
            await self.emit(event, data)
            if isinstance(data, dict) and event == f"tts:{data.get('event_type')}":
                # Who asked for one kind of these has taken it from those who asked for all.
                await self.emit("tts:streaming-event", data)

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
        await self._runtime.order(command)

    def _verbs(self, verbs: Any) -> Verbs:
        return self._runtime.verbs_from(verbs)

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
        self._handlers: dict[str, list[Handler]] = {}

    def on(self, event: str, handler: Handler) -> Service:
        """Call `handler` when this happens."""
        self._handlers.setdefault(event, []).append(checked(handler, "on()"))
        return self

    async def serve(self, call: Call) -> None:
        """The handler of the path's calls."""
        session = Session(call, call._runtime)

        async def redirected(payload: Any) -> None:
            session.data = dict(payload.raw)
            for handler in self._handlers["session:redirect"]:
                await session.run(handler, session)

        async def ended(call: Call) -> None:
            if call.error is not None:
                await session.emit("error", call.error)
                for handler in self._handlers.get("error", ()):
                    await session.run(handler, call.error)
            graceful = call.end_reason in ("completed", "closed")
            await session.emit("close", 1000 if graceful else 1006, call.end_reason)

        call.on_end(ended)
        if "session:redirect" in self._handlers:
            call.on("session:redirect", redirected)
        opening = "session:new"
        if call.opened_by == "session:redirect" and "session:redirect" in self._handlers:
            opening = "session:redirect"
        for handler in self._handlers.get(opening, ()):
            await session.run(handler, session)
