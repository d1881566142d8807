"""The pump between a simulated call and the outside: sockets, time, and whoever watches.

The engine is a pure machine. This gives it what it asks for through a `Dialer`, feeds frames in, lets frames
out, calls `tick` when its deadline has come, and writes down everything that happens. Rules:

1. Everything that goes into the engine is synchronous, so what one frame causes is done before anybody else
   runs, and the record has one order.
2. The clock starts at zero when the call does. Time never goes backwards and never stops short of a deadline:
   a sleeper that wakes a hair too early still ticks at the deadline it was set for.
3. What waits for time waits here (`until`), behind the engine: at one instant the engine moves first, and
   then whoever waited for that instant.
"""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import anyio
from anyio.abc import TaskGroup

from jambonz_core.simulator import (
    AbortConnection,
    Action,
    CallEngine,
    CloseConnection,
    Connect,
    Event,
    Finished,
    HttpRequest,
    SpeechStarted,
    Spoken,
)
from jambonz_core.wire.codec import decode
from jambonz_core.wire.errors import ConnectionLost, RemoteProtocolError
from jambonz_core.wire.limits import AUDIO_SUBPROTOCOL, CONTROL_SUBPROTOCOL

from ..transport import Closed, Transport, UpgradeRefused
from .dialers import Dialer
from .forgotten_awaits import Steps
from .heard_text import HeardText
from .records import Acted, AppFailed, AppLogged, FrameReceived, FrameSent, Noted, Record, What

__tracebackhide__ = True

HANDSHAKE_SECONDS = 1.5
"""How long the server waits for a websocket."""

HTTP_SECONDS = 30.0
"""How long a request may hang before its task is given up; the server stopped waiting long before."""

T = TypeVar("T")

Check = Callable[[], "T | Later | None"]


@dataclass(frozen=True, slots=True)
class Later:
    """What a check answers that knows when to look again, although nothing may happen until then."""

    at: float


@dataclass(slots=True)
class _Socket:
    """One websocket that the simulated server opened."""

    wanted: Connect
    transport: Transport | None = None
    closing: int | None = None
    """The code with which it is to be closed, when that was decided before it was open."""
    aborted: bool = False
    over: bool = False
    """Whether the websocket is gone, or was never opened."""
    late: deque[tuple[float, str | bytes]] = field(default_factory=deque)
    """Frames that a slow network holds back."""


@dataclass(slots=True)
class _Timer:
    """Something to be done at a certain time; without an action it was cancelled."""

    action: Callable[[], None] | None


