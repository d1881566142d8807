"""The call engine: one simulated call, as a machine without I/O.

An adapter connects sockets and moves frames; the outside acts for the people on the call and watches the
events. Everything else happens in here, on a clock that is an argument of every method.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..verbs.profiles import V10, Profile
from . import actions as act
from .app_commands import obey
from .engine_events import CALLER, Event, Finished
from .legs.call_info import info_of
from .legs.legs import Leg
from .options import CallSetup, SimulatorOptions
from .sessions.main_sessions import InboundSession, MainSession, OutboundSession
from .sessions.session import FeatureServer
from .situation import Situation, situation_of
from .sockets import Sockets
from .stage import Stage
from .verbs.make_verbs import make_verbs


class CallEngine:
    """One call between a far end and an application at `url`.

    The five calls of every machine of this library are here with a socket's number where there can be several
    sockets; `act` is what the outside does. Each returns the events that it caused. After each, hand
    `outgoing()` to the sockets and look at `deadline`.

    >>> engine = CallEngine("ws://app.example/")
    >>> connect = engine.start(0.0)[0]
    >>> connect.subprotocol
    'ws.jambonz.org'
    >>> _ = engine.connected(connect.socket, 0.0)
    >>> [(socket, frame)] = engine.outgoing()
    >>> frame[:21]
    '{"type":"session:new"'
    """

    def __init__(
        self,
        url: str,
        *,
        setup: CallSetup | None = None,
        profile: Profile = V10,
        options: SimulatorOptions | None = None,
    ) -> None:
        self.world: FeatureServer = FeatureServer(
            profile, setup or CallSetup(), options or SimulatorOptions(), make_verbs, obey
        )
        """All that is true of the call: its settings, its legs, its clock."""
        self.sockets: Sockets = Sockets(self.world)
        """The connections that the server has opened."""
        leg = Leg(self.world, CALLER, info_of(self.world.setup))
        self.world.legs[CALLER] = leg
        kind = InboundSession if self.world.setup.direction == "inbound" else OutboundSession
        self.session: MainSession = kind(self.world, self.sockets, leg, url)
        """What the server does with the caller's leg."""
        self._stage = Stage(self.world, self.session)
        self._started = False
        self._finished = False

    # The outside.

    def start(self, now: float) -> list[Event]:
        """Begin the call."""
        self._at(now)
        if not self._started:
            self._started = True
            self.world.scheduler.spawn(self.session.call())
        return self._done()

    def act(self, action: act.Action, now: float) -> list[Event]:
        """Let somebody do something: a person, a vendor, the network."""
        self._at(now)
        self._stage.perform(action)
        return self._done()

    # The adapter.

    def connected(self, socket: int, now: float, *, subprotocol: str | None = None) -> list[Event]:
        """A websocket is open, with the subprotocol that the application chose."""
        self._at(now)
        user = self.sockets.user(socket)
        if user is not None:
            user.opened(user.subprotocol if subprotocol is None else subprotocol)
        return self._done()

    def connect_failed(self, socket: int, reason: str | int, now: float) -> list[Event]:
        """It could not be opened: ``ct`` (refused, reset), ``rt`` (no answer in time) or an HTTP status."""
        self._at(now)
        user = self.sockets.user(socket)
        if user is not None:
            user.failed(reason)
        return self._done()

    def receive(self, socket: int, frame: str | bytes, now: float) -> list[Event]:
        """A frame arrived, in a read of its own."""
        return self.receive_together(socket, (frame,), now)

    def receive_together(self, socket: int, frames: Iterable[str | bytes], now: float) -> list[Event]:
        """Take frames that arrived in one read."""
        self._at(now)
        user = self.sockets.user(socket)
        if user is not None:
            user.frames(tuple(frames))
        return self._done()

    def asked(self, socket: int, now: float) -> list[Event]:
        """A ping is about to be answered: what came before it is handed on first."""
        self._at(now)
        user = self.sockets.user(socket)
        if user is not None:
            user.asked()
        return self._done()

    def lost(self, socket: int, code: int, now: float) -> list[Event]:
        """A websocket ended, with the application's close code or 1006."""
        self._at(now)
        user = self.sockets.user(socket)
        if user is not None:
            user.closed(code)
        return self._done()

    def http_answered(
        self,
        number: int,
        status: int,
        body: str | bytes,
        now: float,
        *,
        content_type: str = "application/json",
    ) -> list[Event]:
        """An HTTP request was answered; a status of 0 says that it could not be made."""
        self._at(now)
        self.sockets.http_answered(number, status, body, content_type)
        return self._done()

    def outgoing(self) -> list[tuple[int, str | bytes]]:
        """Frames to be written, in order, with the number of their socket."""
        out = self.sockets.outgoing[:]
        self.sockets.outgoing.clear()
        return out

    @property
    def deadline(self) -> float | None:
        """When `tick` is due; None when nothing waits for time to pass."""
        return self.world.scheduler.deadline

    def tick(self, now: float) -> list[Event]:
        """Do what is due at `now`."""
        self._at(now)
        return self._done()

    # What can be looked at.

    @property
    def over(self) -> bool:
        """Whether the caller's leg has ended."""
        return self.session.leg.over

    @property
    def situation(self) -> Situation:
        """How the call stands now: who is on it, what runs, and until when."""
        return situation_of(self.world, self.session)

    @property
    def independent(self) -> list[str]:
        """The names of legs that were dialled, became calls of their own, and are not over."""
        return [session.leg.name for session in self.world.sessions if session is not self.session]

    @property
    def legs(self) -> dict[str, Leg]:
        """Everybody on the phone, by name."""
        return self.world.legs

    @property
    def running(self) -> str:
        """The name of the verb that runs; empty while the call idles."""
        return self.session.current.name if self.session.current is not None else ""

    @property
    def queued(self) -> list[str]:
        """The names of the verbs that wait behind it."""
        return [verb.name for verb in self.session.stack]

    def _at(self, now: float) -> None:
        self.world.scheduler.advance(now)

    def _done(self) -> list[Event]:
        self.world.scheduler.run()
        if not self.world.sessions and not self._finished:
            # Only now: what ends together with the last call, such as a sound, is told before.
            self._finished = True
            self.world.emit(Finished())
        events = self.world.events[:]
        self.world.events.clear()
        return events
