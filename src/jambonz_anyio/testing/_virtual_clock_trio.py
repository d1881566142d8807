"""Virtual time for trio: its mock clock, moved by a task that looks first whether time may jump.

trio's own autojump moves the clock whenever all tasks are blocked, also when one of them waits for a thread
or a socket, which live in real time. So the clock is left to us: a task waits until every other one is
blocked, checks that nothing outside can wake any of them, and only then jumps to the next deadline.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import trio
import trio.testing

T = TypeVar("T")

THREAD_WAITERS = frozenset({"to_thread_run_sync"})
"""Names of the functions of trio in which a task waits for a thread."""

REAL_PAUSE = 0.001
"""How long the mover waits in real time before it looks again, while the outside world is pending."""


def run_virtual(main: Callable[[], Awaitable[T]]) -> T:
    """Run `main` to its end on trio with virtual time."""

    clock = trio.testing.MockClock()

    async def with_mover() -> T:
        # trio's own reader must be waiting before it can be told from the sockets of the program.
        await trio.testing.wait_all_tasks_blocked()
        # A system task ends with the main one and adds no exception group around its errors.
        trio.lowlevel.spawn_system_task(_Mover(clock).run)
        return await main()

    return trio.run(with_mover, clock=clock, strict_exception_groups=True)


class _Mover:
    """The task that lets time pass."""

    def __init__(self, clock: trio.testing.MockClock) -> None:
        self._clock = clock
        self._own_readers = _waiting_for_io()

    async def run(self) -> None:
        while True:
            await trio.testing.wait_all_tasks_blocked()
            if self._outside_world_pending():
                self._clock.rate = 1.0
                await trio.testing.wait_all_tasks_blocked(REAL_PAUSE)
                self._clock.rate = 0.0
                continue
            ahead = trio.lowlevel.current_statistics().seconds_to_next_deadline
            if ahead == float("inf"):
                # Nothing is scheduled: only another thread could wake a task now, so give it a moment.
                await trio.testing.wait_all_tasks_blocked(REAL_PAUSE)
            elif ahead > 0:
                # At least one step of the floating-point clock, or it would stand still before the deadline.
                now = self._clock.current_time()
                self._clock.jump(max(ahead, math.nextafter(now, math.inf) - now))
            else:
                await trio.lowlevel.checkpoint()

    def _outside_world_pending(self) -> bool:
        return _waiting_for_io() > self._own_readers or any(_waits_for_thread(task) for task in _all_tasks())


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


def _waits_for_thread(task: trio.lowlevel.Task) -> bool:
    frames: Any = task.iter_await_frames()
    return any(
        frame.f_code.co_name in THREAD_WAITERS and "trio" in str(frame.f_globals.get("__name__"))
        for frame, _ in frames
    )


async def leaked_tasks() -> list[str]:
    """None: trio's tasks live in nurseries, which are over before the function that opened them."""
    return []
