"""Play calls to workers behind nginx, with a store in Redis, while these are killed, replaced or cut off.

`python -m tests.fleet --help`. What happens is one of

* kills: a worker is killed (`kill -9`) at random while calls arrive and others talk, and starts anew;
* rolling: all workers are replaced one after the other: by SIGHUP where `--each` gives supervisors, otherwise by
  SIGTERM and a new start;
* redis: the store hangs for a while, and later is killed and comes back with nothing in it;
* moves: connections break, and calls go to and fro between the workers.

Each call is accounted for, see `accounts`. What is not explained is printed, and makes the run fail.
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import anyio
import anyio.to_thread
import pytest
from anyio.abc import TaskGroup
from tests.nginx_server import program as nginx
from tests.redis_server import program as redis_server
from tests.soak.__main__ import STALL_SECONDS, STUCK_SECONDS, UNCHECKED, WORLD
from tests.soak.accounts import NOTHING, has_connection, summary

from jambonz_anyio.cli.event_loops import BACKENDS, run_on
from jambonz_anyio.testing import ExpectationFailed, Phone, dial_url
from jambonz_core.simulator import CallSetup, ConnectionDropped, HookAnswered, HookUnanswered

from .accounts import Accounts, judge_call
from .machines import Fleet, fleet

SCENES = ("kills", "rolling", "redis", "moves")
LET_GO_SECONDS = 60.0
"""How long a worker may keep a call that is over: the grace for a reconnect, where the store gives no hints."""
PATIENCE = 15.0
"""Who gives a call up does so for what has happened since: no wait of a server is longer."""
DROPS = 3
"""How often the connection of a call breaks that moves: it has five in all."""


@dataclass(slots=True)
class Run:
    """One run: what was asked for, and what has come of it."""

    asked: argparse.Namespace
    fleet: Fleet
    accounts: Accounts
    random: random.Random
    began: float = field(default_factory=time.monotonic)
    calls: int = 0
    under_way: int = 0
    figures: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    killed: dict[int, float] = field(default_factory=dict)
    drained: set[int] = field(default_factory=set)
    unexplained: list[str] = field(default_factory=list)
    late: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=10_000))
    """When this process came late to something, and how late."""

    def number(self) -> int:
        """The next call's."""
        self.calls += 1
        return self.calls

    def tell(self, what: str) -> None:
        """A line of progress."""
        print(
            f"{time.monotonic() - self.began:6.1f} s  {what}; {self.calls:,} calls, {self.under_way} under way, "
            f"{self.figures['drops']:,} drops, {sum(self.lost.values())} lost, {len(self.unexplained)} unexplained",
            flush=True,
        )


async def play(run: Run, kind: str, tasks: TaskGroup, *, drops: int = 0) -> None:
    """One call. It is judged when both sides are through with it."""
    number = run.number()
    setup = CallSetup(call_sid=f"5b9d4a3e-0000-4000-8000-{number:012d}")
    url = f"{run.fleet.url}/{kind}/{number}"
    phones: list[Phone] = []
    stuck, began = "", time.monotonic()
    run.under_way += 1
    try:
        async with dial_url(url, options=WORLD, checks=UNCHECKED, setup=setup) as phone:
            phones.append(phone)
            if await _be_the_caller(run, phone, drops) and has_connection(phone.records):
                stuck = NOTHING
    except ExpectationFailed as failed:
        run.unexplained.append(f"call {number}: {str(failed).partition(chr(10))[0]}")
    finally:
        run.under_way -= 1
    lately = time.monotonic() - PATIENCE
    slow = sum(seconds for at, seconds in run.late if at >= max(began, lately)) > STALL_SECONDS
    tasks.start_soon(settle, run, number, phones[0], stuck, slow)


async def _be_the_caller(run: Run, phone: Phone, drops: int) -> bool:
    """Answer whatever is asked, until the call is over. True: nothing happens any more."""
    patience = STUCK_SECONDS + run.asked.thinks
    while not phone.over:
        began = phone.at
        try:
            await phone.says("yes", timeout=patience, pause=0.02)
        except ExpectationFailed:
            if phone.at - began >= patience:
                return not phone.over
        if drops:
            drops -= 1
            await anyio.sleep(run.random.uniform(0.0, 0.5))
            if not _comes_back(phone):
                with suppress(ExpectationFailed):  # there is no connection to drop
                    phone.drops()
                    await anyio.sleep(0.6)
    return False


def _comes_back(phone: Phone) -> bool:
    """Whether a reconnect is not acked yet. A server whose connection breaks then hangs up."""
    for record in reversed(phone.records):
        if isinstance(record.what, ConnectionDropped):
            return True
        if isinstance(record.what, HookAnswered) and record.what.type == "session:reconnect":
            return False
    return False


