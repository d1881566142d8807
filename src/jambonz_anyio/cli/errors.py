"""How the command line fails: with a sentence and an exit code."""

from __future__ import annotations

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
