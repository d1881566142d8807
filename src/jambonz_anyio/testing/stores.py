"""The rules of a store as checks that any store can be put through.

Whoever writes one says how two processes open it; every check is then a test:

```python
@asynccontextmanager
async def opened() -> AsyncIterator[tuple[Store, Store]]:
    ...                                                     # two stores on the same data, never used before


@pytest.mark.parametrize("check", STORE_CHECKS, ids=lambda check: check.__name__)
async def test_my_store(check):
    await check(opened)
```

The stores of this package pass them all, on every event loop. What each operation does to a record is said,
and done, by `jambonz_core.call.call_record.CallRecord`.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeAlias

import anyio

from jambonz_core.call.call_record import CallRecord, Claimed, Fence, Verdict

from ..stores import Store

SECONDS = 10.0
"""How long a check waits for something that should happen."""

OpenStores: TypeAlias = Callable[[], AbstractAsyncContextManager[tuple[Store, Store]]]
StoreCheck: TypeAlias = Callable[[OpenStores], Awaitable[None]]

KEY = "0123456789abcdef" * 4
OTHER = "fedcba9876543210" * 4


def _expect(holds: bool, rule: str) -> None:
    if not holds:
        raise AssertionError(rule)


async def _claim(
    store: Store, owner: str = "a", nonce: str = "n1", *, key: str = KEY, begin: bool = False
) -> tuple[Fence, Claimed]:
    """A claim, and the fence of the first save under it."""
    claimed = await store.claim(key, owner, nonce, begin=begin)
    return Fence(owner, claimed.epoch, nonce, 1), claimed


def _next(fence: Fence) -> Fence:
    return Fence(fence.owner, fence.epoch, fence.nonce, fence.serial + 1)


async def claims_count_up_and_tell_what_was_there(opened: OpenStores) -> None:
    """A claim has a higher epoch than the one before, and tells its owner and what was saved."""
    async with opened() as (first, second):
        _expect(first.seconds > 0, "a record lives for some time")
        fence, claimed = await _claim(first)
        _expect(claimed == Claimed(claimed.epoch), "of a call that nobody has claimed nothing is known")
        _expect(claimed.epoch > 0, "epochs are positive")
        _expect(await first.save(KEY, fence, b"one") is Verdict.KEPT, "the claimer may save")
        _, other = await _claim(second, "b", "n2")
        _expect(other.epoch > claimed.epoch, "a later claim has a higher epoch")
        _expect(other == Claimed(other.epoch, "a", b"one"), "a claim tells what the one before has left")


async def any_bytes_are_kept(opened: OpenStores) -> None:
    """A snapshot comes back as it was, the empty one too."""
    async with opened() as (first, second):
        fence, _ = await _claim(first)
        for number, snapshot in enumerate((b"", bytes(range(256)), b"\n\r\n", "é☎".encode(), b"x" * 200_000)):
            fence = _next(fence)
            _expect(await first.save(KEY, fence, snapshot) is Verdict.KEPT, "the claimer may save again")
            _, claimed = await _claim(second, "b", f"look{number}")
            _expect(claimed.snapshot == snapshot, "a snapshot comes back as it was")
            fence, _ = await _claim(first, "a", f"again{number}")


async def an_older_claim_is_refused(opened: OpenStores) -> None:
    """Who was outbid can neither save nor end."""
    async with opened() as (first, second):
        old, _ = await _claim(first)
        new, _ = await _claim(second, "b", "n2")
        _expect(await first.save(KEY, old, b"old") is Verdict.MOVED, "an older claim saves nothing")
        _expect(await second.save(KEY, new, b"new") is Verdict.KEPT, "the newest claim saves")
        _expect(await first.save(KEY, _next(old), b"old") is Verdict.MOVED, "an older claim saves nothing")
        _expect(await first.end(KEY, old) is Verdict.MOVED, "an older claim ends nothing")
        _, claimed = await _claim(first, "c", "n3")
        _expect(claimed == Claimed(claimed.epoch, "b", b"new"), "a refusal writes nothing")


async def of_two_claims_with_one_epoch_one_stands(opened: OpenStores) -> None:
    """After a failover two claims may have one epoch: the nonce in the record tells which of them stands."""
    async with opened() as (first, second):
        fence, _ = await _claim(first)
        twin = Fence("b", fence.epoch, "n2", 5)
        _expect(await second.save(KEY, twin, b"twin") is Verdict.MOVED, "another nonce is another claim")
        _expect(await first.save(KEY, fence, b"mine") is Verdict.KEPT, "the claim in the record saves")


async def a_lost_claim_is_put_back_by_its_save(opened: OpenStores) -> None:
    """A store that has forgotten a claim, in a failover, takes the save that proves it."""
    async with opened() as (first, second):
        lost = Fence("a", 2**41, "n9", 3)
        _expect(await first.save(KEY, lost, b"nine") is Verdict.KEPT, "a save without a record is kept")
        _, claimed = await _claim(second, "b", "n2")
        _expect(claimed.epoch > lost.epoch, "and its epoch counts")
        _expect(claimed == Claimed(claimed.epoch, "a", b"nine"), "and its owner")
        later = Fence("a", claimed.epoch + 1, "n10", 1)
        _expect(await first.save(KEY, later, b"ten") is Verdict.KEPT, "a save with a higher epoch is kept")
        _expect(
            await second.save(KEY, Fence("b", claimed.epoch, "n2", 1), b"x") is Verdict.MOVED, "and stands"
        )


async def a_save_that_was_held_up_does_not_undo_a_newer_one(opened: OpenStores) -> None:
    """The saves of one claim have numbers, and an older one that comes late changes nothing."""
    async with opened() as (first, second):
        fence, _ = await _claim(first)
        newer = _next(fence)
        _expect(await first.save(KEY, newer, b"new") is Verdict.KEPT, "numbers may have gaps")
        _expect(await first.save(KEY, fence, b"old") is Verdict.KEPT, "what is older is no failure")
        _expect(await first.save(KEY, newer, b"twice") is Verdict.KEPT, "nor what comes twice")
        _, claimed = await _claim(second, "b", "n2")
        _expect(claimed.snapshot == b"new", "the newest save stays")


async def of_an_ended_call_only_that_is_kept(opened: OpenStores) -> None:
    """An ended call is neither claimed nor saved, until its id begins another life."""
    async with opened() as (first, second):
        fence, _ = await _claim(first)
        await first.save(KEY, fence, b"one")
        _expect(await first.end(KEY, _next(fence)) is Verdict.KEPT, "the claimer may end")
        _expect(await first.save(KEY, _next(fence), b"late") is Verdict.ENDED, "nothing is saved any more")
        _expect(await second.end(KEY, fence) is Verdict.ENDED, "it ends once")
        _, claimed = await _claim(second, "b", "n2")
        _expect(claimed.ended, "a claim is told that the call has ended")
        _expect(claimed.snapshot is None, "and gets nothing of it")
        again, claimed = await _claim(second, "b", "n3", begin=True)
        _expect(not claimed.ended, "another life may begin")
        _expect(claimed.owner is None, "which nobody had claimed")
        _expect(claimed.snapshot is None, "and of which nothing was saved")
        _expect(await second.save(KEY, again, b"two") is Verdict.KEPT, "and which may be saved")


async def calls_do_not_mix(opened: OpenStores) -> None:
    """What is written under one key is not seen under another."""
    async with opened() as (first, second):
        one, _ = await _claim(first, "a", "n1")
        other, claimed = await _claim(second, "b", "n2", key=OTHER)
        _expect(claimed.owner is None, "another call has another record")
        await first.save(KEY, one, b"one")
        await second.save(OTHER, other, b"two")
        _expect((await _claim(second, "c", "n3"))[1].snapshot == b"one", "each call has its own snapshot")
        _expect(await first.end(OTHER, _next(other)) is Verdict.KEPT, "one call ends")
        _expect(not (await _claim(first, "d", "n4"))[1].ended, "and the other one does not")


async def claims_at_once_are_one_after_the_other(opened: OpenStores) -> None:
    """Claims of several processes at the same time all differ, and the highest of them stands."""
    async with opened() as stores:
        fences: list[Fence] = []

        async def claim(number: int) -> None:
            fence, _ = await _claim(stores[number % 2], f"p{number}", f"n{number}")
            fences.append(fence)

        async with anyio.create_task_group() as tasks:
            for number in range(20):
                tasks.start_soon(claim, number)
        _expect(len({fence.epoch for fence in fences}) == len(fences), "no two claims have one epoch")
        newest = max(fences, key=lambda fence: fence.epoch)
        verdicts: dict[Fence, Verdict] = {}

        async def save(fence: Fence) -> None:
            verdicts[fence] = await stores[fence.epoch % 2].save(KEY, fence, fence.owner.encode())

        async with anyio.create_task_group() as tasks:
            for fence in fences:
                tasks.start_soon(save, fence)
        kept = [fence for fence, verdict in verdicts.items() if verdict is Verdict.KEPT]
        _expect(kept == [newest], "of saves at once, that of the newest claim is kept")
        _, claimed = await _claim(stores[0], "z", "last")
        _expect(claimed.snapshot == newest.owner.encode(), "and it is what the next claim finds")


async def the_old_owner_is_told(opened: OpenStores) -> None:
    """Who has claimed a call hears of it when another process claims it, and not of its own claims."""
    async with opened() as (first, second):
        told: list[str] = []
        news = anyio.Event()

        def hear(key: str) -> None:
            told.append(key)
            news.set()

        async def contest() -> None:
            """The first hints may be lost, while the store only begins to listen."""
            number = 0
            while not news.is_set():
                await _claim(first, "a", f"a{number}")
                await _claim(first, "a", f"aa{number}")
                await _claim(second, "b", f"b{number}")
                await _claim(second, "b", f"bb{number}", key=OTHER)
                number += 1
                await anyio.sleep(0.05)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(first.hints, "a", hear)
            with anyio.move_on_after(SECONDS):
                tasks.start_soon(contest)
                await news.wait()
            tasks.cancel_scope.cancel()
        _expect(bool(told), "the old owner is told")
        _expect(set(told) == {KEY}, "of its call, and of no other")


async def a_cancelled_request_breaks_nothing(opened: OpenStores) -> None:
    """Requests that are cancelled at any moment leave a store that answers the next one rightly."""
    async with opened() as (first, second):
        fence, _ = await _claim(first)
        for number in range(20):
            with anyio.move_on_after(0.0003 * number):
                await first.save(KEY, Fence("a", fence.epoch, "n1", number + 1), b"cut %d" % number)
        _expect(
            await first.save(KEY, Fence("a", fence.epoch, "n1", 100), b"whole") is Verdict.KEPT, "it works on"
        )
        _, claimed = await _claim(second, "b", "n2")
        _expect(claimed == Claimed(claimed.epoch, "a", b"whole"), "each answer belongs to its question")


async def a_record_is_what_the_reference_makes_of_it(opened: OpenStores) -> None:
    """Many operations in a row, always the same ones, have the answers that `CallRecord` gives."""
    chance = random.Random(12)
    async with opened() as stores:
        records = {KEY: CallRecord(), OTHER: CallRecord()}
        fences = [Fence("a", 1, "n0")]
        for number in range(150):
            key = chance.choice((KEY, OTHER))
            store: Store = chance.choice(stores)
            record, fence = records[key], chance.choice(fences[-4:])
            fence = Fence(fence.owner, fence.epoch, fence.nonce, chance.randrange(4))
            answer: Any
            expected: Any
            what = chance.choice(("claim", "save", "save", "save", "end") if number % 7 else ("begin",))
            if what in ("claim", "begin"):
                owner, nonce, begin = chance.choice("ab"), f"n{number}", what == "begin"
                answer = await store.claim(key, owner, nonce, begin=begin)
                # How far epochs leap is the store's own affair.
                records[key], expected = record.claim(owner, nonce, begin=begin, clock=answer.epoch)
                fences.append(Fence(owner, answer.epoch, nonce))
            elif what == "save":
                snapshot = b"snapshot %d" % number
                answer = await store.save(key, fence, snapshot)
                records[key], expected = record.save(fence, snapshot)
            else:
                answer = await store.end(key, fence)
                records[key], expected = record.end(fence)
            _expect(answer == expected, f"operation {number}, {what}: {answer} instead of {expected}")


STORE_CHECKS: tuple[StoreCheck, ...] = (
    claims_count_up_and_tell_what_was_there,
    any_bytes_are_kept,
    an_older_claim_is_refused,
    of_two_claims_with_one_epoch_one_stands,
    a_lost_claim_is_put_back_by_its_save,
    a_save_that_was_held_up_does_not_undo_a_newer_one,
    of_an_ended_call_only_that_is_kept,
    calls_do_not_mix,
    claims_at_once_are_one_after_the_other,
    the_old_owner_is_told,
    a_cancelled_request_breaks_nothing,
    a_record_is_what_the_reference_makes_of_it,
)
"""Every check, each a rule of `Store`."""