async def settle(run: Run, number: int, phone: Phone, stuck: str, slow: bool) -> None:
    """Wait until the workers have let go of a call that is over for the server, and judge it."""
    with anyio.move_on_after(LET_GO_SECONDS):
        while not all(life.ended or life.pid in run.killed for life in run.accounts.lives(number)):
            await run.accounts.read()
    # What was written before is read, also by who has died.
    await run.accounts.read()
    lives = run.accounts.lives(number)
    verdict = judge_call(
        number, lives, phone.records, killed=run.killed, drained=run.drained, stuck=stuck, slow=slow
    )
    run.accounts.forget(number)
    run.figures.update(verdict.counts)
    if verdict.lost:
        run.lost[f"{verdict.lost} ({_unanswered(phone)})"] += 1
    for line in verdict.unexplained:
        run.unexplained.append(line)
        print(f"UNEXPLAINED: call {number}: {line}", flush=True)
    if verdict.unexplained and run.asked.show:
        print(phone.transcript)
        print("\n".join(map(repr, lives)), flush=True)


def _unanswered(phone: Phone) -> str:
    """What a server gave a call up for: the last thing that it got no answer to."""
    seen = [record.what for record in phone.records if isinstance(record.what, HookUnanswered)]
    return f"{seen[-1].type}: {seen[-1].reason}" if seen else "no connection"


@asynccontextmanager
async def talking(run: Run, *, drops: int = 0) -> AsyncIterator[TaskGroup]:
    """So many calls at every moment, until the block is left; then the last ones end."""
    over = anyio.Event()
    async with anyio.create_task_group() as tasks:

        async def caller(wait: float) -> None:
            await anyio.sleep(wait)
            while not over.is_set():
                await play(run, "talk", tasks, drops=drops)

        for place in range(run.asked.calls):
            tasks.start_soon(caller, run.asked.window * place / run.asked.calls)
        await anyio.sleep(run.asked.window)
        yield tasks
        over.set()


async def arrive(run: Run, tasks: TaskGroup) -> None:
    """So many calls begin within a while."""
    for _ in range(run.asked.calls):
        await anyio.sleep(run.asked.window / run.asked.calls)
        tasks.start_soon(play, run, "brief", tasks)


async def kills(run: Run) -> None:
    """A worker is killed while calls arrive, again and again."""
    async with talking(run) as tasks:
        for _ in range(run.asked.kills):
            async with anyio.create_task_group() as wave:
                wave.start_soon(arrive, run, tasks)
                await anyio.sleep(run.random.uniform(0.3, 1.0) * run.asked.window)
                worker = run.random.choice(run.fleet.workers)
                pid = run.random.choice(worker.pids())
                run.killed[pid] = time.monotonic()
                run.events["kills"] += 1
                await anyio.to_thread.run_sync(worker.kill_one, pid)
            run.tell(f"killed {pid}")


async def rolling(run: Run) -> None:
    """All workers are replaced, one after the other."""
    async with talking(run) as tasks:
        for number in range(run.asked.rounds):
            async with anyio.create_task_group() as wave:
                wave.start_soon(arrive, run, tasks)
                for worker in run.fleet.workers:
                    run.drained.update(worker.pids())
                    await anyio.to_thread.run_sync(worker.replace)
            run.events["rolling restarts"] += 1
            run.tell(f"round {number + 1}")


async def redis(run: Run) -> None:
    """The store hangs, and later it is gone and comes back empty."""
    server = run.fleet.redis
    async with talking(run) as tasks:
        for what, stop, start in (
            ("hung", server.pause, server.resume),
            ("was gone", server.stop, server.start),
        ):
            async with anyio.create_task_group() as wave:
                wave.start_soon(arrive, run, tasks)
                await anyio.to_thread.run_sync(stop)
                await anyio.sleep(run.asked.outage)
                await anyio.to_thread.run_sync(start)
            run.events["outages"] += 1
            run.tell(f"redis {what} for {run.asked.outage:g} s")
            await anyio.sleep(2 * run.asked.window)


async def moves(run: Run) -> None:
    """Connections break, and jambonz comes back to whichever worker the balancer gives it."""
    async with talking(run, drops=DROPS):
        await anyio.sleep(run.asked.window)
    run.tell("moved to and fro")


async def read_accounts(run: Run) -> None:
    """Read what workers write."""
    while True:
        run.accounts.update()
        await anyio.sleep(0.1)


async def notice_stalls(run: Run) -> None:
    """Notice when this process does not get on, or a worker: somebody is too late for answers then."""
    while True:
        due = time.monotonic() + 0.05
        await anyio.sleep(0.05)
        late = time.monotonic() - due
        if late > STALL_SECONDS / 10:
            run.late.append((time.monotonic(), late))
        run.figures["stalls"] += late > STALL_SECONDS


async def notice_stalled_workers(run: Run) -> None:
    """They say so themselves: a quarter of a second each time."""
    while True:
        await anyio.sleep(0.5)
        stalls = sum(worker.stalls() for worker in run.fleet.workers)
        if stalls:
            run.late.append((time.monotonic(), 2 * STALL_SECONDS))
        run.figures["stalled workers"] += stalls


