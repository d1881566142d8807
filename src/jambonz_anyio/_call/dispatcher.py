"""From an accepted connection to the call that it belongs to.

A connection does not say whose it is before its first message, and an outbound call's not before it was
answered: until then it reports statuses, which are kept for the call. So a core is made for each connection
and fed until it knows. Then it is

* a new call: it lives here, in this connection's task, with this core. If a block of this process placed it,
  that block is its handler;
* a call of this process that was cut off: the connection is handed to it, with all that was read, and this
  task only reads on. It must have the identity of the call's first connection; with another one it is about a
  call that nobody knows, whatever id it names. If the call believes to be connected still, the newest
  connection wins;
* a call that another process began, and died with: what that one saved is loaded, and `on_resume` goes on;
* a call of which nothing was saved, or nothing since its first answer, or that never reached anybody. The
  core finds out which (`marker`): one that had not begun begins now; for one that had, `on_resume` goes on,
  or the caller hears the last words. The handler is never simply started again: it would greet a caller who
  is in the middle of a conversation;
* a leg that became a call of its own (`session:adulting`), which has its verbs already. It is served whoever
  it is, and told of its parent if that has the same identity, or was sent on from one that has;
* a hook of a call whose verbs were configured elsewhere: only the handlers of hooks are for it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import anyio
from anyio.abc import TaskGroup

from jambonz_core.call import AppCall
from jambonz_core.call.marker import come_back_later
from jambonz_core.call.ownership import Go, LetGo, SendRound, Source
from jambonz_core.call.states import CallState
from jambonz_core.wire import events as ev
from jambonz_core.wire.bounded import BoundedQueue
from jambonz_core.wire.errors import JambonzError
from jambonz_core.wire.event import Event
from jambonz_core.wire.limits import CLOSE_ABNORMAL, CLOSE_SERVICE_RESTART
from jambonz_core.wire.one_line import one_line

from .._net.fast_streams import cancellation_around
from .._net.transport import Closed, Transport
from ..call import Call
from ..session_fields import parent_of
from .app_context import AppContext, CallRoute
from .call_log import CallLog
from .call_observer import b3_of
from .call_registry import CallRegistry
from .driver import PendingConnection
from .routes import Match
from .saved_call import CallKey, SavedCall
from .sent_redirects import CameBy
from .stored_call import StoredCall, StoredCalls

if TYPE_CHECKING:
    from ..rest.placements import Placements

POLICY_VIOLATION = 1008

CHILDREN = 64
"""How many legs that became calls a call remembers, the latest."""

ADULTING = "/adulting"
"""What jambonz appends to the application's URL for a leg that becomes a call: to the whole of it, query and
fragment included. So the path is the parent's and this one, or, where the URL has a query (which ends with it
then) or a fragment, the parent's alone.
"""

MOST_TIMES_PUT_OFF = 2
"""How often jambonz is told to come back because a store takes too long. The call needs two connections more
to find out whether it had begun.
"""

CALLS_PUT_OFF = 1024
"""Calls of which that is remembered."""

WAYS_OF_RINGING = 1024
"""Ways on which calls ring that are remembered."""

_OPENINGS = (ev.SessionNew, ev.SessionReconnect, ev.SessionRedirect, ev.SessionAdulting, ev.VerbHook)


class ConnectionDispatcher:
    """Finds the call of each connection of one application."""

    def __init__(self, context: AppContext) -> None:
        self._context = context
        self.registry: CallRegistry = CallRegistry()
        self._times_put_off: dict[CallKey, int] = {}
        self._ringing: dict[CameBy, float] = {}
        """Until when a call may ring that came this way."""
        self.stored: StoredCalls = StoredCalls(context)
        self.placements: Placements[Call] | None = None
        """Who waits for which outbound call, once one was placed."""

    async def serve(
        self,
        route: CallRoute,
        params: dict[str, str],
        child: Callable[[], Match[CallRoute]],
        via: Call | None,
        token: str,
        transport: Transport,
    ) -> None:
        """Serve a connection until it is over, and, if a call began on it, until that is over too.

        `child` gives the route for a leg that becomes a call, which its first message may tell. `via` is the
        call whose `token` it shows: so this process sent it, and what it opens may know of that call.
        """
        context = self._context
        connection = PendingConnection(transport, context.limits, token)
        connection.stopping = cancellation_around()
        started = _start(transport, connection)
        # `_connect` finds the call, and what it gives goes on with it: an idle call holds nothing of how it
        # was found.
        if started and context.home is not None and not context.shares_calls:
            # No reader needs a group here and no guest does, so there is none.
            await (await self._connect(route, params, child, via, connection, context.home))()
        else:
            async with anyio.create_task_group() as tasks:
                if not started:
                    tasks.start_soon(self._read, transport, connection)
                # Not for longer than this block: afterwards only the reader is left, and the call has another
                # home.
                with context.timers.hosted_by(tasks), self.stored.hosts.hosted_by(tasks, context.store):
                    await (await self._connect(route, params, child, via, connection, tasks))()
        await connection.over()

    async def _read(self, transport: Transport, connection: PendingConnection) -> None:
        closed = Closed(CLOSE_ABNORMAL, "the transport failed", local=True)
        try:
            closed = await transport.run(connection)
        except Exception:
            self._context.logger.exception("A transport failed")
        finally:
            if connection.closed_as is None:
                # Transports tell their sink. One that has not would leave a call that believes to have a
                # connection.
                connection.closed(closed)

    async def _connect(
        self,
        route: CallRoute,
        params: dict[str, str],
        child: Callable[[], Match[CallRoute]],
        via: Call | None,
        connection: PendingConnection,
        tasks: TaskGroup,
    ) -> Callable[[], Awaitable[None]]:
        opening = await self._listen(connection, route)
        if opening is None:
            return _nothing_more
        core, event, frames = opening
        connection.b3 = b3_of(event)
        key = CallKey(connection.transport.peer.identity, route.pattern, core.call_sid or connection.call_sid)
        if self._adults(key, event):
            match = child()
            route, params = match.target, match.params
            key = CallKey(key.identity, route.pattern, key.call_sid)
        known = self.registry.get(key)
        stored = self._stored_call(key, event, known)
        if not isinstance(event, ev.SessionReconnect):
            if known is not None and connection.nameless and not isinstance(event, ev.SessionNew):
                connection.frames = [*frames, *connection.frames]
                known._runtime.driver.attach(connection)
                return _nothing_more
            if known is not None:
                known._runtime.give_up("superseded")
            connection.opening = event
            # Nothing here may hold the message as long as the call lives: it may be large.
            del opening, event, frames
            if stored is None or await stored.admit(connection, tasks, begins=True) is not None:
                return partial(self._begin, key, route, params, connection, core, via, stored)
            return _nothing_more
        connection.frames = [*frames, *connection.frames]
        msgid = event.msgid
        del opening, event, frames, core
        decision: Go | SendRound | LetGo | None
        if stored is None:
            decision = Go(Source.NOTHING if known is None else Source.MEMORY)
        else:
            connection.unacked = msgid
            decision = await stored.admit(connection, tasks, begins=False)
            connection.unacked = ""
            known = self.registry.get(key)
        match decision:
            case Go(Source.MEMORY) if known is not None:
                known._runtime.driver.attach(connection)
            case Go(snapshot=snapshot):
                return partial(self._resume, key, route, params, connection, snapshot, stored)
            case LetGo():
                return partial(self._dismiss, key, route, params, connection)
            case SendRound() if self._put_off(key):
                self._context.logger.warning("The store takes too long: jambonz has to come back for a call")
                connection.transport.push(come_back_later(msgid))
                await connection.transport.close(CLOSE_SERVICE_RESTART, "come back later")
            case SendRound():
                return partial(self._resume, key, route, params, connection, None, None)
            case None:
                connection.transport.abort()
        return _nothing_more

    def _stored_call(self, key: CallKey, event: Event, known: Call | None) -> StoredCall | None:
        """The call in the store, if other processes share it."""
        if isinstance(event, ev.VerbHook):
            # What only brings the hook of a verb that was configured elsewhere is no call.
            return None
        if isinstance(event, ev.SessionReconnect) and known is not None and not known._runtime.shared:
            # It began without the store, or has ended for it.
            return None
        return self.stored.of(key)

    def _adults(self, key: CallKey, event: Event) -> bool:
        """Whether a leg that becomes a call, or became one, has come by its parent's path."""
        if key.pattern.endswith(ADULTING):
            return False
        if isinstance(event, ev.SessionReconnect):
            own = CallKey(key.identity, key.pattern + ADULTING, key.call_sid)
            return key not in self.registry and own in self.registry
        return isinstance(event, ev.SessionAdulting)

    async def _listen(
        self, connection: PendingConnection, route: CallRoute
    ) -> tuple[AppCall, Event, list[str | bytes]] | None:
        """Read until it is clear what the connection is about. None: it never will be."""
        context = self._context
        clock = context.timers.clock
        core = context.new_core()
        events = core.connected(clock(), receipts=connection.transport.receipts)
        early = BoundedQueue[str | bytes](
            most=context.options.early_statuses, most_bytes=context.options.early_bytes
        )
        log = CallLog(context.logger, "")
        with anyio.move_on_after(context.limits.opening_seconds) as patience:
            while core.over is None:
                frame = await connection.next_frame()
                if frame is None:
                    return None
                events = core.receive(frame, clock())
                for event in events:
                    if isinstance(event, ev.CallStatus) and self.placements is not None:
                        self.placements.observe(event.data)
                    if isinstance(event, ev.LimitReached):
                        log.reached(event.limit, event.what)
                    if isinstance(event, _OPENINGS) and not self._is_unannounced(core, connection, route):
                        return core, event, [*early, frame]
                # The ack of a reconnect that opens nothing.
                acks = core.outgoing()
                for ack in acks:
                    connection.transport.push(ack)
                if acks and not core.call_sid:
                    # Which call it is about, the next message will say.
                    connection.nameless, connection.pushed = True, len(acks)
                else:
                    # Nothing but statuses so far: somebody is being called, and has not answered. What goes
                    # here has gone from the core as well, and that has said so.
                    early.put(frame, len(frame))
                    self._note_ringing(connection)
                patience.deadline = clock() + context.limits.ringing_seconds
        context.logger.warning(
            "A connection from %s opened no call; it is closed", connection.transport.peer.address
        )
        await connection.transport.close(POLICY_VIOLATION, "no call was opened")
        return None

    def _is_unannounced(self, core: AppCall, connection: PendingConnection, route: CallRoute) -> bool:
        """Whether the server is back with a call that it has not announced yet, and nobody here knows."""
        if core.state is not CallState.OPENING:
            return False
        if not core.call_sid:
            came_by = CameBy.of(connection.transport.peer, connection.token)
            redirected = self.registry.nameless(came_by)
            # The server names no call that rings, either.
            if redirected is not None and self._context.timers.clock() >= self._ringing.get(came_by, 0.0):
                connection.call_sid = redirected.call_sid
        call_sid = core.call_sid or connection.call_sid
        return CallKey(connection.transport.peer.identity, route.pattern, call_sid) not in self.registry

    def _note_ringing(self, connection: PendingConnection) -> None:
        """Remember that a call rings which has come this way."""
        came_by = CameBy.of(connection.transport.peer, connection.token)
        self._ringing.pop(came_by, None)
        self._ringing[came_by] = self._context.timers.clock() + self._context.limits.ringing_seconds
        if len(self._ringing) > WAYS_OF_RINGING:
            del self._ringing[next(iter(self._ringing))]

    async def _begin(
        self,
        key: CallKey,
        route: CallRoute,
        params: dict[str, str],
        connection: PendingConnection,
        core: AppCall,
        via: Call | None,
        stored: StoredCall | None,
    ) -> None:
        context, registry = self._context, self.registry
        event, connection.opening = connection.opening, None
        assert event is not None
        call = Call(context, route, core, key, connection.transport.peer, params)
        runtime = call._runtime
        runtime.b3 = connection.b3
        runtime.opened_by = str((event.raw or {}).get("type", ""))
        runtime.store_as(stored)
        if isinstance(event, ev.SessionAdulting):
            call.parent = registry.find(key.identity, parent_of(event.data))
            if call.parent is None and via is not None:
                call.parent = registry.find(via._runtime.peer.identity, parent_of(event.data))
        elif isinstance(event, ev.SessionRedirect):
            runtime.came_by = CameBy.of(runtime.peer, connection.token)
            sender = registry.redirected_to(runtime.peer, key.call_sid)
            if via is not None and via.call_sid == key.call_sid:
                sender = via
            if sender is not None:
                runtime.continues = sender._runtime.continues | {sender._runtime.peer.identity}
        if isinstance(event, ev.VerbHook):
            # An application may serve hooks only: its verbs were configured elsewhere, and there is no call
            # that its handler could answer. What the hook wants is for the handlers of hooks.
            runtime.route = replace(route, handler=None, on_return="stay")
            connection.opening = event
        if isinstance(event, ev.SessionNew):
            self._claim(call)
        with registry.holding(key, call), context.journal(key.call_sid, core):
            if call.parent is not None:
                call.parent.children.append(call)
                if len(call.parent.children) > CHILDREN:
                    del call.parent.children[0]
                    call.parent._runtime.log.reached("CHILDREN", "the oldest of call.children")
                handler = call.parent._runtime.child_began(call, served=route.handler is not None)
                if handler is not None:
                    runtime.route = replace(route, handler=handler)
            runtime.receivers.keep_early(core.early_statuses)
            declined = connection.transport.peer.at_limit and isinstance(event, ev.SessionNew)
            del event
            if declined:
                self._decline(call)
                await runtime.dismiss(partial(runtime.driver.adopt, connection))
            else:
                await runtime.live(partial(runtime.driver.adopt, connection))

    async def _resume(
        self,
        key: CallKey,
        route: CallRoute,
        params: dict[str, str],
        connection: PendingConnection,
        snapshot: bytes | None,
        stored: StoredCall | None,
    ) -> None:
        """Go on with a call that another process began, begin it if nobody did, or say goodbye to it."""
        context, registry = self._context, self.registry
        self._times_put_off.pop(key, None)
        saved, restored = self._restore(snapshot)
        core = restored or context.new_core()
        if restored is not None:
            route = replace(route, handler=context.on_resume)
        call = Call(context, route, core, key, connection.transport.peer, params)
        runtime = call._runtime
        runtime.b3 = connection.b3
        runtime.store_as(stored)
        begin = partial(runtime.driver.attach, connection)
        if saved is not None:
            call.state, runtime.saved_at, runtime.trace = saved.state, saved.saved_at, saved.trace
        with registry.holding(key, call), context.journal(key.call_sid, core):
            if restored is None:
                await self._serve_unknown(call, begin)
            else:
                runtime.unproved = tuple(core.unproved)
                # What is sent again may have been addressed by this process.
                runtime.driver.token.given = True
                await runtime.live(begin)

    async def _dismiss(
        self, key: CallKey, route: CallRoute, params: dict[str, str], connection: PendingConnection
    ) -> None:
        """Hang up a call of which another process has said that it is over."""
        context = self._context
        core = context.new_core()
        call = Call(context, route, core, key, connection.transport.peer, params)
        call._runtime.log.warning("jambonz comes back for a call that has ended: it is hung up")
        with self.registry.holding(key, call), context.journal(key.call_sid, core):
            # Only what the core knows to have begun, or not, can be ended.
            await call._runtime.had_begun(partial(call._runtime.driver.attach, connection))
            await call._runtime.dismiss(_nothing)

    def _put_off(self, key: CallKey) -> bool:
        """Whether jambonz may be told once more to come back: a call has five connections in all."""
        times = self._times_put_off.pop(key, 0) + 1
        self._times_put_off[key] = times
        if len(self._times_put_off) > CALLS_PUT_OFF:
            del self._times_put_off[next(iter(self._times_put_off))]
        return times <= MOST_TIMES_PUT_OFF

    async def _serve_unknown(self, call: Call, begin: Callable[[], None]) -> None:
        """Find out whether a call had begun that nobody knows. Then begin it, or go on as well as it goes."""
        context, runtime = self._context, call._runtime
        begun = await runtime.had_begun(begin)
        running = begun is not None and runtime.driver.core.state is CallState.RUNNING
        if running and not begun and runtime.peer.at_limit:
            self._decline(call)
            await runtime.dismiss(_nothing)
        elif running and not begun:
            runtime.log.warning("Nobody here knew this call, and it had not begun: it begins now")
            call.state, runtime.saved_at = {}, None
            self._claim(call)
            await runtime.live(_nothing)
        elif running and context.on_resume is not None:
            if runtime.saved_at is None:
                runtime.log.warning("Nothing was saved of this call: on_resume goes on with an empty state")
            else:
                runtime.log.warning("Of this call only the state was saved: on_resume goes on with that")
            runtime.route = replace(runtime.route, handler=context.on_resume)
            await runtime.live(_nothing)
        else:
            if running:
                runtime.log.error(
                    "This call reconnects, and nobody here knows it: it gets its last words. An application "
                    "in several processes needs a shared store and an on_resume"
                )
            await runtime.dismiss(_nothing)

    def _decline(self, call: Call) -> None:
        """Say that a call is not begun: it was let in because it might have been one that comes back."""
        call._runtime.log.warning("ServerLimits.calls is reached, and this is a new call: it is declined")

    def _claim(self, call: Call) -> None:
        """Give a call to the block of this process that placed it, if there is one."""
        if self.placements is not None:
            claim = self.placements.claim(call.data, call)
            if claim is not None:
                call._runtime.route = replace(call._runtime.route, handler=lambda call: claim.serve())

    def _restore(self, snapshot: bytes | None) -> tuple[SavedCall | None, AppCall | None]:
        """What another process saved of a call, and the core as it was then, if the call was answered."""
        context = self._context
        if snapshot is None or context.on_resume is None:
            return None, None
        try:
            saved = SavedCall.decode(snapshot)
            if saved.core is None:
                return saved, None
            now = context.timers.clock()
            options, profile = context.options, context.profile
            return saved, context.core.restore(saved.core, now=now, options=options, profile=profile)
        except JambonzError as exc:
            context.logger.warning("A saved call cannot be put back: %s", one_line(str(exc)))
        return None, None


def _start(transport: Transport, connection: PendingConnection) -> bool:
    """Have the event loop read the connection, if the transport can do without a task."""
    start: Callable[[PendingConnection], bool] | None = getattr(transport, "start", None)
    return start is not None and start(connection)


def _nothing() -> None:
    """The call is connected already."""


async def _nothing_more() -> None:
    """The connection is another call's, or nobody's."""
