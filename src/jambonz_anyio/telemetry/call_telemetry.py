"""The spans and metrics of one call, made from what the core tells of it.

Spans are made from events and from the clock of the event loop, so they are as exact as that clock: in
virtual time, to the last digit. What has no end when the call is over ends with it.

Nothing here may cost a call anything but time: whatever an SDK raises is logged once, and forgotten. An SDK
that takes long is another matter, because it is called in the event loop: use a `BatchSpanProcessor`.
"""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple, ParamSpec

from opentelemetry import context as otel
from opentelemetry.context import Context
from opentelemetry.trace import (
    INVALID_SPAN,
    Link,
    Span,
    SpanKind,
    Status,
    StatusCode,
    Tracer,
    set_span_in_context,
)
from opentelemetry.trace.span import NonRecordingSpan

from jambonz_core.call import (
    Abandoned,
    AckDefaulted,
    Command,
    Conclude,
    Detached,
    EndCall,
    HookEvent,
    HookKind,
    Reattached,
    Replace,
    Reply,
    ResultDropped,
    Send,
    SessionReconnect,
    SpeechOpened,
    SpeechSettled,
    TokensResult,
    ToolCallSettled,
    ToolCallTaken,
    TurnMeasured,
    VerbDone,
    VerbHook,
    VerbStatus,
)
from jambonz_core.call.turn_latency import words_in
from jambonz_core.wire.event import Event
from jambonz_core.wire.message_reading import hook_path

from .._call.call_observer import ObservedCall, b3_of
from . import names
from .b3 import as_b3, span_context
from .metrics import Metrics
from .names import SpanName

P = ParamSpec("P")

OPEN_SPANS = 256
"""Spans of one kind that a call may have open at once. Of what comes beyond there is none."""

CHARACTERS = 1024
"""So much is told of a text."""

FIRST_ANSWER = "session:new"
"""What stands for the id of the call's first message."""


_ANSWERS = (Send, Replace, Reply, EndCall, Conclude)
"""Commands that answer the first message of a call."""


def harmless(method: Callable[P, None]) -> Callable[P, None]:
    """A method that raises nothing: telemetry that fails costs no call."""

    @functools.wraps(method)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            method(*args, **kwargs)
        except Exception as error:
            args[0].failed(error)  # type: ignore[attr-defined]  # it is `self`

    return guarded


class _Verb(NamedTuple):
    """A verb of which something may still be reported."""

    span: Span
    name: str
    id: str


