"""The caller's leg: what is known of it, and what ends it.

A call that was not answered is declined, one that was is hung up, and each of the two verbs does nothing to a
call of the other sort. So where it is not known which sort this is, both are sent: the first that applies
ends the call. The table is `LEG`.
"""

from __future__ import annotations

from msgspec import Struct

from ..wire.codec import encode
from ..wire.live_command_base import given
from .commands import EndCall
from .size import Verbs
from .states import LEG, LegInput, LegState

FINAL_STATUSES = frozenset({"completed", "failed", "busy", "no-answer"})
"""Those of a leg after which there is no other."""


class CallerLeg(Struct, gc=False):
    """The leg that the call began with."""

    state: LegState = LegState.RINGING

    def picked_up(self) -> None:
        """Something shows that it was answered."""
        self.state = LEG[self.state][LegInput.PICKED_UP]

    def finished(self) -> None:
        """The server has reported its end."""
        self.state = LEG[self.state][LegInput.FINISHED]

    @property
    def answered(self) -> bool:
        """Whether it is known that it was answered, and not that it has ended."""
        return self.state is LegState.ANSWERED

    def verbs_that_end(self, how: EndCall, *, unheard: bool) -> Verbs:
        """What ends the call at once. `unheard` tells that the server has had no verbs, so it still rings."""
        hang_up = given(verb="hangup", headers=how.headers)
        if self.answered:
            return [hang_up]
        decline = given(verb="sip:decline", status=how.status, reason=how.reason, headers=how.headers)
        return [decline] if unheard else [decline, hang_up]

    def verbs_at_the_end(self, *, answers: bool, status: int) -> Verbs:
        """What ends the call when what is queued has run. `answers` tells whether that answers the call."""
        verbs: Verbs = [{"verb": "hangup"}]
        if not (self.answered or answers):
            verbs.append({"verb": "sip:decline", "status": status})
        return verbs


def status_command(status: str) -> str:
    """The command that gives the leg this status."""
    return encode({"type": "command", "command": "call:status", "data": {"call_status": status}})
