"""The stores of this package keep the rules that are published for every store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from jambonz_anyio.stores import FileStore, MemoryStore, Store
from jambonz_anyio.testing.stores import STORE_CHECKS, OpenStores, StoreCheck
from jambonz_core.call.call_record import Claimed, Fence, Verdict

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def in_memory() -> AsyncIterator[tuple[Store, Store]]:
    store = MemoryStore()
    yield store, store


def in_files(directory: Path) -> OpenStores:
    @asynccontextmanager
    async def opened() -> AsyncIterator[tuple[Store, Store]]:
        yield FileStore(directory, hint_seconds=0.01), FileStore(directory, hint_seconds=0.01)

    return opened


@pytest.mark.parametrize("check", STORE_CHECKS, ids=lambda check: check.__name__)
async def test_a_store_in_memory(check: StoreCheck) -> None:
    await check(in_memory)


@pytest.mark.parametrize("check", STORE_CHECKS, ids=lambda check: check.__name__)
async def test_a_store_in_files(check: StoreCheck, tmp_path: Path) -> None:
    await check(in_files(tmp_path / "calls"))


class Unfenced(MemoryStore):
    """Takes every save."""

    async def save(self, key: str, fence: Fence, snapshot: bytes) -> Verdict:
        await super().save(key, Fence(fence.owner, 2**50, "any"), snapshot)
        return Verdict.KEPT


class Forgetful(MemoryStore):
    """Forgets that calls have ended."""

    async def end(self, key: str, fence: Fence) -> Verdict:
        return Verdict.KEPT


class Silent(MemoryStore):
    """Tells nobody."""

    async def claim(self, key: str, owner: str, nonce: str, *, begin: bool) -> Claimed:
        self._listeners.clear()
        return await super().claim(key, owner, nonce, begin=begin)


class Mixing(MemoryStore):
    """Has one record for all calls."""

    async def claim(self, key: str, owner: str, nonce: str, *, begin: bool) -> Claimed:
        return await super().claim("", owner, nonce, begin=begin)

    async def save(self, key: str, fence: Fence, snapshot: bytes) -> Verdict:
        return await super().save("", fence, snapshot)

    async def end(self, key: str, fence: Fence) -> Verdict:
        return await super().end("", fence)


class Stale(MemoryStore):
    """Lets an older save of a claim undo a newer one."""

    def __init__(self) -> None:
        super().__init__()
        self._serials = iter(range(1, 1000))

    async def save(self, key: str, fence: Fence, snapshot: bytes) -> Verdict:
        fence = Fence(fence.owner, fence.epoch, fence.nonce, next(self._serials))
        return await super().save(key, fence, snapshot)


@pytest.mark.parametrize(
    ("name", "store"),
    [
        ("an_older_claim_is_refused", Unfenced),
        ("claims_at_once_are_one_after_the_other", Unfenced),
        ("of_an_ended_call_only_that_is_kept", Forgetful),
        ("the_old_owner_is_told", Silent),
        ("calls_do_not_mix", Mixing),
        ("a_save_that_was_held_up_does_not_undo_a_newer_one", Stale),
        ("a_record_is_what_the_reference_makes_of_it", Stale),
    ],
)
async def test_a_store_that_breaks_a_rule_fails_its_check(
    name: str, store: type[MemoryStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    @asynccontextmanager
    async def opened() -> AsyncIterator[tuple[Store, Store]]:
        made = store()
        yield made, made

    monkeypatch.setattr("jambonz_anyio.testing.stores.SECONDS", 0.2)
    [check] = [check for check in STORE_CHECKS if getattr(check, "__name__", "") == name]
    with pytest.raises((AssertionError, ExceptionGroup)):
        await check(opened)
