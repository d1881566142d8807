"""Virtual time for trio: its mock clock, moved by a task that looks first whether time may jump.

trio's own autojump moves the clock whenever all tasks are blocked, also when one of them waits for a thread
or a socket, which live in real time. So the clock is left to us: a task waits until every other one is
blocked, checks that nothing outside can wake any of them, and only then jumps to the next deadline. Where
there is no next deadline and nobody outside either, it ends the program, which would wait for ever:
`NothingCanHappen`.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import trio
import trio.testing

from .running import PATIENCE, NothingCanHappen

T = TypeVar("T")

FOR_THREAD = "to_thread_run_sync"
"""The function of trio in which a task waits for a thread."""

FOR_OTHERS = "wait_all_tasks_blocked"
"""The function of trio in which a task waits until all others are blocked."""

REAL_PAUSE = 0.001
"""How long the mover waits in real time before it looks again, while the outside world is pending."""


def run_virtual(main: Callable[[], Awaitable[T]]) -> T:
    """Run `main` to its end on trio with virtual time."""

    clock = trio.testing.MockClock()

    async def with_mover() -> T:
        # trio's own reader must be waiting before it can be told from the sockets of the program.
        await trio.testing.wait_all_tasks_blocked()
        scope = trio.CancelScope()
        mover = _Mover(clock, scope)
        # A system task ends with the main one and adds no exception group around its errors.
        trio.lowlevel.spawn_system_task(mover.run)
        with scope:
            return await main()
        raise NothingCanHappen(mover.stuck)

    return trio.run(with_mover, clock=clock, strict_exception_groups=True)


class _Mover:
    """The task that lets time pass."""

    def __init__(self, clock: trio.testing.MockClock, scope: trio.CancelScope) -> None:
        self._clock = clock
        self._scope = scope
        self._own_readers = _waiting_for_io()
        self._old_threads = set(threading.enumerate())
        self._idle_since: float | None = None
        self.stuck: list[str] = []
        """The tasks that waited for each other, once it was clear that they did."""

    async def run(self) -> None:
        while True:
            await trio.testing.wait_all_tasks_blocked()
            waited_in = _waited_in()
            if trio.lowlevel.current_statistics().tasks_runnable > 0 or FOR_OTHERS in waited_in:
                # A task of the program waited for the same, and what it does now comes before any jump: it
                # has had its turn and woken others, or its turn is still to come.
                continue
            if self._outside_world_pending(waited_in):
                self._clock.rate = 1.0
                await trio.testing.wait_all_tasks_blocked(REAL_PAUSE)
                self._clock.rate = 0.0
                continue
            ahead = trio.lowlevel.current_statistics().seconds_to_next_deadline
            if ahead == float("inf"):
                # Nothing is scheduled: only another thread could wake a task now, so give it a moment.
                await trio.testing.wait_all_tasks_blocked(REAL_PAUSE)
                self._lose_patience()
                continue
            self._idle_since = None
            if ahead > 0:
                # At least one step of the floating-point clock, or it would stand still before the deadline.
                now = self._clock.current_time()
                self._clock.jump(max(ahead, math.nextafter(now, math.inf) - now))
            else:
                await trio.lowlevel.checkpoint()

    def _lose_patience(self) -> None:
        """Nothing is scheduled. When that has lasted, and nobody else could change it, end it."""
        now = time.monotonic()
        if self._outside_world_pending(_waited_in()) or set(threading.enumerate()) - self._old_threads:
            self._idle_since = None
        elif self._idle_since is None:
            self._idle_since = now
        elif now - self._idle_since > PATIENCE and not self.stuck:
            self.stuck = sorted(task.name for task in _all_tasks() if task.parent_nursery is not None)
            self._scope.cancel()

    def _outside_world_pending(self, waited_in: set[str]) -> bool:
        return _waiting_for_io() > self._own_readers or FOR_THREAD in waited_in


def _waiting_for_io() -> int:
    io = trio.lowlevel.current_statistics().io_statistics
    return int(getattr(io, "tasks_waiting_read", 0)) + int(getattr(io, "tasks_waiting_write", 0))


def _all_tasks() -> Iterator[trio.lowlevel.Task]:
    pending = [trio.lowlevel.current_root_task()]
    while pending:
        task = pending.pop()
        if task is not None:
            yield task
            for nursery in task.child_nurseries:
                pending.extend(nursery.child_tasks)


def _waited_in() -> set[str]:
    """In which of the two functions of trio, if any, there is a task that waits."""
    found: set[str] = set()
    for task in _all_tasks():
        frames: Any = task.iter_await_frames()
        for frame, _ in frames:
            name: str = frame.f_code.co_name
            if name in (FOR_THREAD, FOR_OTHERS) and "trio" in str(frame.f_globals.get("__name__")):
                found.add(name)
    return found


async def leaked_tasks() -> list[str]:
    """None: trio's tasks live in nurseries, which are over before the function that opened them."""
    return []
