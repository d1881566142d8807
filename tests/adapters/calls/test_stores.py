"""State stores: what is saved is what is loaded, whole, by its owner only, and under a safe name."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import anyio
import pytest

from jambonz_anyio.stores import FileStore, MemoryStore, StateStore

pytestmark = pytest.mark.anyio


def names(directory: Path, pattern: str) -> list[str]:
    return sorted(path.name for path in directory.glob(pattern))


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> StateStore:
    return MemoryStore() if request.param == "memory" else FileStore(tmp_path / "calls")


async def test_round_trip(store: StateStore) -> None:
    assert await store.load("call") is None
    await store.save("call", b"one")
    await store.save("call", b"two")
    await store.save("other", b"three")
    assert await store.load("call") == b"two"
    await store.delete("call")
    await store.delete("call")
    assert await store.load("call") is None
    assert await store.load("other") == b"three"


async def test_memory_is_bounded_and_drops_the_oldest() -> None:
    store = MemoryStore(limit=2)
    for key in ("a", "b"):
        await store.save(key, b"")
    await store.save("a", b"again")
    await store.save("c", b"")
    assert len(store) == 2
    assert await store.load("b") is None
    assert await store.load("a") == b"again"


@pytest.mark.parametrize("key", ["../../etc/passwd", "a/b", "", "nul\0", "\ud800", "x" * 10_000])
async def test_no_key_names_a_file(tmp_path: Path, key: str) -> None:
    store = FileStore(tmp_path / "calls")
    await store.save(key, b"v")
    assert await store.load(key) == b"v"
    assert names(tmp_path, "**/*.json") == names(tmp_path / "calls", "*.json") == [store._path(key).name]


@pytest.mark.parametrize("fsync", [False, True])
async def test_files_belong_to_their_owner_only(tmp_path: Path, fsync: bool) -> None:
    store = FileStore(tmp_path / "calls", fsync=fsync)
    old_mask = os.umask(0)
    try:
        await store.save("call", b"v")
    finally:
        os.umask(old_mask)
    assert stat.S_IMODE(store._path("call").stat().st_mode) == 0o600
    assert stat.S_IMODE(store._directory.stat().st_mode) == 0o700


async def test_a_failed_save_leaves_the_old_value_and_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FileStore(tmp_path)
    await store.save("call", b"old")

    def refuse(source: object, target: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="disk full"):
        await store.save("call", b"new")
    assert await store.load("call") == b"old"
    assert names(tmp_path, "*.tmp") == []


async def test_readers_see_whole_values_while_two_writers_race(tmp_path: Path) -> None:
    values = [bytes([65 + n]) * 200_000 for n in range(4)]
    stores = [FileStore(tmp_path), FileStore(tmp_path)]
    done = anyio.Event()

    async def write(store: FileStore) -> None:
        for value in values * 5:
            await store.save("call", value)

    async def read() -> None:
        while not done.is_set():
            seen = await stores[0].load("call")
            assert seen is None or seen in values

    async with anyio.create_task_group() as readers:
        readers.start_soon(read)
        async with anyio.create_task_group() as writers:
            for store in stores:
                writers.start_soon(write, store)
        done.set()
    assert names(tmp_path, "*.tmp") == []


async def test_two_processes_share_a_directory(tmp_path: Path) -> None:
    program = (
        "import sys, anyio\n"
        "from jambonz_anyio.stores import FileStore\n"
        "anyio.run(FileStore(sys.argv[1]).save, 'call', b'from another process')\n"
    )
    await anyio.run_process([sys.executable, "-c", program, str(tmp_path)])
    assert await FileStore(tmp_path).load("call") == b"from another process"


async def test_old_files_are_swept_but_not_all_the_time(tmp_path: Path) -> None:
    stale = tmp_path / "stale.json"
    draft = tmp_path / "crashed.tmp"
    for path in (stale, draft):
        path.write_bytes(b"")
        os.utime(path, (1, 1))
    store = FileStore(tmp_path, max_age=60)
    await store.save("call", b"v")
    assert not stale.exists()
    assert not draft.exists()
    stale.write_bytes(b"")
    os.utime(stale, (1, 1))
    await store.save("call", b"v")
    assert stale.exists()


async def test_values_in_memory_are_bounded_in_bytes(caplog: pytest.LogCaptureFixture) -> None:
    store = MemoryStore(limit_bytes=100)
    for key in ("a", "b", "c"):
        await store.save(key, b"x" * 40)
    assert [await store.load(key) for key in ("a", "b", "c")] == [None, b"x" * 40, b"x" * 40]
    await store.save("b", b"x" * 60)
    await store.delete("c")
    await store.save("d", b"x" * 40)
    assert len(store) == 2
    await store.save("e", b"x" * 40)
    assert await store.load("b") is None
    assert caplog.text.count("MemoryStore.limit (10000) or limit_bytes (100) is reached") == 1
