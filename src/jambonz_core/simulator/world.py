"""What everything in a simulated call shares: time, settings, and the way to the outside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ..verbs.profiles import Profile
from .engine_events import Event, Warned
from .options import CallSetup, SimulatorOptions
from .processes import Scheduler

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class World:
    """What all sessions, legs and sockets of one simulated call share."""

    def __init__(self, profile: Profile, setup: CallSetup, options: SimulatorOptions) -> None:
        self.profile = profile
        self.setup = setup
        self.options = options
        self.scheduler: Scheduler = Scheduler()
        self.events: list[Event] = []
        self._numbers: dict[str, int] = {}

    @property
    def now(self) -> float:
        """The present time, on the caller's clock."""
        return self.scheduler.now

    @property
    def strict(self) -> bool:
        """Whether this is the open server, with its validation and without what only v10 has."""
        return self.profile.name == "0.9"

    def emit(self, event: Event) -> None:
        """Report an event to the adapter."""
        self.events.append(event)

    def warn(self, code: str, text: str, hint: str = "") -> None:
        """Say what a real server would only log."""
        self.emit(Warned(code, text, hint))

    def number(self, what: str) -> int:
        """The next number of a kind of thing; ids are made from these."""
        self._numbers[what] = self._numbers.get(what, 0) + 1
        return self._numbers[what]

    def seconds_since(self, when: float) -> int:
        """Whole seconds, as payloads carry durations."""
        return int(round(self.now - when, 3))

    def clock(self) -> str:
        """The time of day, as statuses carry it: it begins with the year at second 0 of the simulation."""
        return (
            (_EPOCH + timedelta(seconds=self.now)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        )

    def sid(self, what: str) -> str:
        """A new identifier in the shape of the server's."""
        return f"{what}-0000-4000-8000-{self.number(what):012d}"
