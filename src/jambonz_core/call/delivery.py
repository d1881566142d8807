"""What is on its way to the server: the first answer, what waits to leave, and what may not have arrived.

**The first answer** is the first verbs of the call, which travel as an ack. Until they have left, whatever
the application sends is joined into them. The request that they answer is `session:new`, or a
`session:redirect` where a call was pointed here. The table is `FIRST`.

1. When the connection was lost before the answer to `session:new` was read, the server asks again through the
   `session:reconnect` of the next connection, and the ack of that carries the first verbs. Where the answer
   may have been read, it is given again: a server that has it ignores the data of this ack.
2. A `session:redirect` is not asked again: after a drop the first verbs go as a redirect.

**What may be lost.** A write is proved when its receipt comes, or when the server reports something that it
can only know from it; proof counts for everything before it on the same connection. What is proved is never
sent again.

3. What was written and is not proved when the connection is lost is unproved: all of it on a connection that
   gives receipts or ever gave one, what was written within the last second on one that gave none.
4. After the next reconnect, proof is waited for (`connection.py`). Then every unproved write is dealt with by
   its kind, which is a column of the registry: it is repeated, or reported as lost. Verbs that were replaced
   since are reported and not repeated. Answers that replace verbs go as a redirect, as late ones do; those
   that were played to somebody are worth nothing any more, and reported.
5. What is sent again is a write like any other, so another drop changes nothing of this.

What waits has its rules in `outbox.py`. Streamed text looks after itself (`speech/token_flow.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum, auto
from typing import Any, Literal

from msgspec import Struct

from ..speech.messages import SpeechMessage, TokensMessage
from ..wire.codec import decode, encode, encoded_size
from ..wire.errors import QueueFull
from ..wire.event import Event
from ..wire.events import (
    CommandLost,
    CommandRefused,
    CommandRepeated,
    HookKind,
    LimitReached,
)
from ..wire.unproved import IfUnsure, UnprovedWrite, verbs_if_unsure
from .obligations import ACK_POLICIES, PAUSE, Fate, Late, Obligation
from .options import CallOptions
from .outbox import Outbox, Write
from .receipts import Receipts
from .size import Verbs, ack, ack_and_rest, parts, redirect, whole
from .states import FIRST, FirstInput, FirstState, HoldInput, HoldState, ReceiptState

# Members that are read for every message: a member of a class is slower to get at than a global.
_FREE = HoldState.FREE
_ALL = HoldState.ALL
_NO_RECEIPTS = ReceiptState.NONE
_ASKED = ReceiptState.ASKED
_QUIET = ReceiptState.QUIET
_LATE = ReceiptState.LATE

FIRST_VERBS = 1024
"""Verbs that may be joined into the first answer while nobody can take it."""

UNPROVED_WRITES = 1024
"""Writes of which it is remembered that they are not proved. Beyond this the oldest counts as read."""

UNPROVED_BYTES = 4 * 1024 * 1024
"""What these may hold, but for a few more: see `UNPROVED_LOOK`."""

UNPROVED_LOOK = 64
"""After so many writes it is looked at how much they hold."""

_WRITES_KEPT = 8
"""Beyond this it is looked whether the oldest are worth keeping. A few that are not cost less than looking at
each write.
"""

_UNREPORTED = frozenset({"call:status", "tts:clear"})
"""Commands that have no purpose any more when the call is over."""

_LOOKED_AFTER = frozenset({"tts:flush", "tts:clear"})
"""Commands that the flow of streamed text sends again by itself."""


class _Fate(Enum):
    """What becomes of a write that stays unproved."""

    REPEATED = auto()
    LOST = auto()
    """It would act twice."""
    REPLACED = auto()
    """Others have taken the place of its verbs."""


class SavedWrite(Struct, frozen=True):
    """A message that waits, or may be lost."""

    text: str
    command: str
    verbs: Verbs | None
    replacing: bool
    if_unsure: IfUnsure | None
    serial: int
    ack: tuple[str, str, HookKind] | None
    """What it answers: the id of a message, its hook and kind."""
    link: int
    position: int
    """On which connection it left, and where: proof of one counts for those before it."""


class SavedDelivery(Struct, frozen=True):
    """What another process must know of it."""

    first: FirstState
    verbs: Verbs | None
    given: Verbs | None
    """What has left as the first answer and was not proved then. It is given again, but nobody waits for it.
    """
    first_serial: int
    serial: int
    link: int
    """The number of the last connection."""
    waiting: list[SavedWrite]
    unproved: list[SavedWrite]


class Delivery:
    """Holds what is on its way from the application to the server."""

    __slots__ = (
        "_first_serial",
        "_first_write",
        "_forgotten",
        "_given",
        "_link",
        "_options",
        "_serial",
        "_verbs_bytes",
        "first",
        "outbox",
        "receipts",
        "request",
        "unproved",
        "verbs",
        "written",
    )

    def __init__(self, options: CallOptions) -> None:
        self._options = options
        self.first: FirstState = FirstState.NONE
        """Where the first answer stands."""
        self.request: Obligation | None = None
        """The message that can carry the first answer on this connection."""
        self.verbs: Verbs | None = None
        """The first answer, once there is one, until it has left."""
        self._verbs_bytes = 0
        """What they take as JSON, where they were joined one by one."""
        self._first_serial = 0
        self._first_write: Write | None = None
        """The first answer, when it has left and is not proved."""
        self._given: Verbs | None = None
        """What another process gave as the first answer. It is repeated once."""
        self._serial = 0
        self._link = 0
        """The number of the connection."""
        self.outbox: Outbox = Outbox(options)
        """What waits, and what is ready for the adapter."""
        self.receipts: Receipts = Receipts()
        """The proofs of this connection."""
        # Tuples, as in the outbox.
        self.written: tuple[Write, ...] = ()
        """What has left on this connection and is not proved, in order."""
        self.unproved: tuple[Write, ...] = ()
        """What had left on earlier connections and is not proved, in order."""
        self._forgotten: dict[str, int] | None = None
        """How many writes of each command count as read because too many were not proved."""

    def new_serial(self) -> int:
        """The number of what the application sends now."""
        self._serial += 1
        return self._serial

    # --- the first answer -----------------------------------------------------------------------------------

    def _step(self, what: FirstInput) -> None:
        self.first = FIRST[self.first][what]

    @property
    def unconfirmed(self) -> bool:
        """Whether the server may still lack its first verbs, as far as this connection has shown."""
        return self.request is not None or self.first is FirstState.WRITTEN

    def asked(self, request: Obligation, *, again: bool) -> None:
        """The server wants its first verbs. After a drop it asks again, or does not."""
        self.request = request
        self._step(FirstInput.ASK if again else FirstInput.ASK_ONCE)

    def prepare(self, verbs: Verbs) -> None:
        """Decide the first answer before it is asked for."""
        self.verbs = [*verbs]
        self._step(FirstInput.PREPARE)

    def join(self, verbs: Verbs, *, replacing: bool) -> None:
        """Make verbs a part of the first answer, or all of it. Raises where they do not fit."""
        self.parts(verbs)
        size, joined = encoded_size(verbs), verbs
        if self.verbs is not None and not replacing:
            size, joined = size + self._verbs_bytes, [*self.verbs, *verbs]
        if len(joined) > FIRST_VERBS:
            raise QueueFull(f"the first answer of a call may have {FIRST_VERBS} verbs")
        most = self._options.waiting_bytes
        if size > most:
            raise QueueFull(f"the first answer of a call may have waiting_bytes ({most})")
        self.verbs, self._verbs_bytes = [*joined], size

    @property
    def first_serial(self) -> int:
        """The number that everything in the first answer shares."""
        if not self._first_serial:
            self._first_serial = self.new_serial()
        return self._first_serial

    def answer_first(self, verbs: Verbs, now: float) -> None:
        """The first answer leaves, as the answer to `request`."""
        request = self.request
        assert request is not None
        self.request = self.verbs = None
        text, first, rest = ack_and_rest(request.msgid, verbs, self._options.message_bytes)
        replacing = ACK_POLICIES[request.kind].late is Late.REPLACING
        write = Write(text, verbs=first, replacing=replacing, ack=request, serial=self._first_serial)
        self.outbox.put_first(self.redirects(rest, replacing=False, serial=self._first_serial))
        self._step(FirstInput.LEAVE)
        if self.first is FirstState.WRITTEN:
            self._first_write = write
        self.leave_now(write, now)
        if first:
            self.outbox.hold_behind(write, HoldInput.FIRST_ACK, self.receipts)

    def repeat_first(self, asked: Obligation, now: float) -> bool:
        """Give the first answer once more, where nobody knows whether it is asked for."""
        again = self.verbs or self._given
        self._given = None
        if self.first is not FirstState.OWED or not again:
            self.forget_first()
            return False
        self.request = self.verbs = None
        self._step(FirstInput.REPEAT)
        text = whole(ack(asked.msgid, again), self._options.message_bytes, "the first answer")
        write = self._first_write = Write(text, verbs=again, ack=asked, serial=self._first_serial)
        self.leave_now(write, now)
        self.outbox.hold_behind(write, HoldInput.FIRST_ACK, self.receipts)
        return True

    def first_lost(self) -> None:
        """The first answer can no longer be an ack: what there is of it goes as a redirect."""
        if self.verbs:
            pieces = self.parts(self.verbs)
            self.outbox.put_first(self.redirects(pieces, replacing=False, serial=self._first_serial))
        self.forget_first()

    def forget_first(self) -> None:
        """Nobody waits for the first verbs any more."""
        first, self._first_write = self._first_write, None
        if first is not None:
            self.written = tuple([write for write in self.written if write is not first])
        self.request = self.verbs = None
        self._step(FirstInput.FORGET)

    def first_proved(self) -> None:
        """The first answer was read, and so was what was written before it."""
        first, self._first_write = self._first_write, None
        self._step(FirstInput.PROVE)
        position = 0 if first is None else first.position
        self._read_up_to(position)

    # --- what leaves ----------------------------------------------------------------------------------------

    def parts(self, verbs: Verbs) -> list[Verbs]:
        """An array in as many pieces as its size asks for. Raises where it cannot be parted."""
        return parts(verbs, self._options.message_bytes)

    def redirects(
        self, pieces: Sequence[Verbs], *, replacing: bool, serial: int, if_unsure: IfUnsure | None = None
    ) -> list[Write]:
        """The commands that bring these verbs. Only the first can replace what is there."""
        writes: list[Write] = []
        for piece in pieces:
            first = replacing and not writes
            text = encode(redirect(piece, queue=not first))
            writes.append(Write(text, "redirect", piece, first, None, if_unsure, serial))
        return writes

    @property
    def crowded(self) -> bool:
        """Whether half of what may wait waits."""
        if self.outbox.crowded:
            return True
        verbs = self.verbs
        return verbs is not None and (
            2 * len(verbs) > FIRST_VERBS or 2 * self._verbs_bytes > self._options.waiting_bytes
        )

    def room_for(self, verbs: Verbs) -> list[Verbs]:
        """An array in pieces that fit, for `put_verbs`. Raises where there is no room for them to wait."""
        pieces = self.parts(verbs)
        self.outbox.check_room(len(pieces))
        return pieces

    def put_verbs(
        self, pieces: Sequence[Verbs], *, replacing: bool, serial: int, if_unsure: IfUnsure | None = None
    ) -> None:
        """Put verbs behind what waits."""
        writes = self.redirects(pieces, replacing=replacing, serial=serial, if_unsure=if_unsure)
        self.outbox.queue += tuple(writes)

    def ack(self, obligation: Obligation, data: Any, now: float) -> None:
        """Write an ack that may leave at once."""
        text = whole(ack(obligation.msgid, data), self._options.message_bytes, "the reply")
        policy = ACK_POLICIES[obligation.kind]
        write = Write(text, verbs=data if isinstance(data, list) else None, ack=obligation)
        if policy.on_arrival or not (data or policy.late is Late.DISCARDED):
            # It is no matter whether it arrives: an empty one changes nothing.
            self.outbox.leave(write, now)
        else:
            self.leave_now(write, now)
        if data:
            self.outbox.hold_behind(write, HoldInput.HOOK_ACK, self.receipts)

    def leave_now(self, write: Write, now: float) -> None:
        """Let a message leave, of which it matters whether it is read."""
        write.link = self._link
        self.outbox.leave(write, now)
        self.written += (write,)
        self.receipts.written(now)
        count = len(self.written)
        if count > _WRITES_KEPT:
            if not self.receipts.possible:
                self._forget_old(now)
            if count > UNPROVED_WRITES or not count % UNPROVED_LOOK:
                self._forget_most()

    def _forget_most(self) -> None:
        """Where too much is not proved, the oldest counts as read. It is told when the connection is lost."""
        written = self.written
        forgotten = self._forgotten = self._forgotten or {}
        size, count = sum(len(write.text) for write in written), 0
        while len(written) - count > UNPROVED_WRITES or size > UNPROVED_BYTES:
            write = written[count]
            size -= len(write.text)
            count += 1
            name = write.command or "ack"
            forgotten[name] = forgotten.get(name, 0) + 1
        self.written = written[count:]

    def _forget_old(self, now: float) -> None:
        """Where there are no receipts, what was written long enough ago was read."""
        oldest = now - self._options.unproved
        count = 0
        for write in self.written:
            if write.at > oldest or write.position > self.outbox.taken:
                break
            count += 1
        self.written = self.written[count:]

    def pump(self, now: float) -> None:
        """Let everything leave that may; the gate is open."""
        outbox = self.outbox
        if outbox.hold is not _FREE:
            outbox.settle(now, self.receipts)
        while (write := outbox.next()) is not None:
            self.leave_now(write, now)
            if write.ack is not None:
                outbox.hold_behind(write, HoldInput.HOOK_ACK, self.receipts)

    def leave_text(self, messages: Iterable[SpeechMessage], now: float) -> None:
        """Let messages of the text stream leave."""
        for message in messages:
            wire = message.message()
            if type(message) is TokensMessage:
                # It has a result of its own.
                self.outbox.ready += (encode(wire),)
            else:
                self.leave_now(Write(encode(wire), wire["command"]), now)

    def put_text(self, messages: Iterable[SpeechMessage]) -> None:
        """Put messages of the text stream behind what waits."""
        for message in messages:
            wire = message.message()
            self.outbox.put(Write(encode(wire), wire["command"]))

    @property
    def text_may_leave(self) -> bool:
        """Whether streamed text may leave: behind everything that waits, but not held by a hook's ack."""
        return not self.outbox.queue and self.outbox.hold is not _ALL

    @property
    def held_until(self) -> float | None:
        """When what is held leaves, where time decides that."""
        held = self.outbox.hold is not _FREE and self.receipts.timed
        return self.outbox.held_until if held else None

    def deadline(self, *, up: bool, text_waits: bool) -> float | None:
        """When time alone changes something here. `up` tells whether anything may leave."""
        receipts, written = self.receipts, self.written
        state = receipts.state
        if state is _QUIET:
            # What `proof_deadline` says, without asking it.
            return receipts.next_at if written and not receipts.wanted else None
        waits = up and (text_waits or bool(self.outbox.queue))
        if state is _NO_RECEIPTS:
            return self.held_until if waits else None
        at = self.proof_deadline
        if state is _LATE and waits:
            held = self.held_until
            return at if held is None or (at is not None and at < held) else held
        return at

    def refuse_waiting(self, reason: str) -> list[Event]:
        """Drop the commands that wait, or may be lost, and report them. Acks that wait stay."""
        events: list[Event] = [
            CommandRefused(write.command, reason)
            for write in self.outbox.take_commands()
            if write.command not in _UNREPORTED
        ]
        unproved, self.unproved = self.unproved, ()
        for write in unproved:
            if write.ack is not None:
                events.append(write.ack.discarded(reason))
            elif write.command not in _UNREPORTED:
                events.append(CommandLost(write.command, reason))
        return events

    def refuse_all(self, reason: str) -> list[Event]:
        """Drop everything that waits, or may be lost, and report it. Nothing wants proof any more."""
        events = self.refuse_waiting(reason)
        events += [write.ack.abandoned(reason) for write in self.outbox.take_all() if write.ack is not None]
        self.forget_first()
        self.written = ()
        self.receipts = Receipts()
        return events

    # --- proof ----------------------------------------------------------------------------------------------

    def receipt(self, count: int, now: float) -> None:
        """The server has read so many frames of this connection."""
        self.receipts.proof(count, now)
        if self.outbox.hold is not _FREE:
            self.outbox.settle(now, self.receipts)
        first = self._first_write
        if first is not None and first.position <= count:
            self.first_proved()
        self._read_up_to(count)

    def _read_up_to(self, position: int) -> None:
        written = self.written
        if written and written[-1].position <= position:
            self.written = ()
        else:
            self.written = tuple([write for write in written if write.position > position])

    @property
    def controls_proved(self) -> bool:
        """Whether no flush or clear of the text stream is unproved."""
        return not any(write.command in _LOOKED_AFTER for write in self.written)

    def reported(self, serial: int) -> None:
        """The server reports something that it knows from this write: it was read, and all before it."""
        if self.unproved:
            self.unproved = self._without_proved(self.unproved, serial)
        written = self.written
        if written:
            if written[0].serial == serial and self._first_write is None:
                self.written = written[1:]
            else:
                self.written = self._without_proved(written, serial)

    def _without_proved(self, writes: tuple[Write, ...], serial: int) -> tuple[Write, ...]:
        for proof in writes:
            if proof.serial == serial:
                break
        else:
            return writes
        if self._first_write is not None and self._first_write.link == proof.link:
            self.first_proved()
        return tuple(
            [write for write in writes if write.link != proof.link or write.position > proof.position]
        )

    @property
    def proof_deadline(self) -> float | None:
        """When a ping is due for what nobody waits for, or the pong that is awaited counts as missing."""
        receipts = self.receipts
        if receipts.state is _ASKED or receipts.state is _NO_RECEIPTS:
            return receipts.deadline
        written = self.written
        if not written or receipts.wanted:
            return None
        if receipts.state is _LATE:
            return receipts.missed_at if written[-1].position > receipts.asked else None
        return receipts.next_at

    def look_for_proof(self, now: float) -> bool:
        """Time has passed. Tells whether a pong is missing, so that nothing is to wait for it any more."""
        deadline = self.proof_deadline
        if deadline is None or now < deadline:
            return False
        if self.receipts.state is not _ASKED:
            self.receipts.wanted = True
            return False
        self.receipts.miss()
        return True

    def ping_wanted(self, now: float, *, text_waits: bool) -> bool:
        """Whether a ping is to leave now, behind what the adapter has taken. True once for each."""
        receipts, outbox = self.receipts, self.outbox
        if not receipts.wanted:
            held = bool(outbox.queue) if outbox.hold is HoldState.VERBS else outbox.queue or text_waits
            if outbox.hold is _FREE or not (held and outbox.awaits_proof(receipts.asked)):
                return False
        receipts.ask(outbox.taken, now)
        return True

    # --- drops ----------------------------------------------------------------------------------------------

    def connected(self, *, receipts: bool) -> None:
        """There is a connection, which gives receipts or does not."""
        if receipts:
            self.receipts.connected()
        self._link += 1
        self.outbox.connected()

    def lost(self, now: float) -> list[Event]:
        """The connection is gone."""
        if not self.receipts.possible:
            self._forget_old(now)
        self.outbox.lost()
        events = self._strand_acks() + self._doubt_writes()
        self.receipts = Receipts()
        if self._forgotten:
            names = ", ".join(f"{count} {name}" for name, count in self._forgotten.items())
            what = f"{names}: without a proof, and count as read"
            events.append(LimitReached("UNPROVED_WRITES or UNPROVED_BYTES", what))
            self._forgotten = None
        self.request = None
        self._step(FirstInput.LOSE)
        return events

    def _strand_acks(self) -> list[Event]:
        """Acks that waited behind commands take the way of late ones, in their place among those commands."""
        events: list[Event] = []
        for write in self.outbox.take_all():
            if write.ack is None:
                self.outbox.put(write)
                continue
            events += [write.ack.abandoned("connection lost"), write.ack.rerouted()]
            self.put_verbs([write.verbs or []], replacing=True, serial=write.serial)
        return events

    def _doubt_writes(self) -> list[Event]:
        """What was written and is not proved may have been lost."""
        events: list[Event] = []
        first = self._first_write if self._first_write in self.written else None
        for write in self.written:
            if write is first:
                self.verbs = write.verbs
            elif write.ack is not None and _was_played(write.ack):
                events.append(write.ack.discarded("connection lost"))
        self.unproved += self._in_doubt()
        self.written, self._first_write = (), None
        if self.first is FirstState.WRITTEN and self.verbs is None:
            self._step(FirstInput.PROVE)
        elif first is not None and first.ack is not None and self._replaced(self.unproved):
            # Others have taken their place since, and nobody is to hear them any more.
            self.verbs = [*PAUSE]
            events.append(first.ack.discarded("replaced"))
        return events

    def _in_doubt(self) -> tuple[Write, ...]:
        """What may be lost with this connection, but for the first answer, which has a way of its own."""
        return tuple(
            write
            for write in self.written
            if write is not self._first_write
            and write.command not in _LOOKED_AFTER
            and (write.ack is None or not _was_played(write.ack))
        )

    def _replaced(self, unproved: Iterable[Write]) -> bool:
        """Whether verbs that replace all others are behind the first answer."""
        return any(write.replacing for write in (*unproved, *self.outbox.queue))

    def resolve(self) -> tuple[list[Event], list[Write]]:
        """All the proof there will be is there: deal with what is unproved.

        Gives what is to be told, and the writes whose results will not come.
        """
        events: list[Event] = []
        lost: list[Write] = []
        repeated: list[Write] = []
        for write, fate in self._fates():
            if fate is _Fate.REPLACED:
                events.append(
                    CommandLost(write.command, "replaced")
                    if write.ack is None
                    else write.ack.discarded("replaced")
                )
            elif fate is _Fate.LOST:
                events.append(CommandLost(write.command, "acts twice"))
                lost.append(write)
            elif write.ack is not None:
                events.append(write.ack.rerouted())
                verbs = [write.verbs or []]
                repeated += self.redirects(verbs, replacing=write.replacing, serial=write.serial)
            else:
                events.append(CommandRepeated(write.command))
                repeated.append(write)
        self.unproved = ()
        self.outbox.put_first(reversed(repeated))
        return events[::-1], lost[::-1]

    def _fates(self) -> list[tuple[Write, _Fate]]:
        """What becomes of all that is unproved, unless it is proved yet; the latest first."""
        fates: list[tuple[Write, _Fate]] = []
        replaced = any(write.replacing for write in self.outbox.queue)
        for write in reversed(self.unproved):
            if write.verbs is not None and replaced:
                fates.append((write, _Fate.REPLACED))
                continue
            replaced = replaced or write.replacing
            fates.append((write, _Fate.REPEATED if write.ack is not None or _repeats(write) else _Fate.LOST))
        return fates

    def doubts(self) -> list[UnprovedWrite]:
        """What has left on earlier connections and is not proved, in order, with what becomes of it."""
        first = self.verbs or self._given if self.first is FirstState.OWED else None
        doubts = [] if first is None else [UnprovedWrite("ack", first, "repeat")]
        for write, fate in reversed(self._fates()):
            doubts.append(_unproved(write, "repeat" if fate is _Fate.REPEATED else "report"))
        return doubts

    # --- taking the state out and putting it back -----------------------------------------------------------

    def saved(self, now: float) -> SavedDelivery:
        """The state of the delivery for a snapshot, as if the connection were lost now.

        Whoever reads the snapshot lives when this process and its connection do not.
        """
        if not self.receipts.possible:
            self._forget_old(now)
        unproved = [*self.unproved, *self._in_doubt()]
        first, given = self._first_write, self._given
        if first is not None:
            given = first.verbs
            if self._replaced(unproved):
                given = [*PAUSE]
                unproved.insert(len(self.unproved), first)
        return SavedDelivery(
            first=self.first,
            verbs=self.verbs,
            given=given,
            first_serial=self._first_serial,
            serial=self._serial,
            link=self._link,
            waiting=[_saved(write) for write in self.outbox.queue],
            unproved=[_saved(write) for write in unproved],
        )

    @classmethod
    def restore(cls, saved: SavedDelivery, options: CallOptions, *, lost: bool) -> Delivery:
        """What was on its way, over a connection that has just been lost unless there never was one."""
        delivery = cls(options)
        delivery.first = saved.first
        delivery.verbs = saved.verbs
        delivery._given = saved.given
        delivery._first_serial = saved.first_serial
        delivery._serial = saved.serial
        delivery._link = saved.link
        for one in saved.waiting:
            if one.ack is None:
                delivery.outbox.put(_restored(one))
            else:
                # It has died with its connection, and goes the way of late ones.
                delivery.put_verbs([one.verbs or []], replacing=True, serial=one.serial)
        delivery.unproved = tuple(map(_restored, saved.unproved))
        if lost:
            delivery._step(FirstInput.LOSE)
        return delivery


