"""The store in files: records are whole, belong to their owner only, and nothing from outside names a file."""

from __future__ import annotations

import fcntl
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import pytest
from anyio.lowlevel import checkpoint

from jambonz_anyio import stores
from jambonz_anyio.stores import FileStore
from jambonz_core.call.call_record import Claimed, Fence, Verdict

pytestmark = pytest.mark.anyio


def names(directory: Path, pattern: str) -> list[str]:
    return sorted(path.name for path in directory.glob(pattern))


@contextmanager
def open_locked(path: Path) -> Iterator[None]:
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


async def saved(store: FileStore, key: str, snapshot: bytes) -> Fence:
    claimed = await store.claim(key, "a", "n1", begin=True)
    fence = Fence("a", claimed.epoch, "n1", 1)
    assert await store.save(key, fence, snapshot) is Verdict.KEPT
    return fence


async def found(store: FileStore, key: str) -> bytes | None:
    return (await store.claim(key, "b", "n2", begin=False)).snapshot


@pytest.mark.parametrize("key", ["../../etc/passwd", "a/b", "", "nul\0", "\ud800", "x" * 10_000])
async def test_no_key_names_a_file(tmp_path: Path, key: str) -> None:
    store = FileStore(tmp_path / "calls")
    await saved(store, key, b"v")
    assert await found(store, key) == b"v"
    assert names(tmp_path, "**/*.json") == names(tmp_path / "calls", "*.json") == [store._path(key).name]


@pytest.mark.parametrize("key", ["../../etc/passwd", "nul\0", "\ud800"])
async def test_no_key_of_a_hint_names_a_file(tmp_path: Path, key: str) -> None:
    store = FileStore(tmp_path / "calls", hint_seconds=0.01)
    told: list[str] = []
    news = anyio.Event()

    def hear(key: str) -> None:
        told.append(key)
        news.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(store.hints, "a", hear)
        with anyio.fail_after(5):
            number = 0
            while not news.is_set():
                # The first may be lost, while the store only begins to listen.
                await store.claim(key, "a", f"a{number}", begin=True)
                await store.claim(key, "b", f"b{number}", begin=True)
                number += 1
                await anyio.sleep(0.02)
        tasks.cancel_scope.cancel()
    assert set(told) == {key}
    # Whoever stops listening leaves nothing behind, and hints for him go nowhere.
    assert names(tmp_path, "**/*.hints") == []
    await store.claim(key, "a", "n3", begin=True)
    await found(store, key)
    assert names(tmp_path, "**/*.hints") == names(tmp_path, "**/*.tmp") == []


@pytest.mark.parametrize("fsync", [False, True])
async def test_files_belong_to_their_owner_only(tmp_path: Path, fsync: bool) -> None:
    store = FileStore(tmp_path / "calls", fsync=fsync)
    old_mask = os.umask(0)
    try:
        await saved(store, "call", b"v")
    finally:
        os.umask(old_mask)
    assert stat.S_IMODE(store._directory.stat().st_mode) == 0o700
    files = list(store._directory.iterdir())
    assert len(files) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


async def test_a_failed_save_leaves_the_old_value_and_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FileStore(tmp_path)
    fence = await saved(store, "call", b"old")

    def refuse(source: object, target: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refuse)
        with pytest.raises(OSError, match="disk full"):
            await store.save("call", Fence("a", fence.epoch, "n1", 2), b"new")
    assert await found(store, "call") == b"old"
    assert names(tmp_path, "*.tmp") == []


async def test_readers_see_whole_values_while_two_writers_race(tmp_path: Path) -> None:
    values = [bytes([65 + n]) * 200_000 for n in range(4)]
    stores = [FileStore(tmp_path), FileStore(tmp_path)]
    done = anyio.Event()
    first = await saved(stores[0], "call", values[0])

    async def write(store: FileStore, half: int) -> None:
        for number, value in enumerate(values * 5):
            fence = Fence("a", first.epoch, "n1", 2 + 2 * number + half)
            assert await store.save("call", fence, value) is Verdict.KEPT

    async def read() -> None:
        while not done.is_set():
            record = stores[0]._read(stores[0]._path("call"))
            assert record.snapshot in values
            await checkpoint()

    async with anyio.create_task_group() as readers:
        readers.start_soon(read)
        async with anyio.create_task_group() as writers:
            for half, store in enumerate(stores):
                writers.start_soon(write, store, half)
        done.set()
    assert names(tmp_path, "*.tmp") == []


async def test_two_processes_share_a_directory(tmp_path: Path) -> None:
    program = (
        "import sys, anyio\n"
        "from jambonz_anyio.stores import FileStore\n"
        "from jambonz_core.call.call_record import Fence\n"
        "async def main():\n"
        "    store = FileStore(sys.argv[1])\n"
        "    claimed = await store.claim('call', 'other', 'n1', begin=True)\n"
        "    await store.save('call', Fence('other', claimed.epoch, 'n1', 1), b'from another process')\n"
        "anyio.run(main)\n"
    )
    await anyio.run_process([sys.executable, "-c", program, str(tmp_path)])
    claimed = await FileStore(tmp_path).claim("call", "mine", "n2", begin=False)
    assert claimed == Claimed(2, "other", b"from another process")


async def test_a_record_of_which_nothing_is_saved_is_forgotten(tmp_path: Path) -> None:
    store = FileStore(tmp_path, seconds=60)
    fence = await saved(store, "call", b"v")
    path = store._path("call")
    os.utime(path, (1, 1))
    assert await store.claim("call", "b", "n2", begin=False) == Claimed(1)
    os.utime(path, (1, 1))
    # Whoever still has it puts it back.
    assert await store.save("call", Fence("a", fence.epoch, "n1", 2), b"w") is Verdict.KEPT


async def test_what_is_no_record_is_none(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    for content in (b"", b"{", b"[]\n", b'{"epoch": 1}\n', b'{"epoch": "x", "nonce": "", "owner": ""}\n'):
        store._path("call").write_bytes(content)
        assert await store.claim("call", "b", "n2", begin=False) == Claimed(1)


async def test_old_files_are_swept_but_not_all_the_time(tmp_path: Path) -> None:
    stale = tmp_path / f"{'ab' * 32}.json"
    draft = tmp_path / "crashed.tmp"
    inbox = tmp_path / "crashed.hints"
    inbox.mkdir()
    hint = inbox / "hint"
    fresh = tmp_path / f"{'cd' * 32}.json"
    for path in (stale, draft, hint, inbox, fresh):
        if path is not inbox:
            path.write_bytes(b"")
        os.utime(path, (1, 1))
    os.utime(fresh)
    store = FileStore(tmp_path, seconds=60)
    await saved(store, "call", b"v")
    assert not stale.exists()
    assert not draft.exists()
    assert not inbox.exists()
    assert fresh.exists()
    stale.write_bytes(b"")
    os.utime(stale, (1, 1))
    await saved(store, "call", b"v")
    assert stale.exists()


async def test_a_process_that_was_stopped_with_a_lock_holds_up_others_for_a_while_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "LOCK_SECONDS", 0.05)
    store = FileStore(tmp_path)
    await saved(store, "call", b"v")
    [lock] = names(tmp_path, "*.lock")
    with open_locked(tmp_path / lock):
        with pytest.raises(TimeoutError, match="holds lock"):
            await saved(store, "call", b"w")
    assert await found(store, "call") == b"v"
