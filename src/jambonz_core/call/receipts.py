"""What proves that the server has read what was written.

A websocket peer answers a ping only when it has handed on every frame before it, so its pong proves reading.
Whether a connection can do that is told with `AppCall.connected`; the adapter sends the pings and counts
frames, and this machine decides when a ping is worth its while. The rules; the table is `RECEIPT`:

1. At once when something waits for the receipt, otherwise when the oldest write that is not proved is a
   tenth of a second old. Where nothing was written that wants proof there are no pings.
2. One ping is out at a time, unless something waits that stands behind it.
3. When messages come and the pong does not, something on the way swallows pings. Then the connection goes on
   as one that cannot prove anything, and time takes the place of proof. So it does after a longer time
   without any message, because nothing may wait for ever.
"""

from __future__ import annotations

from ..wire.limits import RECEIPT_MISSED_SECONDS, RECEIPT_SILENT_SECONDS
from .states import RECEIPT, ReceiptInput, ReceiptState

_ASKED = ReceiptState.ASKED


class Receipts:
    """The receipts of one connection."""

    __slots__ = ("_missed_at", "asked", "proved", "state", "wanted")

    def __init__(self, *, possible: bool = False) -> None:
        self.state: ReceiptState = ReceiptState.NONE
        self.proved: int = 0
        """How many frames of this connection were read, at least."""
        self.asked: int = 0
        """How many frames stand before the last ping."""
        self.wanted: bool = False
        """Whether a ping is due behind what has left."""
        self._missed_at = 0.0
        if possible:
            self._step(ReceiptInput.CONNECT)

    def _step(self, what: ReceiptInput) -> None:
        self.state = RECEIPT[self.state][what]

    @property
    def possible(self) -> bool:
        """Whether proof can be had; otherwise time takes its place."""
        return self.state is not ReceiptState.NONE

    def ask(self, count: int, now: float) -> None:
        """A ping leaves behind so many frames."""
        self._step(ReceiptInput.ASK)
        self.asked = count
        self.wanted = False
        self._missed_at = now + RECEIPT_SILENT_SECONDS

    def proof(self, count: int) -> None:
        """So many frames were read. A smaller number than before changes nothing."""
        self.proved = max(self.proved, count)
        if self.state is _ASKED and self.proved >= self.asked:
            self._step(ReceiptInput.ANSWER)

    def heard(self, now: float) -> None:
        """A message came while a ping is out."""
        self._missed_at = min(self._missed_at, now + RECEIPT_MISSED_SECONDS)

    @property
    def deadline(self) -> float | None:
        """When the pong that is awaited counts as missing."""
        return self._missed_at if self.state is _ASKED else None

    def miss(self) -> None:
        """Give up: the pong is missing, and from now on time takes the place of proof."""
        self._step(ReceiptInput.MISS)
        self.wanted = False
