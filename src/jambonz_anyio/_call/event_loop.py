"""The event loop, as the paths of a call need it: quick to ask, and never held up by a program that sends.

A coroutine that finds nothing to wait for returns without letting anybody else run, and a loop around such a
coroutine stops everything: the other calls, the readers that would tell of a lost connection, the signal that
should end the process. So every coroutine that a program may call keeps these rules:

1. It looks whether it is cancelled, each time and before it does anything.
2. It yields at least every `CALLS_BETWEEN_YIELDS` calls, also where all goes well.
3. It yields each time when its connection is gone, also when it then raises: a program that catches what it
   gets, and tries again, holds up nobody.
4. It waits where there is more to send than there should be.

`EventLoop.checkpoint()` is the first two. What knows the connection adds the others: `CoreDriver` for a call,
`AudioStream` for audio.
"""

from __future__ import annotations

import math
import sys
import threading
from collections.abc import Callable, Generator
from contextvars import Context
from functools import partial
from typing import Any, NoReturn, Protocol

import anyio.lowlevel
from anyio.lowlevel import checkpoint

from jambonz_core.wire.errors import LocalProtocolError

from .._net.fast_streams import (
    CancellationCheck,
    cancellation_check,
    cancellation_check_inside,
    current_task_getter,
    loop_clock,
)
from ..posted import Posted
from .departures import Departures

CALLS_BETWEEN_YIELDS = 32
"""So many coroutines of the library in a row may find nothing to wait for; the next one lets others run."""


REFUSED_SECONDS = 0.1
"""So many refusals in this time are those of a program that tries again and again."""


async def _raise_behind_others(error: LocalProtocolError) -> None:
    await checkpoint()
    raise error


class Future(Protocol):
    """What one task waits for, once. The part of `asyncio.Future` that is needed."""

    def done(self) -> bool:
        """Whether nobody waits for it any more."""
        ...

    def set_result(self, result: None, /) -> None:
        """Let the task that awaits the future go on."""

    def __await__(self) -> Generator[Any, Any, None]: ...


class CallAt(Protocol):
    """A function that calls another one at a time. asyncio's loops have it."""

    def __call__(self, when: float, callback: Callable[[Future], None], future: Future, /) -> Any: ...


def _let_go(future: Future) -> None:
    if not future.done():
        future.set_result(None)


class Alarm(Protocol):
    """One task sleeps, and others move the time at which it wakes up. It does not wake up for that."""

    async def sleep(self, when: float) -> None:
        """Sleep until a time of the event loop's clock, which may be infinity."""

    def move(self, when: float) -> None:
        """Have the task that sleeps just now wake up at another time."""


class _LoopAlarm:
    """On asyncio a time-out of anyio's is a timer and a cancellation; the timer can end the sleep itself."""

    __slots__ = ("_call_at", "_future", "_new_future", "_timer")

    def __init__(self, new_future: Callable[[], Future], call_at: CallAt) -> None:
        self._new_future = new_future
        self._call_at = call_at
        self._future: Future | None = None
        self._timer: Any = None

    async def sleep(self, when: float) -> None:
        """Sleep until a time of the event loop's clock, which may be infinity."""
        self._future = future = self._new_future()
        self.move(when)
        try:
            await future
        finally:
            self._future = None
            self._stop()

    def move(self, when: float) -> None:
        """Have the task that sleeps just now wake up at another time."""
        self._stop()
        if self._future is not None and when < math.inf:
            self._timer = self._call_at(when, _let_go, self._future)

    def _stop(self) -> None:
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()


class _ScopeAlarm:
    """On trio a scope of a sleeping task has a deadline, which can be moved."""

    __slots__ = ("_scope",)

    def __init__(self) -> None:
        self._scope: anyio.CancelScope | None = None

    async def sleep(self, when: float) -> None:
        """Sleep until a time of the event loop's clock, which may be infinity."""
        try:
            with anyio.CancelScope(deadline=when) as self._scope:
                await anyio.sleep_forever()
        finally:
            self._scope = None

    def move(self, when: float) -> None:
        """Have the task that sleeps just now wake up at another time."""
        if self._scope is not None:
            self._scope.deadline = when


