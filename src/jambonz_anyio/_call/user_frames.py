"""Where a program's own code stands in a stack, behind the frames of those that called it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from traceback import FrameSummary
from types import TracebackType

_PACKAGE = os.path.dirname(os.path.dirname(__file__))

_MACHINERY = tuple(os.path.join(_PACKAGE, room) + os.sep for room in ("_call", "_net"))
"""The rooms of this package that call what users have written."""

_LOOPS = tuple(f"{os.sep}{name}{os.sep}" for name in ("anyio", "asyncio", "trio", "outcome"))


def _is_machinery(filename: str) -> bool:
    return filename.startswith(_MACHINERY) or any(loop in filename for loop in _LOOPS)


def of_the_user(stack: Sequence[FrameSummary]) -> list[FrameSummary]:
    """The part of a stack, outermost frame first, that the library or the event loop has called.

    >>> from traceback import FrameSummary
    >>> names = "main.py", "/lib/asyncio/events.py", "app.py", "json.py"
    >>> [frame.filename for frame in of_the_user([FrameSummary(name, 1, "f") for name in names])]
    ['app.py', 'json.py']
    """
    start = 0
    while start < len(stack) and not _is_machinery(stack[start].filename):
        start += 1
    while start < len(stack) and _is_machinery(stack[start].filename):
        start += 1
    return list(stack[start:]) or list(stack)


def user_traceback(error: BaseException) -> TracebackType | None:
    """The traceback of an exception from the frame of the user's function on; whole where there is none."""
    at = error.__traceback__
    while at is not None and _is_machinery(at.tb_frame.f_code.co_filename):
        at = at.tb_next
    return at or error.__traceback__


def place_of(error: BaseException) -> str:
    """The function of the user's in which an exception was raised, as `name (file:line)`."""
    at = user_traceback(error)
    if at is None:
        return "a function"
    code = at.tb_frame.f_code
    return f"{code.co_qualname} ({os.path.basename(code.co_filename)}:{at.tb_lineno})"
