"""Running the handlers of a call: in its scope, a bounded number at once, each with the hook that called it.

Handlers of hooks may overlap, so "the hook that is being answered" is a property of the handler's task and
not of the call: it lives in a context variable, which also travels into threads and into tasks that a handler
starts. Notifications, which nobody answers, run one after the other for each name, so that a handler sees
`ringing` before `in-progress` on every event loop.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeAlias

from jambonz_core.call.commands import Reply, Verbs
from jambonz_core.wire.errors import LocalProtocolError
from jambonz_core.wire.events import HookEvent, HookKind

from .event_loop import Future
from .timers import Timer, Timers

if TYPE_CHECKING:
    from ..chain import AnyVerbs
    from .runtime import Runtime

Job: TypeAlias = Callable[[], Coroutine[Any, Any, None]]

current_hook: ContextVar[Hook | None] = ContextVar("jambonz_current_hook", default=None)
"""The hook that called the handler which is running."""


LINGER_SECONDS = 0.25
"""How long a task that has run a handler waits for another one to run."""


class Hook:
    """A hook of a call, and the one answer to it. What `hooks(path, hold=True)` yields.

    ```python
    async for hook in call.hooks("/menu", hold=True):
        await hook.reply(call.say(text="One moment."))
    ```
    """

    __slots__ = ("_runtime", "answered", "event")

    def __init__(self, runtime: Runtime, event: HookEvent) -> None:
        self._runtime = runtime
        self.event: HookEvent = event
        """The message, as the core reports it."""
        self.answered: bool = False
        """Whether this program gave the answer. The core may have given one before, at its deadline."""

    @property
    def path(self) -> str:
        """The hook's path or URL."""
        return self.event.hook

    @property
    def data(self) -> dict[str, Any]:
        """The payload as it came."""
        return self.event.data

    @property
    def payload(self) -> Any:
        """The payload, typed."""
        return self._runtime.payload(self.event)

    async def reply(self, verbs: AnyVerbs | None = None) -> None:
        """Answer: with a chain, with plain dicts, or with nothing, which changes nothing.

        Raises `LocalProtocolError` when this hook was answered before.
        """
        await self._runtime.checkpoint()
        self._answer(self._runtime.verbs_from(verbs))
        await self._runtime.room()

    def _belongs_to(self, runtime: Runtime) -> bool:
        """Whether the hook was sent to this call."""
        return runtime is self._runtime

    def _answer(self, verbs: Verbs | dict[str, Any]) -> None:
        """`reply` without waiting, for verbs that were validated."""
        if self.answered:
            raise LocalProtocolError(
                f"the hook {self.event.hook or self.event.kind.value} was answered already; "
                "what is to happen besides goes by send()"
            )
        self.answered = True
        # An acked hook takes no answer; its verbs, where they may have an effect, go another way, and that
        # way is the core's to choose. Without verbs there is nothing to choose.
        if verbs or not self.event.acked:
            self._runtime.do(Reply.to(self.event, verbs))

    def _release(self) -> None:
        """Nobody will answer any more: what an empty answer can do no harm to gets one.

        `dial:confirm` is different, because an empty answer connects the caller to the called party.
        """
        if not self.answered and self.event.kind is not HookKind.DIAL_CONFIRM:
            self._answer([])


class HandlerPool:
    """Jobs of one call: so many at once, so many more in waiting.

    To start a task costs more than most handlers do. So a task that has run out of jobs stays for a moment
    and takes the next one, if it comes soon; a call that is idle has none.
    """

    def __init__(
        self,
        timers: Timers,
        *,
        start: Callable[[Job], None],
        guard: Callable[[Job], Awaitable[None]],
        idle: Callable[[], None],
        running: int,
        waiting: int,
    ) -> None:
        self._start = start
        self._guard = guard
        self._idle = idle
        self._bound = running
        self._waiting_bound = waiting
        self._waiting: list[Job] = []
        self._series: dict[str, deque[Job]] = {}
        self._new_future = timers.loop.new_future
        self._clock = timers.loop.clock
        self._timers = timers
        self._linger_timer: Timer | None = None
        self._parked: Future | None = None
        """What a task that has run out of jobs waits for."""
        self._next: Job | None = None
        """The job for that task, or None when it is to go."""
        self.running: int = 0

    @property
    def busy(self) -> bool:
        """Whether any handler runs."""
        return self.running > 0

    def submit(self, job: Job) -> bool:
        """Run a job as soon as there is room. False: `handlers_waiting` is reached, and it will not run."""
        if self.running < self._bound:
            self.running += 1
            parked, self._parked = self._parked, None
            if parked is not None and not parked.done():
                self._next = job
                parked.set_result(None)
            else:
                self._start(lambda: self._work(job))
            return True
        if len(self._waiting) < self._waiting_bound:
            self._waiting.append(job)
            return True
        return False

    def submit_in_order(self, name: str, job: Job) -> bool:
        """Run a job behind the others of its name."""
        series = self._series.get(name)
        if series is not None:
            if len(series) >= self._waiting_bound:
                return False
            series.append(job)
            return True
        series = self._series[name] = deque([job])
        if not self.submit(lambda: self._run_series(name, series)):
            del self._series[name]
            return False
        return True

    async def _run_series(self, name: str, series: deque[Job]) -> None:
        try:
            while series:
                await series[0]()
                series.popleft()
        finally:
            del self._series[name]

    async def _work(self, job: Job) -> None:
        """The life of one task: its job, those that wait, and those that come while it lingers."""
        following: Job | None = job
        while following is not None:
            try:
                await self._guard(following)
                while self._waiting:
                    await self._guard(self._waiting.pop(0))
            finally:
                self.running -= 1
            self._idle()
            following = await self._linger() if self._parked is None else None

    async def _linger(self) -> Job | None:
        """The next job, if one comes soon."""
        self._parked = parked = self._new_future()
        if self._linger_timer is None:
            self._linger_timer = self._timers.timer(self._dismiss)
        self._linger_timer.set(self._clock() + LINGER_SECONDS)
        try:
            await parked
        finally:
            if self._parked is parked:
                self._parked = None
        job, self._next = self._next, None
        return job

    def _dismiss(self) -> None:
        parked, self._parked = self._parked, None
        if parked is not None and not parked.done():
            parked.set_result(None)

    def close(self) -> None:
        """The call is over; its tasks end with its scope."""
        if self._linger_timer is not None:
            self._linger_timer.close()
