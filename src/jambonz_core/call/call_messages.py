"""What the server says, and what the application's role makes of it.

One function per type of message, found in a table. Each of them checks the message's shape, asks the legality
table whether it may come now, and returns the message as an event, followed by what the core has concluded
from it. Nothing that a peer sends raises: what does not fit becomes a `BadMessage`, and the call goes on.

This is the path of every message, so it is written to be quick: plain functions, one lookup each, no
patterns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeAlias

from ..wire.codec import decode
from ..wire.errors import RemoteProtocolError
from ..wire.event import Event
from ..wire.events import (
    Abandoned,
    AgentEvent,
    AgentToolCall,
    BadMessage,
    DialConfirm,
    HookEvent,
    HookKind,
    LlmEvent,
    LlmToolCall,
    ServerError,
    SessionAdulting,
    SessionNew,
    SessionRedirect,
    StreamingEvent,
    TokensResult,
    UnknownMessage,
    VerbHook,
    VerbStatus,
    call_status,
)
from .call_connections import CallConnections
from .hook_roles import hook_path
from .obligations import ACK_POLICIES, Fate
from .size import MSGID_CHARACTERS, empty_ack
from .states import CALL, LINK, CallInput, CallState, LinkInput, LinkState

# Members that are read for every message: a member of a class is slower to get at than a global.
_UP = LinkState.UP
_HOOK = CallInput.HOOK

OPEN_HOOKS = 64
"""Hooks that may wait for their answer at once. Beyond that the oldest is answered as at its deadline."""

EARLY_STATUSES = 32
TOOL_CALLS = 64
"""Tool calls whose tool is remembered by name until the output is sent."""

_SHOWN = 200
"""How much of a bad message its event shows."""

_FINAL = frozenset({"completed", "failed", "busy", "no-answer"})
"""States of a leg after which there is no other."""


Take: TypeAlias = Callable[[Any, dict[str, Any]], list[Event]]


class CallMessages(CallConnections):
    """The part of the role that listens."""

    __slots__ = ()

    def receive(self, text: str | bytes, now: float) -> list[Event]:
        """Take one message. Never raises for what the peer sent."""
        self._now = now
        if self.over is not None:
            return []
        try:
            message = decode(text)
        except RemoteProtocolError as error:
            return [BadMessage(error.as_value(), _beginning(text))]
        kind = message.get("type")
        if self._unsure.any:
            self._unsure.heard()
        if self._link is not _UP:
            return self._receive_on_quiet_link(kind, message)
        take = self._TAKE.get(kind) if type(kind) is str else None
        return take(self, message) if take is not None else self._take_other(kind, message)

    def _receive_on_quiet_link(self, kind: Any, message: dict[str, Any]) -> list[Event]:
        """Nothing may leave yet; most often this is `session:reconnect`."""
        self._need_connection()
        events = [] if kind == "session:reconnect" else self._heard_on_quiet_link()
        take = self._TAKE.get(kind) if type(kind) is str else None
        events += take(self, message) if take is not None else self._take_other(kind, message)
        return events

    def _take_other(self, kind: Any, message: dict[str, Any]) -> list[Event]:
        if type(kind) is not str:
            return _bad(message, "a message without a type")
        return [UnknownMessage(kind, _text(message, "msgid"), message.get("data"), raw=message)]

    # --- messages that want an ack --------------------------------------------------------------------------

    def _take_verb_hook(self, message: dict[str, Any]) -> list[Event]:
        msgid, hook, data = _envelope(message)
        if not self._acceptable(msgid):
            return _bad(message, _WRONG_ID)
        self.state = CALL[self.state][_HOOK]
        kind = self._roles.kind_of(hook, data)
        if kind is HookKind.ACTION and self._pending_results.doubted and self._pending_results.is_stale(hook):
            kind = HookKind.IGNORED
        return self._hook(VerbHook, message, msgid, hook, data, kind)

    def _take_confirm(self, message: dict[str, Any]) -> list[Event]:
        msgid, hook, data = _envelope(message)
        if not self._acceptable(msgid):
            return _bad(message, _WRONG_ID)
        self.state = CALL[self.state][_HOOK]
        return self._hook(DialConfirm, message, msgid, hook, data, HookKind.DIAL_CONFIRM)

    def _take_new(self, message: dict[str, Any]) -> list[Event]:
        msgid, hook, data = _envelope(message)
        if not self._acceptable(msgid):
            return _bad(message, _WRONG_ID)
        if CallInput.SESSION_NEW not in CALL[self.state]:
            return _bad(message, f"session:new, and the call is {self.state.value} already")
        self._step(CallInput.SESSION_NEW)
        self._introduce(message, data)
        self._answered = data.get("direction") == "outbound"
        events = self._hook(SessionNew, message, msgid, hook, data, HookKind.SESSION_NEW)
        self._first.request = self._obligations.open[msgid]
        self._first.asked_again = True
        return events

    def _take_redirect(self, message: dict[str, Any]) -> list[Event]:
        msgid, hook, data = _envelope(message)
        if not self._acceptable(msgid):
            return _bad(message, _WRONG_ID)
        opening = self.state is CallState.OPENING
        self._step(CallInput.SESSION_REDIRECT)
        kind = HookKind.SESSION_REDIRECT
        if opening:
            self._introduce(message, data)
        elif self._pending_results.awaits("redirect", hook):
            kind = HookKind.FATAL
        events = self._hook(SessionRedirect, message, msgid, hook, data, kind)
        if opening:
            self._first.request = self._obligations.open[msgid]
        return events

    def _take_adulting(self, message: dict[str, Any]) -> list[Event]:
        msgid, hook, data = _envelope(message)
        if not self._acceptable(msgid):
            return _bad(message, _WRONG_ID)
        if CallInput.SESSION_ADULTING not in CALL[self.state]:
            return _bad(message, f"session:adulting, and the call is {self.state.value}")
        if self.state is CallState.OPENING:
            self._introduce(message, data)
        self._step(CallInput.SESSION_ADULTING)
        return self._hook(SessionAdulting, message, msgid, hook, data, HookKind.SESSION_ADULTING)

    def _take_reconnect(self, message: dict[str, Any]) -> list[Event]:
        msgid, _, data = _envelope(message)
        if not self._acceptable(msgid):
            return _bad(message, _WRONG_ID)
        if LinkInput.RECONNECT not in LINK[self._link]:
            return _bad(message, "session:reconnect on a connection that has had one")
        self._introduce(message, data)
        return self._reconnected(msgid, data, message)

    def _acceptable(self, msgid: str) -> bool:
        """Whether an ack can be given under this id."""
        return 0 < len(msgid) <= MSGID_CHARACTERS and msgid not in self._obligations.open

    def _introduce(self, message: dict[str, Any], data: dict[str, Any]) -> None:
        """Learn from its first message whose call this is."""
        self._learn_sid(message, data)
        if not self.session:
            self.session = data

    def _learn_sid(self, message: dict[str, Any], data: dict[str, Any]) -> None:
        sid = message.get("call_sid") or data.get("call_sid")
        if not self.call_sid and isinstance(sid, str):
            self.call_sid = sid

    def _hook(
        self,
        event: type[HookEvent],
        message: dict[str, Any],
        msgid: str,
        hook: str,
        data: dict[str, Any],
        kind: HookKind,
    ) -> list[Event]:
        """A message that wants an ack: hold it, or ack it at once, and see what it tells of other verbs."""
        events: list[Event] = []
        if not self.call_sid:
            self._learn_sid(message, data)
        obligations = self._obligations
        if len(obligations.open) >= OPEN_HOOKS:
            events = self._default(next(iter(obligations.open.values())))
        on_arrival = ACK_POLICIES[kind].on_arrival
        obligations.add(msgid, hook, kind, self._now + self.options.ack_deadline, held=not on_arrival)
        if on_arrival:
            self._outbox.ready.append(empty_ack(msgid))
        events.append(event(msgid, hook, data, kind, on_arrival, raw=message))
        if not self._answered and data.get("call_status") == "in-progress":
            self._answered = data.get("call_sid") == self.call_sid
        if hook:
            if hook == self._facts.barge_in_hook and self._facts.barge_in_on:
                events += self._barged_in()
            elif self._pending_results.queued or self._pending_results.doubted:
                events += self._pending_results.reported(hook, data, self._now)
        return events

    def _barged_in(self) -> list[Event]:
        """The background barge-in reported what the caller said."""
        began, self._barge_in_began = self._barge_in_began, None
        clears = self._facts.barged_in(quirk=self.profile.name == "0.9")
        if not clears:
            return []
        return self._pending_results.barged_in(self._now if began is None else began, self._now)

    # --- messages that want none ----------------------------------------------------------------------------

    def _take_call_status(self, message: dict[str, Any]) -> list[Event]:
        event = call_status(message)
        call_sid, status, data = event.call_sid, event.status, event.data
        if self.state is CallState.OPENING:
            if len(self.early_statuses) < EARLY_STATUSES:
                self.early_statuses.append(event)
            if not self.call_sid and "parent_call_sid" not in data:
                self.call_sid = call_sid
        if not call_sid or call_sid != self.call_sid:
            return [event]
        if status == "in-progress":
            self._answered = True
        elif status in _FINAL:
            return [event, *self._ended()]
        return [event]

    def _ended(self) -> list[Event]:
        """The caller's leg is over. Nothing can be asked any more; hooks still come, and are acked."""
        self._completed = True
        self._end_by = self._now + self.options.reconnect_grace
        request = self._first.request
        self._step(CallInput.FINAL_STATUS)
        events: list[Event] = []
        if request is not None:
            self._obligations.close(request, Fate.LATE)
            events.append(Abandoned(request.msgid, request.hook, request.kind, "call ended"))
        self._forget_first()
        return events + self._refuse_waiting("call ended") + self.speech.call_over(self._now)

    def _take_verb_status(self, message: dict[str, Any]) -> list[Event]:
        data = _data(message)
        name, verb_id = _text(data, "event"), _text(data, "id")
        event = VerbStatus(data, name, verb_id, raw=message)
        if verb_id and self._pending_results.queued:
            return [event, *self._pending_results.status(name, verb_id, self._now)]
        return [event]

    def _take_error(self, message: dict[str, Any]) -> list[Event]:
        data = _data(message)
        verb = _text(data, "verb")
        said = _text(data, "msg")
        if verb and said != "invalid actionHook response" and data.get("failover") != "in progress":
            self._pending_results.failed(verb, _text(data, "id"), self._now)
        return [ServerError(data, said, raw=message)]

    def _take_llm_event(self, message: dict[str, Any]) -> list[Event]:
        return [LlmEvent(hook_path(message.get("hook")), _data(message), raw=message)]

    def _take_llm_tool_call(self, message: dict[str, Any]) -> list[Event]:
        data = _data(message)
        self._remember_tool(data)
        tool_call_id = _text(data, "tool_call_id")
        return [LlmToolCall(hook_path(message.get("hook")), data, tool_call_id, raw=message)]

    def _take_agent_event(self, message: dict[str, Any]) -> list[Event]:
        data = _data(message)
        return [AgentEvent(hook_path(message.get("hook")), data, _text(data, "type"), raw=message)]

    def _take_agent_tool_call(self, message: dict[str, Any]) -> list[Event]:
        data = _data(message)
        self._remember_tool(data)
        tool_call_id = _text(data, "tool_call_id")
        return [AgentToolCall(hook_path(message.get("hook")), data, tool_call_id, raw=message)]

    def _remember_tool(self, data: dict[str, Any]) -> None:
        """One vendor wants the name of the tool repeated with its output."""
        self._tools[_text(data, "tool_call_id")] = _text(data, "name")
        if len(self._tools) > TOOL_CALLS:
            del self._tools[next(iter(self._tools))]

    def _take_tokens_result(self, message: dict[str, Any]) -> list[Event]:
        data = _data(message)
        id, status, reason = data.get("id"), _text(data, "status"), _text(data, "reason")
        events: list[Event] = [TokensResult(data, id, status, reason, raw=message)]
        events += self.speech.tokens_result(id, status, reason, self._now)
        self._speech_may_send = True
        return events

    def _take_streaming_event(self, message: dict[str, Any]) -> list[Event]:
        data = _data(message)
        kind = _text(data, "event_type")
        events: list[Event] = [StreamingEvent(data, kind, raw=message)]
        events += self.speech.streaming_event(kind, data, self._now)
        self._speech_may_send = True
        if kind == "user_interruption":
            self._barge_in_began = self._now
            self._hurry_clear()
        elif kind == "stream_closed" and self._stream_closing:
            events += self._stream(False, at_once=True)
        return events

    _TAKE: ClassVar[Mapping[str, Take]] = {
        "session:new": _take_new,
        "session:reconnect": _take_reconnect,
        "session:redirect": _take_redirect,
        "session:adulting": _take_adulting,
        "verb:hook": _take_verb_hook,
        "dial:confirm": _take_confirm,
        "call:status": _take_call_status,
        "verb:status": _take_verb_status,
        "jambonz:error": _take_error,
        "llm:event": _take_llm_event,
        "llm:tool-call": _take_llm_tool_call,
        "agent:event": _take_agent_event,
        "agent:tool-call": _take_agent_tool_call,
        "tts:tokens-result": _take_tokens_result,
        "tts:streaming-event": _take_streaming_event,
    }


_WRONG_ID = "a message that wants an ack, without an id that one can be given under"


def _envelope(message: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """The parts of a message that wants an ack: its id, its hook and its payload."""
    msgid = message.get("msgid")
    hook = message.get("hook", "")
    data = message.get("data")
    return (
        msgid if type(msgid) is str else "",
        hook if type(hook) is str else hook_path(hook),
        data if type(data) is dict else {},
    )


def _data(message: dict[str, Any]) -> dict[str, Any]:
    """The payload. One that is not an object is still in the event's `raw`."""
    data = message.get("data")
    return data if type(data) is dict else {}


def _text(data: dict[str, Any], key: str) -> str:
    """A field that should be a string."""
    value = data.get(key)
    return value if type(value) is str else ""


def _bad(message: dict[str, Any], what: str) -> list[Event]:
    """A message that was parsed, and that makes no sense."""
    return [BadMessage(RemoteProtocolError(what), "", raw=message)]


def _beginning(text: str | bytes) -> str:
    """Enough of a bad message to recognise it by."""
    shown = text[:_SHOWN]
    return shown if isinstance(shown, str) else shown.decode("utf-8", "replace")
