"""A call's protocol core, the connection it has just now, and its deadline.

This is the whole pump between the core's six calls and the outside, and there is one rule to it: after
anything was put into the core, what it wants sent is pushed, its events are handed on, and the timer learns
that its deadline may have moved. What a handler has returned while others are about to begin is pushed a
moment later (`departures`). All of it is synchronous. A frame that comes in may thereby be answered
before `frame()` returns, with no task switch; an application's coroutine only ever pushes, so cancelling one
never cuts a message in half.

A call outlives its connections. Each of them feeds a `PendingConnection`, which holds frames back until
somebody has found out to which call they belong, and which the driver ignores once a newer one has taken its
place.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

import anyio
from anyio.lowlevel import cancel_shielded_checkpoint, checkpoint

from jambonz_core.call import AppCall
from jambonz_core.call.commands import Command, Reply, WriteText
from jambonz_core.call.marker import come_back_later
from jambonz_core.call.states import CallState
from jambonz_core.call.turn_latency import TurnLatencies
from jambonz_core.wire.codec import decode
from jambonz_core.wire.errors import OutboxFull
from jambonz_core.wire.event import Event
from jambonz_core.wire.events import CallOver
from jambonz_core.wire.limits import CLOSE_ABNORMAL

from .._net.transport import Closed, Transport
from ..limits import CallLimits
from ..posted import Posted
from .call_observer import CallObserver
from .call_tokens import CallToken
from .event_loop import EventLoop
from .one_shot import Notifier
from .timers import Timers

_logger = logging.getLogger("jambonz_anyio")


def _never() -> bool:
    return False


class Owner(Protocol):
    """Who has put a call together, as its parts know it."""

    def heard(self, event: Event) -> None:
        """Something has happened on the call."""

    def done(self, command: Command) -> None:
        """The core has taken a command, and what could leave has left, or waits a moment (`departures`)."""

    def lost(self, closed: Closed) -> None:
        """A connection of the call has ended."""

    def start(self, function: Callable[..., Coroutine[Any, Any, None]], *args: Any) -> None:
        """Start a task of the call."""

    def failed(self, error: Exception) -> bool:
        """Something of the user's has raised this. Tells whether that is to end the call."""
        ...

    def hang_up_if_idle(self) -> None:
        """Look whether anything is left that could act on the call."""

    def keep_alive(self) -> AbstractContextManager[None]:
        """Do not hang up while the block runs."""
        ...


class _Nobody:
    """Takes the place of the owner of a call that is over: there is nothing more to tell or to do."""

    def heard(self, event: Event) -> None: ...
    def done(self, command: Command) -> None: ...
    def lost(self, closed: Closed) -> None: ...
    def start(self, function: Callable[..., Coroutine[Any, Any, None]], *args: Any) -> None: ...
    def hang_up_if_idle(self) -> None: ...
    def failed(self, error: Exception) -> bool:
        return False

    def keep_alive(self) -> AbstractContextManager[None]:
        return nullcontext()


NOBODY: Owner = _Nobody()
"""The one `_Nobody`, for all calls."""


