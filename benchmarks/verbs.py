"""Building and validating verbs, against the official Python SDK, in one run.

    python benchmarks/verbs.py            prints both times and their ratio
    python benchmarks/verbs.py --check    exits with 1 when a ratio is above its limit

Two things are measured. The usual answer, `say`, `gather` with a nested `say` and `hangup`, built and
validated; rounds of the two libraries alternate, so that what else the machine does falls on both, and the
best round of each counts. And a fresh interpreter that imports the library and builds one verb, median of
several, less what a bare one takes.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

BUILD_LIMIT = 1.2
IMPORT_LIMIT = 0.5

ROUNDS = 15
REPEATS = 2000
STARTS = 7

OURS = "from jambonz_core import VerbBuilder; VerbBuilder().say(text='Hello')"
OFFICIAL = "from jambonz_sdk import VerbBuilder; VerbBuilder().say(text='Hello')"


def answer(builder: Any) -> Any:
    """The three verbs, in the spelling that both builders understand."""
    return (
        builder.say(text="Hello! How can I help you?")
        .gather(input=["speech", "digits"], actionHook="/heard", timeout=10, say={"text": "I am listening."})
        .hangup()
    )


def ours() -> None:
    from jambonz_core import VerbBuilder

    answer(VerbBuilder()).build()


def official() -> None:
    from jambonz_sdk import VerbBuilder

    answer(VerbBuilder()).to_list()


def round_of(build: Callable[[], None]) -> float:
    """Seconds for one answer, averaged over one round."""
    start = time.perf_counter()
    for _ in range(REPEATS):
        build()
    return (time.perf_counter() - start) / REPEATS


def start_of(program: str) -> float:
    """Seconds that an interpreter takes for the program."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True)
    return time.perf_counter() - start


def main() -> int:
    parser = argparse.ArgumentParser(description="Build verbs, against the official Python SDK.")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a ratio is above its limit")
    check = parser.parse_args().check

    for build_once in (ours, official):
        build_once()  # compile validators, load modules
    rounds = [(round_of(ours), round_of(official)) for _ in range(ROUNDS)]
    best_ours = min(mine for mine, _ in rounds)
    best_official = min(theirs for _, theirs in rounds)
    build = best_ours / best_official
    print("three verbs, built and validated")
    print(f"  jambonz-anyio         {best_ours * 1e6:7.1f} µs")
    print(f"  jambonz-python-sdk    {best_official * 1e6:7.1f} µs")
    print(f"  ratio                 {build:7.2f}      (limit {BUILD_LIMIT})")

    starts = [(start_of("pass"), start_of(OURS), start_of(OFFICIAL)) for _ in range(STARTS)]
    bare, mine, theirs = (statistics.median(column) for column in zip(*starts, strict=True))
    first = (mine - bare) / (theirs - bare)
    print("import and first verb, beyond a bare interpreter")
    print(f"  jambonz-anyio         {(mine - bare) * 1e3:7.1f} ms")
    print(f"  jambonz-python-sdk    {(theirs - bare) * 1e3:7.1f} ms")
    print(f"  ratio                 {first:7.2f}      (limit {IMPORT_LIMIT})")
    return int(check and (build > BUILD_LIMIT or first > IMPORT_LIMIT))


if __name__ == "__main__":
    sys.exit(main())