class Wakeup(Protocol):
    """What one task waits for, again and again: awaiting it is waiting for the next `wake()`."""

    waits: bool
    """Whether a task waits just now."""
    spent: bool
    """Whether it is to be used no more: the task that has waited has not gone on yet."""

    def wake(self) -> None:
        """Let the task that waits go on."""

    def __await__(self) -> Generator[Any, Any, None]: ...


class TaskWakeup:
    """A `Wakeup` on trio, in whose next turn the task goes on."""

    __slots__ = ("_lowlevel", "_task", "waits")

    spent = False
    """Never: trio knows by itself which task it was that waited, and keeps nothing of that here."""

    def __init__(self, lowlevel: Any) -> None:
        self._lowlevel = lowlevel
        self._task: Any = None
        self.waits: bool = False

    def wake(self) -> None:
        """Let the task that waits go on."""
        self.waits = False
        task, self._task = self._task, None
        self._lowlevel.reschedule(task)

    def __await__(self) -> Generator[Any, Any, None]:
        self.waits = True
        self._task = self._lowlevel.current_task()
        waiting: Generator[Any, Any, None]
        waiting = self._lowlevel.wait_task_rescheduled(self._abandon).__await__()
        return waiting

    def _abandon(self, raise_cancel: object) -> Any:
        """Forget the waiting task, which trio is cancelling."""
        self.waits = False
        self._task = None
        return self._lowlevel.Abort.SUCCEEDED


async def _nothing_to_wait_for() -> None: ...


class TaskFuture(TaskWakeup):
    """What one task of trio waits for, once. asyncio has its own."""

    __slots__ = ("_done",)

    def __init__(self, lowlevel: Any) -> None:
        super().__init__(lowlevel)
        self._done = False

    def done(self) -> bool:
        """Whether nobody waits for it any more."""
        return self._done

    def set_result(self, result: None, /) -> None:
        """Let the task that awaits the future go on."""
        self._done = True
        if self.waits:
            self.wake()

    def __await__(self) -> Generator[Any, Any, None]:
        return _nothing_to_wait_for().__await__() if self._done else super().__await__()

    def _abandon(self, raise_cancel: object) -> Any:
        self._done = True
        return super()._abandon(raise_cancel)


def _raise(error: BaseException) -> NoReturn:
    raise error


class DirectWakeup:
    """A `Wakeup` on asyncio and uvloop, whose task goes on right where `wake()` is called.

    A future has its task go on in the next turn of the loop, and there is a new one each time. Here the
    loop's own callback for the task is called at once, which it allows where no other task runs: in a
    callback of the loop, from where sockets are read. Everywhere else, as in a task that reads over TLS, it
    is the next turn.

    asyncio takes anything for a future that has `_asyncio_future_blocking` (see `asyncio.isfuture`).
    """

    __slots__ = (
        "_asyncio_future_blocking",
        "_cancelled",
        "_context",
        "_current_task",
        "_loop",
        "_resume",
        "spent",
        "waits",
    )

    def __init__(self, loop: Any, current_task: Callable[[], Any]) -> None:
        self._asyncio_future_blocking = False
        self._loop = loop
        self._current_task = current_task
        self.waits: bool = False
        self.spent: bool = False
        self._cancelled: tuple[object, ...] | None = None
        """The message of a cancellation, by which anyio knows one of its own."""
        self._resume: Callable[[DirectWakeup], None]
        self._context: Context

    def wake(self) -> None:
        """Let the task that waits go on: now where that can be, else in the next turn."""
        self.waits = False
        if self._current_task() is None:
            try:
                self._context.run(self._resume, self)
            except (KeyboardInterrupt, SystemExit) as error:
                # Raised here, they would end the connection that is read; from a callback they end the loop.
                self._loop.call_soon(_raise, error)
        else:
            self._resume_later()

    def _resume_later(self) -> None:
        # Until then it belongs to that task: another one that awaited it would be taken for this.
        self.spent = True
        self._loop.call_soon(self._resume, self, context=self._context)

    def __await__(self) -> Generator[Any, Any, None]:
        # No generator, which would cost a frame a twentieth more.
        self._asyncio_future_blocking = True
        return iter((self,))  # type: ignore[return-value]  # all that is needed of a generator

    # What asyncio and anyio ask of a future, beside the loop.

    def done(self) -> bool:
        """Whether the task goes on."""
        return not self.waits

    def add_done_callback(self, resume: Callable[[DirectWakeup], None], *, context: Context) -> None:
        """Learn how the task goes on. asyncio says so when the task begins to wait."""
        self._resume, self._context = resume, context
        self.waits = True  # and not before: a coroutine that is begun by hand and dropped waits for nothing

    def cancel(self, msg: object = None) -> bool:
        """Have the task raise, because it is being cancelled."""
        if not self.waits:
            return False
        self.waits = False
        self._cancelled = () if msg is None else (msg,)
        self._resume_later()
        return True

    def result(self) -> None:
        """Raise if it was cancelled."""
        if self._cancelled is not None:
            raise sys.modules["asyncio"].CancelledError(*self._cancelled)


