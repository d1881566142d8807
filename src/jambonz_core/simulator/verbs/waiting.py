"""What is played to a party that waits: an application is asked again and again for something to play."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from ..processes import Future, Steps
from ..sessions.task import BadVerbs, Kill, Task
from ..sessions.verb import Verb


class WaitLoop:
    """The hook of a wait, until it is over or the application has nothing more to play."""

    def __init__(
        self,
        verb: Verb,
        hook: Any,
        data: Callable[[], Mapping[str, Any]],
        *,
        allowed: Collection[str],
        silence: float,
        once: bool = False,
    ) -> None:
        self._verb = verb
        self._hook = hook
        self._data = data
        self._allowed = allowed
        self._silence = silence
        """Seconds before each time that the application is asked."""
        self._once = once
        """Whether the hook is asked once only, and at once."""
        self._over: Future[None] = Future()
        self._playing: Task | None = None
        self.left: bool = False
        """Whether `leave` was among what was played."""

    def stop(self) -> None:
        """The wait is over; what is playing is cut."""
        self._over.settle(None)
        if self._playing is not None:
            self._playing.kill(Kill.REPLACED)

    def run(self) -> Steps[None]:
        """Ask and play until it is over."""
        scheduler = self._verb.world.scheduler
        while not self._over.settled:
            if not self._once and (yield scheduler.wait(self._over, timeout=self._silence)) is not None:
                return
            reply = yield from self._verb.ask(self._hook, self._data(), replies=False)
            if not isinstance(reply, list) or not reply:
                # Also when nobody answered: waiting goes silent.
                return
            good = yield from self._play(reply)
            if not good or self.left or self._once:
                return

    def _play(self, reply: list[Any]) -> Steps[bool]:
        session = self._verb.session
        try:
            verbs = session.make(reply)
        except BadVerbs as bad:
            session.refused(bad, f"the answer to a wait hook of {self._verb.name}")
            return False
        for verb in verbs:
            if verb.name not in self._allowed:
                self._verb.world.warn(
                    "verb-not-allowed",
                    f"{verb.name} cannot be played while waiting: the answer is dropped, and the last.",
                )
                return False
        for verb in verbs:
            if self._over.settled:
                break
            if verb.name == "leave":
                self.left = True
                break
            verb.nested, verb.leg = True, self._verb.leg
            self._playing = verb
            yield from verb.run()
            self._playing = None
        return True
