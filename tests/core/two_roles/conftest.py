"""Both roles of the control protocol, linked by a network that one cannot rely on.

The application's side is the real `AppCall`; the server's side is the whole stand-in, verb stack and text buffer
included. Between them lies `Network`: every frame takes its time, frames keep their order, and a connection can break
at any moment, with any part of what was under way arriving and the rest not, and each side noticing in its own time.
A connection that gives receipts answers a ping when it has handed on the frames before it, unless something on the way
swallows the pong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from jambonz_core.call import (
    Abandoned,
    AbortConnection,
    AppCall,
    BadMessage,
    CallOver,
    EndCall,
    Event,
    HookEvent,
    SessionNew,
    SessionReconnect,
    TextDiscarded,
    TextOfferedAgain,
)
from jambonz_core.simulator import CallEngine, CallSetup, SimulatorOptions, Warned
from jambonz_core.simulator import engine_events as seen
from jambonz_core.verbs.profiles import V10, Profile
from jambonz_core.wire.errors import JambonzError
from jambonz_core.wire.limits import MESSAGE_BYTES

FORBIDDEN = {
    # An ack under an id that was never used, used up, or of a message that wants none.
    "ack-unknown",
    "ack-twice",
    "ack-unwanted",
    "ack-late",
    # A command that the server loses to an ack, or that reaches no call at all.
    "command-behind-ack",
    "command-lost",
    # Anything that the server does not understand, or refuses by its size.
    "invalid-message",
    "binary-frame",
    "frame-too-large",
    "invalid-verbs",
    "closed-gracefully",
    "unknown-command",
}
"""What a server would log about an application that keeps the protocol: never."""


@dataclass
class Receipt:
    """A ping on its way to the server, or its pong: so many frames of the application came before."""

    count: int


@dataclass
class Frame:
    """A frame that is under way."""

    payload: str | Receipt
    written: float
    arrives: float


@dataclass
class Line:
    """One direction of a connection."""

    delay: float
    frames: list[Frame] = field(default_factory=list)

    def write(self, payload: str | Receipt, now: float, jitter: float) -> None:
        before = self.frames[-1].arrives if self.frames else 0.0
        self.frames.append(Frame(payload, now, max(before, now + self.delay + jitter)))

    def due(self, now: float) -> list[str | Receipt]:
        ready = [frame.payload for frame in self.frames if frame.arrives <= now]
        del self.frames[: len(ready)]
        return ready

    @property
    def deadline(self) -> float | None:
        return self.frames[0].arrives if self.frames else None


@dataclass
class Connection:
    """One websocket between the two."""

    socket: int
    to_app: Line
    to_server: Line
    app_sees_end: tuple[float, int] | None = None
    server_sees_end: tuple[float, int] | None = None
    app_done: bool = False
    server_done: bool = False
    taken: int = 0
    """How many messages the application has given to it."""
    swallows: bool = False
    """Whether something on the way keeps the pongs."""


class Twins:
    """Two application roles that are given the same. One of them is replaced by its own snapshot after every drop."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.original = AppCall(profile=profile)
        self.copy = AppCall(profile=profile)

    def both(self, step: Callable[[AppCall], list[Event]]) -> list[Event]:
        errors: list[str] = []
        results: list[list[Event]] = []
        for call in (self.original, self.copy):
            try:
                results.append(step(call))
            except JambonzError as error:
                errors.append(str(error))
        assert len(errors) in {0, 2}, f"only one of the two refused: {errors}"
        if errors:
            assert errors[0] == errors[1]
            raise JambonzError(errors[0])
        assert repr(results[0]) == repr(results[1])
        return results[0]

    def outgoing(self) -> list[str]:
        out, copy = self.original.outgoing(), self.copy.outgoing()
        assert out == copy
        assert self.original.deadline == self.copy.deadline
        return out

    def receipt_wanted(self) -> bool:
        wanted, copy = self.original.receipt_wanted(), self.copy.receipt_wanted()
        assert wanted == copy
        return wanted

    def restore(self, now: float) -> None:
        saved = json.loads(json.dumps(self.copy.snapshot()))
        self.copy = AppCall.restore(saved, profile=self.profile, now=now)


