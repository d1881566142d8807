"""The switchboard of a simulated call: who is on the phone, which calls go on, and where parties meet."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..options import CallSetup, SimulatorOptions
from ..rooms_and_queues import Queues, Rooms
from ..world import World

if TYPE_CHECKING:
    from ...call.jambonz_events import CommandReceived
    from ...verbs.profiles import Profile
    from ..session import Session
    from ..verbs.amd import Detection
    from ..verbs.verb_stack import Verb
    from .dialogs import DialogSession
    from .legs import Leg


class Switchboard(World):
    """The world of one simulated call with everybody who is in it.

    A leg, a socket and a timer need no more than a `World`. A session finds the other legs and sessions here.
    """

    def __init__(
        self,
        profile: Profile,
        setup: CallSetup,
        options: SimulatorOptions,
        make_verbs: Callable[[Session, Any], list[Verb]],
        obey: Callable[[Session, CommandReceived], None],
    ) -> None:
        super().__init__(profile, setup, options)
        self.make_verbs = make_verbs
        """Makes the verbs of an array for a session; raises `BadVerbs` for one that the server refuses."""
        self.obey = obey
        """Performs a command of the application for a session."""
        self.legs: dict[str, Leg] = {}
        """Everybody on the phone, by name."""
        self.sessions: list[DialogSession] = []
        """Every call that is not over: the application's own, and the legs that became calls."""
        self.detection: Detection | None = None
        """The answering machine detection that runs, if any."""
        self.rooms: Rooms = Rooms(self.scheduler)
        self.queues: Queues = Queues()

    def session_over(self, session: DialogSession) -> None:
        """Take note that one of the calls is over; with the last one everything is."""
        self.sessions.remove(session)
