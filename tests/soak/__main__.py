"""Play calls through a bad network and account for them: `python -m tests.soak --help`.

What it finds is printed with the seed, the kind and the number of the call, and with the command that plays
exactly that call again: its faults depend on these alone.
"""

from __future__ import annotations

import argparse
import logging
import resource
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import anyio
from anyio.abc import TaskGroup

from jambonz_anyio import ServerLimits, serve
from jambonz_anyio.cli.event_loops import BACKENDS, run_on
from jambonz_anyio.testing import (
    Checks,
    ExpectationFailed,
    FaultProxy,
    FaultSeen,
    Phone,
    bad_network,
    dial_url,
    random_faults,
)
from jambonz_core.simulator import CallSetup, SimulatorOptions

from .accounts import NOTHING, after_the_end, has_connection, judge, summary
from .application import KINDS, Account, Accounts, make_app

WORLD = SimulatorOptions(
    characters_per_second=400.0,
    words_per_second=60.0,
    endpointing_seconds=0.02,
    ring_seconds=0.02,
    pick_up_seconds=0.05,
)
"""People in a hurry; the server's own times, of acks and reconnects among them, are the real ones."""

UNCHECKED = Checks(unanswered="ignore", app_errors="ignore", leftovers="ignore")

STUCK_SECONDS = 40.0
"""So long nothing is heard on a call, although the server is there or comes back: longer than any wait that a
call has, its reconnects among them."""

GRACE_SECONDS = 60.0
"""How long an application may keep a call that is over for the server, and of which it was not told: the grace
for a reconnect, and some time."""

STALL_SECONDS = 0.3
"""Longer than this, in one or in pieces during one call, neither the machine nor the process should do
nothing."""

WARM_UP_CALLS = 1_000_000_000
"""The numbers of the calls before a run."""

WARM_UP = 0.3
"""The part of a run after which the memory that the process has must not grow much more."""
GROWTH = 1.05
GROWTH_MB = 6.0


@dataclass(slots=True)
class Run:
    """One run: what was asked for, and what has come of it."""

    asked: argparse.Namespace
    proxy: FaultProxy
    accounts: Accounts
    began: float = field(default_factory=time.monotonic)
    figures: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    faults: dict[str, list[FaultSeen]] = field(default_factory=dict)
    """What has gone wrong on the calls under way, by what they have asked for."""
    unexplained: list[str] = field(default_factory=list)
    pending: set[int] = field(default_factory=set)
    """Calls that are over for the server, and of which the application was not told yet."""
    memory: list[tuple[float, float]] = field(default_factory=list)
    late: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=10_000))
    """When this process came late to something, and how late."""

    @property
    def seconds(self) -> float:
        """How long it has gone on."""
        return time.monotonic() - self.began

    def numbers(self) -> Iterator[int]:
        """The calls to play, until there are enough, or the time is over, or too much is wrong."""
        if self.asked.only is not None:
            yield self.asked.only
            return
        for number in range(self.asked.calls):
            if self.seconds > self.asked.minutes * 60 or len(self.unexplained) >= self.asked.give_up:
                return
            yield number

    def happened(self, seen: FaultSeen) -> None:
        """A fault has happened."""
        if seen.target in self.faults:
            self.faults[seen.target].append(seen)

    def wrong(self, number: int, kind: str, what: list[str]) -> None:
        """Print what is unexplained of a call."""
        for line in what:
            self.unexplained.append(line)
            again = f"python -m tests.soak --loop {self.asked.loop} --seed {self.asked.seed} --only {number}"
            print(f"UNEXPLAINED: {kind} call {number}: {line}\n  again: {again}", flush=True)


def kind_of(number: int) -> str:
    """The kind of a call: each in turn."""
    kinds = list(KINDS)
    return kinds[number % len(kinds)]


async def play(run: Run, number: int, url: str, tasks: TaskGroup) -> None:
    """One call, which is judged when both sides are through with it."""
    kind = kind_of(number)
    target = f"/{kind}/{number}"
    account = run.accounts.of(number, kind)
    faults = run.faults[target] = []
    if kind == "audio":
        run.faults[f"/sound/{number}"] = faults
    setup = CallSetup(call_sid=f"5b9d4a3e-0000-4000-8000-{number:012d}", caller_name=kind)
    stuck, began = "", run.seconds
    phones: list[Phone] = []
    try:
        async with dial_url(url + target, options=WORLD, checks=UNCHECKED, setup=setup) as phone:
            phones.append(phone)
            # Without a connection the application has its grace, which is longer; the hangup then makes one more.
            if await _be_the_caller(phone) and has_connection(phone.records):
                stuck = ", ".join(sorted(account.waits.values())) or NOTHING
    except ExpectationFailed as failed:
        run.wrong(number, kind, [str(failed).partition("\n")[0]])
    run.kinds[kind] += 1
    run.proxy.forget(target)
    slow = sum(seconds for at, seconds in run.late if at >= began) > STALL_SECONDS
    tasks.start_soon(settle, run, account, phones[0], stuck, slow)


