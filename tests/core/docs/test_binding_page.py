"""The adapter on the page about binding the core answers calls: over real sockets, from the server's role of
the wire.
"""

from __future__ import annotations

import importlib
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    CloseConnection,
    Message,
    Ping,
    Pong,
    RejectConnection,
    Request,
    TextMessage,
)

from jambonz_core.call.jambonz_call import JambonzCall, JambonzOptions
from jambonz_core.call.jambonz_events import Acked, Close, Connect, RoleEvent

PAGE = Path(__file__).parents[3] / "docs" / "binding-the-core.md"
PATIENCE = 10.0
ASK = {"verb": "gather", "input": ["speech"], "actionHook": "/heard", "say": {"text": "Say something."}}


class Line:
    """The server's end of a call, over a blocking socket."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.role = JambonzCall("ws://app.example/", options=JambonzOptions(read_window=0.0))
        self.sockets: list[socket.socket] = []
        self.ws = WSConnection(ConnectionType.CLIENT)

    @property
    def sock(self) -> socket.socket:
        return self.sockets[-1]

    def say(self, type: str, data: dict[str, Any], hook: str | None = None) -> Any:
        """Send a message that wants an ack, and wait for the verbs in it."""
        number = self.role.send(type, data, time.monotonic(), hook=hook)
        self._turn(self.role.events())
        while True:
            for event in self._turn(self.role.receive(self.read(), time.monotonic())):
                if isinstance(event, Acked) and event.request == number:
                    return event.data

    def tell(self, type: str, data: dict[str, Any]) -> None:
        """Send a message that wants none."""
        self.role.send(type, data, time.monotonic())
        self._turn(self.role.events())

    def drop(self) -> None:
        """The connection is lost, and the server comes back."""
        self.sock.close()
        self._turn(self.role.lost(1006, time.monotonic()))
        assert self.role.deadline is not None
        # The server waits half a second. Its clock is an argument, so nobody has to.
        self._turn(self.role.tick(self.role.deadline))

    def _turn(self, events: list[RoleEvent]) -> list[RoleEvent]:
        for event in events:
            if isinstance(event, Connect):
                self.connect(event.subprotocol)
                events += self.role.connected(time.monotonic())
            elif isinstance(event, Close):
                self.sock.sendall(self.ws.send(CloseConnection(event.code)))
        for text in self.role.outgoing():
            self.sock.sendall(self.ws.send(Message(text)))
        return events

    def connect(self, subprotocol: str) -> Any:
        self.sockets.append(socket.create_connection(("127.0.0.1", self.port), PATIENCE))
        self.ws = WSConnection(ConnectionType.CLIENT)
        self.sock.sendall(self.ws.send(Request(host="app.example", target="/", subprotocols=[subprotocol])))
        return self.next_event()

    def next_event(self) -> Any:
        while True:
            for event in self.ws.events():
                return event
            data = self.sock.recv(65536)
            assert data, "the application closed the connection"
            self.ws.receive_data(data)

    def read(self) -> str:
        while isinstance(event := self.next_event(), Ping):
            self.sock.sendall(self.ws.send(event.response()))
        assert isinstance(event, TextMessage)
        return event.data


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The page's code blocks as modules, each under the name in its first line."""
    monkeypatch.syspath_prepend(str(tmp_path))
    blocks = re.findall(
        r"^```python\n# (\w+)\.py\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    for name, code in blocks:
        (tmp_path / f"{name}.py").write_text(code, encoding="utf-8")
    importlib.invalidate_caches()
    return {name: importlib.import_module(name) for name, _ in blocks}


@pytest.fixture
def port(modules: dict[str, Any]) -> Iterator[int]:
    """Where the page's example listens."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = threading.Thread(
        target=modules["blocking_jambonz"].serve, args=[listener, modules["blocking_echo"].echo]
    )
    server.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    server.join(PATIENCE)
    assert not server.is_alive()


@pytest.fixture
def dial(port: int) -> Iterator[Callable[[], Line]]:
    """Lines to the page's example."""
    lines: list[Line] = []

    def make() -> Line:
        lines.append(Line(port))
        return lines[-1]

    yield make
    for line in lines:
        for sock in line.sockets:
            sock.close()


def heard(text: str) -> dict[str, Any]:
    return {"reason": "speechDetected", "speech": {"isFinal": True, "alternatives": [{"transcript": text}]}}


def test_the_example_answers_a_call(dial: Callable[[], Line]) -> None:
    line = dial()
    assert line.say("session:new", {"callSid": "c1", "direction": "inbound", "callStatus": "trying"}) == [ASK]
    reply = line.say("verb:hook", heard("good morning"), "/heard")
    assert reply == [{"verb": "say", "text": "You said: good morning"}, ASK]
    assert line.say("verb:hook", {"reason": "timeout"}, "/heard") == []
    line.tell("call:status", {"callSid": "c1", "callStatus": "completed"})
    line.sock.sendall(line.ws.send(CloseConnection(1000)))
    assert isinstance(line.next_event(), CloseConnection)


def test_the_example_keeps_a_call_over_a_drop(dial: Callable[[], Line]) -> None:
    line = dial()
    line.say("session:new", {"callSid": "c1", "direction": "inbound"})
    line.tell("verb:status", {"event": "starting", "name": "gather"})
    line.say("verb:hook", {"reason": "timeout"}, "/heard")
    line.drop()
    assert line.say("verb:hook", heard("still there"), "/heard")[0]["text"] == "You said: still there"


def test_the_example_is_a_websocket_server(dial: Callable[[], Line]) -> None:
    line = dial()
    accepted = line.connect("ws.jambonz.org")
    assert isinstance(accepted, AcceptConnection)
    assert accepted.subprotocol == "ws.jambonz.org"
    line.sock.sendall(line.ws.send(Ping(b"x")))
    assert isinstance(line.next_event(), Pong)
    line.sock.sendall(line.ws.send(Message("nonsense")))
    whole = '{"type":"session:new","msgid":"s1","call_sid":"c9","data":{}}'
    line.sock.sendall(
        line.ws.send(Message(whole[:20], message_finished=False)) + line.ws.send(Message(whole[20:]))
    )
    assert '"msgid":"s1"' in line.read()
    assert isinstance(dial().connect("another.protocol"), RejectConnection)


def test_two_calls_at_once_are_two_calls(dial: Callable[[], Line]) -> None:
    first, second = dial(), dial()
    for line, sid in ((first, "c1"), (second, "c2")):
        line.say("session:new", {"callSid": sid, "direction": "inbound"})
    assert second.say("verb:hook", heard("two"), "/heard")[0]["text"] == "You said: two"
    assert first.say("verb:hook", heard("one"), "/heard")[0]["text"] == "You said: one"
