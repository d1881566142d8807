"""A hook whose ack is held back until somebody has answered it.

Handlers of hooks may overlap, so "the hook that is being answered" is a property of the handler's task and
not of the call: it lives in a context variable, which also travels into threads and into tasks that a handler
starts.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from jambonz_core.call.commands import Reply, Verbs
from jambonz_core.wire.errors import LocalProtocolError
from jambonz_core.wire.events import HookEvent, HookKind

from .driver import CoreDriver

current_hook: ContextVar[HeldHook | None] = ContextVar("jambonz_current_hook", default=None)
"""The hook that called the handler which is running."""


class HeldHook:
    """A hook of a call, and the one answer to it."""

    __slots__ = ("answered", "driver", "event")

    def __init__(self, driver: CoreDriver, event: HookEvent) -> None:
        self.driver: CoreDriver = driver
        """Of the call that the hook was sent to."""
        self.event: HookEvent = event
        self.answered: bool = False
        """Whether this program gave the answer. The core may have given one before, at its deadline."""

    def answer(self, verbs: Verbs | dict[str, Any], *, returned: bool = False) -> None:
        """Answer, with verbs that were validated. `returned`: the handler does nothing more.

        Raises `LocalProtocolError` when this hook was answered before.
        """
        if self.answered:
            raise LocalProtocolError(
                f"the hook {self.event.hook or self.event.kind.value} was answered already; "
                "what is to happen besides goes by send()"
            )
        self.answered = True
        # An acked hook takes no answer; its verbs, where they may have an effect, go another way, and that
        # way is the core's to choose. Without verbs there is nothing to choose.
        if verbs or not self.event.acked:
            reply = Reply.to(self.event, verbs)
            if returned and self.driver.loop.departures.expected:
                self.driver.answer(reply)
            else:
                self.driver.do(reply)

    def release(self) -> None:
        """Nobody will answer any more: what an empty answer can do no harm to gets one.

        `dial:confirm` is different, because an empty answer connects the caller to the called party.
        """
        if not self.answered and self.event.kind is not HookKind.DIAL_CONFIRM:
            self.answer([])
