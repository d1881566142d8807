"""What a hook costs: from the message to a validated answer of two verbs, beside the peers; and what an idle
call costs in memory.

    python -m benchmarks.hooks                     # every contender that is installed, about a minute
    python -m benchmarks.hooks --only official,asyncio --rounds 5
    python -m benchmarks.hooks --memory

Each contender is a server process of its own, started as its users start it. In every round each of them in
turn answers the hooks of 50 calls, and the CPU time of its process is divided by the number of hooks. Ratios
are those of one round, and their median is what counts.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time

from benchmarks.contenders import (
    APPS,
    BACKENDS,
    Contender,
    Running,
    chosen,
    has_node_sdk,
    node,
    ratios,
    served,
)
from benchmarks.control_load import HookLoad


def contenders() -> list[Contender]:
    """Those that can run here. The first is the one that the others are compared to."""
    official = [sys.executable, str(APPS / "official_hooks.py")]
    found = [
        Contender("official SDK, asyncio", official),
        Contender("official SDK, uvloop", official, {"BACKEND": "uvloop"}),
    ]
    if has_node_sdk():
        found.append(node("Node SDK", "node_hooks.mjs"))
    for backend in BACKENDS:
        found += [
            served(f"ours, {backend}, {parser}", str(APPS / "hooks.py:app"), backend, parser)
            for parser in ("websockets", "wsproto")
        ]
    return found


def measure(contender: Contender, calls: int, rounds: int) -> float:
    """One round of one contender; returns the median latency in seconds, with one hook at a time."""
    running = Running(contender)
    load = alone = None
    try:
        load = HookLoad(running.port, calls)
        load.run(5)
        before = running.cpu_seconds()
        made, _ = load.run(rounds)
        contender.results.append((running.cpu_seconds() - before) / max(made, 1) * 1e6)
        contender.lost += calls * rounds - made
        alone = HookLoad(running.port, 1)
        return statistics.median(alone.run(100)[1])
    finally:
        for each in (load, alone):
            if each is not None:
                each.close()
        running.stop()


def measure_memory(contender: Contender, calls: int = 500) -> float:
    """KiB for each idle call that was answered, after the first hundred."""
    running = Running(contender)
    loads = []
    try:
        loads.append(HookLoad(running.port, 100))
        time.sleep(0.3)
        before = running.memory_bytes()
        loads.append(HookLoad(running.port, calls))
        time.sleep(0.5)
        return float(running.memory_bytes() - before) / calls / 1024
    finally:
        for load in loads:
            load.close()
        running.stop()


def main() -> None:
    """Measure, and print a table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--calls", type=int, default=50)
    options.add_argument("--hooks", type=int, default=60, help="of each call in each round")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--only", default="", help="parts of the names of those to measure, with commas")
    options.add_argument("--memory", action="store_true", help="memory per idle call, not CPU per hook")
    given = options.parse_args()
    selected = chosen(contenders(), given.only)
    if given.memory:
        base = measure_memory(selected[0])
        print(f"{'memory per idle call':34} {'KiB':>8} {'ratio to ' + selected[0].name:>32}")
        print(f"{selected[0].name:34} {base:8.1f} {1:32.2f}", flush=True)
        for contender in selected[1:]:
            size = measure_memory(contender)
            print(f"{contender.name:34} {size:8.1f} {size / base:32.2f}", flush=True)
        return
    latencies: dict[str, list[float]] = {contender.name: [] for contender in selected}
    for number in range(given.rounds):
        for contender in selected:
            latencies[contender.name].append(measure(contender, given.calls, given.hooks))
            print(f"round {number + 1}: {contender.name:34} {contender.results[-1]:6.1f} µs", file=sys.stderr)
    base_contender = selected[0]
    print(
        f"{'CPU per hook':34} {'median':>9} {'ratio to ' + base_contender.name:>32} {'alone':>9} {'lost':>5}"
    )
    for contender in selected:
        print(
            f"{contender.name:34} {contender.median:6.1f} µs {ratios(contender, base_contender):32.2f} "
            f"{statistics.median(latencies[contender.name]) * 1e6:6.0f} µs {contender.lost:5}"
        )


if __name__ == "__main__":
    main()
