"""Short runs on every event loop: each thing that can happen to a fleet happens once or twice. `python -m tests.fleet`
plays as many calls as one likes, and `make check` more than here.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.nginx_server import program as nginx
from tests.redis_server import program as redis

from jambonz_anyio.testing import FrameReceived, Record
from jambonz_core.simulator import Connect, Spoken

from .accounts import Life, judge_call

ROOT = Path(__file__).parents[2]


def play(*words: object) -> str:
    """A run in a process of its own; what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.fleet", "--show", *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    print(done.stdout)
    assert done.returncode == 0, done.stderr
    assert "unexplained 0" in done.stdout
    return done.stdout


@pytest.fixture(autouse=True)
def programs(request: pytest.FixtureRequest) -> None:
    """Skips what needs programs that are not here."""
    if request.node.get_closest_marker("services") is not None:
        nginx()
        redis()


@pytest.mark.services
@pytest.mark.parametrize("loop", ["asyncio", "uvloop", "trio"])
def test_a_worker_that_is_killed_loses_no_call(loop: str) -> None:
    said = play("--loop", loop, "--scene", "kills", "--calls", 6, "--kills", 2, "--workers", 2)
    assert "kills 2" in said
    assert "drops 0" not in said


@pytest.mark.services
@pytest.mark.parametrize(("loop", "each"), [("asyncio", 0), ("trio", 2)])
def test_workers_that_are_replaced_drop_no_call(loop: str, each: int) -> None:
    workers = 1 if each else 2
    words = ("--calls", 5, "--rounds", 1, "--workers", workers, "--each", each)
    assert "rolling restarts 1" in play("--loop", loop, "--scene", "rolling", *words)


@pytest.mark.services
def test_calls_live_without_their_store() -> None:
    said = play("--loop", "uvloop", "--scene", "redis", "--calls", 5, "--outage", 4, "--workers", 1)
    assert "outages 2" in said
    assert "refused by the store 0" not in said


@pytest.mark.services
def test_calls_that_go_to_and_fro_have_one_owner() -> None:
    said = play("--loop", "trio", "--scene", "moves", "--calls", 8, "--workers", 2)
    assert "had had it before 0" not in said


# --- the account finds what is wrong: each rule is broken once ------------------------------------------------


def life(pid: int, began: float, *words: str, resumed: bool = True, step: int = 0) -> Life:
    made = Life(pid, began, resumed, step)
    made.words += words
    made.ways = dict.fromkeys(words, "verbs")
    made.taken = {*words}
    return made


def wrong(
    *lives: Life, read: str = "", spoken: str = "", killed: dict[int, float] | None = None, drained: int = 0
) -> str:
    records = [
        Record(0.0, Connect(1, "ws://x/", "ws.jambonz.org")),
        Record(1.0, FrameReceived(1, f'{{"type": "command", "data": "{read}"}}')),
        Record(2.0, Spoken("caller", spoken, spoken)),
    ]
    verdict = judge_call(7, lives, records, killed=killed or {}, drained={drained}, stuck="", slow=False)
    return "; ".join(verdict.unexplained)


def test_a_call_that_is_kept_is_found() -> None:
    kept = life(1, 0.0, "w7x1", resumed=False)
    assert "process 1 still has the call" in wrong(kept)
    assert "still has" not in wrong(kept, killed={1: 5.0})
    kept.ended = "completed"
    assert "still has" not in wrong(kept)


def test_a_state_that_is_old_is_found() -> None:
    first = life(1, 0.0, resumed=False)
    first.kept.append((1.0, 1.1, 2))
    assert "process 2 went on from step 1, and 2 was saved" in wrong(first, life(2, 2.0, step=1))
    assert "went on" not in wrong(first, life(2, 2.0, step=2))


def test_two_owners_are_found() -> None:
    first, second = life(1, 0.0, "w7x1", "w7x3", resumed=False), life(2, 2.0, "w7x2")
    assert "two owners: lives [0, 1, 0] spoke in turns" in wrong(first, second, read="w7x1 w7x2 w7x3")
    assert "two owners" not in wrong(first, second, read="w7x1 w7x3 w7x2 w7x1")
    first.kept.append((2.5, 2.6, 1))
    assert "two owners: process 1 saved after process 2 had begun" in wrong(first, second)


def test_a_handler_that_is_started_twice_is_found() -> None:
    first, second = life(1, 0.0, "w7x1", resumed=False), life(2, 2.0, "w7x2", resumed=False)
    assert "the handler was started 2 times" in wrong(first, second, read="w7x1 w7x2")
    assert "the handler was started" not in wrong(first, second, read="w7x2")


def test_a_word_that_is_missing_is_found_where_the_library_had_taken_it() -> None:
    moved = life(1, 0.0, "w7x1", "w7x2", resumed=False)
    moved.ended = "moved"
    assert "['w7x2']" in wrong(moved, read="w7x1", spoken="w7x1 bye7", drained=1)
    # A handler that is cancelled where it begins to say a word has not said it.
    moved.taken = {"w7x1"}
    assert "w7x2" not in wrong(moved, read="w7x1", spoken="w7x1 bye7", drained=1)
