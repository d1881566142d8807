"""How much text the next message should carry.

The server refuses a message that would take its buffer above 1000 units, and does not say how full the buffer
is. Large messages make few round trips; a refused one costs a wait. What is known:

1. A complete sentence leaves the buffer at once. So what the server may still hold is what was accepted
   behind the last sentence end (`held`); that much room is missing.
2. The estimate is pessimistic: words leave without a sentence end after a second, and there are servers
   that hold nothing. So a message is never made smaller than `floor` because of it, and a message that
   was accepted against the estimate doubles the floor: a server that drains at once soon gets full
   messages.
3. A refusal means that the buffer holds more than was thought. A quarter is tried next (`ceiling`), and so on
   with every further one, and each acceptance doubles it: a buffer with a scrap of text in it that nothing
   moves never takes 1000 units, but it takes 250.
4. At `stream_resumed` the buffer holds 200 or less, for certain.
"""

from __future__ import annotations

from jambonz_core.wire.limits import TOKENS_HIGH_WATER, TOKENS_LOW_WATER

from .text_pieces import last_sentence_end, utf16_units

_LEAST = 16
"""Below this a message makes no difference to a full buffer."""


class DrainEstimate:
    """The size of the next piece, from what the server accepted and refused.

    >>> estimate = DrainEstimate(1000)
    >>> estimate.accepted("A sentence. And more", 20)
    >>> estimate.piece_units
    991
    >>> estimate.refused(991)
    >>> estimate.piece_units
    247
    """

    __slots__ = ("_least_floor", "_most", "behind_flush", "ceiling", "floor", "held")

    def __init__(self, most: int) -> None:
        self._most = most
        self._least_floor = min(TOKENS_HIGH_WATER // 2, most)
        self.held: int = 0
        """Units that the server may still hold, at worst."""
        self.floor: int = self._least_floor
        """Units that are tried whatever the estimate says."""
        self.ceiling: int = most
        """Units that are not passed since the last refusal."""
        self.behind_flush: bool = False
        """Whether a flush was sent and nothing accepted since: the next text pushes out what is held."""

    @property
    def piece_units(self) -> int:
        """How many units the next piece may have."""
        return min(max(TOKENS_HIGH_WATER - self.held, self.floor), self.ceiling)

    def accepted(self, text: str, units: int) -> None:
        """Learn from a piece that the server took."""
        if units > TOKENS_HIGH_WATER - self.held:
            self.floor = min(self.floor * 2, self._most)
        self.ceiling = min(self.ceiling * 2, self._most)
        end = last_sentence_end(text, 0, len(text))
        if end:
            self.held = utf16_units(text[end:])
        elif self.behind_flush:
            self.held = units
        else:
            self.held = min(self.held + units, TOKENS_HIGH_WATER)
        self.behind_flush = False

    def refused(self, units: int) -> None:
        """The server's buffer is fuller than was thought."""
        self.floor = self._least_floor
        self.ceiling = min(max(units // 4, _LEAST), self._most)

    def resumed(self) -> None:
        """The server announced that its buffer is down to the low water."""
        self.held = min(self.held, TOKENS_LOW_WATER)
        self.floor = self._least_floor
        self.ceiling = min(TOKENS_HIGH_WATER - TOKENS_LOW_WATER, self._most)

    def flushed(self) -> None:
        """A flush was sent. It frees no room yet: the server acts on it behind the next text, or later."""
        self.behind_flush = True

    def emptied(self) -> None:
        """The buffer was cleared, or is a new one."""
        self.held = 0
        self.ceiling = self._most
