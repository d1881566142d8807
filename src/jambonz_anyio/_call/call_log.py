"""Log lines that say which call they are about, and nothing of what was said in it."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

from jambonz_core.wire import events as ev
from jambonz_core.wire.event import Event
from jambonz_core.wire.events import HookKind
from jambonz_core.wire.one_line import one_line

if TYPE_CHECKING:
    Adapter = logging.LoggerAdapter[logging.Logger]
else:
    Adapter = logging.LoggerAdapter


_NOTHING: dict[str, object] = {}
"""What an adapter adds by itself, for all of them: `process` has its own."""

_UNSAFE = re.compile(r"[^A-Za-z0-9_.:@-]")
"""The id comes from outside: it must not break lines, nor be taken for a format."""


class CallLog(Adapter):
    """A logger whose lines begin with the `call_sid`, and carry it as an attribute for structured logs.

    What is put into a line may come from a caller or a server: it cannot end the line.

    >>> CallLog(logging.getLogger("doc"), "c-1").process("ended", {})
    ('[c-1] ended', {'extra': {'call_sid': 'c-1'}})
    """

    def __init__(self, logger: logging.Logger, call_sid: str) -> None:
        super().__init__(logger, _NOTHING)
        self.call_sid = call_sid
        self.noted: int = 0
        """Lines about what a server has sent."""
        self._dropped: Counter[str] | None = None

    @property
    def dropped(self) -> Counter[str]:
        """How often something was dropped at a limit, by the limit's name."""
        # Made when it is asked for: it takes a KiB, and in most calls nothing is dropped.
        if self._dropped is None:
            self._dropped = Counter()
        return self._dropped

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        """Add the call to a line of the log."""
        kwargs["extra"] = {**kwargs.get("extra", {}), "call_sid": self.call_sid}
        return f"[{_UNSAFE.sub('?', self.call_sid)[:64] or 'no call_sid yet'}] {msg}", kwargs

    def log(self, level: int, msg: object, *args: object, **kwargs: Any) -> None:
        """Log a line, with its arguments escaped."""
        if self.isEnabledFor(level):
            super().log(level, msg, *map(_escaped, args), **kwargs)

    def reached(self, limit: str, what: str) -> None:
        """Count that something was dropped at a limit, and tell of the first time."""
        self.dropped[limit] += 1
        if self.dropped[limit] == 1:
            self.warning("%s is reached, and something is dropped: %s", limit, what)

    def may_note(self, bound: int) -> bool:
        """Whether one more line may be written about what a server has sent.

        Whoever can send messages must not be able to fill a disk with them.
        """
        self.noted += 1
        if self.noted == bound + 1:
            self.warning("CallLimits.log_lines (%d) is reached: no more is logged of what comes", bound)
        return self.noted <= bound


def _escaped(argument: object) -> object:
    return argument if isinstance(argument, (int, float)) else one_line(str(argument))


NOTED = frozenset(
    {
        ev.AckDefaulted,
        ev.Abandoned,
        ev.ReplyDiscarded,
        ev.CommandRefused,
        ev.CommandRepeated,
        ev.CommandLost,
        ev.ReceiptsMissing,
        ev.BadMessage,
        ev.ServerError,
        ev.Detached,
        ev.Reattached,
    }
)
"""Events that `note` has a line for."""


def note(log: CallLog, event: Event, route: object) -> None:
    """Log an event that somebody should know of: what came too late, and what went wrong."""
    match event:
        case ev.AckDefaulted(kind=HookKind.SESSION_NEW):
            log.error("The handler of %s has sent nothing in time: a pause answers the call", route)
        case ev.Abandoned(reason=reason) if reason != "deadline":
            log.info("%s %s is answered by nobody: %s", event.kind.value, event.hook, reason)
        case ev.AckDefaulted():
            log.warning(
                "The handler of %s has not answered in time: the library has, for it",
                event.hook or event.kind.value,
            )
        case ev.Abandoned() | ev.ReplyDiscarded():
            log.warning("%s: %s %s", type(event).__name__, event.kind.value, event.hook)
        case ev.CommandRefused():
            log.warning("%s was not sent: %s", event.command, event.reason)
        case ev.CommandRepeated():
            log.info("%s may have been lost with the connection, and is sent again", event.command)
        case ev.CommandLost():
            log.warning("%s may have been lost with the connection: %s", event.command, event.reason)
        case ev.ReceiptsMissing():
            log.warning(
                "jambonz has answered no ping here: time takes the place of proof of what it has read"
            )
        case ev.BadMessage():
            log.warning("A message from the server was not understood: %s", event.error)
        case ev.ServerError():
            log.warning("jambonz reports: %s", event.message)
        case ev.Detached(code=1000):
            log.debug("The server has closed the connection")
        case ev.Detached():
            log.info("The connection was lost (%d)", event.code)
        case ev.Reattached():
            log.info("The connection is back")
