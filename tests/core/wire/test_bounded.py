"""Queues that are bounded, and names of which the latest are known."""

from __future__ import annotations

import doctest

import pytest

from jambonz_core.wire import bounded
from jambonz_core.wire.bounded import BoundedQueue


def test_examples_in_docstrings() -> None:
    assert doctest.testmod(bounded).failed == 0


def test_nothing_can_be_taken_out_of_an_empty_queue() -> None:
    queue = BoundedQueue[str](most=2, most_bytes=10)
    with pytest.raises(IndexError):
        queue.take()
    assert not queue.put("a", 1)
    assert queue.take() == "a"
    with pytest.raises(IndexError):
        queue.take()


def test_what_is_taken_out_at_once_leaves_nothing() -> None:
    queue = BoundedQueue[str](most=2, most_bytes=10)
    assert queue.clear() == []
    queue.put("a", 4)
    queue.put("b", 5)
    assert queue.take_if(lambda item: item == "a") == [("a", 4)]
    assert (queue.bytes, queue.clear(), queue.bytes, len(queue)) == (5, ["b"], 0, 0)
