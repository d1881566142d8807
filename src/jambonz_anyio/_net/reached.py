"""Which limits of a server were reached, how often, and that it is said."""

from __future__ import annotations

import logging
from collections import Counter

from jambonz_core.wire.one_line import one_line

from .transport import HttpResponse

logger = logging.getLogger("jambonz_anyio.server")


TURNED_AWAY = "turned away"
"""Under which connections are counted that were closed without an answer."""

_SHOWN = 100
"""How much of the answer that was not given is logged."""


def is_worth_a_line(times: int) -> bool:
    """Whether the time of this number is logged: the first, the tenth, the hundredth and so on."""
    return str(times).strip("0") == "1"


class LimitsReached:
    """Counts what was refused or cut, by the name of the limit.

    The first time is logged, and then the tenth, the hundredth and so on: whoever can reach a limit must not
    be able to fill a disk with it.
    """

    __slots__ = ("counts",)

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        """How often each limit was reached."""

    def tell(self, limit: str, bound: float) -> None:
        """Take note that a limit was reached."""
        if self._is_worth_a_line(limit):
            logger.warning("ServerLimits.%s (%g) is reached, time %d", limit, bound, self.counts[limit])

    def turned_away(self, answer: HttpResponse) -> None:
        """Take note that a connection of jambonz was closed, in place of this answer."""
        if self._is_worth_a_line(TURNED_AWAY):
            logger.warning(
                "%s: a connection of jambonz is closed without an answer, so that it tries again, time %d",
                one_line(answer.body[:_SHOWN].decode("utf-8", "replace").strip()),
                self.counts[TURNED_AWAY],
            )

    def _is_worth_a_line(self, what: str) -> bool:
        self.counts[what] += 1
        return is_worth_a_line(self.counts[what])