async def settle(run: Run, account: Account, phone: Phone, stuck: str, slow: bool) -> None:
    """Wait until the application has let go of a call that is over for the server, and judge it."""
    number, kind = account.number, account.kind
    run.pending.add(number)
    within = True
    if account.call is not None:
        seconds = 5 if run.asked.short else GRACE_SECONDS
        # The network may take its time to tell that the server is gone, and the grace begins only then.
        with anyio.move_on_after(seconds):
            await account.alone.wait()
        within = not run.asked.short
        with anyio.move_on_after(seconds):
            await account.over.wait()
            within = True
    run.pending.discard(number)
    run.accounts.close(number)
    target = f"/{kind}/{number}"
    faults = run.faults.pop(target)
    run.faults.pop(f"/sound/{number}", None)
    control = [seen for seen in faults if seen.target == target]
    verdict = judge(account, phone.records, control, stuck=stuck, slow=slow)
    if within:
        verdict.unexplained += after_the_end(account)
        verdict.counts["waits without end"] += len(account.waits)
    elif account.call is not None and account.call.attached:
        # The grace for a reconnect is not waited for, but it is there for calls without a connection only.
        verdict.unexplained.append("the application still has a connection of the call")
    run.figures.update(verdict.counts)
    if verdict.lost:
        run.lost[verdict.lost] += 1
    if run.asked.only is not None or (run.asked.show and verdict.unexplained):
        print(phone.transcript)
        print("\n".join(map(repr, account.reports)), flush=True)
    run.wrong(number, kind, verdict.unexplained)


async def _be_the_caller(phone: Phone) -> bool:
    """Answer whatever is asked, until the call is over. True: nothing happens any more."""
    while not phone.over:
        began = phone.at
        try:
            await phone.says("yes", timeout=STUCK_SECONDS, pause=0.02)
        except ExpectationFailed:
            if phone.at - began >= STUCK_SECONDS:
                return not phone.over
    return False


async def play_all(run: Run, url: str) -> None:
    """Play the calls, so many at once."""
    numbers = run.numbers()

    async with anyio.create_task_group() as tasks:

        async def caller() -> None:
            for number in numbers:
                await play(run, number, url, tasks)

        for _ in range(run.asked.at_once):
            tasks.start_soon(caller)


async def warm_up(run: Run, url: str) -> None:
    """A call of each kind, without faults: what is loaded or built when it is first used is there then."""
    async with anyio.create_task_group() as tasks:
        for place in range(len(KINDS)):
            await play(run, WARM_UP_CALLS + place, url, tasks)
    run.kinds.clear()
    run.figures.clear()
    run.lost.clear()
    run.began = time.monotonic()


async def notice_stalls(run: Run) -> None:
    """Notice when this process does not get on: its server is too late for handshakes then."""
    while True:
        due = run.seconds + 0.05
        await anyio.sleep(0.05)
        late = run.seconds - due
        if late > STALL_SECONDS / 10:
            run.late.append((run.seconds, late))
        run.figures["stalls"] += late > STALL_SECONDS


async def tell_progress(run: Run) -> None:
    """A line now and then."""
    while True:
        await anyio.sleep(run.asked.progress)
        run.memory.append((run.seconds, rss()))
        calls = sum(run.kinds.values())
        print(
            f"{run.seconds:6.0f} s  {calls:,} calls, {calls / run.seconds:.0f}/s; "
            f"{sum(run.proxy.counts.values()):,} faults, {run.figures['drops']:,} drops, "
            f"{run.figures['resumed']:,} resumed, {sum(run.lost.values()):,} lost, "
            f"{len(run.pending)} to be let go; {rss():.0f} MB; {len(run.unexplained)} unexplained",
            flush=True,
        )