class CallDriver:
    """Runs the engine of one simulated call against a real application."""

    def __init__(self, engine: CallEngine, dialer: Dialer) -> None:
        self.engine = engine
        self.dialer = dialer
        self.records: list[Record] = []
        self.heard_texts: dict[str, HeardText] = {}
        self.quiet_since: dict[str, float] = {}
        """When each leg last stopped hearing something."""
        self.last_heard: float = 0.0
        """When a text was last being spoken to anybody."""
        self.finished: bool = False
        self.ack_delay: float = 0.0
        """Seconds by which acks arrive late, and whatever is behind them."""
        self.watchers: list[Callable[[Record], None]] = []
        self.steps: Steps = Steps()
        """What the test has called of the people on the phone, and perhaps not awaited."""
        self.crash: Exception | None = None
        """An error of the simulator itself."""
        self._sockets: dict[int, _Socket] = {}
        self._tasks: TaskGroup | None = None
        self._clock: Callable[[], float] = anyio.current_time
        self._began = 0.0
        self._now = 0.0
        self._timers: list[tuple[float, int, _Timer]] = []
        self._order = itertools.count()
        self._waiting: list[anyio.Event] = []
        """Set and forgotten whenever anything happened."""
        self._wake = anyio.Event()
        """Set when the next deadline came nearer."""
        self._sleeping_until = float("inf")
        self._unread: deque[Event] = deque()
        self._reading = False

    # --- running ----------------------------------------------------------------------------------------

    def start(self, tasks: TaskGroup) -> None:
        """Begin the call; everything runs in `tasks` from now on."""
        self._tasks = tasks
        self._began = self._clock()
        self.dialer.begin(tasks, self._app_failed, self._stir)
        tasks.start_soon(self._keep_time, name="clock of a simulated call")
        self.turn(lambda now: self.engine.start(now))

    @property
    def now(self) -> float:
        """Seconds since the call began."""
        self._now = max(self._now, self._clock() - self._began)
        return self._now

    def act(self, action: Action) -> None:
        """Record an action and let the engine perform it."""
        self.record(Acted(action))
        self.turn(lambda now: self.engine.act(action, now))

    def turn(self, step: Callable[[float], list[Event]], now: float | None = None) -> None:
        """Put something into the engine, and do what comes of it."""
        if self.crash is not None:
            return
        now = self.now if now is None else now
        try:
            events = [*self._catch_up(now), *step(now)]
            frames = self.engine.outgoing()
        except Exception as error:
            # A sink must never raise into a transport. The phone tells it at its next step.
            self.crash = error
            self.record(Noted(f"the simulator itself failed: {error!r}"))
            return
        self._push(frames)
        self._notice_quiet(now)
        self._unread.extend(events)
        if not self._reading:
            # A watcher may act, and what comes of that waits behind what came before.
            self._reading = True
            try:
                while self._unread:
                    self._take(self._unread.popleft())
            finally:
                self._reading = False
        self._stir()
        if self._next_deadline() < self._sleeping_until:
            self._wake.set()

    def _catch_up(self, now: float) -> Iterator[Event]:
        """What the engine should have done before now: in real time, whoever held up the event loop also
        held up the engine's clock, and must not seem to have been quicker than it."""
        while (due := self.engine.deadline) is not None and due < now:
            yield from self.engine.tick(due)
            if self.engine.deadline == due:
                return

    def record(self, what: What) -> None:
        """Add a record, and show it to whoever watches the records."""
        record = Record(self.now, what)
        self.records.append(record)
        for watcher in self.watchers:
            watcher(record)

    def record_aside(self, what: What) -> None:
        """Add a record in another thread, where no clock runs: who watches sees it with what comes next."""
        self.records.append(Record(self._now, what))

    # --- time -------------------------------------------------------------------------------------------

    async def until(self, at: float) -> None:
        """Wait until that time has come."""
        if at > self.now:
            come = anyio.Event()
            self.later(at, come.set)
            await come.wait()

    def later(self, at: float, action: Callable[[], None]) -> _Timer:
        """Do something at that time, after the engine has done what it does then."""
        timer = _Timer(action)
        heapq.heappush(self._timers, (at, next(self._order), timer))
        if at < self._sleeping_until:
            self._wake.set()
        return timer

    async def wait_for(self, check: Check[T], deadline: Callable[[], float]) -> T | None:
        """Wait until `check` gives something. None: `deadline` has come, and it did not.

        Both are asked anew whenever something has happened.
        """
        while True:
            found = check()
            if found is not None and not isinstance(found, Later):
                return found
            end = deadline()
            if self.now >= end or self.crash is not None:
                return None
            look_again = end if found is None else min(found.at, end)
            woken = anyio.Event()
            self._waiting.append(woken)
            timer = self.later(look_again, woken.set)
            try:
                await woken.wait()
            finally:
                timer.action = None

    def _stir(self) -> None:
        waiting, self._waiting = self._waiting, []
        for event in waiting:
            event.set()

    def _next_deadline(self) -> float:
        while self._timers and self._timers[0][2].action is None:
            heapq.heappop(self._timers)
        own = self._timers[0][0] if self._timers else float("inf")
        engines = self.engine.deadline if self.crash is None else None
        return own if engines is None else min(own, engines)

    async def _keep_time(self) -> None:
        while True:
            self._wake = anyio.Event()
            self._sleeping_until = self._next_deadline()
            pause = self._sleeping_until - self.now
            with anyio.move_on_after(pause) as patience:
                if pause > 0:
                    await self._wake.wait()
            if pause <= 0 or patience.cancelled_caught:
                self._ring(self._sleeping_until)

    def _ring(self, at: float) -> None:
        now = self._now = max(self.now, at)
        deadline = self.engine.deadline
        if deadline is not None and deadline <= now and self.crash is None:
            self.turn(lambda now: self.engine.tick(now), now)
        while self._timers and self._timers[0][0] <= now:
            action = heapq.heappop(self._timers)[2].action
            if action is not None:
                action()
        self._stir()

    # --- what the engine reports ------------------------------------------------------------------------

    def _take(self, event: Event) -> None:
        self.record(event)
        match event:
            case Connect():
                self._sockets[event.socket] = _Socket(event)
                self._start(self._connect, event.socket)
            case CloseConnection():
                self._close(event.socket, event.code)
            case AbortConnection():
                self._abort(event.socket)
            case HttpRequest():
                self._start(self._request, event)
            case SpeechStarted():
                self.heard_text(event.leg).started(event.text, self.now)
            case Spoken():
                self.heard_text(event.leg).spoken(event.text, event.heard, self.now)
                self.last_heard = self.now
            case Finished():
                self.finished = True
            case _:
                pass

    def heard_text(self, leg: str) -> HeardText:
        """The text that a leg has heard so far."""
        if leg not in self.heard_texts:
            self.heard_texts[leg] = HeardText(self.engine.world.options.characters_per_second)
        return self.heard_texts[leg]

    @property
    def speaking(self) -> bool:
        """Whether a text is being spoken to anybody."""
        return any(heard.speaking for heard in self.heard_texts.values())

    def _notice_quiet(self, now: float) -> None:
        for name, leg in self.engine.legs.items():
            if leg.hearing:
                self.quiet_since.pop(name, None)
            else:
                self.quiet_since.setdefault(name, now)

    def _start(self, task: Callable[..., Any], *args: Any) -> None:
        assert self._tasks is not None
        self._tasks.start_soon(task, *args)

    def _app_failed(self, error: BaseException) -> None:
        self.record(AppFailed(error))
        self._stir()

    @property
    def app_error(self) -> BaseException | None:
        """The first exception of the application that became known."""
        for record in self.records:
            if isinstance(record.what, (AppFailed, AppLogged)) and record.what.error is not None:
                return record.what.error
        return None

    # --- websockets -------------------------------------------------------------------------------------

    async def _connect(self, number: int) -> None:
        socket = self._sockets[number]
        reason: str | int = "rt"
        opened = False
        try:
            with anyio.move_on_after(HANDSHAKE_SECONDS) as patience:
                async with self.dialer.websocket(socket.wanted) as transport:
                    patience.deadline = float("inf")
                    opened = True
                    await self._serve(number, socket, transport)
        except UpgradeRefused as refused:
            reason = refused.response.status
            said = refused.response.body.decode("utf-8", "replace").strip()
            self.record(Noted(f"{socket.wanted.url}: refused with {reason}: {said}".removesuffix(": ")))
        except (OSError, ConnectionLost) as error:
            self.record(Noted(f"{socket.wanted.url}: {error}"))
            reason = "ct"
        if reason == "rt" and not opened:
            self.record(Noted(f"{socket.wanted.url}: no answer to the handshake in {HANDSHAKE_SECONDS:g} s"))
        socket.over = True
        if not opened and not socket.aborted and socket.closing is None:
            self.turn(lambda now: self.engine.connect_failed(number, reason, now))

    async def _serve(self, number: int, socket: _Socket, transport: Transport) -> None:
        if socket.aborted:
            transport.abort()
        elif socket.closing is not None:
            await transport.close(socket.closing)
        else:
            socket.transport = transport
            subprotocol = transport.peer.subprotocol
            self.turn(lambda now: self.engine.connected(number, now, subprotocol=subprotocol))
            await transport.run(_Sink(self, number))

    def frame(self, number: int, frame: str | bytes) -> None:
        """A frame arrived; a slow network may hold it back."""
        socket = self._sockets[number]
        delay = self.ack_delay if self.ack_delay and _is_ack(frame) else 0.0
        if not delay and not socket.late:
            self._receive(number, frame)
            return
        before = socket.late[-1][0] if socket.late else 0.0
        due = max(self.now + delay, before)
        socket.late.append((due, frame))
        self.later(due, lambda: self._release(number))

    def _release(self, number: int) -> None:
        socket = self._sockets[number]
        if socket.late:
            self._receive(number, socket.late.popleft()[1])

    def _receive(self, number: int, frame: str | bytes) -> None:
        if isinstance(frame, str):
            self.record(FrameReceived(number, frame))
        self.turn(lambda now: self.engine.receive(number, frame, now))

    def asked(self, number: int) -> None:
        """A ping came, and is about to be answered."""
        if not self._sockets[number].late:
            self.turn(lambda now: self.engine.asked(number, now))

    def gone(self, number: int, closed: Closed) -> None:
        """Take note that a websocket has ended, and tell the engine."""
        socket = self._sockets[number]
        socket.transport = None
        socket.over = True
        socket.late.clear()
        if not socket.aborted and socket.closing is None:
            self.turn(lambda now: self.engine.lost(number, closed.code, now))

    @property
    def connected(self) -> bool:
        """Whether a control connection is open."""
        return any(
            socket.transport is not None and socket.wanted.subprotocol == CONTROL_SUBPROTOCOL
            for socket in self._sockets.values()
        )

    @property
    def streaming(self) -> bool:
        """Whether audio streams are open, and none is still being opened."""
        streams = [
            socket for socket in self._sockets.values() if socket.wanted.subprotocol == AUDIO_SUBPROTOCOL
        ]
        live = [socket for socket in streams if not socket.over]
        return bool(live) and all(socket.transport is not None for socket in live)

    def _push(self, frames: list[tuple[int, str | bytes]]) -> None:
        for number, frame in frames:
            socket = self._sockets.get(number)
            if socket is not None and socket.transport is not None:
                if isinstance(frame, str):
                    self.record(FrameSent(number, frame))
                socket.transport.push(frame)

    def _close(self, number: int, code: int) -> None:
        socket = self._sockets[number]
        socket.closing = code
        if socket.transport is not None:
            self._start(socket.transport.close, code)

    def _abort(self, number: int) -> None:
        socket = self._sockets[number]
        socket.aborted = True
        if socket.transport is not None:
            socket.transport.abort()

    # --- HTTP -------------------------------------------------------------------------------------------

    async def _request(self, wanted: HttpRequest) -> None:
        status, body, content_type = 0, b"", ""
        with anyio.move_on_after(HTTP_SECONDS):
            try:
                response = await self.dialer.request(wanted)
            except (OSError, ConnectionLost) as error:
                self.record(Noted(f"{wanted.url}: {error}"))
            except Exception as error:
                self._app_failed(error)
                status = 500
            else:
                status, body, content_type = response.status, response.body, response.content_type
        self.turn(
            lambda now: self.engine.http_answered(wanted.number, status, body, now, content_type=content_type)
        )


class _Sink:
    """Where the frames of one websocket go."""

    def __init__(self, driver: CallDriver, number: int) -> None:
        self._driver = driver
        self._number = number

    def frame(self, data: str | bytes) -> None:
        """Hand one message of the application to the driver."""
        self._driver.frame(self._number, data)

    def asked(self) -> None:
        """Hand on what came before a ping: its pong will say so."""
        self._driver.asked(self._number)

    def receipt(self, count: int) -> None:
        """Nothing: the server asks for no receipts."""

    def closed(self, closed: Closed) -> None:
        """Learn that nothing more will come."""
        self._driver.gone(self._number, closed)


def _is_ack(frame: str | bytes) -> bool:
    if not isinstance(frame, str):
        return False
    try:
        return decode(frame).get("type") == "ack"
    except RemoteProtocolError:
        return False