class PendingConnection:
    """The sink of one connection: frames wait here until a driver takes them."""

    __slots__ = (
        "_held",
        "_limits",
        "_news",
        "b3",
        "call_sid",
        "closed_as",
        "driver",
        "frames",
        "nameless",
        "on_closed",
        "opening",
        "pushed",
        "stopping",
        "token",
        "transport",
        "unacked",
    )

    def __init__(self, transport: Transport, limits: CallLimits, token: str = "") -> None:
        self.transport: Transport = transport
        self.token: str = token
        """The token of a call that its URL had."""
        self.b3: str = ""
        """The trace context of the message that opened it."""
        self.call_sid: str = ""
        """The id of its call, where that is known and no message has told it."""
        self.nameless: bool = False
        """Whether the server is back on it with a call that it has not named."""
        self.pushed: int = 0
        """Messages that were sent on it before its driver had it."""
        self.frames: list[str | bytes] = []
        self.opening: Event | None = None
        """The message that tells whose the connection is, until its call begins."""
        self.unacked: str = ""
        """The id of the `session:reconnect` whose ack waits until it is known who has the call."""
        self._limits = limits
        self._held = 0
        """How much those frames hold that came in here."""
        self.driver: CoreDriver | None = None
        self.closed_as: Closed | None = None
        self.on_closed: Callable[[], None] | None = None
        """Who holds the connection back, and is to know when it is gone."""
        self.stopping: Callable[[], bool] = _never
        """Whether whoever serves the connection has been told to stop."""
        self._news = Notifier()

    def frame(self, data: str | bytes) -> None:
        """Take a message (the transport calls this)."""
        if self.driver is not None:
            self.driver.receive(self, data)
        elif len(self.frames) >= self._limits.opening_messages:
            self._give_up("opening_messages", self._limits.opening_messages)
        elif self._held + len(data) > self._limits.opening_bytes:
            self._give_up("opening_bytes", self._limits.opening_bytes)
        else:
            self.frames.append(data)
            self._held += len(data)
            self._news.notify()

    def _give_up(self, limit: str, bound: int) -> None:
        _logger.warning(
            "CallLimits.%s (%d) is reached before the call of a connection is known; it is cut", limit, bound
        )
        self.transport.abort()

    def receipt(self, count: int) -> None:
        """Learn that the server has read the first `count` messages (the transport calls this)."""
        if self.driver is not None:
            self.driver.receipt(self, max(count - self.pushed, 0))

    def closes(self) -> None:
        """This side closes the connection, because the process ends (the transport calls this).

        jambonz hangs up a call whose connection is closed before its `session:reconnect` was acked.
        """
        if self.driver is not None:
            self.driver.loop.departures.leave()
        if self.unacked:
            msgid, self.unacked = self.unacked, ""
            self.pushed += 1
            self.transport.push(come_back_later(msgid))

    def closed(self, closed: Closed) -> None:
        """Learn that the connection is gone (the transport calls this)."""
        self.closed_as = closed
        self._news.notify()
        if self.on_closed is not None:
            self.on_closed()
        if self.driver is not None:
            self.driver.lost(self, closed)

    async def next_frame(self) -> str | bytes | None:
        """The next message that waits here, or None when the connection is gone and nothing waits."""
        while not self.frames:
            if self.closed_as is not None:
                return None
            await self._news.wait()
        frame = self.frames.pop(0)
        self._held -= len(frame)
        return frame

    async def over(self) -> None:
        """Wait until the connection is gone."""
        while self.closed_as is None:
            await self._news.wait()


