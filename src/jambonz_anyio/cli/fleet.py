"""What becomes of the workers of `jambonz run --workers`: a machine that starts no process and has no clock.

It is told what happened (a worker is ready, or ended; a signal came; time has passed) and says what to do.
`supervisor` has the processes. A place is one of the N workers that are wanted; processes come and go in it:

1. The first worker starts alone. If it ends before it is ready, nothing can be served, and the fleet ends
   with its exit code: what is wrong with an application is said once, and not N times or for ever.
2. Once each place had a worker that was ready, the fleet is: all are told.
3. A worker that ends by itself is replaced, at once if it has lived for a while, otherwise after a pause that
   grows.
4. A reload goes from place to place: a new worker starts beside the old one, which drains once the new one is
   ready. If a new one ends before that, the reload is given up, and the old ones go on.
5. Told to stop, all drain; told again, they end at once.
"""

from __future__ import annotations

import signal
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TypeAlias

SETTLED_SECONDS = 10.0
"""A worker that lived this long did not die because of how it was started."""

LONGEST_PAUSE_SECONDS = 30.0
"""The longest pause before a worker is started again that died at once."""

LEAVE_SECONDS = 30.0
"""What a worker may take to end after its drain: handlers and lifespans put things in order."""

AT_ONCE_SECONDS = 5.0
"""What it may take when it was told to end at once."""


class WorkerState(Enum):
    """Where a worker is in its life."""

    STARTING = auto()
    READY = auto()
    DRAINING = auto()
    ENDING = auto()
    """It was told to end at once."""
    KILLED = auto()


class WorkerEvent(Enum):
    """What happens to a worker. Its process may end in every state."""

    IS_READY = auto()
    DRAIN = auto()
    END = auto()
    TOO_LATE = auto()
    """It took longer than it may for what it does."""


_S, _E = WorkerState, WorkerEvent

WORKER_STATES: dict[WorkerState, dict[WorkerEvent, WorkerState]] = {
    _S.STARTING: {_E.IS_READY: _S.READY, _E.DRAIN: _S.ENDING, _E.END: _S.ENDING, _E.TOO_LATE: _S.KILLED},
    _S.READY: {_E.DRAIN: _S.DRAINING, _E.END: _S.ENDING},
    _S.DRAINING: {_E.END: _S.ENDING, _E.TOO_LATE: _S.KILLED},
    _S.ENDING: {_E.TOO_LATE: _S.KILLED},
    _S.KILLED: {},
}
"""What a missing event means: nothing. It crossed with what the worker was told."""


class FleetState(Enum):
    """Where all of them are."""

    STARTING = auto()
    """Not every place has had a worker that was ready."""
    SERVING = auto()
    STOPPING = auto()
    OVER = auto()


@dataclass(frozen=True, slots=True)
class Start:
    """Start a process for a place."""

    worker: int
    place: int
    announced: bool
    """Whether the fleet is ready without it."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell a worker that the fleet is ready."""

    worker: int


@dataclass(frozen=True, slots=True)
class Drain:
    """Have a worker take nothing new, and end when its calls are over."""

    worker: int


@dataclass(frozen=True, slots=True)
class End:
    """Have a worker end at once, in order."""

    worker: int


@dataclass(frozen=True, slots=True)
class Kill:
    """End a process that does not."""

    worker: int


@dataclass(frozen=True, slots=True)
class Report:
    """Something for the log."""

    text: str
    trouble: bool = False


@dataclass(frozen=True, slots=True)
class Ready:
    """All places have a worker that is ready, for the first time."""


Action: TypeAlias = Start | Tell | Drain | End | Kill | Report | Ready


@dataclass(slots=True, eq=False)
class _Worker:
    number: int
    place: _Place
    since: float
    deadline: float | None
    state: WorkerState = WorkerState.STARTING


@dataclass(slots=True, eq=False)
class _Place:
    number: int
    worker: _Worker | None = None
    successor: _Worker | None = None
    """The one that a reload has started."""
    start_at: float | None = None
    """When the next one is started, after a pause."""
    early_deaths: int = 0
    """How many died in a row soon after their start."""


