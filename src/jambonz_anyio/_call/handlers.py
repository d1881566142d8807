"""Running the handlers of a call: in its scope, a bounded number at once, each with the hook that called it.

Handlers of hooks may overlap. Notifications, which nobody answers, run one after the other for each name, so
that a handler sees `ringing` before `in-progress` on every event loop.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine, Sized
from typing import Any, NamedTuple, TypeAlias

import anyio

from jambonz_core.wire.events import HookKind

from ..chain import verbs_from
from ..limits import CallLimits
from ..logs import enter_call
from .call_log import CallLog
from .call_observer import CallObserver
from .driver import CoreDriver, nobody
from .event_loop import Future
from .held_hook import HeldHook, current_hook
from .invoke import Threads, is_async, stray_refused
from .timers import Timer, Timers

Handler: TypeAlias = Callable[..., Any]
"""What a program registers: a function, a coroutine function or a plain one."""

Job: TypeAlias = Callable[[], Coroutine[Any, Any, None]]

LINGER_SECONDS = 0.25
"""How long a task that has run a handler waits for another one to run."""


class Waiting(NamedTuple):
    """A job that waits, with the size of the message that it is about."""

    job: Job
    size: int
    hook: HeldHook | None = None
    """The hook that the job handles, where it is one that stands by itself."""

    @property
    def owes(self) -> bool:
        """Whether the job never has to go for one that matters more."""
        return self.hook is None or not self.hook.event.acked


def _observed(observer: CallObserver, hook: HeldHook, job: Job) -> Job:
    """The job, at which somebody looks on."""

    async def observed() -> None:
        with observer.inside("hook", hook.event.msgid):
            await job()

    return observed


class HandlerPool:
    """The running handlers of one call: so many at once, so many more in waiting, with so many bytes.

    Where too many wait, one that owes an answer takes the place of the oldest that owe none.

    To start a task costs more than most handlers do. So a task that has run out of jobs stays for a moment
    and takes the next one, if it comes soon; a call that is idle has none.

    `start` starts a task of the call, `failed` is told what a handler raised, and says whether it is to end
    the call, `idle` is asked to look whether anything is left to be done, whenever a handler is through.
    """

    def __init__(
        self,
        driver: CoreDriver,
        timers: Timers,
        threads: Threads,
        limits: CallLimits,
        log: CallLog,
        *,
        start: Callable[[Job], None],
        failed: Callable[[Exception], bool],
        idle: Callable[[], None],
    ) -> None:
        self._driver = driver
        self._threads = threads
        self._limits = limits
        self._log = log
        self._start = start
        self._failed = failed
        self._idle = idle
        self._waiting: list[Waiting] = []
        """Short and mostly empty, and an empty list takes a tenth of the room of a deque."""
        self._series: dict[str, deque[Waiting]] = {}
        self._bytes = 0
        """What the messages hold of all jobs that wait."""
        self._timers = timers
        self._linger_timer: Timer | None = None
        self._parked: Future | None = None
        """What a task that has run out of jobs waits for."""
        self._next: Job | None = None
        """The job for that task, or None when it is to go."""
        self.running: int = 0

    def run(
        self,
        handler: Handler,
        about: Any,
        hook: HeldHook | None = None,
        *,
        series: str | None = None,
        size: int | None = None,
    ) -> None:
        """Run `handler(about)` as soon as there is room; with `series`, behind the others of that name.

        `size` is that of the message, where it is not the latest.
        """
        if size is None:
            size = self._driver.core.message_size

        async def job() -> None:
            # Set and reset: one task may run several jobs after each other.
            token = current_hook.set(hook)
            try:
                given = await (handler(about) if is_async(handler) else self._threads.invoke(handler, about))
                if hook is not None and (given is not None or not hook.answered):
                    if isinstance(given, dict) and "verb" not in given and hook.event.kind is HookKind.PLAYED:
                        hook.answer(given)  # a tool's output, and not a verb: see `Reply`
                    else:
                        hook.answer(verbs_from(given, self._driver.core.profile))
            finally:
                current_hook.reset(token)
                if hook is not None and not hook.answered:
                    hook.release()

        if self._driver.closed:
            taken = False
        elif series is None:
            observer = self._driver.observer
            seen = job if observer is None or hook is None else _observed(observer, hook, job)
            taken = self._submit(seen, size, hook)
        else:
            taken = self._submit_in_order(series, job, size)
        if not taken:
            if not self._driver.closed:
                self._note_lost(series or (hook.event.hook if hook is not None else ""), size)
            if hook is not None:
                hook.release()

    def _note_lost(self, name: str, size: int) -> None:
        """Something will not be handled."""
        limit, bound = "CallLimits.handlers_waiting", self._limits.handlers_waiting
        if self._bytes + size > self._limits.handlers_bytes:
            limit, bound = "CallLimits.handlers_bytes", self._limits.handlers_bytes
        self._log.dropped[limit] += 1
        if self._log.may_note(self._limits.log_lines):
            self._log.warning("%s is not handled: %s (%d) is reached", name, limit, bound)

    def _submit(self, job: Job, size: int, hook: HeldHook | None = None) -> bool:
        """Run a job as soon as there is room. False: a bound is reached, and it will not run."""
        if self.running < self._limits.handlers:
            self.running += 1
            parked, self._parked = self._parked, None
            if parked is not None and not parked.done():
                self._next = job
                parked.set_result(None)
            else:
                self._start(lambda: self._work(job))
            return True
        waiting = Waiting(job, size, hook)
        if not self._has_room(self._waiting, size) and not (waiting.owes and self._make_room(size)):
            return False
        self._waiting.append(waiting)
        self._bytes += size
        return True

    def _has_room(self, waiting: Sized, size: int) -> bool:
        limits = self._limits
        return len(waiting) < limits.handlers_waiting and self._bytes + size <= limits.handlers_bytes

    def _make_room(self, size: int) -> bool:
        """Let go of jobs that owe no answer, the oldest first."""
        for waiting in list(self._waiting):
            if not waiting.owes and not self._has_room(self._waiting, size):
                assert waiting.hook is not None
                self._note_lost(waiting.hook.event.hook, size)
                self._waiting.remove(waiting)
                self._bytes -= waiting.size
        return self._has_room(self._waiting, size)

    def _submit_in_order(self, name: str, job: Job, size: int) -> bool:
        """Run a job behind the others of its name."""
        series = self._series.get(name)
        if series is not None:
            if not self._has_room(series, size):
                return False
            series.append(Waiting(job, size))
            self._bytes += size
            return True
        series = self._series[name] = deque([Waiting(job, 0)])
        if not self._submit(lambda: self._run_series(name, series), size):
            del self._series[name]
            return False
        return True

    async def _run_series(self, name: str, series: deque[Waiting]) -> None:
        try:
            while series:
                job, size, _ = series.popleft()
                self._bytes -= size
                await job()
        finally:
            del self._series[name]
            self._bytes -= sum(waiting.size for waiting in series)

    async def _work(self, job: Job) -> None:
        """The life of one task: its job, those that wait, and those that come while it lingers."""
        enter_call(self._log.call_sid)
        if self._driver.observer is not None:
            self._driver.observer.enter()
        following: Job | None = job
        try:
            while following is not None:
                try:
                    while following is not None:
                        try:
                            with stray_refused:
                                await following()
                        except Exception as error:
                            if self._failed(error):
                                raise
                        following = self._next_waiting() if self._waiting else None
                finally:
                    self.running -= 1
                self._idle()
                following = await self._linger() if self._parked is None else None
        except anyio.get_cancelled_exc_class():
            # The call has ended, which is why this task does. What a task of a group raises when it is
            # cancelled, anyio keeps on asyncio in a circle, with all frames and so with the call.
            if not self._driver.closed:
                raise

    def _next_waiting(self) -> Job:
        waiting = self._waiting.pop(0)
        self._bytes -= waiting.size
        return waiting.job

    async def _linger(self) -> Job | None:
        """The next job, if one comes soon."""
        loop = self._driver.loop
        self._parked = parked = loop.new_future()
        if self._linger_timer is None:
            self._linger_timer = self._timers.timer(self._dismiss)
        self._linger_timer.set(loop.clock() + LINGER_SECONDS)
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
        self._start = self._idle = self._failed = nobody