class CoreDriver:
    """The core of one call, and what connects it to the world. All that a call does goes through here.

    Its owner is told each event, each command that was taken, and how connections end.
    """

    __slots__ = (
        "_connection",
        "_crowd",
        "_detached",
        "_events",
        "_now",
        "_owner",
        "_ponged",
        "_timer",
        "_timer_moved",
        "core",
        "flows",
        "loop",
        "observer",
        "scope",
        "token",
        "turns",
        "when_proved",
    )

    def __init__(
        self,
        owner: Owner,
        core: AppCall,
        timers: Timers,
        token: CallToken,
        detached: set[CoreDriver],
    ) -> None:
        self.core: AppCall = core
        self.scope: anyio.CancelScope | None = None
        """The scope of the call's tasks, while there is one."""
        self.token: CallToken = token
        self._owner = owner
        self._detached = detached
        """Those that have no connection; this one enters itself."""
        self._ponged: Callable[[], None] | None = None
        """Who waits for the server to answer a ping."""
        self.when_proved: Callable[[], None] | None = None
        """Who waits until all that has left is proved to be read."""
        self.loop: EventLoop = timers.loop
        """The event loop that runs the call."""
        self._now = self.loop.clock
        self._timer = timers.timer_of(self)
        self._timer_moved = False
        """Whether the timer knows that the deadline may be another one."""
        self._connection: PendingConnection | None = None
        self.flows: bool = False
        """Whether there is a connection that took the latest message, with room for more."""
        self._events: list[Event] | None = None
        self._crowd: Notifier | None = None
        """Who waits until less is waiting to be sent."""
        self.observer: CallObserver | None = None
        """Who looks on."""
        self.turns: TurnLatencies | None = None
        """What measures the turns of the call, once somebody wants to know."""

    def measure_turns(self) -> TurnLatencies:
        """Tell how long the caller waits for answers, from now on."""
        if self.turns is None:
            self.turns = TurnLatencies()
        return self.turns

    @property
    def transport(self) -> Transport | None:
        """The connection of the call, or None while there is none."""
        return self._connection.transport if self._connection is not None else None

    @property
    def stopping(self) -> bool:
        """Whether whoever serves the connection has been told to stop.

        That is cancelling from outside, and no scope of the call shows it.
        """
        return self._connection is not None and self._connection.stopping()

    @property
    def closed(self) -> bool:
        """Whether the scope of the call's tasks is ending, so that nothing can be started in it."""
        return self.scope is None or self.scope.cancel_called

    @property
    def ending(self) -> bool:
        """Whether nothing more is to be asked of the call.

        It was hung up, or its scope is ending, or whoever runs the application has cancelled us.
        """
        return self.closed or self.core.state in (CallState.ENDING, CallState.OVER) or self.stopping

    def adopt(self, connection: PendingConnection) -> None:
        """Take the connection over which this core was opened, and what opened it if nobody has seen that."""
        opening, connection.opening = connection.opening, None
        self._connect(connection)
        self._turn([] if opening is None else [opening])
        self._catch_up(connection)

    def attach(self, connection: PendingConnection) -> None:
        """Go on over another connection.

        The newest one wins: the one before, if there still is one, is cut.
        """
        before = self._connection
        if before is not None:
            before.driver = None
            self._disconnect()
            self._turn(self.core.lost(CLOSE_ABNORMAL, self._now()))
            before.transport.abort()
        self._connect(connection)
        self._turn(self.core.connected(self._now(), receipts=connection.transport.receipts))
        self._catch_up(connection)

    def _connect(self, connection: PendingConnection) -> None:
        self._connection = connection
        self._detached.discard(self)
        self.flows = True
        connection.driver = self

    def _disconnect(self) -> None:
        self._connection = self._ponged = None
        self._detached.add(self)
        self.flows = False

    def _catch_up(self, connection: PendingConnection) -> None:
        """Take what the connection brought before it was known whose it is."""
        frames, connection.frames = connection.frames, []
        for frame in frames:
            self.receive(connection, frame)
        if connection.closed_as is not None:
            self.lost(connection, connection.closed_as)

    def receive(self, connection: PendingConnection, data: str | bytes) -> None:
        """Take a message from a connection; one that was replaced has nothing more to say."""
        if connection is not self._connection:
            return
        self.loop.calls = 0  # the loop runs: see `EventLoop.checkpoint()`
        try:
            events = self.core.receive(data, self._now())
        except Exception as error:
            self._broken(error)
        else:
            self._turn(events)

    def receipt(self, connection: PendingConnection, count: int) -> None:
        """Learn that the server has read so many messages of a connection."""
        if connection is not self._connection:
            return
        core, now = self.core, self._now()
        waited = self.turns is not None and core.round_trip is None
        try:
            events = core.receipt(count, now)
        except Exception as error:
            self._broken(error)
        else:
            if waited and self.turns is not None and core.round_trip is not None:
                events = [*self.turns.round_trip(core.round_trip, now), *events]
            self._turn(events)
        ponged, self._ponged = self._ponged, None
        if ponged is not None:
            ponged()
        proved = self.when_proved
        if proved is not None and not self.core.in_doubt:
            self.when_proved = None
            proved()

    def lost(self, connection: PendingConnection, closed: Closed) -> None:
        """Learn that a connection is gone."""
        if connection is not self._connection:
            return
        self._disconnect()
        try:
            events = self.core.lost(closed.code, self._now())
        except Exception as error:
            self._broken(error)
            return
        self._turn(events)
        self._owner.lost(closed)

    def do(self, command: Command) -> None:
        """Have the core do something, and send what comes of it.

        Raises `LocalProtocolError`, before any change, where the core cannot.
        """
        self._turn(self.core.do(self.token.addressed(command), self._now()))
        self._owner.done(command)

    def answer(self, reply: Reply) -> None:
        """`do` for what a handler has returned while others are about to begin. See `departures`."""
        core = self.core
        if self.turns is not None:  # who measures turns measures up to the answer
            self.do(reply)
            return
        events = core.do(self.token.addressed(reply), self._now())
        if core.settling:
            # What comes behind it is let go by time alone, which counts from now.
            self._turn(events)
        else:
            self.loop.departures.wait(self)
            if not self._timer_moved:
                self._deadline_moved()  # who asks for it sends what waits, should no handler begin
            if events:
                self._tell(events)
        self._owner.done(reply)

    def depart(self) -> None:
        """Send an answer that has waited."""
        self._turn([])

    def write(self, text: str, speech: int) -> None:
        """`do(WriteText(…))`, for a loop over a hundred thousand words.

        Most words only join those that wait for the server's last answer: nothing leaves, nothing happens,
        and no deadline moves, so there is nothing more to do.
        """
        events = self.core.do(WriteText(text, speech=speech), self._now())
        frames = self.core.outgoing()
        if frames or events or self.core.text_held:
            self._turn(events, frames)

    async def order(self, command: Command) -> None:
        """`do` for a program: looks for cancellation before, and waits for room behind."""
        await self.checkpoint()
        self.do(command)
        await self.room()

    def post(self, command: Command) -> Posted[None]:
        """`do` for a program that may or may not wait: what is returned waits for room behind."""
        self.check_post()
        self.do(command)
        return Posted(self.catch_up)

    def check_post(self) -> None:
        """Raise where nothing may be done at once: in another thread, and where too much waits already."""
        self.loop.check_thread("a call is told what to do in its")
        transport = self.transport
        if transport is not None and not transport.fits(self.core.options.message_bytes):
            raise OutboxFull(
                "jambonz does not read as fast as this call sends: await what you send, so that it waits for "
                "room (ServerLimits.outbox_bytes and outbox_frames)"
            )

    async def catch_up(self) -> None:
        """What is left of `order` behind a `post`."""
        await self.checkpoint()
        await self.room()

    async def checkpoint(self) -> None:
        """Begin a coroutine that programs call.

        Raises when it is cancelled, and lets others run: each time while nobody takes what is sent, and now
        and then anyway. See `event_loop`.
        """
        if self.flows:
            await self.loop.checkpoint()
        else:
            await checkpoint()

    async def room(self) -> None:
        """Wait while more waits to be sent than should: in the core, or on the connection.

        Without a connection that is until the server comes back, or the call is over.
        """
        if self.core.settling:
            # The settle time counts from the moment an answer was given. Were the event loop held up now, by
            # the first use of a validator for instance, a writer in a task of its own would send the answer
            # together with what was meant to come later, and the server would lose that. Twice, because in
            # one round trio runs tasks in any order.
            await cancel_shielded_checkpoint()
            await cancel_shielded_checkpoint()
        while self.core.crowded and self._owner is not NOBODY:
            self._crowd = self._crowd or Notifier()
            await self._crowd.wait()
        transport = self.transport
        if transport is not None:
            await transport.room()

    def ask_pong(self, answered: Callable[[], None]) -> None:
        """Ping the server, and call this when it answers; never, where the transport cannot tell."""
        transport = self.transport
        if transport is not None:
            self._ponged = answered
            transport.ask_receipt()

    def close(self) -> None:
        """Let go of everything: nothing is sent or heard any more."""
        self._timer.close()
        self._owner = NOBODY
        connection = self._connection
        self._disconnect()
        self._detached.discard(self)
        if connection is not None:
            connection.driver = None
        self._let_crowd_go()

    def _let_crowd_go(self) -> None:
        crowd, self._crowd = self._crowd, None
        if crowd is not None:
            crowd.notify()

    def next_ring(self) -> float | None:
        """When something is due, where nothing else happens before."""
        self._timer_moved = False
        try:
            deadline = self.core.deadline
        except Exception as error:
            self._broken(error)
            return None
        turns = self.turns
        if turns is not None and (until := turns.deadline) is not None:
            deadline = until if deadline is None else min(deadline, until)
        return deadline

    def ring(self) -> None:
        """Learn that the deadline has passed."""
        now = self._now()
        try:
            events = self.core.tick(now)
        except Exception as error:
            self._broken(error)
        else:
            if self.turns is not None:
                events = [*self.turns.tick(now), *events]
            self._turn(events)

    def _broken(self, error: Exception) -> None:
        """The core raised where it never raises: a fault of ours.

        Nothing that it says of the call can be trusted any more, so the call ends here, as a call that is
        over: its tasks, its place among the calls and its connection. The server comes back for a while and
        finds nobody; the other calls go on.
        """
        _logger.error(
            "The core of a call failed; the call is given up",
            exc_info=error,
            extra={"call_sid": self.core.call_sid},
        )
        transport, owner = self.transport, self._owner
        self.close()
        owner.heard(CallOver("internal error"))
        if transport is not None:
            transport.abort()

    def _turn(self, events: list[Event], frames: list[str] | None = None) -> None:
        core, connection, turns = self.core, self._connection, self.turns
        if frames is None:
            frames = core.outgoing()
        if turns is not None:
            events = self._measured(turns, events, frames)
        if connection is not None:
            transport = connection.transport
            # What leaves is known, so whether a ping is wanted behind it is, too: both go in one write.
            receipt = transport.receipts and core.receipt_wanted()
            if frames:
                if self.token.given:
                    frames = self.token.put_into(frames)
                *before, last = frames
                for frame in before:
                    transport.push(frame)
                self.flows = transport.push(last, receipt=receipt)
            elif receipt:
                transport.ask_receipt()
        if not self._timer_moved:
            self._deadline_moved()
        if self._crowd is not None and not core.crowded:
            self._let_crowd_go()
        if events:
            self._tell(events)

    def _deadline_moved(self) -> None:
        """Have the timer ask for the deadline, which may be another one."""
        self._timer_moved = True
        self._timer.moved()

    def _tell(self, events: list[Event]) -> None:
        if self._events is not None:
            # A listener did something, in the middle of a turn: what came of it waits behind what came
            # before.
            self._events.extend(events)
            return
        self._events = events
        try:
            for event in events:  # also over what is put behind them meanwhile
                try:
                    self._owner.heard(event)
                except Exception:
                    # A fault of ours, or of an iterator's owner. It must not reach the transport that called.
                    _logger.exception("An event could not be delivered")
        finally:
            self._events = None

    def _measured(self, turns: TurnLatencies, events: list[Event], frames: list[str]) -> list[Event]:
        """The events, with what they and the frames that leave tell of turns: a turn stands before what has
        ended it."""
        now, told = self.core.now, list[Event]()
        for event in events:
            if type(event) is CallOver:
                told += turns.over()
            elif event.raw is not None:
                told += turns.received(event.raw, now)
            told.append(event)
        if frames and turns.came is not None:
            turns.expects_receipts = self._connection is not None and self._connection.transport.receipts
            for frame in frames:
                told += turns.sent(decode(frame, bounded=False), now)
        return told
