"""Barge-in: the gather of `config.bargeIn`, which listens beside the stack and lets the caller interrupt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..processes import Steps
from ..sessions.session import CallSession
from ..sessions.task import Kill, Task
from ..sessions.verb import Verb
from .gather import Gather

BARGE_IN = "bargeIn"


class BargeIn(Verb):
    """Gathers beside the stack: once, or again and again when it is sticky."""

    name = BARGE_IN

    def __init__(self, session: CallSession, spec: Mapping[str, Any]) -> None:
        super().__init__(session, spec)
        self._gather = self._new_gather()

    def run(self) -> Steps[None]:
        yield from self._gather.run()
        while self.spec.get("sticky") and self.killed is None and not self.session.gone:
            # Only a sticky one may clear the stack again; after a single one the server never does.
            self.session.barged_in = False
            self._gather = self._new_gather()
            yield from self._gather.run()

    def kill(self, reason: Kill) -> None:
        """Switch it off. The server announces an interruption here if there was none in this cycle."""
        super().kill(reason)
        self._gather.kill(reason)

    def wants_same(self, spec: Mapping[str, Any]) -> bool:
        """Whether other settings ask for the same input."""
        return sorted(self._gather.input) == sorted(spec.get("input") or ["speech"])

    def takes_over(self, task: Task) -> bool:
        """A `gather` on the stack is skipped, as the background one does its work; if that can."""
        if not isinstance(task, Gather):
            return False
        if "speech" in task.input and "speech" not in self._gather.input:
            self.session.stop_beside(BARGE_IN)
            return False
        self.world.warn(
            "gather-skipped",
            "A gather is skipped because barge-in is on; the background gather has taken its timeout.",
            "Wait for the barge-in hook, or switch barge-in off before the gather.",
        )
        self._gather.take_timeout(task.timeout)
        return True

    def _new_gather(self) -> Gather:
        gather = Gather.for_barge_in(self.session, self.spec)
        gather.on_event = self._interrupted
        return gather

    def _interrupted(self) -> None:
        """The first sign of the caller in a cycle. Webhook applications keep their stack."""
        if not self.session.barged_in and self.session.requestor.websocket:
            self.session.barged_in = True
            self.session.barge_in()


def start_barge_in(session: CallSession, spec: Mapping[str, Any]) -> None:
    """Let the caller interrupt from now on. Asked for again with the same input, nothing changes."""
    running = session.background.get(BARGE_IN)
    if isinstance(running, BargeIn):
        if running.wants_same(spec):
            session.world.warn(
                "barge-in-already-on",
                "Barge-in is on already and wants the same input; the new settings are ignored.",
                "Switch it off first.",
            )
            return
        session.stop_beside(BARGE_IN)
    if spec.get("partialResultHook"):
        session.world.warn("partial-hook-ignored", "bargeIn.partialResultHook is accepted, but never called.")
    session.start_beside(BargeIn(session, spec))