class Written:
    """The account of streamed text: what was written, what was given up, and what the server's buffer took."""

    def __init__(self) -> None:
        self.text = ""
        self.position = 0
        self.given_up: set[int] = set()
        """Positions of text that the application was told will not be spoken, or may not be."""
        self.repeats: list[str] = []
        self.offered: dict[Any, str] = {}

    def write(self, words: int, end: str) -> str:
        first = len(re.findall(r"w\d+", self.text))
        text = " ".join(f"w{first + number}" for number in range(words)) + end
        self.text += text
        return text

    def discarded(self, text: str) -> None:
        """The application was told that this is given up."""
        at = self.text.find(text, self.position)
        if at < 0:
            at = self.text.rfind(text)
        assert at >= 0, f"{text!r} was given up, and never written so"
        self.given_up.update(range(at, at + len(text)))

    def taken(self, text: str) -> None:
        """The server's buffer took this. It must be what comes next, or the application was told otherwise."""
        at = self.text.find(text, self.position)
        if at >= 0 and self.given_up.issuperset(range(self.position, at)):
            self.position = at + len(text)
            return
        at = self.text.rfind(text, 0, self.position + len(text))
        next_text = self.text[self.position :][:60]
        assert at >= 0, f"{text!r} was never written so; next is {next_text!r}"
        repeated = self.text[at : self.position]
        assert any(repeated in again for again in self.repeats), (
            f"{repeated!r} comes twice, and nobody was told"
        )
        self.position = max(at + len(text), self.position)


