"""Answers that are owed, and what happens when nobody gives them.

A message that wants an ack is an obligation with an id and a deadline. It is acked exactly once, or reported
as abandoned with a reason. What the core does when the application is late depends on the kind, and
`ACK_POLICIES` is the whole of that decision. The reasons behind its lines:

* The server waits 5 seconds and then goes on without: for `session:new` the call fails, for `llm` and
  `redirect` it ends. So those that would end a call over an answer are answered early, and the real answer
  takes another way.
* An empty answer does not mean the same everywhere: to an inbound `session:new` it rejects the call, to
  `dial:confirm` it *accepts*. So the first gets a pause, and the second gets nothing: the server then drops
  the called party, and no caller is connected to someone whom a failing program did not approve.
* Verbs in a late ack are thrown away, so late verbs go as a `redirect` command. Where the answer would have
  been played to somebody who waits, nobody wants it later.

The answers of the last `REMEMBERED` messages are remembered, so that a reply that comes late, or twice, is
understood by its id alone. A reply that tells the hook and its kind is understood for ever: what is not
remembered was acked, or lost, long ago, and its answer takes the way of late ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple

from msgspec import Struct

from ..wire.errors import LocalProtocolError
from ..wire.events import Abandoned, HookKind, ReplyDiscarded, ReplyRerouted
from ..wire.table_enum import TableEnum

REMEMBERED = 128
"""Messages whose fate is remembered. A call has a handful of open ones; the server gives up on each after 5
s.
"""

HOOK_CHARACTERS = 1024
"""So much is remembered of the path of a hook, for those who are told of it. No answer depends on it."""

PAUSE: list[dict[str, Any]] = [{"verb": "pause", "length": 0.1}]
"""Verbs that do nothing, for where an empty array would do harm."""


class Late(Enum):
    """Where a reply goes that can no longer be the ack."""

    QUEUED = "redirect, queued"
    REPLACING = "redirect, replacing"
    """An empty one sends nothing: an empty redirect ends an idle call."""
    DISCARDED = "discarded, reported"


class AckPolicy(Struct, frozen=True):
    """What happens to one kind of obligation."""

    on_arrival: bool
    """Whether the core acks at once, with an empty array."""
    at_deadline: list[dict[str, Any]] | None
    """What the core answers for a late application, or None for no answer at all."""
    late: Late
    """Where a reply goes that comes after that, or after a drop."""


_K = HookKind
_NOTHING: list[dict[str, Any]] = []

ACK_POLICIES: Mapping[HookKind, AckPolicy] = {
    _K.SESSION_NEW: AckPolicy(on_arrival=False, at_deadline=PAUSE, late=Late.QUEUED),
    _K.ACTION: AckPolicy(on_arrival=False, at_deadline=_NOTHING, late=Late.REPLACING),
    _K.SESSION_REDIRECT: AckPolicy(on_arrival=False, at_deadline=_NOTHING, late=Late.REPLACING),
    _K.DIAL_CONFIRM: AckPolicy(on_arrival=False, at_deadline=None, late=Late.DISCARDED),
    _K.PLAYED: AckPolicy(on_arrival=False, at_deadline=_NOTHING, late=Late.DISCARDED),
    _K.IGNORED: AckPolicy(on_arrival=True, at_deadline=None, late=Late.DISCARDED),
    _K.SESSION_ADULTING: AckPolicy(on_arrival=True, at_deadline=None, late=Late.DISCARDED),
    _K.SESSION_RECONNECT: AckPolicy(on_arrival=True, at_deadline=None, late=Late.DISCARDED),
    _K.UNKNOWN: AckPolicy(on_arrival=True, at_deadline=None, late=Late.DISCARDED),
    _K.FATAL: AckPolicy(on_arrival=True, at_deadline=None, late=Late.REPLACING),
}


class Fate(TableEnum):
    """What has become of an obligation."""

    OPEN = "open"
    ARRIVED = "acked on arrival"
    LATE = "answered at the deadline"
    DROPPED = "lost with its connection"
    ANSWERED = "answered"


_OPEN, _ARRIVED, _ANSWERED = Fate.OPEN, Fate.ARRIVED, Fate.ANSWERED


class Obligation(Struct, eq=False, gc=False):
    """One message that wants, or wanted, an ack."""

    msgid: str
    """The id of the message, which its ack repeats."""
    hook: str
    """The path or URL of the hook; empty for a message that names none."""
    kind: HookKind
    """What an answer to it can do."""
    came: float
    """When it came, on the clock of `now`."""
    deadline: float
    """When the core answers if nobody else has, on the clock of `now`."""
    fate: Fate
    """What has become of it."""

    def abandoned(self, reason: str) -> Abandoned:
        """There will be no ack."""
        return Abandoned(self.msgid, self.hook, self.kind, reason)

    def discarded(self, reason: str) -> ReplyDiscarded:
        """There was an answer, which goes nowhere."""
        return ReplyDiscarded(self.msgid, self.hook, self.kind, reason)

    def rerouted(self) -> ReplyRerouted:
        """The answer takes another way than the ack."""
        return ReplyRerouted(self.msgid, self.hook, self.kind)

    def __repr__(self) -> str:
        return f"<{self.kind.value} {self.msgid} {self.hook!r}: {self.fate.value}>"


class AnswerTimes(NamedTuple):
    """How fast the hooks of a call were answered, by the application or in its place."""

    hooks: int
    """How many messages wanted an ack."""
    slowest: float
    """The seconds that the slowest answer took."""
    slowest_hook: str
    """Which hook that was, or message, such as ``session:new``; empty while there was none."""


class Obligations:
    """All of one call, in the order of arrival, which is also the order of the deadlines."""

    __slots__ = ("count", "known", "open", "slowest", "slowest_hook")

    def __init__(self) -> None:
        self.open: tuple[Obligation, ...] = ()
        """The obligations that an ack can still settle."""
        self.known: dict[str, Obligation | None] = {}
        """All that are remembered, by id. Of those that were answered nothing else is."""
        self.count: int = 0
        """How many there were in all."""
        self.slowest: float = 0.0
        """The seconds that the slowest of the answers took."""
        self.slowest_hook: str = ""

    def add(
        self, msgid: str, hook: str, kind: HookKind, now: float, patience: float, *, held: bool
    ) -> Obligation:
        """A message came. When it is not held, the core acks it now."""
        self.count += 1
        if len(hook) > HOOK_CHARACTERS:
            hook = hook[:HOOK_CHARACTERS]
        obligation = Obligation(msgid, hook, kind, now, now + patience, _OPEN if held else _ARRIVED)
        if held:
            self.open += (obligation,)
        known = self.known
        known[msgid] = obligation
        if len(known) > REMEMBERED:
            self._forget_one()
        return obligation

    def _forget_one(self) -> None:
        """Make room: the oldest that is not open. A server that opens more than we remember breaks the
        protocol.
        """
        for msgid, obligation in self.known.items():
            if obligation is None or obligation.fate is not _OPEN:
                del self.known[msgid]
                return

    def find(self, msgid: str, hook: str = "", kind: str = "") -> Obligation:
        """Find the obligation that a reply is for; `LocalProtocolError` when there is nothing to reply to.

        One that is not remembered any more was acked long ago, if it tells its kind.
        """
        obligation = self.known.get(msgid)
        if obligation is not None:
            return obligation
        if msgid in self.known:
            raise LocalProtocolError(f"the hook {hook or msgid!r} was answered already")
        if not kind:
            raise LocalProtocolError(
                f"there is no hook {msgid!r} to reply to, or it is not remembered: use Reply.to(event, …)"
            )
        return Obligation(msgid, hook, HookKind(kind), 0.0, 0.0, Fate.LATE)

    def close(self, obligation: Obligation, fate: Fate, now: float) -> None:
        """Decide what has become of one."""
        if obligation.fate is _OPEN:
            open = self.open
            if open[0] is obligation:
                self.open = open[1:]
            else:
                self.open = tuple(other for other in open if other is not obligation)
            took = now - obligation.came
            if took > self.slowest:
                self.slowest = took
                self.slowest_hook = obligation.hook or obligation.kind.value
        obligation.fate = fate
        if fate is _ANSWERED and obligation.msgid in self.known:
            self.known[obligation.msgid] = None

    def due(self, now: float) -> list[Obligation]:
        """The obligations whose deadline has passed."""
        return [obligation for obligation in self.open if obligation.deadline <= now]

    def drop(self) -> tuple[Obligation, ...]:
        """The connection is gone, and with it every chance to ack what is open."""
        dropped, self.open = self.open, ()
        for obligation in dropped:
            obligation.fate = Fate.DROPPED
        return dropped
