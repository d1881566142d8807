"""A short run on every event loop, of a few seconds. `make check` has a longer one, and `make soak` an hour."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .__main__ import growth

ROOT = Path(__file__).parents[2]


def soak(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A run in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "tests.soak", "--short", "--show", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.mark.parametrize("loop", ["asyncio", "uvloop", "trio"])
def test_calls_through_a_bad_network_add_up(loop: str) -> None:
    done = soak("--loop", loop, "--calls", "42", "--at-once", "21", "--seed", "1")
    print(done.stdout)
    assert done.returncode == 0, done.stderr
    assert f"loop {loop}, seed 1: 42 calls" in done.stdout
    # The network was bad, and the calls went on.
    assert "drops 0" not in done.stdout
    assert "resumed 0" not in done.stdout
    assert "unexplained 0" in done.stdout


def test_memory_that_grows_is_noticed() -> None:
    flat = [(float(at), 80.0 + at % 3) for at in range(100)]
    assert growth(flat, 100) == ""
    assert growth([(at, mb + 0.5 * at) for at, mb in flat], 100).startswith("memory grew from")
    assert growth(flat[:10], 100) == ""
