"""What goes on beside the verbs of a session: barge-in, and the listen and transcribe tasks of `config`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .verb_stack import Kill, Verb

if TYPE_CHECKING:
    from ..session import Session
    from .gather import Gather


class Background:
    """The background tasks of one session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.barge_in: Gather | None = None
        self._sticky = False
        self._spec: dict[str, Any] = {}
        self._clears = True
        self.tasks: dict[str, Verb] = {}

    # Barge-in.

    def start_barge_in(self, spec: Mapping[str, Any]) -> None:
        """Let the caller interrupt from now on. Asked for again with the same input, nothing changes."""
        if self.barge_in is not None:
            if sorted(self.barge_in.input) == sorted(spec.get("input") or ["speech"]):
                self.session.world.warn(
                    "barge-in-already-on",
                    "Barge-in is on already and wants the same input; the new settings are ignored.",
                    "Switch it off first.",
                )
                return
            self.stop_barge_in()
        if spec.get("partialResultHook"):
            self.session.world.warn(
                "partial-hook-ignored", "bargeIn.partialResultHook is accepted, but never called."
            )
        self._sticky = bool(spec.get("sticky"))
        self._spec = dict(spec)
        self._listen()

    def stop_barge_in(self) -> None:
        """Switch it off. The server announces an interruption here if there was none in this cycle."""
        self._sticky = False
        gather, self.barge_in = self.barge_in, None
        if gather is not None:
            gather.kill(Kill.REPLACED)

    def _listen(self) -> None:
        from .gather import Gather

        gather = Gather.for_barge_in(self.session, self._spec)
        gather.on_event = self._interrupted
        self.barge_in = gather
        done = self.session.world.scheduler.spawn(gather.run())
        done.watch(lambda _: self._over(gather))

    def _interrupted(self) -> None:
        """The first sign of the caller in a cycle. Webhook applications keep their stack."""
        if self._clears and self.session.requestor.websocket:
            self._clears = False
            self.session.barge_in()

    def _over(self, gather: Gather) -> None:
        if self.barge_in is gather:
            self.barge_in = None
        if self._sticky and not self.session.gone and self.barge_in is None:
            # Only a sticky one may clear the stack again; after a single one the server never does.
            self._clears = True
            self._listen()

    def takes_over(self, verb: Verb) -> bool:
        """Whether a `gather` on the stack is skipped because the background one does its work."""
        if self.barge_in is None:
            return False
        wanted = verb.spec.get("input") or ["digits"]
        if "speech" in wanted and "speech" not in self.barge_in.input:
            self.stop_barge_in()
            return False
        self.session.world.warn(
            "gather-skipped",
            "A gather is skipped because barge-in is on; the background gather has taken its timeout.",
            "Wait for the barge-in hook, or switch barge-in off before the gather.",
        )
        self.barge_in.take_timeout(verb.spec.get("timeout", 15))
        return True

    # Listen and transcribe.

    def start(self, name: str, verb: Verb) -> None:
        """Run a verb beside the stack, unless one of its kind runs there already."""
        if name in self.tasks:
            self.session.world.warn(
                "task-already-on",
                f"A {name} runs in the background already; the new one is ignored.",
                "Switch it off first.",
            )
            return
        verb.in_background = True
        self.tasks[name] = verb
        done = self.session.world.scheduler.spawn(verb.run())
        done.watch(lambda _: self._task_over(name, verb))

    def stop(self, name: str) -> None:
        """End the background verb of that name."""
        verb = self.tasks.pop(name, None)
        if verb is not None:
            verb.kill(Kill.REPLACED)

    def _task_over(self, name: str, verb: Verb) -> None:
        if self.tasks.get(name) is verb:
            del self.tasks[name]

    def stop_all(self) -> None:
        """End all background verbs, because the session is over."""
        self._sticky = False
        gather, self.barge_in = self.barge_in, None
        if gather is not None:
            gather.kill(Kill.CALL_GONE)
        for name in list(self.tasks):
            self.stop(name)
        if self.session.voice is not None:
            self.session.voice.stop()
