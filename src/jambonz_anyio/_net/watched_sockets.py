"""The sockets of one server, watched together, and the rounds in which they are read while many are busy.

An event loop that wakes up for each frame of each call pays more for falling asleep, for being woken and for
asking what has come than for the frame. So where many connections have something to say, their sockets are
not read as soon as each is ready, but in rounds, a millisecond apart. Drivers of network cards do the same.

| state | when sockets are read | how it ends |
| --- | --- | --- |
| watched | as soon as one is ready | `BUSY_LOOKS` in `BUSY_SECONDS` have found as many different sockets |
| in rounds | every `round_seconds` | `QUIET_ROUNDS` in a row have found less than `SOCKETS_WORTH_A_ROUND` |

A connection that is alone, however much it says, is read as soon as there is something. In rounds, what comes
at any time waits for half a round on average, and what answers something that was just sent for a whole one.
A socket that had more than was read keeps nobody waiting: the next look is at once.

There is no event loop here. `fast_streams` has them wait, in the way that `Rounds` tells.
"""

from __future__ import annotations

import select
from collections.abc import Callable
from contextlib import suppress
from math import inf
from typing import TypeAlias

BUSY_LOOKS = 5
BUSY_SECONDS = 0.002
"""So many looks in such a time, 2,500 a second, make a server busy, if they find as many sockets. Where each
look finds many, as where the processor has no rest, rounds would spare nothing.
"""

SOCKETS_WORTH_A_ROUND = 2
QUIET_ROUNDS = 5
"""So many rounds in a row that are not worth it end them: below some 2,000 reads a second."""

Callback: TypeAlias = Callable[[], object]
"""Who is told that a socket is ready. A reader that answers with something true has left more to be read."""

Ready: TypeAlias = list[tuple[int, int]]
"""Sockets by their number, each with a mask of what can be done with it."""


def can_be_watched() -> bool:
    """Whether this system has what it takes: epoll, which Linux has."""
    return hasattr(select, "epoll")


class Rounds:
    """Tells whether the sockets are to be read in rounds."""

    __slots__ = ("_found", "_going", "_looks", "_quiet", "_since")

    def __init__(self) -> None:
        self._going = False
        self._since = -inf
        self._looks = 0
        """How many there were in these `BUSY_SECONDS`."""
        self._found: set[int] = set()
        """The sockets that these have found, as far as it takes to tell."""
        self._quiet = 0
        """Rounds in a row that were not worth it."""

    def looked(self, ready: Ready, now: float) -> bool:
        """Whether the next look belongs into a round, now that so much was found."""
        if self._going:
            self._quiet = 0 if len(ready) >= SOCKETS_WORTH_A_ROUND else self._quiet + 1
            self._going = self._quiet < QUIET_ROUNDS
        else:
            self._going = self._is_busy(ready, now)
        return self._going

    def _is_busy(self, ready: Ready, now: float) -> bool:
        if now - self._since > BUSY_SECONDS:
            self._since = now
            self._looks = 0
            self._found.clear()
        self._looks += 1
        self._found.update([fd for fd, _ in ready[:BUSY_LOOKS]])
        # Where the clock stands still, as in some tests, a round would never be over.
        if self._looks < BUSY_LOOKS or len(self._found) < BUSY_LOOKS or now == self._since:
            return False
        self._since = -inf
        self._quiet = 0
        return True


class WatchedSockets:
    """Sockets, and who is told when they can be read or written. Once closed, it watches nothing any more."""

    __slots__ = ("_epoll", "_events", "_readers", "_writers")

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._readers: dict[int, Callback] = {}
        self._writers: dict[int, Callback] = {}
        self._events: dict[int, int] = {}
        """What each socket is watched for."""

    def fileno(self) -> int:
        """A file that can be read while one of the sockets is ready."""
        return self._epoll.fileno()

    def close(self) -> None:
        """Watch nothing any more."""
        self._readers.clear()
        self._writers.clear()
        self._events.clear()
        self._epoll.close()

    def add_reader(self, fd: int, callback: Callback) -> None:
        """Call whenever there is something to read, until `remove_reader()`."""
        self._watch(fd, self._events.get(fd, 0) | select.EPOLLIN)
        self._readers[fd] = callback

    def remove_reader(self, fd: int) -> None:
        """Call the reader's callback no more."""
        if self._readers.pop(fd, None) is not None:
            self._watch(fd, self._events.get(fd, 0) & ~select.EPOLLIN)

    def add_writer(self, fd: int, callback: Callback) -> None:
        """Call whenever there is room to write, until `remove_writer()`."""
        self._watch(fd, self._events.get(fd, 0) | select.EPOLLOUT)
        self._writers[fd] = callback

    def remove_writer(self, fd: int) -> None:
        """Call the writer's callback no more."""
        if self._writers.pop(fd, None) is not None:
            self._watch(fd, self._events.get(fd, 0) & ~select.EPOLLOUT)

    def _watch(self, fd: int, events: int) -> None:
        if self._epoll.closed:
            return
        if not events:
            del self._events[fd]
            with suppress(OSError):  # a socket that is closed is forgotten by itself
                self._epoll.unregister(fd)
            return
        if fd in self._events:
            self._epoll.modify(fd, events)
        else:
            self._epoll.register(fd, events)
        self._events[fd] = events

    def ready(self) -> Ready:
        """The sockets that are ready now."""
        return self._epoll.poll(0)

    def call_back(self, ready: Ready) -> bool:
        """Tell who is to be told. Gives whether one of them has left something to be read at once."""
        readers, writers = self._readers, self._writers
        more_left = False
        for fd, events in ready:
            # An error, or the end, is found out by whoever reads or writes. And whoever was told before may
            # have ended the interest of this one.
            if events != select.EPOLLOUT and (reader := readers.get(fd)) is not None and reader():
                more_left = True
            if events != select.EPOLLIN and (writer := writers.get(fd)) is not None:
                writer()
        return more_left
