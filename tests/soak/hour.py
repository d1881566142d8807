"""An hour of calls in virtual time: `python -m tests.soak.hour --help`.

Calls of every kind come and go without a pause, at the pace at which people speak, in memory and on a clock that
jumps: an hour of 6,600 calls takes six minutes on asyncio and ten on trio, and lines on stderr say how far it is.
Nothing may be left of the calls: memory is flat after a while, no task runs on, no call is kept, and no table that can
be reached from the application has an entry more than after the first calls.

What `python -m tests.soak` plays through a bad network on real sockets is another matter: there the faults count.
"""

from __future__ import annotations

import argparse
import gc
import logging
import sys
import time
import tracemalloc
from collections import deque
from dataclasses import dataclass, field
from types import BuiltinFunctionType, FrameType, FunctionType, MethodType, ModuleType
from typing import Literal

import anyio

from jambonz_anyio import App, AudioStream, Call
from jambonz_anyio.testing import Checks, ExpectationFailed, dial, run
from jambonz_core.simulator import CallSetup

from .application import KINDS, Accounts, make_app

GROWTH_BYTES_PER_CALL = 40.0
"""What a call may leave behind. The library leaves nothing; caches of the interpreter do a little, for a while."""

CHANCE_ENTRIES = 5
"""So many entries more or less are in caches that have nothing to do with the number of calls."""

PROGRESS_SECONDS = 5.0
"""How often a line says how far it is, in real time."""

OPAQUE = (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType, FrameType, str, bytes, int, float)
"""What nobody keeps entries in, or what everything can be reached from."""

LOOPS = ("asyncio", "_asyncio", "trio", "anyio", "contextvars")
"""Whose objects are not looked into. Trio, for one, keeps time-outs that are over until there are a thousand."""


def entries(root: object) -> int:
    """How many entries all tables have that can be reached from an object."""
    seen: set[int] = set()
    waiting: deque[object] = deque([root])
    count = 0
    while waiting:
        one = waiting.popleft()
        if id(one) in seen or isinstance(one, OPAQUE) or type(one).__module__.partition(".")[0] in LOOPS:
            continue
        seen.add(id(one))
        if isinstance(one, (dict, list, set, deque)):
            count += len(one)
        waiting.extend(gc.get_referents(one))
    return count


def alive(kinds: tuple[type, ...]) -> int:
    """How many objects of some classes there are."""
    gc.collect()
    return sum(isinstance(one, kinds) for one in gc.get_objects())


