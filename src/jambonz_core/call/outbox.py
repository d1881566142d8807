"""What waits to leave, in order: for a connection, or for proof that a non-empty ack was read.

The server loses verbs that it reads together with a non-empty ack, and before its first verbs it listens to
nothing. So after such an ack what follows is held until the ack was read. The rules of the queue; the table
of the hold is `HOLD`:

1. Whatever was given first leaves first. An ack that replaces verbs waits behind commands that were given
   before it, because those would otherwise run behind the verbs that were meant to replace them. Other acks
   never wait.
2. Behind the first answer everything is held, behind a hook's non-empty ack verbs and what follows them.
3. Nothing but acks leaves while the gate is closed: before the first ack, without a connection, before
   the ack of `session:reconnect`, and while it is found out what the last connection has lost.
4. It is bounded. Where the bound is hit the command is refused, with nothing changed.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from ..wire.errors import QueueFull
from ..wire.unproved import IfUnsure
from .obligations import Obligation
from .options import CallOptions
from .receipts import Receipts
from .size import Verbs
from .states import HOLD, HoldInput, HoldState

_FREE = HoldState.FREE
_ALL = HoldState.ALL


class Write(Struct, gc=False):
    """One message on its way: it waits, has left, or may be lost."""

    text: str
    """The message as it goes on the wire."""
    command: str = ""
    """Its name, or empty for an ack."""
    verbs: Verbs | None = None
    """What it brings to the verb stack, if anything."""
    replacing: bool = False
    """Whether those verbs replace the others."""
    ack: Obligation | None = None
    """What it answers. An ack has no meaning on another connection."""
    if_unsure: IfUnsure | None = None
    """What becomes of it when it may be lost; None when its verbs decide."""
    serial: int = 0
    """The number of what brought it; results of its verbs have the same."""
    link: int = 0
    """The number of the connection on which it left."""
    position: int = 0
    """Which frame of that connection it was, counted from one."""
    at: float = 0.0
    """When it left."""


class Outbox:
    """The queue, and what has passed it and is ready for the adapter."""

    __slots__ = (
        "_hold_position",
        "_hold_since",
        "_options",
        "hold",
        "queue",
        "ready",
        "taken",
    )

    def __init__(self, options: CallOptions) -> None:
        # Tuples: what they hold is little, mostly nothing, and an empty list takes room in every call.
        self.ready: tuple[str, ...] = ()
        """What the adapter takes next."""
        self.taken: int = 0
        """How many frames the adapter has taken for this connection."""
        self.queue: tuple[Write, ...] = ()
        """What waits."""
        self.hold: HoldState = HoldState.FREE
        """What is held behind a non-empty ack."""
        self._hold_position = 0
        self._hold_since = 0.0
        self._options = options

    @property
    def bytes(self) -> int:
        """How many characters the messages have that wait."""
        return sum(len(write.text) for write in self.queue)

    @property
    def crowded(self) -> bool:
        """Whether half of what may wait waits."""
        waiting, options = len(self.queue), self._options
        return waiting > 0 and (
            2 * waiting > options.waiting_messages or 2 * self.bytes > options.waiting_bytes
        )

    def check_room(self, count: int) -> None:
        """Raise `QueueFull` unless that many more may wait. All but the last of them count as full."""
        waiting, options = len(self.queue), self._options
        most = options.waiting_messages
        if waiting + count > most:
            raise QueueFull(
                f"{waiting} messages of this call wait already to be sent, and {most} may; "
                "wait until the server is back before sending more"
            )
        size = self.bytes + (count - 1) * options.message_bytes
        if size >= options.waiting_bytes:
            raise QueueFull(
                f"messages of {size} bytes would wait to be sent, and waiting_bytes "
                f"({options.waiting_bytes}) may; wait until the server is back before sending more"
            )

    def put(self, write: Write) -> None:
        """Append a message behind what waits."""
        self.queue += (write,)

    def put_first(self, writes: Iterable[Write]) -> None:
        """Put messages, in their order, ahead of what waits."""
        self.queue = (*writes, *self.queue)

    def leave(self, write: Write, now: float) -> None:
        """Let a message leave."""
        self.ready += (write.text,)
        write.position = self.taken + len(self.ready)
        write.at = now

    def hold_behind(self, write: Write, what: HoldInput, receipts: Receipts) -> None:
        """A non-empty ack has left: hold what follows."""
        if self.hold is _ALL:
            # That may be over without anybody having looked, and then this ack may hold less.
            self.settle(write.at, receipts)
        self.hold = HOLD[self.hold][what]
        self._hold_position = write.position
        self._hold_since = write.at

    def settle(self, now: float, receipts: Receipts) -> None:
        """Look whether the ack that things are held behind was read: by proof, or where need be by time."""
        if receipts.proved >= self._hold_position or (receipts.timed and now >= self.held_until):
            self.hold = HOLD[self.hold][HoldInput.SETTLE]

    def awaits_proof(self, asked: int) -> bool:
        """Whether the ack that things are held behind stands behind the last ping."""
        return self._hold_position > asked

    @property
    def held_until(self) -> float:
        """When time alone ends the hold."""
        return self._hold_since + self._options.settle

    def next(self) -> Write | None:
        """The next message that may leave, taken out of the queue; the gate is open."""
        queue = self.queue
        if not queue or self.hold is _ALL:
            return None
        if self.hold is HoldState.VERBS and queue[0].verbs is not None:
            return None
        self.queue = queue[1:]
        return queue[0]

    def take(self) -> list[str]:
        """Give the messages that are ready, which count as sent from now on."""
        ready = self.ready
        if not ready:
            return []
        self.ready = ()
        self.taken += len(ready)
        return [*ready]

    def connected(self) -> None:
        """Frames are counted anew."""
        self.taken = 0

    def lost(self) -> None:
        """The connection is gone, with what the adapter has not taken."""
        self.ready = ()
        if self.hold is not _FREE:
            self.hold = HOLD[self.hold][HoldInput.SETTLE]

    def take_all(self) -> tuple[Write, ...]:
        """Everything that waits; the queue is empty afterwards."""
        writes, self.queue = self.queue, ()
        return writes

    def take_commands(self) -> list[Write]:
        """All commands that wait; acks stay."""
        writes = self.take_all()
        self.queue = tuple([write for write in writes if write.ack is not None])
        return [write for write in writes if write.ack is None]
