"""A call in the store: `Ownership` says what is asked of it and what becomes of the call; it is done here.

Requests run in the task group of whoever serves the call's first connection here (the host), so that they go
on while the call's own scope ends. Nothing waits for a store longer than `CallLimits.store_seconds`.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol, get_args

import anyio
from anyio.abc import TaskGroup

from jambonz_core.call.call_record import Verdict
from jambonz_core.call.ownership import (
    AskClaim,
    AskEnd,
    AskPing,
    AskSave,
    Cut,
    Discard,
    Go,
    LetGo,
    Ownership,
    OwnershipOutput,
    OwnershipState,
    SendRound,
    StoreRequest,
)
from jambonz_core.wire.errors import CallEnded, JambonzError, LocalProtocolError, StoreError

from .call_log import CallLog
from .driver import PendingConnection
from .one_shot import Notifier, OneShot
from .saved_call import CallKey
from .store_hosts import StoreHosts, StoreRequestName

if TYPE_CHECKING:
    from .app_context import AppContext

_ENDINGS = frozenset({OwnershipState.ENDING, OwnershipState.GONE})


class StoredCallUser(Protocol):
    """What the store's decisions are about: the call at work."""

    def snapshot(self) -> bytes | None:
        """What another process needs; None while it needs nothing, because the call has not begun.

        Raises `LocalProtocolError` where it cannot be written.
        """
        ...

    def ask_pong(self, answered: Callable[[], None]) -> None:
        """Ping the server, and call this when it has answered."""

    def cut(self) -> None:
        """Abort the connection, if there is one."""

    def give_up(self, reason: str) -> None:
        """End the call on this side, without a word to anybody."""


