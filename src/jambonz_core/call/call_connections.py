"""How a call lives through the loss of its connection.

The server comes back by itself: with a new connection whose first message is `session:reconnect`, and until
that is acked it holds back everything else. It has forgotten every message that was un-acked, so their
answers take the way that the row of their kind names. The rules here:

1. Nothing leaves on a new connection before the ack of `session:reconnect`. Then follows what is owed, and
   then what the application has sent meanwhile, in order.
2. When the connection was lost before the first answer had arrived, the ack of `session:reconnect` *is* the
   first answer. Where it may have arrived, it is given again: a server that has it ignores the data of this
   ack.
3. Having taken its first verbs in that way, the server never says anything more on that connection: it is
   deaf in reverse. So after the settle time the adapter is asked to cut it, once; the server comes back, and
   speaks.
4. A server that says anything at all is not deaf.
5. A close with 1000 is the server's farewell. So is 1001 while it has not confirmed the first answer: it
   could not use it. Every other loss is waited out for the grace time.
"""

from __future__ import annotations

from typing import Any

from ..wire.errors import LocalProtocolError
from ..wire.event import Event
from ..wire.events import (
    Abandoned,
    AbortConnection,
    Detached,
    HookKind,
    Reattached,
    ReplyDiscarded,
    ReplyRerouted,
    SessionReconnect,
)
from ..wire.limits import CLOSE_ABNORMAL, CLOSE_GOING_AWAY, CLOSE_GRACEFUL
from .call_machine import CallMachine
from .obligations import ACK_POLICIES, PAUSE, Fate, Late
from .states import CALL, CallInput, CallState, LinkInput, LinkState


class CallConnections(CallMachine):
    """The part of the role that connections come to and go from."""

    __slots__ = ()

    @property
    def attached(self) -> bool:
        """Whether what is said now reaches the server."""
        return self._link is LinkState.UP

    def connected(self, now: float) -> list[Event]:
        """The call has a connection. When it had one already, that one counts as lost: the newest wins."""
        self._now = now
        if self.state is CallState.OVER:
            return []
        events: list[Event] = []
        if self._link not in (LinkState.NEW, LinkState.DOWN):
            events = self.lost(CLOSE_ABNORMAL, now)
        self._link_step(LinkInput.CONNECTED)
        return events

    def lost(self, code: int, now: float) -> list[Event]:
        """The connection is gone; `code` is its close code, or 1006 when it ended without one."""
        self._now = now
        if self.state is CallState.OVER or self._link in (LinkState.NEW, LinkState.DOWN):
            return []
        unconfirmed = self._first.request is not None or self._unsure.first_verbs is not None
        self._link_step(LinkInput.LOST)
        self._abort_at = None
        events: list[Event] = [Detached(code)]
        if code == CLOSE_GRACEFUL or (code == CLOSE_GOING_AWAY and unconfirmed):
            return events + self._finish(CallInput.CLOSED, "completed" if self._completed else "closed")
        self._end_by = now + self.options.reconnect_grace
        self._outbox.hold_until = now
        self._outbox.ready.clear()
        events += self._strand_hooks()
        events += self._strand_acks()
        events += self._owe_unproved_acks()
        self._lose_first()
        events += self.speech.lost(now)
        return events

    def _strand_hooks(self) -> list[Event]:
        """The server has forgotten what is open."""
        events: list[Event] = []
        for obligation in self._obligations.drop():
            events.append(Abandoned(obligation.msgid, obligation.hook, obligation.kind, "connection lost"))
            if obligation is self._first.request:
                self._first.request = None
        return events

    def _strand_acks(self) -> list[Event]:
        """Acks that waited behind commands take the way of late ones, in their place among those commands."""
        events: list[Event] = []
        for entry in self._outbox.take_all():
            if entry.ack is None:
                self._outbox.put(entry)
                continue
            events.append(Abandoned(entry.ack.msgid, entry.ack.hook, entry.ack.kind, "connection lost"))
            events.append(ReplyRerouted(entry.ack.msgid, entry.ack.hook, entry.ack.kind))
            self._queue(self._redirects(entry.verbs or [], replacing=True))
        return events

    def _owe_unproved_acks(self) -> list[Event]:
        """What was written just before the loss, and may have been lost with it."""
        owed, unwanted = self._unsure.lost(self._now, self.options.unsure_ack)
        events: list[Event] = [
            ReplyDiscarded(obligation.msgid, obligation.hook, obligation.kind, "connection lost")
            for obligation in unwanted
        ]
        if owed is None:
            return events
        if owed.first:
            self._first.verbs = owed.verbs
            self._first.asked_again = True
            return events
        obligation = owed.obligation
        replacing = ACK_POLICIES[obligation.kind].late is Late.REPLACING
        self._outbox.put_first(self._redirects(owed.verbs, replacing=replacing))
        events.append(ReplyRerouted(obligation.msgid, obligation.hook, obligation.kind))
        return events

    # --- the server is back ---------------------------------------------------------------------------------

    def _reconnected(self, msgid: str, data: dict[str, Any], raw: dict[str, Any]) -> list[Event]:
        """A `session:reconnect` came."""
        first = self._first
        unknown = self.state is CallState.OPENING
        self._step(CallInput.SESSION_RECONNECT)
        owing = first.asked_again and (first.verbs is not None or self.state is CallState.ANSWERING)
        if owing and not first.aborted and self._link is LinkState.WAITING:
            self._end_by = None
            self._link_step(LinkInput.RECONNECT_ARMED)
            deadline = self._now + self.options.ack_deadline
            first.request = self._obligations.add(msgid, "", HookKind.SESSION_NEW, deadline, held=True)
            decided = first.verbs is not None
            return [SessionReconnect(msgid, "", data, HookKind.SESSION_RECONNECT, decided, raw=raw)]
        again = first.verbs or first.given
        self._forget_first()
        first.given = None
        obligation = self._obligations.add(msgid, "", HookKind.SESSION_RECONNECT, self._now, held=False)
        answer = again or (PAUSE if unknown else [])
        self._ack(obligation, answer, Fate.ARRIVED, first=again is not None)
        self._link_step(LinkInput.RECONNECT)
        event = SessionReconnect(msgid, "", data, HookKind.SESSION_RECONNECT, True, raw=raw)
        return [event, *self._back()]

    def _need_connection(self) -> None:
        if self._link in (LinkState.NEW, LinkState.DOWN):
            raise LocalProtocolError("a message was received without a connection: call connected() first")

    def _heard_on_quiet_link(self) -> list[Event]:
        """Something other than `session:reconnect` came while nothing might leave."""
        self._link_step(LinkInput.HEARD)
        if self._link is not LinkState.UP:
            return []
        self._abort_at = None
        if CallInput.FIRST_LOST in CALL[self.state]:
            self._first_lost()
        self._forget_first()
        return self._back()

    def _back(self) -> list[Event]:
        """Things can be said again."""
        now = self._now
        self._end_by = now + self.options.reconnect_grace if self.state is CallState.ENDING else None
        self._pending_results.reattached(now)
        self._speech_may_send = True
        return [Reattached(), *self.speech.connected(now)]

    # --- time -----------------------------------------------------------------------------------------------

    def _connection_due(self) -> list[Event]:
        """What time has made of the connection."""
        if self._abort_at is not None and self._now >= self._abort_at:
            self._abort_at = None
            self._first.aborted = True
            return [AbortConnection("the server took its first verbs on this connection and is silent on it")]
        if self._end_by is not None and self._now >= self._end_by:
            return self._finish(CallInput.EXPIRED, "completed" if self._completed else "expired")
        return []
