"""Running an async function on the event loop that was asked for by name."""

from __future__ import annotations

import gc
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from typing import TypeVar

import anyio

from .errors import CommandFailed, ExitCode

T = TypeVar("T")

BACKENDS = ("asyncio", "uvloop", "trio")


def run_on(backend: str, main: Callable[[], Awaitable[T]]) -> T:
    """Run `main` on ``asyncio``, ``uvloop`` or ``trio``; an exception in a group of one comes out alone."""
    need(backend)
    gc.enable()
    try:
        if backend == "trio":
            return anyio.run(main, backend="trio")
        return anyio.run(main, backend_options={"use_uvloop": backend == "uvloop"})
    except BaseExceptionGroup as group:
        raise only(group) from None


def need(backend: str) -> None:
    """Say what to install when the package of an event loop is not here."""
    if backend != "asyncio" and find_spec(backend) is None:
        raise CommandFailed(
            f"--backend {backend} needs the package {backend}: pip install {backend}.", ExitCode.USAGE
        )


def only(error: BaseException) -> BaseException:
    """The one exception in a group of one, however deep.

    >>> only(ExceptionGroup("", [ExceptionGroup("", [KeyError("x")])]))
    KeyError('x')
    """
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error
