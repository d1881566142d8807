"""A task: what a session runs, on its stack or beside it. Here is what a session may ask of one.

A task is a generator (`run`) that yields its waits. Killing one does not stop the generator: it settles
`ended`, on which the task itself waits, because a killed task still has things to do, some of which an
application sees: several send their action hook, and the stack waits until that is answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from ..actions import Refer
from ..legs.legs import Leg
from ..processes import Future, Steps


class Needs(Enum):
    """What must be true before a task may run."""

    NOTHING = "nothing"
    MEDIA = "media"
    """Something can be heard: the call is answered for it, unless the task is content with early media."""
    ANSWERED = "an answered call"
    UNANSWERED = "an unanswered call"


class Kill(Enum):
    """Why a task was killed."""

    REPLACED = "replaced"
    CALL_GONE = "call gone"
    BARGE_IN = "barge-in"


class VerbError(Exception):
    """A verb failed in a way that the server does not survive: the call is torn down."""


class BadVerbs(Exception):
    """An array of verbs that the server refuses as a whole."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults: tuple[str, ...] = tuple(faults)


class Task:
    """What a session runs. It knows its leg and its properties; a `Verb` knows its session as well."""

    name = ""
    needs = Needs.MEDIA
    reports_as = ""
    """The name in `verb:status`, where it differs."""

    def __init__(self, leg: Leg, spec: Mapping[str, Any]) -> None:
        self.leg: Leg = leg
        """Whom it is heard by; a whisper goes to another leg."""
        self.spec = spec
        self.id: str = str(spec.get("id", "") or "")
        self.hook: Any = spec.get("actionHook")
        self.killed: Kill | None = None
        self.ended: Future[None] = Future()
        """Settles when the task is killed, or when it has decided to end."""
        self.nested = False
        """Whether the task runs inside another one: then replies to its hooks change nothing."""
        self.in_background = False
        """Whether the task runs beside the stack."""

    @property
    def early_media(self) -> bool:
        """Whether the task is content to be heard before the call is answered."""
        return self.spec.get("earlyMedia") is True

    def identity(self) -> dict[str, str]:
        """The task's `id`, when the application gave one."""
        return {"id": self.id} if self.id else {}

    def run(self) -> Steps[None]:
        """Run the task to its end."""
        return
        yield

    def kill(self, reason: Kill) -> None:
        """End the task early."""
        if self.killed is None:
            self.killed = reason
        self.ended.settle(None)

    def cut(self) -> None:
        """The application has answered while this filled the wait: most tasks finish all the same."""

    def takes_over(self, task: Task) -> bool:
        """Whether this one, beside the stack, does the work of one that is about to run: that is skipped."""
        return False

    def party_held(self, leg: Leg, *, on: bool) -> None:
        """A party puts the other side on hold, or takes it back."""

    def party_refers(self, leg: Leg, refer: Refer) -> bool:
        """A party asks for a transfer. Whether the task sees to it."""
        return False
