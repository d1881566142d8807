"""Points in the audio that is sent, and what became of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from typing import Any

from jambonz_core.audio.audio_events import PlayOutcome

from .one_shot import OneShot


class Mark:
    """A point in what is sent. Awaiting it tells how it ended: played, cleared or unknown. It never hangs."""

    __slots__ = ("_outcome", "name")

    def __init__(self, name: str) -> None:
        self.name: str = name
        """What the mark is called where jambonz reports it."""
        self._outcome = OneShot[PlayOutcome]()

    @property
    def settled(self) -> bool:
        """Whether it is known how the playback ended."""
        return self._outcome.settled

    def __await__(self) -> Generator[Any, Any, PlayOutcome]:
        return self._outcome.wait().__await__()


class AwaitedMarks:
    """The marks of one stream, or its clips, of which it is not known yet how they ended.

    >>> marks = AwaitedMarks("mark")
    >>> marks.add().name, marks.add("chorus").name, marks.add().name
    ('mark-1', 'chorus', 'mark-2')
    """

    __slots__ = ("_count", "_kind", "_waiting")

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._count = 0
        """How many were given a name here."""
        self._waiting: dict[str, deque[Mark]] = {}
        """Several may have one name; they end in their order."""

    def add(self, name: str = "") -> Mark:
        """A new one, with a name of its own if none is given."""
        if not name:
            self._count += 1
            name = f"{self._kind}-{self._count}"
        mark = Mark(name)
        self._waiting.setdefault(name, deque()).append(mark)
        return mark

    def refused(self, mark: Mark) -> None:
        """The one that was added last was not sent."""
        waiting = self._waiting[mark.name]
        waiting.pop()
        if not waiting:
            del self._waiting[mark.name]

    def settle(self, name: str, outcome: PlayOutcome) -> None:
        """Learn how the first one of that name ended."""
        waiting = self._waiting.get(name)
        if waiting is not None:
            waiting.popleft()._outcome.settle(outcome)
            if not waiting:
                del self._waiting[name]
