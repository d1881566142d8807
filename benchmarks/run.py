"""Measure everything in one go, and make table, plots and pages of it: `make bench`.

    python -m benchmarks.run                     # all of it, about half an hour on two cores
    python -m benchmarks.run --quick             # with fewer rounds and calls, about five
    python -m benchmarks.run --only audio,scale-audio   # these parts again; the others stay as they were

What was measured stands in `benchmarks/results.json`, with the machine it was measured on. The table and the
plots in `docs/` are made from that file alone, by `scripts/speed_pages.py`.

Nothing here is a test: machines are shared and slow at times, and only ratios to a peer in one run count.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import lines, parts, results, scale
from benchmarks.contenders import NODE_SDK, ROOT, cores, has_node_sdk, take_the_loads_core
from benchmarks.results import say


def parts_to_measure(*, quick: bool) -> dict[str, Callable[[], Any]]:
    """Every part of a run by its name, which is its name in the file, too."""
    pace = lines.QUICK if quick else lines.Pace()
    extent = scale.QUICK if quick else scale.Extent()

    def line(name: str) -> Callable[[], Any]:
        return lambda: lines.measured(name, pace)

    def scaled(name: str) -> Callable[[], Any]:
        return lambda: scale.PARTS[name](extent, "")

    return {
        **{name: line(name) for name in lines.LINES},
        **{f"scale-{name}": scaled(name) for name in scale.PARTS},
        "idle-parts": parts.idle_call,
        "instructions": lambda: parts.instructions(layouts=1),
    }


def measure(wanted: dict[str, Callable[[], Any]], kept: dict[str, Any], file: Path) -> list[str]:
    """Measure the parts, writing each down as soon as it is there. The names of those that failed."""
    failed: list[str] = []
    began = time.monotonic()
    for number, (name, part) in enumerate(wanted.items(), 1):
        say(f"[{number}/{len(wanted)}, {time.monotonic() - began:4.0f} s] {name}")
        try:
            found = part()
        except Exception:
            # The others can be measured all the same.
            traceback.print_exc()
            failed.append(name)
            continue
        if found is not None:
            kept["parts"][name] = found
            kept["measured"][name] = {key: kept["circumstances"][key] for key in ("date", "commit", "quick")}
            results.write(kept, file)
    say(f"measured in {time.monotonic() - began:.0f} s")
    return failed


def main() -> int:
    """Measure; the exit code says whether everything ran to its end."""
    options = argparse.ArgumentParser(
        prog="python -m benchmarks.run", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    options.add_argument("--quick", action="store_true", help="fewer rounds, fewer calls")
    options.add_argument("--only", default="", help="parts to measure again, with commas")
    options.add_argument("--file", type=Path, default=results.FILE, help="where the results go")
    options.add_argument("--no-pages", action="store_true", help="leave the pages and plots as they are")
    given = options.parse_args()
    wanted = parts_to_measure(quick=given.quick)
    if given.only:
        names = given.only.split(",")
        if unknown := [name for name in names if name not in wanted]:
            options.error(f"there is no part {unknown[0]!r}, but {', '.join(wanted)}")
        wanted = {name: wanted[name] for name in names}
    if not has_node_sdk():
        say(f"The Node SDK is left out: it is not installed in {NODE_SDK} (see benchmarks/README.md).")
    if cores() is None:
        say("There is one core only, which servers share with their load: latencies say little.")
    kept: dict[str, Any] = results.read(given.file) if given.only else {}
    kept = {"measured": {}, "parts": {}, **kept}
    kept["circumstances"] = {**results.circumstances(), "quick": given.quick}
    take_the_loads_core()
    failed = measure(wanted, kept, given.file)
    if not given.no_pages:
        pages = [sys.executable, "scripts/speed_pages.py", "--results", str(given.file)]
        subprocess.run(pages, cwd=ROOT, check=True)
        say(f"{given.file.name}, docs/speed.md, docs/where-the-time-goes.md and the plots are written.")
    if failed:
        say(f"These did not run to their end: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
