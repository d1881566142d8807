"""Where several processes keep whose a call is, and what was saved of it.

When a process dies, jambonz reconnects its calls, and behind a balancer they land on another process. That
one finds what it needs in a store: one record per call, which says who has claimed it and holds the snapshot
that was saved last. The machine that decides by it is `jambonz_core.call.ownership`; a store only keeps the
record, and `CallRecord` says what each of its operations makes of one. `Store` is all that has to be written
for another database, and `jambonz_anyio.testing.stores` checks it.

`MemoryStore` serves applications of one process and tests. `FileStore` is a directory that the processes of
one machine share: a record changes under a lock, by a rename, and is readable by its owner only, so a reader
sees the old one or the new one and never half of one, also when a writer is killed in between. `RedisStore`
(`jambonz_anyio.redis_store`) is for several machines.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import logging
import os
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

import anyio
import anyio.to_thread
from anyio.lowlevel import RunVar, checkpoint

from jambonz_core.call.call_record import CallRecord, Claimed, Fence, Verdict
from jambonz_core.wire.codec import decode, encode
from jambonz_core.wire.errors import RemoteProtocolError

T = TypeVar("T")

_logger = logging.getLogger("jambonz_anyio")

LOCKS = 64
"""Files of a `FileStore` that are locked while a record changes; each serves a part of the records."""

LOCK_SECONDS = 2.0
"""How long a process waits for another one, which may have been stopped with a lock in its hands."""

LEFT_BEHIND_SECONDS = 86_400.0
"""The age at which the drafts and hints of processes that are no more are removed."""

_drafts = itertools.count()
"""Counts the drafts of this process: two stores may share a directory."""


class Store(Protocol):
    """What `App(store=…)` takes: one record per call, by a key of letters and digits.

    The operations may be called at any time, also for one key at once, by any number of processes. What one
    of them reads and writes must be one step: nothing may come in between. They may raise anything, and may
    be cancelled: the library then does not know whether they were carried out, and asks again.
    """

    @property
    def seconds(self) -> float:
        """How long a record lives of which nothing is saved. The library saves at a third of it.

        That a call has ended is to be kept for some time as well, an hour for instance.
        """
        ...

    async def claim(self, key: str, owner: str, nonce: str, *, begin: bool) -> Claimed:
        """Note that the process `owner` has the call, unless it has ended: `CallRecord.claim`.

        Whoever had claimed before, if it was another process, should be told by a hint. When this returns,
        the record is where every process sees it.
        """
        ...

    async def save(self, key: str, fence: Fence, snapshot: bytes) -> Verdict:
        """Keep a snapshot in place of the one before, unless somebody else has claimed: `CallRecord.save`."""
        ...

    async def end(self, key: str, fence: Fence) -> Verdict:
        """Forget all of a call but that it has ended, unless somebody else has claimed: `CallRecord.end`."""
        ...

    async def hints(self, owner: str, told: Callable[[str], None]) -> None:
        """Call `told(key)` whenever another process claims what `owner` had claimed. Runs until cancelled.

        A hint may come late, twice, or never: it only saves time. So this mends by itself what breaks.
        """


class MemoryStore:
    """Records in this process.

    Up to `limit` of them are kept, whose snapshots may hold `limit_bytes` together. Beyond that the one that
    was written longest ago is dropped, which the log says once.
    """

    def __init__(
        self, *, limit: int = 10_000, limit_bytes: int = 256 * 1024 * 1024, seconds: float = 3600.0
    ) -> None:
        self.seconds: float = seconds
        """How long a record lives of which nothing is saved."""
        self._limit = limit
        self._limit_bytes = limit_bytes
        self._bytes = 0
        self._told = False
        self._records: OrderedDict[str, tuple[CallRecord, float]] = OrderedDict()
        self._listeners: dict[str, Callable[[str], None]] = {}

    def __len__(self) -> int:
        return len(self._records)

    async def claim(self, key: str, owner: str, nonce: str, *, begin: bool) -> Claimed:
        """Note who has a call; see `Store`."""
        await checkpoint()
        claimed = self._change(key, partial(CallRecord.claim, owner=owner, nonce=nonce, begin=begin))
        told = self._listeners.get(claimed.owner or "")
        if told is not None and claimed.owner != owner:
            told(key)
        return claimed

    async def save(self, key: str, fence: Fence, snapshot: bytes) -> Verdict:
        """Keep a snapshot; see `Store`."""
        await checkpoint()
        return self._change(key, partial(CallRecord.save, fence=fence, snapshot=snapshot))

    async def end(self, key: str, fence: Fence) -> Verdict:
        """Keep only that a call has ended; see `Store`."""
        await checkpoint()
        return self._change(key, partial(CallRecord.end, fence=fence))

    async def hints(self, owner: str, told: Callable[[str], None]) -> None:
        """Tell of the claims of others; see `Store`."""
        self._listeners[owner] = told
        try:
            await anyio.sleep_forever()
        finally:
            del self._listeners[owner]

    def _record(self, key: str) -> CallRecord:
        record, until = self._records.get(key, (CallRecord(), 0.0))
        return record if time.monotonic() < until else CallRecord()

    def _change(self, key: str, change: Callable[[CallRecord], tuple[CallRecord, T]]) -> T:
        before = self._record(key)
        after, answer = change(before)
        if after is not before:
            self._write(key, after)
        return answer

    def _write(self, key: str, record: CallRecord) -> None:
        self._forget(key)
        self._records[key] = (record, time.monotonic() + self.seconds)
        self._bytes += len(record.snapshot or b"")
        while len(self._records) > self._limit or self._bytes > self._limit_bytes:
            if not self._told:
                self._told = True
                _logger.warning(
                    "MemoryStore.limit (%d) or limit_bytes (%d) is reached: the oldest calls are dropped",
                    self._limit,
                    self._limit_bytes,
                )
            self._forget(next(iter(self._records)))

    def _forget(self, key: str) -> None:
        record, _ = self._records.pop(key, (CallRecord(), 0.0))
        self._bytes -= len(record.snapshot or b"")


class FileStore:
    """A directory with one file per call, shared by the processes of one machine.

    Files are named by a digest of the key. A record of which nothing is saved for `seconds` counts as gone,
    and its file is removed later. Records survive a crash of the process; with `fsync=True` they also survive
    a crash of the machine, at the cost of a disk write per save. Hints are files too, for which each process
    looks every `hint_seconds`.

    ```python
    app = App(store=FileStore("/var/lib/myapp/calls"))
    ```

    The directory must be on a file system of this machine: the locks (`flock`) do not hold on every network
    file system.
    """

    def __init__(
        self,
        directory: str | os.PathLike[str],
        *,
        seconds: float = 3600.0,
        fsync: bool = False,
        hint_seconds: float = 0.25,
    ) -> None:
        self.seconds: float = seconds
        """How long a record lives of which nothing is saved."""
        self._directory: Path = Path(directory)
        self._fsync = fsync
        self._hint_seconds = hint_seconds
        self._swept_at: float | None = None
        # One for each event loop: an application may be run more than once, as in tests.
        self._threads: RunVar[anyio.CapacityLimiter] = RunVar("threads of a store")

    async def claim(self, key: str, owner: str, nonce: str, *, begin: bool) -> Claimed:
        """Note who has a call; see `Store`."""
        claimed = await self._change(key, partial(CallRecord.claim, owner=owner, nonce=nonce, begin=begin))
        if claimed.owner not in (None, owner):
            await self._in_thread(self._leave_hint, claimed.owner, key)
        return claimed

    async def save(self, key: str, fence: Fence, snapshot: bytes) -> Verdict:
        """Keep a snapshot; see `Store`."""
        return await self._change(key, partial(CallRecord.save, fence=fence, snapshot=snapshot))

    async def end(self, key: str, fence: Fence) -> Verdict:
        """Keep only that a call has ended; see `Store`."""
        return await self._change(key, partial(CallRecord.end, fence=fence))

    async def hints(self, owner: str, told: Callable[[str], None]) -> None:
        """Tell of the claims of others; see `Store`."""
        inbox = self._inbox(owner)
        try:
            while True:
                keys = await self._in_thread(self._take_hints, inbox)
                if keys is None:
                    await self._in_thread(self._open_inbox, inbox)
                for key in keys or ():
                    told(key)
                await anyio.sleep(self._hint_seconds)
        finally:
            # A few files at most: they are gone before anybody could wait for them.
            with contextlib.suppress(OSError):
                self._take_hints(inbox)
                inbox.rmdir()

    async def _change(self, key: str, change: Callable[[CallRecord], tuple[CallRecord, T]]) -> T:
        return await self._in_thread(self._change_file, key, change)

    async def _in_thread(self, function: Callable[..., T], *args: Any) -> T:
        threads = self._threads.get(None)
        if threads is None:
            threads = anyio.CapacityLimiter(4)
            self._threads.set(threads)
        # Abandoned when it is cancelled, for a disk may hang. A save that overtakes a later one does no harm.
        return await anyio.to_thread.run_sync(function, *args, limiter=threads, abandon_on_cancel=True)

    # --- in threads -----------------------------------------------------------------------------------------

    def _change_file(self, key: str, change: Callable[[CallRecord], tuple[CallRecord, T]]) -> T:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._sweep()
        path = self._path(key)
        with self._locked(path):
            before = self._read(path)
            after, answer = change(before)
            if after is not before:
                self._write(path, _to_bytes(after), durably=self._fsync)
        return answer

    @contextlib.contextmanager
    def _locked(self, path: Path) -> Iterator[None]:
        # Imported here: Windows has no such module, and a program there may use another store.
        import fcntl

        number = int(path.stem[:8], 16) % LOCKS
        descriptor = os.open(self._directory / f"{number:02d}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            deadline = time.monotonic() + LOCK_SECONDS
            while True:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise TimeoutError(f"{self._directory}: a process holds lock {number}") from None
                    time.sleep(0.001)
            yield
        finally:
            os.close(descriptor)

    def _read(self, path: Path) -> CallRecord:
        try:
            with path.open("rb") as file:
                age = time.time() - os.fstat(file.fileno()).st_mtime
                content = file.read()
        except FileNotFoundError:
            return CallRecord()
        return CallRecord() if age > self.seconds else _from_bytes(content)

    def _write(self, final: Path, content: bytes, *, durably: bool) -> None:
        # Created exclusively, under a name that no other process or thread uses.
        draft = final.with_suffix(f".{os.getpid()}-{next(_drafts)}.tmp")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with open(descriptor, "wb") as file:
                file.write(content)
                if durably:
                    file.flush()
                    os.fsync(file.fileno())
            os.replace(draft, final)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(draft)
            raise
        if durably:
            self._sync_directory()

    def _sync_directory(self) -> None:
        # Without it the rename itself may be lost with the machine.
        descriptor = os.open(self._directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _path(self, key: str) -> Path:
        """The file that holds a key's record."""
        return self._directory / f"{_digest(key)}.json"

    def _inbox(self, owner: str) -> Path:
        """The directory in which a process finds its hints."""
        return self._directory / f"{_digest(owner)}.hints"

    def _leave_hint(self, owner: str, key: str) -> None:
        # Where nobody listens, there is no directory.
        with contextlib.suppress(OSError):
            self._write(
                self._inbox(owner) / _digest(key), key.encode("utf-8", "surrogatepass"), durably=False
            )

    def _open_inbox(self, inbox: Path) -> None:
        inbox.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _take_hints(self, inbox: Path) -> list[str] | None:
        """The keys of all hints that are there; None where there is no directory for them."""
        if not inbox.is_dir():
            return None
        # A sign of life, for those who sweep.
        os.utime(inbox)
        keys: list[str] = []
        for path in inbox.iterdir():
            if path.suffix != ".tmp":
                keys.append(path.read_bytes().decode("utf-8", "surrogatepass"))
                path.unlink()
        return keys

    def _sweep(self) -> None:
        """Remove what is too old, at most once an hour.

        File times are wall-clock times, so this clock is too.
        """
        now = time.time()
        if self._swept_at is not None and now - self._swept_at < 3600.0:
            return
        self._swept_at = now
        ages = (
            ("*.json", self.seconds),
            ("*.tmp", LEFT_BEHIND_SECONDS),
            ("*.hints", LEFT_BEHIND_SECONDS),
        )
        for pattern, age in ages:
            for path in self._directory.glob(pattern):
                with contextlib.suppress(OSError):
                    if now - path.stat().st_mtime > age:
                        self._remove(path)

    def _remove(self, path: Path) -> None:
        if path.suffix == ".json":
            # Somebody may be about to write it.
            with self._locked(path):
                if time.time() - path.stat().st_mtime > self.seconds:
                    path.unlink()
        elif path.is_dir():
            for hint in path.iterdir():
                hint.unlink()
            path.rmdir()
        else:
            path.unlink()


def _digest(text: str) -> str:
    """A name for a file: nothing that comes from outside may name one."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _to_bytes(record: CallRecord) -> bytes:
    """A line that says whose the call is, and behind it the snapshot as it came."""
    fields = {
        "epoch": record.epoch,
        "nonce": record.nonce,
        "owner": record.owner,
        "serial": record.serial,
        "ended": record.ended,
        "saved": record.snapshot is not None,
    }
    return encode(fields).encode() + b"\n" + (record.snapshot or b"")


def _from_bytes(content: bytes) -> CallRecord:
    """Read a file back. What cannot be read, because somebody else wrote it, is no record."""
    head, _, snapshot = content.partition(b"\n")
    try:
        fields = decode(head)
        return CallRecord(
            epoch=int(fields["epoch"]),
            nonce=str(fields["nonce"]),
            owner=str(fields["owner"]),
            serial=int(fields["serial"]),
            ended=bool(fields["ended"]),
            snapshot=snapshot if fields["saved"] else None,
        )
    except (RemoteProtocolError, KeyError, TypeError, ValueError):
        return CallRecord()
