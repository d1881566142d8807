"""What a program writes to its terminal while a screen is drawn there: lines, so that it tears nothing.

Python's `sys.stdout` is not all: log handlers keep the stream that they found, and libraries and child
processes write to the descriptor. So the descriptors 1 and 2 lead into a pipe meanwhile, and the screen has a
copy of the terminal.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self, TextIO

_LONGEST = 8192
"""Bytes after which a line without an end is taken as one."""


def own_terminal() -> TextIO:
    """A copy of the terminal that standard output leads to, for whoever draws on it."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return open(os.dup(1), "w", encoding=encoding, errors="replace")


class CapturedOutput:
    """Standard output and standard error as lines, as far as they lead to a terminal."""

    def __init__(self, line: Callable[[str], None]) -> None:
        self._line = line
        self._saved: dict[int, int] = {}

    def __enter__(self) -> Self:
        _flush()
        reading, writing = os.pipe()
        for descriptor in (1, 2):
            if os.isatty(descriptor):
                self._saved[descriptor] = os.dup(descriptor)
                os.dup2(writing, descriptor)
        os.close(writing)
        self._reader = threading.Thread(
            target=self._read, args=(reading,), name="output of a program", daemon=True
        )
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _flush()
        for descriptor, saved in self._saved.items():
            os.dup2(saved, descriptor)
            os.close(saved)
        # A child of the program may hold the pipe open for longer than anybody wants to wait.
        self._reader.join(0.5)

    def _read(self, reading: int) -> None:
        rest = b""
        while more := os.read(reading, 65536):
            *lines, rest = (rest + more).split(b"\n")
            if len(rest) > _LONGEST:
                lines.append(rest)
                rest = b""
            for line in lines:
                self._line(line.decode("utf-8", "replace").rstrip("\r"))
        if rest:
            self._line(rest.decode("utf-8", "replace"))
        os.close(reading)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            continue  # There is none, or it is closed.
