"""Run every check of the project, and say what each took.

    python scripts/check.py             those that need nothing but Python: `make test`
    python scripts/check.py --lanes     the lanes as well, which need other programs: `make check`
    python scripts/check.py style mypy  only those named

A lane needs something that is not Python (Node for other people's SDKs, Redis or Valkey, PostgreSQL and NATS
for the stores in them, nginx for the balancer, systemd for the unit, chromium for a page, valgrind to count
instructions) or much time (`soak`, `fleet`, `floods`). A test whose program is absent is skipped by name;
with `--no-skips`, as in continuous integration, a skipped test is a failure.

A failing check does not stop the later ones: one run shows everything that is wrong. The exit code is 0 only
when all passed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PACKAGES = ("jambonz_core", "jambonz_anyio")
CORE_COVERAGE = 100.0
"""Branch coverage of the protocol core, generated code included."""
SIMULATOR_COVERAGE = 95.0
ADAPTER_COVERAGE = 95.0


def run(*command: str, env: dict[str, str] | None = None) -> bool:
    """Run one command in the project's root; its output goes straight to the terminal."""
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **(env or {})}, check=False).returncode == 0


def python(*arguments: str) -> bool:
    """Run a Python program of the virtual environment."""
    return run(sys.executable, *arguments)


def style() -> bool:
    """Ruff: rules and layout."""
    rules = run(str(BIN / "ruff"), "check", "--quiet", ".")
    return run(str(BIN / "ruff"), "format", "--check", "--quiet", ".") and rules


def generated() -> bool:
    """Files that are generated and checked in are those that the generators write today."""
    scripts = ("generate", "diagrams", "wire_tables", "layers", "gallery", "speed_pages")
    return not [name for name in scripts if not python(f"scripts/{name}.py", "--check")]


def mypy() -> bool:
    """Types, by mypy in strict mode."""
    return python("-m", "mypy")


def pyright() -> bool:
    """Types, by pyright."""
    return run(str(BIN / "pyright"), env={"PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"})


def verifytypes() -> bool:
    """Types that others see: pyright knows each public name of the packages without guessing."""
    return not [package for package in PACKAGES if not _all_known(package)]


