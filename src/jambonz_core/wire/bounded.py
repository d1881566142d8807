"""Queues that are bounded in number and in bytes: the one policy for everything that waits to be taken.

When one more would pass a bound, the oldest goes, because what happened last is what a program must react to.
What is larger than the bound by itself goes at once, and nothing for it. Whoever puts something in is given
what had to go: to be owed its answer, to be counted, and to be named in the log.

Bytes are those of a message on the wire. Parsed, it takes more: several times as much as a rule, and twenty
times when somebody has made it up to do so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from msgspec import Struct

T = TypeVar("T")


class BoundedQueue(Generic[T]):
    """The latest of what came.

    >>> queue = BoundedQueue[str](most=3, most_bytes=10)
    >>> queue.put("a", 4), queue.put("b", 4), queue.put("c", 4), queue.put("d", 11)
    ([], [], ['a'], ['d'])
    >>> list(queue), queue.bytes, queue.take()
    (['b', 'c'], 8, 'b')
    """

    __slots__ = ("bytes", "items", "most", "most_bytes")

    def __init__(self, *, most: int, most_bytes: int) -> None:
        self.most: int = most
        self.most_bytes: int = most_bytes
        self.bytes: int = 0
        """The sizes of all that waits."""
        # A list, though it is a queue: it is short, and an empty deque takes 0.7 KiB. Nor is it made before
        # anything comes: nothing ever goes through most of the queues of a call.
        self.items: list[tuple[T, int]] | tuple[()] = ()
        """What waits, with its size, the oldest first."""

    @property
    def full(self) -> bool:
        """Whether it is the number that is reached; otherwise something goes for its bytes."""
        return len(self.items) >= self.most

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[T]:
        return (item for item, _ in self.items)

    def put(self, item: T, size: int) -> list[T]:
        """Add an item of so many bytes. What had to go for it is returned, the oldest first."""
        if size > self.most_bytes:
            return [item]
        items = self.items = self.items or []
        gone: list[T] = []
        while items and (len(items) >= self.most or self.bytes + size > self.most_bytes):
            gone.append(self.take())
        items.append((item, size))
        self.bytes += size
        return gone

    def take(self) -> T:
        """The oldest item. Raises IndexError when there is none."""
        if not self.items:
            raise IndexError("nothing waits")
        item, size = self.items.pop(0)
        self.bytes -= size
        return item

    def take_if(self, wanted: Callable[[T], bool]) -> list[tuple[T, int]]:
        """All items that are wanted, with their sizes, the oldest first. They are taken out."""
        taken = [(item, size) for item, size in self.items if wanted(item)]
        if taken:
            self.items = [(item, size) for item, size in self.items if not wanted(item)]
            self.bytes = sum(size for _, size in self.items)
        return taken

    def clear(self) -> list[T]:
        """Take out everything."""
        items = [item for item, _ in self.items]
        self.items = ()
        self.bytes = 0
        return items


class LatestNames(Struct, Generic[T], gc=False, kw_only=True):
    """What is known of names, such as paths of hooks. Those that were given longest ago are forgotten first.

    >>> paths = LatestNames[int](most=2, most_characters=10)
    >>> [paths.put(name, at) for at, name in enumerate(("/a", "/b", "/a", "/c", "/longer"))]
    [False, False, False, True, True]
    >>> paths.of
    {'/c': 3, '/longer': 4}
    """

    most: int
    most_characters: int
    of: dict[str, T] = {}
    """What is known, the oldest first."""
    characters: int = 0
    """How long all names are together."""

    def put(self, name: str, value: T) -> bool:
        """Know this of a name, which is the newest now. True: others had to be forgotten for it."""
        of = self.of
        known = of.pop(name, None) is not None
        of[name] = value
        if known:
            return False
        self.characters += len(name)
        if len(of) <= self.most and self.characters <= self.most_characters:
            return False
        while len(of) > self.most or self.characters > self.most_characters:
            oldest = next(iter(of))
            del of[oldest]
            self.characters -= len(oldest)
        return True
