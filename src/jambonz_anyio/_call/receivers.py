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
from collections import deque
from collections.abc import Callable, Iterable, Mapping, MutableMapping, MutableSet
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from jambonz_core.verbs.payload_base import Payload
from jambonz_core.wire import events as ev
from jambonz_core.wire.errors import CallEnded, VerbDropped
from jambonz_core.wire.event import Event
from jambonz_core.wire.events import HookEvent, HookKind

from .handlers import Hook
from .inbox import Inbox
from .one_shot import OneShot

if TYPE_CHECKING:
    from .runtime import Runtime

Handler: TypeAlias = Callable[..., Any]
"""What `on` takes: a function of the payload, a coroutine function or a plain one."""


ANSWERED_BY_SENDING = (ev.SessionNew, ev.SessionReconnect)
"""What no receiver answers: the first verbs that are sent do, or the core has."""


class HookInbox(Inbox[Any]):
    """The hooks of one path: their payloads, or the hooks themselves where they are held."""

    def __init__(self, runtime: Runtime, path: str, *, kind: type[Payload] | None, hold: bool) -> None:
        super().__init__(
            f"hooks({path!r})",
            runtime.limits.inbox,
            "CallLimits.inbox",
            loop=runtime.driver.loop,
            on_close=runtime.hang_up_if_idle,
            log=runtime.log,
        )
        self._runtime = runtime
        self._kind = kind
        self._hold = hold

    def _take(self, event: Event) -> None:
        """Add an event, in the form that the iteration gives."""
        if not isinstance(event, HookEvent):
            self._put(self._as_asked(self._runtime.payload(event)))
            return
        hook = Hook(self._runtime, event)
        if self._hold or event.kind is HookKind.DIAL_CONFIRM:
            self._put(hook)
        else:
            hook._release()
            self._put(self._as_asked(hook.payload))

    def _as_asked(self, payload: Any) -> Any:
        """The payload in the class that the program has named, where it is not of that class anyway."""
        if self._kind is None or isinstance(payload, self._kind) or not isinstance(payload, Payload):
            return payload
        return self._kind.from_payload(payload.raw, cut=payload.cut)

    def _discard(self, item: Any) -> None:
        """A held hook that nobody will look at is let go of."""
        if isinstance(item, Hook):
            item._release()


