"""How a connection ends: the one machine that the transports on sockets, in memory and under ASGI run by.

The table says what may happen to a connection and what it is then. The rules around it:

1. Nothing reaches the sink once the connection is over, but `closed()`, once, as soon as there is a sink.
2. When this side has begun to close, the code that it chose is the outcome, however the peer takes it. Else
   what ended the connection is.
3. The first close counts, and nothing is sent behind it.
4. What hangs on a connection ends with it, and that takes much longer than to read a close. When thousands
   are lost at once, a few of them are told of in each turn of the event loop, so that the others are served
   meanwhile: each in its own task, or, where no task reads them, all in one (`Endings`). Only a cancelled
   connection waits for nobody.

What a transport adds is only how its close travels: in a frame, as a message to an ASGI host, in memory.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import anyio
from anyio.abc import TaskGroup
from anyio.lowlevel import RunVar, checkpoint

from jambonz_core.wire.errors import LocalProtocolError
from jambonz_core.wire.table_enum import TableEnum

from .transport import Closed, FrameSink

logger = logging.getLogger("jambonz_anyio.server")

ENDS_PER_TURN = 8
"""How many connections may tell in one turn of the event loop that they are over."""

GOING_AWAY = 1001
ABNORMAL = 1006
TOO_BIG = 1009
INTERNAL_ERROR = 1011
SERVICE_RESTART = 1012
NOT_ON_THE_WIRE = frozenset({1004, 1005, 1006, 1015})


def checked_close_code(code: int) -> int:
    """The code, if a close frame may carry it.

    >>> checked_close_code(1012)
    1012
    """
    if not 1000 <= code < 5000 or code in NOT_ON_THE_WIRE or 1015 < code < 3000:
        raise LocalProtocolError(f"{code} is not a code that a close frame may carry")
    return code


class ConnectionState(TableEnum):
    """How far the end of a connection has come."""

    OPEN = "open"
    """Messages go both ways."""
    CLOSING = "closing"
    """Our close is on its way, behind the text that was pushed before it. What the peer sends until it has
    answered is still handed on; nothing more is sent.
    """
    OVER = "over"
    """Nothing goes either way any more."""


class ConnectionInput(TableEnum):
    """What can happen to a connection."""

    CLOSE = "close"
    """This side closes it."""
    CLOSED = "closed"
    """The peer closes it, or answers our close."""
    FAULT = "fault"
    """What the peer sent is no websocket, or passes a limit: this side says why, and ends it."""
    LOST = "lost"
    """The connection broke, or ended without a close."""
    CUT = "cut"
    """This side gives it up: it was aborted or cancelled, or a limit was reached."""


_S, _I = ConnectionState, ConnectionInput

CONNECTION: Mapping[ConnectionState, Mapping[ConnectionInput, ConnectionState]] = {
    _S.OPEN: {
        _I.CLOSE: _S.CLOSING,
        _I.CLOSED: _S.OVER,
        _I.FAULT: _S.OVER,
        _I.LOST: _S.OVER,
        _I.CUT: _S.OVER,
    },
    _S.CLOSING: {
        _I.CLOSE: _S.CLOSING,
        _I.CLOSED: _S.OVER,
        _I.FAULT: _S.OVER,
        _I.LOST: _S.OVER,
        _I.CUT: _S.OVER,
    },
    _S.OVER: {
        _I.CLOSE: _S.OVER,
        _I.CLOSED: _S.OVER,
        _I.FAULT: _S.OVER,
        _I.LOST: _S.OVER,
        _I.CUT: _S.OVER,
    },
}
"""What becomes of a connection. Everything may happen at any time, for both sides act without asking."""
TABLES = {"Transport: the connection": CONNECTION}


_gate: RunVar[anyio.Semaphore] = RunVar("connections that end")


class Nobody:
    """A sink for frames that nobody wants."""

    def frame(self, data: str | bytes) -> None:
        """Drop the message."""

    def receipt(self, count: int) -> None:
        """Do nothing, because nobody asked for receipts."""

    def closed(self, closed: Closed) -> None:
        """Drop the news."""


NOBODY = Nobody()


class Closing:
    """The state of one connection, its sink, and its outcome."""

    __slots__ = ("_changed", "_chosen", "_claimed", "_told", "outcome", "sink", "state")

    def __init__(self) -> None:
        self.state = ConnectionState.OPEN
        self.sink: FrameSink = NOBODY
        """The sink that takes what comes in."""
        self.outcome: Closed | None = None
        """How the connection ended, once it is over."""
        self._chosen: Closed | None = None
        self._claimed = False
        self._told = False
        self._changed: anyio.Event | None = None

    def claim(self, sink: FrameSink) -> None:
        """Have `sink` told. Raises LocalProtocolError the second time."""
        if self._claimed:
            raise LocalProtocolError("this transport has a reader already: run() or start() is called once")
        self._claimed = True
        self.sink = sink

    def begin(self, code: int, reason: str = "") -> bool:
        """This side closes. False: it does so already, or the connection is over."""
        before, self.state = self.state, CONNECTION[self.state][ConnectionInput.CLOSE]
        if before is self.state:
            return False
        self._chosen = Closed(code, reason, local=True)
        return True

    def end(self, what: ConnectionInput, closed: Closed) -> bool:
        """The connection is over, for that reason unless there was one before. False: it was over before."""
        before, self.state = self.state, CONNECTION[self.state][what]
        if before is self.state:
            return False
        self.outcome = self._chosen or closed
        if self._changed is not None:
            self._changed.set()
        return True

    def tell(self) -> None:
        """Tell the sink that the connection is over, if it is: once, and as soon as there is a sink."""
        if self._claimed and not self._told and self.outcome is not None:
            self._told = True
            # Sinks know their transport. Without this circle, both go as soon as nobody has one of them.
            sink, self.sink = self.sink, NOBODY
            sink.closed(self.outcome)

    async def tell_in_turn(self) -> None:
        """`tell()`, when it is this connection's turn."""
        gate = _gate.get(None)
        if gate is None:
            gate = anyio.Semaphore(ENDS_PER_TURN)
            _gate.set(gate)
        async with gate:
            self.tell()
            # What was told begins to end before the next ones are.
            await checkpoint()

    async def wait(self) -> Closed:
        """Wait until the connection is over; how it ended."""
        while self.outcome is None:
            if self._changed is None:
                self._changed = anyio.Event()
            await self._changed.wait()
        return self.outcome


