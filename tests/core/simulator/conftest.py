"""A bench on which one simulated call stands: its sockets are dealt with, and the test plays the application."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from jambonz_core.simulator import (
    AbortConnection,
    Action,
    CallEngine,
    CallSetup,
    CloseConnection,
    Connect,
    Event,
    SimulatorOptions,
    Spoken,
    Warned,
)
from jambonz_core.verbs.profiles import V0_9, V10, Profile

URL = "ws://app.example/voice"
E = TypeVar("E", bound=Event)


class Bench:
    """The application's side of a simulated call, by hand."""

    def __init__(
        self,
        *,
        profile: Profile = V10,
        setup: CallSetup | None = None,
        options: SimulatorOptions | None = None,
        url: str = URL,
        connect: bool = True,
        start: bool = True,
    ) -> None:
        self.engine = CallEngine(url, setup=setup, profile=profile, options=options)
        self.now = 0.0
        self.events: list[Event] = []
        self.messages: list[dict[str, Any]] = []
        """Everything the server wrote on control connections, in order."""
        self.came_by: dict[str, int] = {}
        """The socket of each message, by its id."""
        self.audio: list[str | bytes] = []
        """Everything it wrote on audio connections."""
        self.socket = 0
        self.audio_socket = 0
        self.connect = connect
        self._audio_sockets: set[int] = set()
        self.closed: list[tuple[int, int]] = []
        self.seen = 0
        if start:
            self.take(self.engine.start(0.0))

    def take(self, events: list[Event]) -> list[Event]:
        self.events += events
        self._move()
        for event in events:
            if isinstance(event, Connect):
                if event.subprotocol.startswith("audio"):
                    self.audio_socket = event.socket
                    self._audio_sockets.add(event.socket)
                else:
                    self.socket = event.socket
                if self.connect:
                    self.take(self.engine.connected(event.socket, self.now))
            elif isinstance(event, CloseConnection):
                self.closed.append((event.socket, event.code))
            elif isinstance(event, AbortConnection):
                self.closed.append((event.socket, 1006))
        return events

    def _move(self) -> None:
        for socket, frame in self.engine.outgoing():
            if socket in self._audio_sockets:
                self.audio.append(frame)
            else:
                message = json.loads(frame)
                self.messages.append(message)
                self.came_by[message["msgid"]] = socket

    # Time.

    def run(self, seconds: float) -> None:
        """Let time pass, tick by tick."""
        until = self.now + seconds
        while (deadline := self.engine.deadline) is not None and deadline <= until:
            self.now = max(self.now, deadline)
            self.take(self.engine.tick(self.now))
        self.now = until
        self.take(self.engine.tick(until))

    # The application.

    def send(self, message: dict[str, Any]) -> None:
        self.take(self.engine.receive(self.socket, json.dumps(message), self.now))

    def send_together(self, *messages: dict[str, Any]) -> None:
        frames = [json.dumps(message) for message in messages]
        self.take(self.engine.receive_together(self.socket, frames, self.now))

    @staticmethod
    def ack_of(message: dict[str, Any], verbs: Any = None) -> dict[str, Any]:
        return {"type": "ack", "msgid": message["msgid"], "data": verbs}

    @staticmethod
    def command_of(name: str, data: Any = None, *, queue: bool = False, **more: Any) -> dict[str, Any]:
        return {"type": "command", "command": name, "data": data, "queueCommand": queue, **more}

    def ack(self, message: dict[str, Any], verbs: Any = None, *, settle: float = 0.01) -> None:
        """Ack a message, and wait until it has taken effect."""
        socket = self.came_by[message["msgid"]]
        self.take(self.engine.receive(socket, json.dumps(self.ack_of(message, verbs)), self.now))
        self.run(settle)

    def command(self, name: str, data: Any = None, *, queue: bool = False, **more: Any) -> None:
        self.send(self.command_of(name, data, queue=queue, **more))

    def act(self, action: Action) -> None:
        self.take(self.engine.act(action, self.now))

    def begin(self, *verbs: dict[str, Any], seconds: float = 0.1) -> None:
        """Answer session:new with verbs, and let the call be answered."""
        self.ack(self.message("session:new"), list(verbs))
        self.run(seconds)

    # What came.

    def message(self, type: str, **data: Any) -> dict[str, Any]:
        """The newest message of a type, with this in its data or envelope."""
        message: dict[str, Any]
        for message in reversed(self.messages):
            inside = {**message, **message["data"]}
            if message["type"] == type and all(inside.get(name) == value for name, value in data.items()):
                return message
        raise AssertionError(f"no {type} with {data} among {self.types()}")

    def hook(self, path: str) -> dict[str, Any]:
        return self.message("verb:hook", hook=path)

    def told(self, path: str, type: str) -> dict[str, Any]:
        """The newest message for a hook whose data has this type."""
        found = [m for m in self.messages if m.get("hook") == path and m["data"].get("type") == type]
        assert found, f"no {type} for {path}"
        return found[-1]

    def types(self) -> list[str]:
        return [message["type"] for message in self.messages]

    def new(self) -> list[str]:
        """The types of the messages that came since the last look."""
        news = [message["type"] for message in self.messages[self.seen :]]
        self.seen = len(self.messages)
        return news

    def statuses(self) -> list[str]:
        """Every call:status so far."""
        return [
            message["data"]["call_status"] for message in self.messages if message["type"] == "call:status"
        ]

    def all(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def warnings(self) -> list[str]:
        return [event.code for event in self.all(Warned)]

    def spoken(self) -> list[str]:
        """What the caller has heard."""
        return [event.heard for event in self.all(Spoken)]


MakeBench = Callable[..., Bench]


@pytest.fixture(scope="session")
def bench() -> MakeBench:
    return Bench


@pytest.fixture(params=[V0_9, V10], ids=["0.9", "v10"])
def profile(request: pytest.FixtureRequest) -> Profile:
    assert isinstance(request.param, Profile)
    return request.param