def report(run: Run, scene: str) -> None:
    """All figures of a run."""
    figures, asked = run.figures, run.asked
    each = f" of {asked.each} each" if asked.each else ""
    print(
        f"{scene} on {asked.loop}, seed {asked.seed}: {run.calls:,} calls in {time.monotonic() - run.began:.1f} s, "
        f"{asked.calls} talking, {asked.calls} arriving in {asked.window:g} s, {asked.workers} workers{each}\n"
        f"  {summary(run.events)}\n"
        f"  drops {figures['drops']:,}, resumed {figures['resumed']:,}; calls with several owners in turn "
        f"{figures['moved']:,}, to one that had had it before {figures['came back']:,}, begun anew "
        f"{figures['begun twice']:,}\n"
        f"  words {figures['words']:,}, of these before a checkpoint {figures['promised']:,}: repeated "
        f"{figures['repeated']:,}, reported lost {figures['lost words']:,} (replaced {figures['replaced words']:,}), "
        f"dropped {figures['dropped waits']:,}\n"
        f"  checkpoints {figures['checkpoints']:,}, refused by the store {figures['checkpoints refused']:,}\n"
        f"  calls lost {sum(run.lost.values()):,}: {summary(run.lost)}\n"
        f"  stalls of this process {figures['stalls']}, of workers {figures['stalled workers']}\n"
        f"  unexplained {len(run.unexplained)}",
        flush=True,
    )


async def main(asked: argparse.Namespace, scene: str) -> int:
    """One scene. The exit code says whether everything was explained."""
    logging.getLogger().addHandler(logging.NullHandler())
    with tempfile.TemporaryDirectory(prefix="fleet-", ignore_cleanup_errors=True) as name:
        starting = fleet(
            Path(name),
            backend=asked.loop,
            workers=asked.workers,
            each=asked.each,
            drain=asked.drain,
            turns=asked.turns,
            thinks=asked.thinks,
        )
        with starting as machines:
            run = Run(asked, machines, Accounts(machines.accounts), random.Random(asked.seed))
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(read_accounts, run)
                tasks.start_soon(notice_stalls, run)
                tasks.start_soon(notice_stalled_workers, run)
                await {"kills": kills, "rolling": rolling, "redis": redis, "moves": moves}[scene](run)
                tasks.cancel_scope.cancel()
            report(run, scene)
            for worker in machines.workers:
                if worker.said("Traceback"):
                    run.unexplained.append(f"{worker.name} has failed")
                    print(f"UNEXPLAINED: a traceback of {worker.name}:\n{worker.log[-4000:]}", flush=True)
    return 1 if run.unexplained else 0


def arguments(given: list[str]) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.fleet", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument(
        "--loop", choices=[*BACKENDS, "each"], default="asyncio", help="of workers and callers"
    )
    parser.add_argument("--scene", choices=[*SCENES, "each"], default="each", help="what happens")
    parser.add_argument("--seed", type=int, default=1, help="decides who is killed, and when")
    parser.add_argument("--calls", type=int, default=40, help="how many talk, and how many arrive at a time")
    parser.add_argument("--kills", type=int, default=5, help="how often a worker is killed")
    parser.add_argument("--rounds", type=int, default=2, help="how often all workers are replaced")
    parser.add_argument("--outage", type=float, default=5.0, help="seconds without the store")
    parser.add_argument("--window", type=float, default=2.0, help="seconds in which calls arrive")
    parser.add_argument("--workers", type=int, default=3, help="how many there are behind nginx")
    parser.add_argument("--each", type=int, default=0, help="each is a supervisor with so many processes")
    parser.add_argument(
        "--drain", type=float, default=0.5, help="seconds that a worker gives its calls to end"
    )
    parser.add_argument("--turns", type=int, default=4, help="answers that each caller gives")
    parser.add_argument(
        "--thinks", type=float, default=0.3, help="seconds between an answer and the next question"
    )
    parser.add_argument("--show", action="store_true", help="show each call that is not explained")
    return parser.parse_args(given)


def again(asked: argparse.Namespace) -> int:
    """A run for each event loop and each scene, in processes of their own."""
    loops = BACKENDS if asked.loop == "each" else [asked.loop]
    scenes = SCENES if asked.scene == "each" else [asked.scene]
    results: list[int] = []
    for loop in loops:
        for scene in scenes:
            given = [*sys.argv[1:], "--loop", loop, "--scene", scene]
            results.append(
                subprocess.run([sys.executable, "-m", "tests.fleet", *given], check=False).returncode
            )
    return max(results)


def skipped() -> bool:
    """Whether a program is absent, which is told by name."""
    try:
        nginx()
        redis_server()
    except pytest.skip.Exception as absent:
        print(f"skipped: {absent}")
        return True
    return False


if __name__ == "__main__":
    asked = arguments(sys.argv[1:])
    if skipped():
        sys.exit(1 if "TESTS_MAY_NOT_SKIP" in os.environ else 0)
    if "each" in (asked.loop, asked.scene):
        sys.exit(again(asked))
    sys.exit(run_on(asked.loop, partial(main, asked, asked.scene)))
