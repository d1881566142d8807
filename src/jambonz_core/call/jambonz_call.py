"""The jambonz role of the control connection: what the server does on the wire, and nothing of what a call
is.

It is the counterpart of `AppCall`, and what simulator and tests are made from. It outlives its connections.
The strategy: everything to be said goes through one queue, and the connection's state decides alone whether
the queue moves (the table `JAMBONZ`). The rules of the server that it keeps:

1. The first message to be sent opens the connection, whatever its type. If that is refused, a retry policy
   (part of the URL's fragment) applies; later on there is none.
2. An ack is awaited for 5 s. A later one, one for an id that was never used, and one for a message that
   wants none are dropped, with whatever they carried.
3. An ack with data takes effect a moment after it was read. Commands that are read in the same moment are
   acted on *before* it, and what it says then undoes them. (`read_window`, and `receive_together` for
   frames of one read.) A ping is answered when everything before it was handed on (`asked`).
4. A frame above 24 KiB closes the connection with 1009.
5. Any end but 1000 is a drop: the answers still awaited are given up, and a try to come back is made after
   0.5 s the first time and a growing delay later on, unless something is to be said before. A try that meets
   no HTTP answer (a refused or reset TCP connection) is followed by another one; one that meets an HTTP
   status by none. There are five connections at most.
6. A new connection begins with `session:reconnect`, which repeats the call's first payload. Everything else
   waits for its ack; without one in 5 s, or when the connection is lost before it (rule 8 is the exception),
   all that waits is given up, and the server hangs up.
7. When the first message of the call was un-acked at the drop, `session:reconnect` takes its place: the ack
   carries the first verbs. That ack does not release the queue: the server is deaf in one direction until
   the connection is dropped once more.
8. A close with 1000 from the application is final: nothing is sent any more, and nothing is missed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag

from ..wire.casing import snake_keys
from ..wire.codec import decode, encode
from ..wire.errors import RemoteProtocolError
from ..wire.jambonz_frames import fault_of
from ..wire.limits import (
    CLOSE_GRACEFUL,
    CLOSE_TOO_BIG,
    CONTROL_SUBPROTOCOL,
    MESSAGE_BYTES,
    SERVER_ACK_SECONDS,
)
from ..wire.registry import REGISTRY, Registry
from .jambonz_events import (
    Acked,
    Close,
    ClosedByApp,
    CommandReceived,
    Connect,
    Dropped,
    Reconnected,
    ReconnectFailed,
    RoleEvent,
    Sent,
    Unanswered,
    Warned,
)
from .jambonz_states import JAMBONZ, JambonzInput, JambonzState
from .retry_policy import RETRY_DELAYS, covered, retry_policy

_REMEMBERED = 1000
"""Ids of finished messages kept to tell a late ack from a stray one."""


@dataclass(frozen=True, slots=True)
class JambonzOptions:
    """The settings of the server's side of a call."""

    ack_seconds: float = SERVER_ACK_SECONDS
    message_bytes: int = MESSAGE_BYTES
    connections: int = 5
    """Connections that one call may use in all."""
    first_backoff: float = 0.5
    read_window: float = 0.005
    """How long after it was read an ack with data takes effect. Zero: only `receive_together` shows rule 3.
    """
    credentials: tuple[str, str] | None = None
    headers: Mapping[str, str] | None = None
    b3: str | None = None
    """A tracing header to put on every message."""
    registry: Registry = REGISTRY
    """The messages and commands of the wire."""


@dataclass(slots=True)
class _Request:
    number: int
    type: str
    hook: str | None
    data: dict[str, Any]


@dataclass(slots=True)
class _Awaited:
    request: _Request
    since: float
    deadline: float | None


