"""What the server says, and what the application's role makes of it.

Every row of the registry (`wire/registry.py`) has a function that takes its messages, found with one lookup.
It checks the message's shape, asks the legality table whether it may come now, and returns the message as an
event, followed by what the core has concluded from it. Those of most rows are alike; where a message does
more to the call, its row is named in `_HOOKS` or `_NOTICES`. Nothing that a peer sends raises: what does not
fit becomes a `BadMessage`, and the call goes on.

This is the path of every message, so it is written to be quick: plain functions, one lookup each, no
patterns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, ClassVar, TypeAlias

from ..verbs.profiles import V10, Profile
from ..wire.codec import decode
from ..wire.errors import RemoteProtocolError
from ..wire.event import Event
from ..wire.events import (
    Abandoned,
    AgentToolCall,
    BadMessage,
    CallStatus,
    HookEvent,
    HookKind,
    LlmToolCall,
    ServerError,
    SessionAdulting,
    SessionNew,
    SessionReconnect,
    SessionRedirect,
    StreamingEvent,
    TokensResult,
    UnknownMessage,
    VerbHook,
    VerbStatus,
)
from ..wire.message_reading import envelope, text_of
from ..wire.registry import MessageRow, Registry
from .call_connections import CallConnections
from .call_machine import DEFAULT_OPTIONS
from .obligations import ACK_POLICIES, Fate
from .options import CallOptions
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
"""Takes a message, and tells what happened."""
Conclude: TypeAlias = Callable[[Any, Any], list[Event]]
"""Takes the event of a message, and tells it with what follows from it."""


class CallMessages(CallConnections):
    """The part of the role that listens."""

    __slots__ = ("_take",)

    def __init__(self, *, options: CallOptions = DEFAULT_OPTIONS, profile: Profile = V10) -> None:
        super().__init__(options=options, profile=profile)
        self._take = self._dispatch(profile.registry)

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
        take = self._take.get(kind) if type(kind) is str else None
        return take(self, message) if take is not None else self._take_other(kind, message)

    def _receive_on_quiet_link(self, kind: Any, message: dict[str, Any]) -> list[Event]:
        """Nothing may leave yet; most often this is `session:reconnect`."""
        self._need_connection()
        events = [] if kind == "session:reconnect" else self._heard_on_quiet_link()
        take = self._take.get(kind) if type(kind) is str else None
        events += take(self, message) if take is not None else self._take_other(kind, message)
        return events

    def _take_other(self, kind: Any, message: dict[str, Any]) -> list[Event]:
        if type(kind) is not str:
            return _bad(message, "a message without a type")
        return [UnknownMessage(kind, text_of(message, "msgid"), message.get("data"), raw=message)]

    # --- messages that want an ack --------------------------------------------------------------------------

    def _take_verb_hook(self, message: dict[str, Any]) -> list[Event]:
        msgid, hook, data = envelope(message)
        if not self._acceptable(msgid):
            return _bad(message, _WRONG_ID)
        self.state = CALL[self.state][_HOOK]
        kind = self._roles.kind_of(hook, data)
        if kind is HookKind.ACTION and self._pending_results.doubted and self._pending_results.is_stale(hook):
            kind = HookKind.IGNORED
        return self._hook(VerbHook, message, msgid, hook, data, kind)

    def _take_hook(self, row: MessageRow, message: dict[str, Any]) -> list[Event]:
        """A message that is nothing but a hook."""
        msgid, hook, data = envelope(message)
        if not self._acceptable(msgid):
            return _bad(message, _WRONG_ID)
        self.state = CALL[self.state][_HOOK]
        event: Any = row.event
        kind = row.ack if isinstance(row.ack, HookKind) else self._roles.kind_of(hook, data)
        return self._hook(event, message, msgid, hook, data, kind)

    def _take_new(self, message: dict[str, Any]) -> list[Event]:
        msgid, hook, data = envelope(message)
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
        msgid, hook, data = envelope(message)
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
        msgid, hook, data = envelope(message)
        if not self._acceptable(msgid):
            return _bad(message, _WRONG_ID)
        if CallInput.SESSION_ADULTING not in CALL[self.state]:
            return _bad(message, f"session:adulting, and the call is {self.state.value}")
        if self.state is CallState.OPENING:
            self._introduce(message, data)
        self._step(CallInput.SESSION_ADULTING)
        return self._hook(SessionAdulting, message, msgid, hook, data, HookKind.SESSION_ADULTING)

    def _take_reconnect(self, message: dict[str, Any]) -> list[Event]:
        msgid, _, data = envelope(message)
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

    def _status_changed(self, event: CallStatus) -> list[Event]:
        call_sid, status = event.call_sid, event.status
        if self.state is CallState.OPENING:
            if len(self.early_statuses) < EARLY_STATUSES:
                self.early_statuses.append(event)
            if not self.call_sid and "parent_call_sid" not in event.data:
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

    def _verb_reported(self, event: VerbStatus) -> list[Event]:
        if event.verb_id and self._pending_results.queued:
            return [event, *self._pending_results.status(event.event, event.verb_id, self._now)]
        return [event]

    def _server_failed(self, event: ServerError) -> list[Event]:
        data, verb = event.data, text_of(event.data, "verb")
        if verb and event.message != "invalid actionHook response" and data.get("failover") != "in progress":
            self._pending_results.failed(verb, text_of(data, "id"), self._now)
        return [event]

    def _tool_called(self, event: LlmToolCall | AgentToolCall) -> list[Event]:
        """One vendor wants the name of the tool repeated with its output."""
        self._tools[event.tool_call_id] = text_of(event.data, "name")
        if len(self._tools) > TOOL_CALLS:
            del self._tools[next(iter(self._tools))]
        return [event]

    def _tokens_answered(self, event: TokensResult) -> list[Event]:
        self._speech_may_send = True
        return [event, *self.speech.tokens_result(event.id, event.status, event.reason, self._now)]

    def _stream_reported(self, event: StreamingEvent) -> list[Event]:
        kind = event.event_type
        events: list[Event] = [event, *self.speech.streaming_event(kind, event.data, self._now)]
        self._speech_may_send = True
        if kind == "user_interruption":
            self._barge_in_began = self._now
            self._hurry_clear()
        elif kind == "stream_closed" and self._stream_closing:
            events += self._stream(False, at_once=True)
        return events

    # --- dispatch -------------------------------------------------------------------------------------------

    _HOOKS: ClassVar[Mapping[type[Event], Take]] = {
        SessionNew: _take_new,
        SessionReconnect: _take_reconnect,
        SessionRedirect: _take_redirect,
        SessionAdulting: _take_adulting,
        VerbHook: _take_verb_hook,
    }
    """Messages that want an ack and do more to the call than being a hook."""

    _NOTICES: ClassVar[Mapping[type[Event], Conclude]] = {
        CallStatus: _status_changed,
        VerbStatus: _verb_reported,
        ServerError: _server_failed,
        LlmToolCall: _tool_called,
        AgentToolCall: _tool_called,
        TokensResult: _tokens_answered,
        StreamingEvent: _stream_reported,
    }
    """Messages that want none, and from which the core concludes something."""

    @classmethod
    @lru_cache(maxsize=16)
    def _dispatch(cls, registry: Registry) -> Mapping[str, Take]:
        """What takes each type of message that there is a row for."""
        return {row.type: cls._taker(row) for row in registry.messages.values()}

    @classmethod
    def _taker(cls, row: MessageRow) -> Take:
        read = row.read
        if read is None:
            take_hook = cls._take_hook
            return cls._HOOKS.get(row.event) or (lambda call, message: take_hook(call, row, message))
        conclude = cls._NOTICES.get(row.event)
        if conclude is None:
            return lambda _, message: [read(message)]
        return lambda call, message: conclude(call, read(message))


_WRONG_ID = "a message that wants an ack, without an id that one can be given under"


def _bad(message: dict[str, Any], what: str) -> list[Event]:
    """A message that was parsed, and that makes no sense."""
    return [BadMessage(RemoteProtocolError(what), "", raw=message)]


def _beginning(text: str | bytes) -> str:
    """Enough of a bad message to recognise it by."""
    shown = text[:_SHOWN]
    return shown if isinstance(shown, str) else shown.decode("utf-8", "replace")