@dataclass(slots=True)
class Fleet:
    """Decides what N workers do. Each input adds to what `actions()` gives."""

    size: int
    drain_seconds: float
    start_seconds: float
    """How long a worker may take until it is ready."""
    state: FleetState = FleetState.STARTING
    exit_code: int = 0
    _workers: dict[int, _Worker] = field(default_factory=dict)
    _places: list[_Place] = field(init=False)
    _to_reload: list[_Place] = field(default_factory=list)
    """What a reload has still to replace; the first of them is in hand."""
    _reload_again: bool = False
    _actions: list[Action] = field(default_factory=list)
    _count: int = 0

    def __post_init__(self) -> None:
        self._places = [_Place(number + 1) for number in range(self.size)]

    # --- what comes out ---------------------------------------------------------------------------------

    def actions(self) -> list[Action]:
        """What is to be done now; each is given once."""
        actions, self._actions = self._actions, []
        return actions

    @property
    def deadline(self) -> float | None:
        """When `elapsed` is to be called, unless something comes before."""
        times = [worker.deadline for worker in self._workers.values()]
        times += [place.start_at for place in self._places]
        return min((time for time in times if time is not None), default=None)

    # --- what goes in -----------------------------------------------------------------------------------

    def begin(self, now: float) -> None:
        """Start the first worker."""
        self._places[0].worker = self._start(self._places[0], now)

    def ready(self, number: int, now: float) -> None:
        """A worker serves."""
        worker = self._workers[number]
        if not self._move(worker, WorkerEvent.IS_READY):
            return
        worker.deadline = None
        place = worker.place
        if self.state is FleetState.STARTING:
            for other in self._places:
                if other.worker is None and other.start_at is None:
                    other.worker = self._start(other, now)
            if all(other.worker and other.worker.state is WorkerState.READY for other in self._places):
                self.state = FleetState.SERVING
                self._actions += [Ready(), *map(Tell, self._workers)]
                self._next_reload(now)
            return
        if worker is place.successor:
            old, place.worker, place.successor = place.worker, worker, None
            self._report(f"the new worker {place.number} is ready" + ("; the old one drains" if old else ""))
            if old is not None:
                self._drain(old, now)
            self._to_reload.remove(place)
            self._next_reload(now)
        else:
            self._report(f"worker {place.number} is ready")

    def exited(self, number: int, code: int, now: float) -> None:
        """The process of a worker has ended; a negative code is that of the signal that ended it."""
        worker = self._workers.pop(number)
        place = worker.place
        wanted = worker.state is WorkerState.ENDING or (worker.state is WorkerState.DRAINING and code == 0)
        if self.state is FleetState.STOPPING or worker not in {place.worker, place.successor}:
            whose = "" if self.state is FleetState.STOPPING else "the old "
            self._report(f"{whose}worker {place.number} {_how(code)}", trouble=not wanted)
            if self.state is FleetState.STOPPING and not self._workers:
                self.state = FleetState.OVER
        elif worker is place.successor:
            place.successor = None
            self._give_up_reload(place, code, now)
        elif self.state is FleetState.STARTING and self._count == 1:  # no other one was ever started
            self._report(f"worker {place.number} {_how(code)} before it was ready: giving up", trouble=True)
            self.exit_code = max(code, 1)
            self.state = FleetState.OVER
        else:
            place.worker = None
            self._restart(place, _how(code), now - worker.since, now)

    def reload(self, now: float) -> None:
        """Replace all workers, one after the other."""
        if self.state in {FleetState.STOPPING, FleetState.OVER}:
            return
        if self.state is FleetState.STARTING or self._to_reload:
            self._report("reloading, once this is through")
            self._reload_again = True
            return
        self._report("reloading")
        self._to_reload = list(self._places)
        self._next_reload(now)

    def stop(self, now: float) -> None:
        """Drain all; the second time, end all at once."""
        again = self.state is FleetState.STOPPING
        self.state = FleetState.STOPPING
        self._to_reload, self._reload_again = [], False
        for place in self._places:
            place.start_at = None
        if again:
            self._report("ending at once")
        else:
            self._report(f"draining {_count(len(self._workers), 'worker')}")
        for worker in self._workers.values():
            if again:
                self._end(worker, WorkerEvent.END, now)
            else:
                self._drain(worker, now)
        if not self._workers:
            self.state = FleetState.OVER

    def elapsed(self, now: float) -> None:
        """Time has passed."""
        for worker in list(self._workers.values()):
            if worker.deadline is not None and worker.deadline <= now:
                why = "was not ready in time" if worker.state is WorkerState.STARTING else "does not end"
                self._report(f"worker {worker.place.number} {why}: it is killed", trouble=True)
                self._move(worker, WorkerEvent.TOO_LATE)
                worker.deadline = None
                self._actions.append(Kill(worker.number))
        for place in self._places:
            if place.start_at is not None and place.start_at <= now:
                place.start_at = None
                place.worker = self._start(place, now)

    # --- inside -----------------------------------------------------------------------------------------

    def _move(self, worker: _Worker, event: WorkerEvent) -> bool:
        state = WORKER_STATES[worker.state].get(event)
        if state is None:
            return False
        worker.state = state
        return True

    def _start(self, place: _Place, now: float) -> _Worker:
        self._count += 1
        worker = _Worker(self._count, place, now, now + self.start_seconds)
        self._workers[worker.number] = worker
        announced = self.state is not FleetState.STARTING
        self._actions.append(Start(worker.number, place.number, announced))
        return worker

    def _drain(self, worker: _Worker, now: float) -> None:
        if worker.state is WorkerState.STARTING:
            self._end(worker, WorkerEvent.DRAIN, now)
        elif self._move(worker, WorkerEvent.DRAIN):
            worker.deadline = now + self.drain_seconds + LEAVE_SECONDS
            self._actions.append(Drain(worker.number))

    def _end(self, worker: _Worker, event: WorkerEvent, now: float) -> None:
        if self._move(worker, event):
            worker.deadline = now + AT_ONCE_SECONDS
            self._actions.append(End(worker.number))

    def _restart(self, place: _Place, how: str, lived: float, now: float) -> None:
        place.early_deaths = 0 if lived >= SETTLED_SECONDS else place.early_deaths + 1
        pause = min(2.0 ** (place.early_deaths - 1), LONGEST_PAUSE_SECONDS) if place.early_deaths else 0.0
        if place.successor is not None:
            self._report(f"worker {place.number} {how}; the new one takes its place", trouble=True)
            return
        when = f"in {pause:g} s" if pause else "now"
        self._report(f"worker {place.number} {how}; it is started again {when}", trouble=True)
        if pause:
            place.start_at = now + pause
        else:
            place.worker = self._start(place, now)

    def _next_reload(self, now: float) -> None:
        if not self._to_reload and self._reload_again:
            self._reload_again = False
            self._to_reload = list(self._places)
        for place in self._to_reload[:1]:
            place.start_at = None
            place.successor = self._start(place, now)

    def _give_up_reload(self, place: _Place, code: int, now: float) -> None:
        self._to_reload, self._reload_again = [], False
        text = f"the new worker {place.number} {_how(code)} before it was ready: the reload is given up"
        if place.worker is not None:
            self._report(f"{text}, and the old workers go on", trouble=True)
        else:
            self._report(text, trouble=True)
            self._restart(place, "is gone", 0.0, now)

    def _report(self, text: str, *, trouble: bool = False) -> None:
        self._actions.append(Report(text, trouble))


def _how(code: int) -> str:
    """How a process ended.

    >>> _how(0), _how(3), _how(-9)
    ('has ended', 'ended with exit code 3', 'was killed by SIGKILL')
    """
    if code >= 0:
        return f"ended with exit code {code}" if code else "has ended"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")
