"""Verbs that somebody waits for: until they report, or until they are over.

A waiter settles always: with the report, with `VerbDropped` when the core knows that none can come, with
`CallEnded` at the end of the call. Inside the call's scope the end is a cancellation, which comes first.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio

from jambonz_core.call.commands import Replace, Send
from jambonz_core.call.session_facts import ENDS_THE_CALL
from jambonz_core.verbs.payloads import RESULTS
from jambonz_core.wire.errors import LocalProtocolError
from jambonz_core.wire.message_reading import hook_path

from .one_shot import OneShot

if TYPE_CHECKING:
    from .runtime import Runtime

IDLE = [{"verb": "pause", "length": 0.1}]
"""What takes the place of verbs that nobody waits for any more: nothing at all would end an idle call."""


class AwaitedVerbs:
    """Sends verbs of one call, and waits for what becomes of them."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def send_for_result(self, verbs: list[dict[str, Any]]) -> Awaitable[Any]:
        """Send verbs. Gives what waits for the report of the last one that has one."""
        verb = next((verb for verb in reversed(verbs) if verb.get("verb") in RESULTS), None)
        if verb is None:
            raise LocalProtocolError("no verb of this chain reports a result; done() waits for its end")
        hook = hook_path(verb.get("actionHook"))
        if not hook:
            hook = verb["actionHook"] = self._runtime.core.new_hook()
        waiter = self._runtime.receivers.expect(hook)
        forget = partial(self._runtime.receivers.forget, hook, waiter)
        self._send_or(forget, verbs)

        async def wait() -> Any:
            return self._runtime.payload(await self._wait(waiter, forget))

        return wait()

    def send_for_end(self, verbs: list[dict[str, Any]]) -> Awaitable[Any]:
        """Send verbs. Gives what waits for the last one to be over."""
        if not verbs:
            raise LocalProtocolError("there is no verb in this chain")
        *others, last = verbs
        if "id" not in last:
            last = {**last, "id": self._runtime.core.new_verb_id()}
        verb_id = str(last["id"])
        waiter = self._runtime.receivers.expect_done(verb_id)
        forget = partial(self._runtime.receivers.forget_done, verb_id, waiter)
        verbs = [*others, last]
        if last.get("verb") not in ENDS_THE_CALL:
            # The server tells nothing of a verb without a hook, unless asked to. The verb that asks reports
            # its own end, and it comes after the one that is waited for: so that one is over then, also where
            # it was skipped or has failed, of which there is no report.
            verbs.append({"verb": "config", "id": self._runtime.core.new_verb_id(), "notifyEvents": True})
        self._send_or(forget, verbs)
        return self._wait(waiter, forget)

    def _send_or(self, forget: Callable[[], None], verbs: list[dict[str, Any]]) -> None:
        try:
            self._runtime.do(Send(verbs))
        except BaseException:
            forget()
            raise

    async def _wait(self, waiter: OneShot[Any], forget: Callable[[], None]) -> Any:
        try:
            return await waiter.wait()
        except anyio.get_cancelled_exc_class():
            # Whoever waited has gone, so what it waited for is stopped. At the end of the call there is
            # nothing to stop, and a verb that has reported already is over.
            if not waiter.settled and not self._runtime.ending:
                self._runtime.do(Replace(IDLE))
            raise
        finally:
            forget()
