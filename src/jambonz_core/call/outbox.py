"""What waits to leave, in order: for a connection, or for the settle time behind a non-empty ack.

The server loses a command that it reads together with a non-empty ack, so after such an ack everything else
is held for a moment. The rules of the queue:

1. Whatever was given first leaves first. An ack that replaces verbs waits behind commands that were given
   before it, because those would otherwise run behind the verbs that were meant to replace them. Other acks
   never wait.
2. After an entry that wants to settle, the next leaves no earlier than the settle time.
3. Nothing but acks leaves while the gate is closed: before the first ack, without a connection, and before
   the ack of `session:reconnect`.
4. It is bounded. Where the bound is hit the command is refused, with nothing changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from ..wire.errors import QueueFull
from .obligations import Obligation


class WaitingMessage(Struct, frozen=True):
    """One message that waits to be sent."""

    text: str
    """The message as it goes on the wire."""
    command: str = ""
    """The command's name, or empty for an ack."""
    verbs: list[dict[str, Any]] | None = None
    """The verbs that the message brings to the verb stack, if any."""
    replacing: bool = False
    """Whether those verbs replace the others."""
    ack: Obligation | None = None
    """The obligation that an ack settles. An ack has no meaning on another connection."""


class Outbox:
    """The queue, and what has passed it and is ready for the adapter."""

    __slots__ = ("_limit", "_settle", "hold_until", "queue", "ready")

    def __init__(self, *, limit: int, settle: float) -> None:
        self.ready: list[str] = []
        """Messages that the adapter takes next."""
        self.hold_until: float = 0.0
        """Nothing that waits leaves before this."""
        self.queue: list[WaitingMessage] = []
        """What waits. It is short and mostly empty, and an empty list takes a tenth of the room of a deque.
        """
        self._limit = limit
        self._settle = settle

    def check_room(self, count: int) -> None:
        """Raise `QueueFull` unless that many more may wait."""
        if len(self.queue) + count > self._limit:
            raise QueueFull(
                f"{len(self.queue)} messages of this call wait already to be sent, and {self._limit} may; "
                "wait until the server is back before sending more"
            )

    def put(self, entry: WaitingMessage) -> None:
        """Append an entry behind what waits."""
        self.queue.append(entry)

    def put_first(self, entries: Iterable[WaitingMessage]) -> None:
        """Put entries, in their order, ahead of what waits."""
        self.queue[:0] = entries

    def pass_by(self, text: str, now: float, *, settle: bool) -> None:
        """Let a message leave at once: an ack that nothing may delay."""
        self.ready.append(text)
        if settle:
            self.hold_until = now + self._settle

    def pump(self, now: float) -> list[WaitingMessage]:
        """Let everything leave that may; the gate is open."""
        left: list[WaitingMessage] = []
        for entry in self.queue:
            if now < self.hold_until:
                break
            self.ready.append(entry.text)
            left.append(entry)
            if entry.ack is not None:
                self.hold_until = now + self._settle
        del self.queue[: len(left)]
        return left

    def take(self) -> list[str]:
        """Give the messages that are ready, which count as sent from now on."""
        ready = self.ready
        if not ready:
            return []
        self.ready = []
        return ready

    def take_all(self) -> list[WaitingMessage]:
        """Give all messages that wait; the queue is empty afterwards."""
        entries, self.queue = self.queue, []
        return entries

    def take_commands(self) -> list[WaitingMessage]:
        """All commands that wait; acks stay."""
        entries = self.take_all()
        self.queue = [entry for entry in entries if entry.ack is not None]
        return [entry for entry in entries if entry.ack is None]
