"""Which of several processes has a call.

When a connection is lost, jambonz opens another one, and behind a balancer that may reach another process.
The processes share a store, which keeps one record per call: who claimed it last, and the snapshot that was
saved last. Nobody asks a clock or another process; the rules are these, and `OWNERSHIP` is their table:

1. The server's socket is the truth of who has a call. Only a process to which the server has come claims, and
   the newest claim stands. The connection is held until the store has answered, but not for long.
2. A claim raises the record's epoch and leaves a nonce that no other claim has. What a process saves must
   show both (`Fence`), so that nothing is ever written over what a later claimer has saved.
3. The answer says who claimed before. If that was this process, its memory is current. Otherwise another one
   has had the call in the meantime: memory is discarded, and the snapshot loaded.
4. A hint from the store, or a refused save, says that somebody else has claimed. Then the server is pinged. A
   pong means that it is here, and this process claims again. Silence means that it is not, and the connection
   is cut. Without a connection a save asks the store: what is refused then is let go, and nothing more is
   written. A hint may be late, but a save that is kept proves that nobody else has claimed.
5. When the store is away, a call that begins begins, and one that is known goes on from memory; both are
   claimed later. One that nobody here knows is sent round: the server comes back, perhaps to a process that
   knows it.
6. One question to the store is out at a time, and no answer but that to the latest counts. What came to
   nothing is asked again after a pause that grows.

The machine asks (`AskClaim`, `AskSave`, `AskEnd`, `AskPing`) and decides (`Go`, `Discard`, `SendRound`,
`Cut`, `LetGo`); an adapter does both. It calls `tick` at the `deadline`. An input that the table does not
have in this state has come too late to matter, and does nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from ..wire.limits import (
    CLAIM_BEGIN_SECONDS,
    CLAIM_KNOWN_SECONDS,
    CLAIM_UNKNOWN_SECONDS,
    OWNER_PONG_SECONDS,
    STORE_RETRY_FIRST_SECONDS,
    STORE_RETRY_MOST_SECONDS,
)
from ..wire.table_enum import TableEnum
from .call_record import Claimed, Fence, Verdict


class OwnershipState(TableEnum):
    """What this process knows of its right to a call."""

    UNCLAIMED = "unclaimed"
    """Nothing was asked of the store."""
    CLAIMING = "claiming"
    """A connection is held until the store has answered."""
    OWNED = "owned"
    """The claim stands, and the server is here."""
    UNPROVED = "unproved"
    """The store did not answer in time. The call goes on from memory, which may be old."""
    DOUBTED = "doubted"
    """Somebody else has claimed, and the server was pinged."""
    RECLAIMING = "reclaiming"
    """The server is here, and memory is current; only the store is to be told so."""
    DETACHED = "detached"
    """There is no connection. Another process may have the call."""
    ENDING = "ending"
    """The call is over, and the store is to be told so."""
    GONE = "gone"
    """This process has nothing to do with the call any more."""


class OwnershipInput(TableEnum):
    """What can happen to the right to a call."""

    OPENED = "opened"
    """A connection for the call has come."""
    CURRENT = "current"
    """The claim's answer: nobody else has had the call, or that does not matter."""
    FOREIGN = "foreign"
    """The claim's answer: another process has had the call in the meantime."""
    ENDED = "ended"
    """The claim's answer: the call has ended."""
    GO_AHEAD = "go ahead"
    """The store does not answer in time, and the call begins only now."""
    GO_ON = "go on"
    """The store does not answer in time, and the call is known here."""
    GO_ROUND = "go round"
    """The store does not answer in time, and nobody here knows the call."""
    HINT = "hint"
    """The store tells that somebody else has claimed."""
    REFUSED = "refused"
    """The store refuses a save, because somebody else has claimed, or has ended the call."""
    PONG = "pong"
    """The server is here."""
    SILENCE = "silence"
    """The server does not answer the ping: it is elsewhere, or the connection is dead."""
    LOST = "lost"
    """The connection is gone."""
    LOST_EARLY = "lost early"
    """The connection is gone, and nothing of the call had begun here."""
    OVER = "over"
    """The call has ended."""
    TOLD = "told"
    """The store knows that the call has ended, or cannot be told."""
    DROPPED = "dropped"
    """This process gives the call up, and another one may go on with it."""


