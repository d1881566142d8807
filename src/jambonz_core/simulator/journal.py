"""The journal of a simulated call: `CallEngine`, recorded and played again.

It is what a phone of `jambonz_anyio.testing` writes, against whatever application it was connected to: the
application's frames are inputs here, so a replay needs no application.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import msgspec

from ..journal.app_journal import frame_as_data, frame_from_data
from ..journal.entries import Entry, Header, InvalidJournal, Journal
from ..journal.recorder import Recorder, outcome
from ..journal.replay import PLAYERS as OTHER_PLAYERS
from ..journal.replay import Difference, MakePlayer
from ..journal.replay import replay as replay_with
from ..journal.writer import JournalWriter
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
        self._recorder = Recorder(event_as_data)
        settings = {
            "url": url,
            "setup": as_data(self.world.setup),
            "options": as_data(self.world.options),
        }
        self._recorder.begin(journal, ROLE, profile.name, settings)

    def start(self, now: float) -> list[Event]:
        """Record `CallEngine.start`."""
        return self._recorder.events("start", now, {}, super().start, now)

    def act(self, action: Action, now: float) -> list[Event]:
        """Record `CallEngine.act`."""
        given = {"action": type(action).__name__, "with": as_data(action)}
        return self._recorder.events("act", now, given, super().act, action, now)

    def connected(self, socket: int, now: float, *, subprotocol: str | None = None) -> list[Event]:
        """Record `CallEngine.connected`."""
        given = {"socket": socket, "subprotocol": subprotocol}
        really = super().connected
        return self._recorder.events("connected", now, given, really, socket, now, subprotocol=subprotocol)

    def connect_failed(self, socket: int, reason: str | int, now: float) -> list[Event]:
        """Record `CallEngine.connect_failed`."""
        given = {"socket": socket, "code": reason}
        return self._recorder.events(
            "connect_failed", now, given, super().connect_failed, socket, reason, now
        )

    def receive_together(self, socket: int, frames: Iterable[str | bytes], now: float) -> list[Event]:
        """Record `CallEngine.receive_together`."""
        read = tuple(frames)
        given = {"socket": socket, "frames": [engine_frame(frame) for frame in read]}
        return self._recorder.events("receive", now, given, super().receive_together, socket, read, now)

    def asked(self, socket: int, now: float) -> list[Event]:
        """Record `CallEngine.asked`."""
        return self._recorder.events("asked", now, {"socket": socket}, super().asked, socket, now)

    def lost(self, socket: int, code: int, now: float) -> list[Event]:
        """Record `CallEngine.lost`."""
        given = {"socket": socket, "code": code}
        return self._recorder.events("lost", now, given, super().lost, socket, code, now)

    def http_answered(
        self,
        number: int,
        status: int,
        body: str | bytes,
        now: float,
        *,
        content_type: str = "application/json",
    ) -> list[Event]:
        """Record `CallEngine.http_answered`."""
        text = body if isinstance(body, str) else body.decode("utf-8", "replace")
        given = {"number": number, "status": status, "body": text, "content_type": content_type}
        really = partial(super().http_answered, content_type=content_type)
        return self._recorder.events("http_answered", now, given, really, number, status, text, now)

    def outgoing(self) -> list[tuple[int, str | bytes]]:
        """Record `CallEngine.outgoing` when it gives something: otherwise it changes nothing."""
        frames = super().outgoing()
        if frames:
            self._recorder.value("outgoing", self.world.now, {"frames": frames_as_data(frames)})
        return frames

    def tick(self, now: float) -> list[Event]:
        """Record `CallEngine.tick`."""
        return self._recorder.events("tick", now, {}, super().tick, now)


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
                return outcome(event_as_data, engine.start, now)
            case "act":
                return outcome(event_as_data, engine.act, _action(given), now)
            case "connected":
                protocol = given["subprotocol"]
                return outcome(event_as_data, engine.connected, given["socket"], now, subprotocol=protocol)
            case "connect_failed":
                return outcome(event_as_data, engine.connect_failed, given["socket"], given["code"], now)
            case "receive":
                frames = [frame_from_data(frame) for frame in given["frames"]]
                return outcome(event_as_data, engine.receive_together, given["socket"], frames, now)
            case "asked":
                return outcome(event_as_data, engine.asked, given["socket"], now)
            case "lost":
                return outcome(event_as_data, engine.lost, given["socket"], given["code"], now)
            case "http_answered":
                really = partial(engine.http_answered, content_type=given["content_type"])
                return outcome(event_as_data, really, given["number"], given["status"], given["body"], now)
            case "outgoing":
                return {"frames": frames_as_data(engine.outgoing())}
            case "tick":
                return outcome(event_as_data, engine.tick, now)
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


def event_as_data(event: Event) -> dict[str, Any]:
    """An event of the simulator as plain data."""
    return {"event": type(event).__name__, "with": as_data(event)}


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