def _saved(write: Write) -> SavedWrite:
    obligation = write.ack
    ack = None if obligation is None else (obligation.msgid, obligation.hook, obligation.kind)
    return SavedWrite(
        text=write.text,
        command=write.command,
        verbs=write.verbs,
        replacing=write.replacing,
        if_unsure=write.if_unsure,
        serial=write.serial,
        ack=ack,
        link=write.link,
        position=write.position,
    )


def _restored(saved: SavedWrite) -> Write:
    ack = None if saved.ack is None else Obligation(*saved.ack, 0.0, 0.0, Fate.ANSWERED)
    return Write(
        text=saved.text,
        command=saved.command,
        verbs=saved.verbs,
        replacing=saved.replacing,
        ack=ack,
        if_unsure=saved.if_unsure,
        serial=saved.serial,
        link=saved.link,
        position=saved.position,
    )


def _unproved(write: Write, then: Literal["repeat", "report"]) -> UnprovedWrite:
    data = decode(write.text).get("data") if write.verbs is None else write.verbs
    return UnprovedWrite(write.command or "ack", data, then)


def _was_played(answer: Obligation) -> bool:
    """Whether an answer is worth nothing on another connection."""
    return ACK_POLICIES[answer.kind].late is Late.DISCARDED


def _repeats(write: Write) -> bool:
    """Whether a command that may be lost is sent again."""
    unsure = write.if_unsure or verbs_if_unsure(write.verbs or [])
    return unsure is not IfUnsure.REPORT