class Receivers:
    """The handlers, waiters and iterators that the events of one call go to."""

    def __init__(self, runtime: Runtime, of_route: Mapping[str, Handler]) -> None:
        self._runtime = runtime
        self._names_of = runtime.profile.registry.names_of
        self._of_route = of_route
        self.handlers: dict[str, Handler] = {}
        self._results: dict[str, deque[OneShot[HookEvent]]] = {}
        self._done: dict[str, OneShot[None]] = {}
        # Held weakly: an iterator that the program has let go of is no receiver, and keeps no call alive.
        # Most calls have none of either, and the weak collections are large: they are made when one comes.
        self._inboxes: MutableMapping[str, HookInbox] = {}
        self._watchers: MutableSet[Inbox[Event]] = set()
        # What came before the program could say who wants it: it is kept until the call's first answer.
        self._early: list[Event] = []

    @property
    def expecting(self) -> bool:
        """Whether any receiver is there that could act on what comes."""
        return bool(self.handlers or self._of_route or self._results or self._done) or any(
            not inbox.closed for inbox in (*self._inboxes.values(), *self._watchers)
        )

    # --- registering ------------------------------------------------------------------------------------

    def register(self, name: str, handler: Handler) -> None:
        """Make `handler` the receiver of a name. It also gets what came before anybody could want it."""
        self.handlers[name] = handler
        for event in [event for event in self._early if name in self._names_of(event)]:
            self._early.remove(event)
            self._runtime.run_handler(handler, None, event, series=name)

    def unregister(self, name: str) -> None:
        """Remove the handler of a name."""
        if self.handlers.pop(name, None) is not None:
            self._runtime.hang_up_if_idle()

    def keep_early(self, events: Iterable[Event]) -> None:
        """Keep what came before the call began."""
        self._early.extend(events)
        del self._early[: -self._runtime.limits.early_statuses]

    def expect(self, hook: str) -> OneShot[HookEvent]:
        """Wait for the next hook of a path."""
        waiter = OneShot[HookEvent]()
        self._results.setdefault(hook, deque()).append(waiter)
        return waiter

    def forget(self, hook: str, waiter: OneShot[HookEvent]) -> None:
        """Remove a waiter for the result of a hook."""
        waiters = self._results.get(hook)
        if waiters is not None and waiter in waiters:
            waiters.remove(waiter)
            if not waiters:
                del self._results[hook]

    def expect_done(self, verb_id: str) -> OneShot[None]:
        """A waiter that settles when the verb has ended."""
        return self._done.setdefault(verb_id, OneShot())

    def forget_done(self, verb_id: str, waiter: OneShot[None]) -> None:
        """Remove a waiter for the end of a verb."""
        if self._done.get(verb_id) is waiter:
            del self._done[verb_id]

    def inbox(self, path: str, kind: type[Payload] | None, *, hold: bool) -> HookInbox:
        """A new inbox for a path; one that was there before gets nothing any more."""
        before = self._inboxes.get(path)
        inbox = HookInbox(self._runtime, path, kind=kind, hold=hold)
        if not self._inboxes:
            self._inboxes = weakref.WeakValueDictionary()
        self._inboxes[path] = inbox
        if before is not None:
            before._finish()
        if self._runtime.over:
            inbox._finish()
        return inbox

    def watch(self) -> Inbox[Event]:
        """Make a new iterator over the call's events."""
        limits = self._runtime.limits
        watcher: Inbox[Event] = Inbox(
            "events()",
            limits.events,
            "CallLimits.events",
            loop=self._runtime.driver.loop,
            on_close=self._runtime.hang_up_if_idle,
            log=self._runtime.log,
        )
        for event in self._early:
            watcher._put(event)
        if not self._watchers:
            self._watchers = weakref.WeakSet()
        self._watchers.add(watcher)
        if self._runtime.over:
            watcher._finish()
        return watcher

    # --- delivering -------------------------------------------------------------------------------------

    def deliver(self, event: Event) -> None:
        """Hand an event to its receiver."""
        if isinstance(event, HookEvent):
            if isinstance(event, ANSWERED_BY_SENDING):
                self._notify(event)
            elif self._deliver_hook(event):
                return
        elif isinstance(event, ev.ResultDropped):
            self._drop(event)
        elif isinstance(event, ev.VerbDone):
            done = self._done.pop(event.verb_id, None)
            if done is not None:
                done.settle(None)
        else:
            self._notify(event)
        for watcher in list(self._watchers):
            watcher._put(event)

    def _deliver_hook(self, event: HookEvent) -> bool:
        """Hand a hook to whoever waits for it or handles it. False: nobody does."""
        waiters = self._results.get(event.hook) if event.hook else None
        if waiters:
            Hook(self._runtime, event)._release()
            waiter = waiters.popleft()
            if not waiters:
                del self._results[event.hook]
            waiter.settle(event)
            return True
        names = self._names_of(event)
        for name in names:
            handler = self.handler(name)
            if handler is not None:
                self._runtime.run_handler(handler, Hook(self._runtime, event), event)
                return True
        for name in names:
            inbox = self._inboxes.get(name)
            if inbox is not None and not inbox.closed:
                inbox._take(event)
                return True
        held = Hook(self._runtime, event)
        if not event.acked:
            runtime = self._runtime
            if event.kind is HookKind.DIAL_CONFIRM and runtime.log.may_note(runtime.limits.log_lines):
                runtime.log.warning(
                    "Nobody receives the confirm hook %s: the called party will not be connected", event.hook
                )
            held._release()
        return False

    def _notify(self, event: Event) -> None:
        for name in self._names_of(event):
            handler = self.handler(name)
            if handler is not None:
                self._runtime.run_handler(handler, None, event, series=name)
                return
            inbox = self._inboxes.get(name)
            if inbox is not None and not inbox.closed:
                inbox._take(event)
                return
        if not self._watchers and not self._runtime.core.answered_first:
            self.keep_early((event,))

    def handler(self, name: str) -> Handler | None:
        """The handler that a name has, if any."""
        handler = self.handlers.get(name)
        if handler is None:
            of_route = self._of_route.get(name)
            handler = partial(of_route, self._runtime.call) if of_route is not None else None
        return handler

    def _drop(self, event: ev.ResultDropped) -> None:
        error = VerbDropped(f"no result will come: {event.by}", by=event.by)
        waiters = self._results.pop(event.hook, None) if event.hook else None
        for waiter in waiters or ():
            waiter.fail(error)
        done = self._done.pop(event.verb_id, None) if event.verb_id else None
        if done is not None:
            done.fail(error)

    def finish(self) -> None:
        """The call is over: nothing will come for anybody."""
        for waiters in self._results.values():
            for waiter in waiters:
                waiter.fail(CallEnded("the call ended before the verb reported a result"))
        for done in self._done.values():
            done.fail(CallEnded("the call ended before the verb was over"))
        self._results.clear()
        self._done.clear()
        for inbox in (*self._inboxes.values(), *self._watchers):
            inbox._finish()
