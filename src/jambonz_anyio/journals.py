"""Journals in files: what `jambonz_core.journal` writes, and where it goes.

A journal is a few hundred bytes for each message, written as it happens and flushed line by line, so that the
journal of a process that was killed still tells how it came to that. Writing is synchronous: to a local disk
it costs less than the hop to a thread would.

Without `content`, what people say is not in a journal, and it can be kept like a log. With it, a journal can
be replayed and made a test, and has to be kept like a recording of the call.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from os import PathLike
from pathlib import Path
from typing import Any, TextIO

from jambonz_core.journal import Journal, JournalWriter, read_journal

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")
"""What an id may not bring into a file's name."""


def load_journal(path: str | PathLike[str]) -> Journal:
    """Read a journal from a file. Raises `InvalidJournal`, or `OSError`."""
    with Path(path).open(encoding="utf-8", errors="replace") as file:
        return read_journal(file)


@contextmanager
def journal_file(path: str | PathLike[str], *, content: bool = False) -> Iterator[JournalWriter]:
    """A writer to a file that is made anew, and closed with the block."""
    with Path(path).open("w", encoding="utf-8", errors="surrogateescape", buffering=1) as file:
        yield journal_writer(file, content=content)


def journal_writer(file: TextIO, *, content: bool = False) -> JournalWriter:
    """A writer to an open text file."""
    return JournalWriter(file.write, content=content, began=_now(), about=_about())


class JournalDirectory:
    """A directory with one journal for each call: give it to `App(journals=…)`.

    Files are named by the time and the id of their call. When there are more than `keep`, the oldest are
    deleted.

    ```python
    app = App(journals=JournalDirectory("journals"))
    ```
    """

    def __init__(self, path: str | PathLike[str], *, content: bool = False, keep: int = 1000) -> None:
        if keep < 1:
            raise ValueError(f"keep must be at least 1, not {keep!r}")
        self.path = Path(path)
        self.content = content
        self.keep = keep

    @contextmanager
    def open(self, call_sid: str) -> Iterator[JournalWriter]:
        """The journal of a call, closed with the block."""
        self.path.mkdir(parents=True, exist_ok=True)
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        name = f"{stamp}-{_UNSAFE.sub('_', call_sid)[:64] or 'unknown'}.jsonl"
        with journal_file(self.path / name, content=self.content) as writer:
            self._tidy()
            yield writer

    def _tidy(self) -> None:
        journals = sorted(self.path.glob("*.jsonl"))
        for journal in journals[: -self.keep]:
            journal.unlink(missing_ok=True)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _about() -> dict[str, Any]:
    try:
        return {"library": version("jambonz-anyio")}
    except PackageNotFoundError:
        return {}
