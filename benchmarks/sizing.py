"""How many calls a core takes, what memory a call needs, and what a store is asked, to plan machines by.

    python -m benchmarks.sizing                    # on uvloop, a minute or two
    python -m benchmarks.sizing --backend trio

A turn is a hook and its answer of two verbs; a conversation has one every few seconds. A call with audio has
50 frames a second in each direction besides. Calls per core are those of which the process takes 70 % of a
core, and leaves the rest for moments in which more happens. They are computed from CPU time, which a busy
machine makes longer, too; the machine itself stands above the table. The store of the last row is a Redis or
Valkey, where one is installed.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import socket
import statistics
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
from benchmarks.apps.sizing import make_app
from benchmarks.audio_load import AudioLoad
from benchmarks.contenders import APPS, BACKENDS, Contender, Running, ours, served
from benchmarks.control_load import HookLoad
from benchmarks.results import processor

from jambonz_anyio import MemoryStore
from jambonz_anyio.testing import HURRIED, dial, run
from jambonz_core.call.call_record import Claimed, Fence, Verdict

SECONDS_OF_A_TURN = 5.0
"""The caller says something, hears the answer, and thinks."""

FRAMES_PER_SECOND = 50

SHARE = 0.7
"""How much of a core calls may take."""


class Counting(MemoryStore):
    """A store that counts what it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: Counter[str] = Counter()

    async def claim(self, key: str, owner: str, nonce: str, *, begin: bool) -> Claimed:
        """Count, and claim."""
        self.asked["claims"] += 1
        return await super().claim(key, owner, nonce, begin=begin)

    async def save(self, key: str, fence: Fence, snapshot: bytes) -> Verdict:
        """Count, and save."""
        self.asked["saves"] += 1
        self.asked["bytes"] = len(snapshot)
        return await super().save(key, fence, snapshot)

    async def end(self, key: str, fence: Fence) -> Verdict:
        """Count, and end."""
        self.asked["ends"] += 1
        return await super().end(key, fence)


def store_operations(turns: int, drops: int) -> Counter[str]:
    """What a call of so many turns asks of its store, which loses its connection so often."""
    store = Counting()
    app = make_app(store)

    async def call() -> None:
        async with dial(app, options=HURRIED) as phone:
            for turn in range(turns):
                await phone.says(f"number {turn}")
                await phone.hears(f"You said: number {turn}")
            for _ in range(drops):
                phone.drops()
                await phone.comes_back()

    run(call)
    return store.asked


@contextmanager
def redis_server() -> Iterator[tuple[str, psutil.Process] | None]:
    """A server that is there for the block; None where none is installed."""
    program = shutil.which("valkey-server") or shutil.which("redis-server")
    if program is None:
        yield None
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0", psutil.Process(server.pid)
    finally:
        server.kill()
        server.wait()


AT_ONCE = 100
"""Calls that talk at the same time: more would wait for each other in the process, and not cost more."""


def turns(contender: Contender, calls: int) -> tuple[float, float, float, float]:
    """CPU µs of a turn; KiB of an idle call, of one that has talked, and of a process without any."""
    running = Running(contender)
    loads: list[HookLoad] = []
    try:
        empty = running.memory_bytes() / 1024
        loads.append(HookLoad(running.port, AT_ONCE))
        loads[0].run(5)
        time.sleep(0.5)
        before = running.memory_bytes()
        loads += [
            HookLoad(running.port, AT_ONCE, first=first) for first in range(AT_ONCE, AT_ONCE + calls, AT_ONCE)
        ]
        time.sleep(0.5)
        idle = (running.memory_bytes() - before) / calls / 1024
        costs = []
        for load in loads[1:]:
            began = running.cpu_seconds()
            made, _ = load.run(20)
            costs.append((running.cpu_seconds() - began) / made * 1e6)
        busy = (running.memory_bytes() - before) / calls / 1024
        return statistics.median(costs), idle, busy, empty
    finally:
        for load in loads:
            load.close()
        running.stop()


def frame(backend: str, streams: int, rounds: int) -> float:
    """CPU µs of an audio frame that comes in and one that goes out."""
    running = Running(ours(backend))
    load = AudioLoad(running.port, "/audio", streams)
    try:
        load.run(0.5)
        costs = []
        for _ in range(rounds):
            began = running.cpu_seconds()
            echoed = load.run(2.0).taken
            costs.append((running.cpu_seconds() - began) / echoed * 1e6)
        return statistics.median(costs)
    finally:
        load.close()
        running.stop()


def main() -> None:
    """Measure, and print tables."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--backend", choices=BACKENDS, default="uvloop")
    options.add_argument("--calls", type=int, default=500, help="a multiple of a hundred")
    options.add_argument("--streams", type=int, default=100)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    python = f"Python {platform.python_version()}"
    print(f"{processor()}, {os.cpu_count()} cores, {platform.system()}, {python}, {given.backend}\n")

    audio = frame(given.backend, given.streams, given.rounds)
    print(f"{'':34} {'CPU of a turn':>13} {'calls/core':>10} {'with audio':>10} {'idle':>8} {'busy':>8}")
    with redis_server() as redis:
        stores: list[tuple[str, dict[str, str]]]
        stores = [("no store", {}), ("a checkpoint a turn, in memory", {"KEPT": "yes"})]
        if redis is not None:
            stores.append(("a checkpoint a turn, in Redis", {"REDIS_URL": redis[0]}))
        for name, environment in stores:
            contender = served(name, str(APPS / "sizing.py:app"), given.backend, **environment)
            cost, idle, busy, empty = turns(contender, given.calls)
            talking = cost / 1e6 / SECONDS_OF_A_TURN
            streaming = talking + FRAMES_PER_SECOND * audio / 1e6
            print(
                f"{name:34} {cost:10.0f} µs {SHARE / talking:10,.0f} {SHARE / streaming:10,.0f} "
                f"{idle:4.0f} KiB {busy:4.0f} KiB",
                flush=True,
            )
        if redis is not None:
            used = redis[1].cpu_times()
            saves = 20 * given.calls + 5 * AT_ONCE
            print(f"\na save in Redis: {(used.user + used.system) / saves * 1e6:.0f} µs of its own")
    print(f"a process without calls: {empty / 1024:.0f} MiB")
    print(f"an audio frame in and one out: {audio:.1f} µs")

    print(f"\n{'what a store is asked':34} {'claims':>7} {'saves':>7} {'ends':>7} {'bytes':>7}")
    for name, count, drops in (
        ("a call without a turn", 0, 0),
        ("10 turns, a checkpoint in each", 10, 0),
        ("the same, and a lost connection", 10, 1),
    ):
        asked = store_operations(count, drops)
        print(f"{name:34} {asked['claims']:7} {asked['saves']:7} {asked['ends']:7} {asked['bytes']:7}")


if __name__ == "__main__":
    main()
