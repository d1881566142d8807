"""What is on its way to the server: the first answer, what waits to leave, and what may not have arrived.

The first answer is the first verbs of the call, which travel as an ack. Until they have left, whatever the
application sends is joined into them. The request that they answer is `session:new`, or a `session:redirect`
where a call was pointed here. The rules; the table is `FIRST`:

1. When the connection was lost before the answer to `session:new` had arrived, the server asks again through
   the `session:reconnect` of the next connection, and the ack of that carries the first verbs. Where the
   answer may have arrived, it is given again: a server that has it ignores the data of this ack.
2. A `session:redirect` is not asked again: after a drop the first verbs go as a redirect.

What waits otherwise has its rules in `outbox.py`, and what was written just before a drop in
`unproved_writes.py`.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from ..wire.codec import encode
from ..wire.errors import QueueFull
from ..wire.event import Event
from ..wire.events import Abandoned, CommandRefused, ReplyDiscarded, ReplyRerouted
from .obligations import ACK_POLICIES, Late, Obligation
from .options import CallOptions
from .outbox import Outbox, WaitingMessage
from .size import Verbs, ack, ack_and_parts, parts, redirect, whole
from .states import FIRST, FirstInput, FirstState
from .unproved_writes import UnprovedWrites

FIRST_VERBS = 1024
"""Verbs that may be joined into the first answer while nobody can take it."""

_UNREPORTED = frozenset({"call:status", "tts:clear"})
"""Commands that have no purpose any more when the call is over."""


class SavedMessage(Struct, frozen=True):
    """A message that waits. An ack has lost its text: it can only go as a redirect now."""

    text: str
    command: str
    verbs: Verbs | None
    replacing: bool


class SavedDelivery(Struct, frozen=True):
    """What another process must know of it."""

    first: FirstState
    verbs: Verbs | None
    given: Verbs | None
    """What the first answer would have to be, if it has not arrived."""
    waiting: list[SavedMessage]


class Delivery:
    """Holds what is on its way from the application to the server."""

    __slots__ = ("_given", "_options", "first", "outbox", "request", "unproved", "verbs")

    def __init__(self, options: CallOptions) -> None:
        self._options = options
        self.first: FirstState = FirstState.NONE
        """Where the first answer stands."""
        self.request: Obligation | None = None
        """The message that can carry the first answer on this connection."""
        self.verbs: Verbs | None = None
        """The first answer, once there is one, until it has left."""
        self._given: Verbs | None = None
        """What another process gave as the first answer just before this one took over. It is repeated once.
        """
        self.outbox: Outbox = Outbox(limit=options.waiting_messages, settle=options.settle)
        """What waits, and what is ready for the adapter."""
        self.unproved: UnprovedWrites = UnprovedWrites()
        """The writes that may not have arrived."""

    # --- the first answer -----------------------------------------------------------------------------------

    def _step(self, what: FirstInput) -> None:
        self.first = FIRST[self.first][what]

    @property
    def unconfirmed(self) -> bool:
        """Whether the server may still lack its first verbs, as far as this connection has shown."""
        return self.request is not None or self.first is FirstState.WRITTEN

    def asked(self, request: Obligation, *, again: bool) -> None:
        """The server wants its first verbs. After a drop it asks again, or does not."""
        self.request = request
        self._step(FirstInput.ASK if again else FirstInput.ASK_ONCE)

    def prepare(self, verbs: Verbs) -> None:
        """Decide the first answer before it is asked for."""
        self.verbs = [*verbs]
        self._step(FirstInput.PREPARE)

    def check_join(self, verbs: Verbs) -> None:
        """Raise unless these can become a part of the first answer."""
        parts(verbs, self._options.message_bytes)
        if len(self.verbs or ()) + len(verbs) > FIRST_VERBS:
            raise QueueFull(f"the first answer of a call may have {FIRST_VERBS} verbs")

    def join(self, verbs: Verbs, *, replacing: bool) -> None:
        """Make verbs a part of the first answer."""
        self.verbs = [*verbs] if replacing or self.verbs is None else [*self.verbs, *verbs]

    def answer_first(self, verbs: Verbs, now: float) -> None:
        """The first answer leaves, as the answer to `request`."""
        request = self.request
        assert request is not None
        self.request = self.verbs = None
        text, pieces = ack_and_parts(request.msgid, verbs, self._options.message_bytes)
        self.outbox.pass_by(text, now, settle=bool(pieces[0]))
        self.outbox.put_first(
            entry for piece in pieces[1:] for entry in self.redirects(piece, replacing=False)
        )
        self._step(FirstInput.LEAVE)
        self.unproved.acked(request, pieces[0], now, first=self.first is FirstState.WRITTEN)

    def repeat_first(self) -> Verbs | None:
        """Give the first answer once more, where nobody knows whether it is asked for."""
        again = self.verbs or self._given
        self._given = None
        if self.first is FirstState.OWED and again:
            self.request = self.verbs = None
            self._step(FirstInput.REPEAT)
            return again
        self.forget_first()
        return None

    def first_lost(self) -> None:
        """The first answer can no longer be an ack: what there is of it goes as a redirect."""
        if self.verbs:
            self.outbox.put_first(self.redirects(self.verbs, replacing=False))
        self.forget_first()

    def forget_first(self) -> None:
        """Forget the first verbs, for which nobody waits any more."""
        self.request = self.verbs = None
        self._step(FirstInput.FORGET)

    # --- what waits -----------------------------------------------------------------------------------------

    def redirects(self, verbs: Verbs, *, replacing: bool) -> list[WaitingMessage]:
        """The commands that bring these verbs, as many as their size asks for."""
        entries: list[WaitingMessage] = []
        for piece in parts(verbs, self._options.message_bytes):
            first = replacing and not entries
            entries.append(
                WaitingMessage(encode(redirect(piece, queue=not first)), "redirect", piece, replacing=first)
            )
        return entries

    def put(self, entries: list[WaitingMessage]) -> None:
        """Put entries behind what waits."""
        for entry in entries:
            self.outbox.put(entry)

    def ack(self, obligation: Obligation, data: Any, now: float, *, first: bool = False) -> None:
        """Write an ack that may leave at once."""
        text = whole(ack(obligation.msgid, data), self._options.message_bytes, "the reply")
        self.outbox.pass_by(text, now, settle=bool(data))
        self.unproved.acked(obligation, data, now, first=first)

    def pump(self, now: float) -> bool:
        """Let everything leave that may; the gate is open. Tells whether nothing waits any more."""
        outbox = self.outbox
        for entry in outbox.pump(now):
            if entry.ack is not None:
                self.unproved.acked(entry.ack, entry.verbs, now)
            else:
                self.unproved.sent(entry)
        return not outbox.queue and now >= outbox.hold_until

    def refuse_waiting(self, reason: str) -> list[Event]:
        """Drop the commands that wait, and report them. Acks that wait stay."""
        return [
            CommandRefused(entry.command, reason)
            for entry in self.outbox.take_commands()
            if entry.command not in _UNREPORTED
        ]

    def refuse_all(self, reason: str) -> list[Event]:
        """Drop everything that waits, and report it."""
        events = self.refuse_waiting(reason)
        events += [
            Abandoned(entry.ack.msgid, entry.ack.hook, entry.ack.kind, reason)
            for entry in self.outbox.take_all()
            if entry.ack is not None
        ]
        self.forget_first()
        return events

    # --- drops ----------------------------------------------------------------------------------------------

    def heard(self) -> None:
        """The server said something, so it has read what was written before."""
        self.unproved.heard()
        if self.first is FirstState.WRITTEN:
            self._step(FirstInput.PROVE)

    def lost(self, now: float) -> list[Event]:
        """Keep what the lost connection may not have delivered."""
        self.outbox.hold_until = now
        self.outbox.ready.clear()
        return self._strand_acks() + self._owe_unproved_acks(now)

    def _strand_acks(self) -> list[Event]:
        """Acks that waited behind commands take the way of late ones, in their place among those commands."""
        events: list[Event] = []
        for entry in self.outbox.take_all():
            if entry.ack is None:
                self.outbox.put(entry)
                continue
            events.append(Abandoned(entry.ack.msgid, entry.ack.hook, entry.ack.kind, "connection lost"))
            events.append(ReplyRerouted(entry.ack.msgid, entry.ack.hook, entry.ack.kind))
            self.put(self.redirects(entry.verbs or [], replacing=True))
        return events

    def _owe_unproved_acks(self, now: float) -> list[Event]:
        """Keep the acks that were written just before the loss, and may have been lost with it."""
        owed, unwanted = self.unproved.lost(now, self._options.unsure_ack)
        events: list[Event] = [
            ReplyDiscarded(obligation.msgid, obligation.hook, obligation.kind, "connection lost")
            for obligation in unwanted
        ]
        if owed is not None and owed.first:
            self.verbs = owed.verbs
        elif self.first is FirstState.WRITTEN:
            self._step(FirstInput.PROVE)
        self.request = None
        self._step(FirstInput.LOSE)
        if owed is None or owed.first:
            return events
        obligation = owed.obligation
        replacing = ACK_POLICIES[obligation.kind].late is Late.REPLACING
        self.outbox.put_first(self.redirects(owed.verbs, replacing=replacing))
        events.append(ReplyRerouted(obligation.msgid, obligation.hook, obligation.kind))
        return events

    # --- taking the state out and putting it back -----------------------------------------------------------

    def saved(self) -> SavedDelivery:
        """The state of the delivery for a snapshot."""
        return SavedDelivery(
            first=self.first,
            verbs=self.verbs,
            given=self.unproved.first_verbs or self._given,
            waiting=[
                SavedMessage("" if entry.ack else entry.text, entry.command, entry.verbs, entry.replacing)
                for entry in self.outbox.queue
            ],
        )

    @classmethod
    def restore(cls, saved: SavedDelivery, options: CallOptions, *, lost: bool) -> Delivery:
        """What was on its way, over a connection that has just been lost unless there never was one."""
        delivery = cls(options)
        delivery.first = saved.first
        delivery.verbs = saved.verbs
        delivery._given = saved.given
        if lost:
            delivery._step(FirstInput.LOSE)
        for entry in saved.waiting:
            if entry.text:
                delivery.outbox.put(
                    WaitingMessage(entry.text, entry.command, entry.verbs, replacing=entry.replacing)
                )
            else:
                delivery.put(delivery.redirects(entry.verbs or [], replacing=True))
        return delivery
