"""What the parts of the application's role share: the state of one call, and the steps that all of them take.

The role is one object to whoever uses it (`app_call.AppCall`), and too much to read in one file. It is cut
along its inputs: `call_messages.py` has what the server says, `call_commands.py` what the application wants,
and `call_connections.py` what happens to connections. Each is a class on top of this one, and none of them
has state of its own.
"""

from __future__ import annotations

from typing import Any

from ..speech import SpeechTracker
from ..verbs.profiles import V10, Profile
from ..wire.codec import encode
from ..wire.errors import CallEnded, LocalProtocolError
from ..wire.event import Event
from ..wire.events import Abandoned, AckDefaulted, CallOver, CallStatus, CommandRefused
from .first_answer import FirstAnswer
from .hook_roles import HookRoles, verb_name
from .obligations import ACK_POLICIES, Fate, Obligation, Obligations
from .options import CallOptions
from .outbox import Entry, Outbox
from .pending_results import PendingResults
from .session_facts import SessionFacts
from .size import Verbs, ack, ack_and_parts, parts, redirect, whole
from .states import CALL, LINK, CallInput, CallState, LinkInput, LinkState
from .unproved_writes import UnprovedWrites

DEFAULT_OPTIONS = CallOptions()

_UP = LinkState.UP
_OPEN = (CallState.RUNNING, CallState.ENDING)

_UNREPORTED = frozenset({"call:status", "tts:clear"})
"""Commands that have no purpose any more when the call is over."""


