"""The application's role on the control connection: one `AppCall` per call.

It knows the protocol and touches nothing else. Whoever owns the socket and the clock drives it with six
calls, and after any of them does the same three things: pushes what `outgoing()` gives, sets a timer to
`deadline`, and deals with the events. `docs/binding-the-core.md` shows a complete adapter.

    call = AppCall()
    call.connected(now, receipts=True)     # a websocket was accepted, and can be pinged
    events = call.receive(text, now)       # a message came
    events = call.do(Send(verbs), now)     # the application wants something
    events = call.tick(now)                # `deadline` has passed
    events = call.receipt(count, now)      # the server has read so many frames, said a pong
    events = call.lost(1006, now)          # the websocket is gone; the call may go on over the next one

A call outlives its connections. When the server comes back, the adapter finds the `AppCall` by the `call_sid`
of the `session:reconnect` message and gives it the new connection with `connected` and `receive`.

This file is the call: what the server says and what the application wants, in that order. It leads machines
that own their state, which `call_machines.py` puts together: `introduction.py` (whose call it is),
`connection.py` (the connection it has just now), `delivery.py` (the first answer, what waits, what may be
lost), `obligations.py` (answers that are owed), `caller_leg.py` (the caller), `verb_accounts.py` (what was
sent, and what may come of it), the tools that a model calls (`jambonz_core.tools`), and the text stream
(`jambonz_core.speech`). What is given to the server goes through `call_writer.py`, `message_takers.py` works
out which method takes a message, and what is legal stands in the tables of `states.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, ClassVar, Self, TypeAlias

from msgspec import structs

from ..tools.tool_calls import ToolCall, ToolCalls
from ..tools.tool_states import ToolInput
from ..verbs.profiles import V10, Profile
from ..wire.codec import decode
from ..wire.errors import CallEnded, InvalidSnapshot, LocalProtocolError, RemoteProtocolError
from ..wire.event import Event
from ..wire.events import (
    AbortConnection,
    AckDefaulted,
    AgentEvent,
    AgentToolCall,
    CallOver,
    CallStatus,
    CommandRepeated,
    Detached,
    HookEvent,
    HookKind,
    LlmEvent,
    LlmToolCall,
    Reattached,
    ReceiptsMissing,
    ServerError,
    SessionAdulting,
    SessionNew,
    SessionReconnect,
    SessionRedirect,
    StreamingEvent,
    TokensResult,
    ToolCallSettled,
    ToolCallTaken,
    VerbHook,
    VerbStatus,
)
from ..wire.limits import CLOSE_ABNORMAL, CLOSE_GOING_AWAY, CLOSE_GRACEFUL
from ..wire.live_command_base import LiveCommand
from ..wire.live_commands import ToolOutput
from ..wire.message_reading import bad_message, unreadable
from ..wire.registry import MessageRow, Registry
from ..wire.tool_call import is_interruption
from ..wire.unproved import IfUnsure, UnprovedWrite, chosen
from .call_machines import CallMachines
from .caller_leg import FINAL_STATUSES, status_command
from .commands import (
    ClearText,
    CloseSpeech,
    Command,
    Conclude,
    EndCall,
    FlushText,
    NoteTool,
    NoteToolOutcome,
    OpenSpeech,
    Replace,
    Reply,
    Send,
    TakeToolCall,
    WriteText,
)
from .marker import MARKER_HOOK, MARKER_VERBS
from .message_takers import Infer, Take, TakeHook, take_other, takers
from .obligations import ACK_POLICIES, PAUSE, AnswerTimes, Fate, Obligation
from .options import DEFAULT_OPTIONS, CallOptions
from .outbox import Write
from .size import Message, Verbs, empty_ack
from .snapshot import CallSnapshot
from .states import (
    CALL,
    LINK,
    CallInput,
    CallState,
    FirstState,
    HoldState,
    LegState,
    LinkInput,
    LinkState,
    MarkerInput,
    MarkerState,
    ReceiptState,
)

# Members that are read for every message: a member of a class is slower to get at than a global.
_UP = LinkState.UP
_MARKED = LinkState.MARKED
_HOOK = CallInput.HOOK
_RINGING = LegState.RINGING
_WRITTEN = FirstState.WRITTEN
_HOLDS_ALL = HoldState.ALL
_ASKED = ReceiptState.ASKED
_ASKED_AGAIN = (FirstState.ASKED, FirstState.OWED)
_ATTACHED = (LinkState.UP, LinkState.PROVING, LinkState.LISTENING)
_ANSWERING = CallState.ANSWERING
_ENDING = CallState.ENDING
_RUNNING = CallState.RUNNING
_OPEN = (_RUNNING, _ENDING)
_UNANSWERED = Fate.OPEN
_ANSWERED = Fate.ANSWERED

OPEN_HOOKS = 64
"""Hooks that may wait for their answer at once. Beyond that the oldest is answered as at its deadline."""

_REPLACED_BY_REPLY = frozenset({HookKind.ACTION, HookKind.SESSION_REDIRECT, HookKind.FATAL})
"""Kinds whose answer replaces the verbs of the call."""

CarryOut: TypeAlias = Callable[[Any, Any], list[Event]]
"""A method of `AppCall` that carries out one kind of command."""


class AppCall(CallMachines):
    """One call, as an application sees it.

    >>> from jambonz_core.call import AppCall, Send, SessionNew
    >>> call = AppCall()
    >>> call.connected(now=0.0)
    []
    >>> message = '{"type":"session:new","msgid":"m1","call_sid":"c1","data":{"direction":"inbound"}}'
    >>> [event] = call.receive(message, now=0.0)
    >>> isinstance(event, SessionNew), call.call_sid
    (True, 'c1')
    >>> call.do(Send([{"verb": "say", "text": "Hello"}]), now=0.1)
    []
    >>> call.outgoing()
    ['{"type":"ack","msgid":"m1","data":[{"verb":"say","text":"Hello"}]}']
    """

    __slots__ = ("_end_by", "_now", "_take", "message_size", "options", "over", "profile", "state")

    def __init__(self, *, options: CallOptions = DEFAULT_OPTIONS, profile: Profile = V10) -> None:
        super().__init__(options, profile)
        self.options: CallOptions = options
        """The options that the call was made with."""
        self.profile: Profile = profile
        """The version of the server."""
        self.state: CallState = CallState.OPENING
        """Where the call is in its life; `states.py` has the table."""
        self.message_size: int = 0
        """How many characters the latest message has; for who keeps what it brought, within a bound."""
        self.over: str | None = None
        """Why the call is over, or None."""
        self._take = self._dispatch(profile.registry)
        self._now = 0.0
        """The time that the adapter gave with its latest call."""
        self._end_by: float | None = None
        """The time at which a call without a connection, or one that has ended, is given up."""

    # --- connections ----------------------------------------------------------------------------------------

    def connected(self, now: float, *, receipts: bool = False) -> list[Event]:
        """The call has a connection. When it had one already, that one counts as lost: the newest wins.

        With `receipts`, the adapter can prove what the server has read: it sends a ping when `receipt_wanted`
        says so, and calls `receipt` for its pong.
        """
        self._now = now
        if self.state is CallState.OVER:
            return []
        events: list[Event] = []
        if not self._connection.absent:
            events = self.lost(CLOSE_ABNORMAL, now)
        self._connection.step(LinkInput.CONNECTED)
        self._delivery.connected(receipts=receipts)
        return events

    def lost(self, code: int, now: float) -> list[Event]:
        """The connection is gone; `code` is its close code, or 1006 when it ended without one."""
        self._now = now
        if self.state is CallState.OVER or self._connection.absent:
            return []
        unconfirmed = self._delivery.unconfirmed
        self._connection.lost()
        events: list[Event] = [Detached(code)]
        if code == CLOSE_GRACEFUL or (code == CLOSE_GOING_AWAY and unconfirmed):
            # The server's farewell. It says the latter when it could not use its first verbs.
            return events + self._finish(CallInput.CLOSED, self._reason("closed"))
        self._end_by = now + self.options.reconnect_grace
        # The server has forgotten what is open.
        events += [obligation.abandoned("connection lost") for obligation in self._obligations.drop()]
        within = math.inf if self._delivery.receipts.possible else self.options.unproved
        events += self._delivery.lost(now)
        if self._delivery.first is FirstState.DONE:
            self._first_lost()
        again = self.speech.flow.unproved_control(now, within)
        if again:
            events.append(CommandRepeated(again))
        return events + self.speech.lost(now, within)

    def receipt(self, count: int, now: float) -> list[Event]:
        """The server has read the first `count` frames that `outgoing` has given on this connection."""
        self._now = now
        delivery, connection = self._delivery, self._connection
        if self.state is CallState.OVER or connection.absent:
            return []
        delivery.receipt(count, now)
        if delivery.written:
            delivery.look_for_proof(now)
        if self.speech.begun:
            self.speech.may_send = True
            if delivery.controls_proved:
                self.speech.controls_proved()
        if connection.state is _UP:
            return []
        if connection.state is LinkState.DEAF and delivery.first is FirstState.DONE:
            connection.first_read(now + self.options.settle)
        elif connection.state is _MARKED:
            if self._marker.state is MarkerState.WRITTEN and delivery.receipts.proved:
                self._marker.step(MarkerInput.READ)
                connection.marker_read(now + self.options.settle)
        elif delivery.receipts.state is ReceiptState.QUIET and LinkInput.RECEIPT in LINK[connection.state]:
            if connection.surveyed(LinkInput.RECEIPT):
                return self._surveyed()
            delivery.receipts.wanted = True
        return []

    def receipt_wanted(self) -> bool:
        """Whether the adapter is to send a ping now, behind what it has pushed. True once for each ping."""
        delivery = self._delivery
        if not (delivery.receipts.wanted or delivery.outbox.queue or self.speech.may_send):
            # Asked for after everything that happens, and mostly nothing waits.
            return False
        if not delivery.receipts.possible:
            return False
        return delivery.ping_wanted(self._now, text_waits=self.speech.waits_to_leave)

    def _first_lost(self) -> None:
        """The server does not ask again for its first verbs: what there is of them goes as a redirect."""
        if CallInput.FIRST_LOST in CALL[self.state]:
            self._delivery.first_lost()
            self._step(CallInput.FIRST_LOST)

    # --- the server is back ---------------------------------------------------------------------------------

    def _reconnected(self, msgid: str, data: dict[str, Any], raw: dict[str, Any]) -> list[Event]:
        """Take a `session:reconnect`."""
        delivery, connection = self._delivery, self._connection
        unknown = self.state is CallState.OPENING
        self._step(CallInput.SESSION_RECONNECT)
        # There are first verbs to give, or the application owes them.
        due = delivery.verbs is not None or self.state is CallState.ANSWERING
        asks_again = connection.state is LinkState.WAITING and not connection.cut
        if due and asks_again and delivery.first is FirstState.OWED:
            self._end_by = None
            connection.step(LinkInput.RECONNECT_ARMED)
            patience = self.options.ack_deadline
            request = self._obligations.add(msgid, "", HookKind.SESSION_NEW, self._now, patience, held=True)
            delivery.asked(request, again=True)
            decided = delivery.verbs is not None
            return [SessionReconnect(msgid, "", data, HookKind.SESSION_RECONNECT, decided, raw=raw)]
        event = SessionReconnect(msgid, "", data, HookKind.SESSION_RECONNECT, True, raw=raw)
        obligation = self._obligations.add(msgid, "", HookKind.SESSION_RECONNECT, self._now, 0.0, held=False)
        lost = unknown or connection.state is LinkState.WAITING
        if lost and delivery.repeat_first(obligation, self._now):
            connection.suspect(self._now)
        elif unknown or self._marker.asking:
            return [event, *self._ask_whether_begun(obligation, unknown=unknown)]
        else:
            self._writer.ack(obligation, [], Fate.ARRIVED, self._now)
        connection.step(LinkInput.RECONNECT)
        return [event, *self._back()]

    def _ask_whether_begun(self, obligation: Obligation, *, unknown: bool) -> list[Event]:
        """Ack the `session:reconnect` of a call of which it is not known whether it had begun."""
        delivery, marker = self._delivery, self._marker
        if delivery.receipts.possible and (unknown or marker.state is MarkerState.WRITTEN):
            self._writer.ack(obligation, MARKER_VERBS, Fate.ARRIVED, self._now)
            self._verbs.roles.learn_path(MARKER_HOOK, HookKind.IGNORED)
            marker.step(MarkerInput.WRITE)
            self._connection.step(LinkInput.MARKER)
            delivery.receipts.wanted = True
            return []
        self._writer.ack(obligation, PAUSE, Fate.ARRIVED, self._now)
        self._connection.step(LinkInput.RECONNECT)
        events = [] if delivery.receipts.possible else self._marker.judged(MarkerInput.END)
        return events + self._back()

    def _marker_heard(self, events: list[Event]) -> list[Event]:
        """Its hook came: the call had never begun, and the server has answered it to run the marker."""
        others = [event for event in events if not isinstance(event, VerbHook)]
        if len(others) == len(events):
            return events
        self._leg.picked_up()
        events = others + self._marker.judged(MarkerInput.HOOK)
        if self._connection.state is _MARKED:
            # It says something on this connection, so it is not silent on it.
            self._connection.surveyed(LinkInput.SURVEYED)
            events += self._surveyed()
        return events

    def _heard_on_quiet_link(self) -> list[Event]:
        """Take note that something other than `session:reconnect` came while nothing might leave."""
        if not self._connection.heard():
            return []
        self._first_lost()
        self._delivery.forget_first()
        return self._back()

    def _back(self) -> list[Event]:
        """The server is back. What the last connection may have lost comes first."""
        delivery, now = self._delivery, self._now
        self._end_by = now + self.options.reconnect_grace if self.state is CallState.ENDING else None
        if not (delivery.unproved or self._marker.asking):
            return self._reattached()
        delivery.receipts.wanted = delivery.receipts.possible
        self._connection.survey(None if delivery.receipts.possible else now + self.options.settle)
        return []

    def _surveyed(self) -> list[Event]:
        """All the proof there will be is there: see to what was lost, and go on."""
        judged = self._marker.judged(MarkerInput.END) if self._marker.asking else []
        events, lost = self._delivery.resolve()
        for write in lost:
            events += self._verbs.results.lost(write.serial, write.verbs or [])
        return judged + events + self._reattached()

    def _reattached(self) -> list[Event]:
        """Things can be said again."""
        waiting = {write.serial for write in self._delivery.outbox.queue}
        events: list[Event] = []
        if self._verbs.results.reattached(self._now, waiting) and self.state is CallState.RUNNING:
            # What the last connection took with it may have been a result. The verb that asks for reports is
            # reached when all of those are over, and says so.
            marker = {"verb": "config", "id": self.new_verb_id(), "notifyEvents": True}
            events = self._bring([marker], replacing=False)
        events += self._tool_answers.reattached()
        return [Reattached(), *events, *self.speech.connected(self._now)]

    # --- what an adapter asks -------------------------------------------------------------------------------

    def outgoing(self) -> list[str]:
        """What is to be sent now, in order. Each call gives only what is new.

        Nothing counts as sent before it was taken here. So what was sent before the first answer leaves is
        joined in it, and what a program says while a connection breaks waits for the next one.
        """
        delivery = self._delivery
        if delivery.verbs is not None and delivery.request is not None:
            self._give_first(delivery.request, delivery.verbs, Fate.ANSWERED)
        if self.speech.may_send or delivery.outbox.queue:
            self._pump()
        return delivery.outbox.take()

    @property
    def deadline(self) -> float | None:
        """When `tick` is due, or None while nothing waits for time to pass. Look after `outgoing()`."""
        # Asked for after everything that happens, and mostly there is one or none.
        delivery, connection, speech = self._delivery, self._connection, self.speech
        up, open = connection.state is _UP, self._obligations.open
        first = open[0].deadline if open else None
        at = delivery.deadline(up=up, text_waits=speech.may_send)
        if at is not None and (first is None or at < first):
            first = at
        at = speech.deadline if up else None
        if at is not None and (first is None or at < first):
            first = at
        results, tools = self._verbs.results, self._tool_answers.taken
        calm = up and connection.cut_at is None and self._end_by is None
        if calm and tools is None and not results.doubted:
            return first
        tool = None if tools is None else tools.deadline
        doubt = results.deadline if up else None
        for at in (connection.cut_at, connection.survey_until, self._end_by, tool, doubt):
            if at is not None and (first is None or at < first):
                first = at
        return first

    def tick(self, now: float) -> list[Event]:
        """Time has passed. Harmless when called early."""
        self._now = now
        events: list[Event] = []
        for obligation in self._obligations.due(now):
            events += self._default(obligation)
        if self._delivery.look_for_proof(now):
            events += self._receipts_missing()
        if self._connection.cut_is_due(now):
            events.append(
                AbortConnection("the server has perhaps taken verbs on this connection, and is silent on it")
            )
        elif self._end_by is not None and now >= self._end_by:
            return events + self._finish(CallInput.EXPIRED, self._reason("expired"))
        events += self._tool_answers.timed_out(now)
        survey_until = self._connection.survey_until
        if survey_until is not None and now >= survey_until:
            self._connection.surveyed(LinkInput.SURVEYED)
            events += self._surveyed()
        if self._connection.state is LinkState.UP:
            events += self._verbs.results.tick(now)
            events += self.speech.tick(now)
        return events

    def _receipts_missing(self) -> list[Event]:
        """Nothing is to wait any longer for the pong that is missing: time takes the place of proof."""
        connection, now = self._connection, self._now
        self.speech.may_send = True
        connection.first_read(now)
        if connection.surveying:
            connection.survey_until = now
        return [] if self._delivery.receipts.possible else [ReceiptsMissing()]

    # --- what the server says -------------------------------------------------------------------------------

    def receive(self, text: str | bytes, now: float) -> list[Event]:
        """Take one message. Never raises for what the peer sent."""
        self._now = now
        self.message_size = len(text)
        if self.over is not None:
            return []
        try:
            message = decode(text)
        except RemoteProtocolError as error:
            return [unreadable(text, error)]
        kind = message.get("type", "")
        delivery, connection = self._delivery, self._connection
        if delivery.receipts.state is _ASKED:
            delivery.receipts.heard(now)
        if connection.cut_at is not None and connection.state is not _MARKED:
            connection.cut_at = None
        if delivery.first is _WRITTEN and self._introduction.session.get("direction") == "inbound":
            # Before it has its first verbs, the server says nothing more of an incoming call.
            delivery.first_proved()
        try:
            take = self._take[kind]
        except (KeyError, TypeError):
            # A type that is not known, or is no string.
            take = take_other
        if connection.state is not _UP:
            return self._receive_on_quiet_link(kind, message, take)
        return take(self, message)

    def _receive_on_quiet_link(self, kind: Any, message: Message, take: Take) -> list[Event]:
        """Nothing may leave yet; most often this is `session:reconnect`."""
        if self._connection.absent:
            raise LocalProtocolError("a message was received without a connection: call connected() first")
        events = [] if kind == "session:reconnect" else self._heard_on_quiet_link()
        of_marker = self._marker.is_heard(kind, message)
        events += take(self, message)
        return self._marker_heard(events) if of_marker else events

    # --- messages that want an ack --------------------------------------------------------------------------

    def _take_verb_hook(self, message: Message, msgid: str, hook: str, data: Message) -> list[Event]:
        self.state = CALL[self.state][_HOOK]
        return self._hook(VerbHook, message, msgid, hook, data, self._verbs.kind_of(hook, data))

    def _take_plain(
        self, message: Message, msgid: str, hook: str, data: Message, row: MessageRow
    ) -> list[Event]:
        """A message that is nothing but a hook."""
        self.state = CALL[self.state][_HOOK]
        event: Any = row.event
        kind = row.ack if isinstance(row.ack, HookKind) else self._verbs.roles.kind_of(hook, data)
        return self._hook(event, message, msgid, hook, data, kind)

    def _take_new(self, message: Message, msgid: str, hook: str, data: Message) -> list[Event]:
        if CallInput.SESSION_NEW not in CALL[self.state]:
            return bad_message(message, f"session:new, and the call is {self.state.value} already")
        self._step(CallInput.SESSION_NEW)
        left_out = self._introduction.take(message, data, self.message_size)
        if data.get("direction") == "outbound":
            self._leg.picked_up()
        events = self._hook(SessionNew, message, msgid, hook, data, HookKind.SESSION_NEW)
        self._delivery.asked(self._obligations.open[-1], again=True)
        return left_out + events

    def _take_redirect(self, message: Message, msgid: str, hook: str, data: Message) -> list[Event]:
        opening = self.state is CallState.OPENING
        self._step(CallInput.SESSION_REDIRECT)
        kind, left_out = HookKind.SESSION_REDIRECT, list[Event]()
        if opening:
            left_out = self._introduction.take(message, data, self.message_size)
        elif self._verbs.results.awaits("redirect", hook):
            kind = HookKind.FATAL
        events = self._hook(SessionRedirect, message, msgid, hook, data, kind)
        if opening:
            self._delivery.asked(self._obligations.open[-1], again=False)
        return left_out + events

    def _take_adulting(self, message: Message, msgid: str, hook: str, data: Message) -> list[Event]:
        if CallInput.SESSION_ADULTING not in CALL[self.state]:
            return bad_message(message, f"session:adulting, and the call is {self.state.value}")
        left_out: list[Event] = []
        if self.state is CallState.OPENING:
            left_out = self._introduction.take(message, data, self.message_size)
        self._step(CallInput.SESSION_ADULTING)
        return left_out + self._hook(SessionAdulting, message, msgid, hook, data, HookKind.SESSION_ADULTING)

    def _take_reconnect(self, message: Message, msgid: str, hook: str, data: Message) -> list[Event]:
        if LinkInput.RECONNECT not in LINK[self._connection.state]:
            return bad_message(message, "session:reconnect on a connection that has had one")
        left_out = self._introduction.take(message, data, self.message_size)
        if self.state is CallState.OPENING and not data:
            return left_out + self._reconnected_unannounced(msgid, message)
        return left_out + self._reconnected(msgid, data, message)

    def _reconnected_unannounced(self, msgid: str, raw: dict[str, Any]) -> list[Event]:
        """The connection of a call was lost before the server had announced it. It does so next."""
        self._step(CallInput.UNANNOUNCED)
        obligation = self._obligations.add(msgid, "", HookKind.SESSION_RECONNECT, self._now, 0.0, held=False)
        self._writer.ack(obligation, [], Fate.ARRIVED, self._now)
        self._connection.step(LinkInput.RECONNECT)
        self._end_by = None
        event = SessionReconnect(msgid, "", {}, HookKind.SESSION_RECONNECT, True, raw=raw)
        return [event, *self._reattached()]

    def _hook(
        self, event: type[HookEvent], message: Message, msgid: str, hook: str, data: Message, kind: HookKind
    ) -> list[Event]:
        """A message that wants an ack: hold it, or ack it at once, and see what it tells of other verbs."""
        events: list[Event] = []
        introduction = self._introduction
        if not introduction.call_sid:
            events = introduction.learn_sid(message, data)
        obligations = self._obligations
        if len(obligations.open) >= OPEN_HOOKS:
            events += self._default(obligations.open[0])
        on_arrival = ACK_POLICIES[kind].on_arrival
        obligations.add(msgid, hook, kind, self._now, self.options.ack_deadline, held=not on_arrival)
        if on_arrival:
            self._delivery.outbox.ready += (empty_ack(msgid),)
        events.append(event(msgid, hook, data, kind, on_arrival, raw=message))
        if (
            self._leg.state is _RINGING
            and data.get("call_status") == "in-progress"
            and data.get("call_sid") == introduction.call_sid
        ):
            self._leg.picked_up()
        if hook:
            events += self._verbs.reported(hook, data, self._now)
            self._prove()
        return events

    def _prove(self) -> None:
        """Where a verb has reported, what brought it was read."""
        results = self._verbs.results
        if results.heard_of:
            self._delivery.reported(results.heard_of)
            results.heard_of = 0

    # --- messages that want none ----------------------------------------------------------------------------

    def _status_changed(self, event: CallStatus) -> list[Event]:
        call_sid, status = event.call_sid, event.status
        events: list[Event] = [event]
        if self.state is CallState.OPENING:
            events += self._introduction.take_early(event, self.message_size)
        if not call_sid or call_sid != self.call_sid:
            return events
        if status == "in-progress":
            self._leg.picked_up()
        return events + self._ended() if status in FINAL_STATUSES else events

    def _ended(self) -> list[Event]:
        """The caller's leg is over. Nothing can be asked any more; hooks still come, and are acked."""
        self._leg.finished()
        self._end_by = self._now + self.options.reconnect_grace
        request = self._delivery.request
        self._step(CallInput.FINAL_STATUS)
        events: list[Event] = []
        if request is not None:
            self._obligations.close(request, Fate.LATE, self._now)
            events.append(request.abandoned("call ended"))
        self._delivery.forget_first()
        events += self._tool_answers.over()
        return events + self._delivery.refuse_waiting("call ended") + self.speech.call_over(self._now)

    def _verb_reported(self, event: VerbStatus) -> list[Event]:
        results = self._verbs.results
        if not event.verb_id or not results.queued:
            return [event]
        events = results.status(event.event, event.verb_id, self._now)
        self._prove()
        return [event, *events]

    def _server_failed(self, event: ServerError) -> list[Event]:
        self._verbs.failed(event, self._now)
        return [event]

    def _tool_called(self, event: LlmToolCall | AgentToolCall) -> list[Event]:
        return [event, *self._verbs.tools_called(event.data)]

    def _model_reported(self, event: LlmEvent | AgentEvent) -> list[Event]:
        vendor = self._verbs.facts.llm_vendor if type(event) is LlmEvent else ""
        tools = self._tool_answers.taken
        if tools is not None and tools.deadline is not None and is_interruption(vendor, event.data):
            return [event, *self._tool_answers.interrupted()]
        return [event]

    def _tokens_answered(self, event: TokensResult) -> list[Event]:
        return [event, *self.speech.tokens_result(event.id, event.status, event.reason, self._now)]

    def _stream_reported(self, event: StreamingEvent) -> list[Event]:
        kind = event.event_type
        events: list[Event] = [event, *self.speech.streaming_event(kind, event.data, self._now)]
        if kind == "user_interruption":
            self._verbs.interrupted(self._now)
            self._hurry_clear()
            events += self._tool_answers.interrupted()
        return events

    # --- what the application wants -------------------------------------------------------------------------

    def do(self, command: Command, now: float) -> list[Event]:
        """Carry out a command. Raises `LocalProtocolError` or a subclass before anything has changed."""
        self._now = now
        carry_out = self._CARRY_OUT.get(type(command))
        if carry_out is not None:
            return carry_out(self, command)
        if isinstance(command, LiveCommand):
            return self._live(command)
        raise LocalProtocolError(f"{command!r} is not a command")

    # --- verbs ----------------------------------------------------------------------------------------------

    def _send(self, command: Send) -> list[Event]:
        events = self._bring(command.verbs, replacing=False, if_unsure=chosen(command.if_unsure))
        if command.awaited:
            self._verbs.results.await_newest()
        return events

    def _replace(self, command: Replace) -> list[Event]:
        return self._bring(command.verbs, replacing=True, if_unsure=chosen(command.if_unsure))

    def _bring(self, verbs: Verbs, *, replacing: bool, if_unsure: IfUnsure | None = None) -> list[Event]:
        """Give verbs to the server, in whichever way the state of the call asks for."""
        self._check(CallInput.VERBS, "send verbs")
        if not verbs:
            raise LocalProtocolError(
                "there are no verbs to send; an empty array would end an idle call, and reject a new one"
            )
        if self.state is CallState.ANSWERING:
            return self._writer.join(verbs, self._now, replacing=replacing)
        return self._writer.queue(verbs, self._now, replacing=replacing, if_unsure=if_unsure)

    # --- answers --------------------------------------------------------------------------------------------

    def _reply(self, command: Reply) -> list[Event]:
        obligation = self._obligations.find(command.msgid, command.hook, command.kind)
        data = command.verbs
        if isinstance(data, dict) and obligation.kind is not HookKind.PLAYED:
            raise LocalProtocolError("the answer to this hook is an array of verbs")
        if self.state is not _RUNNING:
            if self.state is _ANSWERING and (
                obligation.kind is HookKind.SESSION_NEW or obligation is self._delivery.request
            ):
                return self._reply_first(obligation, data)
            self._check(CallInput.REPLY, "reply")
        if obligation is self._delivery.request:
            # It was hung up, and the answer that does so is about to leave.
            return [obligation.discarded("call ending")] if data else []
        if obligation.fate is not _UNANSWERED:
            return self._writer.reply_late(obligation, data, self._now, ending=self.state is _ENDING)
        if not (data and isinstance(data, list) and obligation.kind in _REPLACED_BY_REPLY):
            self._writer.reply(obligation, data, self._now)
            return []
        if self.state is _ENDING:
            self._writer.ack(obligation, [], _ANSWERED, self._now)
            return [obligation.discarded("call ending")]
        connection = self._connection
        if connection.state is _UP:
            # Behind what waits, unless that may not leave at all yet.
            waits = bool(self._delivery.outbox.queue) and self.state in _OPEN
        else:
            waits = connection.surveying
        return self._writer.reply_replacing(obligation, data, self._now, waits=waits)

    def _reply_first(self, obligation: Obligation, data: Any) -> list[Event]:
        """A reply to the message that wants the first verbs is a part of the first answer like any other."""
        if data or self._delivery.verbs is not None:
            return self._bring(data, replacing=False) if data else []
        if obligation.kind is HookKind.SESSION_NEW:
            raise LocalProtocolError(
                "an empty first answer rejects the call; hang up to do that, or send verbs"
            )
        self._give_first(obligation, [], _ANSWERED)
        return []

    # --- hanging up -----------------------------------------------------------------------------------------

    def _hang_up(self, command: EndCall) -> list[Event]:
        """End the call at once."""
        self._check(CallInput.HANG_UP, "hang up")
        if self.state in (CallState.ENDING, CallState.OVER):
            return []
        delivery, answering = self._delivery, self.state is CallState.ANSWERING
        unheard = answering and delivery.first in _ASKED_AGAIN
        verbs = self._leg.verbs_that_end(command, unheard=unheard)
        delivery.parts(verbs)
        events: list[Event] = []
        if self.state is CallState.OPENING:
            # A `session:new` may be on its way already; then these are its answer.
            delivery.prepare(verbs)
            if self._connection.state is LinkState.UP:
                delivery.leave_now(Write(status_command("no-answer"), "call:status"), self._now)
        elif answering:
            events = self._writer.join(verbs, self._now, replacing=True)
        elif self._leg.answered and command.headers is None:
            delivery.outbox.put(Write(status_command("completed"), "call:status"))
        else:
            events = self._writer.queue_pieces([verbs], verbs, self._now, replacing=True)
        self._step(CallInput.HANG_UP)
        self._end_by = self._now + self.options.reconnect_grace
        return events + self._tool_answers.over() + self.speech.call_over(self._now)

    def _conclude(self, command: Conclude) -> list[Event]:
        """End the call behind what is queued."""
        self._check(CallInput.VERBS, "hang up")
        if self.state is CallState.ANSWERING and not self._delivery.verbs:
            return self._hang_up(EndCall(status=command.status))
        facts = self._verbs.facts
        if facts.ends:
            return []
        verbs = self._leg.verbs_at_the_end(answers=facts.answers, status=command.status)
        return self._bring(verbs, replacing=False)

    # --- live commands --------------------------------------------------------------------------------------

    def _live(self, command: LiveCommand) -> list[Event]:
        if type(command) is ToolOutput:
            call = self.tools.find(command.tool_call_id)
            if call is not None:
                return self._output(call, command)
        return self._give_live(command)

    def _give_live(self, command: LiveCommand) -> list[Event]:
        self._check(CallInput.COMMAND, f"send the command {command.command!r}")
        return self._writer.command(command, self._now)

    # --- tools ----------------------------------------------------------------------------------------------

    def _take_tool(self, command: TakeToolCall) -> list[Event]:
        self._check(CallInput.COMMAND, "run a tool")
        return self._tool_answers.take(command, command.vendor or self._verbs.facts.llm_vendor, self._now)

    def _output(self, call: ToolCall, command: ToolOutput) -> list[Event]:
        """The output of a tool call that was taken: the first is sent."""
        what = ToolInput.ERROR if command.is_error else ToolInput.VALUE
        events: list[Event] = []
        if call.open:
            vendor, function = command.vendor or call.vendor, command.function or call.name
            events = self._give_live(structs.replace(command, vendor=vendor, function=function))
        return events + self._tool_answers.settled(call, what)

    def _note_tool(self, command: NoteTool) -> list[Event]:
        return [ToolCallTaken(command.tool_call_id, command.name, command.arguments, "")]

    def _note_tool_outcome(self, command: NoteToolOutcome) -> list[Event]:
        return [ToolCallSettled(command.tool_call_id, command.name, command.by)]

    # --- speech ---------------------------------------------------------------------------------------------

    def _open_speech(self, command: OpenSpeech) -> list[Event]:
        self._check(CallInput.COMMAND, "speak")
        return [*self.speech.open(self._now)]

    def _write(self, command: WriteText) -> list[Event]:
        self._check(CallInput.COMMAND, "speak")
        return [*self.speech.write(command.text, self._now, speech=command.speech, ticket=command.ticket)]

    def _flush(self, command: FlushText) -> list[Event]:
        self._check(CallInput.COMMAND, "speak")
        return [*self.speech.flush(self._now, speech=command.speech)]

    def _clear(self, command: ClearText) -> list[Event]:
        self._check(CallInput.COMMAND, "clear what is spoken")
        events: list[Event] = [*self.speech.clear(self._now, speech=command.speech)]
        self._hurry_clear()
        return events

    def _close_speech(self, command: CloseSpeech) -> list[Event]:
        return [*self.speech.close(self._now, speech=command.speech)]

    # --- shared steps ---------------------------------------------------------------------------------------

    def _check(self, what: CallInput, doing: str) -> None:
        """Raise unless this is legal now. Nothing has changed when it raises."""
        if what in CALL[self.state]:
            return
        if self.state is CallState.OPENING:
            raise LocalProtocolError(f"cannot {doing}: the call has not begun; wait for its first message")
        raise CallEnded(f"cannot {doing}: the call {self.call_sid} is {self.state.value}")

    def _step(self, what: CallInput) -> None:
        """Move to the next state. The input is known to be legal."""
        self.state = CALL[self.state][what]

    def _reason(self, otherwise: str) -> str:
        """Why the call is over: its leg has ended, or else what is given."""
        return "completed" if self._leg.state is LegState.ENDED else otherwise

    @property
    def _gate_open(self) -> bool:
        """Whether commands may leave, apart from what is held behind an ack."""
        return self._connection.state is _UP and self.state in _OPEN

    # --- acks -----------------------------------------------------------------------------------------------

    def _give_first(self, request: Obligation, verbs: Verbs, fate: Fate) -> None:
        """Answer the session's first message, with verbs."""
        self._delivery.answer_first(verbs, self._now)
        self._obligations.close(request, fate, self._now)
        self._step(CallInput.FIRST_ACK)
        cut_at = None if self._delivery.receipts.possible else self._now + self.options.settle
        self._connection.answered_first(cut_at)

    def _default(self, obligation: Obligation) -> list[Event]:
        """Do what the row of its kind says, because nobody has answered."""
        data = ACK_POLICIES[obligation.kind].at_deadline
        if data is None:
            self._obligations.close(obligation, Fate.LATE, self._now)
            return [obligation.abandoned("deadline")]
        if obligation is self._delivery.request:
            if self._delivery.verbs is not None:
                return []
            self._give_first(obligation, data, Fate.LATE)
        else:
            self._writer.ack(obligation, data, Fate.LATE, self._now)
        return [AckDefaulted(obligation.msgid, obligation.hook, obligation.kind)]

    def _pump(self) -> None:
        """Let everything leave that may leave now."""
        if not self._gate_open:
            return
        delivery, now = self._delivery, self._now
        delivery.pump(now)
        if delivery.text_may_leave:
            delivery.leave_text(self.speech.outgoing(now), now)

    def _hurry_clear(self) -> None:
        """Text was dropped: let the `tts:clear` keep its place, though other commands may wait.

        Text itself leaves only when nothing else waits. After a clear or an interruption there is none, so
        what the tracker gives now is the clear alone.
        """
        if self._gate_open and not self._delivery.text_may_leave:
            self._delivery.put_text(self.speech.outgoing(self._now))

    # --- the end --------------------------------------------------------------------------------------------

    def _finish(self, what: CallInput, reason: str) -> list[Event]:
        """End the call, and report what can no longer be answered."""
        self._step(what)
        events: list[Event] = [obligation.abandoned("call over") for obligation in self._obligations.drop()]
        events += self._delivery.refuse_all("call over")
        events += self._tool_answers.over()
        events += self.speech.call_over(self._now)
        self._end_by = None
        self.over = reason
        events.append(CallOver(reason))
        return events

    # --- looking --------------------------------------------------------------------------------------------

    @property
    def now(self) -> float:
        """The time that the adapter gave with its latest call: what leaves now left then."""
        return self._now

    @property
    def call_sid(self) -> str:
        """The id of the call, as soon as a message has told it."""
        return self._introduction.call_sid

    @property
    def tools(self) -> ToolCalls:
        """The tool calls that were taken. Look, and leave the answering to commands."""
        return self._tool_answers.calls

    @property
    def session(self) -> dict[str, Any]:
        """The first payload of the call: the data of `session:new`, which `session:reconnect` repeats."""
        return self._introduction.session

    @property
    def attached(self) -> bool:
        """Whether what is said now reaches the server, at once or when it is known what was lost before."""
        return self._connection.state in _ATTACHED

    @property
    def settling(self) -> bool:
        """Whether a non-empty answer was just given, behind which commands wait for the settle time."""
        held_until = self._delivery.held_until
        return held_until is not None and self._now < held_until

    @property
    def text_held(self) -> bool:
        """Whether streamed text waits until the first answer was read."""
        return self._delivery.outbox.hold is _HOLDS_ALL

    @property
    def answered_first(self) -> bool:
        """Whether the first answer of the call was given."""
        return self.state not in (CallState.OPENING, CallState.ANSWERING)

    @property
    def picked_up(self) -> bool:
        """Whether it is known that somebody has answered, as of an outbound call before its first answer."""
        return self._leg.answered

    @property
    def in_doubt(self) -> bool:
        """Whether something has left that may be lost, as far as is proved."""
        return bool(self._delivery.written or self._delivery.unproved)

    @property
    def crowded(self) -> bool:
        """Whether so much waits, for the server to come back or for the settle time, that a sender who can
        wait should. Half of what may wait is left for those who cannot; beyond it there is `QueueFull`."""
        return self._delivery.crowded

    @property
    def early_statuses(self) -> list[CallStatus]:
        """Statuses that came before the call began, as those of an outbound call do; the latest of them."""
        return self._introduction.early

    @property
    def obligations(self) -> list[Obligation]:
        """The hooks that wait for an answer, oldest first."""
        return list(self._obligations.open)

    @property
    def answer_times(self) -> AnswerTimes:
        """How many hooks there were, and how long the slowest answer took."""
        kept = self._obligations
        return AnswerTimes(kept.count, kept.slowest, kept.slowest_hook)

    @property
    def round_trip(self) -> float | None:
        """The seconds that the last ping of this connection took to be answered; None until it was."""
        return self._delivery.receipts.round_trip

    @property
    def barge_in_hook(self) -> str:
        """The hook path of the background barge-in, or empty when none was switched on."""
        return self._verbs.facts.barge_in_hook

    @property
    def model(self) -> str:
        """Whose model was sent for last: ``agent`` for the `agent` verb, else the vendor of an `llm` verb."""
        return self._verbs.facts.model

    def new_hook(self) -> str:
        """A hook path that no other verb of this call has.

        >>> call = AppCall()
        >>> call.new_hook(), call.new_hook()
        ('/~1', '/~2')
        """
        return self._names.new_hook()

    def new_verb_id(self) -> str:
        """A verb `id` that no other verb of this call has."""
        return self._names.new_verb_id()

    # --- taking the state out and putting it back -----------------------------------------------------------

    def snapshot(self, now: float | None = None) -> dict[str, Any]:
        """The state of the call as plain data: dicts, lists, strings and numbers, as JSON has them.

        What has left and is not proved to be read is in it as what may be lost: whoever restores the call has
        another connection. `now` tells what has left long enough ago, where time takes the place of proof.
        """
        return self._saved(self.state, self._now if now is None else now).plain()

    @property
    def unproved(self) -> list[UnprovedWrite]:
        """What has left on connections that are lost, and nothing proves that it was read."""
        doubts = self._delivery.doubts()
        text = "" if self.attached else self.speech.flow.in_flight
        return [*doubts, UnprovedWrite("tts:tokens", text, "result")] if text else doubts

    @classmethod
    def restore(
        cls, saved: object, *, now: float, options: CallOptions = DEFAULT_OPTIONS, profile: Profile = V10
    ) -> Self:
        """A call that goes on where the snapshot was taken, as if its connection had just been lost.

        Raises `InvalidSnapshot` for anything else, so that a half-read state never comes to life, and for the
        state of a call that is over.
        """
        state = CallSnapshot.of(saved)
        if state.life.state is CallState.OVER:
            raise InvalidSnapshot("this is the state of a call that is over")
        call = cls(options=options, profile=profile)
        call._now = now
        call.state = state.life.state
        call._put_back(state, options, profile, now)
        if state.connection.began and call._delivery.first is FirstState.DONE:
            call._first_lost()
        call._end_by = now + options.reconnect_grace
        return call

    # --- dispatch -------------------------------------------------------------------------------------------

    _HOOKS: ClassVar[Mapping[type[Event], TakeHook]] = {
        SessionNew: _take_new,
        SessionReconnect: _take_reconnect,
        SessionRedirect: _take_redirect,
        SessionAdulting: _take_adulting,
        VerbHook: _take_verb_hook,
    }
    """Messages that want an ack and do more to the call than being a hook."""

    _NOTICES: ClassVar[Mapping[type[Event], Infer]] = {
        CallStatus: _status_changed,
        VerbStatus: _verb_reported,
        ServerError: _server_failed,
        LlmToolCall: _tool_called,
        AgentToolCall: _tool_called,
        LlmEvent: _model_reported,
        AgentEvent: _model_reported,
        TokensResult: _tokens_answered,
        StreamingEvent: _stream_reported,
    }
    """Messages that want none, and from which the core concludes something."""

    @classmethod
    @lru_cache(maxsize=16)
    def _dispatch(cls, registry: Registry) -> Mapping[str, Take]:
        return takers(registry, cls._HOOKS, cls._take_plain, cls._NOTICES)

    _CARRY_OUT: ClassVar[Mapping[type, CarryOut]] = {
        Send: _send,
        Replace: _replace,
        Reply: _reply,
        EndCall: _hang_up,
        Conclude: _conclude,
        OpenSpeech: _open_speech,
        WriteText: _write,
        FlushText: _flush,
        ClearText: _clear,
        CloseSpeech: _close_speech,
        TakeToolCall: _take_tool,
        NoteTool: _note_tool,
        NoteToolOutcome: _note_tool_outcome,
    }
