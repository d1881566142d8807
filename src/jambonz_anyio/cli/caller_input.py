"""Where the lines of a caller come from: a keyboard, a pipe, or nothing at all."""

from __future__ import annotations

import os
import sys

import anyio
import anyio.to_thread

from .errors import CommandFailed, ExitCode


def is_keyboard() -> bool:
    """Whether a person types what comes from standard input."""
    return sys.stdin is not None and sys.stdin.isatty()


def standard_input() -> str:
    """All that comes from standard input; nothing when it is closed."""
    if sys.stdin is None:
        return ""
    try:
        text = sys.stdin.read()
        # In some locales, Python lets bytes that are no text through, as what cannot be written again.
        text.encode("utf-8")
    except UnicodeError as error:
        raise CommandFailed("Standard input is not UTF-8 text.", ExitCode.NOT_LOADED) from error
    return text


class Keyboard:
    """Lines as they are typed.

    Nothing here blocks in a read: a thread that did could not be stopped, and would keep the program alive
    after the call, or after Ctrl-C, until somebody typed another line.
    """

    def __init__(self) -> None:
        self._typed = b""

    async def line(self) -> str:
        """The next line; an empty text at the end of the input (Ctrl-D)."""
        if sys.platform == "win32":  # where only sockets can be waited for
            return await anyio.to_thread.run_sync(sys.stdin.readline, abandon_on_cancel=True)
        keyboard = sys.stdin.fileno()
        while b"\n" not in self._typed:
            await anyio.wait_readable(keyboard)
            more = os.read(keyboard, 65536)
            if not more:
                break
            self._typed += more
        line, newline, self._typed = self._typed.partition(b"\n")
        return (line + newline).decode("utf-8", errors="replace")
