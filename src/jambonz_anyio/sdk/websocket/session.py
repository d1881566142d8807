"""The face of the official SDKs: sessions and services with `on`, `send` and `reply`, and raw dicts.

It is a thin layer over `Call`, for programs and habits that come from there. What it does differently from
`Call` is what people know:

* what it is told it does at once, whether or not somebody awaits what the method returns: see `Posted`. What
  is wrong with it is raised at once. When the call is over, it does nothing, and logs that;
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
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Self, overload

from anyio.lowlevel import checkpoint

import jambonz_core.call as core
from jambonz_core.validation.wire_names import verb_in_wire_names
from jambonz_core.verbs.builder import VerbBuilder
from jambonz_core.verbs.declared import VerbMethods
from jambonz_core.verbs.payload_base import Payload
from jambonz_core.verbs.payloads import AgentEventData, AgentToolCallData, LlmEventData, LlmToolCallData
from jambonz_core.wire.errors import CallEnded, LocalProtocolError
from jambonz_core.wire.tool_call import tool_calls

from ...posted import Posted
from ...session_fields import SessionFields
from .injected_commands import InjectedCommands

if TYPE_CHECKING:
    from ...call import Call

Handler = Callable[..., Any]
Data = dict[str, Any]
Verbs = list[Data]


EVENTS_OF_NODE = {"tts:user_interrupt": "tts:user_interruption"}
"""Names that the Node SDK has for events, and what they are called everywhere else."""

TOOL_CALLS = frozenset({"llm:tool-call", "agent:tool-call"})

KINDS: dict[type, str] = {
    LlmEventData: "llm:event",
    LlmToolCallData: "llm:tool-call",
    AgentEventData: "agent:event",
    AgentToolCallData: "agent:tool-call",
}
"""What comes to the handlers of its kind beside those of its hook's path."""