def rss() -> float:
    """The memory that this process has now, in MB."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        # Not on Linux: the highest it ever was.
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * resource.getpagesize() / 1e6


def growth(memory: list[tuple[float, float]], seconds: float) -> str:
    """What is wrong with the memory of a run, if anything is."""
    warm = [mb for at, mb in memory if WARM_UP <= at / seconds <= 2 * WARM_UP]
    late = [mb for at, mb in memory if at / seconds > 1 - WARM_UP]
    if not warm or not late:
        return ""
    before, after = sum(warm) / len(warm), sum(late) / len(late)
    if after > before * GROWTH + GROWTH_MB:
        return f"memory grew from {before:.0f} MB to {after:.0f} MB"
    return ""


def report(run: Run) -> None:
    """All figures of a run."""
    calls = sum(run.kinds.values())
    figures = run.figures
    print(
        f"loop {run.asked.loop}, seed {run.asked.seed}: {calls:,} calls in {run.seconds:.1f} s, "
        f"{run.asked.at_once} at once, {run.proxy.connections:,} connections\n"
        f"  kinds: {summary(run.kinds)}\n"
        f"  faults: {summary(run.proxy.counts)}\n"
        f"  drops {figures['drops']:,}, resumed {figures['resumed']:,}\n"
        f"  words {figures['words']:,}: repeated {figures['repeated']:,}, lost {figures['lost words']:,} "
        f"(of these replaced by the program {figures['replaced words']:,}, unproved without receipts "
        f"{figures['lost without receipts']:,}), "
        f"whose wait ended in an exception {figures['dropped waits']:,}\n"
        f"  calls lost {sum(run.lost.values()):,}: {summary(run.lost)}\n"
        f"  double acks {figures['double acks']}, late acks {figures['late acks']}, "
        f"waits without end {figures['waits without end']}\n"
        f"  stalls of this process {figures['stalls']}, handshakes timed out {figures['handshakes timed out']}, "
        f"memory {rss():.0f} MB\n"
        f"  unexplained {len(run.unexplained)}",
        flush=True,
    )


async def main(asked: argparse.Namespace) -> int:
    """One run. The exit code says whether everything was explained."""
    logging.getLogger().addHandler(logging.NullHandler())
    accounts = Accounts()
    plan = random_faults(asked.seed, chance=asked.chance)
    limits = ServerLimits(ping_seconds=2.0, message_seconds=5.0, write_seconds=5.0)
    runs: list[Run] = []
    async with anyio.create_task_group() as tasks:
        server = await tasks.start(partial(serve, make_app(accounts), port=0, limits=limits))
        async with bad_network(
            f"ws://127.0.0.1:{server.port}", plan, on_fault=lambda seen: runs[0].happened(seen)
        ) as (url, proxy):
            run = Run(asked, proxy, accounts)
            runs.append(run)
            await warm_up(run, f"ws://127.0.0.1:{server.port}")
            tasks.start_soon(tell_progress, run)
            tasks.start_soon(notice_stalls, run)
            await play_all(run, url)
        tasks.cancel_scope.cancel()
    if asked.memory:
        found = growth(run.memory, run.seconds)
        if found:
            run.unexplained.append(found)
            print(f"UNEXPLAINED: {found}")
    report(run)
    return 1 if run.unexplained else 0


def arguments(given: list[str]) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.soak", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument(
        "--loop",
        choices=[*BACKENDS, "each"],
        default="asyncio",
        help="`each`: one after the other, sharing the time",
    )
    parser.add_argument("--seed", type=int, default=1, help="decides all faults")
    parser.add_argument("--calls", type=int, default=200, help="how many calls at most")
    parser.add_argument("--minutes", type=float, default=60.0, help="begin no call after that")
    parser.add_argument("--at-once", type=int, default=30, help="how many calls at the same time")
    parser.add_argument("--chance", type=float, default=0.6, help="share of connections with faults")
    parser.add_argument("--only", type=int, help="play the call of this number, and show it")
    parser.add_argument("--show", action="store_true", help="show each call that is not explained")
    parser.add_argument("--short", action="store_true", help="do not wait for the grace of the last calls")
    parser.add_argument("--memory", action="store_true", help="memory must not grow")
    parser.add_argument("--progress", type=float, default=10.0, help="seconds between two lines")
    parser.add_argument("--give-up", type=int, default=20, help="end after so many unexplained things")
    return parser.parse_args(given)


def each_loop(asked: argparse.Namespace) -> int:
    """A run for each event loop, in processes of their own."""
    results: list[int] = []
    for loop in BACKENDS:
        given = [*sys.argv[1:], "--loop", loop, "--minutes", str(asked.minutes / len(BACKENDS))]
        results.append(subprocess.run([sys.executable, "-m", "tests.soak", *given], check=False).returncode)
    return max(results)


if __name__ == "__main__":
    asked = arguments(sys.argv[1:])
    if asked.loop == "each":
        sys.exit(each_loop(asked))
    sys.exit(run_on(asked.loop, partial(main, asked)))
