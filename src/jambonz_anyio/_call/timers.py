"""One timer for the deadlines of all calls.

A thousand idle calls must not cost a thousand sleeping tasks. So every call and stream has one `Timer`, all
timers stand in one heap, and one task sleeps until the first of them is due.

That task needs a task group to live in, and an application that is mounted inside another ASGI application
never hears of its host's lifespan: it has no group of its own that outlives its calls. Therefore the sleeper
is a guest. Whoever has a task group offers it (`hosted_by`), the sleeper lives in one of them, and when that
one ends it moves to another. A deadline is lost only when no group is left, and then no call is left that
could have had one.

A deadline that moves further away, which is what happens with each message of a busy call, costs nothing: the
heap keeps the earlier entry, and the sleeper looks at the timer's real deadline when it gets there.

To wake up costs more than what is done at a deadline. So behind one the sleeper sleeps for
`LEAST_SLEEP_SECONDS` at least, and finds together what has become due meanwhile. Where deadlines are further
apart than that, and further away from what has moved them, none is late.

What the deadline of a call is takes some finding out, and each of its messages may move it. So a call only
says that it may have moved, and the sleeper asks, `LEAST_SLEEP_SECONDS` later at most, once for all that was
said meanwhile.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

import anyio
from anyio.abc import TaskGroup
from anyio.lowlevel import checkpoint

from .event_loop import Alarm, EventLoop

_logger = logging.getLogger("jambonz_anyio")

RINGS_PER_TURN = 8
"""How many timers ring in one turn of the event loop. Calls that were lost together expire together, and the
end of a call takes its time.
"""


LEAST_SLEEP_SECONDS = 0.010
"""The sleeper wakes up for deadlines, and for those that have moved, a hundred times a second at most. So one
may be late by so much.