class _Gathering:
    """The verbs that one handler has said and not sent yet."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.verbs = VerbBuilder(session.call.profile)

    def take(self) -> VerbBuilder:
        verbs, self.verbs = self.verbs, VerbBuilder(self.session.call.profile)
        return verbs


_gathering: ContextVar[_Gathering | None] = ContextVar("jambonz_gathering", default=None)


class Session(VerbMethods, InjectedCommands[Posted[None]], SessionFields):
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
        self._received: set[str] = set()
        """What the call hands to this session."""
        self._told_of_end = False

    # --- verbs ------------------------------------------------------------------------------------------

    @property
    def _gathered(self) -> _Gathering:
        mine = _gathering.get()
        return mine if mine is not None and mine.session is self else self._outside_handlers

    def _add(self, verb: str, given: Mapping[str, Any] | None, fields: dict[str, Any]) -> Self:
        given = verb_in_wire_names(verb, given, self._profile)
        self._gathered.verbs.verb(verb, given, **verb_in_wire_names(verb, fields, self._profile))
        return self

    def add_verbs(self, verbs: Sequence[Mapping[str, Any]]) -> Self:
        """Add verbs that are at hand as plain dicts."""
        for verb in self._verbs(verbs):
            self._gathered.verbs.raw(verb)
        return self

    def notify_events(self, enabled: bool = True) -> Self:
        """Have jambonz report what the verbs of the call do: ``verb:status`` events from here on."""
        return self._add("config", None, {"notifyEvents": enabled})

    def to_list(self) -> Verbs:
        """The verbs that were gathered; the gathering is empty then."""
        return self._gathered.take().build()

    def send(self, *, exec_immediate: bool | None = None) -> Posted[None]:
        """Send what was gathered: as the first answer of the call, as the answer to a hook, or to be queued.

        As in Node, `exec_immediate` says what becomes of what runs: it is replaced, or with False what was
        gathered is queued behind it, in a hook's handler as well.
        """
        return self._deliver(exec_immediate, replacing=False)

    def reply(self, *, exec_immediate: bool | None = None) -> Posted[None]:
        """Answer the hook whose handler runs. Where no hook waits for an answer, the verbs replace what
        runs; with `exec_immediate=False` they are queued.
        """
        return self._deliver(exec_immediate, replacing=True)

    def _deliver(self, exec_immediate: bool | None, *, replacing: bool) -> Posted[None]:
        gathered = self._gathered
        given = gathered.take()
        try:
            return self._deliver_verbs(self._verbs(given), exec_immediate, replacing)
        except LocalProtocolError:
            gathered.verbs = given  # nothing was sent, so they are still here
            raise

    def _deliver_verbs(self, verbs: Verbs, exec_immediate: bool | None, replacing: bool) -> Posted[None]:
        if exec_immediate is not None:
            replacing = exec_immediate
        hook = self.call.current_hook
        if hook is not None and not hook.answered and exec_immediate is not False:
            return self._unless_over(lambda: hook.post(verbs))
        if not verbs and replacing:
            return Posted(checkpoint)
        if replacing and not self.call.awaits_answer:
            return self._post(core.Replace(verbs))
        return self._post(core.Send(verbs))

    def _post(self, command: core.Command) -> Posted[Any]:
        """`call.post`, but for a call that is over, on which nothing can be said any more."""
        return self._unless_over(lambda: self.call.post(command))

    def _unless_over(self, post: Callable[[], Posted[Any]]) -> Posted[Any]:
        try:
            posted = post()
        except CallEnded as error:
            ended: LocalProtocolError | None = error
        else:
            ended = posted.refusal
            if not isinstance(ended, CallEnded):
                return posted
        if not self._told_of_end:
            self._told_of_end = True
            self.call.log.info("The session does nothing any more: %s", ended)
        return Posted(checkpoint)

    def close(self) -> Posted[None]:
        """Let the call end when its verbs are over; one that was not answered is declined.

        So ends a call whose connection the Node SDK closes. The connection itself is jambonz's to close:
        closed from here it would come back.
        """
        return self._post(core.Conclude())

    def to_json(self) -> Data:
        """The payload with which the call began, as it came: what `JSON.stringify` makes of a session in
        Node."""
        return dict(self.data)

    @property
    def from_number(self) -> str:
        """The caller's number or address: `from_`, by another name that it goes by."""
        return self.from_

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
        and reason) and ``error`` (an exception). What a model reports and the tools that it calls come to the
        handlers of their hook's path and to those of their kind: ``llm:event``, ``llm:tool-call``,
        ``agent:event``, ``agent:tool-call``. A tool call has `arguments`, whatever its vendor calls them, and
        of several in one message each comes alone.
        """
        _callable_handler(handler)
        name = EVENTS_OF_NODE.get(event, event)
        if name not in self._received and name not in ("close", "error"):
            self._received.add(name)
            self.call.on(name, partial(self._emit_payload, name))
        self._handlers.setdefault(event, []).append(handler)
        return self

    async def emit(self, event: str, *arguments: Any) -> bool:
        """Call the handlers of an event. False: there is none."""
        await checkpoint()
        return await self._emit_to_handlers(event, *arguments)

    async def _emit_to_handlers(self, event: str, *arguments: Any) -> bool:
        handlers = self._handlers.get(event, ())
        for handler in handlers:
            await self._run_handler(handler, *arguments)
        return bool(handlers)

    async def _run_handler(self, handler: Handler, *arguments: Any) -> None:
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
        if event == "verb:hook":
            hook = self.call.current_hook
            await self._emit_to_handlers(event, hook.path if hook is not None else "", data)
            return
        kind = KINDS.get(type(payload), event)
        for each in tool_calls(data) if kind in TOOL_CALLS else [data]:
            await self._emit_to_handlers(event, each)
            if kind != event:
                await self._emit_to_handlers(kind, each)
        if event == "tts:user_interruption":
            for handler in self._handlers.get("tts:user_interrupt", ()):
                await self._run_handler(handler, *([data] if _takes_one(handler) else []))
        if isinstance(data, dict) and event == f"tts:{data.get('event_type')}":
            # Who asked for one kind of these has taken it from those who asked for all.
            await self._emit_to_handlers("tts:streaming-event", data)

    # --- streamed text ----------------------------------------------------------------------------------

    def send_tts_tokens(self, text: str, *, id: int | None = None, **options: Any) -> Posted[object]:
        """Stream text. Awaited, it waits until the server has taken it, or never will."""
        return self._post(core.WriteText(text))

    def flush_tts_tokens(self, **options: Any) -> Posted[None]:
        """Have all streamed text spoken, without waiting for the end of its sentence."""
        return self._post(core.FlushText())

    def clear_tts_tokens(self) -> Posted[None]:
        """Forget all streamed text that is not spoken yet."""
        return self._post(core.ClearText())

    @property
    def is_tts_paused(self) -> bool:
        """Whether the server takes no text at the moment: between its `stream_paused` and `stream_resumed`,
        and while it refuses what is offered. Text may be sent all the same; it waits."""
        return self.call.is_tts_refused

    # --- commands ---------------------------------------------------------------------------------------

    @property
    def _leg(self) -> str:
        return ""

    def _command(self, command: core.LiveCommand) -> Posted[None]:
        return self._post(command)

    def _verbs(self, verbs: Any) -> Verbs:
        return self.call.chain(verbs).take()

    def send_command(self, command: str | core.LiveCommand, data: Any = None) -> Posted[None]:
        """Send a command by its name on the wire, as `inject_command` does, or a command object."""
        return self.inject_command(command, data) if isinstance(command, str) else self._command(command)

    def tool_output(self, tool_call_id: str, result: Any, *, is_error: bool = False) -> Posted[Session]:  # type: ignore[override]  # the official SDK's returns itself
        """Answer a tool call of an `llm` or `agent` verb, in the shape that its vendor needs."""
        posted = super().tool_output(tool_call_id, result, is_error=is_error)

        async def wait() -> Session:
            await posted
            return self

        return Posted(wait)

    def send_tool_output(self, tool_call_id: str, data: Any) -> Posted[Session]:
        """`tool_output`, as the Node SDK calls it."""
        return self.tool_output(tool_call_id, data)


def _takes_one(handler: Handler) -> bool:
    """Whether a handler can be called with one argument. Node's gives this event none."""
    try:
        inspect.signature(handler).bind(None)
    except (TypeError, ValueError):
        return False
    return True


def _callable_handler(handler: Handler) -> Handler:
    """`handler`, if it can be called."""
    if callable(handler):
        return handler
    raise LocalProtocolError(f"on() takes a function, not {type(handler).__name__}")