@dataclass
class Hour:
    """One run."""

    minutes: float
    at_once: int
    samples: int = 10
    growth_bytes: float = GROWTH_BYTES_PER_CALL
    progress: bool = False
    """Whether lines on stderr say how far it is."""
    calls: int = 0
    wrong: list[str] = field(default_factory=list)
    memory: list[tuple[int, int]] = field(default_factory=list)
    """Bytes that Python holds, after so many calls."""
    left: list[tuple[int, int]] = field(default_factory=list)
    """Entries of tables, and calls and streams that are kept, each time when no call was under way."""
    _began: float = 0.0
    _said: float = field(default_factory=time.monotonic)

    async def play(self) -> None:
        """Everything, in as many stretches as there are samples."""
        accounts = Accounts()
        app = make_app(accounts)
        self._began = anyio.current_time()
        async with app.running():
            await self._stretch(app, accounts, 0.02)  # what the first calls build stays
            for _ in range(self.samples):
                await self._stretch(app, accounts, 1 / self.samples)
                # Tasks that wait for the next handler go meanwhile, and so does what is kept for a grace.
                await anyio.sleep(120)
                self._look(app)

    async def _stretch(self, app: App, accounts: Accounts, part: float) -> None:
        end = anyio.current_time() + self.minutes * 60 * part

        async def caller() -> None:
            while True:
                await self._call(app, accounts)
                self._say_how_far()
                if anyio.current_time() >= end:
                    return

        async with anyio.create_task_group() as tasks:
            for _ in range(self.at_once):
                tasks.start_soon(caller)

    async def _call(self, app: App, accounts: Accounts) -> None:
        number = self.calls
        self.calls += 1
        kind = list(KINDS)[number % len(KINDS)]
        setup = CallSetup(call_sid=f"5b9d4a3e-0000-4000-8000-{number:012d}")
        checks = Checks(unanswered="ignore")
        try:
            async with dial(app, f"/{kind}/{number}", setup=setup, checks=checks, lifespan=False) as phone:
                while not phone.over:
                    await phone.says("yes", timeout=40, pause=0.02)
        except ExpectationFailed as failed:
            if not phone.over:
                self.wrong.append(f"{kind} call {number}: {str(failed).partition(chr(10))[0]}")
        accounts.close(number)

    def _say_how_far(self) -> None:
        if self.progress and time.monotonic() - self._said >= PROGRESS_SECONDS:
            self._said = time.monotonic()
            print(
                f"  {(anyio.current_time() - self._began) / 60:5.1f} minutes, {self.calls:,} calls, "
                f"{tracemalloc.get_traced_memory()[0] / 1e6:.2f} MB, {len(anyio.get_running_tasks())} tasks",
                file=sys.stderr,
                flush=True,
            )

    def _look(self, app: App) -> None:
        gc.collect()
        self.memory.append((self.calls, tracemalloc.get_traced_memory()[0]))
        self.left.append((entries(app), alive((Call, AudioStream))))

    def judge(self) -> list[str]:
        """What is wrong."""
        found = list(self.wrong)
        found += grown("entries of tables", [tables for tables, _ in self.left])
        found += [f"{calls} calls and streams are kept" for _, calls in self.left[-1:] if calls]
        slope = growth(self.memory[len(self.memory) // 3 :])
        if slope > self.growth_bytes:
            found.append(f"each call leaves {slope:,.0f} bytes behind")
        return found


def grown(what: str, counts: list[int]) -> list[str]:
    """A complaint, if something has become more between the first time and the last."""
    more = counts[-1] - counts[0]
    return [f"{what}: {counts[-1]:,} instead of {counts[0]:,}"] if more > CHANCE_ENTRIES else []


def growth(memory: list[tuple[int, int]]) -> float:
    """Bytes per call: the slope of the line that fits best."""
    calls = [float(number) for number, _ in memory]
    held = [float(size) for _, size in memory]
    middle_calls, middle_held = sum(calls) / len(calls), sum(held) / len(held)
    across = sum((number - middle_calls) ** 2 for number in calls)
    points = zip(calls, held, strict=True)
    along = sum((number - middle_calls) * (size - middle_held) for number, size in points)
    return along / across if across else 0.0


def soak(hour: Hour, loop: Literal["asyncio", "trio"]) -> Hour:
    """Play, and look at what is left. A task that is left over is an exception of `run()`."""
    logging.getLogger().addHandler(logging.NullHandler())
    tracemalloc.start()
    try:
        run(hour.play, backend=loop)
    finally:
        tracemalloc.stop()
    return hour


def main() -> int:
    """The exit code says whether nothing was left."""
    options = argparse.ArgumentParser(
        prog="python -m tests.soak.hour", description=(__doc__ or "").partition("\n")[0]
    )
    options.add_argument("--minutes", type=float, default=60.0, help="of virtual time")
    options.add_argument("--at-once", type=int, default=10, help="callers at the same time")
    options.add_argument("--loop", choices=["asyncio", "trio"], action="append", help="this one only")
    given = options.parse_args()
    failed = False
    for loop in given.loop or ("asyncio", "trio"):
        began = time.monotonic()
        hour = soak(Hour(given.minutes, given.at_once, progress=True), loop)
        wrong = hour.judge()
        first, last = hour.memory[0][1] / 1e6, hour.memory[-1][1] / 1e6
        print(
            f"{loop}: {hour.calls:,} calls in {given.minutes:g} minutes of virtual time, "
            f"{time.monotonic() - began:.0f} s of real time; memory {first:.2f} MB, then {last:.2f} MB, "
            f"{growth(hour.memory[len(hour.memory) // 3 :]):+.1f} bytes a call; {hour.left[-1][0]:,} entries in "
            f"tables, {hour.left[-1][1]} calls kept; {len(wrong)} wrong",
            flush=True,
        )
        for line in wrong:
            print(f"  {line}")
        failed = failed or bool(wrong)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
