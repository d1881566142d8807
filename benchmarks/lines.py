"""The lines of the table: what each thing costs on this library, beside the official SDKs.

    python -m benchmarks.lines                                 # all of them, about a quarter of an hour
    python -m benchmarks.lines hook audio --rounds 5           # these
    python -m benchmarks.lines audio --only official,uvloop    # those whose names have one of these in them

Each contender is a server process of its own, on a core of its own. In every round each of them in turn is
started, warmed up and measured, so that what else the machine does falls on all. Ratios are those of one
round, and their median is what counts; the least and the greatest tell how far to trust it. What makes no
more than a tenth of a second of work says little, so there is about a second of it, or there are more rounds.

The Node SDK is measured when `npm install @jambonz/sdk` was run in benchmarks/node_sdk (or in $NODE_SDK),
picows when it is installed. These print what they have measured; `make bench` keeps it and draws the pages.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from benchmarks.audio_load import AudioLoad
from benchmarks.contenders import (
    BACKENDS,
    PARSERS,
    Contender,
    Running,
    bare_c,
    bare_frames,
    bare_sockets,
    chosen,
    node,
    official,
    ours,
    take_the_loads_core,
    transport,
)
from benchmarks.control_load import HookLoad, TokenLoad, word
from benchmarks.results import say

from jambonz_core.wire.limits import TOKENS_HIGH_WATER

LoadT = TypeVar("LoadT", AudioLoad, HookLoad, TokenLoad)


@dataclass(frozen=True)
class Pace:
    """How long things are measured."""

    rounds: int | None = None
    """None: as many as each line has."""
    seconds: float = 1.0
    streams: int = 150
    calls: int = 50
    hooks: int = 400
    followed_hooks: int = 100
    """Those that a command follows wait for the network, too."""
    idle_calls: int = 500
    tokens: int = 100_000
    slow_tokens: int = 20_000
    """Where each result takes its time. Words get longer with their numbers, and then characters count."""
    token_seconds: float = 4.0
    starts: int = 5


QUICK = Pace(
    rounds=1,
    seconds=0.8,
    hooks=100,
    followed_hooks=20,
    idle_calls=300,
    tokens=20_000,
    token_seconds=2.0,
    starts=3,
)


@dataclass(frozen=True)
class Line:
    """One line: who takes part, and how one of them is measured once."""

    title: str
    unit: str
    contenders: Callable[[Pace], list[Contender]]
    measure: Callable[[Contender, Pace], float]
    more_is_better: bool = False
    most: Callable[[Pace], float] | None = None
    """What could be had at most, whoever does it."""
    rounds: int = 3
    """More where they differ, and fewer where they hardly do: memory is the same in each."""


@contextmanager
def loaded(contender: Contender, load: Callable[[int], LoadT]) -> Iterator[tuple[Running, LoadT]]:
    """A server, and what makes its load, for the duration of a block."""
    running = Running(contender)
    try:
        with closing(load(running.port)) as made:
            yield running, made
    finally:
        running.stop()


def everybody(pace: Pace) -> list[Contender]:
    """Those that answer hooks. The first is the one that the others are compared to."""
    mine = [ours(backend, parser) for backend in BACKENDS for parser in PARSERS]
    return [official("asyncio"), official("uvloop"), *node(), *mine]


# --- audio --------------------------------------------------------------------------------------------------


def echoes(pace: Pace) -> list[Contender]:
    """Those that echo audio, in each of the ways there are."""
    found = [official("asyncio"), official("uvloop"), *node(), *bare_c()]
    for way in ("", "plain function"):
        path = "/function" if way else "/audio"
        found += [ours(backend, parser, way=way, ECHO=path) for backend in BACKENDS for parser in PARSERS]
    found += [transport(backend, parser) for backend in BACKENDS for parser in PARSERS]
    return [*found, *map(bare_frames, BACKENDS), *map(bare_sockets, BACKENDS)]


@contextmanager
def streaming(contender: Contender, pace: Pace) -> Iterator[tuple[Running, AudioLoad]]:
    """A server and its streams, which have had some traffic."""
    path = contender.environment.get("ECHO", "/audio")
    with loaded(contender, lambda port: AudioLoad(port, path, pace.streams)) as (running, load):
        load.run(0.4)
        yield running, load


def echo(contender: Contender, pace: Pace) -> float:
    """CPU µs of an echoed frame."""
    with streaming(contender, pace) as (running, load):
        before = running.cpu_seconds()
        seen = load.run(pace.seconds)
        if seen.taken < seen.sent:
            say(f"  {contender.name}: {seen.sent - seen.taken} of {seen.sent} frames have not come back")
        return (running.cpu_seconds() - before) / max(seen.taken, 1) * 1e6


def back_after(percent: float) -> Callable[[Contender, Pace], float]:
    """Milliseconds after which so many percent of the echoed frames are back."""

    def measure(contender: Contender, pace: Pace) -> float:
        with streaming(contender, pace) as (_, load):
            return load.run(pace.seconds).after(percent) * 1e3

    return measure


def with_and_without(what: str, **environment: str) -> Callable[[Pace], list[Contender]]:
    """Ours, by themselves, on each loop without something and with it."""

    def contenders(pace: Pace) -> list[Contender]:
        return [
            ours(backend, way=f"{way} {what}", **{what.upper(): having}, **environment)
            for backend in BACKENDS
            for way, having in (("without", "no"), ("with", "yes"))
        ]

    return contenders


in_rounds_and_not = with_and_without("rounds", ECHO="/function")


def beside_peers(pace: Pace) -> list[Contender]:
    """The same, beside the official SDKs."""
    return [official("asyncio"), *node(), *in_rounds_and_not(pace)]


# --- hooks --------------------------------------------------------------------------------------------------


def answer(contender: Contender, pace: Pace) -> float:
    """CPU µs of a hook and its answer."""
    return _hooks(contender, pace.calls, pace.hooks, "/", command_follows=False)


def followed(contender: Contender, pace: Pace) -> float:
    """CPU µs of a hook, its answer and a command behind that, which waits until the answer was read."""
    return _hooks(contender, pace.calls, pace.followed_hooks, "/followed", command_follows=True)


def _hooks(contender: Contender, calls: int, hooks: int, path: str, *, command_follows: bool) -> float:
    def opened(port: int) -> HookLoad:
        return HookLoad(port, calls, path, command_follows=command_follows)

    with loaded(contender, opened) as (running, load):
        load.run(5)
        before = running.cpu_seconds()
        made, _ = load.run(hooks)
        if made < calls * hooks:
            say(f"  {contender.name}: {calls * hooks - made} hooks have no answer")
        return (running.cpu_seconds() - before) / max(made, 1) * 1e6


def idle(contender: Contender, pace: Pace) -> float:
    """KiB of an idle call that was answered, after the first hundred."""
    # The Node SDK takes its time for each call, and so much memory that a few tell enough.
    some = 5 if contender.name.startswith("Node") else 1
    calls = pace.idle_calls // some
    running = Running(contender)
    loads = []
    try:
        loads.append(HookLoad(running.port, 100 // some))
        time.sleep(0.3)
        before = running.memory_bytes()
        loads.append(HookLoad(running.port, calls, first=100))
        time.sleep(0.5)
        return float(running.memory_bytes() - before) / calls / 1024
    finally:
        for load in loads:
            load.close()
        running.stop()


# --- tokens -------------------------------------------------------------------------------------------------


def writers(pace: Pace) -> list[Contender]:
    """Those that wait until the server has room. The official Python SDK does not, and loses text so."""
    words = {"TOKENS": str(pace.tokens)}
    return [
        *node(**words),
        *(ours(backend, parser, **words) for backend in BACKENDS for parser in PARSERS),
    ]


def slow_writers(pace: Pace) -> list[Contender]:
    """The same, with fewer words."""
    return writers(replace(pace, tokens=pace.slow_tokens))


SLOW_SECONDS = 0.020
"""How long each result takes where it takes its time."""


def window_allows(pace: Pace) -> float:
    """Tokens a second, if a round trip took `SLOW_SECONDS` and nothing besides: one for each full buffer."""
    round_trips, room = 0, TOKENS_HIGH_WATER
    for number in range(pace.slow_tokens):
        size = len(word(number))
        if size > room:
            round_trips, room = round_trips + 1, TOKENS_HIGH_WATER
        room -= size
    return pace.slow_tokens / (round_trips * SLOW_SECONDS)


def tokens(delay: float) -> Callable[[Contender, Pace], float]:
    """Tokens a second, where each result comes so many seconds behind its text."""

    def measure(contender: Contender, pace: Pace) -> float:
        with loaded(contender, lambda port: TokenLoad(port, delay)) as (_, load):
            taken, took, text = load.run(int(contender.environment["TOKENS"]), pace.token_seconds)
            if text != "".join(word(number) for number in range(taken)):
                raise RuntimeError(f"{contender.name}: the text that came is not what was written")
            return taken / took

    return measure


# --- without a server ---------------------------------------------------------------------------------------

FIRST_VERB = "from {} import VerbBuilder; VerbBuilder().say(text='Hello')"
BUILD = """\
import time
from {} import VerbBuilder

