"""Time and concurrency for the stand-in, without a clock and without an event loop.

A server does many things at once: a prompt plays while digits are collected while a reconnect waits for its
turn. Writing that as one hand-made state machine per verb would hide the behaviour, which is what this
package is for. So a verb is a generator that *yields what it waits for*, and this module runs generators on
a clock that is an argument. It knows two kinds of wait:

* `yield 1.5` waits that many seconds;
* `yield future` waits until somebody settles the future, and gives its value.

The rules that make runs repeatable:

1. Nothing reads a clock. `Scheduler.advance(now)` moves time, and stops at every timer on the way, so that
   a chain of short waits is as exact as if time had been moved in small steps.
2. What becomes ready at one instant runs in the order in which it became ready; timers due at one instant
   fire in the order in which they were set.
3. A process runs at once, up to its first wait, when it is spawned: what it does before waiting belongs to
   the instant of its creation.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Generator
from typing import Any, Generic, TypeAlias, TypeVar

T = TypeVar("T")

Steps: TypeAlias = Generator["float | Future[Any]", Any, T]
"""A process: a generator that yields its waits and returns its result."""

_LIVELOCK = 100_000
"""Steps at one instant after which something must be spinning: a bug of this package, told by name."""


class Future(Generic[T]):
    """A value that will be known later. The first `settle` wins; later ones change nothing."""

    __slots__ = ("_value", "_watchers", "settled")

    def __init__(self) -> None:
        self.settled: bool = False
        self._value: T | None = None
        self._watchers: list[Callable[[T], None]] = []

    def settle(self, value: T) -> None:
        """Fix the value and wake whoever waits."""
        if self.settled:
            return
        self.settled = True
        self._value = value
        watchers, self._watchers = self._watchers, []
        for watcher in watchers:
            watcher(value)

    def watch(self, watcher: Callable[[T], None]) -> None:
        """Call `watcher` with the value, now or when it is known."""
        if self.settled:
            watcher(self.value)
        else:
            self._watchers.append(watcher)

    @property
    def value(self) -> T:
        """The value; only for a settled future."""
        # None is a legal T, and only a settled future is asked.
        return self._value  # type: ignore[return-value]


class Timer:
    """Something that will happen at a known time, unless cancelled before."""

    __slots__ = ("action", "when")

    def __init__(self, when: float, action: Callable[[], None]) -> None:
        self.when: float = when
        self.action: Callable[[], None] | None = action

    def cancel(self) -> None:
        """Forget it. Cancelling twice, or after it fired, does nothing."""
        self.action = None


class Scheduler:
    """Runs processes and timers on a clock that only `advance` moves.

    >>> said: list[str] = []
    >>> def prompt() -> Steps[None]:
    ...     yield 2.0
    ...     said.append("hello")
    >>> scheduler = Scheduler()
    >>> _ = scheduler.spawn(prompt())
    >>> scheduler.deadline
    2.0
    >>> scheduler.advance(2.0)
    >>> said
    ['hello']
    """

    def __init__(self, now: float = 0.0) -> None:
        self.now: float = now
        self._timers: list[tuple[float, int, Timer]] = []
        self._ready: deque[Callable[[], None]] = deque()
        self._order = 0
        self._running = False

    @property
    def deadline(self) -> float | None:
        """When the next timer fires, if any is set."""
        while self._timers and self._timers[0][2].action is None:
            heapq.heappop(self._timers)
        return self._timers[0][0] if self._timers else None

    def after(self, seconds: float, action: Callable[[], None]) -> Timer:
        """Call `action` when that many seconds have passed."""
        timer = Timer(self.now + max(seconds, 0.0), action)
        self._order += 1
        heapq.heappush(self._timers, (timer.when, self._order, timer))
        return timer

    def soon(self, action: Callable[[], None]) -> None:
        """Call `action` at this instant, after what is already ready."""
        self._ready.append(action)

    def spawn(self, steps: Steps[T]) -> Future[T]:
        """Start a process; the future settles with what it returns."""
        done: Future[T] = Future()
        self._step(steps, None, done)
        return done

    def wait(self, *futures: Future[Any], timeout: float | None = None) -> Future[int | None]:
        """A future for the position of whichever of `futures` settles first, or None when time is up."""
        first: Future[int | None] = Future()
        timer = None if timeout is None else self.after(timeout, lambda: first.settle(None))
        for position, future in enumerate(futures):

            def won(_: Any, position: int = position) -> None:
                if timer is not None:
                    timer.cancel()
                first.settle(position)

            future.watch(won)
        return first

    def run(self) -> None:
        """Run what is ready now. Does nothing when called from inside a process."""
        if self._running:
            return
        self._running = True
        try:
            for _ in range(_LIVELOCK):
                if not self._ready:
                    return
                self._ready.popleft()()
        finally:
            self._running = False
        raise RuntimeError(f"the simulator took {_LIVELOCK} steps without time passing")

    def advance(self, now: float) -> None:
        """Move time to `now`, firing every timer on the way at its own time."""
        self.run()
        while (deadline := self.deadline) is not None and deadline <= now:
            _, _, timer = heapq.heappop(self._timers)
            self.now = max(self.now, timer.when)
            action, timer.action = timer.action, None
            if action is not None:
                action()
            self.run()
        self.now = max(self.now, now)

    def _step(self, steps: Steps[T], value: Any, done: Future[T]) -> None:
        try:
            wait = steps.send(value)
        except StopIteration as stop:
            done.settle(stop.value)
            return
        if isinstance(wait, Future):
            wait.watch(lambda result: self.soon(lambda: self._step(steps, result, done)))
        else:
            self.after(wait, lambda: self._step(steps, None, done))
