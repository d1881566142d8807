"""Where several parties meet: conference rooms and queues, as the server keeps them for all calls.

A simulated world has one call in it, so everybody else here is a name.
"""

from __future__ import annotations

from typing import Any

from .processes import Future, Scheduler


class Room:
    """A conference room and its members."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.members: list[str] = []
        self.started: bool = False
        self.started_at: float = 0.0
        self.start_watchers: list[Future[None]] = []
        self.ended: Future[None] = Future()
        self.status_hook: Any = None
        self.status_events: list[str] = []

    def start(self, now: float) -> None:
        """Begin: whoever waits outside is let in."""
        if not self.started:
            self.started, self.started_at = True, now
            waiting, self.start_watchers = self.start_watchers, []
            for future in waiting:
                future.settle(None)


class Rooms:
    """The rooms of the world, by name."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._rooms: dict[str, Room] = {}

    def room(self, name: str) -> Room:
        """A room, made when it is not there."""
        return self._rooms.setdefault(name, Room(name))

    def join(self, name: str, member: str, *, start: bool) -> Room:
        """Put a member into a room."""
        room = self.room(name)
        room.members.append(member)
        if start:
            room.start(self._scheduler.now)
        return room

    def leave(self, name: str, member: str, *, end: bool = False) -> None:
        """Take a member out of a room; with the last one the room is gone."""
        room = self.room(name)
        if member in room.members:
            room.members.remove(member)
        if end or not room.members:
            self._rooms.pop(name, None)
            room.ended.settle(None)


LAST_PRIORITY = 999
"""The priority of an `enqueue` that gives none; the lowest number is taken first."""


class Waiting:
    """A call's place in a queue."""

    def __init__(self, member: str, priority: float) -> None:
        self.member = member
        self.priority = priority
        self.taken: Future[str] = Future()
        """Settles with the name of the one who took the call out of the queue."""
        self.over: Future[None] = Future()
        """Settles when the other end of the connection hangs up."""


class Queues:
    """The queues of the world, by name."""

    def __init__(self) -> None:
        self._queues: dict[str, list[Waiting]] = {}
        self._connected: dict[str, Waiting] = {}

    def line(self, name: str) -> list[Waiting]:
        """The calls that wait in a queue, the next one first."""
        return self._queues.setdefault(name, [])

    def join(self, name: str, member: str, priority: Any = None) -> Waiting:
        """Put a call into a queue: behind those of the same priority and of lower numbers."""
        given = isinstance(priority, (int, float)) and not isinstance(priority, bool)
        waiting, line = Waiting(member, priority if given else LAST_PRIORITY), self.line(name)
        behind = [place for place, other in enumerate(line) if other.priority > waiting.priority]
        line.insert(behind[0] if behind else len(line), waiting)
        return waiting

    def leave(self, name: str, waiting: Waiting) -> None:
        """Remove a call from a queue."""
        if waiting in self.line(name):
            self.line(name).remove(waiting)

    def take(self, name: str, by: str) -> Waiting | None:
        """Connect the first call of a queue."""
        if not self.line(name):
            return None
        waiting = self._connected[name] = self.line(name).pop(0)
        waiting.taken.settle(by)
        return waiting

    def end(self, name: str) -> None:
        """The other end of a connection hangs up; or, when there is none, somebody stops waiting."""
        connected = self._connected.pop(name, None)
        if connected is not None:
            connected.over.settle(None)
        elif self.line(name):
            self.line(name).pop()