class Endings:
    """Connections that no task reads, and that are over: they tell of it in turn, all in one task.

    It lives in `tasks`, the group of the server, and only while some of them have not told. What a connection
    that has no task does in one now and then is done there as well.
    """

    def __init__(self, tasks: TaskGroup) -> None:
        self.tasks: TaskGroup = tasks
        self._waiting: deque[Callable[[], None]] = deque()
        self._telling = False

    def add(self, tell: Callable[[], None]) -> None:
        """Call this when it is its turn."""
        self._waiting.append(tell)
        if not self._telling:
            self._telling = True
            self.tasks.start_soon(self._tell_all, name="jambonz endings")

    async def _tell_all(self) -> None:
        try:
            while self._waiting:
                for _ in range(min(ENDS_PER_TURN, len(self._waiting))):
                    try:
                        self._waiting.popleft()()
                    except Exception:
                        logger.exception("the end of a connection could not be told")
                # What was told begins to end before the next ones are.
                await checkpoint()
        finally:
            self._telling = False


class ReadsItself:
    """What the transports on sockets and in memory have in common: they are read in a task, in `run()`."""

    __slots__ = ("_asked", "_closes", "_closing")

    if TYPE_CHECKING:

        async def _read(self) -> None:
            """Read until the connection is over. A `close()` before `run()` reads, too: the second waits."""

        def _cut(self, why: str) -> None:
            """Give the connection up, unless it is over."""

    def __init__(self) -> None:
        self._closing = Closing()
        self._asked: Callable[[], None] | None = None
        """What the sink wants to know before a ping is answered."""
        self._closes: Callable[[], None] | None = None
        """What it wants to know before this side closes."""

    def _claim(self, sink: FrameSink) -> None:
        """From now on everything that comes is handed to `sink`."""
        self._closing.claim(sink)
        self._asked = getattr(sink, "asked", None)
        self._closes = getattr(sink, "closes", None)

    async def run(self, sink: FrameSink) -> Closed:
        """Read until the connection is over, handing everything that comes to `sink`."""
        self._claim(sink)
        try:
            await self._read()
        finally:
            self._cut("cancelled")
            self._closing.tell()
            self._asked = self._closes = None
        return await self._closing.wait()

    def _begin_close(self, code: int, reason: str) -> bool:
        """This side closes, and lets the sink know before. False: it does so already, or it is all over."""
        if self._closes is not None and self._closing.state is ConnectionState.OPEN:
            self._closes()
        return self._closing.begin(code, reason)