class EventLoop:
    """Things that anyio has, for paths where finding out each time which event loop runs costs too
    much.

    That takes a microsecond, and fails inside a callback of a plain asyncio loop, from where frames may come.
    The loop does not change while calls live.
    """

    __slots__ = (
        "_call_at",
        "_refused",
        "_refused_since",
        "calls",
        "cancelled",
        "clock",
        "departures",
        "new_future",
        "new_wakeup",
        "thread",
    )

    def __init__(self) -> None:
        token = anyio.lowlevel.current_token()
        backend = token.backend_class
        # asyncio's token is the loop itself; its own clock is quicker than asking which loop is running.
        self.clock: Callable[[], float] = loop_clock(token.native_token) or backend.current_time
        # An event is more than one waiter needs: it is made of a future and a list of those who wait.
        # asyncio's loop hands out futures.
        lowlevel: Any = getattr(sys.modules.get("trio"), "lowlevel", None)
        create: Callable[[], Future] | None = getattr(token.native_token, "create_future", None)
        self.new_future: Callable[[], Future] = create or partial(TaskFuture, lowlevel)
        self.new_wakeup: Callable[[], Wakeup] = (
            partial(TaskWakeup, lowlevel)
            if create is None
            else partial(DirectWakeup, token.native_token, current_task_getter())
        )
        self._call_at: CallAt | None = getattr(token.native_token, "call_at", None)
        self.cancelled: CancellationCheck = cancellation_check()
        """Whether the running task is cancelled, so that its next checkpoint raises."""
        self.departures: Departures = Departures()
        """The answers of calls that wait for each other."""
        self.thread: int = threading.get_ident()
        self.calls: int = 0
        """Calls of programs since somebody else was known to run."""
        self._refused = 0
        self._refused_since = 0.0

    def check_thread(self, what: str, function: str = "function") -> None:
        """Raise in any other thread than the loop's. `function` is what is to be run in the loop instead."""
        if threading.get_ident() != self.thread:
            raise LocalProtocolError(
                f"{what} event loop; from a thread that is anyio.from_thread.run_sync({function})"
            )

    def refused(self, error: LocalProtocolError) -> Posted[Any]:
        """Raise what is wrong with something that was to be done at once.

        A plain function cannot let others run before it raises. So a program that tries again and again is
        given something now and then that does, and raises then: to be awaited, like what it would have got.
        """
        if threading.get_ident() != self.thread:
            raise error  # there is nobody to hold up, and trio has no clock
        now = self.clock()
        if now - self._refused_since > REFUSED_SECONDS:
            self._refused, self._refused_since = 0, now
        self._refused += 1
        if self._refused < CALLS_BETWEEN_YIELDS:
            raise error
        self._refused = 0
        return Posted(partial(_raise_behind_others, error), refusal=error)

    def alarm(self) -> Alarm:
        """What a task sleeps with until a time that others may move."""
        return _ScopeAlarm() if self._call_at is None else _LoopAlarm(self.new_future, self._call_at)

    def cancelled_inside(self, scope: anyio.CancelScope) -> CancellationCheck:
        """The same, at less than half the price, for what runs inside of a scope just entered."""
        return cancellation_check_inside(scope, self.cancelled)

    async def checkpoint(self) -> None:
        """Begin a coroutine that programs call: raise if it is cancelled, and let others run now and then."""
        self.calls += 1
        if self.calls >= CALLS_BETWEEN_YIELDS or self.cancelled():
            self.calls = 0
            await checkpoint()
