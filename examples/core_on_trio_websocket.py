"""Use the protocol core without jambonz_anyio: an adapter for trio-websocket.

`jambonz_core` knows the protocol and does no I/O. Whoever brings it bytes and the time has a jambonz
application: here in about a hundred lines, with calls that survive a lost connection, and receipts, which
prove what jambonz has read. What a server for the open world needs besides (TLS, credentials, limits, an end)
is left out.

Try it:  jambonz call ws://127.0.0.1:3000/ --start "python examples/core_on_trio_websocket.py"
Needs:   trio-websocket
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable

import trio
from trio_websocket import ConnectionClosed, WebSocketConnection, WebSocketRequest, serve_websocket

from jambonz_core.call import (
    AbortConnection,
    AppCall,
    CallOver,
    Command,
    Event,
    HookEvent,
    Reply,
    Send,
    SessionNew,
    VerbHook,
)
from jambonz_core.wire.codec import decode
from jambonz_core.wire.errors import RemoteProtocolError
from jambonz_core.wire.limits import CLOSE_GRACEFUL, CONTROL_SUBPROTOCOL

COME_BACK = 1012
"""The close code after which jambonz connects again."""

Handler = Callable[["TrioCall", Event], None]


class TrioCall:
    """A core, and what it leaves to others: a clock, a timer, and the connection of the moment."""

    def __init__(self, handler: Handler) -> None:
        self.core = AppCall()
        self._handler = handler
        self._connection: WebSocketConnection | None = None
        self._close_with: int | None = None
        self._changed = trio.Event()

    def do(self, command: Command) -> None:
        """Say something to jambonz."""
        self._turn(lambda now: self.core.do(command, now))

    def _turn(self, act: Callable[[float], list[Event]]) -> None:
        """Every call into the core: hand on the events, and wake the writer and the timer."""
        events = act(trio.current_time())
        self._changed.set()
        self._changed = trio.Event()
        for event in events:
            if isinstance(event, AbortConnection):
                self._close_with = COME_BACK
            if isinstance(event, CallOver):
                self._close_with = CLOSE_GRACEFUL
            self._handler(self, event)

    async def keep_time(self) -> None:
        """Tell the core when its deadline has passed, also while there is no connection."""
        while self.core.over is None:
            deadline, changed = self.core.deadline, self._changed
            with trio.move_on_at(math.inf if deadline is None else deadline) as waiting:
                await changed.wait()
            if waiting.cancelled_caught:
                self._turn(self.core.tick)

    async def serve(self, connection: WebSocketConnection, first: str) -> None:
        """One connection of the call, until it is gone. The newest one wins."""
        self._connection, self._close_with = connection, None
        self._turn(lambda now: self.core.connected(now, receipts=True))
        code = 1006
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._write, connection, nursery)
            try:
                self._receive(first)
                while self._connection is connection:
                    self._receive(await connection.get_message())
            except ConnectionClosed as closed:
                code = closed.reason.code if closed.reason is not None else code
            nursery.cancel_scope.cancel()
        if self._connection is connection:
            self._connection = None
            self._turn(lambda now: self.core.lost(code, now))

    def _receive(self, message: str | bytes) -> None:
        if isinstance(message, str):
            self._turn(lambda now: self.core.receive(message, now))

    async def _write(self, connection: WebSocketConnection, nursery: trio.Nursery) -> None:
        """Send what the core has to say, in order, and a ping behind it where it wants a receipt."""
        sent = 0
        try:
            while self._connection is connection:
                changed = self._changed
                for text in self.core.outgoing():
                    await connection.send_message(text)
                    sent += 1
                if self.core.receipt_wanted():
                    nursery.start_soon(self._ask_receipt, connection, sent)
                if self._close_with is not None:
                    break
                await changed.wait()
            await connection.aclose(self._close_with or COME_BACK)
        except ConnectionClosed:
            pass  # the reader is told as well, and knows the code

    async def _ask_receipt(self, connection: WebSocketConnection, sent: int) -> None:
        """A pong tells that jambonz has read all that was sent before its ping."""
        try:
            await connection.ping()
        except ConnectionClosed:
            return
        if self._connection is connection:
            self._turn(lambda now: self.core.receipt(sent, now))


async def serve(
    handler: Handler, port: int, *, task_status: trio.TaskStatus[int] = trio.TASK_STATUS_IGNORED
) -> None:
    """Answer calls until it is cancelled."""
    calls: set[TrioCall] = set()

    async def talk(request: WebSocketRequest) -> None:
        if CONTROL_SUBPROTOCOL not in request.proposed_subprotocols:
            await request.reject(400)
            return
        connection = await request.accept(subprotocol=CONTROL_SUBPROTOCOL)
        try:
            first = await connection.get_message()
        except ConnectionClosed:
            return
        text = first if isinstance(first, str) else ""
        call = find(text)
        if call is None:
            call = TrioCall(handler)
            nursery.start_soon(keep, call)
        await call.serve(connection, text)

    async def keep(call: TrioCall) -> None:
        """Know the call as long as it lives, which may be longer than a connection."""
        calls.add(call)
        await call.keep_time()
        calls.remove(call)

    def find(text: str) -> TrioCall | None:
        """The call that jambonz comes back for."""
        message = _message(text)
        if message.get("type") != "session:reconnect":
            return None
        return next((call for call in calls if call.core.call_sid == message.get("call_sid")), None)

    async with trio.open_nursery() as nursery:
        server = await nursery.start(serve_websocket, talk, "127.0.0.1", port, None)
        task_status.started(server.port)


def _message(text: str) -> dict[str, object]:
    try:
        return dict(decode(text))
    except RemoteProtocolError:
        return {}


# --- an application for it ----------------------------------------------------------------------------------

ASK = [
    {
        "verb": "gather",
        "input": ["speech"],
        "timeout": 15,
        "actionHook": "/heard",
        "say": {"text": "Say something."},
    }
]
GOODBYE = [{"verb": "say", "text": "Goodbye."}, {"verb": "hangup"}]


def echo(call: TrioCall, event: Event) -> None:
    """Repeat what the caller says."""
    match event:
        case SessionNew():
            call.do(Send(ASK))
        case VerbHook(hook="/heard", data={"speech": {"alternatives": [{"transcript": heard}, *_]}}):
            call.do(Reply.to(event, [{"verb": "say", "text": f"You said: {heard}"}, *ASK]))
        case VerbHook(hook="/heard"):
            call.do(Reply.to(event, GOODBYE))
        case HookEvent(acked=False):
            call.do(Reply.to(event))


if __name__ == "__main__":
    trio.run(serve, echo, int(sys.argv[1]) if len(sys.argv) > 1 else 3000)
