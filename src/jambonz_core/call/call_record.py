"""What a store keeps of a call, and what it answers.

`CallRecord` is the reference of the store's three operations as a plain value: no store can go wrong that
reads one, has it make the next, and writes that, with nothing in between. Others say the same in the language
of their database.
"""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class Fence(Struct, frozen=True):
    """What a process shows with each save: it is kept only if no later claim stands in the record."""

    owner: str
    """The process that saves."""
    epoch: int
    """That of its claim."""
    nonce: str
    """That of its claim: after a failover, two claims may have got one epoch."""
    serial: int = 0
    """Counts the saves under one claim: a request that was held up somewhere may come after a newer one."""


class Claimed(Struct, frozen=True):
    """What a store answers to a claim."""

    epoch: int
    """Higher than that of any earlier claim of the call."""
    owner: str | None = None
    """Who had claimed before; None for nobody."""
    snapshot: bytes | None = None
    """What was saved last; None for nothing."""
    ended: bool = False
    """Whether the call has ended. Then nothing was claimed."""


class Verdict(Enum):
    """What a store answers to a save, or to the end of a call."""

    KEPT = "kept"
    """It is in the store, or something newer of the same claim is."""
    MOVED = "moved"
    """Nothing was written: another claim stands."""
    ENDED = "ended"
    """Nothing was written: the call has ended."""


class CallRecord(Struct, frozen=True, kw_only=True):
    """The record of one call. One that was never written is `CallRecord()`."""

    epoch: int = 0
    nonce: str = ""
    owner: str = ""
    serial: int = 0
    snapshot: bytes | None = None
    ended: bool = False

    def claim(
        self, owner: str, nonce: str, *, begin: bool = False, clock: int = 0
    ) -> tuple[CallRecord, Claimed]:
        """A process to which the server has come claims the call.

        With `begin` an ended call does not matter: its id has begun another life. A store that may lose what
        it has acknowledged, in a failover, gives its `clock` in milliseconds. Then a claim that was lost has
        a lower epoch than those that come after.
        """
        if self.ended and not begin:
            return self, Claimed(self.epoch, ended=True)
        epoch = max(self.epoch + 1, clock)
        snapshot = None if self.ended else self.snapshot
        claimed = Claimed(epoch, None if self.ended else self.owner or None, snapshot)
        return CallRecord(epoch=epoch, nonce=nonce, owner=owner, snapshot=snapshot), claimed

    def save(self, fence: Fence, snapshot: bytes) -> tuple[CallRecord, Verdict]:
        """The process that has claimed saves the state of the call."""
        verdict = self._against(fence)
        if verdict is not Verdict.KEPT or self._newer_than(fence):
            return self, verdict
        return (
            CallRecord(
                epoch=fence.epoch,
                nonce=fence.nonce,
                owner=fence.owner,
                serial=fence.serial,
                snapshot=snapshot,
            ),
            verdict,
        )

    def end(self, fence: Fence) -> tuple[CallRecord, Verdict]:
        """The process that has claimed says that the call is over. Only that is kept, for a while."""
        verdict = self._against(fence)
        if verdict is not Verdict.KEPT:
            return self, verdict
        return CallRecord(epoch=fence.epoch, nonce=fence.nonce, ended=True), verdict

    def _against(self, fence: Fence) -> Verdict:
        if self.ended:
            return Verdict.ENDED
        if self.epoch > fence.epoch or (self.epoch == fence.epoch and self.nonce != fence.nonce):
            return Verdict.MOVED
        return Verdict.KEPT

    def _newer_than(self, fence: Fence) -> bool:
        return self.nonce == fence.nonce and self.serial >= fence.serial