class CallMachine:
    """The state of one call."""

    __slots__ = (
        "_abort_at",
        "_answered",
        "_barge_in_began",
        "_completed",
        "_end_by",
        "_facts",
        "_first",
        "_hooks_given",
        "_link",
        "_now",
        "_obligations",
        "_outbox",
        "_pending_results",
        "_restored",
        "_roles",
        "_speech_may_send",
        "_stream_closing",
        "_tools",
        "_unsure",
        "_verb_ids_given",
        "call_sid",
        "early_statuses",
        "options",
        "over",
        "profile",
        "session",
        "speech",
        "state",
    )

    def __init__(self, *, options: CallOptions = DEFAULT_OPTIONS, profile: Profile = V10) -> None:
        self.options = options
        self.profile = profile
        self.state = CallState.OPENING
        """Where the call is in its life; `states.py` has the table."""
        self.call_sid = ""
        """The id of the call, as soon as a message has told it."""
        self.session: dict[str, Any] = {}
        """The first payload of the call: the data of `session:new`, which `session:reconnect` repeats."""
        self.early_statuses: list[CallStatus] = []
        """Statuses that came before the call began, as those of an outbound call do."""
        self.over: str | None = None
        """Why the call is over, or None."""
        self.speech = SpeechTracker(options.speech)
        """The text stream of the call. Look, and leave the writing to commands."""
        self._link = LinkState.NEW
        self._obligations = Obligations()
        self._outbox = Outbox(limit=options.waiting_messages, settle=options.settle)
        self._roles = HookRoles()
        self._facts = SessionFacts()
        self._pending_results = PendingResults(options.doubt)
        self._unsure = UnprovedWrites()
        self._first = FirstAnswer()
        self._answered = False
        """Whether the caller's leg is known to have been answered."""
        self._completed = False
        """Whether the server reported the end of the caller's leg."""
        self._barge_in_began: float | None = None
        """When the interruption was announced whose hook is still to come."""
        self._speech_may_send = False
        """Whether the text stream may have something to send."""
        self._stream_closing = False
        """Whether a verb that is queued will close the text stream."""
        self._tools: dict[str, str] = {}
        """Names of tools by the id of their call."""
        self._hooks_given = 0
        self._restored = 0
        """How many processes the call has been carried through."""
        self._verb_ids_given = 0
        self._now = 0.0
        """The time of the latest call."""
        self._abort_at: float | None = None
        """When a deaf connection is to be cut."""
        self._end_by: float | None = None
        """When a call without a connection, or one that has ended, is given up."""

    # --- legality -------------------------------------------------------------------------------------------

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

    def _link_step(self, what: LinkInput) -> None:
        self._link = LINK[self._link][what]

    @property
    def _gate_open(self) -> bool:
        """Whether commands may leave, apart from the settle time."""
        return self._link is _UP and self.state in _OPEN

    @property
    def settling(self) -> bool:
        """Whether a non-empty answer was just given, behind which commands wait for the settle time."""
        return self._now < self._outbox.hold_until

    # --- verbs ----------------------------------------------------------------------------------------------

    def _redirects(self, verbs: Verbs, *, replacing: bool) -> list[Entry]:
        """The commands that bring these verbs, as many as their size asks for."""
        entries: list[Entry] = []
        for piece in parts(verbs, self.options.message_bytes):
            first = replacing and not entries
            entries.append(
                Entry(encode(redirect(piece, queue=not first)), "redirect", piece, replacing=first)
            )
        return entries

    def _learn(self, verbs: Verbs, *, replacing: bool) -> list[Event]:
        """Take note of what verbs mean that are given to the server now."""
        now = self._now
        events = self._pending_results.stopped("replaced", now) if replacing else []
        for verb in verbs:
            name = verb_name(verb)
            self._roles.learn(verb, name)
            events += self._pending_results.sent(verb, name, self._facts, now)
            opens = self._facts.learn(verb, name)
            if opens is not None:
                events += self._stream(opens, at_once=False)
        return events

    def _stream(self, opens: bool, *, at_once: bool) -> list[Event]:
        """A verb or command opens or closes the text stream.

        A verb that is queued closes it when it is reached, and until then what was written may still be
        spoken. So only when nothing is on its way does the stream count as closed before the server says so.
        """
        if opens:
            self._stream_closing = False
            self.speech.stream_opened()
            return []
        if not at_once and self.speech.flow.written_units != self.speech.flow.settled_units:
            self._stream_closing = True
            return []
        return [*self.speech.stream_closed()]

    def _queue(self, entries: list[Entry]) -> None:
        for entry in entries:
            self._outbox.put(entry)

    # --- acks -----------------------------------------------------------------------------------------------

    def _ack(self, obligation: Obligation, data: Any, fate: Fate, *, first: bool = False) -> None:
        """Write an ack that may leave at once."""
        text = whole(ack(obligation.msgid, data), self.options.message_bytes, "the reply")
        self._obligations.close(obligation, fate)
        self._outbox.pass_by(text, self._now, settle=bool(data))
        self._unsure.acked(obligation, data, self._now, first=first)

    def _default(self, obligation: Obligation) -> list[Event]:
        """Nobody has answered: do what the row of its kind says."""
        data = ACK_POLICIES[obligation.kind].at_deadline
        if data is None:
            self._obligations.close(obligation, Fate.LATE)
            return [Abandoned(obligation.msgid, obligation.hook, obligation.kind, "deadline")]
        if obligation is self._first.request:
            if self._first.verbs is not None:
                return []
            self._give_first(obligation, data, Fate.LATE)
        else:
            self._ack(obligation, data, Fate.LATE)
        return [AckDefaulted(obligation.msgid, obligation.hook, obligation.kind)]

    def _give_first(self, obligation: Obligation, verbs: Verbs, fate: Fate) -> None:
        """The first answer leaves."""
        first = self._first
        first.request = first.verbs = None
        text, pieces = ack_and_parts(obligation.msgid, verbs, self.options.message_bytes)
        self._obligations.close(obligation, fate)
        self._outbox.pass_by(text, self._now, settle=bool(pieces[0]))
        self._outbox.put_first(
            entry for piece in pieces[1:] for entry in self._redirects(piece, replacing=False)
        )
        self._unsure.acked(obligation, pieces[0], self._now, first=first.asked_again)
        self._step(CallInput.FIRST_ACK)
        self._link_step(LinkInput.FIRST_ACK)
        if self._link is LinkState.DEAF:
            self._abort_at = self._now + self.options.settle

    def _lose_first(self) -> None:
        """The connection is lost: does the server ask again for the first answer that it may lack?"""
        waited = self.state is CallState.ANSWERING or self._first.verbs is not None
        if waited and not self._first.asked_again:
            self._first_lost()

    def _first_lost(self) -> None:
        """The first answer can no longer be an ack: what there is of it goes as a redirect."""
        first = self._first
        if first.verbs:
            self._outbox.put_first(self._redirects(first.verbs, replacing=False))
        self._forget_first()
        self._step(CallInput.FIRST_LOST)

    # --- sending --------------------------------------------------------------------------------------------

    def _pump(self) -> None:
        """Let everything leave that may leave now."""
        if not self._gate_open:
            return
        outbox = self._outbox
        for entry in outbox.pump(self._now):
            if entry.ack is not None:
                self._unsure.acked(entry.ack, entry.verbs, self._now)
            else:
                self._unsure.sent(entry)
        if not outbox.queue and self._now >= outbox.hold_until:
            self._speech_may_send = False
            ready = outbox.ready
            for message in self.speech.outgoing(self._now):
                ready.append(encode(message.message()))

    def _hurry_clear(self) -> None:
        """Text was dropped: let the `tts:clear` keep its place, though other commands may wait.

        Text itself leaves only when nothing else waits. After a clear or an interruption there is none, so
        what the desk gives now is the clear alone.
        """
        if self._gate_open and (self._outbox.queue or self._now < self._outbox.hold_until):
            for message in self.speech.outgoing(self._now):
                wire = message.message()
                self._outbox.put(Entry(encode(wire), wire["command"]))

    # --- the end --------------------------------------------------------------------------------------------

    def _finish(self, what: CallInput, reason: str) -> list[Event]:
        """The call is over."""
        self._step(what)
        events: list[Event] = [
            Abandoned(obligation.msgid, obligation.hook, obligation.kind, "call over")
            for obligation in self._obligations.drop()
        ]
        events += self._refuse_waiting("call over")
        events += [
            Abandoned(entry.ack.msgid, entry.ack.hook, entry.ack.kind, "call over")
            for entry in self._outbox.take_all()
            if entry.ack is not None
        ]
        events += self.speech.call_over(self._now)
        self._forget_first()
        self._abort_at = self._end_by = None
        self.over = reason
        events.append(CallOver(reason))
        return events

    def _forget_first(self) -> None:
        """Nobody waits for the first verbs any more."""
        self._first.request = self._first.verbs = None
        self._first.asked_again = False

    def _refuse_waiting(self, reason: str) -> list[Event]:
        """Drop the commands that wait, and report them. Acks that wait stay."""
        return [
            CommandRefused(entry.command, reason)
            for entry in self._outbox.take_commands()
            if entry.command not in _UNREPORTED
        ]
