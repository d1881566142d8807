"""A minute of calls in virtual time leaves nothing behind. `make hour` plays an hour, and looks closer at memory."""

from __future__ import annotations

from collections import deque
from typing import Literal

import pytest

from .hour import Hour, entries, grown, growth, soak


@pytest.mark.parametrize("loop", ["asyncio", "trio"])
def test_a_minute_of_calls_leaves_nothing_behind(loop: Literal["asyncio", "trio"]) -> None:
    # A call that stayed would be more than 30,000 bytes, each of its messages some hundred.
    hour = soak(Hour(minutes=0.4, at_once=4, samples=2, growth_bytes=4000), loop)
    assert hour.judge() == []
    assert hour.calls >= 20
    assert hour.left[0][0] > 100, "the tables of the application were not found"


def test_what_stays_is_noticed() -> None:
    flat = Hour(1, 1, memory=[(number, 1000 + number % 3) for number in range(100)], left=[(50, 0), (51, 0)])
    assert flat.judge() == []
    flat.left.append((60, 1))
    assert flat.judge() == ["entries of tables: 60 instead of 50", "1 calls and streams are kept"]
    flat.memory = [(number, 100 * number) for number in range(100)]
    assert "each call leaves 100 bytes behind" in flat.judge()
    assert grown("things", [9, 1]) == []
    assert growth([(7, 1), (7, 2)]) == 0


def test_entries_are_counted_however_deep_they_are() -> None:
    class Holder:
        def __init__(self) -> None:
            self.queue = deque([{4}])
            self.table = {"a": [1, 2, 3], "b": self.queue}

    holder = Holder()
    before = entries(holder)
    holder.queue.append({5, 6})
    assert entries(holder) == before + 3
