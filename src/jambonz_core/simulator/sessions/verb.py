"""Verbs: tasks that belong to a session, ask its application through hooks, and report what they do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..processes import Future, Steps
from .session import CallSession, FeatureServer
from .task import BadVerbs, Task


class Verb(Task):
    """One verb of a stack, or one that runs inside another."""

    def __init__(self, session: CallSession, spec: Mapping[str, Any]) -> None:
        super().__init__(session.leg, spec)
        self.session = session
        self.world: FeatureServer = session.world

    def sleep(self, seconds: float | None) -> Future[int | None]:
        """Wait so long, or until the verb is killed. Settles with None when the time is up."""
        return self.world.scheduler.wait(self.ended, timeout=seconds)

    def status(self, event: str, **more: Any) -> None:
        """Send a `verb:status` about this verb."""
        self.session.verb_status({"event": event, "verb": self.name, **self.identity(), **more})

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