def _all_known(package: str) -> bool:
    """Whether the type of everything public in a package is written down where it needs to be."""
    # Typing stubs of others are their own matter: only what this project declares is counted.
    command = [str(BIN / "pyright"), "--pythonpath", sys.executable, "--ignoreexternal", "--outputjson"]
    done = subprocess.run(
        [*command, "--verifytypes", package],
        cwd=ROOT,
        # Pyright asks the interpreter that it finds first where the package is installed.
        env={
            **os.environ,
            "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1",
            "PATH": os.pathsep.join((str(BIN), os.environ.get("PATH", ""))),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        report = json.loads(done.stdout)["typeCompleteness"]
    except (ValueError, KeyError):
        print(f"pyright --verifytypes {package} reported nothing: {done.stdout}{done.stderr}", flush=True)
        return False
    print(f"{package}: {report['completenessScore']:.2%} of the types are known", flush=True)
    for symbol in report["symbols"]:
        reasons = [one["message"] for one in symbol["diagnostics"]]
        # What is unknown in part only names a type that is told about by itself.
        if not symbol["isTypeKnown"] and not all("partially unknown" in reason for reason in reasons):
            print(f"  {symbol['name']}: {'; '.join(reasons)}", flush=True)
    return bool(report["symbols"]) and report["completenessScore"] == 1


def pytest(*arguments: str, under: tuple[str, ...] = ()) -> bool:
    """Run tests, five at once on two cores: much of their time they wait, for sockets and other processes."""
    workers = str(5 * max(2, os.cpu_count() or 2) // 2)
    return python(*under, "-m", "pytest", "-q", "-n", workers, "--dist", "worksteal", *arguments)


def tests() -> bool:
    """The tests that need nothing but Python, on asyncio, uvloop and trio, measuring branch coverage."""
    for stale in ROOT.glob(".coverage*"):
        stale.unlink()
    passed = pytest("-m", f"not ({' or '.join(MARKED)})", under=("-m", "coverage", "run"))
    return python("-m", "coverage", "combine", "--quiet") and passed


def coverage() -> bool:
    """The coverage gates, one per part."""
    gates = (
        (
            "jambonz_core without simulator",
            CORE_COVERAGE,
            "src/jambonz_core/*",
            "src/jambonz_core/simulator/*",
        ),
        ("jambonz_core.simulator", SIMULATOR_COVERAGE, "src/jambonz_core/simulator/*", ""),
        ("jambonz_anyio", ADAPTER_COVERAGE, "src/jambonz_anyio/*", ""),
    )
    passed = True
    for name, least, include, omit in gates:
        print(f"coverage of {name}: at least {least:g} %", flush=True)
        arguments = ["-m", "coverage", "report", f"--include={include}", f"--fail-under={least}"]
        if omit:
            arguments.append(f"--omit={omit}")
        passed = python(*arguments) and passed
    return passed


def foreign() -> bool:
    """The official SDKs and the open server's own verb table, fetched from their registries."""
    return pytest("-m", "foreign")


def services() -> bool:
    """Stores, the balancer and the unit, with real programs: Redis, PostgreSQL, NATS, nginx and systemd's."""
    return pytest("-m", "services")


def browser() -> bool:
    """The page of `jambonz phone` in a real browser: Debian's chromium, with a file for its microphone."""
    return pytest("-m", "browser")


def autobahn() -> bool:
    """Autobahn's cases of websockets, where Python 2.7 is here to run them."""
    return pytest("-m", "autobahn")


def instructions() -> bool:
    """No hot path takes more than 1.03 times the instructions kept in benchmarks/instructions.json."""
    return python("-m", "benchmarks.instructions", "--check")


def soak() -> bool:
    """Calls through a bad network, twenty seconds per event loop, each call and each word accounted for."""
    return python("-m", "tests.soak", "--loop", "each", "--minutes", "1", "--calls", "1000000", "--seed", "7")


def fleet() -> bool:
    """Workers behind nginx with Redis are killed, replaced and cut off: no call and no word is lost."""
    words = ("--calls", "16", "--kills", "4", "--rounds", "1", "--outage", "4", "--window", "1")
    return python("-m", "tests.fleet", "--loop", "each", "--seed", "7", "--workers", "2", *words)


def floods() -> bool:
    """No flood adds more than 200 MiB to a server, and a thousand calls that end stop no loop for 100 ms."""
    return python("-m", "benchmarks.floods", "--check")


MARKED = ("foreign", "services", "browser", "autobahn")
"""The markers of tests that are lanes of their own, and no part of `tests`."""

LANES: dict[str, Callable[[], bool]] = {
    "foreign": foreign,
    "services": services,
    "browser": browser,
    "instructions": instructions,
    "soak": soak,
    "fleet": fleet,
    "floods": floods,
}
"""What needs other programs or much time."""

BY_NAME: dict[str, Callable[[], bool]] = {"autobahn": autobahn}
"""What runs only when it is named: it needs a Python that is no longer kept."""

CHECKS: dict[str, Callable[[], bool]] = {
    "style": style,
    "generated": generated,
    "mypy": mypy,
    "pyright": pyright,
    "verifytypes": verifytypes,
    "tests": tests,
    "coverage": coverage,
}


READING = ("style", "generated", "mypy", "pyright", "verifytypes")
"""Those that only read the source. They run one after the other beside the tests, which wait for others now
and then, and tell what they found when they are done.
"""


def aside(name: str) -> tuple[str, bool, float]:
    """Run a check in a process of its own, and show what it said: whether it passed, in how many seconds."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, __file__, name],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(done.stdout, end="", flush=True)
    return name, done.returncode == 0, time.monotonic() - began


def main(arguments: list[str]) -> int:
    """Run the named checks, or all of `make test`, and print a table of results."""
    every = {**CHECKS, **LANES, **BY_NAME}
    parser = argparse.ArgumentParser(
        description="Run the project's checks.",
        epilog=f"checks: {', '.join(CHECKS)}; lanes: {', '.join(LANES)}; only by name: {', '.join(BY_NAME)}",
    )
    parser.add_argument("names", nargs="*", metavar="CHECK", help="only these; see below for the names")
    parser.add_argument("--lanes", action="store_true", help="run the lanes that need other programs, too")
    parser.add_argument("--no-skips", action="store_true", help="a test that is skipped is a failure")
    chosen = parser.parse_args(arguments)
    unknown = [name for name in chosen.names if name not in every]
    if unknown:
        print(f"No check is called {', '.join(unknown)}. There are: {', '.join(every)}.", file=sys.stderr)
        return 2
    if chosen.no_skips:
        os.environ["TESTS_MAY_NOT_SKIP"] = "1"
    names = chosen.names or [*CHECKS, *(LANES if chosen.lanes else ())]
    results: list[tuple[str, bool, float]] = []
    began_all = time.monotonic()
    reading = [name for name in names if name in READING] if len(names) > 1 else []
    with ThreadPoolExecutor(1) as pool:
        beside = pool.map(aside, reading)
        for name in names:
            if name in reading:
                continue
            check = every[name]
            print(f"\n== {name}: {(check.__doc__ or '').strip()}", flush=True)
            began = time.monotonic()
            passed = check()
            results.append((name, passed, time.monotonic() - began))
        results[:0] = beside
    if len(results) > 1:
        print("\nWhat each part took:")
        for name, passed, seconds in results:
            print(f"  {name:<10} {seconds:7.1f} s   {'passed' if passed else 'FAILED'}")
        print(f"  {'together':<10} {time.monotonic() - began_all:7.1f} s")
    return 0 if all(passed for _, passed, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
