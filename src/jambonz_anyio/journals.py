"""Journals in files: what `jambonz_core.journal` writes, and where it goes.

A journal is a few hundred bytes for each message, written as it happens and flushed line by line, so that the
journal of a process that was killed still tells how it came to that. Writing is synchronous: to a local disk
it costs less than the hop to a thread would. A disk that is full ends the journal and not the call.

Without `content`, what people say is not in a journal, and it can be kept like a log. With it, a journal can
be replayed and made a test, and has to be kept like a recording of the call. Either way its file can be read
by its owner only, and so can a directory that is made for journals.
"""

from __future__ import annotations

import logging
import os
import re
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from os import PathLike
from pathlib import Path
from typing import Any, Protocol, TextIO

from jambonz_core.journal import Journal, JournalWriter, read_journal

_logger = logging.getLogger("jambonz_anyio")

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")
"""What an id may not bring into a file's name."""


class Journals(Protocol):
    """Where the journals of an application's calls go: `App(journals=…)`."""

    def open(self, call_sid: str) -> AbstractContextManager[JournalWriter]:
        """The journal of a call that begins, open until it is over. Must neither raise nor block."""
        ...


class JournalDirectory:
    """A directory with one journal for each call.

    Files are named by the time and the id of their call. When there are more than `keep`, the oldest are
    deleted. A journal that would hold more than `file_bytes` ends there, and the log says so.

    ```python
    app = App(journals=JournalDirectory("journals"))
    ```
    """

    def __init__(
        self,
        path: str | PathLike[str],
        *,
        content: bool = False,
        keep: int = 1000,
        file_bytes: int = 16 * 1024 * 1024,
    ) -> None:
        if keep < 1 or file_bytes < 1:
            raise ValueError(f"keep and file_bytes must be at least 1, not {keep!r} and {file_bytes!r}")
        self.path: Path = Path(path)
        self.content = content
        self.keep = keep
        self.file_bytes = file_bytes

    @contextmanager
    def open(self, call_sid: str) -> Iterator[JournalWriter]:
        """The journal of a call, closed with the block. Where no file can be made, it is written nowhere."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        name = f"{stamp}-{_UNSAFE.sub('_', call_sid)[:64] or 'unknown'}.jsonl"
        with ExitStack() as stack:
            try:
                self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
                opened = journal_file(self.path / name, content=self.content, most_bytes=self.file_bytes)
                writer = stack.enter_context(opened)
                self._tidy()
            except OSError as error:
                _logger.warning("No journal can be kept in %s: %s", self.path, error)
                writer = JournalWriter(_nowhere)
            yield writer

    def _tidy(self) -> None:
        journals = sorted(self.path.glob("*.jsonl"))
        for journal in journals[: -self.keep]:
            journal.unlink(missing_ok=True)


@contextmanager
def journal_file(
    path: str | PathLike[str], *, content: bool = False, most_bytes: int | None = None
) -> Iterator[JournalWriter]:
    """A writer to a file that is made anew, and closed with the block. OSError where that cannot be."""
    with open(path, "w", encoding="utf-8", buffering=1, opener=_for_the_owner) as file:
        yield journal_writer(file, content=content, most_bytes=most_bytes)


def _for_the_owner(path: str, flags: int) -> int:
    """Open a file that others cannot read, also where it was there before and they could."""
    descriptor = os.open(path, flags, 0o600)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        with suppress(OSError):
            os.chmod(path, 0o600)
    return descriptor


def journal_writer(file: TextIO, *, content: bool = False, most_bytes: int | None = None) -> JournalWriter:
    """A writer to an open text file, which takes no more than `most_bytes`."""
    return JournalWriter(_Lines(file, most_bytes).write, content=content, began=_now(), about=_about())


def load_journal(path: str | PathLike[str]) -> Journal:
    """Read a journal from a file. Raises `InvalidJournal`, or `OSError`."""
    with Path(path).open(encoding="utf-8", errors="replace") as file:
        return read_journal(file)


class _Lines:
    """Lines into a file, until that fails."""

    def __init__(self, file: TextIO, most_bytes: int | None) -> None:
        self._file = file
        self._most = most_bytes
        self._written = 0
        self._failed = False

    def write(self, line: str) -> None:
        """Write a line. What a disk cannot take must not stop a call."""
        if self._failed:
            return
        # Most lines are ASCII; of another one, what it takes in UTF-8 is counted.
        self._written += len(line) if line.isascii() else len(line.encode("utf-8", "surrogatepass"))
        if self._most is not None and self._written > self._most:
            self._end(f"JournalDirectory.file_bytes ({self._most}) is reached")
            return
        try:
            self._file.write(line)
        except (OSError, ValueError) as error:
            self._end(error)

    def _end(self, why: object) -> None:
        self._failed = True
        _logger.warning("The journal %s ends here: %s", getattr(self._file, "name", ""), why)


def _nowhere(line: str) -> None:
    """Drop a line of a journal that nobody keeps."""


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _about() -> dict[str, Any]:
    try:
        return {"library": version("jambonz-anyio")}
    except PackageNotFoundError:
        return {}