It also keeps from spinning where an event loop counts milliseconds, as uvloop does, and wakes a moment early.
"""


class Rings(Protocol):
    """What has a timer. Every call does, and for a callback in its place each would need a bound method."""

    def ring(self) -> None:
        """Do what is to be done at the deadline."""

    def next_ring(self) -> float | None:
        """The deadline, which is asked for after `Timer.moved()`."""


class _Callback:
    """A function that has a timer."""

    __slots__ = ("_function",)

    def __init__(self, function: Callable[[], None]) -> None:
        self._function = function

    def ring(self) -> None:
        self._function()

    def next_ring(self) -> None:
        """Nothing: its deadline is told with `Timer.set()`."""


class Timer:
    """Rings its owner at a deadline, which may be moved or taken away at any time.

    What the owner does runs in the sleeper's task, so it must neither block nor raise.
    """

    __slots__ = ("deadline", "entry", "owner", "timers")

    def __init__(self, timers: Timers, owner: Rings) -> None:
        self.timers: Timers = timers
        self.owner: Rings | None = owner
        self.entry: float = math.inf
        """When the heap will look at this timer, if it holds an entry: never later than the deadline."""
        self.deadline: float | None = None

    def set(self, deadline: float | None) -> None:
        """Move the deadline, or take it away with None."""
        self.deadline = deadline
        if deadline is not None and deadline < self.entry:
            self.entry = deadline
            self.timers.push(deadline, self)

    def moved(self) -> None:
        """Have the owner asked for its deadline soon. To be called once until it was."""
        self.timers.look_at(self)

    def close(self) -> None:
        """Let go of the owner for good, even while an entry of the heap still points to this timer."""
        self.deadline = self.owner = None


class _Hosting:
    """What `hosted_by` gives. No generator: it is held as long as a call lives, and takes a tenth of one."""

    __slots__ = ("_group", "_timers")

    def __init__(self, timers: Timers, group: TaskGroup) -> None:
        self._timers = timers
        self._group = group

    def __enter__(self) -> None:
        self._timers._enter(self._group)

    def __exit__(self, *_: object) -> None:
        self._timers._leave(self._group)


class Timers:
    """All timers of an application, and the one task that waits for them."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self._hosts: dict[TaskGroup, None] = {}  # in the order in which they offered themselves
        self._sleeper: anyio.CancelScope | None = None
        self._home: TaskGroup | None = None
        self._alarm: Alarm | None = None
        self._not_before = -math.inf
        """The sleeper wakes up for no deadline before then."""
        self._moved: list[Timer] = []
        """Timers whose owners have to be asked for their deadlines."""
        self.wakes_at: float = math.inf
        """When it means to wake up."""
        self._loop: EventLoop | None = None

    @property
    def clock(self) -> Callable[[], float]:
        """The event loop's clock, as a function that costs little; see `EventLoop`."""
        return self.loop.clock

    @property
    def loop(self) -> EventLoop:
        """The clock and the futures of the event loop that runs the calls."""
        if self._loop is None:
            self._loop = EventLoop()
        return self._loop

    def timer(self, callback: Callable[[], None]) -> Timer:
        """A timer without a deadline yet, for a function."""
        return Timer(self, _Callback(callback))

    def timer_of(self, owner: Rings) -> Timer:
        """The same, for what rings by itself."""
        return Timer(self, owner)

    def hosted_by(self, group: TaskGroup) -> AbstractContextManager[None]:
        """Let the sleeper live in `group` for the duration of the block, if it has no better home."""
        return _Hosting(self, group)

    def _enter(self, group: TaskGroup) -> None:
        if not self._hosts:
            # The first guest of a new run, perhaps on another event loop: as in tests. What is left of the
            # last one may be due at times that the new clock does not reach in years.
            self._loop = None
            self._not_before = -math.inf
            self._heap = [entry for entry in self._heap if entry[2].owner is not None]
            heapq.heapify(self._heap)
        self._hosts[group] = None
        self._settle_down()

    def push(self, when: float, timer: Timer) -> None:
        """Have the sleeper look at `timer` at a certain time."""
        heapq.heappush(self._heap, (when, next(self._order), timer))
        self._wake_at(max(when, self._not_before))

    def look_at(self, timer: Timer) -> None:
        """Have the sleeper ask for the deadline of `timer`."""
        self._moved.append(timer)
        if len(self._moved) == 1:
            self._wake_at(self.clock() + LEAST_SLEEP_SECONDS)

    def _wake_at(self, when: float) -> None:
        if when < self.wakes_at:
            self.wakes_at = when
            if self._alarm is not None:
                self._alarm.move(when)

    def _settle_down(self) -> None:
        if self._sleeper is None and self._hosts:
            self._home = next(iter(self._hosts))
            self._sleeper = anyio.CancelScope()
            self._home.start_soon(self._sleep, self._sleeper, self._home, name="jambonz timers")

    def _leave(self, group: TaskGroup) -> None:
        self._hosts.pop(group, None)
        if self._home is group and self._sleeper is not None:
            self._sleeper.cancel()
            self._sleeper = self._home = None
            self._settle_down()

    async def _sleep(self, scope: anyio.CancelScope, home: TaskGroup) -> None:
        try:
            with scope:
                alarm = self._alarm = self.loop.alarm()
                while True:
                    self._look()
                    while self._fire(self.clock()):
                        await checkpoint()
                    self._look()  # to ring moves deadlines
                    first = self._heap[0][0] if self._heap else math.inf
                    self.wakes_at = max(first, self._not_before)
                    await alarm.sleep(self.wakes_at)
                    self._not_before = self.clock() + LEAST_SLEEP_SECONDS
        finally:
            # Cancelled by somebody else: the host's task group is ending and has not told us yet. It must not
            # be chosen again, or the sleeper would start in the same cancelled group for ever.
            if self._sleeper is scope:
                self._leave(home)

    def _look(self) -> None:
        """Ask for the deadlines that may have moved, behind the answers that may still wait."""
        self.loop.departures.leave()
        moved, self._moved = self._moved, []
        for timer in moved:
            if timer.owner is not None:
                try:
                    timer.set(timer.owner.next_ring())
                except Exception:
                    _logger.exception("A deadline could not be found out")

    def _fire(self, now: float) -> bool:
        """Ring what is due, a few of them. Tells whether more is due."""
        rung = 0
        while self._heap and self._heap[0][0] <= now:
            if rung == RINGS_PER_TURN:
                return True
            when, _, timer = heapq.heappop(self._heap)
            if timer.entry != when:
                continue  # an entry that an earlier one has replaced
            timer.entry = math.inf
            if timer.deadline is None or timer.owner is None:
                continue
            if timer.deadline > now:
                timer.set(timer.deadline)
                continue
            timer.deadline = None
            rung += 1
            try:
                timer.owner.ring()
            except Exception:
                # One broken deadline must not stop everybody else's.
                _logger.exception("A deadline's callback failed")
        return False
