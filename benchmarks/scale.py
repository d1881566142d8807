"""How many calls one core takes, what a call costs among others, and how fast a busy server falls silent.

    python -m benchmarks.scale                          # all three, about ten minutes
    python -m benchmarks.scale audio --only uvloop      # the curve of calls with audio both ways
    python -m benchmarks.scale calls --levels 10,1000

* `audio` and `hooks`: calls with audio both ways, and calls with one hook a second, in steps of more and more
  until the 99th percentile of the added latency passes 20 ms: that is from the frame or hook to its echo or
  answer, as the other end of the connection sees it. A step that fails is done once more, because machines
  stand still at times.
* `calls`: 10 to 10,000 open calls, idle, and with the same number of hooks a second among all of them, so
  that what a hook costs more is the price of the other calls.
* `barge-in`: a core that is busy with echoing audio for seven tenths of its time; in one more call the caller
  interrupts, again and again. Measured is the time from the frame that says so to the last word, or the last
  audio, that came all the same.

The server has a core, and the load another. Where the load itself is late, it says so, and the curve ends: a
server's limit was not reached then.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.audio_load import METADATA, AudioLoad, Guest, Traffic, masked, percentile, upgrade
from benchmarks.contenders import (
    BACKENDS,
    Contender,
    Running,
    allow_files,
    chosen,
    node,
    official,
    ours,
    take_the_loads_core,
)
from benchmarks.control_load import SUBPROTOCOL, Frames, PacedHooks, message, session_new
from benchmarks.results import say

LIMIT_SECONDS = 0.020
"""The added latency that the 99th percentile must not pass."""
LATE_SECONDS = 0.005
"""A load that is later than this with one of a hundred things is itself what is too slow."""
SHARES = (0.25, 0.5, 0.75, *(1.15**number for number in range(20)))
"""The steps, as parts of what the first one promises for a whole core. Cost falls when there is more to do in
one turn of a loop, so servers get further than that, twice or thrice as far and more."""
OPENING_SECONDS = 40.0
"""Longer than this nobody waits, over a whole curve, until its calls are open. The Node SDK takes a while."""
HOOKS_A_SECOND = 1000.0
"""Among all calls, however many there are."""
WARMING_HOOKS_A_SECOND = 2000.0
BUSY = 0.7
"""The part of the core that is taken when somebody interrupts."""


@dataclass(frozen=True)
class Extent:
    """How far, and for how long."""

    seconds: float = 1.5
    shares: tuple[float, ...] = SHARES
    levels: tuple[int, ...] = (10, 100, 1000, 5000, 10_000)
    interruptions: int = 50


QUICK = Extent(seconds=0.8, shares=(0.5, 0.8, 1.0, 1.2, 1.5, 2.0), levels=(10, 100, 1000), interruptions=30)


def contenders() -> list[Contender]:
    """The official SDKs, and ours on each loop."""
    return [official("asyncio"), *node(), *map(ours, BACKENDS)]


# --- curves -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """One sort of calls: how they are opened, how they go on, and with how many a curve begins."""

    title: str
    load: Callable[[int, str], AudioLoad | PacedHooks]
    """What makes the load: at a port, on a path."""
    contenders: Callable[[], list[Contender]]
    first: int


def echoes() -> list[Contender]:
    """The official SDKs, and ours in both ways of taking audio."""
    return [*contenders(), *(ours(each, way="plain function", ECHO="/function") for each in BACKENDS)]


KINDS = {
    "audio": Kind("calls with audio both ways", AudioLoad, echoes, 40),
    "hooks": Kind("calls with one hook a second", lambda port, _: PacedHooks(port), contenders, 300),
}


def go_on(load: AudioLoad | PacedHooks, seconds: float) -> Traffic:
    """Have the traffic of the calls that are open."""
    if isinstance(load, AudioLoad):
        return load.run(seconds)
    return load.run(seconds, float(len(load)))


def step(running: Running, load: AudioLoad | PacedHooks, seconds: float) -> dict[str, Any]:
    """Measure with as many calls as there are."""
    before = running.cpu_seconds()
    seen = go_on(load, seconds)
    late = percentile(seen.late, 99)
    return {
        "calls": len(load),
        "p50_ms": seen.after(50) * 1e3,
        "p99_ms": seen.after(99) * 1e3,
        "core": (running.cpu_seconds() - before) / seen.seconds,
        "load_core": seen.cpu / seen.seconds,
        "load_late_ms": late * 1e3,
        "missing": seen.sent - seen.taken,
        "limited_by_load": late > LATE_SECONDS,
    }


def curve(contender: Contender, kind: Kind, extent: Extent) -> dict[str, Any]:
    """More and more calls, until it is too many."""
    running = Running(contender)
    load = kind.load(running.port, contender.environment.get("ECHO", "/audio"))
    steps: list[dict[str, Any]] = []
    stopped = False
    try:
        began = time.monotonic()
        load.open(kind.first)
        each = (time.monotonic() - began) / kind.first
        go_on(load, 0.5)
        steps.append(step(running, load, extent.seconds))
        whole_core = len(load) / max(steps[0]["core"], 0.01)
        for share in extent.shares:
            more = round(whole_core * share) - len(load)
            if more <= 0:
                continue
            if (len(load) + more) * each > OPENING_SECONDS:
                say(f"  {contender.name:28} takes {each * 1e3:.0f} ms to take a call: the curve ends here")
                stopped = True
                break
            try:
                load.open(more)
                go_on(load, 0.3)
                found = step(running, load, extent.seconds)
                if found["p99_ms"] > LIMIT_SECONDS * 1e3 or found["limited_by_load"]:
                    again = step(running, load, extent.seconds)
                    found = min(found, again, key=lambda one: (one["limited_by_load"], one["p99_ms"]))
            except (ConnectionError, TimeoutError) as error:
                say(f"  {contender.name:28} gives up at {len(load):,} calls: {error}")
                break
            steps.append(found)
            say(
                f"  {contender.name:28} {found['calls']:6,} calls: p99 {found['p99_ms']:8.2f} ms, "
                f"{found['core']:5.0%} of its core, {found['load_core']:4.0%} of the load's"
                + (", and the load is the limit" if found["limited_by_load"] else "")
            )
            if found["p99_ms"] > LIMIT_SECONDS * 1e3 or found["limited_by_load"]:
                break
    finally:
        running.stop()
        load.close()
    within = [
        one["calls"] for one in steps if one["p99_ms"] <= LIMIT_SECONDS * 1e3 and not one["limited_by_load"]
    ]
    return {
        "steps": steps,
        "holds": max(within, default=0),
        "limited_by_load": bool(steps[-1]["limited_by_load"]),
        "stopped": stopped,
    }


def curves(name: str, extent: Extent, only: str = "") -> dict[str, Any]:
    """One sort of calls, on everybody."""
    allow_files(40_000)
    kind = KINDS[name]
    return {
        "title": kind.title,
        "contenders": {one.name: curve(one, kind, extent) for one in chosen(kind.contenders(), only)},
    }


# --- the price of a call among others -----------------------------------------------------------------------

NODE_LEVEL = 100
"""The Node SDK needs half a megabyte and much time for each call that it takes."""


def levels(contender: Contender, extent: Extent) -> list[dict[str, Any]]:
    """What calls cost, the more there are."""
    running = Running(contender)
    load = PacedHooks(running.port)
    found: list[dict[str, Any]] = []
    try:
        # What the first calls bring along stays, and is no part of the price of a call.
        load.open(10)
        load.run(1.0, HOOKS_A_SECOND)
        first, empty = len(load), running.memory_bytes()
        for level in extent.levels:
            load.open(first + level - len(load))
            load.run(0.5, 0)
            idle_bytes = running.memory_bytes() - empty
            before = running.cpu_seconds()
            idle = load.run(extent.seconds, 0)
            resting = (running.cpu_seconds() - before) / idle.seconds
            # Each has had its first hook then, which costs more than others.
            load.run(max(0.3, level / WARMING_HOOKS_A_SECOND), WARMING_HOOKS_A_SECOND)
            before = running.cpu_seconds()
            busy = load.run(extent.seconds, HOOKS_A_SECOND)
            cost = (running.cpu_seconds() - before) / max(busy.taken, 1)
            found.append(
                {
                    "calls": level,
                    "idle_kib": idle_bytes / level / 1024,
                    "busy_kib": (running.memory_bytes() - empty) / level / 1024,
                    "idle_cpu_us": resting / level * 1e6,
                    "hook_cpu_us": cost * 1e6,
                    "p99_ms": busy.after(99) * 1e3,
                }
            )
            say(
                f"  {contender.name:28} {level:6,} calls: {found[-1]['idle_kib']:7.1f} KiB each, "
                f"{found[-1]['idle_cpu_us']:6.2f} µs a second when idle, a hook {cost * 1e6:6.1f} µs"
            )
    finally:
        running.stop()
        load.close()
    return found


def calls(extent: Extent, only: str = "") -> dict[str, Any]:
    """What a call costs on everybody."""
    files = allow_files(40_000)
    found: dict[str, Any] = {}
    for contender in chosen(contenders(), only):
        most = min(NODE_LEVEL if contender.name.startswith("Node") else 10**9, files - 100)
        fitting = tuple(level for level in extent.levels if level <= most)
        found[contender.name] = levels(contender, Extent(extent.seconds, levels=fitting))
    return {"hooks_a_second": HOOKS_A_SECOND, "contenders": found}


# --- barge-in -----------------------------------------------------------------------------------------------


@dataclass
class Interrupting:
    """A caller who lets the other end talk for a moment, interrupts, and waits until it has begun anew."""

    guest: Guest = field(init=False)
    stale: list[float] = field(default_factory=list)
    """From each interruption to the last thing that came of what was interrupted."""
    anew: list[float] = field(default_factory=list)
    """From each interruption to the first of what came next."""
    _began: float = 0.0
    _last: float = 0.0
    _due: float = 0.0
    _chance: random.Random = field(default_factory=lambda: random.Random(1))

    def _wait(self, now: float) -> None:
        self._began = 0.0
        self._due = now + self._chance.uniform(0.03, 0.06)

    def _over(self, now: float) -> None:
        self.stale.append(max(0.0, self._last - self._began))
        self.anew.append(now - self._began)
        self._wait(now)


class InterruptedWords(Interrupting):
    """Streamed text, which the caller speaks over."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._sock = upgrade(port, "/talk", SUBPROTOCOL)
        self._sock.sendall(session_new(1))
        self._sock.setblocking(False)
        self._frames = Frames()
        self._speech = b""
        self._spoken_over = message(
            type="tts:streaming-event", call_sid="call-1", data={"event_type": "user_interruption"}
        )
        self.guest = Guest(self._sock, self._readable, self._turn)

    def _turn(self, now: float) -> None:
        if self._due and now >= self._due and not self._began:
            self._sock.send(self._spoken_over)
            self._began = self._last = now

    def _readable(self) -> None:
        payloads = self._frames.feed(self._sock.recv(65536))
        now = time.perf_counter()
        if pongs := self._frames.take_pongs():
            self._sock.send(pongs)
        for payload in payloads:
            if b'"tts:tokens"' not in payload:
                continue
            data = json.loads(payload)["data"]
            self._sock.send(
                message(type="tts:tokens-result", call_sid="call-1", data={"id": data["id"], "status": "ok"})
            )
            speech = data["tokens"].split()[-1].encode()
            if speech == self._speech:
                self._last = now
                continue
            self._speech = speech
            if self._began:
                self._over(now)
            else:
                self._wait(now)