def build():
    return (
        VerbBuilder()
        .say(text="Hello! How can I help you?")
        .gather(input=["speech", "digits"], actionHook="/heard", timeout=10, say={{"text": "I listen."}})
        .hangup()
        .{}()
    )

def of_many():
    begin = time.process_time()
    for _ in range(10_000):
        build()
    return (time.process_time() - begin) / 10_000

build()
print(min(of_many() for _ in range(5)))
"""


def libraries(pace: Pace) -> list[Contender]:
    """The packages alone, each in an interpreter of its own."""
    return [
        Contender("official SDK", ["jambonz_sdk", "to_list"]),
        Contender("jambonz-anyio", ["jambonz_core", "build"]),
    ]


def first_verb(contender: Contender, pace: Pace) -> float:
    """Milliseconds from a bare interpreter to the first verb."""

    def started(program: str) -> float:
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", program], check=True)
        return time.perf_counter() - begin

    package = contender.command[0]
    pairs = [(started("pass"), started(FIRST_VERB.format(package))) for _ in range(pace.starts)]
    return (min(first for _, first in pairs) - min(bare for bare, _ in pairs)) * 1e3


def building(contender: Contender, pace: Pace) -> float:
    """CPU µs of three verbs, built and validated."""
    program = BUILD.format(*contender.command)
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return float(done.stdout) * 1e6


LINES: dict[str, Line] = {
    "audio": Line("an echoed audio frame", "µs of CPU", echoes, echo, rounds=7),
    "rounds": Line("the same, in rounds and without", "µs of CPU", in_rounds_and_not, echo),
    "back-50": Line("an echoed frame is back, the middle one", "ms", beside_peers, back_after(50)),
    "back-99": Line("an echoed frame is back, 99 of 100", "ms", beside_peers, back_after(99)),
    "hook": Line("a hook and its validated answer of two verbs", "µs of CPU", everybody, answer, rounds=7),
    "receipts": Line(
        "a hook whose answer a command follows, with receipts and without",
        "µs of CPU",
        with_and_without("receipts"),
        followed,
    ),
    "idle": Line("an idle call in memory", "KiB", everybody, idle, rounds=2),
    "tokens": Line("tokens, each result at once", "a second", writers, tokens(0.0), more_is_better=True),
    "tokens-20": Line(
        "tokens, each result after 20 ms",
        "a second",
        slow_writers,
        tokens(SLOW_SECONDS),
        more_is_better=True,
        most=window_allows,
        rounds=1,
    ),
    "import": Line("import, and the first verb", "ms", libraries, first_verb),
    "build": Line("three verbs, built and validated", "µs of CPU", libraries, building),
}


def measured(name: str, pace: Pace, only: str = "") -> dict[str, Any]:
    """One line, all rounds."""
    line = LINES[name]
    contenders = chosen(line.contenders(pace), only)
    values: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    rounds = pace.rounds or line.rounds
    for number in range(rounds):
        for contender in contenders:
            value = line.measure(contender, pace)
            values[contender.name].append(value)
            say(f"  {name}, round {number + 1} of {rounds}: {contender.name:44} {value:12,.1f} {line.unit}")
    return {
        "title": line.title,
        "unit": line.unit,
        "more_is_better": line.more_is_better,
        "most": line.most(pace) if line.most is not None else None,
        "contenders": values,
    }


def ratio(values: Sequence[float], base: Sequence[float]) -> tuple[float, float, float]:
    """Median, least and greatest of the ratios within each round: a busy machine is busy for both."""
    ratios = [one / other for one, other in zip(values, base, strict=True)]
    return statistics.median(ratios), min(ratios), max(ratios)


def show(line: dict[str, Any]) -> None:
    """Print one line as a table."""
    base_name, base = next(iter(line["contenders"].items()))
    print(f"\n{line['title']}, {line['unit']}; ratios to {base_name}")
    for name, values in line["contenders"].items():
        middle, least, most = ratio(values, base)
        print(
            f"  {name:44} {statistics.median(values):12,.1f}  {middle:7.2f}  ({least:.2f}–{most:.2f})",
            flush=True,
        )


def main() -> None:
    """Measure some lines, and print them."""
    options = argparse.ArgumentParser(
        prog="python -m benchmarks.lines", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    options.add_argument("lines", nargs="*", choices=[[], *LINES], help=f"of {', '.join(LINES)}")
    options.add_argument("--rounds", type=int, help="as many as each line has if left out")
    options.add_argument("--seconds", type=float, default=Pace.seconds, help="of a measurement of audio")
    options.add_argument("--only", default="", help="parts of the names of those to measure, with commas")
    given = options.parse_args()
    take_the_loads_core()
    pace = Pace(rounds=given.rounds, seconds=given.seconds)
    for name in given.lines or LINES:
        show(measured(name, pace, given.only))


if __name__ == "__main__":
    main()
