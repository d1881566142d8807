"""Where the state of calls waits for another process to pick it up.

When a process dies, jambonz reconnects its calls, and behind a balancer they land on another process. That
one finds what it needs in a store: the core's snapshot and `call.state`, as one opaque value per call. A
store is three coroutines, so that a database or a cache is a dozen lines of a user's own.

`MemoryStore` serves applications of one process and tests. `FileStore` is a directory that processes of one
machine share: every value is a file that appears by an atomic rename, readable by its owner only, so a reader
sees the old value or the new one and never half of one, also when the writer is killed in between.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import logging
import os
import time
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import anyio
import anyio.to_thread
from anyio.lowlevel import RunVar, checkpoint

_logger = logging.getLogger("jambonz_anyio")

_serial = itertools.count()
"""Counts the drafts of this process: two stores may share a directory."""


class StateStore(Protocol):
    """What `App(store=…)` takes: values by key. Each call has one key and writes it one save at a time."""

    async def save(self, key: str, value: bytes) -> None:
        """Keep `value`, in place of what was kept before. When it returns, another process can load it."""

    async def load(self, key: str) -> bytes | None:
        """Return the value that was saved last, or None."""

    async def delete(self, key: str) -> None:
        """Forget a key, known or not."""


class MemoryStore:
    """Values in this process.

    Up to `limit` of them are kept, which may hold `limit_bytes` together. Beyond that the one that was saved
    longest ago is dropped, which the log says once.
    """

    def __init__(self, *, limit: int = 10_000, limit_bytes: int = 256 * 1024 * 1024) -> None:
        self._limit = limit
        self._limit_bytes = limit_bytes
        self._bytes = 0
        self._told = False
        self._values: OrderedDict[str, bytes] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    async def save(self, key: str, value: bytes) -> None:
        """Keep `value` in memory."""
        await checkpoint()
        self._forget(key)
        self._values[key] = value
        self._bytes += len(value)
        while len(self._values) > self._limit or self._bytes > self._limit_bytes:
            if not self._told:
                self._told = True
                _logger.warning(
                    "MemoryStore.limit (%d) or limit_bytes (%d) is reached: the oldest calls are dropped",
                    self._limit,
                    self._limit_bytes,
                )
            self._forget(next(iter(self._values)))

    async def load(self, key: str) -> bytes | None:
        """Return the value that was saved last, or None."""
        await checkpoint()
        return self._values.get(key)

    async def delete(self, key: str) -> None:
        """Forget a key."""
        await checkpoint()
        self._forget(key)

    def _forget(self, key: str) -> None:
        self._bytes -= len(self._values.pop(key, b""))


class FileStore:
    """A directory with one file per call, shared by the processes of one machine.

    Files are named by a digest of the key: a call id comes from outside, and must not be able to name a file.
    What a crashed process left behind is removed once it is older than `max_age` seconds. Values survive a
    crash of the process; with `fsync=True` they also survive a crash of the machine, at the cost of a disk
    write per save.

    ```python
    app = App(store=FileStore("/var/lib/myapp/calls"))
    ```
    """

    def __init__(
        self, directory: str | os.PathLike[str], *, max_age: float = 86_400.0, fsync: bool = False
    ) -> None:
        self._directory: Path = Path(directory)
        self._max_age = max_age
        self._fsync = fsync
        self._swept_at: float | None = None
        # One for each event loop: an application may be run more than once, as in tests.
        self._threads: RunVar[anyio.CapacityLimiter] = RunVar("threads of a store")

    def _path(self, key: str) -> Path:
        """The file that holds a key's value."""
        return self._directory / (hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest() + ".json")

    async def save(self, key: str, value: bytes) -> None:
        """Keep `value` in a file that replaces the one before at once."""
        # Not to be abandoned: the thread would go on, and could overtake a later save.
        await anyio.to_thread.run_sync(self._save, key, value, limiter=self._limiter())

    async def load(self, key: str) -> bytes | None:
        """Return the value that was saved last, or None."""
        return await anyio.to_thread.run_sync(self._load, key, limiter=self._limiter())

    async def delete(self, key: str) -> None:
        """Remove a key's file."""
        await anyio.to_thread.run_sync(self._delete, key, limiter=self._limiter())

    def _limiter(self) -> anyio.CapacityLimiter:
        threads = self._threads.get(None)
        if threads is None:
            threads = anyio.CapacityLimiter(4)
            self._threads.set(threads)
        return threads

    def _save(self, key: str, value: bytes) -> None:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._sweep()
        final = self._path(key)
        # Created exclusively, under a name that no other process or thread uses.
        draft = final.with_suffix(f".{os.getpid()}-{next(_serial)}.tmp")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with open(descriptor, "wb") as file:
                file.write(value)
                if self._fsync:
                    file.flush()
                    os.fsync(file.fileno())
            os.replace(draft, final)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(draft)
            raise
        if self._fsync:
            self._sync_directory()

    def _sync_directory(self) -> None:
        # Without it the rename itself may be lost with the machine.
        descriptor = os.open(self._directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _load(self, key: str) -> bytes | None:
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            return None

    def _delete(self, key: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._path(key).unlink()

    def _sweep(self) -> None:
        """Remove what is too old, at most once an hour.

        File times are wall-clock times, so this clock is too.
        """
        now = time.time()
        if self._swept_at is not None and now - self._swept_at < 3600.0:
            return
        self._swept_at = now
        for path in self._files():
            with contextlib.suppress(OSError):
                if now - path.stat().st_mtime > self._max_age:
                    path.unlink()

    def _files(self) -> Iterator[Path]:
        yield from self._directory.glob("*.json")
        yield from self._directory.glob("*.tmp")
