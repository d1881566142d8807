"""Taking the state of a call out, and putting it back.

A snapshot is plain data that any JSON library can write. It is for a process that takes a call over, so what
comes out of `restore` is a call that has just lost its connection: what was open towards the server has died
with it, and everything else is as it was. Times are not in it, because clocks do not travel.

An answer that was owed died, too: the program that would have given it is gone. One thing is kept of the acks
that may not have arrived: the first verbs of the call, which are given again with the next
`session:reconnect`. That is harmless to a server that has them, and one that has not would reject the call.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from ..errors import InvalidSnapshot
from ..profiles import V10, Profile
from ..speech import SpeechDesk
from .call_machine import DEFAULT_OPTIONS, CallMachine
from .events import call_status
from .expectations import Expectations
from .hook_roles import HookRoles
from .legality import CallState, LinkState
from .options import CallOptions
from .outbox import Entry
from .session_facts import SessionFacts

VERSION = 1
"""Changes when the meaning of a field does."""


class SavedCall(CallMachine):
    """The part of the role that is carried from one process to another."""

    __slots__ = ()

    def snapshot(self) -> dict[str, Any]:
        """The state of the call as plain data."""
        first = self._first
        return {
            "version": VERSION,
            "state": self.state.value,
            "connected": self._link is not LinkState.NEW,
            "call_sid": self.call_sid,
            "session": self.session,
            "over": self.over,
            "early_statuses": [status.raw for status in self.early_statuses],
            "answered": self._answered,
            "completed": self._completed,
            "first": {
                "verbs": first.verbs,
                "asked_again": first.asked_again,
                "given": self._unsure.first_verbs or first.given,
                "aborted": first.aborted,
            },
            "stream_closing": self._stream_closing,
            "tools": dict(self._tools),
            "hooks_given": self._hooks_given,
            "verb_ids_given": self._verb_ids_given,
            "waiting": [
                {
                    "text": entry.text if entry.ack is None else "",
                    "command": entry.command,
                    "verbs": entry.verbs,
                    "replacing": entry.replacing,
                }
                for entry in self._outbox
            ],
            "roles": self._roles.snapshot(),
            "facts": self._facts.snapshot(),
            "expectations": self._expectations.snapshot(),
            "speech": self.speech.snapshot(),
        }

    @classmethod
    def restore(
        cls,
        saved: Mapping[str, Any],
        *,
        now: float,
        options: CallOptions = DEFAULT_OPTIONS,
        profile: Profile = V10,
    ) -> Self:
        """A call that goes on where the snapshot was taken, as if its connection had just been lost."""
        if saved.get("version") != VERSION:
            raise InvalidSnapshot(
                f"this is not the state of a call in version {VERSION}: {saved.get('version')!r}"
            )
        call = cls(options=options, profile=profile)
        call._now = now
        try:
            call._put_back(saved)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise InvalidSnapshot(f"this state of a call is damaged: {error!r}") from error
        return call

    def _put_back(self, saved: Mapping[str, Any]) -> None:
        now = self._now
        self.state = CallState(saved["state"])
        self.call_sid = saved["call_sid"]
        self.session = saved["session"]
        self.over = saved["over"]
        self.early_statuses = [call_status(raw) for raw in saved["early_statuses"]]
        self._answered = saved["answered"]
        self._completed = saved["completed"]
        first = saved["first"]
        self._first.verbs = first["verbs"]
        self._first.asked_again = first["asked_again"]
        self._first.given = first["given"]
        self._first.aborted = first["aborted"]
        self._stream_closing = saved["stream_closing"]
        self._tools = dict(saved["tools"])
        self._hooks_given = saved["hooks_given"]
        self._verb_ids_given = saved["verb_ids_given"]
        self._roles = HookRoles.restore(saved["roles"])
        self._facts = SessionFacts.restore(saved["facts"])
        self._expectations = Expectations.restore(saved["expectations"], self.options.doubt, now)
        self.speech = SpeechDesk.restore(saved["speech"], self.options.speech)
        for entry in saved["waiting"]:
            if entry["text"]:
                waiting = Entry(entry["text"], entry["command"], entry["verbs"], replacing=entry["replacing"])
                self._outbox.put(waiting)
            else:
                self._queue(self._redirects(entry["verbs"], replacing=True))
        if saved["connected"]:
            self._link = LinkState.DOWN
            self.speech.lost(now)
            if not self._first.asked_again and (
                self.state is CallState.ANSWERING or self._first.verbs is not None
            ):
                self._first_lost()
        if self.state is not CallState.OVER:
            self._end_by = now + self.options.reconnect_grace
