"""What proves that the server has read what was written.

A websocket peer answers a ping only when it has handed on every frame before it, so its pong proves reading.
Whether a connection can do that is told with `AppCall.connected`; the adapter sends the pings and counts
frames, and this machine decides when a ping is worth its while. The rules; the table is `RECEIPT`:

1. In the same write as what wants proof, unless a ping has left within the last tenth of a second: then that
   long behind it, one for all that has left since. At once when something waits for the receipt. Where
   nothing was written that wants proof there are no pings.
2. One ping is out at a time, unless something waits that stands behind it.
3. Where no ping was answered yet, messages come and the pong does not, something on the way swallows pings.
   Then the connection goes on as one that cannot prove anything, and time takes the place of proof, until a
   pong comes after all. So it does after a longer time without any message, because nothing may wait for
   ever.
4. A connection that has answered a ping can prove, so a pong that does not come tells that it stands still.
   Everything written since the last proof stays unproved, however old. What waits for a receipt is let go
   after the longer time, and at the next missing pongs after the shorter one. Another ping leaves when there
   are writes behind the one that was missed.
"""

from __future__ import annotations

from math import inf

from msgspec import Struct

from ..wire.limits import RECEIPT_MISSED_SECONDS, RECEIPT_SECONDS, RECEIPT_SILENT_SECONDS
from .states import RECEIPT, ReceiptInput, ReceiptState

_NONE = ReceiptState.NONE
_QUIET = ReceiptState.QUIET
_ASKED = ReceiptState.ASKED
_LATE = ReceiptState.LATE


class Receipts(Struct, gc=False):
    """The receipts of one connection."""

    state: ReceiptState = ReceiptState.NONE
    proved: int = 0
    """How many frames of this connection were read, at least."""
    asked: int = 0
    """How many frames stand before the last ping."""
    wanted: bool = False
    """Whether a ping is due behind what has left."""
    missed_at: float = 0.0
    """When the pong of the last ping counts as missing, or did."""
    round_trip: float | None = None
    """The seconds that the last ping took to be answered; None until it was."""
    _asked_at: float = -inf
    _answered: bool = False
    """Whether any ping was answered."""
    _prompt: bool = False
    """Whether the last ping was."""

    def connected(self) -> None:
        """The connection is one whose peer answers pings."""
        self._step(ReceiptInput.CONNECT)

    def _step(self, what: ReceiptInput) -> None:
        self.state = RECEIPT[self.state][what]

    @property
    def possible(self) -> bool:
        """Whether proof can be had; otherwise time takes its place."""
        return self.state is not _NONE

    @property
    def timed(self) -> bool:
        """Whether what waits for a receipt is let go by time as well."""
        return self.state is _NONE or self.state is _LATE

    def ask(self, count: int, now: float) -> None:
        """A ping leaves behind so many frames."""
        self._step(ReceiptInput.ASK)
        self.asked = count
        self._asked_at, self.round_trip = now, None
        self.wanted = False
        self.missed_at = now + RECEIPT_SILENT_SECONDS

    @property
    def next_at(self) -> float:
        """When the next ping may leave that nothing waits for."""
        return self._asked_at + RECEIPT_SECONDS

    def written(self, now: float) -> None:
        """Something leaves that wants proof."""
        state = self.state
        if state is _QUIET:
            if now >= self.next_at:
                self.wanted = True
        elif state is _LATE:
            self.wanted = True

    def proof(self, count: int, now: float) -> None:
        """So many frames were read. A smaller number than before changes nothing."""
        self.proved = max(self.proved, count)
        if self.state is _NONE:
            if not self.asked:
                return
            # It was given up, and answers after all. What stands behind this pong is asked for anew.
            self.asked = min(self.asked, self.proved)
        self._answered = self._prompt = True
        if self.state is not _QUIET and self.proved >= self.asked:
            self._step(ReceiptInput.ANSWER)
            self.round_trip = now - self._asked_at

    def heard(self, now: float) -> None:
        """A message came while a ping is out."""
        if not self._prompt:
            self.missed_at = min(self.missed_at, now + RECEIPT_MISSED_SECONDS)

    @property
    def deadline(self) -> float | None:
        """When the pong that is awaited counts as missing."""
        return self.missed_at if self.state is _ASKED else None

    def miss(self) -> None:
        """The pong is missing: what waits for it waits no longer."""
        self._step(ReceiptInput.STALL if self._answered else ReceiptInput.MISS)
        self.wanted = self._prompt = False
