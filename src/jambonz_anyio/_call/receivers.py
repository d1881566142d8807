"""Who gets what happens on a call.

A hook has one receiver, the first of these that there is:

1. the pending `result()` of its path;
2. the `on` handler of its path, registered on the call, else on its route;
3. the inbox of its path, which `hooks(path)` made;
4. nobody: it is acked at once and shows up in `events()`.

What a `result()` or an inbox gets was acked with `[]` before they see it, so a program may think about it as
long as it likes. What a handler gets is *held*: its ack is the handler's answer, and the core gives one at
the deadline if the handler does not. `hooks(path, hold=True)` holds as well. A `dial:confirm` is never
answered by us without being asked to, because an empty answer connects the parties: without a receiver the
server lets that leg go.

Everything that is no hook goes to the handler of its name, and to all `events()`.

Nothing here runs a user's code: events arrive inside the transport's reader.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from jambonz_core.call.given_names import GIVEN_HOOKS
from jambonz_core.verbs.payload_base import Payload
from jambonz_core.wire import events as ev
from jambonz_core.wire.bounded import BoundedQueue
from jambonz_core.wire.codec import size_as_json
from jambonz_core.wire.errors import LocalProtocolError
from jambonz_core.wire.event import Event
from jambonz_core.wire.events import HookEvent, HookKind
from jambonz_core.wire.registry import TURN

from ..chain import AnyVerbs, verbs_from
from ..limits import CallLimits
from ..posted import Posted
from .awaited_verbs import AwaitedVerbs
from .call_log import CallLog
from .driver import NOBODY, CoreDriver, Owner
from .handlers import HandlerPool
from .held_hook import HeldHook
from .inbox import Inbox
from .invoke import AsyncFunction, Handler, Threads
from .sent_verbs import SentVerbs
from .tool_runs import ToolRuns

PayloadT = TypeVar("PayloadT", bound=Payload)

UNRECEIVED = 16
"""So many paths of a call that nobody receives are logged."""

OBSERVED = frozenset({"call:status", TURN})
"""Names whose handlers look on, as iterators of `events()` do: they keep no call alive."""

TOOL_CALLS = frozenset({ev.LlmToolCall, ev.AgentToolCall})
"""What `tools()` takes, before anybody else gets it."""

ANSWERED_BY_SENDING = frozenset({ev.SessionNew, ev.SessionReconnect})
"""What no receiver answers: the first verbs that are sent do, or the core has."""


class Hook:
    """A hook of a call, and the one answer to it. What `hooks(path, hold=True)` yields.

    ```python
    async for hook in call.hooks("/menu", hold=True):
        await hook.reply(call.say(text="One moment."))
    ```
    """

    __slots__ = ("_held", "payload")

    def __init__(self, held: HeldHook, payload: Payload) -> None:
        self._held = held
        self.payload: Payload = payload
        """The payload, of the class that the verb with this path reports; see `payload_as`."""

    @property
    def event(self) -> HookEvent:
        """The message, as the core reports it."""
        return self._held.event

    @property
    def path(self) -> str:
        """The hook's path or URL."""
        return self._held.event.hook

    @property
    def data(self) -> dict[str, Any]:
        """The payload as it came."""
        return self._held.event.data

    @property
    def answered(self) -> bool:
        """Whether this program gave the answer. The core may have given one before, at its deadline."""
        return self._held.answered

    def payload_as(self, kind: type[PayloadT]) -> PayloadT:
        """The payload, read as a class that you name, such as `GatherResult`."""
        payload = self.payload
        return payload if isinstance(payload, kind) else kind.from_payload(payload.raw, cut=payload.cut)

    async def reply(self, verbs: AnyVerbs | None = None) -> None:
        """Answer: with a chain, with plain dicts, or with nothing, which changes nothing.

        Raises `LocalProtocolError` when this hook was answered before.
        """
        driver = self._held.driver
        await driver.checkpoint()
        self._held.answer(verbs_from(verbs, driver.core.profile))
        await driver.room()

    def post(self, verbs: AnyVerbs | None = None) -> Posted[None]:
        """`reply` at once, without an `await`: what is returned may be awaited, and waits for room."""
        driver = self._held.driver
        try:
            driver.check_post()
            self._held.answer(verbs_from(verbs, driver.core.profile))
        except LocalProtocolError as error:
            return driver.loop.refused(error)
        return Posted(driver.catch_up)


class HookInbox(Inbox[Any]):
    """The hooks of one path: their payloads, or the hooks themselves where they are held."""

    def __init__(
        self,
        path: str,
        driver: CoreDriver,
        sent: SentVerbs,
        limits: CallLimits,
        log: CallLog,
        idle: Callable[[], None],
        *,
        kind: type[Payload] | None,
        hold: bool,
    ) -> None:
        super().__init__(
            f"hooks({path!r})",
            "CallLimits.inbox",
            limits.inbox,
            limits.inbox_bytes,
            loop=driver.loop,
            on_close=idle,
            log=log,
        )
        self._driver = driver
        self._sent = sent
        self._kind = kind
        self._hold = hold

    def _take(self, event: Event) -> None:
        """Add an event, in the form that the iteration gives."""
        payload, size = self._sent.payload(event), self._driver.core.message_size
        if isinstance(event, HookEvent):
            held = HeldHook(self._driver, event)
            if self._hold or event.kind is HookKind.DIAL_CONFIRM:
                self._put(Hook(held, payload), size)
                return
            held.release()
        if self._kind is not None and isinstance(payload, Payload) and not isinstance(payload, self._kind):
            payload = self._kind.from_payload(payload.raw, cut=payload.cut)
        self._put(payload, size)

    def _discard(self, item: Any) -> None:
        """A held hook that nobody will look at is let go of."""
        if isinstance(item, Hook):
            item._held.release()