class Network:
    """The two roles, and the time that passes between them."""

    def __init__(
        self,
        *,
        setup: CallSetup | None = None,
        options: SimulatorOptions | None = None,
        delay: Callable[[], float] = lambda: 0.0,
        jitter: Callable[[], float] = lambda: 0.0,
        receipts: bool = False,
        profile: Profile = V10,
    ) -> None:
        self.now = 0.0
        self.profile = profile
        self.receipts = receipts
        self.setup, self.options = setup, options
        self.engine = self._engine()
        self.app = Twins(profile)
        self.connections: list[Connection] = []
        self.delay, self.jitter = delay, jitter
        """How long a new connection's frames travel, and how much longer each single one."""
        self.inputs: list[tuple[str, tuple[Any, ...]]] = []
        self.outputs: list[str] = []
        self.held: dict[str, HookEvent] = {}
        self.hooks: dict[str, int] = {}
        """Every hook that reached the application, with the connection it came by."""
        self.acks: dict[str, int] = {}
        self.abandoned: dict[str, str] = {}
        self.over: str | None = None
        self.finished = False
        self.known = False
        """Whether the application has ever heard of the call."""
        self.warnings: list[Warned] = []
        self.tools: list[seen.ToolWanted | seen.ToolAnswered] = []
        """What the model wanted of tools, and what it got."""
        self.written = Written()
        self.local: list[Event] = []
        self._server("start")

    def _engine(self) -> CallEngine:
        return CallEngine("ws://app.example/", setup=self.setup, options=self.options, profile=self.profile)

    # The server's side.

    def _server(self, method: str, *arguments: Any) -> None:
        """Give the engine an input, and note what comes of it, so that all of it can be played again."""
        self.inputs.append((method, (*arguments, self.now)))
        events = getattr(self.engine, method)(*arguments, self.now)
        self.outputs.append(repr(events))
        self._server_wrote()
        for event in events:
            match event:
                case seen.Connect():
                    self._connect(event.socket)
                case seen.CloseConnection():
                    self._end(event.socket, event.code)
                case seen.AbortConnection():
                    self._end(event.socket, 1006)
                case seen.Warned():
                    self.warnings.append(event)
                    assert event.code not in FORBIDDEN, event
                case seen.MessageSent():
                    self._text_result(event)
                case seen.ToolWanted() | seen.ToolAnswered():
                    self.tools.append(event)
                case seen.Finished():
                    self.finished = True
                case _:
                    pass

    def _server_wrote(self) -> None:
        for socket, frame in self.engine.outgoing():
            self.outputs.append(repr((socket, frame)))
            connection = self._find(socket)
            if connection is not None and not connection.server_done:
                assert isinstance(frame, str)
                connection.to_app.write(frame, self.now, self.jitter())

    def _find(self, socket: int) -> Connection | None:
        return next((one for one in self.connections if one.socket == socket), None)

    def _connect(self, socket: int) -> None:
        delay = self.delay()
        connection = Connection(socket, Line(delay), Line(delay))
        self.connections.append(connection)
        self.gather(self.app.both(lambda app: app.connected(self.now, receipts=self.receipts)))
        self._server("connected", socket)

    def _end(self, socket: int, code: int) -> None:
        """The server closed: the application sees it when everything before it has arrived."""
        connection = self._find(socket)
        if connection is not None:
            connection.server_done = True
            last = connection.to_app.frames[-1].arrives if connection.to_app.frames else self.now
            connection.app_sees_end = (max(last, self.now), code)

    def _text_result(self, event: seen.MessageSent) -> None:
        if event.type == "tts:tokens-result" and event.data.get("status") == "ok":
            self.written.taken(self.written.offered.pop(event.data["id"]))

    # The application's side.

    def do(self, command: Any) -> bool:
        """Let the application do something, if it may."""
        try:
            self.gather(self.app.both(lambda app: app.do(command, self.now)))
        except JambonzError:
            return False
        finally:
            self._app_wrote()
        return True

    def gather(self, events: list[Event]) -> None:
        """Note what happened to the application."""
        for event in events:
            self.local.append(event)
            match event:
                case HookEvent():
                    assert event.msgid not in self.hooks
                    self.hooks[event.msgid] = self.connections[-1].socket
                    if not event.acked and not isinstance(event, (SessionNew, SessionReconnect)):
                        self.held[event.msgid] = event
                case Abandoned():
                    assert event.msgid not in self.abandoned
                    assert event.reason
                    self.abandoned[event.msgid] = event.reason
                case AbortConnection():
                    # What was written before this side cuts its connection is on its way, and arrives.
                    self.drop(0, 1000, 0.0)
                case BadMessage():
                    raise AssertionError(f"the application does not understand: {event}")
                case _:
                    pass
            match event:
                case SessionNew():
                    self.known = True
                case SessionReconnect() if not self.known:
                    # The first message of the call was lost. As an application does with a call that it does
                    # not know: it ends it, and does not begin it a second time.
                    self.known = True
                    self.do(EndCall())
                case TextOfferedAgain():
                    self.written.repeats.append(event.text)
                case TextDiscarded():
                    self.written.discarded(event.text)
                case CallOver():
                    self.over = event.reason
                case _:
                    pass

    def _app_wrote(self) -> None:
        for text in self.app.outgoing():
            assert len(text.encode()) <= MESSAGE_BYTES
            message = json.loads(text)
            if message["type"] == "ack":
                msgid = message["msgid"]
                assert msgid in self.hooks, "an ack under an id that never came"
                self.acks[msgid] = self.acks.get(msgid, 0) + 1
                connection = self.connections[-1]
                assert self.hooks[msgid] == connection.socket, "an ack under an id of another connection"
            if self.connections:
                self.connections[-1].taken += 1
                if not self.connections[-1].app_done:
                    self.connections[-1].to_server.write(text, self.now, self.jitter())
        if self.app.receipt_wanted() and not self.connections[-1].app_done:
            self.connections[-1].to_server.write(Receipt(self.connections[-1].taken), self.now, self.jitter())

    # Time and failure.

    @property
    def deadline(self) -> float | None:
        times = [self.engine.deadline, self.app.original.deadline]
        for connection in self.connections:
            times += [connection.to_app.deadline, connection.to_server.deadline]
            times += [
                end[0] for end in (connection.app_sees_end, connection.server_sees_end) if end is not None
            ]
        return min((time for time in times if time is not None), default=None)

    def run(self, seconds: float) -> None:
        """Let time pass, event by event."""
        until = self.now + seconds
        for _ in range(20_000):
            deadline = self.deadline
            if deadline is None or deadline > until:
                break
            self.now = max(self.now, deadline)
            self._instant()
        else:
            raise AssertionError("time does not pass")
        self.now = until

    def _instant(self) -> None:
        for connection in list(self.connections):
            self._deliver(connection)
        if self.app.original.deadline is not None and self.app.original.deadline <= self.now:
            self.gather(self.app.both(lambda app: app.tick(self.now)))
            self._app_wrote()
        if self.engine.deadline is not None and self.engine.deadline <= self.now:
            self._server("tick")

    def _server_reads(self, connection: Connection, read: list[str]) -> None:
        """The server gets what arrived in one go."""
        if not read or connection.server_done:
            return
        for text in read:
            message = json.loads(text)
            if message.get("command") == "tts:tokens":
                self.written.offered[message["data"]["id"]] = message["data"]["tokens"]
        self._server("receive_together", connection.socket, tuple(read))

    def _deliver(self, connection: Connection) -> None:
        read: list[str] = []
        for frame in connection.to_server.due(self.now):
            if isinstance(frame, str):
                read.append(frame)
                continue
            # What came before a ping is handed on, and takes effect, before its pong is written.
            self._server_reads(connection, read)
            read = []
            if not connection.server_done:
                self._server("asked", connection.socket)
            if not connection.server_done and not connection.swallows:
                connection.to_app.write(frame, self.now, self.jitter())
        self._server_reads(connection, read)
        for text in connection.to_app.due(self.now):
            # What an old connection still brings means nothing once there is a newer one.
            if not connection.app_done and connection is self.connections[-1]:
                if isinstance(text, Receipt):
                    take = partial(AppCall.receipt, count=text.count, now=self.now)
                else:
                    take = partial(AppCall.receive, text=text, now=self.now)
                self.gather(self.app.both(take))
                self._app_wrote()
        end = connection.server_sees_end
        if end is not None and end[0] <= self.now:
            connection.server_sees_end = None
            if not connection.server_done:
                connection.server_done = True
                self._server("lost", connection.socket, end[1])
        end = connection.app_sees_end
        if end is not None and end[0] <= self.now:
            connection.app_sees_end = None
            if not connection.app_done:
                connection.app_done = True
                if connection is self.connections[-1]:
                    self.gather(self.app.both(lambda app: app.lost(end[1], self.now)))
                    self._app_wrote()
                    if self.over is None:
                        self.app.restore(self.now)
                        self.held.clear()

    def drop(self, to_app: int, to_server: int, skew: float) -> None:
        """Break the newest connection. So many frames of each direction still arrive; the rest is lost.

        A positive `skew` lets the application notice later than the server, a negative one earlier.
        """
        if not self.connections:
            return
        connection = self.connections[-1]
        if connection.server_done or connection.app_done or connection.server_sees_end is not None:
            return
        ends = []
        for line, kept in ((connection.to_app, to_app), (connection.to_server, to_server)):
            del line.frames[kept:]
            ends.append(line.frames[-1].arrives if line.frames else self.now)
        connection.app_sees_end = (ends[0] + max(skew, 0.0), 1006)
        connection.server_sees_end = (ends[1] + max(-skew, 0.0), 1006)
        if connection.app_sees_end[0] <= self.now:
            self._deliver(connection)

    def swallow_pongs(self) -> None:
        """From now on something on the way keeps the pongs of the newest connection."""
        if self.connections:
            self.connections[-1].swallows = True

    # At the end.

    def finish(self) -> None:
        """Let the call end, and check the books."""
        for _ in range(200):
            if self.finished and self.over is not None:
                break
            self.run(1.0)
        assert self.finished, "the server does not come to an end"
        assert self.over is not None, "the application does not come to an end"
        for msgid in self.hooks:
            acked, gone = self.acks.get(msgid, 0), msgid in self.abandoned
            assert acked <= 1, f"{msgid} was acked {acked} times"
            assert acked + gone == 1, f"{msgid}: acked {acked} times, abandoned: {self.abandoned.get(msgid)}"
        assert self.app.original.obligations == []
        assert self.app.original.deadline is None

    def again(self) -> None:
        """Give a fresh engine the same inputs: it must do the same."""
        engine, outputs = self._engine(), []
        for method, arguments in self.inputs:
            outputs.append(repr(getattr(engine, method)(*arguments)))
            outputs += [repr(frame) for frame in engine.outgoing()]
        assert outputs == self.outputs


MakeNetwork = Callable[..., Network]


@pytest.fixture
def network() -> MakeNetwork:
    return Network
