"""What one echoed audio frame costs in CPU time, beside the peers, and what an idle connection costs in
memory.

    python -m benchmarks.audio                      # every contender that is installed, about two minutes
    python -m benchmarks.audio --only ours,official --seconds 3 --rounds 5
    python -m benchmarks.audio --memory             # memory per idle connection instead

Each contender is a server process of its own. In every round each of them in turn echoes 150 streams at 50
frames a second, and the CPU time of its process over that window is divided by the frames that came back.
Ratios are those of one round, and their median is what counts: the machine may be slow or busy, but it is so
for all of them.

The Node SDK is measured when `npm install @jambonz/sdk` was run in benchmarks/node_sdk (or in $NODE_SDK),
picows when it is installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
import time

from benchmarks.audio_load import AudioLoad
from benchmarks.contenders import APPS, BACKENDS, Contender, Running, chosen, has_node_sdk, node, ratios

PATH = "/audio"


def contenders() -> list[Contender]:
    """Those that can run here. The first is the one that the others are compared to."""
    python = sys.executable
    official = [python, str(APPS / "official_audio.py")]
    found = [
        Contender("official SDK, asyncio", official),
        Contender("official SDK, uvloop", official, {"BACKEND": "uvloop"}),
    ]
    if has_node_sdk():
        found.append(node("Node SDK", "node_audio.mjs"))
    if importlib.util.find_spec("picows"):
        found.append(Contender("bare C echo (picows), uvloop", [python, str(APPS / "bare_audio.py")]))
    streams = os.environ.get("STREAMS", "auto")
    found += [
        Contender(
            f"ours: {app}, {backend}, {parser}",
            [python, str(APPS / f"{'transport' if app == 'transport' else 'app'}_audio.py")],
            {"BACKEND": backend, "PARSER": parser, "STREAMS": streams, "ECHO": app},
        )
        for app in ("app", "function", "transport")
        for backend in BACKENDS
        for parser in ("websockets", "wsproto")
    ]
    return found


def measure_frames(contender: Contender, streams: int, seconds: float, groups: int) -> None:
    """Measure one contender for one round."""
    running = Running(contender)
    load = None
    try:
        load = AudioLoad(running.port, PATH, streams, groups)
        load.run(0.5)
        before = running.cpu_seconds()
        sent, echoed = load.run(seconds)
        cost = running.cpu_seconds() - before
        contender.lost += sent - echoed
        contender.results.append(cost / max(echoed, 1) * 1e6)
    finally:
        if load is not None:
            load.close()
        running.stop()


def measure_memory(contender: Contender, connections: int = 500) -> float:
    """KiB for each idle connection, after the first hundred."""
    running = Running(contender)
    loads = []
    try:
        loads.append(AudioLoad(running.port, PATH, 100))
        loads[0].run(0.1)
        before = running.memory_bytes()
        loads.append(AudioLoad(running.port, PATH, connections))
        time.sleep(0.5)
        return float(running.memory_bytes() - before) / connections / 1024
    finally:
        for load in loads:
            load.close()
        running.stop()


def main() -> None:
    """Measure, and print a table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--streams", type=int, default=150)
    options.add_argument("--groups", type=int, default=0, help="that the streams send in; 0: each by itself")
    options.add_argument("--seconds", type=float, default=3.0, help="of each measurement")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--only", default="", help="parts of the names of those to measure, with commas")
    options.add_argument("--memory", action="store_true", help="memory per connection, not CPU per frame")
    given = options.parse_args()
    ours = chosen(contenders(), given.only)
    if given.memory:
        for contender in ours:
            print(f"{contender.name:40} {measure_memory(contender):6.1f} KiB per idle connection", flush=True)
        return
    for number in range(given.rounds):
        for contender in ours:
            measure_frames(contender, given.streams, given.seconds, given.groups)
            print(f"round {number + 1}: {contender.name:40} {contender.results[-1]:6.1f} µs", file=sys.stderr)
    base = ours[0]
    print(f"{'CPU per echoed frame':40} {'median':>9} {'best':>9} {'ratio to ' + base.name:>30} {'lost':>6}")
    for contender in ours:
        print(
            f"{contender.name:40} {contender.median:6.1f} µs {min(contender.results):6.1f} µs "
            f"{ratios(contender, base):30.2f} {contender.lost:6}"
        )


if __name__ == "__main__":
    main()
