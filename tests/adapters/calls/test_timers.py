"""The shared timer: deadlines, moves, and the sleeper that moves house."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import anyio
import anyio.lowlevel
import pytest
from anyio.abc import TaskGroup

from jambonz_anyio._call.timers import LEAST_SLEEP_SECONDS, RINGS_PER_TURN, Timers

pytestmark = pytest.mark.anyio


class Rings:
    """Counts rings and lets a test wait for them."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._rung = anyio.Event()

    def __call__(self, name: str) -> Callable[[], None]:
        def ring() -> None:
            self.names.append(name)
            self._rung.set()

        return ring

    async def wait(self, count: int) -> None:
        with anyio.fail_after(5):
            while len(self.names) < count:
                self._rung = anyio.Event()
                await self._rung.wait()


async def test_deadlines_ring_in_their_order() -> None:
    timers, rings = Timers(), Rings()
    async with anyio.create_task_group() as group:
        with timers.hosted_by(group):
            now = timers.clock()
            for name, after in (("c", 0.03), ("a", 0.0), ("b", 0.015)):
                timers.timer(rings(name)).set(now + after)
            await rings.wait(3)
    assert rings.names == ["a", "b", "c"]


async def test_a_deadline_that_moves_away_rings_once_at_its_new_time() -> None:
    timers, rings = Timers(), Rings()
    async with anyio.create_task_group() as group:
        with timers.hosted_by(group):
            start = timers.clock()
            timer = timers.timer(rings("late"))
            timer.set(start + 0.005)
            timer.set(start + 0.04)
            await rings.wait(1)
            assert timers.clock() >= start + 0.04
            assert timer.deadline is None
    assert rings.names == ["late"]


async def test_a_deadline_that_moves_closer_wakes_the_sleeper() -> None:
    timers, rings = Timers(), Rings()
    async with anyio.create_task_group() as group:
        with timers.hosted_by(group):
            timer = timers.timer(rings("soon"))
            timer.set(timers.clock() + 3600)
            await anyio.wait_all_tasks_blocked()
            timer.set(timers.clock() + 0.005)
            await rings.wait(1)
            # The entry for the far deadline is still in the heap, and must not ring.
            timer.set(None)
    assert rings.names == ["soon"]


async def test_taken_away_and_closed_timers_stay_silent() -> None:
    timers, rings = Timers(), Rings()
    async with anyio.create_task_group() as group:
        with timers.hosted_by(group):
            now = timers.clock()
            taken, closed = timers.timer(rings("taken")), timers.timer(rings("closed"))
            taken.set(now + 0.001)
            closed.set(now + 0.001)
            taken.set(None)
            closed.close()
            timers.timer(rings("last")).set(now + 0.01)
            await rings.wait(1)
    assert rings.names == ["last"]


async def test_a_callback_that_fails_stops_nobody_else(caplog: pytest.LogCaptureFixture) -> None:
    timers, rings = Timers(), Rings()

    def fail() -> None:
        raise ValueError("broken")

    async with anyio.create_task_group() as group:
        with timers.hosted_by(group):
            now = timers.clock()
            timers.timer(fail).set(now)
            timers.timer(rings("other")).set(now)
            await rings.wait(1)
    assert "A deadline's callback failed" in caplog.text


async def test_an_owner_that_cannot_tell_its_deadline_stops_nobody_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    timers, rings = Timers(), Rings()

    class Broken(Moving):
        def next_ring(self) -> float | None:
            raise ValueError("broken")

    async with anyio.create_task_group() as group:
        with timers.hosted_by(group):
            broken, other = Broken(timers, rings("broken")), Moving(timers, rings("other"))
            other.deadline = timers.clock()
            broken.timer.moved()
            other.timer.moved()
            await rings.wait(1)
    assert rings.names == ["other"]
    assert "A deadline could not be found out" in caplog.text


async def test_a_thousand_timers_cost_one_task() -> None:
    timers, rings = Timers(), Rings()
    async with anyio.create_task_group() as group:
        with timers.hosted_by(group):
            before = len(anyio.get_running_tasks())
            for _ in range(1000):
                timers.timer(rings("x")).set(timers.clock() + 60)
            await anyio.lowlevel.checkpoint()
            assert len(anyio.get_running_tasks()) == before


@pytest.mark.parametrize("how", ["leaves", "cancelled", "cancelled first"])
async def test_the_sleeper_moves_when_its_host_goes(how: str) -> None:
    timers, rings = Timers(), Rings()
    release = anyio.Event()

    async def host(leave: anyio.Event, groups: list[TaskGroup]) -> None:
        async with anyio.create_task_group() as group:
            with timers.hosted_by(group):
                groups.append(group)
                await leave.wait()
                if how == "cancelled first":
                    # The sleeper hears of the cancellation while its host still holds on.
                    with anyio.CancelScope(shield=True):
                        await anyio.wait_all_tasks_blocked()

    async with anyio.create_task_group() as outer:
        first: list[TaskGroup] = []
        second: list[TaskGroup] = []
        leave = anyio.Event()
        outer.start_soon(host, leave, first)
        await anyio.wait_all_tasks_blocked()
        outer.start_soon(host, release, second)
        await anyio.wait_all_tasks_blocked()
        if how == "leaves":
            leave.set()
        else:
            first[0].cancel_scope.cancel()
            if how == "cancelled first":
                leave.set()
        await anyio.wait_all_tasks_blocked()
        timers.timer(rings("still here")).set(timers.clock())
        await rings.wait(1)
        release.set()
    assert rings.names == ["still here"]