class Receivers:
    """The handlers, waiters and iterators that the events of one call go to.

    When one of them has gone, the owner is asked to look whether anything is left that can act on the call.
    """

    __slots__ = (
        "_driver",
        "_early",
        "_handlers",
        "_inboxes",
        "_limits",
        "_log",
        "_of_route",
        "_over",
        "_owner",
        "_pool",
        "_sent",
        "_threads",
        "_unreceived",
        "_watchers",
        "awaited",
        "tools",
    )

    def __init__(
        self,
        owner: Owner,
        driver: CoreDriver,
        pool: HandlerPool,
        threads: Threads,
        sent: SentVerbs,
        limits: CallLimits,
        log: CallLog,
        *,
        of_route: Mapping[str, Handler],
    ) -> None:
        self._driver = driver
        self._pool = pool
        self._threads = threads
        self._sent = sent
        self._limits = limits
        self._log = log
        self._owner = owner
        self.awaited: AwaitedVerbs | None = None
        """Verbs that somebody waits for, once somebody does."""
        self.tools: ToolRuns | None = None
        """The tools of the call, as soon as it has any."""
        self._of_route = {name: threads.awaitable(handler) for name, handler in of_route.items()}
        self._handlers: dict[str, AsyncFunction] = dict(self._of_route)
        if TURN in of_route:
            driver.measure_turns()
        # Held weakly: an iterator that the program has let go of is no receiver, and keeps no call alive.
        # Most calls have none of either, and the weak collections are large: they are made when one comes.
        self._inboxes: weakref.WeakValueDictionary[str, HookInbox] | None = None
        self._watchers: weakref.WeakSet[Inbox[Event]] | tuple[()] = ()
        # What came before the program could say who wants it: it is kept until the call's first answer.
        self._early: BoundedQueue[Event] | None = None
        self._unreceived: tuple[str, ...] = ()
        """Hooks that reached nobody, and of which that was said."""
        self._over = False

    @property
    def expecting(self) -> bool:
        """Whether any receiver is there that could act on what comes."""
        # Asked whenever a handler is through; mostly a handler is the answer.
        for name in self._handlers:
            if name not in OBSERVED:
                return True
        return bool(
            self.awaited
            or self.tools
            or (self._inboxes and any(not inbox.closed for inbox in self._inboxes.values()))
        )

    def _names_of(self, event: Event) -> tuple[str, ...]:
        return self._driver.core.profile.registry.names_of(event)

    def _inbox(self, name: str) -> HookInbox | None:
        """The inbox of a name that takes something."""
        inbox = None if self._inboxes is None else self._inboxes.get(name)
        return None if inbox is None or inbox.closed else inbox

    # --- registering ------------------------------------------------------------------------------------

    def register(self, name: str, handler: Handler) -> None:
        """Make `handler` the receiver of a name. It also gets what came before anybody could want it."""
        if name == TURN:
            self._driver.measure_turns()
        awaitable = self._handlers[name] = self._threads.awaitable(handler)
        if self._early is not None:
            for event, size in self._early.take_if(lambda event: name in self._names_of(event)):
                self._pool.run_in_order(name, awaitable, self._sent.payload(event), size=size)

    def unregister(self, name: str) -> None:
        """Remove the handler of a name. What its route has for it takes its place."""
        if self._handlers.pop(name, None) is not None:
            if name in self._of_route:
                self._handlers[name] = self._of_route[name]
            self._owner.hang_up_if_idle()

    def handler(self, name: str) -> AsyncFunction | None:
        """The handler that a name has, if any."""
        return self._handlers.get(name)

    def keep_early(self, events: Iterable[Event]) -> None:
        """Keep what came before the call began."""
        for event in events:
            self._keep_early(event, size_as_json(event.raw))

    def _keep_early(self, event: Event, size: int) -> None:
        early = self._early
        if early is None:
            options = self._driver.core.options
            early = self._early = BoundedQueue(most=options.early_statuses, most_bytes=options.early_bytes)
        for gone in early.put(event, size):
            limit = "CallOptions.early_statuses" if early.full else "CallOptions.early_bytes"
            self._log.reached(limit, f"a {type(gone).__name__} before the first answer")

    def inbox(self, path: str, kind: type[Payload] | None, *, hold: bool) -> HookInbox:
        """A new inbox for a path; one that was there before gets nothing any more."""
        if path == TURN:
            self._driver.measure_turns()
        inboxes = self._inboxes
        if inboxes is None:
            inboxes = self._inboxes = weakref.WeakValueDictionary()
        before = inboxes.get(path)
        inbox = HookInbox(
            path,
            self._driver,
            self._sent,
            self._limits,
            self._log,
            self._owner.hang_up_if_idle,
            kind=kind,
            hold=hold,
        )
        inboxes[path] = inbox
        if before is not None:
            before._finish()
        if self._over:
            inbox._finish()
        return inbox

    def watch(self) -> Inbox[Event]:
        """Make a new iterator over the call's events."""
        watcher: Inbox[Event] = Inbox(
            "events()",
            "CallLimits.events",
            self._limits.events,
            self._limits.events_bytes,
            loop=self._driver.loop,
            on_close=self._owner.hang_up_if_idle,
            log=self._log,
        )
        self._driver.measure_turns()
        if self._early is not None:
            for event, size in self._early.items:
                watcher._put(event, size)
        watchers = self._watchers or weakref.WeakSet[Inbox[Event]]()
        watchers.add(watcher)
        self._watchers = watchers
        if self._over:
            watcher._finish()
        return watcher

    # --- delivering -------------------------------------------------------------------------------------

    def deliver_hook(self, event: ev.VerbHook) -> None:
        """`deliver` for what comes most: a hook that mostly has a handler of its own."""
        handler = self._handlers.get(event.hook)
        if handler is None or (self.awaited is not None and event.hook in self.awaited.reports):
            self.deliver(event)
        else:
            self._pool.run(handler, self._sent.of_hook(event), HeldHook(self._driver, event))

    def deliver(self, event: Event) -> None:
        """Hand an event to its receiver."""
        if type(event) in ANSWERED_BY_SENDING:
            self._notify(event)
        elif isinstance(event, HookEvent):
            if self._deliver_hook(event):
                return
        elif isinstance(event, ev.ResultDropped):
            if self.awaited is not None:
                self.awaited.drop(event)
        elif isinstance(event, ev.VerbDone):
            if self.awaited is not None:
                self.awaited.end(event.verb_id)
        else:
            self._notify(event)
        if self._watchers:
            for watcher in list(self._watchers):
                watcher._put(event, self._size(event))

    def _size(self, event: Event) -> int:
        """How much of what waits an event counts for; those that the core has made are small."""
        return self._driver.core.message_size if event.raw is not None else 0

    def _deliver_hook(self, event: HookEvent) -> bool:
        """Hand a hook to whoever waits for it or handles it. False: nobody does."""
        if self.awaited is not None and event.hook in self.awaited.reports:
            self.awaited.report(event)
            return True
        names = self._names_of(event)
        for name in names:
            handler = self._handlers.get(name)
            if handler is not None:
                self._pool.run(handler, self._sent.of_hook(event), HeldHook(self._driver, event))
                return True
        for name in names:
            inbox = self._inbox(name)
            if inbox is not None:
                inbox._take(event)
                return True
        self._tell_unreceived(event)
        if not event.acked:
            if event.kind is HookKind.DIAL_CONFIRM and self._log.may_note(self._limits.log_lines):
                self._log.warning(
                    "Nobody receives the confirm hook %s: the called party will not be connected", event.hook
                )
            HeldHook(self._driver, event).release()
        return False

    def _tell_unreceived(self, event: HookEvent) -> None:
        """Say that a hook reaches nobody, and which path that is served looks like it."""
        path = event.hook
        if not path or self._watchers or path in self._unreceived or path.startswith(GIVEN_HOOKS):
            return
        if len(self._unreceived) < UNRECEIVED and self._log.may_note(self._limits.log_lines):
            self._unreceived = *self._unreceived, path
            served = [name for name in (*self._handlers, *(self._inboxes or ())) if name.startswith("/")]
            from difflib import get_close_matches  # slow to import, and only needed once something is wrong

            near = get_close_matches(path, served, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            self._log.warning("Nobody receives the hook %s%s", path, hint)

    def _notify(self, event: Event) -> None:
        if self.tools is not None and type(event) in TOOL_CALLS:
            others = self.tools.claim(event, received=self._receives(event))  # type: ignore[arg-type]  # is one
            if others is None:
                return
            event = others
        for name in self._names_of(event):
            handler = self._handlers.get(name)
            if handler is not None:
                self._pool.run_in_order(name, handler, self._sent.payload(event))
                return
            inbox = self._inbox(name)
            if inbox is not None:
                inbox._take(event)
                return
        if not self._watchers and not self._driver.core.answered_first:
            self._keep_early(event, self._size(event))

    def _receives(self, event: Event) -> bool:
        """Whether a handler or an inbox would get an event."""
        names = self._names_of(event)
        return any(name in self._handlers or self._inbox(name) is not None for name in names)

    def finish(self) -> None:
        """The call is over: nothing will come for anybody."""
        self._over = True
        if self.awaited is not None:
            self.awaited.finish()
        for inbox in (*(self._inboxes or {}).values(), *self._watchers):
            inbox._finish()

    def forget(self) -> None:
        """Let go of everybody: nothing is left that could act on the call."""
        self._handlers, self._of_route, self.tools = {}, {}, None
        self._owner = NOBODY