_S, _I = OwnershipState, OwnershipInput

OWNERSHIP: Mapping[OwnershipState, Mapping[OwnershipInput, OwnershipState]] = {
    _S.UNCLAIMED: {
        _I.OPENED: _S.CLAIMING,
        _I.OVER: _S.GONE,
        _I.DROPPED: _S.GONE,
    },
    _S.CLAIMING: {
        _I.OPENED: _S.CLAIMING,
        _I.CURRENT: _S.OWNED,
        _I.FOREIGN: _S.OWNED,
        _I.ENDED: _S.GONE,
        _I.GO_AHEAD: _S.RECLAIMING,
        _I.GO_ON: _S.UNPROVED,
        _I.GO_ROUND: _S.GONE,
        _I.HINT: _S.CLAIMING,
        _I.LOST: _S.DETACHED,
        _I.LOST_EARLY: _S.GONE,
        _I.OVER: _S.ENDING,
        _I.DROPPED: _S.GONE,
    },
    _S.OWNED: {
        _I.OPENED: _S.CLAIMING,
        _I.HINT: _S.DOUBTED,
        _I.REFUSED: _S.DOUBTED,
        _I.LOST: _S.DETACHED,
        _I.OVER: _S.ENDING,
        _I.DROPPED: _S.GONE,
    },
    _S.UNPROVED: {
        _I.OPENED: _S.CLAIMING,
        _I.CURRENT: _S.OWNED,
        _I.FOREIGN: _S.GONE,
        _I.ENDED: _S.GONE,
        _I.HINT: _S.UNPROVED,
        _I.LOST: _S.DETACHED,
        _I.OVER: _S.ENDING,
        _I.DROPPED: _S.GONE,
    },
    _S.DOUBTED: {
        _I.OPENED: _S.CLAIMING,
        _I.PONG: _S.RECLAIMING,
        _I.SILENCE: _S.DETACHED,
        _I.LOST: _S.DETACHED,
        _I.OVER: _S.ENDING,
        _I.DROPPED: _S.GONE,
    },
    _S.RECLAIMING: {
        _I.OPENED: _S.CLAIMING,
        _I.CURRENT: _S.OWNED,
        _I.HINT: _S.RECLAIMING,
        _I.LOST: _S.DETACHED,
        _I.OVER: _S.ENDING,
        _I.DROPPED: _S.GONE,
    },
    _S.DETACHED: {
        _I.OPENED: _S.CLAIMING,
        _I.CURRENT: _S.DETACHED,
        _I.FOREIGN: _S.GONE,
        _I.ENDED: _S.GONE,
        _I.HINT: _S.DETACHED,
        _I.REFUSED: _S.GONE,
        _I.OVER: _S.ENDING,
        _I.DROPPED: _S.GONE,
    },
    _S.ENDING: {
        _I.CURRENT: _S.ENDING,
        _I.TOLD: _S.GONE,
        _I.DROPPED: _S.GONE,
    },
    _S.GONE: {},
}


class Source(Enum):
    """What a process goes on from."""

    BEGINNING = "beginning"
    """The call begins."""
    MEMORY = "memory"
    """The call is known here."""
    SNAPSHOT = "snapshot"
    """Another process has left it."""
    NOTHING = "nothing"
    """The call has been somewhere, and nothing is known of it."""


@dataclass(frozen=True, slots=True)
class AskClaim:
    """Claim the call in the store."""

    nonce: str
    begin: bool


@dataclass(frozen=True, slots=True)
class AskSave:
    """Save the state of the call as it is now."""

    fence: Fence


