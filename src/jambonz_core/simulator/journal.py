"""The journal of a simulated call: `CallEngine`, recorded and played again.

It is what a phone of `jambonz_anyio.testing` writes, against whatever application it was connected to: the
application's frames are inputs here, so a replay needs no application.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from ..journal.app_journal import frame_as_data, frame_from_data
from ..journal.entries import Entry, Header, InvalidJournal, Journal, JournalWriter
from ..journal.replay import PLAYERS as OTHER_PLAYERS
from ..journal.replay import Difference, MakePlayer
from ..journal.replay import replay as replay_with
from ..verbs.profiles import V10, Profile
from ..wire.registry import REGISTRY, Registry
from .actions import ACTIONS, Action
from .engine import CallEngine
from .engine_events import Event
from .options import CallSetup, SimulatorOptions

ROLE = "jambonz"

_ACTIONS = {kind.__name__: kind for kind in ACTIONS}


class JournaledEngine(CallEngine):
    """A `CallEngine` that keeps a journal, from its making."""

    def __init__(
        self,
        url: str,
        *,
        journal: JournalWriter,
        setup: CallSetup | None = None,
        profile: Profile = V10,
        options: SimulatorOptions | None = None,
    ) -> None:
        super().__init__(url, setup=setup, profile=profile, options=options)
        self._journal = journal
        self._inside = False
        settings = {
            "url": url,
            "setup": as_data(self.world.setup),
            "options": as_data(self.world.options),
        }
        journal.begin(ROLE, profile.name, settings)

    def start(self, now: float) -> list[Event]:
        """As in `CallEngine`."""
        return self._note(now, "start", {}, lambda: super(JournaledEngine, self).start(now))

    def act(self, action: Action, now: float) -> list[Event]:
        """As in `CallEngine`."""
        given = {"action": type(action).__name__, "with": as_data(action)}
        return self._note(now, "act", given, lambda: super(JournaledEngine, self).act(action, now))

    def connected(self, socket: int, now: float, *, subprotocol: str | None = None) -> list[Event]:
        """As in `CallEngine`."""
        given = {"socket": socket, "subprotocol": subprotocol}
        return self._note(
            now,
            "connected",
            given,
            lambda: super(JournaledEngine, self).connected(socket, now, subprotocol=subprotocol),
        )

    def connect_failed(self, socket: int, reason: str | int, now: float) -> list[Event]:
        """As in `CallEngine`."""
        given = {"socket": socket, "code": reason}
        return self._note(
            now,
            "connect_failed",
            given,
            lambda: super(JournaledEngine, self).connect_failed(socket, reason, now),
        )

    def receive_together(self, socket: int, frames: Iterable[str | bytes], now: float) -> list[Event]:
        """As in `CallEngine`."""
        read = tuple(frames)
        given = {"socket": socket, "frames": [engine_frame(frame) for frame in read]}
        return self._note(
            now,
            "receive",
            given,
            lambda: super(JournaledEngine, self).receive_together(socket, read, now),
        )

    def lost(self, socket: int, code: int, now: float) -> list[Event]:
        """As in `CallEngine`."""
        given = {"socket": socket, "code": code}
        return self._note(now, "lost", given, lambda: super(JournaledEngine, self).lost(socket, code, now))

    def http_answered(
        self,
        number: int,
        status: int,
        body: str | bytes,
        now: float,
        *,
        content_type: str = "application/json",
    ) -> list[Event]:
        """As in `CallEngine`."""
        text = body if isinstance(body, str) else body.decode("utf-8", "replace")
        given = {"number": number, "status": status, "body": text, "content_type": content_type}
        return self._note(
            now,
            "http_answered",
            given,
            lambda: super(JournaledEngine, self).http_answered(
                number, status, text, now, content_type=content_type
            ),
        )

    def outgoing(self) -> list[tuple[int, str | bytes]]:
        """As in `CallEngine`. Only calls that gave something are written: the others change nothing."""
        frames = super().outgoing()
        if frames:
            gave = {"frames": frames_as_data(frames)}
            self._journal.add(Entry(at=self.world.now, call="outgoing", gave=gave))
        return frames

    def tick(self, now: float) -> list[Event]:
        """As in `CallEngine`."""
        return self._note(now, "tick", {}, lambda: super(JournaledEngine, self).tick(now))

    def _note(
        self, now: float, call: str, given: dict[str, Any], really: Callable[[], list[Event]]
    ) -> list[Event]:
        events: list[Event] = []
        try:
            events = really()
        finally:
            self._journal.add(Entry(at=now, call=call, given=given, gave=events_as_data(events)))
        return events


class EnginePlayer:
    """A `CallEngine` that a journal's entries are played to."""

    def __init__(self, header: Header, registry: Registry = REGISTRY) -> None:
        settings = header.settings
        try:
            self.engine: CallEngine = CallEngine(
                settings["url"],
                setup=msgspec.convert(settings["setup"], CallSetup),
                options=msgspec.convert(settings["options"], SimulatorOptions),
                profile=Profile(header.profile, registry=registry),
            )
        except (KeyError, ValueError, msgspec.ValidationError) as error:
            raise InvalidJournal(f"the journal's settings cannot be used: {error}") from error

    def play(self, entry: Entry) -> dict[str, Any]:
        """Do what the entry says, and tell what came of it, in the form of `Entry.gave`."""
        engine, now, given = self.engine, entry.at, entry.given
        match entry.call:
            case "start":
                return events_as_data(engine.start(now))
            case "act":
                return events_as_data(engine.act(_action(given), now))
            case "connected":
                events = engine.connected(given["socket"], now, subprotocol=given["subprotocol"])
                return events_as_data(events)
            case "connect_failed":
                return events_as_data(engine.connect_failed(given["socket"], given["code"], now))
            case "receive":
                frames = [frame_from_data(frame) for frame in given["frames"]]
                return events_as_data(engine.receive_together(given["socket"], frames, now))
            case "lost":
                return events_as_data(engine.lost(given["socket"], given["code"], now))
            case "http_answered":
                return events_as_data(
                    engine.http_answered(
                        given["number"],
                        given["status"],
                        given["body"],
                        now,
                        content_type=given["content_type"],
                    )
                )
            case "outgoing":
                return {"frames": frames_as_data(engine.outgoing())}
            case "tick":
                return events_as_data(engine.tick(now))
            case other:
                raise InvalidJournal(f"a simulated call has no method {other!r}")