class CallTelemetry:
    """Looks on at one call."""

    def __init__(
        self,
        call: ObservedCall,
        tracer: Tracer,
        metrics: Metrics,
        *,
        content: bool,
        failed: Callable[[Exception], None],
        over: Callable[[], None],
    ) -> None:
        self.failed: Callable[[Exception], None] = failed
        """Told of what an SDK raises."""
        self._over = over
        self._tracer = tracer
        self._metrics = metrics
        self._content = content
        self._clock = call.clock
        self._began = call.clock()
        self._epoch = time.time_ns() - round(self._began * 1e9)
        """What turns the clock of the event loop into nanoseconds since 1970."""
        self._path = {names.PATH: call.path}
        self._hooks: dict[str, tuple[float, str, Span | None]] = {}
        self._verbs: dict[tuple[str, str], _Verb] = {}
        """Those that are open: by their hook, else by their id, else by their name."""
        self._speeches: dict[int, Span] = {}
        self._tools: dict[tuple[str, str], Span] = {}
        """By hook and id."""
        self._context: Context = otel.get_current()
        self._call: Span = INVALID_SPAN
        try:
            self._call = self._started(call)
        except Exception as error:
            failed(error)
        self.traces: bool = self._call.is_recording()
        """Whether anybody will see the spans of the call."""

    def _started(self, call: ObservedCall) -> Span:
        parent, before = span_context(call.b3), span_context(call.trace)
        if parent is not None:
            self._context = set_span_in_context(NonRecordingSpan(parent), Context())
        span = self._tracer.start_span(
            names.CALL_SPAN.name,
            self._context,
            SpanKind.SERVER,
            links=[Link(before)] if before is not None else None,
            start_time=self._ns(self._began),
        )
        self._context = set_span_in_context(span, self._context)
        return span

    def begin(self, call: ObservedCall) -> None:
        """The call is looked at from now on."""
        self._count_begin()
        self._describe(call)

    @harmless
    def _count_begin(self) -> None:
        self._metrics.active_calls.add(1, self._path)

    @harmless
    def _describe(self, call: ObservedCall) -> None:
        if not call.resumed:
            self._open_hook(FIRST_ANSWER, "", FIRST_ANSWER, {})
        span, session = self._call, call.session
        if not self.traces:
            return
        span.set_attributes({names.CALL_SID: call.call_sid, **self._path, names.RESUMED: call.resumed})
        direction = session.get("direction")
        if isinstance(direction, str):
            span.set_attribute(names.DIRECTION, direction[:CHARACTERS])
        if self._content:
            for name, field in ((names.FROM, "from"), (names.TO, "to")):
                if isinstance(session.get(field), str):
                    span.set_attribute(name, session[field][:CHARACTERS])

    # --- spans ------------------------------------------------------------------------------------------

    def _ns(self, at: float) -> int:
        return self._epoch + round(at * 1e9)

    def _span(self, row: SpanName, attributes: Mapping[str, Any], at: float | None = None) -> Span:
        began = self._clock() if at is None else at
        return self._tracer.start_span(
            row.name, self._context, attributes=attributes, start_time=self._ns(began)
        )

    def _end(self, span: Span, attributes: Mapping[str, Any], at: float | None = None) -> None:
        span.set_attributes({name: value for name, value in attributes.items() if value is not None})
        span.end(self._ns(self._clock() if at is None else at))

    # --- what is told -----------------------------------------------------------------------------------

    @property
    def trace(self) -> str:
        """The span of the call, for the process that goes on with it."""
        context = self._call.get_span_context()
        return as_b3(context) if context.is_valid else ""

    @harmless
    def heard(self, event: Event) -> None:
        """Something has happened on the call."""
        kind = type(event)
        if isinstance(event, HookEvent):
            self._hook(event)
        elif kind is AckDefaulted or kind is Abandoned:
            self._unanswered(event)  # type: ignore[arg-type]  # it is one of these
        elif kind is TurnMeasured:
            self._turn(event)  # type: ignore[arg-type]  # it is one
        elif kind is TokensResult:
            if event.status == "failed":  # type: ignore[attr-defined]  # it is a TokensResult
                self._metrics.refused_text.add(1, self._path)
        elif self.traces:
            self._trace(event)

    def _trace(self, event: Event) -> None:
        """What only spans tell of."""
        match event:
            case VerbStatus():
                self._verb_status(event)
            case VerbDone():
                self._end_verb("id", event.verb_id, "done")
            case ResultDropped():
                by = f"dropped: {event.by}"
                if not self._end_verb("hook", event.hook, by):
                    self._end_verb("id", event.verb_id, by)
            case SpeechOpened() if len(self._speeches) < OPEN_SPANS:
                self._speeches[event.speech] = self._span(names.SPEECH_SPAN, {})
            case SpeechSettled():
                self._speech_settled(event)
            case ToolCallTaken() if len(self._tools) < OPEN_SPANS:
                self._end_tool(event, "called again")
                attributes = {names.TOOL: event.name, names.TOOL_CALL_ID: event.tool_call_id}
                if self._content:
                    attributes[names.TOOL_ARGUMENTS] = json.dumps(event.arguments)[:CHARACTERS]
                self._tools[event.hook, event.tool_call_id] = self._span(names.TOOL_SPAN, attributes)
            case ToolCallSettled():
                self._end_tool(event, event.by)
            case Detached():
                self._call.add_event("connection lost", {"code": event.code}, self._ns(self._clock()))
            case Reattached():
                self._call.add_event("connection is back", timestamp=self._ns(self._clock()))
            case _:
                pass

    def _end_tool(self, event: ToolCallTaken | ToolCallSettled, outcome: str) -> None:
        span = self._tools.pop((event.hook, event.tool_call_id), None)
        if span is not None:
            self._end(span, {names.TOOL_OUTCOME: outcome})

    @harmless
    def done(self, command: Command) -> None:
        """The core has taken a command."""
        if isinstance(command, Reply) and command.msgid in self._hooks:
            self._close_hook(command.msgid, "application")
        elif FIRST_ANSWER in self._hooks and isinstance(command, _ANSWERS):
            # The first verbs are its answer, and have left by now, if they could.
            self._close_hook(FIRST_ANSWER, "application")
        if self.traces and isinstance(command, (Send, Replace, Reply)) and isinstance(command.verbs, list):
            for verb in command.verbs:
                self._verb_sent(verb)

    @harmless
    def enter(self) -> None:
        """A task of the call begins to run: this one."""
        otel.attach(self._context)

    @contextmanager
    def inside(self, what: str, id: str, hook: str = "") -> Iterator[None]:
        """The time in which this task works on a hook or a tool call."""
        span = self._tools.get((hook, id)) if what == "tool" else self._hooks.get(id, (0.0, "", None))[2]
        if span is None:
            yield
            return
        token = otel.attach(set_span_in_context(span, self._context))
        try:
            yield
        finally:
            otel.detach(token)

    def ended(self, reason: str, error: Exception | None) -> None:
        """The call is over here."""
        self._over()
        self._count_end(reason)
        if self.traces:
            self._end_spans(reason, error)

    @harmless
    def _count_end(self, reason: str) -> None:
        took = self._clock() - self._began
        self._metrics.active_calls.add(-1, self._path)
        self._metrics.call_duration.record(took, {**self._path, names.END_REASON: reason})

    @harmless
    def _end_spans(self, reason: str, error: Exception | None) -> None:
        now = self._clock()
        hooks = (span for _, _, span in self._hooks.values() if span is not None)
        verbs = (verb.span for verb in self._verbs.values())
        for span in (*hooks, *verbs, *self._speeches.values(), *self._tools.values()):
            span.end(self._ns(now))
        if error is not None:
            self._call.set_attribute(names.ERROR_TYPE, type(error).__qualname__)
            self._call.set_status(Status(StatusCode.ERROR))
            if self._content:
                self._call.record_exception(error, timestamp=self._ns(now))
        self._end(self._call, {names.END_REASON: reason}, now)

    # --- hooks ------------------------------------------------------------------------------------------

    def _hook(self, event: HookEvent) -> None:
        kind = event.kind.value
        if isinstance(event, SessionReconnect):
            self._reconnected(event)
        attributes: dict[str, Any] = {}
        if self._content and words_in(event.data):
            speech = event.data.get("speech") or event.data.get("digits")
            attributes[names.WORDS] = json.dumps(speech)[:CHARACTERS]
        if event.acked:
            if self.traces:
                attributes |= {names.HOOK: _path(event.hook), names.HOOK_KIND: kind}
                attributes[names.ANSWERED_BY] = "on arrival"
                now = self._clock()
                self._end(self._span(names.HOOK_SPAN, attributes, now), {}, now)
        elif len(self._hooks) < OPEN_SPANS:
            self._open_hook(event.msgid, event.hook, kind, attributes)
        if self.traces and isinstance(event, VerbHook):
            reason = event.data.get("reason")
            self._end_verb("hook", event.hook, reason[:64] if isinstance(reason, str) else "hook")

    def _reconnected(self, event: SessionReconnect) -> None:
        link = span_context(b3_of(event))
        if link is not None and self.traces:
            self._call.add_link(link)

    def _open_hook(self, msgid: str, hook: str, kind: str, attributes: dict[str, Any]) -> None:
        span = None
        if self.traces:
            attributes |= {names.HOOK: _path(hook), names.HOOK_KIND: kind}
            span = self._span(names.HOOK_SPAN, attributes)
        self._hooks[msgid] = self._clock(), kind, span

    def _close_hook(self, msgid: str, by: str) -> None:
        came, kind, span = self._hooks.pop(msgid, (0.0, "", None))
        if not kind:
            return
        now = self._clock()
        self._metrics.hook_duration.record(now - came, {**self._path, names.HOOK_KIND: kind})
        if span is not None:
            self._end(span, {names.ANSWERED_BY: by}, now)

    def _unanswered(self, event: AckDefaulted | Abandoned) -> None:
        msgid = event.msgid
        if msgid not in self._hooks and event.kind in (HookKind.SESSION_NEW, HookKind.SESSION_REDIRECT):
            msgid = FIRST_ANSWER
        if isinstance(event, AckDefaulted):
            self._metrics.deadline_acks.add(1, {**self._path, names.HOOK_KIND: event.kind.value})
            self._close_hook(msgid, "library, at the deadline")
        else:
            self._close_hook(msgid, f"nobody: {event.reason}")

    # --- verbs ------------------------------------------------------------------------------------------

    def _verb_sent(self, verb: Mapping[str, Any]) -> None:
        """A verb left, or will, that can report something."""
        hook, id, name = hook_path(verb.get("actionHook")), verb.get("id"), str(verb.get("verb", ""))
        id = id if isinstance(id, str) else ""
        if hook:
            self._begin_verb(("hook", hook), name, id)
        elif id:
            self._begin_verb(("id", id), name, id)

    def _begin_verb(self, key: tuple[str, str], name: str, id: str) -> None:
        before = self._verbs.pop(key, None)
        if before is not None:
            self._end(before.span, {names.VERB_ENDED_BY: "sent again"})
        if len(self._verbs) < OPEN_SPANS:
            attributes = {names.VERB: name, **({names.VERB_ID: id} if id else {})}
            self._verbs[key] = _Verb(self._span(names.VERB_SPAN, attributes), name, id)

    def _verb_status(self, event: VerbStatus) -> None:
        # The beginning and the end of a verb have its name in another field than what comes in between.
        told, id = event.data.get("verb") or event.data.get("name"), event.verb_id
        name = told if isinstance(told, str) else ""
        known = (key for key, verb in self._verbs.items() if verb.id == id and (id or verb.name == name))
        key = next(known, None)
        if key is None and event.event == "starting" and not id:
            key = ("name", name)
            self._begin_verb(key, name, "")
        if key is None or key not in self._verbs:
            return
        self._verbs[key].span.add_event(event.event[:64], timestamp=self._ns(self._clock()))
        if event.event == "finished" and key[0] != "hook":
            self._end_verb(*key, "finished")

    def _end_verb(self, by: str, name: str, reason: str) -> bool:
        verb = self._verbs.pop((by, name), None)
        if verb is not None:
            self._end(verb.span, {names.VERB_ENDED_BY: reason})
        return verb is not None

    # --- turns and speeches -----------------------------------------------------------------------------

    def _turn(self, event: TurnMeasured) -> None:
        latency = event.latency
        parts = {part: getattr(latency, part) for part in names.TURN_PARTS}
        known = {part: seconds for part, seconds in parts.items() if seconds is not None}
        for part, seconds in known.items():
            self._metrics.turn_latency.record(seconds, {**self._path, names.TURN_PART: part})
        if not self.traces:
            return
        attributes: dict[str, Any] = {
            names.TURN_NUMBER: event.number,
            names.TURN_BY: event.by,
            names.TURN_WAY: event.way or "not answered",
            **{f"jambonz.turn.{part}": seconds for part, seconds in known.items()},
        }
        if latency.basis is not None:
            attributes[names.TURN_BASIS] = latency.basis
        began, took = event.came, (latency.app or 0.0) + (latency.voice or 0.0)
        if event.way == "server":
            # It is told when it is over.
            took = latency.total or 0.0
            began -= took
        self._end(self._span(names.TURN_SPAN, attributes, began), {}, began + took)

    def _speech_settled(self, event: SpeechSettled) -> None:
        span = self._speeches.pop(event.speech, None)
        if span is not None:
            attributes: dict[str, Any] = {
                names.SPEECH_OUTCOME: str(event.outcome.value),
                names.SPEECH_ACCEPTED: len(event.accepted),
                names.SPEECH_DISCARDED: len(event.discarded),
            }
            if self._content:
                attributes[names.SPEECH_TEXT] = event.accepted[:CHARACTERS]
            self._end(span, attributes)


def _path(hook: str) -> str:
    """A hook without what may be secret or a caller's: its query."""
    return hook.split("?", 1)[0][:CHARACTERS]
