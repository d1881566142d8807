"""Running the handlers of a call: in its scope, a bounded number at once, each with the hook that called it.

Handlers of hooks may overlap. Notifications, which nobody answers, run one after the other for each name, so
that a handler sees `ringing` before `in-progress` on every event loop.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sized
from typing import Any, NamedTuple, TypeAlias

import anyio

from jambonz_core.wire.events import HookKind

from ..chain import verbs_from
from ..limits import CallLimits
from ..logs import enter_call
from .call_log import CallLog
from .driver import NOBODY, CoreDriver, Owner
from .event_loop import Future
from .held_hook import HeldHook, current_hook
from .invoke import AsyncFunction, refuse_stray

Job: TypeAlias = "tuple[AsyncFunction, Any, HeldHook | None]"
"""A handler, with what it is to be given, and the hook that it handles, where it is one."""


class Waiting(NamedTuple):
    """A handler that waits, with what it is to be given, and the size of the message that this came from."""

    handler: AsyncFunction
    about: Any
    size: int
    hook: HeldHook | None = None
    """The hook that it handles, where it is one that stands by itself."""

    @property
    def owes(self) -> bool:
        """Whether it never has to go for one that matters more."""
        return self.hook is None or not self.hook.event.acked


class HandlerPool:
    """The running handlers of one call: so many at once, so many more in waiting, with so many bytes.

    Where too many wait, one that owes an answer takes the place of the oldest that owe none.

    To start a task costs more than most handlers do, and to keep one costs memory. But a call has one anyway:
    that of its main handler, which stays when the handler is through. It parks here, and runs what the
    connection brings while it is free. For what else is to run, a task is started.
    """

    __slots__ = (
        "_bytes",
        "_departures",
        "_driver",
        "_limits",
        "_log",
        "_owner",
        "_parked",
        "_series",
        "_waiting",
        "handed_over",
        "running",
    )

    def __init__(self, owner: Owner, driver: CoreDriver, limits: CallLimits, log: CallLog) -> None:
        self._owner = owner
        self._driver = driver
        self._departures = driver.loop.departures
        self._limits = limits
        self._log = log
        self._waiting: list[Waiting] | tuple[()] = ()
        """A list as soon as one has waited: most calls need none."""
        self._series: dict[str, deque[Waiting]] | None = None
        self._bytes = 0
        """What the messages hold of all that wait."""
        self._parked: Future | None = None
        """What the call's own task waits for, while it is free."""
        self.handed_over: Job | None = None
        """What that task is to run, until it takes it."""
        self.running: int = 0

    def run(
        self,
        handler: AsyncFunction,
        about: Any,
        hook: HeldHook | None = None,
        *,
        name: str = "",
        size: int | None = None,
    ) -> bool:
        """Run `handler(about)` as soon as there is room. False: it will not run.

        `name` is what the log calls it, where it has no hook, and `size` that of the message, where it is not
        the latest.
        """
        room = self.running < self._limits.handlers
        parked = self._parked
        if room and parked is not None and not parked.done():
            # As nearly always. That nobody has cancelled this task says that the call is not over.
            self.running += 1
            self._departures.expected += 1
            self._parked, self.handed_over = None, (handler, about, hook)
            parked.set_result(None)
            return True
        driver = self._driver
        if not driver.closed:
            if room:
                self.running += 1
                self._owner.start(self._work_in_a_task, (handler, about, hook))
                return True
            if size is None:
                size = driver.core.message_size
            if self._wait(Waiting(handler, about, size, hook)):
                return True
            self._note_lost(name if hook is None else hook.event.hook, size)
        if hook is not None:
            hook.release()
        return False

    def run_in_order(self, name: str, handler: AsyncFunction, about: Any, *, size: int | None = None) -> None:
        """`run` behind the others of a name."""
        driver = self._driver
        if driver.closed:
            return
        if size is None:
            size = driver.core.message_size
        running = self._series = self._series or {}
        series = running.get(name)
        if series is None:
            series = running[name] = deque([Waiting(handler, about, 0)])
            if not self.run(self._run_series, (name, series), name=name, size=size):
                del running[name]
        elif self._has_room(series, size):
            series.append(Waiting(handler, about, size))
            self._bytes += size
        else:
            self._note_lost(name, size)

    def _note_lost(self, name: str, size: int) -> None:
        """Something will not be handled."""
        limit, bound = "CallLimits.handlers_waiting", self._limits.handlers_waiting
        if self._bytes + size > self._limits.handlers_bytes:
            limit, bound = "CallLimits.handlers_bytes", self._limits.handlers_bytes
        self._log.dropped[limit] += 1
        if self._log.may_note(self._limits.log_lines):
            self._log.warning("%s is not handled: %s (%d) is reached", name, limit, bound)

    def _wait(self, new: Waiting) -> bool:
        """Have a handler wait for room. False: a bound is reached."""
        size = new.size
        if not self._has_room(self._waiting, size) and not (new.owes and self._make_room(size)):
            return False
        waiting = self._waiting or []
        waiting.append(new)
        self._waiting = waiting
        self._bytes += size
        return True

    def _has_room(self, waiting: Sized, size: int) -> bool:
        limits = self._limits
        return len(waiting) < limits.handlers_waiting and self._bytes + size <= limits.handlers_bytes

    def _make_room(self, size: int) -> bool:
        """Let go of what owes no answer, the oldest first."""
        kept = self._waiting or []
        for waiting in list(kept):
            if not waiting.owes and not self._has_room(kept, size):
                assert waiting.hook is not None
                self._note_lost(waiting.hook.event.hook, size)
                kept.remove(waiting)
                self._bytes -= waiting.size
        return self._has_room(kept, size)

    async def _run_series(self, named: tuple[str, deque[Waiting]]) -> None:
        name, series = named
        try:
            while series:
                handler, about, size, _ = series.popleft()
                self._bytes -= size
                await handler(about)
        finally:
            assert self._series is not None
            del self._series[name]
            self._bytes -= sum(waiting.size for waiting in series)

    # --- in tasks ---------------------------------------------------------------------------------------

    def park(self) -> Future:
        """Have the call's own task wait until something is handed over to it."""
        self._parked = self._driver.loop.new_future()
        return self._parked

    def take(self) -> Job:
        """What was handed over, which the call's own task begins now."""
        departures = self._departures
        departures.expected -= 1
        if departures.waiting:
            departures.look()
        job, self.handed_over = self.handed_over, None
        assert job is not None
        return job

    async def _work_in_a_task(self, job: Job) -> None:
        """The life of a task that was started for a handler."""
        enter_call(self._log.call_sid)
        if self._driver.observer is not None:
            self._driver.observer.enter()
        try:
            await self.work(job)
        except anyio.get_cancelled_exc_class():
            # The call has ended, which is why this task does. What a task of a group raises when it is
            # cancelled, anyio keeps on asyncio in a circle, with all frames and so with the call.
            if not self._driver.closed:
                raise

    async def work(self, job: Job) -> None:
        """Run a handler, and those that wait for room."""
        handler, about, hook = job
        try:
            while True:
                try:
                    if hook is None or self._driver.observer is None:
                        await self._handle(handler, about, hook)
                    else:
                        with self._driver.observer.inside("hook", hook.event.msgid):
                            await self._handle(handler, about, hook)
                except Exception as error:
                    if self._owner.failed(error):
                        raise
                if not self._waiting:
                    break
                handler, about, size, hook = self._waiting.pop(0)
                self._bytes -= size
        finally:
            self.running -= 1
        self._owner.hang_up_if_idle()

    async def _handle(self, handler: AsyncFunction, about: Any, hook: HeldHook | None) -> None:
        """Run a handler, and answer its hook with what it returns."""
        # Set and reset: one task may run several handlers after each other.
        token = current_hook.set(hook)
        try:
            given = await handler(about)
            if hook is not None and (given is not None or not hook.answered):
                if isinstance(given, dict) and "verb" not in given and hook.event.kind is HookKind.PLAYED:
                    hook.answer(given)  # a tool's output, and not a verb: see `Reply`
                else:
                    hook.answer(verbs_from(given, self._driver.core.profile), returned=True)
        except BaseException as error:
            if hook is not None:
                hook.release()
            refuse_stray(error)
            raise
        finally:
            current_hook.reset(token)

    def close(self) -> None:
        """The call is over; its tasks end with its scope."""
        self._owner = NOBODY
        self.handed_over = None