class StoredCall:
    """The right of this process to one call, and the requests of it to the store."""

    def __init__(self, calls: StoredCalls, key: str, log: CallLog) -> None:
        context = calls.context
        self._calls = calls
        self._host: TaskGroup
        """Where requests run."""
        self._next_host: TaskGroup
        """Where they run once the call lives on the connection that is held."""
        self._key = key
        self._log = log
        self._store = context.store
        self._seconds = context.limits.store_seconds
        self._now = context.timers.clock
        self._machine = Ownership(
            calls.owner,
            calls.nonces,
            renew_seconds=self._store.seconds / 3,
            hold_seconds=context.options.ack_deadline,
        )
        self._timer = context.timers.timer(self._ring)
        self._claiming = anyio.CancelScope()
        """The latest claim; nobody waits for it once the call is gone."""
        self._user: StoredCallUser | None = None
        self._held: OneShot[Go | SendRound | LetGo | None] | None = None
        self._waiting: list[OneShot[None]] = []
        """Who waits for the next save."""
        self._left: bytes | None = None
        """What the call was when it lost its connection, where the store is busy with an earlier request."""
        self._changed = Notifier()
        self._failures = 0

    @property
    def gone(self) -> bool:
        """Whether this process has nothing to do with the call any more."""
        return self._machine.state in _ENDINGS

    # --- what the dispatcher asks ---------------------------------------------------------------------------

    async def admit(
        self, connection: PendingConnection, host: TaskGroup, *, begins: bool
    ) -> Go | SendRound | LetGo | None:
        """Hold a connection until it is clear what becomes of it. If the call comes to live there, its
        requests run in `host`.

        None: it is gone, or a newer one has taken its place.
        """
        self._left = None
        if self._held is not None:
            self._held.settle(None)
        if begins:
            # Whatever had this id before is no concern of the store's any more.
            self._user = None
        self._next_host = host
        if self._user is None:
            self._host = host
        held = self._held = OneShot()

        def lost() -> None:
            if self._held is held:
                self._held = None
                self._take(self._machine.lost(self._now()))
                if self.gone:
                    self.drop()
            held.settle(None)

        self._take(self._machine.opened(self._now(), begins=begins))
        connection.on_closed = lost
        if connection.closed_as is not None:
            lost()
        try:
            return await held.wait()
        finally:
            connection.on_closed = None
            if not held.settled:
                lost()

    def serve(self, user: StoredCallUser) -> None:
        """This is the call that the decisions are about."""
        self._user = user

    # --- what the call asks ---------------------------------------------------------------------------------

    def lost(self, user: StoredCallUser) -> None:
        """The call has lost its connection: what it knows is saved at once."""
        if user is self._user and self._held is None:
            outputs = self._machine.lost(self._now())
            self._take(outputs)
            if self._machine.busy and not any(isinstance(output, AskSave) for output in outputs):
                # Who is stopped meanwhile cancels its waits, and that is no part of the call.
                with suppress(LocalProtocolError):
                    self._left = user.snapshot()

    def save_soon(self) -> None:
        """Save what the call knows, without waiting for it."""
        self._left = None
        self._take(self._machine.save(self._now()))

    async def save(self) -> None:
        """Save what the call knows now. Raises `StoreError` where that was not possible."""
        if self.gone:
            raise CallEnded("the call is over here: nothing of it is saved any more")
        done = OneShot[None]()
        self._waiting.append(done)
        self.save_soon()
        with anyio.move_on_after(self._seconds):
            await done.wait()
            return
        if done in self._waiting:
            self._waiting.remove(done)
        raise StoreError(f"the call was not saved within CallLimits.store_seconds ({self._seconds:g})")

    def part(self, user: StoredCallUser, *, over: bool) -> None:
        """The call is over, or this process gives it up, and what it knows is saved; see `parted`."""
        if user is self._user:
            # Whatever is held here meanwhile finds another home.
            self._decide(SendRound())
            self._take(self._machine.over() if over else self._machine.lost(self._now()))

    async def parted(self, user: StoredCallUser) -> None:
        """Wait a bounded time until the store knows of that, and have nothing more to do with the call.

        Without any effect for one whose memory was old: another one serves the call here now.
        """
        if user is not self._user:
            return
        with anyio.CancelScope(shield=True), anyio.move_on_after(self._seconds):
            while self._machine.busy:
                await self._changed.wait()
        self.drop()

    def drop(self) -> None:
        """Have nothing more to do with the call. Another process may go on with it."""
        self._decide(SendRound())
        self._take(self._machine.dropped())
        self._claiming.cancel()
        self._user = None
        self._timer.close()
        self._calls.forget(self._key, self)

    def hint(self) -> None:
        """Somebody else has claimed the call."""
        self._take(self._machine.hint(self._now()))

    # --- inside ---------------------------------------------------------------------------------------------

    def _ring(self) -> None:
        self._take(self._machine.tick(self._now()))

    def _pong(self) -> None:
        self._take(self._machine.pong(self._now()))

    def _take(self, outputs: list[OwnershipOutput]) -> None:
        for output in outputs:
            match output:
                case AskClaim():
                    self._claiming = anyio.CancelScope()
                    self._host.start_soon(self._claim, output, self._claiming)
                case AskEnd():
                    self._host.start_soon(self._write, output, b"", [])
                case AskSave():
                    self._begin_save(output)
                case AskPing():
                    if self._user is not None:
                        self._user.ask_pong(self._pong)
                case Discard():
                    user, self._user = self._user, None
                    self._host = self._next_host
                    if user is not None:
                        user.give_up("moved")
                case Cut():
                    if self._user is not None:
                        self._user.cut()
                case Go():
                    self._decide(output)
                case SendRound():
                    self._decide(output)
                    self.drop()
                case LetGo():
                    self._let_go(output)
        self._timer.set(self._machine.deadline)
        self._changed.notify()

    def _decide(self, decision: Go | SendRound | LetGo) -> None:
        held, self._held = self._held, None
        if held is not None:
            held.settle(decision)

    def _let_go(self, decision: LetGo) -> None:
        self._decide(decision)
        for done in self._waiting:
            done.fail(StoreError("the call was not saved: another process has it"))
        self._waiting.clear()
        user = self._user
        self.drop()
        if user is not None:
            user.give_up("moved")

    def _begin_save(self, request: AskSave) -> None:
        waiting, self._waiting = self._waiting, []
        try:
            if self._user is None:
                raise LocalProtocolError("there is no call here to save")
            left, self._left = self._left, None
            snapshot = left or self._user.snapshot()
        except LocalProtocolError as error:
            self._failed(request, error, waiting, "snapshot")
            return
        if snapshot is not None:
            self._host.start_soon(self._write, request, snapshot, waiting)
            return
        for done in waiting:
            done.settle(None)
        self._take(self._machine.verdict(request, Verdict.KEPT, self._now()))

    def _tell(self, name: StoreRequestName, outcome: str, began: float) -> None:
        observer = self._calls.context.observer
        if observer is not None:
            observer.store_asked(name, outcome, self._now() - began)

    async def _claim(self, request: AskClaim, scope: anyio.CancelScope) -> None:
        began = self._now()
        try:
            with anyio.fail_after(self._seconds), scope:
                await self._calls.hosts.opened(self._store)
                answer = await self._store.claim(
                    self._key, self._calls.owner, request.nonce, begin=request.begin
                )
        except Exception as error:
            self._tell("claim", "failed", began)
            self._failed(request, error, [], "claim")
            return
        self._tell("claim", "ok", began)
        if not scope.cancel_called:
            self._worked()
            self._take(self._machine.claimed(request, answer, self._now()))

    async def _write(self, request: AskSave | AskEnd, snapshot: bytes, waiting: list[OneShot[None]]) -> None:
        began, name = self._now(), _name_of(request)
        try:
            # Shielded, because what is saved and ended last matters most; and bounded for the same reason.
            with anyio.CancelScope(shield=True), anyio.fail_after(self._seconds):
                await self._calls.hosts.opened(self._store)
                if isinstance(request, AskSave):
                    answer = await self._store.save(self._key, request.fence, snapshot)
                else:
                    answer = await self._store.end(self._key, request.fence)
        except Exception as error:
            self._tell(name, "failed", began)
            self._failed(request, error, waiting, name)
            return
        self._tell(name, "ok" if answer is Verdict.KEPT else "refused", began)
        self._worked()
        if answer is Verdict.KEPT:
            for done in waiting:
                done.settle(None)
        else:
            self._waiting[:0] = waiting
        self._take(self._machine.verdict(request, answer, self._now()))

    def _failed(
        self, request: StoreRequest, error: Exception, waiting: list[OneShot[None]], name: StoreRequestName
    ) -> None:
        """A store is a user's own code or somebody's database: what it raises costs no call."""
        for done in waiting:
            done.fail(_as_ours(error, self._seconds))
        self._calls.failures[name] += 1
        self._failures += 1
        if self._failures == 1:
            self._log.warning("The call goes on without the store: %s", _as_ours(error, self._seconds))
            self._log.debug("The store has failed", exc_info=error)
        self._take(self._machine.failed(request, self._now()))

    def _worked(self) -> None:
        if self._failures:
            self._log.info("The store works again, after %d failures for this call", self._failures)
            self._failures = 0


