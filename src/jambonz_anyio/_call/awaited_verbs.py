"""Verbs that somebody waits for: until they report, or until they are over.

A waiter settles always: with the report, with `VerbDropped` when the core knows that none can come, with
`CallEnded` at the end of the call. Inside the call's scope the end is a cancellation, which comes first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Protocol

import anyio

from jambonz_core.call.commands import Replace, Send
from jambonz_core.call.session_facts import ENDS_THE_CALL
from jambonz_core.verbs.payloads import RESULTS
from jambonz_core.wire.errors import CallEnded, LocalProtocolError, VerbDropped
from jambonz_core.wire.events import HookEvent, ResultDropped
from jambonz_core.wire.message_reading import hook_path
from jambonz_core.wire.unproved import UnsureChoice

from .driver import CoreDriver
from .held_hook import HeldHook
from .one_shot import OneShot
from .sent_verbs import SentVerbs

IDLE = [{"verb": "pause", "length": 0.1}]
"""What takes the place of verbs that nobody waits for any more: nothing at all would end an idle call."""

_SURE_TO_REPORT = frozenset({"gather", "play"})
"""Verbs that report however they end, unless they are stopped, which is known. Others may end without a word:
a `dial` that has nobody to call, a `listen` that cannot connect, a `conference` that cannot be joined, a
`sip:request` before the call is answered, a `sip:refer` that fails.
"""

_WHY = {
    "replaced": "other verbs have replaced it",
    "barge-in": "the caller has interrupted it",
    "skipped": (
        "jambonz has gone past it without a report. A gather is skipped while a barge-in listens in the "
        "background (config with bargeIn): what is said comes to the actionHook of that"
    ),
    "error": "jambonz could not run it",
    "lost": "it was lost with the connection",
}
"""What an exception says of what has dropped a verb."""


class SaysVerbs(Protocol):
    """The runtime of a call, as its chains know it."""

    @property
    def driver(self) -> CoreDriver:
        """What sends verbs."""
        ...

    @property
    def awaited(self) -> AwaitedVerbs:
        """What waits for them, made when it is asked for."""
        ...


class AwaitedVerbs:
    """Sends verbs of one call, and waits for what becomes of them."""

    __slots__ = ("_driver", "_ends", "_sent", "reports")

    def __init__(self, driver: CoreDriver, sent: SentVerbs) -> None:
        self._driver = driver
        self._sent = sent
        self.reports: dict[str, deque[OneShot[Any]]] = {}
        """Who waits for a hook, by its path; the first is the next."""
        self._ends: dict[str, OneShot[Any]] = {}

    def __bool__(self) -> bool:
        return bool(self.reports or self._ends)

    # --- what waits -------------------------------------------------------------------------------------

    def send_for_result(
        self, verbs: list[dict[str, Any]], if_unsure: UnsureChoice | None = None
    ) -> Awaitable[Any]:
        """Send verbs. Gives what waits for the report of the last one that has one."""
        verb = next((verb for verb in reversed(verbs) if verb.get("verb") in RESULTS), None)
        if verb is None:
            raise LocalProtocolError("no verb of this chain reports a result; done() waits for its end")
        hook = hook_path(verb.get("actionHook"))
        if not hook:
            hook = verb["actionHook"] = self._driver.core.new_hook()
        waiter = OneShot[Any]()
        self.reports.setdefault(hook, deque()).append(waiter)
        if verb["verb"] not in _SURE_TO_REPORT:
            verbs = self._with_marker(verbs)
        return self._send(
            Send(verbs, if_unsure, awaited=True), waiter, partial(self._forget_report, hook, waiter)
        )

    def send_for_end(
        self, verbs: list[dict[str, Any]], if_unsure: UnsureChoice | None = None
    ) -> Awaitable[Any]:
        """Send verbs. Gives what waits for the last one to be over."""
        if not verbs:
            raise LocalProtocolError("there is no verb in this chain")
        *others, last = verbs
        if "id" not in last:
            last = {**last, "id": self._driver.core.new_verb_id()}
        verb_id = str(last["id"])
        waiter = self._ends.setdefault(verb_id, OneShot())
        verbs = self._with_marker([*others, last])
        return self._send(
            Send(verbs, if_unsure, awaited=True), waiter, partial(self._forget_end, verb_id, waiter)
        )

    def _with_marker(self, verbs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The verbs, and one behind them that tells when it is reached.

        The server tells nothing of a verb without a hook, unless asked to. The verb that asks reports its own
        end, and it comes after the one that is waited for: so that one is over then, also where it was
        skipped or has failed, of which there is no report.
        """
        if verbs[-1].get("verb") in ENDS_THE_CALL:
            return verbs
        return [*verbs, {"verb": "config", "id": self._driver.core.new_verb_id(), "notifyEvents": True}]

    def _send(self, command: Send, waiter: OneShot[Any], forget: Callable[[], None]) -> Awaitable[Any]:
        try:
            self._driver.do(command)
        except BaseException:
            forget()
            raise
        return self._wait(waiter, forget)

    async def _wait(self, waiter: OneShot[Any], forget: Callable[[], None]) -> Any:
        try:
            return await waiter.wait()
        except anyio.get_cancelled_exc_class():
            # Whoever waited has gone, so what it waited for is stopped. At the end of the call there is
            # nothing to stop, and a verb that has reported already is over.
            if not waiter.settled and not self._driver.ending:
                self._driver.do(Replace(IDLE))
            raise
        finally:
            forget()

    def _forget_report(self, hook: str, waiter: OneShot[Any]) -> None:
        waiters = self.reports.get(hook)
        if waiters is not None and waiter in waiters:
            waiters.remove(waiter)
            if not waiters:
                del self.reports[hook]

    def _forget_end(self, verb_id: str, waiter: OneShot[Any]) -> None:
        if self._ends.get(verb_id) is waiter:
            del self._ends[verb_id]

    # --- what comes -------------------------------------------------------------------------------------

    def report(self, event: HookEvent) -> None:
        """A hook has come whose path is among `reports`: it is acked, and goes to who has waited longest."""
        HeldHook(self._driver, event).release()
        waiters = self.reports[event.hook]
        waiter = waiters.popleft()
        if not waiters:
            del self.reports[event.hook]
        waiter.settle(self._sent.payload(event))

    def end(self, verb_id: str) -> None:
        """A verb is over."""
        waiter = self._ends.pop(verb_id, None)
        if waiter is not None:
            waiter.settle(None)

    def drop(self, event: ResultDropped) -> None:
        """What a verb would have reported will not come."""
        error = VerbDropped(f"no result will come: {_WHY.get(event.by, event.by)}", by=event.by)
        for waiter in self.reports.pop(event.hook, ()) if event.hook else ():
            waiter.fail(error)
        end = self._ends.pop(event.verb_id, None) if event.verb_id else None
        if end is not None:
            end.fail(error)

    def finish(self) -> None:
        """The call is over: nothing will come for anybody."""
        for waiters in self.reports.values():
            for waiter in waiters:
                waiter.fail(CallEnded("the call ended before the verb reported a result"))
        for end in self._ends.values():
            end.fail(CallEnded("the call ended before the verb was over"))
        self.reports.clear()
        self._ends.clear()