@dataclass(frozen=True, slots=True)
class AskEnd:
    """Tell the store that the call is over."""

    fence: Fence


@dataclass(frozen=True, slots=True)
class AskPing:
    """Ping the server on the call's connection."""


@dataclass(frozen=True, slots=True)
class Go:
    """The connection that was held belongs to the call: go on with it."""

    source: Source
    snapshot: bytes | None = None
    proved: bool = True
    """Whether the store has said so. Otherwise it did not answer in time."""


@dataclass(frozen=True, slots=True)
class Discard:
    """What this process remembers of the call is old. `Go` follows, and says what to go on from."""


@dataclass(frozen=True, slots=True)
class SendRound:
    """Nobody can tell what becomes of the call: have the server come back."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Abort the connection: the server does not answer on it."""


@dataclass(frozen=True, slots=True)
class LetGo:
    """Have nothing more to do with the call, and abort its connection if there is one."""

    reason: str
    """`moved`: another process has it. `ended`: it is over, and the server should hear so."""


StoreRequest: TypeAlias = AskClaim | AskSave | AskEnd
OwnershipOutput: TypeAlias = StoreRequest | AskPing | Go | Discard | SendRound | Cut | LetGo

_CLAIMS = frozenset({_S.CLAIMING, _S.UNPROVED, _S.RECLAIMING, _S.DETACHED})
_SAVES = frozenset({_S.OWNED, _S.DETACHED})


