"""Taking the state of a call out, and putting it back.

A snapshot is plain data that any JSON library can write. It is for a process that takes a call over, so what
comes out of `restore` is a call that has just lost its connection: what was open towards the server has died
with it, and everything else is as it was. Times are not in it, because clocks do not travel.

An answer that was owed died, too: the program that would have given it is gone. One thing is kept of the acks
that may not have arrived: the first verbs of the call, which are given again with the next
`session:reconnect`. That is harmless to a server that has them, and one that has not would reject the call.
"""

from __future__ import annotations

from typing import Any, Literal, Self

import msgspec
from msgspec import Struct, structs

from ..speech import SpeechTracker
from ..verbs.profiles import V10, Profile
from ..wire.errors import InvalidSnapshot
from ..wire.events import HookKind
from ..wire.message_reading import call_status
from .call_machine import DEFAULT_OPTIONS, CallMachine
from .hook_roles import HookRoles
from .options import CallOptions
from .outbox import Entry
from .pending_results import PendingResult, PendingResults
from .session_facts import SessionFacts
from .size import Verbs
from .states import CallState, LinkState


class SavedEntry(Struct):
    """A message that waits. An ack has lost its text: it can only go as a redirect now."""

    text: str
    command: str
    verbs: Verbs | None
    replacing: bool


class SavedCall(Struct, kw_only=True):
    """The state of an `AppCall`; its plain form is the snapshot."""

    version: Literal[1]
    state: CallState
    connected: bool
    """Whether there ever was a connection."""
    call_sid: str
    session: dict[str, Any]
    over: str | None
    early_statuses: list[dict[str, Any]]
    answered: bool
    completed: bool
    first_verbs: Verbs | None
    first_asked_again: bool
    first_given: Verbs | None
    first_aborted: bool
    stream_closing: bool
    tools: dict[str, str]
    restored: int
    """How many processes the call was carried through."""
    hooks_given: int
    verb_ids_given: int
    waiting: list[SavedEntry]
    roles: dict[str, HookKind]
    facts: SessionFacts
    queued: list[PendingResult]
    doubted: list[PendingResult]
    speech: dict[str, Any]


def _timeless(entry: PendingResult) -> PendingResult:
    return structs.replace(entry, sent_at=0.0, doubt_until=0.0)


class CallSnapshots(CallMachine):
    """The part of the role that is carried from one process to another."""

    __slots__ = ()

    def snapshot(self) -> dict[str, Any]:
        """The state of the call as plain data: dicts, lists, strings and numbers, as JSON has them."""
        first = self._first
        saved = SavedCall(
            version=1,
            state=self.state,
            connected=self._link is not LinkState.NEW,
            call_sid=self.call_sid,
            session=self.session,
            over=self.over,
            early_statuses=[status.raw or {} for status in self.early_statuses],
            answered=self._answered,
            completed=self._completed,
            first_verbs=first.verbs,
            first_asked_again=first.asked_again,
            first_given=self._unsure.first_verbs or first.given,
            first_aborted=first.aborted,
            stream_closing=self._stream_closing,
            tools=self._tools,
            restored=self._restored,
            hooks_given=self._hooks_given,
            verb_ids_given=self._verb_ids_given,
            waiting=[
                SavedEntry("" if entry.ack else entry.text, entry.command, entry.verbs, entry.replacing)
                for entry in self._outbox.queue
            ],
            roles=self._roles.kinds,
            facts=self._facts,
            queued=[_timeless(entry) for entry in self._pending_results.queued],
            doubted=[_timeless(entry) for entry in self._pending_results.doubted],
            speech=self.speech.snapshot(),
        )
        plain: dict[str, Any] = msgspec.to_builtins(saved)
        return plain

    @classmethod
    def restore(
        cls, saved: object, *, now: float, options: CallOptions = DEFAULT_OPTIONS, profile: Profile = V10
    ) -> Self:
        """A call that goes on where the snapshot was taken, as if its connection had just been lost.

        Raises `InvalidSnapshot` for anything else, so that a half-read state never comes to life.
        """
        try:
            state = msgspec.convert(saved, SavedCall)
        except msgspec.ValidationError as error:
            raise InvalidSnapshot(f"this is not the state of a call of version 1: {error}") from error
        call = cls(options=options, profile=profile)
        call._now = now
        call._put_back(state)
        return call

    def _put_back(self, saved: SavedCall) -> None:
        now = self._now
        self.state = saved.state
        self.call_sid = saved.call_sid
        self.session = saved.session
        self.over = saved.over
        self.early_statuses = [call_status(raw) for raw in saved.early_statuses]
        self._answered = saved.answered
        self._completed = saved.completed
        self._first.verbs = saved.first_verbs
        self._first.asked_again = saved.first_asked_again
        self._first.given = saved.first_given
        self._first.aborted = saved.first_aborted
        self._stream_closing = saved.stream_closing
        self._tools = saved.tools
        self._restored = saved.restored + 1
        self._hooks_given = saved.hooks_given
        self._verb_ids_given = saved.verb_ids_given
        self._roles = HookRoles(saved.roles)
        self._facts = saved.facts
        self._pending_results = PendingResults.restore(saved.queued, saved.doubted, self.options.doubt, now)
        self.speech = SpeechTracker.restore(saved.speech, self.options.speech)
        for entry in saved.waiting:
            if entry.text:
                self._outbox.put(Entry(entry.text, entry.command, entry.verbs, replacing=entry.replacing))
            else:
                self._queue(self._redirects(entry.verbs or [], replacing=True))
        if saved.connected:
            self._link = LinkState.DOWN
            self.speech.lost(now)
            self._lose_first()
        if self.state is not CallState.OVER:
            self._end_by = now + self.options.reconnect_grace
