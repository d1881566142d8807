"""An asyncio event loop whose time passes only when nothing else can happen.

The loop asks its selector to wait until the next timer. Here that wait is the whole trick: when no real I/O
can come and no worker thread is busy, nothing but that timer can ever wake the loop, so the selector moves
the clock there and returns at once. A ten-minute call takes as long as its Python code.

It does not jump while

1. a file descriptor other than the loop's own wake-up pipe is registered (a real socket, a subprocess), or
2. a task waits for a worker thread, or a job of the default executor runs,

because then the future depends on something that lives in real time. In that case the selector waits for as
long as the timer says in real time, and the clock follows.

When no timer is left either, nothing can ever happen: a program that waits for itself. That is told as the
failure it is, `NothingCanHappen`, where a real loop would hang.
"""

from __future__ import annotations

import asyncio
import gc
import math
import selectors
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from types import AsyncGeneratorType, CoroutineType
from typing import Any, TypeVar, TypeVarTuple

from .running import PATIENCE, NothingCanHappen

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

THREAD_WAITERS = frozenset({"run_sync_in_worker_thread", "run_sync"})
"""Names of the functions of anyio in which a task waits for a thread."""


class _JumpingSelector(selectors.BaseSelector):
    """A selector that moves its loop's clock instead of waiting, when it may."""

    def __init__(self) -> None:
        self._real = selectors.DefaultSelector()
        self.loop: VirtualTimeLoop | None = None

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        loop = self.loop
        if loop is None or (timeout is not None and timeout <= 0):
            return self._real.select(timeout)
        if timeout is None or loop.sleeps_forever():
            return self._wait_for_others(loop)
        ready = self._real.select(0)
        if ready:
            return ready
        if loop.outside_world_pending():
            began = loop.real_time()
            ready = self._real.select(timeout)
            loop.advance(loop.real_time() - began)
            return ready
        loop.advance(timeout)
        return []

    def _wait_for_others(self, loop: VirtualTimeLoop) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait for something from outside the loop; nothing inside it will come."""
        if loop.outside_world_pending() or loop.other_threads():
            return self._real.select(None)
        ready = self._real.select(PATIENCE)
        if not ready:
            raise NothingCanHappen(sorted(task.get_name() for task in asyncio.all_tasks(loop)))
        return ready

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.modify(fileobj, events, data)

    def get_map(self) -> Any:
        return self._real.get_map()

    def get_key(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.get_key(fileobj)

    def close(self) -> None:
        self._real.close()


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop with a clock of its own, starting at zero."""

    def __init__(self) -> None:
        self._virtual_now = 0.0
        self._jobs = 0
        selector = _JumpingSelector()
        super().__init__(selector)
        selector.loop = self
        self._own_descriptors = len(selector.get_map())
        self._old_threads = set(threading.enumerate())
        self._waiting_on = selector

    def time(self) -> float:
        """The virtual time, in seconds."""
        return self._virtual_now

    def real_time(self) -> float:
        """The time of the machine's own clock."""
        return super().time()

    def advance(self, seconds: float) -> None:
        """Move the virtual clock forward."""
        self._virtual_now += seconds

    def outside_world_pending(self) -> bool:
        """True while something in real time may still wake this loop."""
        return (
            len(self._waiting_on.get_map()) > self._own_descriptors
            or self._jobs > 0
            or any(_waits_for_thread(task) for task in asyncio.all_tasks(self))
        )

    def sleeps_forever(self) -> bool:
        """True when timers are left, but none that will ever ring: asyncio looks at such once a day."""
        timers: list[asyncio.TimerHandle] = getattr(self, "_scheduled", [])
        return bool(timers) and timers[0].when() == math.inf

    def other_threads(self) -> bool:
        """True when threads are running that were started under this loop, and might still wake it."""
        return bool(set(threading.enumerate()) - self._old_threads)

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """As in asyncio, and counted: while a job runs, time does not jump."""
        self._jobs += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._job_done)
        return future

    async def shutdown_default_executor(self, *timeout: float | None) -> None:
        """As in asyncio. From Python 3.12 on it has a timer, which must not ring before a thread can end."""
        self._jobs += 1
        try:
            await super().shutdown_default_executor(*timeout)
        finally:
            self._jobs -= 1

    def _job_done(self, _: asyncio.Future[Any]) -> None:
        self._jobs -= 1


def _waits_for_thread(task: asyncio.Task[Any]) -> bool:
    """True when the innermost frames of a task are those of anyio waiting for a worker thread."""
    awaited: object = task.get_coro()
    while awaited is not None:
        if isinstance(awaited, CoroutineType):
            frame, inner = awaited.cr_frame, awaited.cr_await
        elif isinstance(awaited, AsyncGeneratorType):
            frame, inner = awaited.ag_frame, awaited.ag_await
        else:
            # A step of an async generator, which is what entering an `@asynccontextmanager` waits for, does
            # not tell whose it is; the garbage collector knows.
            awaited = next(
                (it for it in gc.get_referents(awaited) if isinstance(it, AsyncGeneratorType)), None
            )
            continue
        if (
            frame is not None
            and frame.f_code.co_name in THREAD_WAITERS
            and "anyio" in str(frame.f_globals.get("__name__"))
        ):
            return True
        awaited = inner
    return False


def run_virtual(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run `main` to its end on a fresh loop with virtual time."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main())


async def leaked_tasks() -> list[str]:
    """The names of tasks that still run, other than the one that asks."""
    # What was cancelled on the way out needs a step or two to come to its end.
    for _ in range(3):
        await asyncio.sleep(0)
    this = asyncio.current_task()
    return sorted(task.get_name() for task in asyncio.all_tasks() if task is not this)