class Ownership:
    """The right of one process to one call."""

    def __init__(
        self,
        owner: str,
        nonces: Iterator[str],
        *,
        renew_seconds: float,
        hold_seconds: float = CLAIM_UNKNOWN_SECONDS,
    ) -> None:
        """For the process `owner`, whose claims get their `nonces` from here.

        The store forgets a call of which nothing is saved for three times `renew_seconds`. The reconnect of a
        call that nobody here knows is held for `hold_seconds` at most.
        """
        self.owner: str = owner
        self.state: OwnershipState = OwnershipState.UNCLAIMED
        self.known: bool = False
        """Whether something of the call has begun here, so that there is a memory of it."""
        self._nonces = nonces
        self._renew_seconds = renew_seconds
        self._hold_seconds = hold_seconds
        self._asked: StoreRequest | None = None
        """The latest request, until it is answered."""
        self._fence: Fence | None = None
        """That of the claim that stands; None while a claim is out or was not answered."""
        self._sure = False
        """Whether the claim is that of a process which knows that the server is here, and its memory current.
        """
        self._hinted = False
        self._save_wanted = False
        self._failures = 0
        self._hold_until: float | None = None
        self._pong_until: float | None = None
        self._retry_at: float | None = None
        self._renew_at: float | None = None

    @property
    def deadline(self) -> float | None:
        """When `tick` is to be called."""
        times = (self._hold_until, self._pong_until, self._retry_at, self._renew_at)
        return min((time for time in times if time is not None), default=None)

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited, or something is to be saved as soon as the store answers again."""
        return self._asked is not None or (self._save_wanted and self._retry_at is not None)

    # --- what happens on the connection -------------------------------------------------------------------

    def opened(self, now: float, *, begins: bool) -> list[OwnershipOutput]:
        """A connection for the call has come, and is held until `Go`, `SendRound` or `LetGo`.

        `begins` says that the call begins on it.
        """
        if not self._step(_I.OPENED):
            return []
        if begins:
            patience = CLAIM_BEGIN_SECONDS
        else:
            patience = CLAIM_KNOWN_SECONDS if self.known else self._hold_seconds
        self._hold_until = now + patience
        self._pong_until = None
        return self._claim(sure=begins)

    def lost(self, now: float) -> list[OwnershipOutput]:
        """The call's connection, or the one that is held, is gone."""
        if self.state is _S.CLAIMING and not self.known:
            return self._leave(_I.LOST_EARLY)
        if not self._step(_I.LOST):
            return []
        return self._detached(now)

    def pong(self, now: float) -> list[OwnershipOutput]:
        """The server has answered a ping that was sent after `AskPing`."""
        if not self._step(_I.PONG):
            return []
        self._pong_until = None
        return self._claim(sure=True)

    # --- what the call wants ------------------------------------------------------------------------------

    def save(self, now: float) -> list[OwnershipOutput]:
        """The state of the call is worth saving."""
        self._save_wanted = True
        self._retry_at = None
        return self._ask(now)

    def over(self) -> list[OwnershipOutput]:
        """The call is over, and no process will ever go on with it."""
        if not self._step(_I.OVER):
            return []
        self._rest()
        if self.state is _S.ENDING:
            if self._fence is not None:
                return self._request(AskEnd(self._fence))
            if self._asked is None:
                self._step(_I.TOLD)
        return []

    def dropped(self) -> list[OwnershipOutput]:
        """This process gives the call up. Another one may go on with it."""
        return self._leave(_I.DROPPED)

    # --- what the store says --------------------------------------------------------------------------------

    def claimed(self, request: AskClaim, answer: Claimed, now: float) -> list[OwnershipOutput]:
        """The store has answered a claim."""
        if not self._answered(request):
            return []
        self._failures = 0
        if answer.ended:
            return self._found_ended()
        self._fence = Fence(self.owner, answer.epoch, request.nonce)
        self._renew_at = now + self._renew_seconds
        if self.state is _S.ENDING:
            self._step(_I.CURRENT)
            return self._request(AskEnd(self._fence))
        foreign = self.known and not self._sure and answer.owner is not None and answer.owner != self.owner
        outputs: list[OwnershipOutput] = []
        if self.state is _S.CLAIMING:
            outputs = self._admitted(answer, foreign=foreign)
        elif foreign:
            return self._leave(_I.FOREIGN, LetGo("moved"))
        else:
            self._step(_I.CURRENT)
        if self._hinted:
            outputs += self.hint(now)
        return outputs + self._ask(now)

    def verdict(self, request: AskSave | AskEnd, verdict: Verdict, now: float) -> list[OwnershipOutput]:
        """The store has answered a save, or the end of the call."""
        if not self._answered(request):
            return []
        self._failures = 0
        if isinstance(request, AskEnd):
            return self._leave(_I.TOLD)
        if verdict is Verdict.KEPT:
            self._renew_at = now + self._renew_seconds
            return self._ask(now)
        self._save_wanted = True
        if self.state is _S.DETACHED:
            return self._leave(_I.REFUSED, LetGo(verdict.value))
        if self._step(_I.REFUSED):
            return self._ping(now)
        return []

    def failed(self, request: StoreRequest, now: float) -> list[OwnershipOutput]:
        """The store has failed to answer, or has not answered in time."""
        if not self._answered(request):
            return []
        if self.state is _S.ENDING:
            return self._leave(_I.TOLD)
        self._save_wanted = self._save_wanted or isinstance(request, AskSave)
        pause: float = STORE_RETRY_FIRST_SECONDS * 2.0 ** min(self._failures, 16)
        self._retry_at = now + min(pause, STORE_RETRY_MOST_SECONDS)
        self._failures += 1
        if self.state is _S.CLAIMING and self._sure:
            return self._out_of_patience()
        return []

    def hint(self, now: float) -> list[OwnershipOutput]:
        """The store tells that somebody else has claimed the call, now or a while ago."""
        if not self._step(_I.HINT):
            return []
        # While a claim is out, nobody can say which of the two came later: looked at with the answer.
        self._hinted = self._fence is None
        if self._hinted:
            return []
        if self.state is _S.DOUBTED:
            return self._ping(now)
        self._save_wanted = True
        return self._ask(now)

    def tick(self, now: float) -> list[OwnershipOutput]:
        """Do what is due."""
        outputs: list[OwnershipOutput] = []
        if self._hold_until is not None and now >= self._hold_until:
            outputs += self._out_of_patience()
        if self._pong_until is not None and now >= self._pong_until:
            self._step(_I.SILENCE)
            outputs += [Cut(), *self._detached(now)]
        if self._renew_at is not None and now >= self._renew_at:
            self._renew_at = now + self._renew_seconds
            self._save_wanted = True
        if self._retry_at is not None and now >= self._retry_at:
            self._retry_at = None
        return outputs + self._ask(now)

    # --- inside ---------------------------------------------------------------------------------------------

    def _step(self, what: OwnershipInput) -> bool:
        """Move to the next state, if the input matters in this one."""
        after = OWNERSHIP[self.state].get(what)
        if after is None:
            return False
        self.state = after
        return True

    def _answered(self, request: StoreRequest) -> bool:
        if request is not self._asked:
            return False
        self._asked = None
        return True

    def _request(self, request: StoreRequest) -> list[OwnershipOutput]:
        self._asked = request
        return [request]

    def _claim(self, *, sure: bool) -> list[OwnershipOutput]:
        # A save that is out may be refused because of this claim: its answer will mean nothing.
        self._save_wanted = self._save_wanted or isinstance(self._asked, AskSave)
        self._sure = sure
        self._hinted = False
        self._fence = self._retry_at = None
        return self._request(AskClaim(next(self._nonces), sure))

    def _ask(self, now: float) -> list[OwnershipOutput]:
        """Ask the store for what is wanted, if nothing is out and the pause after a failure is over."""
        if self._asked is not None or self._retry_at is not None:
            return []
        if self._fence is None:
            return self._claim(sure=self._sure) if self.state in _CLAIMS else []
        if not self._save_wanted or self.state not in _SAVES:
            return []
        self._save_wanted = False
        fence = self._fence
        self._fence = Fence(fence.owner, fence.epoch, fence.nonce, fence.serial + 1)
        return self._request(AskSave(self._fence))

    def _ping(self, now: float) -> list[OwnershipOutput]:
        self._pong_until = now + OWNER_PONG_SECONDS
        return [AskPing()]

    def _detached(self, now: float) -> list[OwnershipOutput]:
        self._sure = False
        self._hold_until = self._pong_until = None
        self._save_wanted = True
        return self._ask(now)

    def _admitted(self, answer: Claimed, *, foreign: bool) -> list[OwnershipOutput]:
        self._hold_until = None
        begins, known = self._sure, self.known
        self.known = True
        self._step(_I.FOREIGN if foreign else _I.CURRENT)
        if begins:
            return [Go(Source.BEGINNING)]
        if known and not foreign:
            return [Go(Source.MEMORY)]
        self._save_wanted = False
        found = Source.NOTHING if answer.snapshot is None else Source.SNAPSHOT
        go = Go(found, answer.snapshot)
        return [Discard(), go] if foreign else [go]

    def _found_ended(self) -> list[OwnershipOutput]:
        if self.state is _S.ENDING:
            return self._leave(_I.TOLD)
        return self._leave(_I.ENDED, LetGo("ended"))

    def _out_of_patience(self) -> list[OwnershipOutput]:
        self._hold_until = None
        if self._sure:
            self._step(_I.GO_AHEAD)
            self.known = True
            return [Go(Source.BEGINNING, proved=False)]
        if self.known:
            self._step(_I.GO_ON)
            return [Go(Source.MEMORY, proved=False)]
        return self._leave(_I.GO_ROUND, SendRound())

    def _leave(self, what: OwnershipInput, *outputs: OwnershipOutput) -> list[OwnershipOutput]:
        if not self._step(what):
            return []
        self._rest()
        self._asked = None
        return list(outputs)

    def _rest(self) -> None:
        """Nothing is waited for any more."""
        self._hold_until = self._pong_until = self._retry_at = self._renew_at = None
        self._save_wanted = self._hinted = False
