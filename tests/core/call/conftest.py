"""A wire for the application's role: what the server says goes in, what leaves comes out parsed, and time is
a number.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from jambonz_core.call import AppCall, CallOptions, Command, Event, Send
from jambonz_core.verbs.profiles import V10, Profile

E = TypeVar("E", bound=Event)

SAY: list[dict[str, Any]] = [{"verb": "say", "text": "Hello"}]
INFO = {"call_sid": "c1", "direction": "inbound", "call_status": "trying"}


class Wire:
    """One `AppCall`, driven as an adapter drives it: after every call, what is ready is taken."""

    def __init__(self, call: AppCall, *, receipts: bool = False) -> None:
        self.call = call
        self.receipts = receipts
        """Whether the next connection can be pinged. A ping is `{"type": "ping", "count": …}` in what is sent."""
        self.taken = 0
        """How many frames have left on this connection."""
        self.now = 0.0
        self.events: list[Event] = []
        self.script: list[tuple[str, tuple[Any, ...], list[Event], list[str]]] = []
        """Everything that went in, and what came of it."""
        self._ids = itertools.count(1)
        self._sent: list[dict[str, Any]] = []

    # --- what goes in ---------------------------------------------------------------------------------------

    def _turn(self, method: str, *args: Any) -> list[Event]:
        return self._after(method, args, getattr(self.call, method)(*args))

    def _after(self, method: str, args: tuple[Any, ...], events: list[Event]) -> list[Event]:
        frames = self.call.outgoing()
        self.script.append((method, args, events, frames))
        self.events += events
        self._sent += map(json.loads, frames)
        self.taken += len(frames)
        if self.call.receipt_wanted():
            self.script.append(("receipt_wanted", (), [], []))
            self._sent.append({"type": "ping", "count": self.taken})
        return events

    def connect(self) -> list[Event]:
        """A connection comes."""
        self.taken = 0
        if not self.receipts:
            return self._turn("connected", self.now)
        return self._after("pinged", (self.now,), self.call.connected(self.now, receipts=True))

    def receipt(self, count: int | None = None) -> list[Event]:
        """A pong comes: for all that has left, unless another count is given."""
        return self._turn("receipt", self.taken if count is None else count, self.now)

    def lose(self, code: int = 1006) -> list[Event]:
        """Tell the call that its connection is lost."""
        return self._turn("lost", code, self.now)

    def hears(self, type: str, data: Any = None, **envelope: Any) -> list[Event]:
        """The server says something; messages that want an ack get an id."""
        message = {"type": type, "msgid": f"m{next(self._ids)}", "data": data if data is not None else {}}
        return self._turn("receive", json.dumps({**message, **envelope}), self.now)

    def hears_raw(self, text: str | bytes) -> list[Event]:
        """The server sends anything at all."""
        return self._turn("receive", text, self.now)

    def hook(self, path: str, data: Any = None, **envelope: Any) -> str:
        """A verb calls a hook. Returns the message's id."""
        self.hears("verb:hook", data, hook=path, **envelope)
        return self.last_msgid

    @property
    def last_msgid(self) -> str:
        """The id of the last message that `hears` sent."""
        return next(
            str(event.raw["msgid"])
            for event in reversed(self.events)
            if event.raw is not None and "msgid" in event.raw
        )

    def do(self, command: Command) -> list[Event]:
        """The application wants something."""
        return self._turn("do", command, self.now)

    def tick(self) -> list[Event]:
        """The adapter looks in, though nothing is due."""
        return self._turn("tick", self.now)

    def advance(self, seconds: float) -> list[Event]:
        """Time passes: every deadline on the way is kept."""
        until = self.now + seconds
        events: list[Event] = []
        for _ in range(1000):
            deadline = self.call.deadline
            if deadline is None or deadline > until:
                self.now = until
                return events
            assert deadline >= self.now, "a deadline lies in the past"
            self.now = deadline
            events += self._turn("tick", self.now)
        raise AssertionError("the deadline never moves")

    # --- what comes out -------------------------------------------------------------------------------------

    def sent(self) -> list[dict[str, Any]]:
        """What left since this was asked last."""
        sent, self._sent = self._sent, []
        return sent

    def acks(self) -> list[tuple[str, Any]]:
        """The same, when it is acks only: id and data."""
        sent = self.sent()
        assert all(message["type"] == "ack" for message in sent), sent
        return [(message["msgid"], message.get("data")) for message in sent]

    def seen(self, kind: type[E]) -> list[E]:
        """All events of a type so far."""
        return [event for event in self.events if isinstance(event, kind)]

    # --- where most tests begin -----------------------------------------------------------------------------

    def new(self, direction: str = "inbound", **data: Any) -> str:
        """A connection, and `session:new` on it."""
        self.connect()
        status = "in-progress" if direction == "outbound" else "trying"
        info = {**INFO, "direction": direction, "call_status": status, **data}
        self.hears("session:new", info, call_sid="c1")
        return self.last_msgid

    def running(self, verbs: list[dict[str, Any]] | None = None, **data: Any) -> Wire:
        """A call whose first verbs have arrived."""
        self.new(**data)
        self.do(Send(SAY if verbs is None else verbs))
        self.advance(1.0)
        self.hears("verb:status", {"event": "starting", "name": "say"})
        self.sent()
        self.events.clear()
        return self

    def reconnect(self) -> str:
        """Connect again and send `session:reconnect`."""
        self.connect()
        self.hears("session:reconnect", INFO, call_sid="c1")
        return self.last_msgid


@pytest.fixture
def redirect() -> Callable[..., dict[str, Any]]:
    """Builds a redirect command as it should be on the wire."""

    def build(verbs: list[dict[str, Any]], *, queue: bool) -> dict[str, Any]:
        return {"type": "command", "command": "redirect", "queueCommand": queue, "data": verbs}

    return build


@pytest.fixture
def make_wire() -> Callable[..., Wire]:
    """Wires with options or profile of a test's own."""

    def make(options: CallOptions | None = None, profile: Profile = V10, *, receipts: bool = False) -> Wire:
        return Wire(AppCall(options=options or CallOptions(), profile=profile), receipts=receipts)

    return make


@pytest.fixture
def wire(make_wire: Callable[..., Wire]) -> Wire:
    """A wire with default options."""
    return make_wire()
