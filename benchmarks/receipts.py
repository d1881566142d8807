"""What receipts cost: CPU time per hook with them and without.

    python -m benchmarks.receipts                  # asyncio, uvloop and trio, about a minute
    python -m benchmarks.receipts --only uvloop

A receipt is the pong of a ping behind what was sent. Without receipts, what waits behind an answer with verbs
waits for a tenth of a second instead. Two cases are measured:

* *a command follows*: every answer has verbs, and a command waits behind each of them, so each hook costs a
  ping. The aim is at most 1.4 × of without. Both sorts of server run in each round, one after the other, and
  are compared within it. Each call has one hook under way; the next comes when the command was read.
* *nothing waits*: the same without that command, and a second between two hooks: then a ping leaves a tenth
  of a second behind each answer. That is too little for a clock, so instructions are counted, by valgrind
  (see `benchmarks.instructions`). The aim is at most 1.03 × of without.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.contenders import APPS, BACKENDS, Contender, Running, ratios
from benchmarks.control_load import HookLoad
from benchmarks.instructions import AT_MOST, LAYOUTS, ROOT, Counter

AIM = 1.4
"""Where a command follows."""


def contender(backend: str, receipts: str) -> Contender:
    """One server program."""
    settings = {"BACKEND": backend, "RECEIPTS": receipts}
    return Contender(
        f"{backend}, receipts: {receipts}", [sys.executable, str(APPS / "receipts.py")], settings
    )


def measure(server: Contender, calls: int, hooks: int) -> None:
    """One round of one server."""
    running = Running(server)
    load = None
    try:
        load = HookLoad(running.port, calls, command_follows=True)
        load.run(5)
        before = running.cpu_seconds()
        made, _ = load.run(hooks)
        server.results.append((running.cpu_seconds() - before) / max(made, 1) * 1e6)
        server.lost += calls * hooks - made
    finally:
        if load is not None:
            load.close()
        running.stop()


def main() -> None:
    """Measure, and print a table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--calls", type=int, default=50)
    options.add_argument("--hooks", type=int, default=30, help="of each call in each round")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--only", choices=BACKENDS, action="append", help="this event loop; may be repeated")
    given = options.parse_args()
    print(f"{'CPU per hook':30} {'without':>10} {'with':>10} {'ratio':>7} {'aim':>5} {'lost':>5}")
    for backend in given.only or BACKENDS:
        without, having = (contender(backend, receipts) for receipts in ("no", "yes"))
        for _ in range(given.rounds):
            for server in (without, having):
                measure(server, given.calls, given.hooks)
        print(
            f"{f'a command follows, {backend}':30} {without.median:7.1f} µs {having.median:7.1f} µs "
            f"{ratios(having, without):7.2f} {AIM:5} {without.lost + having.lost:5}",
            flush=True,
        )
    count()


def count() -> None:
    """The line of where nothing waits."""
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        print("nothing waits: not counted, because valgrind is not installed")
        return
    with tempfile.TemporaryDirectory(prefix="jambonz-receipts-") as scratch:
        counter = Counter(ROOT / "src", valgrind, Path(scratch), LAYOUTS)
        without, having = counter.count("hook"), counter.count("hook-receipts")
    print(
        f"{'nothing waits, instructions':30} {without:10,} {having:10,} {having / without:7.3f} {AT_MOST:5}",
        flush=True,
    )


if __name__ == "__main__":
    main()
