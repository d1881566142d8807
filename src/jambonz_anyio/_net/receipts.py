"""Which messages a peer has proved to have read: pings behind them, counted, and their pongs."""

from __future__ import annotations


class ReceiptCounter:
    """The pings of one connection that are not answered yet, and how many messages went before each.

    The payload of a ping is its number. A connection where nobody asks keeps a number and an empty list.
    """

    __slots__ = ("_last", "_waiting")

    KEPT = 64
    """Pings of which it is known what they prove. Older ones prove nothing; a later one proves it all."""

    def __init__(self) -> None:
        self._last = 0
        self._waiting: list[tuple[int, int]] = []

    def awaits(self, pushed: int) -> bool:
        """Whether a ping right behind that many messages is still to be answered."""
        return bool(self._waiting) and self._waiting[-1][1] == pushed

    def ask(self, pushed: int) -> bytes:
        """The payload of a ping that goes behind that many messages."""
        self._last += 1
        if len(self._waiting) == self.KEPT:
            del self._waiting[0]
        self._waiting.append((self._last, pushed))
        return b"%d" % self._last

    def answered(self, payload: bytes) -> int | None:
        """How many messages a pong proves read. None: it answers no ping that is waited for.

        >>> counter = ReceiptCounter()
        >>> pings = [counter.ask(3), counter.ask(5)]
        >>> counter.answered(pings[1]), counter.answered(pings[0]), counter.answered(b"?")
        (5, None, None)
        """
        waiting = self._waiting
        for place, (number, pushed) in enumerate(waiting):
            if payload == b"%d" % number:
                del waiting[: place + 1]
                return pushed
        return None