async def test_the_sleeper_wakes_up_only_so_often_and_rings_what_is_due_by_then() -> None:
    timers = Timers()
    rung: list[tuple[int, float]] = []
    done = anyio.Event()
    async with anyio.create_task_group() as group:
        with timers.hosted_by(group):
            start = timers.clock()
            for number in range(200):
                due = start + number / 2000

                def ring(number: int = number, due: float = due) -> None:
                    rung.append((number, timers.wakes_at))
                    assert timers.clock() >= due
                    if number == 199:
                        done.set()

                timers.timer(ring).set(due)
            with anyio.fail_after(5):
                await done.wait()
    assert [number for number, _ in rung] == [*range(200)]
    assert len({wakes_at for _, wakes_at in rung}) <= 0.1 / LEAST_SLEEP_SECONDS + 2


async def test_without_any_host_deadlines_wait_for_the_next_one() -> None:
    timers, rings = Timers(), Rings()
    timers.timer(rings("kept")).set(timers.clock())
    async with anyio.create_task_group() as group:
        with timers.hosted_by(group):
            await rings.wait(1)


async def test_of_timers_that_are_due_at_once_a_few_ring_in_each_turn() -> None:
    timers, rings = Timers(), Rings()
    counts = [0]
    async with anyio.create_task_group() as group:
        with timers.hosted_by(group):
            due = timers.clock()
            for number in range(100):
                timers.timer(rings(str(number))).set(due)
            with anyio.fail_after(5):
                while counts[-1] < 100:
                    await anyio.lowlevel.checkpoint()
                    counts.append(len(rings.names))
    assert rings.names == [str(number) for number in range(100)]
    # A turn of trio's may hold two of the sleeper's.
    assert max(after - before for before, after in itertools.pairwise(counts)) <= 2 * RINGS_PER_TURN


async def test_who_sleeps_wakes_up_at_a_time_that_others_may_move() -> None:
    loop = Timers().loop
    alarm = loop.alarm()
    alarm.move(loop.clock())  # nobody sleeps
    start = loop.clock()
    await alarm.sleep(start + 0.005)
    assert loop.clock() >= start + 0.004  # uvloop counts milliseconds

    for when in (loop.clock() + 3600, math.inf):
        with anyio.fail_after(5):
            async with anyio.create_task_group() as group:
                group.start_soon(alarm.sleep, when)
                await anyio.wait_all_tasks_blocked()
                alarm.move(loop.clock() + 7200)
                alarm.move(math.inf)
                alarm.move(loop.clock())
        # What would have ended the sleep does nothing any more, and neither does one that was cancelled.
        with anyio.move_on_after(0) as scope:
            await alarm.sleep(when)
        assert scope.cancelled_caught
        alarm.move(loop.clock())


class Moving:
    """An owner that is asked for its deadline."""

    def __init__(self, timers: Timers, rung: Callable[[], None]) -> None:
        self.deadline: float | None = None
        self.asked = 0
        self.timer = timers.timer_of(self)
        self.ring = rung

    def next_ring(self) -> float | None:
        self.asked += 1
        return self.deadline


async def test_who_only_says_that_its_deadline_moved_is_asked_once_for_all_that_was_said() -> None:
    timers, rings = Timers(), Rings()
    async with anyio.create_task_group() as group:
        with timers.hosted_by(group):
            await anyio.wait_all_tasks_blocked()
            owners = [Moving(timers, rings(str(number))) for number in range(3)]
            start = timers.clock()
            for owner, after in zip(owners, (0.06, 0.0, None), strict=True):
                owner.timer.moved()
                owner.deadline = None if after is None else start + after
            await rings.wait(2)
            assert timers.clock() >= start + 0.06
            assert [owner.asked for owner in owners] == [1, 1, 1]

            # It is asked again, and the earlier deadline wakes the sleeper up.
            owners[0].deadline = timers.clock() + 3600
            owners[0].timer.moved()
            owners[1].deadline = timers.clock()
            owners[1].timer.moved()
            owners[2].timer.moved()
            owners[2].timer.close()
            await rings.wait(3)
            assert [owner.asked for owner in owners] == [2, 2, 1]
    assert rings.names == ["1", "0", "1"]


class Waits:
    """Something that was written, and waits for a handler."""

    def __init__(self) -> None:
        self.left = anyio.Event()

    def depart(self) -> None:
        self.left.set()


async def test_what_waits_for_a_handler_leaves_when_the_sleeper_looks_though_none_begins() -> None:
    timers, waits = Timers(), Waits()
    async with anyio.create_task_group() as group:
        with timers.hosted_by(group):
            await anyio.wait_all_tasks_blocked()
            timers.loop.departures.wait(waits)
            timers.timer(lambda: None).moved()
            with anyio.fail_after(5):
                await waits.left.wait()
