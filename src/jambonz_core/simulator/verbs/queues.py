"""`enqueue` and `dequeue`: waiting in line, and taking somebody out of it.

Who else waits, and who takes the caller out, are actions of the outside. The account's own queue webhook is
not simulated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..engine_events import Bridged
from ..processes import Future, Steps
from ..rooms_and_queues import Waiting
from ..sessions.session import CallSession
from ..sessions.task import Kill
from ..sessions.verb import Verb
from .waiting import WaitLoop

PLAYED = frozenset({"say", "play", "pause", "leave", "tag"})
_SILENCE = 0.5
_FIRST_POLL, _POLL = 1.0, 5.0


class Enqueue(Verb):
    """Waits in a queue until somebody takes the call."""

    name = "enqueue"

    def __init__(self, session: CallSession, spec: Mapping[str, Any]) -> None:
        super().__init__(session, spec)
        self.queue: str = str(spec.get("name", ""))
        self._began = 0.0

    @property
    def sid(self) -> str:
        """The name by which payloads call the queue."""
        return f"queue:{self.session.info.account_sid}:{self.queue}"

    def run(self) -> Steps[None]:
        queues = self.world.queues
        self._began = self.world.now
        waiting = queues.join(self.queue, self.leg.name, self.spec.get("priority"))
        loop = self._wait_loop(waiting)
        left: Future[None] = Future()
        if loop is not None:
            done = self.world.scheduler.spawn(loop.run())
            done.watch(lambda _: left.settle(None) if loop.left else None)
        yield self.world.scheduler.wait(waiting.taken, left, self.ended)
        if loop is not None:
            loop.stop()
        queues.leave(self.queue, waiting)
        waited = self.world.seconds_since(self._began)
        if waiting.taken.settled:
            self.world.emit(Bridged(self.leg.name, waiting.taken.value))
            yield self.world.scheduler.wait(waiting.over, self.ended)
            result = "bridged"
        elif left.settled:
            result = "leave"
        else:
            result = "hangup"
        results = {"queue_sid": self.sid, "queue_time": waited, "queue_result": result}
        yield from self.act(results, replies=self.killed is not Kill.REPLACED)

    def _wait_loop(self, waiting: Waiting) -> WaitLoop | None:
        hook = self.spec.get("waitHook")
        if not hook:
            return None

        def data() -> dict[str, Any]:
            line, info = self.world.queues.line(self.queue), self.session.info
            position = line.index(waiting) if waiting in line else 0
            tag = {} if info.customer_data is None else {"customerData": info.customer_data}
            return {
                "queue_sid": self.sid,
                "queue_time": self.world.seconds_since(self._began),
                "queue_size": len(line),
                "queue_position": position,
                "callSid": info.call_sid,
                "callId": info.call_id,
                **tag,
            }

        return WaitLoop(self, hook, data, allowed=PLAYED, silence=_SILENCE)


class Dequeue(Verb):
    """Takes the first in line. Its hook is not waited for: the next verb starts meanwhile."""

    name = "dequeue"

    def run(self) -> Steps[None]:
        name = str(self.spec.get("name", ""))
        limit = float(self.spec.get("timeout", 0) or 0)
        ends = self.world.now + limit if limit else None
        waiting: Waiting | None = None
        pause = _FIRST_POLL
        while waiting is None and not self.ended.settled:
            yield self.sleep(pause if ends is None else min(pause, max(ends - self.world.now, 0)))
            if ends is not None and self.world.now >= ends:
                break
            if self.killed is None:
                waiting = self.world.queues.take(name, self.leg.name)
            pause = _POLL
        if waiting is not None:
            self.world.emit(Bridged(self.leg.name, waiting.member))
            yield self.world.scheduler.wait(waiting.over, self.ended)
            waiting.over.settle(None)
            self.world.scheduler.spawn(self.act({"dequeue_result": "complete"}))
            return
        if self.killed:
            yield from self._stuck(ends)
        if not self.leg.over:
            self.world.scheduler.spawn(self.act({"dequeue_result": "timeout"}))

    def _stuck(self, ends: float | None) -> Steps[None]:
        """Killed while it waits, the server's verb is not over: nothing behind it runs before its `timeout`,
        and without one nothing ever does.
        """
        if not self.leg.over:
            until = "ever" if ends is None else f"{ends - self.world.now:g} s"
            self.world.warn(
                "dequeue-stuck",
                f"A dequeue was replaced while it waited; the server runs nothing else for {until}.",
                "Give dequeue a timeout, and let that run out.",
            )
        left = None if ends is None else ends - self.world.now
        yield self.world.scheduler.wait(self.leg.ended, timeout=left)
