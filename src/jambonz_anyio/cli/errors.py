"""How the command line fails: with a sentence and an exit code."""

from __future__ import annotations

import os
import traceback
from enum import IntEnum


class ExitCode(IntEnum):
    """What the exit codes of `jambonz` mean."""

    OK = 0
    NO = 1
    """The command did its work, and the answer is no."""
    USAGE = 2
    NOT_LOADED = 3
    """An application or a file could not be loaded."""
    NOT_REACHED = 4
    """The other side could not be reached, or refused."""
    INTERRUPTED = 130


class CommandFailed(Exception):
    """A command cannot go on; the message says why and what to do."""

    def __init__(self, message: str, code: ExitCode = ExitCode.NO) -> None:
        super().__init__(message)
        self.code = code


def plain_error(error: BaseException) -> str:
    """An exception in one line: what, and the line of whose program.

    >>> try:
    ...     {}["greeting"]
    ... except KeyError as error:
    ...     plain_error(error).split(" (")[0]
    "KeyError: 'greeting'"
    """
    text = " ".join(f"{type(error).__name__}: {error}".split()).removesuffix(":")
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not _is_ours(frame.filename)]
    if not frames or isinstance(error, SyntaxError):
        # The text of a syntax error says itself where it is.
        return text
    file = frames[-1].filename.removeprefix(os.getcwd() + os.sep)
    return f"{text} ({file}, line {frames[-1].lineno}, in {frames[-1].name})"


def _is_ours(filename: str) -> bool:
    """Whether code is of a library or of Python itself; what a user wrote is more interesting."""
    places = ("site-packages", f"jambonz_anyio{os.sep}", f"jambonz_core{os.sep}", f"lib{os.sep}python")
    return filename.startswith("<frozen ") or any(place in filename for place in places)
