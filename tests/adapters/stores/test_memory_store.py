"""The store in memory is bounded, in number and in time."""

from __future__ import annotations

import time

import pytest

from jambonz_anyio.stores import MemoryStore
from jambonz_core.call.call_record import Claimed, Fence

pytestmark = pytest.mark.anyio


async def test_memory_is_bounded_and_drops_the_oldest() -> None:
    store = MemoryStore(limit=2)
    for key in ("a", "b"):
        await store.claim(key, "p", key, begin=True)
    await store.save("a", Fence("p", 1, "a", 1), b"again")
    await store.claim("c", "p", "c", begin=True)
    assert len(store) == 2
    assert await store.claim("b", "q", "n", begin=False) == Claimed(1)
    assert len(store) == 2


async def test_a_record_of_which_nothing_is_saved_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore(seconds=60)
    await store.claim("a", "p", "n1", begin=True)
    later = time.monotonic() + 61
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert await store.claim("a", "q", "n2", begin=False) == Claimed(1)


async def test_values_in_memory_are_bounded_in_bytes(caplog: pytest.LogCaptureFixture) -> None:
    store = MemoryStore(limit_bytes=100)

    async def save(key: str, size: int, serial: int = 1) -> None:
        await store.save(key, Fence("p", 1, key, serial), b"x" * size)

    async def load(key: str) -> bytes | None:
        return (await store.claim(key, "p", key, begin=False)).snapshot

    for key in ("a", "b", "c"):
        await save(key, 40)
    assert len(store) == 2
    assert [await load(key) for key in ("b", "c")] == [b"x" * 40, b"x" * 40]
    assert len(store) == 2
    await store.save("b", Fence("p", 2, "b", 1), b"x" * 60)
    await store.end("c", Fence("p", 2, "c", 1))
    await save("d", 40)
    assert len(store) == 3
    await save("e", 40)
    assert await load("b") is None
    assert caplog.text.count("MemoryStore.limit (10000) or limit_bytes (100) is reached") == 1