PLAYERS: Mapping[str, MakePlayer] = {**OTHER_PLAYERS, ROLE: EnginePlayer}
"""Players for the journals of either side."""


def replay(journal: Journal, *, registry: Registry = REGISTRY) -> Difference | None:
    """`jambonz_core.journal.replay` for the journals of either side."""
    return replay_with(journal, PLAYERS, registry=registry)


def engine_frame(frame: str | bytes) -> dict[str, Any]:
    """A frame as plain data. On these sockets text and bytes differ, whatever is in the bytes."""
    return frame_as_data(frame) if isinstance(frame, str) else {"bytes": b64encode(frame).decode()}


def frames_as_data(frames: Iterable[tuple[int, str | bytes]]) -> list[dict[str, Any]]:
    """Outgoing frames as plain data."""
    return [{"socket": socket, **engine_frame(frame)} for socket, frame in frames]


def events_as_data(events: list[Event]) -> dict[str, Any]:
    """Events as plain data, in the form of `Entry.gave`."""
    if not events:
        return {}
    return {"events": [{"event": type(event).__name__, "with": as_data(event)} for event in events]}


def as_data(value: Any) -> Any:
    """One of the simulator's dataclasses as plain data; what JSON has no form for is told by its `repr`."""
    return msgspec.to_builtins(value, enc_hook=repr)


def _action(given: Mapping[str, Any]) -> Action:
    kind = _ACTIONS.get(given.get("action", ""))
    if kind is None:
        raise InvalidJournal(f"there is no action {given.get('action')!r}")
    try:
        action: Action = msgspec.convert(given.get("with", {}), kind)
    except msgspec.ValidationError as error:
        raise InvalidJournal(f"an action {given['action']} cannot be read: {error}") from error
    return action
