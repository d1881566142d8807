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
import shutil
import socket
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from benchmarks.audio_load import AudioLoad

HERE = Path(__file__).parent
APPS = HERE / "apps"
NODE_SDK = Path(os.environ.get("NODE_SDK", HERE / "node_sdk"))


@dataclass
class Contender:
    """One server program, and what was measured of it."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    path: str = "/audio"
    costs: list[float] = field(default_factory=list)
    """Microseconds of CPU a frame, one for each round."""
    lost: int = 0

    @property
    def median(self) -> float:
        """The middle one of the costs."""
        return statistics.median(self.costs)


def contenders() -> list[Contender]:
    """Those that can run here. The first is the one that the others are compared to."""
    python = sys.executable
    official = str(APPS / "official_audio.py")
    found = [
        Contender("official SDK, asyncio", [python, official]),
        Contender("official SDK, uvloop", [python, official], {"BACKEND": "uvloop"}),
    ]
    if shutil.which("node") and (NODE_SDK / "node_modules" / "@jambonz" / "sdk").exists():
        node = ["node", str(APPS / "node_audio.mjs")]
        found.append(Contender("Node SDK", node, {"NODE_SDK": str(NODE_SDK)}))
    if importlib.util.find_spec("picows"):
        found.append(Contender("bare C echo (picows), uvloop", [python, str(APPS / "bare_audio.py")]))
    for app in ("app", "transport"):
        program = APPS / f"{app}_audio.py"
        if not program.exists():
            continue
        for backend in ("asyncio", "uvloop", "trio"):
            for parser in ("websockets", "wsproto"):
                streams = os.environ.get("STREAMS", "auto")
                found.append(
                    Contender(
                        f"ours: {app}, {backend}, {parser}",
                        [python, str(program)],
                        {"BACKEND": backend, "PARSER": parser, "STREAMS": streams},
                    )
                )
    return found


class Running:
    """A contender's process, listening."""

    def __init__(self, contender: Contender) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        environment = {**os.environ, **contender.environment, "PORT": str(self.port)}
        self.process = subprocess.Popen(
            contender.command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.measured = psutil.Process(self.process.pid)
        for _ in range(100):
            if self.process.poll() is not None:
                raise RuntimeError(f"{contender.name} ended at once")
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        self.stop()
        raise RuntimeError(f"{contender.name} does not listen")

    def cpu_seconds(self) -> float:
        """What the process has used so far, in user and kernel mode."""
        times = self.measured.cpu_times()
        return float(times.user + times.system)

    def memory_bytes(self) -> int:
        """What only this process has in memory."""
        return int(self.measured.memory_full_info().uss)

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait()


def measure_frames(contender: Contender, streams: int, seconds: float, groups: int) -> None:
    """One round of one contender."""
    running = Running(contender)
    load = None
    try:
        load = AudioLoad(running.port, contender.path, streams, groups)
        load.run(0.5)
        before = running.cpu_seconds()
        sent, echoed = load.run(seconds)
        cost = running.cpu_seconds() - before
        contender.lost += sent - echoed
        contender.costs.append(cost / max(echoed, 1) * 1e6)
    finally:
        if load is not None:
            load.close()
        running.stop()


def measure_memory(contender: Contender, connections: int = 500) -> float:
    """KiB for each idle connection, after the first hundred."""
    running = Running(contender)
    loads = []
    try:
        loads.append(AudioLoad(running.port, contender.path, 100))
        loads[0].run(0.1)
        before = running.memory_bytes()
        loads.append(AudioLoad(running.port, contender.path, connections))
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
    chosen = [
        each
        for each in contenders()
        if not given.only or any(part in each.name for part in given.only.split(","))
    ]
    if given.memory:
        for contender in chosen:
            print(f"{contender.name:40} {measure_memory(contender):6.1f} KiB per idle connection", flush=True)
        return
    for number in range(given.rounds):
        for contender in chosen:
            measure_frames(contender, given.streams, given.seconds, given.groups)
            print(f"round {number + 1}: {contender.name:40} {contender.costs[-1]:6.1f} µs", file=sys.stderr)
    base = chosen[0]
    print(f"{'CPU per echoed frame':40} {'median':>9} {'best':>9} {'ratio to ' + base.name:>30} {'lost':>6}")
    for contender in chosen:
        ratios = [cost / reference for cost, reference in zip(contender.costs, base.costs, strict=True)]
        print(
            f"{contender.name:40} {contender.median:6.1f} µs {min(contender.costs):6.1f} µs "
            f"{statistics.median(ratios):30.2f} {contender.lost:6}"
        )


if __name__ == "__main__":
    main()