class InterruptedAudio(Interrupting):
    """Audio that plays, and the caller presses a key."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._sock = upgrade(port, "/play")
        self._sock.sendall(masked(1, METADATA))
        self._sock.setblocking(False)
        self._frames = Frames()
        self._key = masked(1, b'{"event":"dtmf","dtmf":"5","duration":"1600"}')
        self._killed = False
        self._wait(time.perf_counter())
        self.guest = Guest(self._sock, self._readable, self._turn)

    def _turn(self, now: float) -> None:
        if not self._began and now >= self._due:
            self._sock.send(self._key)
            self._began = self._last = now
            self._killed = False

    def _readable(self) -> None:
        data = self._sock.recv(65536)
        now = time.perf_counter()
        if not self._began:
            return
        # Silence is what plays, so the text of the command can be found in the bytes.
        before, killed, behind = data.partition(b"killAudio")
        if self._killed or killed:
            if self._killed or len(before) > 100:
                self._last = now if not self._killed else self._last
            if self._killed or len(behind) > 100:
                self._over(now)
            self._killed = True
        else:
            self._last = now


def barge_in(extent: Extent, only: str = "") -> dict[str, Any]:
    """How long what was interrupted goes on, on each loop."""
    found: dict[str, Any] = {}
    for contender in chosen(list(map(ours, BACKENDS)), only):
        running = Running(contender)
        load = AudioLoad(running.port, "/audio")
        try:
            load.open(40)
            load.run(0.5)
            busy = step(running, load, 1.0)
            for _ in range(3):
                # The more there is to do, the less each takes: what the first ones promise is not enough.
                more = round(len(load) * (BUSY / max(busy["core"], 0.01) - 1))
                load.open(min(max(0, more), 3 * len(load)))
                load.run(0.3)
                busy = step(running, load, 1.0)
            entry: dict[str, Any] = {"streams": len(load), "core": busy["core"]}
            for name, kind in (("words", InterruptedWords), ("audio", InterruptedAudio)):
                caller = kind(running.port)
                load.take_in(caller.guest)
                began = time.perf_counter()
                while len(caller.stale) < extent.interruptions and time.perf_counter() < began + 30:
                    load.run(0.5)
                load.let_go(caller.guest)
                entry[name] = {
                    "interruptions": len(caller.stale),
                    **_spread("stale", caller.stale),
                    **_spread("anew", caller.anew),
                }
                stale = entry[name]
                say(
                    f"  {contender.name:28} {busy['core']:4.0%} busy, {stale['interruptions']} × {name}: the "
                    f"last stale ones after {stale['stale_p50_ms']:.2f} ms (p99 {stale['stale_p99_ms']:.2f})"
                )
            found[contender.name] = entry
        finally:
            running.stop()
            load.close()
    return {"busy": BUSY, "contenders": found}


def _spread(name: str, values: list[float]) -> dict[str, float]:
    return {f"{name}_p{percent}_ms": percentile(values, percent) * 1e3 for percent in (50, 99)}


# --- the program --------------------------------------------------------------------------------------------

PARTS: dict[str, Callable[[Extent, str], dict[str, Any]]] = {
    "audio": lambda extent, only: curves("audio", extent, only),
    "hooks": lambda extent, only: curves("hooks", extent, only),
    "calls": calls,
    "barge-in": barge_in,
}


def main() -> None:
    """Measure, telling what comes out."""
    options = argparse.ArgumentParser(
        prog="python -m benchmarks.scale", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    options.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}")
    options.add_argument("--only", default="", help="parts of the names of those to measure, with commas")
    options.add_argument("--seconds", type=float, default=Extent.seconds, help="of each measurement")
    options.add_argument("--levels", default="", help="numbers of calls, with commas")
    given = options.parse_args()
    if unknown := [name for name in given.parts if name not in PARTS]:
        options.error(f"there is no part {unknown[0]!r}, but {', '.join(PARTS)}")
    levels_asked = tuple(map(int, given.levels.split(","))) if given.levels else Extent.levels
    take_the_loads_core()
    for name in given.parts or PARTS:
        say(name)
        PARTS[name](Extent(seconds=given.seconds, levels=levels_asked), given.only)


if __name__ == "__main__":
    main()