class StoredCalls:
    """All calls of an application that are in its store, and who this process is there."""

    def __init__(self, context: AppContext) -> None:
        self.context = context
        self.owner: str = secrets.token_hex(8)
        self.nonces = map(f"{self.owner}-{{}}".format, itertools.count())
        self._calls: dict[str, StoredCall] = {}
        self.failures: dict[str, int] = dict.fromkeys(get_args(StoreRequestName), 0)
        """How often what was asked of the store has failed."""
        self.hosts: StoreHosts = StoreHosts(self.listen, self.failures, context.logger)
        """Who keeps the store open where no lifespan is run."""

    def of(self, key: CallKey) -> StoredCall | None:
        """The right to this call, which is new if this process has nothing to do with it yet.

        None: the application shares no calls with other processes, or nobody could say that this one is the
        same there.
        """
        if not self.context.shares_calls:
            return None
        log = CallLog(self.context.logger, key.call_sid)
        try:
            stored = key.stored
        except LocalProtocolError as error:
            log.warning("No other process can go on with this call: %s", error)
            return None
        known = self._calls.get(stored)
        if known is None or known.gone:
            known = self._calls[stored] = StoredCall(self, stored, log)
        return known

    def forget(self, key: str, call: StoredCall) -> None:
        """This process has nothing to do with a call any more."""
        if self._calls.get(key) is call:
            del self._calls[key]

    async def listen(self) -> None:
        """Hear of the claims of others, until cancelled."""
        told = False
        while True:
            try:
                await self.context.store.hints(self.owner, self._hint)
            except Exception:
                self.failures["hints"] += 1
                if not told:
                    self.context.logger.warning("The store gives no hints now", exc_info=True)
                told = True
            await anyio.sleep(1.0)

    def _hint(self, key: str) -> None:
        call = self._calls.get(key)
        if call is not None:
            call.hint()


def _as_ours(error: Exception, seconds: float) -> JambonzError:
    """What the store has raised, as an error of this package."""
    if isinstance(error, JambonzError):
        return error
    if isinstance(error, TimeoutError) and not error.args:
        ours = StoreError(f"the store did not answer within CallLimits.store_seconds ({seconds:g})")
    else:
        ours = StoreError(f"the store failed: {error!r}")
    ours.__cause__ = error
    return ours


def _name_of(request: AskSave | AskEnd) -> StoreRequestName:
    return "save" if isinstance(request, AskSave) else "end"
