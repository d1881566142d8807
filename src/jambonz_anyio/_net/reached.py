"""Which limits of a server were reached, how often, and that it is said."""

from __future__ import annotations

import logging
from collections import Counter

logger = logging.getLogger("jambonz_anyio.server")


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
        self.counts[limit] += 1
        count = self.counts[limit]
        if str(count).strip("0") == "1":
            logger.warning("ServerLimits.%s (%g) is reached, time %d", limit, bound, count)