class JambonzCall:
    """The server's end of one call's control connection.

    `send` queues a message and returns its number, under which `Acked` or `Unanswered` report later. After
    any method, take `outgoing()` and look at `deadline`.

    >>> call = JambonzCall("ws://app.example/")
    >>> call.send("session:new", {"callSid": "c1"}, 0.0)
    1
    >>> call.events()
    [Connect(url='ws://app.example/', subprotocol='ws.jambonz.org', headers={'user-agent': 'jambonz'})]
    >>> _ = call.connected(0.0)
    >>> call.outgoing()
    ['{"type":"session:new","msgid":"s1","call_sid":"c1","data":{"call_sid":"c1"}}']
    >>> call.receive('{"type":"ack","msgid":"s1","data":[]}', 0.5)
    [Acked(request=1, data=[], latency=0.5)]
    """

    def __init__(
        self,
        url: str,
        *,
        options: JambonzOptions | None = None,
        call_sid: str = "",
        new_id: Callable[[], str] | None = None,
    ) -> None:
        address, fragment = urldefrag(url)
        self.url: str = address
        self.options: JambonzOptions = options or JambonzOptions()
        self._registry = self.options.registry
        self.call_sid: str = call_sid
        """The call that the envelope names; learned from `session:new` when not given."""
        self.state: JambonzState = JambonzState.IDLE
        self.connections: int = 0
        self._retries, self._retry_on = retry_policy(fragment)
        self._attempts = 0
        self._backoff = self.options.first_backoff
        self._new_id = new_id or self._count
        self._ids = 0
        self._numbers = 0
        self._queue: list[_Request] = []
        self._opener: _Request | None = None
        self._awaited: dict[str, _Awaited] = {}
        self._first: str | None = None
        self._reconnect: str | None = None
        self._session: dict[str, Any] = {}
        self._finished: OrderedDict[str, str] = OrderedDict()
        self._effects: list[tuple[float, Acked]] = []
        self._try_at: float | None = None
        self._out: list[str] = []
        self._events: list[RoleEvent] = []

    # What whoever plays the server says.

    def send(self, type: str, data: Mapping[str, Any], now: float, *, hook: str | None = None) -> int:
        """Queue a message, in the server's own spelling; keys are rewritten here. Returns its number."""
        self._numbers += 1
        request = _Request(self._numbers, type, hook, dict(data))
        if type == "session:new" and not self.call_sid:
            self.call_sid = str(data.get("callSid", ""))
        if JambonzInput.SEND not in JAMBONZ[self.state]:
            self._discard(request)
        elif self.state is JambonzState.OPEN:
            self._transmit(request, now)
        elif self.state in {JambonzState.CONNECTING, JambonzState.HELD, JambonzState.DEAF}:
            self._queue.append(request)
        elif self.connections >= self.options.connections:
            self._give_up(request, "not connected")
        else:
            self._queue.append(request)
            self._opener = request
            self._connect()
        return request.number

    def close(self, code: int = CLOSE_GRACEFUL) -> None:
        """End it from this side. Nothing is sent after this, and what is still awaited is given up."""
        if JambonzInput.CLOSE not in JAMBONZ[self.state]:
            return
        if self.state in {JambonzState.OPEN, JambonzState.HELD, JambonzState.DEAF, JambonzState.CONNECTING}:
            self._events.append(Close(code))
        self._go(JambonzInput.CLOSE)
        self._try_at = None
        self._give_up_all("closed")
        self._first = None
        for request in self._drain():
            self._give_up(request, "closed")

    # What the adapter reports.

    def connected(self, now: float) -> list[RoleEvent]:
        """The websocket that `Connect` asked for is open."""
        self._go(JambonzInput.CONNECTED)
        self.connections += 1
        self._opener = None
        if self.connections > 1:
            self._reintroduce(now)
        else:
            self._release(now)
        return self.events()

    def connect_failed(self, reason: str | int, now: float) -> list[RoleEvent]:
        """It could not be opened: ``ct`` (refused, reset), ``rt`` (no answer in time) or an HTTP status."""
        self._go(JambonzInput.CONNECT_FAILED)
        if isinstance(reason, int):
            self.connections += 1
        first = self.connections == 0 or (self.connections == 1 and isinstance(reason, int))
        if first and self._attempts < self._retries and covered(reason, self._retry_on):
            self._go(JambonzInput.DROP)
            self._try_at = now + RETRY_DELAYS[self._attempts]
            self._attempts += 1
            return self.events()
        opener, self._opener = self._opener, None
        # On the first connection everything that waits is lost; later on only what caused the attempt.
        for request in self._drain() if first else []:
            if request is not opener:
                self._give_up(request, "not connected")
        if opener is not None:
            self._queue = [request for request in self._queue if request is not opener]
            self._give_up(opener, "not connected")
        if not first and isinstance(reason, str):
            self._come_back(now)
        return self.events()

    def receive(self, frame: str | bytes, now: float) -> list[RoleEvent]:
        """One frame arrived, in a read of its own."""
        return self.receive_together((frame,), now)

    def receive_together(self, frames: Iterable[str | bytes], now: float) -> list[RoleEvent]:
        """Frames arrived in one read: acks with data among them take effect last (rule 3)."""
        self._pass(now)
        for frame in frames:
            if JambonzInput.RECEIVE in JAMBONZ[self.state]:
                self._frame(frame, now)
        if not self.options.read_window:
            self._pass(now)
        return self.events()

    def asked(self, now: float) -> list[RoleEvent]:
        """A ping is about to be answered: what was read before it takes effect first."""
        self._pass(now)
        self._take_effect(None)
        return self.events()

    def lost(self, code: int, now: float) -> list[RoleEvent]:
        """The connection ended, with the application's close code or 1006."""
        self._pass(now)
        if JambonzInput.LOST in JAMBONZ[self.state]:
            self._take_effect(None)
            self._lost(code, now)
        return self.events()

    def outgoing(self) -> list[str]:
        """The frames to be written, in order. Each is given out once."""
        out, self._out = self._out, []
        return out

    def events(self) -> list[RoleEvent]:
        """What happened since the last look; the other methods return it themselves."""
        events, self._events = self._events, []
        return events

    @property
    def deadline(self) -> float | None:
        """The time at which `tick` is to be called, or None."""
        times = [awaited.deadline for awaited in self._awaited.values() if awaited.deadline is not None]
        times += [when for when, _ in self._effects]
        if self._try_at is not None:
            times.append(self._try_at)
        return min(times, default=None)

    def tick(self, now: float) -> list[RoleEvent]:
        """Let time pass: acks take effect, acks fail to come, a new connection is tried."""
        self._pass(now)
        return self.events()

    # Time.

    def _pass(self, now: float) -> None:
        self._take_effect(now)
        late = [id for id, awaited in self._awaited.items() if _due(awaited.deadline, now)]
        for id in late:
            self._remember(id, "late")
            self._unanswered(id, self._awaited.pop(id), "timeout")
        if _due(self._try_at, now):
            self._try_at = None
            self._connect()

    def _take_effect(self, now: float | None) -> None:
        due = [acked for when, acked in self._effects if now is None or when <= now]
        self._effects = self._effects[len(due) :]
        self._events += due

    # Connections.

    def _go(self, input: JambonzInput) -> None:
        self.state = JAMBONZ[self.state][input]

    def _connect(self) -> None:
        self._go(JambonzInput.CONNECT)
        self._try_at = None
        headers = {"user-agent": "jambonz", **(self.options.headers or {})}
        self._events.append(Connect(self.url, CONTROL_SUBPROTOCOL, self.options.credentials, headers))

    def _reintroduce(self, now: float) -> None:
        """Begin a later connection (rules 6 and 7)."""
        message, id = self._envelope("session:reconnect", None, self._session)
        self._go(JambonzInput.INTRODUCE)
        first = self._awaited.pop(self._first, None) if self._first is not None else None
        if first is not None:
            self._awaited[id] = _Awaited(first.request, first.since, None)
            self._first = id
        else:
            self._reconnect = id
            request = _Request(0, "session:reconnect", None, {})
            self._awaited[id] = _Awaited(request, now, now + self.options.ack_seconds)
        self._write(None, message)

    def _lost(self, code: int, now: float) -> None:
        if code == CLOSE_GRACEFUL:
            self._go(JambonzInput.LEAVE)
            self._events.append(ClosedByApp())
            for request in self._drain():
                self._discard(request)
            return
        self._go(JambonzInput.LOST)
        self._events.append(Dropped(code))
        if self.connections >= self.options.connections:
            return
        if self._first is None:
            self._give_up_all("connection lost")
        self._come_back(now)

    def _come_back(self, now: float) -> None:
        """Plan the next try."""
        self._go(JambonzInput.DROP)
        self._try_at = now + self._backoff
        self._backoff = self._backoff * 2 if self._backoff < 2 else self._backoff + 2

    # Messages out.

    def _transmit(self, request: _Request, now: float) -> None:
        data = snake_keys(request.data)
        if request.type in {"session:new", "session:adulting"}:
            self._session = data
        message, id = self._envelope(request.type, request.hook, data)
        if request.type in self._registry.wants_ack:
            self._awaited[id] = _Awaited(request, now, now + self.options.ack_seconds)
            if request.type == "session:new":
                self._first = id
        else:
            self._remember(id, "unwanted")
        self._write(request.number, message)

    def _envelope(self, type: str, hook: str | None, data: dict[str, Any]) -> tuple[dict[str, Any], str]:
        id = self._new_id()
        message: dict[str, Any] = {"type": type, "msgid": id}
        if self.call_sid:
            message["call_sid"] = self.call_sid
        if hook is not None and type in self._registry.with_hook:
            message["hook"] = hook
        message["data"] = data
        if self.options.b3:
            message["b3"] = self.options.b3
        return message, id

    def _write(self, number: int | None, message: dict[str, Any]) -> None:
        self._out.append(encode(message))
        self._events.append(Sent(number, message))

    def _release(self, now: float) -> None:
        for request in self._drain():
            self._transmit(request, now)

    def _drain(self) -> list[_Request]:
        queue, self._queue = self._queue, []
        return queue

    def _count(self) -> str:
        self._ids += 1
        return f"s{self._ids}"

    # Answers that come, or do not.

    def _frame(self, frame: str | bytes, now: float) -> None:
        if isinstance(frame, bytes):
            self._warn("binary-frame", "A binary frame is read as if it were text.", "Send text frames only.")
            frame = frame.decode("utf-8", "replace")
        size = len(frame.encode("utf-8", "surrogatepass"))
        if size > self.options.message_bytes:
            self._warn(
                "frame-too-large",
                f"A frame of {size} bytes is refused with 1009: the limit is {self.options.message_bytes}.",
                "Split the message, or send less at a time.",
            )
            self._events.append(Close(CLOSE_TOO_BIG))
            self._lost(CLOSE_TOO_BIG, now)
            return
        try:
            message = decode(frame)
            fault = fault_of(message, self._registry.without_data)
        except RemoteProtocolError as error:
            message, fault = {}, str(error)
        if fault:
            self._warn("invalid-message", f"A message was not understood: {fault}.")
            self.send("jambonz:error", {"msg": "InvalidMessage", "details": fault, "content": frame}, now)
        elif message["type"] == "ack":
            self._ack(message["msgid"], message.get("data"), now)
        else:
            self._events.append(
                CommandReceived(
                    message["command"],
                    message.get("data"),
                    bool(message.get("queueCommand")),
                    message.get("callSid") or self.call_sid,
                    message.get("tool_call_id"),
                    bool(self._effects),
                    message,
                )
            )

    def _ack(self, id: Any, data: Any, now: float) -> None:
        self._first = None
        awaited = self._awaited.pop(id, None) if isinstance(id, str) else None
        if awaited is None:
            fate = self._finished.get(id, "unknown") if isinstance(id, str) else "unknown"
            code, text = _USELESS_ACKS[fate]
            hint = "What it carried is lost; send verbs with a redirect command." if data else ""
            self._warn(code, text.format(id), hint)
            return
        self._remember(id, "answered")
        if id == self._reconnect:
            self._reconnect = None
            self._go(JambonzInput.RELEASE)
            self._events.append(Reconnected(data, now - awaited.since))
            self._release(now)
            return
        if awaited.deadline is None:
            self._go(JambonzInput.DEAFEN)
        acked = Acked(awaited.request.number, data, now - awaited.since)
        if data:
            self._effects.append((now + self.options.read_window, acked))
        else:
            self._events.append(acked)

    def _unanswered(self, id: str, awaited: _Awaited, reason: str) -> None:
        if id == self._reconnect:
            self._reconnect = None
            if self.state is JambonzState.HELD:
                self._go(JambonzInput.RELEASE)
            for request in self._drain():
                self._give_up(request, "reconnect failed")
            self._events.append(ReconnectFailed())
        else:
            self._give_up(awaited.request, reason)

    def _give_up_all(self, reason: str) -> None:
        awaited, self._awaited = self._awaited, {}
        for id, one in awaited.items():
            self._remember(id, "late")
            self._unanswered(id, one, reason)

    def _give_up(self, request: _Request, reason: str) -> None:
        if request.type in self._registry.wants_ack:
            self._events.append(Unanswered(request.number, reason))
        else:
            self._warn("message-lost", f"A {request.type} was not delivered: {reason}.")

    def _discard(self, request: _Request) -> None:
        if request.type in self._registry.wants_ack:
            self._events.append(Unanswered(request.number, "discarded"))

    def _remember(self, id: str, fate: str) -> None:
        self._finished[id] = fate
        if len(self._finished) > _REMEMBERED:
            self._finished.popitem(last=False)

    def _warn(self, code: str, text: str, hint: str = "") -> None:
        self._events.append(Warned(code, text, hint))


_USELESS_ACKS = {
    "unknown": ("ack-unknown", "An ack names {!r}, an id that was never used."),
    "late": ("ack-late", "An ack for {!r} came after the server had stopped waiting."),
    "answered": ("ack-twice", "An ack for {!r} came a second time."),
    "unwanted": ("ack-unwanted", "An ack for {!r} answers a message that wants none."),
}


def _due(when: float | None, now: float) -> bool:
    return when is not None and when <= now
