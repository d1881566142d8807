"""Verbs as things that run: what they have in common, what they need before they may run, and how they end.

A verb is a generator (`run`) that yields its waits. Killing one does not stop the generator: it settles
`ended`, on which the verb itself waits, because a killed verb still has things to do, some of which an
application sees: several send their action hook, and the stack waits until that is answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any

from ..processes import Future, Steps

if TYPE_CHECKING:
    from ..legs.legs import Leg
    from ..legs.switchboard import Switchboard
    from ..session import Session


class Needs(Enum):
    """What must be true before a verb may run."""

    NOTHING = "nothing"
    MEDIA = "media"
    """Something can be heard: the call is answered for it, unless the verb is content with early media."""
    ANSWERED = "an answered call"
    UNANSWERED = "an unanswered call"


class Kill(Enum):
    """Why a verb was killed."""

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


class Verb:
    """One verb of a stack, or one that runs inside another."""

    name = ""
    needs = Needs.MEDIA
    reports_as = ""
    """The name in `verb:status`, where it differs."""

    def __init__(self, session: Session, spec: Mapping[str, Any]) -> None:
        self.session = session
        self.world: Switchboard = session.world
        self.leg: Leg = session.leg
        """Whom it is heard by; a whisper goes to another leg."""
        self.spec = spec
        self.id: str = str(spec.get("id", "") or "")
        self.hook: Any = spec.get("actionHook")
        self.killed: Kill | None = None
        self.ended: Future[None] = Future()
        """Settles when the verb is killed, or when it has decided to end."""
        self.nested = False
        """Whether the verb runs inside another one: then replies to its hooks change nothing."""
        self.in_background = False
        """Whether the verb runs beside the stack."""

    @property
    def early_media(self) -> bool:
        """Whether the verb is content to be heard before the call is answered."""
        return self.spec.get("earlyMedia") is True

    def run(self) -> Steps[None]:
        """Run the verb to its end."""
        return
        yield

    def kill(self, reason: Kill) -> None:
        """End the verb early."""
        if self.killed is None:
            self.killed = reason
        self.ended.settle(None)

    # What most verbs do.

    def cut(self) -> None:
        """The application has answered while this verb filled the wait: most verbs finish all the same."""

    def sleep(self, seconds: float | None) -> Future[int | None]:
        """Wait so long, or until the verb is killed. Settles with None when the time is up."""
        return self.world.scheduler.wait(self.ended, timeout=seconds)

    def status(self, event: str, **more: Any) -> None:
        """Send a `verb:status` about this verb."""
        self.session.verb_status({"event": event, "verb": self.name, **self.identity(), **more})

    def identity(self) -> dict[str, str]:
        """The verb's `id`, when the application gave one."""
        return {"id": self.id} if self.id else {}

    def about(self) -> dict[str, str]:
        """The fields by which its hooks name the verb."""
        return {"verb_id": self.id} if self.id else {}

    def report_error(self, msg: str, details: str, failover: str = "not available") -> None:
        """Send a `jambonz:error` about a vendor's failure."""
        error = {"msg": msg, "details": details, "failover": failover, "verb": self.name}
        self.session.error({**error, **self.identity()})

    def act(self, results: Mapping[str, Any], *, replies: bool = True, type: str = "verb:hook") -> Steps[str]:
        """Send the action hook and act on the reply. Returns what went wrong, or nothing."""
        if not self.hook:
            return ""
        data = {**self.session.info.standard(), **results, **self.about()}
        answer = yield self.session.requestor.request(type, data, self.hook)
        if answer.failure:
            return str(answer.failure)
        what = f"the action hook of {self.name}"
        if self.nested or not replies:
            self._ignores(answer.data, what)
            return ""
        try:
            self.session.reply(answer.data, what)
        except BadVerbs as bad:
            self.session.refused(bad, f"the answer to {what}")
            return str(bad)
        return ""

    def ask(self, hook: Any, data: Mapping[str, Any], *, replies: bool) -> Steps[Any]:
        """Call another hook of the verb. Returns its reply; None when there was none."""
        answer = yield self.session.requestor.request("verb:hook", data, hook)
        if answer.failure:
            return None
        if replies and self.nested:
            self._ignores(answer.data, f"a hook of {self.name}")
        elif replies:
            try:
                self.session.reply(answer.data, f"a hook of {self.name}")
            except BadVerbs as bad:
                self.session.refused(bad, f"the reply to a hook of {self.name}")
        return answer.data

    def tell(self, hook: Any, data: Mapping[str, Any]) -> None:
        """Call a hook and do not wait for its answer, which is ignored."""
        self.world.scheduler.spawn(self._tell_in_vain(hook, data))

    def _tell_in_vain(self, hook: Any, data: Mapping[str, Any]) -> Steps[None]:
        answer = yield from self.ask(hook, data, replies=False)
        self._ignores(answer, f"a hook of {self.name}")

    def _ignores(self, data: Any, what: str) -> None:
        """Say that verbs in an answer are not run."""
        if data and isinstance(data, list):
            self.world.warn(
                "verbs-dropped",
                f"The verbs in the answer to {what} are dropped: here the answer changes nothing.",
                "Send them with a redirect command.",
            )
