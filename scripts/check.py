"""Run every check of the project, one after the other, and say what each took.

    python scripts/check.py             all of them, as continuous integration does
    python scripts/check.py style mypy  only those named

A failing check does not stop the later ones: one run shows everything that is wrong. The exit code is 0 only
when all passed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
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
    return python("scripts/generate.py", "--check") and python("scripts/diagrams.py", "--check")


def mypy() -> bool:
    """Types, by mypy in strict mode."""
    return python("-m", "mypy")


def pyright() -> bool:
    """Types, by pyright."""
    return run(str(BIN / "pyright"), env={"PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"})


def tests() -> bool:
    """All tests, on asyncio, uvloop and trio, measuring branch coverage."""
    for stale in ROOT.glob(".coverage*"):
        stale.unlink()
    workers = str(max(2, os.cpu_count() or 2))
    passed = python("-m", "coverage", "run", "-m", "pytest", "-q", "-n", workers, "--dist", "worksteal")
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


CHECKS: dict[str, Callable[[], bool]] = {
    "style": style,
    "generated": generated,
    "mypy": mypy,
    "pyright": pyright,
    "tests": tests,
    "coverage": coverage,
}


def main(names: list[str]) -> int:
    """Run the named checks, or all, and print a table of results."""
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        print(f"No check is called {', '.join(unknown)}. There are: {', '.join(CHECKS)}.", file=sys.stderr)
        return 2
    results: list[tuple[str, bool, float]] = []
    for name in names or CHECKS:
        check = CHECKS[name]
        print(f"\n== {name}: {(check.__doc__ or '').strip()}", flush=True)
        began = time.monotonic()
        passed = check()
        results.append((name, passed, time.monotonic() - began))
    print("\nWhat each part took:")
    for name, passed, seconds in results:
        print(f"  {name:<10} {seconds:7.1f} s   {'passed' if passed else 'FAILED'}")
    print(f"  {'together':<10} {sum(seconds for *_, seconds in results):7.1f} s")
    return 0 if all(passed for _, passed, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
